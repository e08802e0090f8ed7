//! How numbers and times are written on the screen.

use crate::{
    bank::{Currency, Money},
    kernel::Timestamp,
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Utc};
use std::ops::Range;

/// The true minus sign; a hyphen is too short beside figures.
pub const MINUS: char = '\u{2212}';

/// Where the screen's wall clock hangs: how many minutes local time is ahead of UTC at an instant.
#[derive(Clone, Copy, Debug)]
pub struct Zone {
    /// Minutes ahead of UTC at an instant.
    pub offset_minutes: fn(Timestamp) -> i32,
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::fn_addr_eq(self.offset_minutes, other.offset_minutes)
    }
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self { offset_minutes: |_| 0 };

    /// The wall clock at an instant.
    pub fn local(self, at: Timestamp) -> NaiveDateTime {
        let shifted = at.plus_micros(i64::from((self.offset_minutes)(at)) * 60 * Timestamp::MICROS_PER_SECOND);
        shifted.to_utc().naive_utc()
    }

    /// The instant at which the wall clock shows `local`; of two such instants the earlier.
    pub fn instant(self, local: NaiveDateTime) -> Timestamp {
        let as_utc = Timestamp::from_micros(DateTime::<Utc>::from_naive_utc_and_offset(local, Utc).timestamp_micros());
        let back = |minutes: i32| as_utc.plus_micros(-i64::from(minutes) * 60 * Timestamp::MICROS_PER_SECOND);
        // The offset depends on the instant that is looked for: ask a day to either side, take what agrees.
        let day = Timestamp::MICROS_PER_DAY;
        let offsets = [as_utc.plus_micros(-day), as_utc.plus_micros(day)].map(self.offset_minutes);
        let candidates = offsets.map(back);
        candidates.into_iter().filter(|at| self.local(*at) == local).min().unwrap_or(candidates[0])
    }

    /// Midnight at the beginning of a day.
    pub fn midnight(self, date: NaiveDate) -> Timestamp {
        self.instant(date.and_time(NaiveTime::MIN))
    }
}

/// `1,056,320`
pub fn int(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    if number < 0 {
        out.push(MINUS);
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `−1,234.50`: whole thousands grouped, the currency's decimals, a true minus. The currency stands in a header.
pub fn money(minor: impl Into<i128>, currency: Currency) -> String {
    let minor = minor.into();
    let exponent = u32::from(currency.exponent());
    let unit = 10i128.pow(exponent);
    let whole = int(minor.abs() / unit);
    let sign = if minor < 0 { MINUS.to_string() } else { String::new() };
    if exponent == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{:0>width$}", minor.abs() % unit, width = exponent as usize)
    }
}

/// Like [`money`], with a plus where money comes in.
pub fn signed(minor: i64, currency: Currency) -> String {
    let sign = if minor > 0 { "+" } else { "" };
    format!("{sign}{}", money(minor, currency))
}

/// `EUR −1,234.50`
pub fn with_currency(sum: Money) -> String {
    format!("{} {}", sum.currency, money(sum.minor, sum.currency))
}

/// A part of `2024-01-05 14:03:12.418`: 0 to 10 is the day, 11 to 16 hour and minute. Every time on the screen is one.
pub fn part(local: NaiveDateTime, range: Range<usize>) -> String {
    let text = format!("{}.{:03}", local.with_nanosecond(0).unwrap_or(local), local.nanosecond() / 1_000_000);
    text.get(range).unwrap_or_default().to_owned()
}

/// `2024-01-05 14:03:12`
pub fn time(at: Timestamp, zone: Zone) -> String {
    part(zone.local(at), 0..19)
}

/// `2024-01-05 14:03`
pub fn minute(at: Timestamp, zone: Zone) -> String {
    part(zone.local(at), 0..16)
}

/// `14:03:12.418`
pub fn clock_time(at: Timestamp, zone: Zone) -> String {
    part(zone.local(at), 11..23)
}

/// `2024-01-05`
pub fn date(at: Timestamp, zone: Zone) -> String {
    part(zone.local(at), 0..10)
}

/// The day of an instant.
pub fn day(at: Timestamp, zone: Zone) -> NaiveDate {
    zone.local(at).date()
}

/// Reads what a person types: `2024-01-05`, with ` 14:03`, with `:12`, or RFC 3339. A day alone means its last
/// microsecond, since "on the 5th" asks for what that day ended with.
pub fn parse_moment(text: &str, zone: Zone) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(instant) = Timestamp::parse(text) {
        return Some(instant);
    }
    if let Some(date) = parse_date(text) {
        return Some(zone.midnight(date.succ_opt()?).plus_micros(-1));
    }
    let (date, time) = text.split_once([' ', 'T'])?;
    Some(zone.instant(parse_date(date)?.and_time(parse_time(time)?)))
}

/// Reads `2024-01-05`.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.trim().splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    // One reader for all: that of RFC 3339, which wants every digit.
    let instant = Timestamp::parse(&format!("{year}-{month:0>2}-{day:0>2}T00:00:00Z")).ok()?;
    Some(instant.to_utc().date_naive())
}

/// Reads `14:03`, `14:03:12` or `14:03:12.5`; also with points.
pub fn parse_time(text: &str) -> Option<NaiveTime> {
    let mut parts = text.trim().splitn(3, if text.contains(':') { ':' } else { '.' });
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("00"));
    let instant = Timestamp::parse(&format!("1970-01-01T{hour:0>2}:{minute:0>2}:{second:0>2}Z")).ok()?;
    Some(instant.to_utc().time())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oslo in 2024: an hour ahead, two from 31 March 01:00 UTC to 27 October 01:00 UTC.
    const OSLO: Zone = Zone {
        offset_minutes: |at| {
            let summer =
                Timestamp::parse("2024-03-31T01:00:00Z").unwrap()..Timestamp::parse("2024-10-27T01:00:00Z").unwrap();
            if summer.contains(&at) { 120 } else { 60 }
        },
    };

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn figures_are_grouped_and_carry_a_true_minus() {
        assert_eq!(int(1_056_320), "1,056,320");
        assert_eq!(int(-999), "−999");
        assert_eq!(money(-123_450, Currency::EUR), "−1,234.50");
        assert_eq!(money(1234, Currency::parse("JPY").unwrap()), "1,234");
        assert_eq!(money(i64::MIN, Currency::parse("KWD").unwrap()), "−9,223,372,036,854,775.808");
        assert_eq!(signed(5, Currency::EUR), "+0.05");
        assert_eq!(signed(-5, Currency::EUR), "−0.05");
    }

    #[test]
    fn times_are_local_and_come_back() {
        assert_eq!(time(at("2024-01-05T13:03:12Z"), OSLO), "2024-01-05 14:03:12");
        for text in ["2024-01-05T13:03:12Z", "2024-07-05T12:03:12Z", "2024-03-31T00:30:00Z", "2024-03-31T01:30:00Z"] {
            assert_eq!(parse_moment(&time(at(text), OSLO), OSLO), Some(at(text)), "{text}");
        }
        assert_eq!(
            parse_moment("2024-10-27 02:30:00", OSLO),
            Some(at("2024-10-27T00:30:00Z")),
            "the earlier of the two"
        );
        assert_eq!(parse_moment("2024-01-05", OSLO), Some(at("2024-01-05T22:59:59.999999Z")));
        assert_eq!(parse_moment("5 January", OSLO), None);
        assert_eq!(parse_moment("2024-01-05T14:03:12+01:00", Zone::UTC), Some(at("2024-01-05T13:03:12Z")));
    }

    #[test]
    fn days_and_times_are_read_as_people_type_them() {
        let day = |text: &str| parse_date(text).map(|day| day.to_string());
        for text in ["2024-01-05", " 2024-1-5 "] {
            assert_eq!(day(text).as_deref(), Some("2024-01-05"), "{text}");
        }
        for text in ["24-01-05", "2024-02-30", "2024-01", "2024-01-05T10", "2024-01-05-06", "-2024-01-05", ""] {
            assert_eq!(day(text), None, "{text}");
        }
        let clock = |text: &str| parse_time(text).map(|time| time.to_string());
        for (text, expected) in [("14:03", "14:03:00"), ("9:3:7", "09:03:07"), ("14.03.12", "14:03:12")] {
            assert_eq!(clock(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(clock("14:03:12.5").as_deref(), Some("14:03:12.500"));
        for text in ["25:00", "14", "14:60", "14:03:12Z", "14:03:12+01:00", "-1:03", "14:03:12:1", ""] {
            assert_eq!(clock(text), None, "{text}");
        }
    }
}
