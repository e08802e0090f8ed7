//! Figures that a page answered with.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// A number by its name.
///
/// # Errors
///
/// When the page gave none.
pub(crate) fn number(answer: &Value, name: &str) -> Result<f64> {
    answer.get(name).and_then(Value::as_f64).with_context(|| format!("the page gave no {name}: {answer}"))
}

/// A list of numbers by its name.
///
/// # Errors
///
/// When the page gave none.
pub(crate) fn numbers(answer: &Value, name: &str) -> Result<Vec<f64>> {
    let list = answer.get(name).and_then(Value::as_array).with_context(|| format!("the page gave no {name}"))?;
    Ok(list.iter().filter_map(Value::as_f64).collect())
}

/// Makes sure that two results of the same question are the same, before a time is made of them.
///
/// # Errors
///
/// When they differ.
pub(crate) fn agree(answer: &Value, one: &str, other: &str) -> Result<()> {
    let (first, second) = (answer.get(one), answer.get(other));
    ensure!(first.is_some() && first == second, "{one} and {other} differ: {first:?}, {second:?}");
    Ok(())
}

/// The value that a share of all lie at or below; 0.5 gives the median. Zero of nothing.
pub(crate) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list"
    )]
    let place = ((sorted.len().saturating_sub(1)) as f64 * share).round() as usize;
    sorted.get(place).copied().unwrap_or_default()
}

/// The median.
pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

#[cfg(test)]
mod tests {
    use super::{agree, median, quantile};
    use serde_json::json;

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(
            [median(&values), quantile(&values, 0.99), quantile(&values, 0.0), median(&[])].map(f64::to_bits),
            [3.0, 5.0, 1.0, 0.0].map(f64::to_bits)
        );
    }

    #[test]
    fn a_result_that_is_missing_agrees_with_none() {
        let answer = json!({ "balance": 7, "expected": 7, "other": 8 });
        assert!(agree(&answer, "balance", "expected").is_ok());
        assert!(agree(&answer, "balance", "other").is_err());
        assert!(agree(&answer, "gone", "lost").is_err());
    }
}
