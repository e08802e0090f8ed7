//! Amounts as people and banks write them.

use super::DecimalMark;
use crate::bank::{Currency, Money, MoneyError};

/// Reads an amount in minor units: with either decimal mark, thousands grouped by the other one, by blanks or by
/// apostrophes, the sign before or behind, parentheses for what went out, and the currency beside it.
pub(super) fn amount(text: &str, decimal: DecimalMark, currency: Currency) -> Result<i64, String> {
    let (negative, digits) = without_signs(text, currency);
    if negative && digits.contains(['-', '\u{2212}', '+']) {
        return Err("not an amount".to_owned());
    }
    let normal: String = digits
        .chars()
        .map(|character| match (character, decimal) {
            (',', DecimalMark::Comma) => '.',
            ('.', DecimalMark::Comma) | (' ' | '\u{a0}' | '\u{202f}' | '\'' | '’', _) => ',',
            (other, _) => other,
        })
        .collect();
    let money = Money::parse(&normal, currency).map_err(|error| match error {
        MoneyError::NotANumber { .. } => "not an amount".to_owned(),
        MoneyError::TooPrecise { exponent, .. } => format!("at most {exponent} decimals for {currency}"),
        MoneyError::TooLarge { .. } => "too large an amount".to_owned(),
    })?;
    if negative { money.minor.checked_neg().ok_or_else(|| "too large an amount".to_owned()) } else { Ok(money.minor) }
}

/// The text without the currency beside it and without what stands behind or around it for money that went out; tells
/// whether there was such a thing.
fn without_signs(text: &str, currency: Currency) -> (bool, &str) {
    let mut bare = text.trim();
    for sign in [currency.code(), "€", "$", "£", "¥", "Kč", "kr"] {
        bare = bare.strip_prefix(sign).unwrap_or(bare).trim_start();
        bare = bare.strip_suffix(sign).unwrap_or(bare).trim_end();
    }
    let in_parentheses = bare.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    match (in_parentheses, bare.strip_suffix(['-', '\u{2212}'])) {
        (Some(inside), _) => (true, inside),
        (None, Some(before)) => (true, before),
        (None, None) => (false, bare),
    }
}

/// What the writing of an amount tells of its decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkOf {
    /// It is this one: `12.5`, `1.234,56`, `1,234,567`.
    Told(DecimalMark),
    /// One mark with three digits behind it, as thousands have: `1,234`. If it stands before decimals, it is this one.
    Perhaps(DecimalMark),
}

impl DecimalMark {
    /// The other one.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// What an amount tells of its decimal mark; `None` where it has none, or is no amount.
pub(super) fn mark_of(text: &str, currency: Currency) -> Option<MarkOf> {
    let (_, digits) = without_signs(text, currency);
    let digits = digits.trim_start_matches(['-', '\u{2212}', '+', ' ']);
    let mark = |character: char| match character {
        '.' => Some(DecimalMark::Point),
        ',' => Some(DecimalMark::Comma),
        _ => None,
    };
    let (at, last) = digits.char_indices().rev().find_map(|(at, character)| Some((at, mark(character)?)))?;
    let (before, after) = (digits.get(..at)?, digits.get(at + 1..)?);
    let told = match before.chars().rev().find_map(mark) {
        // Thousands are grouped more than once, decimals are parted off once.
        Some(first) => Some(if first == last { last.other() } else { last }),
        None if after.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0') => None,
        None => Some(last),
    };
    let Some(told) = told else {
        let is_number = [before, after].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        return is_number.then_some(MarkOf::Perhaps(last));
    };
    amount(text, told, currency).is_ok().then_some(MarkOf::Told(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_banks_write_them() {
        let read = |text: &str, decimal| amount(text, decimal, Currency::EUR);
        for (text, decimal, expected) in [
            ("1,234.56", DecimalMark::Point, 123_456),
            ("1.234,56", DecimalMark::Comma, 123_456),
            ("1 234,56 €", DecimalMark::Comma, 123_456),
            ("1'234.50", DecimalMark::Point, 123_450),
            ("-12,5", DecimalMark::Comma, -1250),
            ("12.50-", DecimalMark::Point, -1250),
            ("(12.50)", DecimalMark::Point, -1250),
            ("EUR -3", DecimalMark::Point, -300),
            ("+3", DecimalMark::Point, 300),
        ] {
            assert_eq!(read(text, decimal), Ok(expected), "{text}");
        }
        for (text, decimal, why) in [
            ("", DecimalMark::Point, "not an amount"),
            ("1.234,56", DecimalMark::Point, "not an amount"),
            ("1,2", DecimalMark::Point, "not an amount"),
            ("(-5)", DecimalMark::Point, "not an amount"),
            ("1.005", DecimalMark::Point, "at most 2 decimals for EUR"),
            ("99999999999999999999", DecimalMark::Point, "too large an amount"),
        ] {
            assert_eq!(read(text, decimal), Err(why.to_owned()), "{text}");
        }
    }

    #[test]
    fn an_amount_tells_its_decimal_mark_unless_it_looks_like_thousands() {
        use DecimalMark::{Comma, Point};
        for (text, expected) in [
            ("12.50", Some(MarkOf::Told(Point))),
            ("-12,5", Some(MarkOf::Told(Comma))),
            ("1.234,56", Some(MarkOf::Told(Comma))),
            ("1,234,567", Some(MarkOf::Told(Point))),
            ("1,234", Some(MarkOf::Perhaps(Comma))),
            ("(1.234) €", Some(MarkOf::Perhaps(Point))),
            ("-12,345", Some(MarkOf::Perhaps(Comma))),
            ("1234,00", Some(MarkOf::Told(Comma))),
            ("1 234,56", Some(MarkOf::Told(Comma))),
            ("1234", None),
            ("", None),
            ("05.01.2024", None),
            ("a,234", None),
        ] {
            assert_eq!(mark_of(text, Currency::EUR), expected, "{text}");
        }
        let dinar = Currency::parse("KWD").unwrap();
        assert_eq!(mark_of("0,250", dinar), Some(MarkOf::Told(Comma)), "thousands do not begin with 0");
    }
}
