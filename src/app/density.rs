//! What a time axis draws: bars of exact counts, ticks with labels, and lines of no more corners than there are pixels.

mod line;
mod step;

pub use line::{Corner, InOut, balance_line, in_and_out};
pub use step::Step;

use self::step::{HOUR, MINUTE, Part, SECOND};
use super::{
    TimeRange,
    format::{self, Zone},
};
use crate::kernel::{Timeline, Timestamp};
use chrono::{Datelike as _, NaiveTime};

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
        let step = Step::at_least(shortest(range, width, bar_min), Part::Bar);
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
    let step = Step::at_least(shortest(range, width, gap_min), Part::Tick);
    let mut year = None;
    let mut is_first = true;
    let within = |at: &Timestamp| *at >= range.from && *at < range.to;
    let boundaries = step.boundaries(range, zone).into_iter().filter(within).filter(|at| is_on_step(step, *at, zone));
    boundaries
        .map(|at| {
            let local = zone.local(at);
            let new_year = year.replace(local.year()) != Some(local.year());
            let part = match step {
                Step::Micros(micros) => match (micros, local.time() == NaiveTime::MIN || is_first) {
                    (HOUR.., true) if local.time() == NaiveTime::MIN => 5..10,
                    (MINUTE.., true) => 5..16,
                    (MINUTE.., false) => 11..16,
                    (SECOND.., true) => 5..19,
                    (SECOND.., false) => 11..19,
                    (_, _) => 11..23,
                },
                Step::Days(_) if new_year => 0..10,
                Step::Days(_) => 5..10,
                Step::Months(months) if months % 12 == 0 => 0..4,
                Step::Months(_) => 0..7,
            };
            is_first = false;
            Tick { at, label: format::part(local, part) }
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
