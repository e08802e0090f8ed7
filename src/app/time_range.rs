//! The stretch of time that the time bar and the charts show.

use crate::kernel::Timestamp;

/// A stretch of time, `from < to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends.
    pub to: Timestamp,
}

impl Default for TimeRange {
    fn default() -> Self {
        Self::new(Timestamp::from_micros(0), Timestamp::from_micros(Self::WIDTH_MIN))
    }
}

impl TimeRange {
    /// The shortest stretch that is shown: one minute.
    pub const WIDTH_MIN: i64 = 60 * Timestamp::MICROS_PER_SECOND;

    /// From one instant to another; widened where they lie closer than [`TimeRange::WIDTH_MIN`].
    pub fn new(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to: to.max(from.plus_micros(Self::WIDTH_MIN)) }
    }

    /// The whole of a ledger, with a little room behind its end.
    pub fn whole((first, last): (Timestamp, Timestamp)) -> Self {
        let width = (last.as_micros() - first.as_micros()).max(Self::WIDTH_MIN);
        Self::new(first, last.plus_micros(width / 100))
    }

    /// Its width in microseconds.
    pub fn width(&self) -> i64 {
        self.to.as_micros() - self.from.as_micros()
    }

    /// Whether an instant lies in it.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.to
    }

    /// Moved so far that `at` lies in it: at 70 % of its width, as one reads on.
    #[must_use]
    pub fn following(self, at: Timestamp) -> Self {
        if self.contains(at) {
            return self;
        }
        let from = at.plus_micros(-(self.width() / 10 * 7));
        Self::new(from, from.plus_micros(self.width()))
    }
}
