//! Dates and times as people and banks write them.

use super::DateOrder;
use crate::app::format;
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

/// A time of day as a file states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeOfDay {
    clock: NaiveTime,
    /// How many minutes that clock is ahead of UTC, where the file says so.
    ahead: Option<i32>,
}

impl TimeOfDay {
    /// This time on a day.
    pub(super) fn on(self, day: NaiveDate) -> Stated {
        let local = day.and_time(self.clock);
        match self.ahead {
            None => Stated::Local(local),
            Some(minutes) => {
                let ahead = i64::from(minutes).saturating_mul(60 * Timestamp::MICROS_PER_SECOND);
                Stated::Instant(Timestamp::from_micros(local.and_utc().timestamp_micros().saturating_sub(ahead)))
            }
        }
    }
}

/// Reads a date, perhaps with a time of day behind a `T` or a blank, and a zone behind that.
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
    match time.filter(|time| !time.is_empty()) {
        Some(time) => Ok(time_of_day(time)?.on(day)),
        None => Ok(Stated::Local(day.and_time(NaiveTime::MIN))),
    }
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

/// Reads `14:03`, `14:03:12` or `14:03:12.5`, perhaps with a zone behind: `Z`, `UTC`, `+02:00`, `+0200` or `+02`.
pub(super) fn time_of_day(text: &str) -> Result<TimeOfDay, String> {
    let text = text.trim();
    let (clock, ahead) = match zone_behind(text) {
        Some((clock, ahead)) => (clock.trim_end(), Some(ahead)),
        None => (text, None),
    };
    format::parse_time(clock)
        .map(|clock| TimeOfDay { clock, ahead })
        .ok_or_else(|| "not a time of day such as 14:03, 14:03:12 or 14:03+02:00".to_owned())
}

/// What stands before a zone, and how many minutes its clock is ahead of UTC; `None` where no zone stands at the end.
fn zone_behind(text: &str) -> Option<(&str, i32)> {
    if let Some(clock) = ["Z", "z", "UTC", "GMT"].iter().find_map(|zone| text.strip_suffix(zone)) {
        return Some((clock, 0));
    }
    let (clock, offset) = text.split_at(text.rfind(['+', '-', '\u{2212}'])?);
    let digits: String = offset.chars().skip(1).filter(|character| *character != ':').collect();
    let is_offset = matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let part = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<i32>().ok());
    let (hours, minutes) = (part(0..2)?, part(2..4).unwrap_or_default());
    let ahead = hours * 60 + minutes;
    let is_behind = !offset.starts_with('+');
    (is_offset && hours < 24 && minutes < 60).then_some((clock, if is_behind { -ahead } else { ahead }))
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
    fn a_zone_can_stand_behind_the_time_with_or_without_seconds() {
        let instant = |text: &str| Ok(Stated::Instant(Timestamp::parse(text).unwrap()));
        for (text, order, expected) in [
            ("2024-01-05T14:03Z", DateOrder::YearMonthDay, "2024-01-05T14:03:00Z"),
            ("2024-01-05T14:03+02:00", DateOrder::YearMonthDay, "2024-01-05T12:03:00Z"),
            ("2024-01-05 14:03:12 -0530", DateOrder::YearMonthDay, "2024-01-05T19:33:12Z"),
            ("2024-01-05 14:03 UTC", DateOrder::YearMonthDay, "2024-01-05T14:03:00Z"),
            ("05.01.2024 00:30+01", DateOrder::DayMonthYear, "2024-01-04T23:30:00Z"),
            ("01/05/24 14:03:12.5z", DateOrder::MonthDayYear, "2024-01-05T14:03:12.5Z"),
        ] {
            assert_eq!(date_time(text, order), instant(expected), "{text}");
        }
        for text in ["2024-01-05T14:03+24:00", "2024-01-05T14:03+02:60", "2024-01-05T14:03+2", "2024-01-05TZ"] {
            assert!(date_time(text, DateOrder::YearMonthDay).is_err(), "{text}");
        }
    }
}
