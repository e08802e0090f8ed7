//! The demo's calendar: which days and hours are busy. All times are UTC.

use super::random::SplitMix64;
use crate::kernel::Timestamp;
use chrono::{DateTime, Datelike as _, Days, NaiveDate};

/// 2023-01-02T08:00:00Z, in milliseconds since 1970: when the first account opens.
pub(super) const START_MILLIS: i64 = 1_672_646_400_000;
/// 2024-03-18T09:41:07Z: when the last event happens.
pub(super) const END_MILLIS: i64 = 1_710_754_867_000;
/// 2023-07-01T00:00:00Z: deposits from here on are written in schema 2.
pub(super) const SCHEMA_2_MILLIS: i64 = 1_688_169_600_000;
pub(super) const HOUR_MILLIS: i64 = 3_600_000;
pub(super) const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;

const FIRST_MIDNIGHT: i64 = START_MILLIS - 8 * HOUR_MILLIS;
/// How many days the ledger touches.
pub(super) const DAYS: u32 = 442;

/// How busy the hours of a day are, from midnight on.
const HOURS: [u32; 24] =
    [8, 5, 4, 4, 6, 14, 40, 90, 170, 210, 220, 200, 170, 190, 210, 220, 190, 130, 80, 60, 50, 40, 25, 14];
/// How busy the days of a week are, in hundredths, from Monday on.
const WEEKDAYS: [u64; 7] = [100, 104, 106, 110, 116, 34, 22];
/// Days that are not as their weekday is, month and day, in hundredths.
const ODD_DAYS: [((u32, u32), u64); 9] = [
    ((1, 1), 16),
    ((5, 1), 30),
    ((5, 17), 25),
    ((6, 24), 30),
    ((11, 24), 210),
    ((12, 24), 30),
    ((12, 25), 16),
    ((12, 26), 16),
    ((12, 31), 30),
];
/// Maundy Thursday to Easter Monday 2023, Ascension and Whit Monday, by month and day.
const MOVABLE_FEASTS: [(u32, u32); 6] = [(4, 6), (4, 7), (4, 9), (4, 10), (5, 18), (5, 29)];

/// One day of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) number: u32,
    pub(super) midnight: i64,
    pub(super) date: NaiveDate,
}

impl Day {
    pub(super) fn new(number: u32) -> Self {
        let midnight = FIRST_MIDNIGHT + i64::from(number) * DAY_MILLIS;
        let date = DateTime::from_timestamp_millis(midnight).unwrap_or_default().date_naive();
        Self { number, midnight, date }
    }

    pub(super) fn is_working_day(&self) -> bool {
        let named = (self.date.month(), self.date.day());
        let feast = self.date.year() == 2023 && MOVABLE_FEASTS.contains(&named);
        let odd = ODD_DAYS.iter().any(|(day, weight)| *day == named && *weight < 100);
        self.date.weekday().number_from_monday() <= 5 && !feast && !odd
    }

    /// Whether interest, fees and rents are due.
    pub(super) fn is_first_of_month(&self) -> bool {
        self.date.day() == 1
    }

    /// Whether salaries are paid: on the 25th, or on the last working day before it.
    pub(super) fn is_payday(&self) -> bool {
        let days_left = 25u32.checked_sub(self.date.day());
        self.is_working_day()
            && days_left.is_some_and(|left| (1..=left).all(|day| !Self::new(self.number + day).is_working_day()))
    }

    /// How busy the day is, against others: its weekday, holidays, the growth of the bank, and a little chance.
    pub(super) fn weight(&self) -> u64 {
        let named = (self.date.month(), self.date.day());
        let weekday = usize::try_from(self.date.weekday().num_days_from_monday()).unwrap_or(0);
        let usual = WEEKDAYS.get(weekday).copied().unwrap_or(100);
        let holiday = self.date.year() == 2023 && MOVABLE_FEASTS.contains(&named);
        let odd = ODD_DAYS.iter().find(|(day, _)| *day == named).map(|(_, weight)| *weight);
        let kind = if holiday { 24 } else { odd.unwrap_or(usual) };
        let growth = 100 + u64::from(self.number) * 95 / u64::from(DAYS);
        let luck = 72 + u64::from(SplitMix64::new(u64::from(self.number)).below(57));
        let open_hours = match self.number {
            0 => 88,
            number if number + 1 == DAYS => 26,
            _ => 100,
        };
        kind * growth * luck * open_hours / 100
    }

    /// A moment of the day, by how busy its hours are and within the ledger.
    pub(super) fn moment(&self, random: &mut SplitMix64) -> i64 {
        // A day has at least a tenth of its weight within the ledger; should chance fail that often, the bounds hold.
        for _ in 0..64 {
            let mut left = random.below(HOURS.iter().sum());
            let hour = HOURS.iter().position(|weight| {
                let here = left < *weight;
                left = left.saturating_sub(*weight);
                here
            });
            let hour = i64::try_from(hour.unwrap_or(12)).unwrap_or(12);
            let moment = self.midnight + hour * HOUR_MILLIS + random.between(0, HOUR_MILLIS);
            if (START_MILLIS..END_MILLIS).contains(&moment) {
                return moment;
            }
        }
        self.midnight.clamp(START_MILLIS, END_MILLIS)
    }

    /// The hour of a moment of the day.
    pub(super) fn hour_of(&self, moment: i64) -> i64 {
        (moment - self.midnight) / HOUR_MILLIS
    }
}

/// The day a moment lies in.
pub(super) fn day_of(millis: i64) -> u32 {
    u32::try_from((millis - FIRST_MIDNIGHT).div_euclid(DAY_MILLIS)).unwrap_or(0)
}

/// The first of the month before.
pub(super) fn month_before(first: NaiveDate) -> NaiveDate {
    first.checked_sub_days(Days::new(1)).and_then(|day| day.with_day(1)).unwrap_or(first)
}

pub(super) fn instant(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// Reads a time that this program itself names.
pub(super) fn millis_of(text: &str) -> Option<i64> {
    Timestamp::parse(text).ok().map(Timestamp::as_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_moments_are_what_their_names_say() {
        assert_eq!(instant(START_MILLIS).to_string(), "2023-01-02T08:00:00Z");
        assert_eq!(instant(END_MILLIS).to_string(), "2024-03-18T09:41:07Z");
        assert_eq!(instant(SCHEMA_2_MILLIS).to_string(), "2023-07-01T00:00:00Z");
        assert_eq!(day_of(END_MILLIS) + 1, DAYS);
        assert_eq!(Day::new(0).date.to_string(), "2023-01-02");
    }

    #[test]
    fn salaries_come_once_a_month_and_never_at_a_weekend() {
        let paydays: Vec<String> =
            (0..DAYS).map(Day::new).filter(Day::is_payday).map(|day| day.date.to_string()).collect();
        assert_eq!(paydays.len(), 14, "{paydays:?}");
        assert!(paydays.contains(&"2023-02-24".to_owned()), "the 25th was a Saturday");
        assert!(paydays.contains(&"2023-06-23".to_owned()), "the 25th was a Sunday");
        assert!(paydays.contains(&"2023-12-22".to_owned()), "the 25th was Christmas Day, a Monday");
    }

    #[test]
    fn work_has_a_rhythm() {
        let weight = |text: &str| Day::new(day_of(millis_of(text).unwrap())).weight();
        assert!(weight("2023-11-24T00:00:00Z") > weight("2023-11-23T00:00:00Z"));
        assert!(weight("2023-12-25T00:00:00Z") * 3 < weight("2023-12-18T00:00:00Z"));
        assert!(weight("2023-06-11T00:00:00Z") * 2 < weight("2023-06-12T00:00:00Z"), "Sunday");
        let mut random = SplitMix64::new(3);
        let last = Day::new(DAYS - 1);
        assert!((0..500).all(|_| last.moment(&mut random) < END_MILLIS));
    }
}
