use crate::{
    app::{TimeRange, format, format::Zone},
    kernel::Timestamp,
};
use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

pub(super) const SECOND: i64 = Timestamp::MICROS_PER_SECOND;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = Timestamp::MICROS_PER_DAY;
/// Of the Gregorian calendar, on average.
const MONTH: i64 = 2_629_746 * SECOND;
/// No axis has more parts than this, however wide the screen.
const PARTS_MAX: usize = 8192;

/// The length of a bar, or of the way from one tick to the next. Days and months are those of the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Less than a day, in microseconds.
    Micros(i64),
    /// Whole days; weeks begin on Monday.
    Days(u32),
    /// Whole months.
    Months(u32),
}

/// What is parted by a [`Step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A bar of the histogram.
    Bar,
    /// The way from one tick to the next.
    Tick,
}

/// A length, so many times.
type Times = fn(u32) -> Step;

/// The lengths there are, shortest first: how many of a unit make a bar, and how many lie between two ticks. Longer
/// ones are whole decades, see [`Step::at_least`].
const LENGTHS: [(Times, &[u32], &[u32]); 6] = [
    (|count| Step::micros_of(count, 1000), &[1, 2, 5, 10, 20, 50, 100, 200, 500], &[10, 50, 100, 500]),
    (|count| Step::micros_of(count, SECOND), &[1, 2, 5, 10, 15, 30], &[1, 5, 15, 30]),
    (|count| Step::micros_of(count, MINUTE), &[1, 2, 5, 10, 15, 30], &[1, 5, 15, 30]),
    (|count| Step::micros_of(count, HOUR), &[1, 2, 3, 6, 12], &[1, 3, 6, 12]),
    (Step::Days, &[1, 2, 4, 7, 14], &[1, 2, 7, 14]),
    (Step::Months, &[1, 2, 3, 6, 12, 24], &[1, 2, 3, 6, 12, 24, 60]),
];

impl Step {
    /// The shortest for a part that is at least `micros` long; beyond the longest, the shortest round number of years.
    pub(super) fn at_least(micros: i64, part: Part) -> Self {
        let named = LENGTHS.iter().flat_map(|(times, bars, ticks)| {
            let counts = if part == Part::Bar { bars } else { ticks };
            counts.iter().map(|count| times(*count))
        });
        let decades = (0..4).flat_map(|power| [10u32, 20, 50].map(|years| Self::Months(years * 10u32.pow(power) * 12)));
        named.chain(decades).find(|step| step.micros() >= micros).unwrap_or(Self::Months(120_000))
    }

    fn micros_of(count: u32, unit: i64) -> Self {
        Self::Micros(i64::from(count) * unit)
    }

    /// About how long it is, in microseconds.
    fn micros(self) -> i64 {
        match self {
            Self::Micros(micros) => micros,
            Self::Days(days) => i64::from(days) * DAY,
            Self::Months(months) => i64::from(months) * MONTH,
        }
    }

    /// `3 h`, `7 d`, `2 months`, `10 years`
    pub fn name(self) -> String {
        let many = |count: u32, word: &str| if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") };
        match self {
            Self::Micros(micros) if micros >= HOUR => format!("{} h", micros / HOUR),
            Self::Micros(micros) if micros >= MINUTE => format!("{} min", micros / MINUTE),
            Self::Micros(micros) if micros >= SECOND => format!("{} s", micros / SECOND),
            Self::Micros(micros) => format!("{} ms", micros / 1000),
            Self::Days(days) => format!("{days} d"),
            Self::Months(months) if months % 12 == 0 => many(months / 12, "year"),
            Self::Months(months) => many(months, "month"),
        }
    }

    /// How the beginning of a part of this length is written in full.
    pub fn moment(self, at: Timestamp, zone: Zone) -> String {
        match self {
            Self::Micros(micros) if micros >= MINUTE => format::minute(at, zone),
            Self::Micros(micros) if micros >= SECOND => format::time(at, zone),
            Self::Micros(_) => format::part(zone.local(at), 0..23),
            Self::Days(_) => format::date(at, zone),
            Self::Months(_) => format::part(zone.local(at), 0..7),
        }
    }

    /// Where parts of this length begin: the last boundary at or before the range, all in it, and the first at or
    /// after its end. They rise strictly.
    pub fn boundaries(self, range: TimeRange, zone: Zone) -> Vec<Timestamp> {
        let mut out: Vec<Timestamp> = Vec::new();
        for at in self.candidates(range, zone).take(PARTS_MAX) {
            // An hour that the clocks skip has no boundary of its own, and there is none beyond the end of time.
            if out.last().is_none_or(|last| *last < at) {
                out.push(at);
            }
            if at >= range.to || at == Timestamp::MAX {
                break;
            }
        }
        // Where the clocks go back, the first candidate may lie an hour late.
        if out.first().is_some_and(|first| *first > range.from) {
            out.insert(0, range.from);
        }
        out
    }

    fn candidates(self, range: TimeRange, zone: Zone) -> Box<dyn Iterator<Item = Timestamp>> {
        let local = zone.local(range.from);
        match self {
            Self::Micros(micros) if micros <= HOUR || has_one_offset(range, zone) => {
                let ahead = i64::from((zone.offset_minutes)(range.from)) * MINUTE;
                let first = (range.from.as_micros() + ahead).div_euclid(micros) * micros - ahead;
                Box::new((0..).map(move |count: i64| Timestamp::from_micros(first + count * micros)))
            }
            Self::Micros(micros) => locals(zone, local, local.date(), micros),
            Self::Days(days) => {
                let monday = NaiveDate::from_ymd_opt(1970, 1, 5).unwrap_or_default();
                locals(zone, local, monday, i64::from(days.max(1)) * DAY)
            }
            Self::Months(months) => {
                let months = i32::try_from(months.max(1)).unwrap_or(i32::MAX);
                let first = (local.year() * 12 + local.month0().cast_signed()).div_euclid(months) * months;
                let at = |month: i32| {
                    let of_year = month.rem_euclid(12).cast_unsigned();
                    Some(NaiveDate::from_ymd_opt(month.div_euclid(12), of_year + 1, 1)?.and_time(NaiveTime::MIN))
                };
                Box::new((0..).map_while(move |count: i32| {
                    at(first.saturating_add(count.saturating_mul(months))).map(|local| zone.instant(local))
                }))
            }
        }
    }
}

/// Whether the clocks surely stay as they are all through a range.
fn has_one_offset(range: TimeRange, zone: Zone) -> bool {
    let offset = zone.offset_minutes;
    range.width() < 100 * DAY && offset(range.from) == offset(range.to)
}

/// Every `micros` of the wall clock, counted from the beginning of a day, from the last before `local` on.
fn locals(zone: Zone, local: NaiveDateTime, day: NaiveDate, micros: i64) -> Box<dyn Iterator<Item = Timestamp>> {
    let origin = day.and_time(NaiveTime::MIN);
    let past = (local - origin).num_microseconds().unwrap_or_default().div_euclid(micros);
    let at = move |count: i64| origin.checked_add_signed(TimeDelta::microseconds(count.saturating_mul(micros)));
    Box::new((past..).map_while(at).map(move |at| zone.instant(at)))
}
