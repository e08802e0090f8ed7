//! Instants, in whole microseconds of UTC.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// An instant: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Written and read as RFC 3339 (the `Timestamp` of CloudEvents 1.0). Digits finer than a microsecond are cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

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
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
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
