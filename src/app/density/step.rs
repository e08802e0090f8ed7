use crate::{
    app::{TimeRange, format, format::Zone},
    kernel::Timestamp,
};
use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

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

/// Lengths of bars, shortest first. Longer ones are whole years, see [`Step::at_least`].
pub(super) const BAR_STEPS: [Step; 37] = [
    Step::Micros(1000),
    Step::Micros(2000),
    Step::Micros(5000),
    Step::Micros(10_000),
    Step::Micros(20_000),
    Step::Micros(50_000),
    Step::Micros(100_000),
    Step::Micros(200_000),
    Step::Micros(500_000),
    Step::Micros(SECOND),
    Step::Micros(2 * SECOND),
    Step::Micros(5 * SECOND),
    Step::Micros(10 * SECOND),
    Step::Micros(15 * SECOND),
    Step::Micros(30 * SECOND),
    Step::Micros(MINUTE),
    Step::Micros(2 * MINUTE),
    Step::Micros(5 * MINUTE),
    Step::Micros(10 * MINUTE),
    Step::Micros(15 * MINUTE),
    Step::Micros(30 * MINUTE),
    Step::Micros(HOUR),
    Step::Micros(2 * HOUR),
    Step::Micros(3 * HOUR),
    Step::Micros(6 * HOUR),
    Step::Micros(12 * HOUR),
    Step::Days(1),
    Step::Days(2),
    Step::Days(4),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
];

/// Lengths from tick to tick, shortest first.
pub(super) const TICK_STEPS: [Step; 27] = [
    Step::Micros(10_000),
    Step::Micros(50_000),
    Step::Micros(100_000),
    Step::Micros(500_000),
    Step::Micros(SECOND),
    Step::Micros(5 * SECOND),
    Step::Micros(15 * SECOND),
    Step::Micros(30 * SECOND),
    Step::Micros(MINUTE),
    Step::Micros(5 * MINUTE),
    Step::Micros(15 * MINUTE),
    Step::Micros(30 * MINUTE),
    Step::Micros(HOUR),
    Step::Micros(3 * HOUR),
    Step::Micros(6 * HOUR),
    Step::Micros(12 * HOUR),
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
    Step::Months(60),
];

impl Step {
    /// The shortest of `steps` of at least `micros`; beyond the longest, the shortest round number of years.
    pub(super) fn at_least(micros: i64, steps: &[Self]) -> Self {
        let decades = (0..4).flat_map(|power| [10u32, 20, 50].map(|years| Self::Months(years * 10u32.pow(power) * 12)));
        let mut all = steps.iter().copied().chain(decades);
        all.find(|step| step.micros() >= micros).unwrap_or(Self::Months(120_000))
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
            Self::Micros(_) => zone.local(at).format("%Y-%m-%d %H:%M:%S%.3f").to_string(),
            Self::Days(_) => format::date(at, zone),
            Self::Months(_) => zone.local(at).format("%Y-%m").to_string(),
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
            Self::Micros(micros) => {
                let first = local.date().and_time(NaiveTime::MIN);
                let since = (local - first).num_microseconds().unwrap_or_default();
                let first = first + TimeDelta::microseconds(since / micros * micros);
                locals(zone, first, move |at| at.checked_add_signed(TimeDelta::microseconds(micros)))
            }
            Self::Days(days) => {
                let monday = NaiveDate::from_ymd_opt(1970, 1, 5).unwrap_or_default();
                let past = (local.date() - monday).num_days().rem_euclid(i64::from(days.max(1)));
                let first = local.date() - TimeDelta::days(past);
                locals(zone, first.and_time(NaiveTime::MIN), move |at| at.checked_add_days(Days::new(u64::from(days))))
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

fn locals(
    zone: Zone,
    first: NaiveDateTime,
    next: impl Fn(NaiveDateTime) -> Option<NaiveDateTime> + 'static,
) -> Box<dyn Iterator<Item = Timestamp>> {
    Box::new(std::iter::successors(Some(first), move |at| next(*at)).map(move |at| zone.instant(at)))
}
