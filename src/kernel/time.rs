//! Instants, in whole microseconds of UTC.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// An instant: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Written and read as RFC 3339 (the `Timestamp` of CloudEvents 1.0). Digits finer than a microsecond are cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The length of a time that has microseconds.
const WRITTEN_BYTES_MAX: usize = "2024-01-05T14:03:12.418000Z".len();

/// A text that is not an RFC 3339 time, or one outside the years 0000 to 9999.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 time between the years 0000 and 9999: {text:?}")]
pub struct TimeError {
    /// What was to be read, cut to 64 characters.
    pub text: String,
}

impl Timestamp {
    /// 0000-01-01T00:00:00Z, the earliest instant RFC 3339 can write.
    pub const MIN: Self = Self(-62_167_219_200_000_000);
    /// 9999-12-31T23:59:59.999999Z, the latest instant RFC 3339 can write.
    pub const MAX: Self = Self(253_402_300_799_999_999);
    /// One second, in the unit of [`Timestamp::as_micros`].
    pub const MICROS_PER_SECOND: i64 = 1_000_000;
    /// One day of 24 hours, in the unit of [`Timestamp::as_micros`].
    pub const MICROS_PER_DAY: i64 = 86_400 * Self::MICROS_PER_SECOND;

    /// From microseconds since 1970, held within [`Timestamp::MIN`] and [`Timestamp::MAX`].
    pub const fn from_micros(micros: i64) -> Self {
        if micros < Self::MIN.0 {
            Self::MIN
        } else if micros > Self::MAX.0 {
            Self::MAX
        } else {
            Self(micros)
        }
    }

    /// From milliseconds since 1970, the unit of a browser's clock.
    pub const fn from_millis(millis: i64) -> Self {
        Self::from_micros(millis.saturating_mul(1000))
    }

    /// Microseconds since 1970.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since 1970, rounded down.
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads RFC 3339, with any offset.
    ///
    /// ```
    /// # use annals::kernel::Timestamp;
    /// let time = Timestamp::parse("2024-01-05T15:03:12.4180009+01:00").unwrap();
    /// assert_eq!(time.to_string(), "2024-01-05T14:03:12.418Z");
    /// ```
    ///
    /// # Errors
    /// [`TimeError`] when the text is not RFC 3339, or in UTC lies outside the years 0000 to 9999.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        match DateTime::parse_from_rfc3339(text) {
            Ok(time) if Self::from_micros(time.timestamp_micros()).0 == time.timestamp_micros() => {
                Ok(Self(time.timestamp_micros()))
            }
            Ok(_) | Err(_) => Err(TimeError { text: text.chars().take(64).collect() }),
        }
    }

    /// Whether it is written as this text.
    pub(crate) fn is_written(self, text: &str) -> bool {
        let (bytes, length) = self.digits();
        bytes.get(..length) == Some(text.as_bytes())
    }

    /// The text it is written as: the bytes, and how many of them there are.
    fn digits(self) -> ([u8; WRITTEN_BYTES_MAX], usize) {
        let time = self.to_utc();
        let micros = time.timestamp_subsec_micros();
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        let year = time.year().unsigned_abs();
        for (end, number) in [
            (4, year),
            (7, time.month()),
            (10, time.day()),
            (13, time.hour()),
            (16, time.minute()),
            (19, time.second()),
            (26, micros),
        ] {
            let mut rest = number;
            for digit in text.iter_mut().take(end).rev().take_while(|byte| byte.is_ascii_digit()) {
                *digit = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
        }
        let length = match micros {
            0 => 20,
            _ if micros.is_multiple_of(1000) => 24,
            _ => WRITTEN_BYTES_MAX,
        };
        if let Some(last) = text.get_mut(length - 1) {
            *last = b'Z';
        }
        (text, length)
    }

    /// The same instant as a `chrono` value, for calendars.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    /// This instant `micros` later (earlier where negative), held within the bounds.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self::from_micros(self.0.saturating_add(micros))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with as many digits as the instant needs: `2024-01-05T14:03:12.418Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, length) = self.digits();
        f.write_str(bytes.get(..length).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_survives_being_written_and_read() {
        for text in
            ["2024-01-05T14:03:12Z", "2024-01-05T14:03:12.418Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]
        {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Timestamp::parse("2024-01-05T14:03:12+01:00").unwrap().to_string(), "2024-01-05T13:03:12Z");
        assert_eq!(
            Timestamp::parse("1969-12-31T23:59:59.9999999Z").unwrap().to_string(),
            "1969-12-31T23:59:59.999999Z"
        );
        for bad in ["2024-01-05", "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00"] {
            assert!(Timestamp::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_bounds_hold() {
        assert_eq!(Timestamp::from_micros(i64::MIN), Timestamp::MIN);
        assert_eq!(Timestamp::MAX.plus_micros(i64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
        assert_eq!(Timestamp::MIN.to_string(), "0000-01-01T00:00:00Z");
    }
}
