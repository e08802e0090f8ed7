//! The two columns of times.

use super::super::{
    BlockError, Timestamp,
    columns::{Reader, Writer},
};

/// What `occurred_at` is told from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    /// The event's own `recorded_at`.
    Recorded = 0,
    /// The `occurred_at` of the event before; of the first event, its `recorded_at`.
    Before = 1,
}

/// The columns *recorded* and *occurred* of events whose `recorded_at` does not go back.
pub(super) fn write(recorded: &[Timestamp], occurred: &[Timestamp]) -> [Vec<u8>; 2] {
    let recorded_steps = steps(recorded.iter().copied(), recorded.iter().take(1).chain(recorded).copied());
    let mut rising = Writer::default();
    if recorded_steps.iter().any(|step| *step != 0) {
        let unit = unit_of(&recorded_steps);
        rising.u64(unit.unsigned_abs());
        for step in recorded_steps {
            rising.u64((step / unit).unsigned_abs());
        }
    }
    let lags = steps(occurred.iter().copied(), recorded.iter().copied());
    if lags.iter().all(|lag| *lag == 0) {
        return [rising.bytes, Vec::new()];
    }
    let from_before = steps(occurred.iter().copied(), recorded.iter().take(1).chain(occurred).copied());
    let [lags, from_before] = [(Base::Recorded, lags), (Base::Before, from_before)].map(|(base, steps)| {
        let mut column = Writer::default();
        let unit = unit_of(&steps);
        column.len(base as usize);
        column.u64(unit.unsigned_abs());
        for step in steps {
            column.i64(step / unit);
        }
        column.bytes
    });
    [rising.bytes, if lags.len() <= from_before.len() { lags } else { from_before }]
}

/// Timestamps have bounds far within those of an `i64`, and so have their differences.
fn steps(times: impl Iterator<Item = Timestamp>, from: impl Iterator<Item = Timestamp>) -> Vec<i64> {
    times.zip(from).map(|(time, from)| time.as_micros() - from.as_micros()).collect()
}

/// The largest unit that all steps are whole numbers of.
fn unit_of(steps: &[i64]) -> i64 {
    let mut unit = 0;
    for step in steps {
        let mut rest = step.abs();
        while rest != 0 {
            (unit, rest) = (rest, unit % rest);
        }
        if unit == 1 {
            break;
        }
    }
    unit.max(1)
}

/// Reads both columns, an event at a time.
#[derive(Debug)]
pub(super) struct TimeReader<'a> {
    recorded: Reader<'a>,
    /// Microseconds; `None` where the column is empty, so that all steps are 0.
    recorded_unit: Option<i64>,
    occurred: Reader<'a>,
    occurred_unit: Option<(Base, i64)>,
    /// `recorded_at` of the event before, or that which the header states for the first.
    last_recorded: i64,
    last_occurred: Option<i64>,
}

const OUT_OF_BOUNDS: BlockError = BlockError::Malformed { what: "has a time out of bounds" };

impl<'a> TimeReader<'a> {
    pub(super) fn new(
        mut recorded: Reader<'a>,
        mut occurred: Reader<'a>,
        first_recorded: Timestamp,
    ) -> Result<Self, BlockError> {
        let recorded_unit = if recorded.is_empty() { None } else { Some(read_unit(&mut recorded)?) };
        let occurred_unit = if occurred.is_empty() {
            None
        } else {
            let base = match occurred.u64()? {
                0 => Base::Recorded,
                1 => Base::Before,
                _ => return Err(BlockError::Malformed { what: "has times told from an unknown base" }),
            };
            Some((base, read_unit(&mut occurred)?))
        };
        let last_recorded = first_recorded.as_micros();
        Ok(Self { recorded, recorded_unit, occurred, occurred_unit, last_recorded, last_occurred: None })
    }

    /// When the next event was recorded, which is never before the last one, and when it occurred.
    pub(super) fn next(&mut self) -> Result<(Timestamp, Timestamp), BlockError> {
        if let Some(unit) = self.recorded_unit {
            let step = i64::try_from(self.recorded.u64()?).map_err(|_| OUT_OF_BOUNDS)?;
            self.last_recorded = moved(self.last_recorded, step, unit)?;
        }
        let occurred = match self.occurred_unit {
            None => self.last_recorded,
            Some((base, unit)) => {
                let from = match base {
                    Base::Recorded => self.last_recorded,
                    Base::Before => self.last_occurred.unwrap_or(self.last_recorded),
                };
                moved(from, self.occurred.i64()?, unit)?
            }
        };
        self.last_occurred = Some(occurred);
        Ok((instant(self.last_recorded)?, instant(occurred)?))
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.recorded.is_empty() && self.occurred.is_empty()
    }
}

fn moved(from: i64, step: i64, unit: i64) -> Result<i64, BlockError> {
    step.checked_mul(unit).and_then(|micros| from.checked_add(micros)).ok_or(OUT_OF_BOUNDS)
}

fn read_unit(column: &mut Reader<'_>) -> Result<i64, BlockError> {
    let unit = i64::try_from(column.u64()?).ok().filter(|unit| *unit > 0);
    unit.ok_or(BlockError::Malformed { what: "has times in a unit that cannot be" })
}

/// An instant that can be written again as it was read.
pub(super) fn instant(micros: i64) -> Result<Timestamp, BlockError> {
    let time = Timestamp::from_micros(micros);
    if time.as_micros() == micros { Ok(time) } else { Err(OUT_OF_BOUNDS) }
}
