//! What a time axis draws: bars of exact counts, ticks with labels, and lines of no more corners than there are pixels.

use super::{TimeRange, format, format::Zone};
use crate::{
    bank::AccountHistory,
    kernel::{Timeline, Timestamp},
};
use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

const SECOND: i64 = Timestamp::MICROS_PER_SECOND;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
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
const BAR_STEPS: [Step; 37] = [
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
const TICK_STEPS: [Step; 27] = [
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
    fn at_least(micros: i64, steps: &[Self]) -> Self {
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
                    let month0 = month.rem_euclid(12).cast_unsigned();
                    Some(NaiveDate::from_ymd_opt(month.div_euclid(12), month0 + 1, 1)?.and_time(NaiveTime::MIN))
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

/// How many events happened in each part of a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Density {
    /// The length of a bar.
    pub step: Step,
    /// The bars, earliest first, one beginning where the other ends.
    pub bars: Vec<Bar>,
    /// The count of the highest bar.
    pub peak: u32,
}

/// The events of `from ≤ time < to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends.
    pub to: Timestamp,
    /// How many events happened in it, exactly.
    pub count: u32,
}

impl Density {
    /// The bars that cover a range, each at least `bar_min` wide where the range is `width` wide. Costs O(log n) a bar.
    pub fn of(timeline: &Timeline, range: TimeRange, width: f64, bar_min: f64, zone: Zone) -> Self {
        let step = Step::at_least(shortest(range, width, bar_min), &BAR_STEPS);
        let ends = step.boundaries(range, zone);
        let bars: Vec<Bar> = ends
            .iter()
            .zip(ends.iter().skip(1))
            .map(|(from, to)| Bar { from: *from, to: *to, count: timeline.count_between(*from, *to) })
            .collect();
        let peak = bars.iter().map(|bar| bar.count).max().unwrap_or_default();
        Self { step, bars, peak }
    }

    /// The bar that an instant lies in.
    pub fn bar_at(&self, at: Timestamp) -> Option<&Bar> {
        let after = self.bars.partition_point(|bar| bar.from <= at);
        self.bars.get(after.checked_sub(1)?).filter(|bar| at < bar.to)
    }
}

/// How many events happened in each of `count` equal parts of a range: what is drawn where no part has a name.
pub fn counts(timeline: &Timeline, range: TimeRange, count: u32) -> Vec<u32> {
    let end = |index: u32| range.instant_at(f64::from(index) / f64::from(count.max(1)));
    (0..count).map(|index| timeline.count_between(end(index), end(index + 1))).collect()
}

/// A mark on a time axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Where it stands.
    pub at: Timestamp,
    /// What is written beside it.
    pub label: String,
}

/// The ticks in a range, at least `gap_min` apart where the range is `width` wide. The year is written where it is new,
/// the day where it begins, or at the first tick.
pub fn time_ticks(range: TimeRange, width: f64, gap_min: f64, zone: Zone) -> Vec<Tick> {
    let step = Step::at_least(shortest(range, width, gap_min), &TICK_STEPS);
    let mut year = None;
    let mut is_first = true;
    let within = |at: &Timestamp| *at >= range.from && *at < range.to;
    let boundaries = step.boundaries(range, zone).into_iter().filter(within).filter(|at| is_on_step(step, *at, zone));
    boundaries
        .map(|at| {
            let local = zone.local(at);
            let new_year = year.replace(local.year()) != Some(local.year());
            let pattern = match step {
                Step::Micros(micros) => match (micros, local.time() == NaiveTime::MIN || is_first) {
                    (HOUR.., true) if local.time() == NaiveTime::MIN => "%m-%d",
                    (MINUTE.., true) => "%m-%d %H:%M",
                    (MINUTE.., false) => "%H:%M",
                    (SECOND.., true) => "%m-%d %H:%M:%S",
                    (SECOND.., false) => "%H:%M:%S",
                    (_, _) => "%H:%M:%S%.3f",
                },
                Step::Days(_) if new_year => "%Y-%m-%d",
                Step::Days(_) => "%m-%d",
                Step::Months(months) if months % 12 == 0 => "%Y",
                Step::Months(_) => "%Y-%m",
            };
            is_first = false;
            Tick { at, label: local.format(pattern).to_string() }
        })
        .collect()
}

/// Whether a boundary is one of the calendar, and not the cut-off beginning of a range.
fn is_on_step(step: Step, at: Timestamp, zone: Zone) -> bool {
    match step {
        Step::Micros(_) => true,
        Step::Days(_) | Step::Months(_) => zone.midnight(zone.local(at).date()) == at,
    }
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a place on the screen; it saturates")]
fn shortest(range: TimeRange, width: f64, part_min: f64) -> i64 {
    (range.width() as f64 * part_min / width.max(1.0)).ceil() as i64
}

/// Round values from `low` to `high`, about `count` of them.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "only the size of the step")]
pub fn value_ticks(low: i64, high: i64, count: u32) -> Vec<i64> {
    let raw = (i128::from(high) - i128::from(low)).max(1) as f64 / f64::from(count.max(1));
    let power = 10f64.powf(raw.log10().floor());
    let nearest = |best: f64, k: f64| if (k * power - raw).abs() < (best - raw).abs() { k * power } else { best };
    let step = [2.0, 2.5, 5.0, 10.0].into_iter().fold(power, nearest);
    let step = i128::from((step.round() as i64).max(1));
    let first = -(-i128::from(low)).div_euclid(step) * step;
    (0..64)
        .map(|index| first + index * step)
        .take_while(|value| *value <= i128::from(high))
        .filter_map(|value| i64::try_from(value).ok())
        .collect()
}

/// A corner of a line: how far along the range, in pixels, and the balance there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corner {
    /// Pixels from the beginning of the range.
    pub x: f64,
    /// A balance in minor units.
    pub minor: i64,
}

/// The balance as a line of steps over a range that is `width` pixels wide: the entries `from ≤ index < to` of a
/// history, and before them the balance that the range begins with.
///
/// It is exact: every balance that was reached in a column of pixels lies on the line there. A column has at most four
/// corners, so a million entries draw as fast as a thousand. The line ends at its last corner; where it leads on to is
/// the caller's to say.
pub fn balance_line(history: &AccountHistory, from: usize, to: usize, range: TimeRange, width: f64) -> Vec<Corner> {
    let entries = history.entries();
    let to = to.min(entries.len());
    let mut line = Vec::new();
    let mut now = from.checked_sub(1).map(|_| history.balance_after(from));
    if let Some(minor) = now {
        line.push(Corner { x: 0.0, minor });
    }
    let mut next = from;
    while next < to {
        let Some(entry) = entries.get(next) else { break };
        let x = range.share_of(entry.at) * width;
        let end = range.instant_at((x.floor() + 1.0) / width.max(1.0));
        let rest = entries.get(next..to).unwrap_or_default();
        let many = rest.partition_point(|other| other.at < end).max(1);
        let last = history.balance_after(next + many);
        if let Some(minor) = now {
            line.push(Corner { x, minor });
        }
        if many > 1
            && let Some((low, high)) = history.extremes(next, next + many)
        {
            // The way that is left from the nearer extreme to the last balance draws over itself.
            let (first, second) = if now.unwrap_or(last) <= last { (low, high) } else { (high, low) };
            line.extend([first, second].map(|minor| Corner { x, minor }));
        }
        line.push(Corner { x, minor: last });
        now = Some(last);
        next += many;
    }
    line
}

/// What came in and what went out in a column of pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InOut {
    /// Pixels from the beginning of the range.
    pub x: f64,
    /// What came in, in minor units.
    pub inward: i64,
    /// What went out, in minor units; not negative.
    pub outward: i64,
}

/// In and out for each column of pixels that has entries, of the entries `from ≤ index < to`. A column of very many
/// entries has only their difference: what is looked at stays bounded.
pub fn in_and_out(history: &AccountHistory, from: usize, to: usize, range: TimeRange, width: f64) -> Vec<InOut> {
    const SUMMED_MAX: usize = 48;
    let entries = history.entries();
    let to = to.min(entries.len());
    let mut out = Vec::new();
    let mut next = from;
    while next < to {
        let rest = entries.get(next..to).unwrap_or_default();
        let Some(entry) = rest.first() else { break };
        let column = (range.share_of(entry.at) * width).floor();
        let end = range.instant_at((column + 1.0) / width.max(1.0));
        let many = rest.partition_point(|other| other.at < end).max(1);
        let (mut inward, mut outward) = (0i64, 0i64);
        let mut flow = |change: i64| {
            inward = inward.saturating_add(change.max(0));
            outward = outward.saturating_add(change.min(0).saturating_neg());
        };
        if many <= SUMMED_MAX {
            rest.iter().take(many).for_each(|entry| flow(entry.change));
        } else {
            flow(history.balance_after(next + many).saturating_sub(history.balance_after(next)));
        }
        if inward != 0 || outward != 0 {
            out.push(InOut { x: column, inward, outward });
        }
        next += many;
    }
    out
}
