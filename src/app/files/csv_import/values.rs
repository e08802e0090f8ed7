//! Dates and amounts as people and banks write them.

use super::{DateOrder, DecimalMark};
use crate::bank::{Currency, Money};
use crate::kernel::Timestamp;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// A time as a file states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stated {
    /// With its distance from UTC.
    Instant(Timestamp),
    /// By the clock on the wall.
    Local(NaiveDateTime),
}

/// Reads a date, perhaps with a time of day behind a `T` or a blank.
pub(super) fn date_time(text: &str, order: DateOrder) -> Result<Stated, String> {
    let text = text.trim();
    if text.len() > 19
        && let Ok(instant) = Timestamp::parse(text)
    {
        return Ok(Stated::Instant(instant));
    }
    let (day, time) = match text.split_once(['T', ' ']) {
        Some((day, time)) => (day, Some(time.trim())),
        None => (text, None),
    };
    let day = date(day.trim_end_matches(','), order)?;
    let time = time.filter(|time| !time.is_empty()).map_or(Ok(NaiveTime::MIN), time_of_day)?;
    Ok(Stated::Local(day.and_time(time)))
}

/// Reads a date of three numbers with something between them, or of six or eight digits.
pub(super) fn date(text: &str, order: DateOrder) -> Result<NaiveDate, String> {
    let parts = parts_of(text, order).ok_or_else(|| format!("not a date: {} is expected", describe(order)))?;
    let [first, second, third] = parts;
    let (year, month, day) = match order {
        DateOrder::YearMonthDay => (first, second, third),
        DateOrder::DayMonthYear => (third, second, first),
        DateOrder::MonthDayYear => (third, first, second),
    };
    let number = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
    let full_year = match (year.len(), number(year)) {
        // Two digits: 70 to 99 are of the last century.
        (2, short) if short >= 70 => 1900 + short,
        (2, short) => 2000 + short,
        (_, full) => full,
    };
    let calendar =
        i32::try_from(full_year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, number(month), number(day)));
    calendar.ok_or_else(|| format!("there is no such day: {} is expected", describe(order)))
}

fn parts_of(text: &str, order: DateOrder) -> Option<[&str; 3]> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let widths = |[first, second, third]: [&str; 3]| match order {
        DateOrder::YearMonthDay => (first.len(), second.len(), third.len()),
        DateOrder::DayMonthYear | DateOrder::MonthDayYear => (third.len(), first.len(), second.len()),
    };
    let parts = if is_digits(text) {
        let year = text.len().checked_sub(4).filter(|year| *year == 2 || *year == 4)?;
        let (a, b) = if order == DateOrder::YearMonthDay { (year, year + 2) } else { (2, 4) };
        [text.get(..a)?, text.get(a..b)?, text.get(b..)?]
    } else {
        let mut parts = text.split(['-', '.', '/']);
        let parts = [parts.next()?, parts.next()?, parts.next()?].into_iter().chain(parts);
        <[&str; 3]>::try_from(parts.collect::<Vec<_>>()).ok()?
    };
    let (year, month, day) = widths(parts);
    let fits = matches!(year, 2 | 4) && matches!(month, 1 | 2) && matches!(day, 1 | 2);
    (fits && parts.iter().all(|part| is_digits(part))).then_some(parts)
}

fn describe(order: DateOrder) -> &'static str {
    match order {
        DateOrder::YearMonthDay => "year, month, day",
        DateOrder::DayMonthYear => "day, month, year",
        DateOrder::MonthDayYear => "month, day, year",
    }
}

/// Reads `14:03`, `14:03:12` or `14:03:12.5`.
pub(super) fn time_of_day(text: &str) -> Result<NaiveTime, String> {
    let text = text.trim();
    ["%H:%M:%S%.f", "%H:%M", "%H.%M.%S", "%H.%M"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
        .ok_or_else(|| "not a time of day such as 14:03 or 14:03:12".to_owned())
}

/// Reads an amount in minor units: with either decimal mark, thousands grouped by the other one, by blanks or by
/// apostrophes, the sign before or behind, parentheses for what went out, and the currency beside it.
pub(super) fn amount(text: &str, decimal: DecimalMark, currency: Currency) -> Result<i64, String> {
    let mut bare = text.trim();
    for sign in [currency.code(), "€", "$", "£", "¥", "Kč", "kr"] {
        bare = bare.strip_prefix(sign).unwrap_or(bare).trim_start();
        bare = bare.strip_suffix(sign).unwrap_or(bare).trim_end();
    }
    let in_parentheses = bare.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let (negative, digits) = match (in_parentheses, bare.strip_suffix(['-', '\u{2212}'])) {
        (Some(inside), _) => (true, inside),
        (None, Some(before)) => (true, before),
        (None, None) => (false, bare),
    };
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
        crate::bank::MoneyError::NotANumber { .. } => "not an amount".to_owned(),
        crate::bank::MoneyError::TooPrecise { exponent, .. } => format!("at most {exponent} decimals for {currency}"),
        crate::bank::MoneyError::TooLarge { .. } => "too large an amount".to_owned(),
    })?;
    if negative { money.minor.checked_neg().ok_or_else(|| "too large an amount".to_owned()) } else { Ok(money.minor) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_order_that_was_said() {
        let day = |y, m, d| Ok(NaiveDate::from_ymd_opt(y, m, d).unwrap());
        for (text, order, expected) in [
            ("2024-01-05", DateOrder::YearMonthDay, day(2024, 1, 5)),
            ("930105", DateOrder::YearMonthDay, day(1993, 1, 5)),
            ("20240105", DateOrder::YearMonthDay, day(2024, 1, 5)),
            ("5.1.2024", DateOrder::DayMonthYear, day(2024, 1, 5)),
            ("05/01/24", DateOrder::DayMonthYear, day(2024, 1, 5)),
            ("01/05/2024", DateOrder::MonthDayYear, day(2024, 1, 5)),
            ("05012024", DateOrder::DayMonthYear, day(2024, 1, 5)),
        ] {
            assert_eq!(date(text, order), expected, "{text}");
        }
        for (text, order) in [
            ("2024-02-30", DateOrder::YearMonthDay),
            ("31/12/2024", DateOrder::MonthDayYear),
            ("", DateOrder::YearMonthDay),
            ("2024-1", DateOrder::YearMonthDay),
            ("1-2-3-4", DateOrder::YearMonthDay),
            ("2024-01-05x", DateOrder::YearMonthDay),
            ("١-1-2024", DateOrder::DayMonthYear),
        ] {
            assert!(date(text, order).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_can_stand_behind_the_date() {
        let stated = |text: &str| date_time(text, DateOrder::YearMonthDay);
        let local = |text: &str| Ok(Stated::Local(text.parse().unwrap()));
        assert_eq!(stated("2024-01-05"), local("2024-01-05T00:00:00"));
        assert_eq!(stated("2024-01-05 14:03"), local("2024-01-05T14:03:00"));
        assert_eq!(stated("2024-01-05T14:03:12.5"), local("2024-01-05T14:03:12.5"));
        let instant = Timestamp::parse("2024-01-05T13:03:12Z").unwrap();
        assert_eq!(stated("2024-01-05T14:03:12+01:00"), Ok(Stated::Instant(instant)));
        assert!(stated("2024-01-05 25:00").is_err());
    }

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
}
