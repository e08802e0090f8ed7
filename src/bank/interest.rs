//! Interest: simple interest on each day's closing balance, by a stated day count, rounded once and half to even.

use super::Currency;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A yearly rate in basis points, hundredths of a percent: 150 is 1.50 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RateBps(pub i32);

/// How many days a year has for interest (ISDA 2006 definitions, section 4.16).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DayCount {
    /// The days that passed, over 365 (4.16 d, "Actual/365 Fixed").
    #[default]
    Actual365,
    /// The days that passed, over 360 (4.16 e, "Actual/360").
    Actual360,
}

impl DayCount {
    /// The days of a year.
    pub fn year(self) -> i64 {
        match self {
            Self::Actual365 => 365,
            Self::Actual360 => 360,
        }
    }

    /// The name people know.
    pub fn name(self) -> &'static str {
        match self {
            Self::Actual365 => "Actual/365",
            Self::Actual360 => "Actual/360",
        }
    }
}

/// Interest as calculated, with what it was calculated from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterestQuote {
    /// The amount, in minor units; zero where nothing is earned.
    pub minor: i64,
    /// Of which currency.
    pub currency: Currency,
    /// How many days.
    pub days: i64,
    /// At which rate.
    pub rate: RateBps,
    /// By which day count.
    pub day_count: DayCount,
}

/// Why interest cannot be calculated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterestError {
    /// The period ends before it begins, or at once.
    #[error("the period from {from} to {to} has no days")]
    NoDays {
        /// The first day.
        from: NaiveDate,
        /// The day after the last.
        to: NaiveDate,
    },
    /// The result does not fit 64 bits.
    #[error("the interest would be too large a number")]
    Overflow,
}

/// Simple interest over `from ≤ day < to`.
///
/// `closing` gives the balance at the end of days on which it changed, in order; the first stands for every day before
/// it too. Days below zero earn nothing. The sum of balance × rate / (10,000 × year) is rounded once at the end, half
/// to even (IEEE 754 roundTiesToEven; banker's rounding), so that no day is rounded for itself.
///
/// # Errors
/// [`InterestError`] when the period has no days or the amount does not fit.
pub fn interest(
    closing: &[(NaiveDate, i64)],
    (from, to): (NaiveDate, NaiveDate),
    rate: RateBps,
    day_count: DayCount,
    currency: Currency,
) -> Result<InterestQuote, InterestError> {
    let days = (to - from).num_days();
    if days <= 0 {
        return Err(InterestError::NoDays { from, to });
    }
    let mut balance_days: i128 = 0;
    let mut day = from;
    let before = closing.iter().rev().find(|(date, _)| *date <= from).or_else(|| closing.first());
    let mut balance = before.map_or(0, |(_, balance)| *balance);
    let later = closing.iter().filter(|(date, _)| *date > from && *date < to);
    for (date, next) in later.copied().chain([(to, 0)]) {
        balance_days += i128::from(balance.max(0)) * i128::from((date - day).num_days());
        (day, balance) = (date, next);
    }
    let numerator = balance_days.saturating_mul(i128::from(rate.0));
    let minor = divide_half_to_even(numerator, 10_000 * i128::from(day_count.year()));
    match i64::try_from(minor) {
        Ok(minor) => Ok(InterestQuote { minor, currency, days, rate, day_count }),
        Err(_) => Err(InterestError::Overflow),
    }
}

fn divide_half_to_even(numerator: i128, denominator: i128) -> i128 {
    let (quotient, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Equal => quotient + quotient.rem_euclid(2),
        std::cmp::Ordering::Greater => quotient + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn minor(closing: &[(&str, i64)], from: &str, to: &str, bps: i32, day_count: DayCount) -> i64 {
        let closing: Vec<_> = closing.iter().map(|(date, balance)| (day(date), *balance)).collect();
        interest(&closing, (day(from), day(to)), RateBps(bps), day_count, Currency::EUR).unwrap().minor
    }

    #[test]
    fn a_year_at_two_percent_is_two_percent() {
        assert_eq!(minor(&[("2023-01-01", 100_000)], "2023-01-01", "2024-01-01", 200, DayCount::Actual365), 2000);
        assert_eq!(minor(&[("2023-01-01", 100_000)], "2023-01-01", "2023-12-27", 200, DayCount::Actual360), 2000);
    }

    #[test]
    fn each_day_earns_on_its_closing_balance_and_none_below_zero() {
        let closing = [("2023-01-01", 36_500), ("2023-01-11", -500_000), ("2023-01-21", 73_000)];
        // 10 days of 365.00, 10 of nothing, 11 of 730.00 at 10 %: 1.00 + 2.20.
        assert_eq!(minor(&closing, "2023-01-01", "2023-02-01", 1000, DayCount::Actual365), 100 + 220);
    }

    #[test]
    fn halves_go_to_the_even_neighbour() {
        for (numerator, rounded) in [(5, 0), (15, 2), (25, 2), (35, 4), (-5, 0), (-15, -2), (14, 1), (16, 2)] {
            assert_eq!(divide_half_to_even(numerator, 10), rounded, "{numerator}");
        }
    }

    #[test]
    fn an_empty_period_is_refused() {
        let (from, to) = (day("2023-01-02"), day("2023-01-02"));
        assert_eq!(
            interest(&[], (from, to), RateBps(1), DayCount::Actual365, Currency::EUR),
            Err(InterestError::NoDays { from, to })
        );
    }
}
