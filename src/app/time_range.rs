//! The stretch of time that the time bar and the charts show.

use super::format::{self, Zone};
use crate::kernel::Timestamp;

/// A stretch of time, `from < to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends.
    pub to: Timestamp,
}

/// One end of a [`TimeRange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeEnd {
    /// Where it begins.
    From,
    /// Where it ends.
    To,
}

impl Default for TimeRange {
    fn default() -> Self {
        Self::new(Timestamp::from_micros(0), Timestamp::from_micros(Self::WHOLE_MIN))
    }
}

impl TimeRange {
    /// The shortest stretch that is shown: one second.
    pub const WIDTH_MIN: i64 = Timestamp::MICROS_PER_SECOND;
    /// The shortest stretch that a whole ledger is shown on: one minute.
    const WHOLE_MIN: i64 = 60 * Timestamp::MICROS_PER_SECOND;
    /// From here on days are told apart, and no longer minutes: three days.
    const DAYS_FROM: i64 = 3 * Timestamp::MICROS_PER_DAY;
    /// Below this seconds are told apart: a quarter of an hour.
    const SECONDS_BELOW: i64 = 900 * Timestamp::MICROS_PER_SECOND;

    /// From one instant to another; widened where they lie closer than [`TimeRange::WIDTH_MIN`].
    pub fn new(from: Timestamp, to: Timestamp) -> Self {
        // At the end of all time there is only room to the left.
        let from = from.min(Timestamp::MAX.plus_micros(-Self::WIDTH_MIN));
        Self { from, to: to.max(from.plus_micros(Self::WIDTH_MIN)) }
    }

    /// The whole of a ledger, with a little room behind its end.
    pub fn whole((first, last): (Timestamp, Timestamp)) -> Self {
        let width = (last.as_micros() - first.as_micros()).max(Self::WHOLE_MIN);
        Self::new(first, first.plus_micros(width).max(last).plus_micros(width / 100))
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

    /// Where an instant lies: 0 at the beginning, 1 at the end, and beyond either for what lies outside.
    #[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
    pub fn share_of(&self, at: Timestamp) -> f64 {
        (at.as_micros() - self.from.as_micros()) as f64 / self.width().max(1) as f64
    }

    /// The instant at a share of the width: what [`TimeRange::share_of`] asks the other way round.
    pub fn instant_at(&self, share: f64) -> Timestamp {
        self.from.plus_micros(times(self.width(), share))
    }

    /// Held within `whole`: moved first, made narrower only where it is wider than all there is.
    #[must_use]
    pub fn within(self, whole: Self) -> Self {
        let width = self.width().clamp(Self::WIDTH_MIN, whole.width().max(Self::WIDTH_MIN));
        let from = self.from.min(whole.to.plus_micros(-width)).max(whole.from);
        Self::new(from, from.plus_micros(width))
    }

    /// Wider (`factor` above 1) or narrower by a factor, with `at` staying where it is on the screen, within `whole`.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: Timestamp, whole: Self) -> Self {
        let widest = whole.width().max(Self::WIDTH_MIN);
        let width = times(self.width(), factor).clamp(Self::WIDTH_MIN, widest);
        let from = at.plus_micros(-times(width, self.share_of(at)));
        Self::new(from, from.plus_micros(width)).within(whole)
    }

    /// Moved by microseconds (back, where negative), within `whole`.
    #[must_use]
    pub fn panned(self, micros: i64, whole: Self) -> Self {
        let from = self.from.plus_micros(micros);
        Self::new(from, from.plus_micros(self.width())).within(whole)
    }

    /// With one end elsewhere, within `whole`. The other end stays, unless it would come to lie on the wrong side:
    /// then it keeps its distance.
    #[must_use]
    pub fn with_end(self, end: RangeEnd, at: Timestamp, whole: Self) -> Self {
        let at = at.clamp(whole.from, whole.to.max(whole.from));
        let moved = match end {
            RangeEnd::From if at < self.to => Self { from: at.min(self.to.plus_micros(-Self::WIDTH_MIN)), ..self },
            RangeEnd::To if at > self.from => Self::new(self.from, at),
            RangeEnd::From => Self::new(at, at.plus_micros(self.width())),
            RangeEnd::To => Self::new(at.plus_micros(-self.width()), at),
        };
        moved.within(whole)
    }

    /// What it becomes when its ledger grows from `before` to `now`: a range that reached the end still does. So the
    /// playhead of a live screen stays in view, and someone who looks at the past is not disturbed.
    #[must_use]
    pub fn grown(self, before: Self, now: Self) -> Self {
        if self.from <= before.from && self.to >= before.to {
            return now;
        }
        if self.to < before.to {
            return self;
        }
        self.panned(now.to.as_micros() - self.to.as_micros(), now)
    }

    /// What it becomes on another clock, where the whole ledger is `now` and no longer `before`: one that was the whole
    /// still is, and any other stretch of time stays that stretch as far as the ledger reaches.
    #[must_use]
    pub fn carried(self, before: Self, now: Self) -> Self {
        if self.from <= before.from && self.to >= before.to { now } else { self.within(now) }
    }

    /// How an instant in it is written where there is little room: a day, a minute or a second, by its width.
    pub fn label(&self, at: Timestamp, zone: Zone) -> String {
        match self.width() {
            Self::DAYS_FROM.. => format::date(at, zone),
            Self::SECONDS_BELOW.. => format::part(zone.local(at), 5..16),
            _ => format::part(zone.local(at), 11..19),
        }
    }

    /// Reads one of its ends as [`TimeRange::label`] writes it, or as [`format::parse_moment`] reads it. What the text
    /// leaves out is as it is there now. A day means its beginning where it is the range's, and its end likewise.
    pub fn parse_end(&self, end: RangeEnd, text: &str, zone: Zone) -> Option<Timestamp> {
        let text = text.trim();
        if end == RangeEnd::From
            && let Some(date) = format::parse_date(text)
        {
            return Some(zone.midnight(date));
        }
        let shown = match end {
            RangeEnd::From => self.from,
            RangeEnd::To => self.to,
        };
        let date = format::date(shown, zone);
        let year = date.get(..5).unwrap_or_default();
        [text.to_owned(), format!("{year}{text}"), format!("{date} {text}")]
            .iter()
            .find_map(|text| format::parse_moment(text, zone))
    }
}

/// A length of time, so many times as long; held within 64 bits.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a place on the screen; it saturates")]
fn times(micros: i64, factor: f64) -> i64 {
    (micros as f64 * factor).round() as i64
}
