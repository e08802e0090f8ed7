//! The rows of the log's list: newest first, the playhead between what is later and what has happened.

use crate::{
    app::Moment,
    kernel::{Clock, Codec, History, Position, Rank},
};
use std::sync::Arc;

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogRow {
    /// An event.
    Event(Position),
    /// The playhead.
    Playhead,
}

/// The rows at a moment. It holds no events: a million of them cost nothing where nothing is filtered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogRows {
    clock: Clock,
    head: Rank,
    /// In the order of the clock; `None` for all events there are.
    found: Option<Arc<[Position]>>,
    /// How many events are later than the playhead.
    later: usize,
    has_playhead: bool,
}

impl LogRows {
    /// The rows of the events that were found, or of all, at a moment. `found` is in the order of the moment's clock.
    pub fn new<C: Codec>(moment: &Moment, found: Option<Arc<[Position]>>, history: &History<C>) -> Self {
        let later = match &found {
            None => moment.head.as_usize().saturating_sub(moment.rank.as_usize()),
            Some(found) => {
                let happened =
                    found.partition_point(|position| history.rank_of(moment.clock, *position) <= moment.rank);
                found.len() - happened
            }
        };
        Self { clock: moment.clock, head: moment.head, found, later, has_playhead: !moment.is_live() }
    }

    /// How many events there are.
    pub fn events(&self) -> usize {
        self.found.as_ref().map_or(self.head.as_usize(), |found| found.len())
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.events() + usize::from(self.has_playhead)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row of the playhead; `None` when live.
    pub fn playhead(&self) -> Option<usize> {
        self.has_playhead.then_some(self.later)
    }

    /// Whether a row lies later than the playhead.
    pub fn is_later(&self, row: usize) -> bool {
        row < self.later
    }

    /// What a row shows; `None` beyond the last.
    pub fn get<C: Codec>(&self, row: usize, history: &History<C>) -> Option<LogRow> {
        match self.playhead() {
            Some(playhead) if row == playhead => Some(LogRow::Playhead),
            Some(playhead) if row > playhead => self.event(row - 1, history).map(LogRow::Event),
            Some(_) | None => self.event(row, history).map(LogRow::Event),
        }
    }

    /// The row of an event; `None` where the filter leaves it out.
    pub fn row_of<C: Codec>(&self, position: Position, history: &History<C>) -> Option<usize> {
        let place = self.place(position, history);
        let row = place + usize::from(self.has_playhead && place >= self.later);
        (self.event(place, history) == Some(position)).then_some(row)
    }

    /// The event `count` rows down (up where negative), held within the list. From an event that is left out, the
    /// nearest ones are one row away.
    pub fn beside<C: Codec>(&self, position: Position, count: i64, history: &History<C>) -> Option<Position> {
        let last = self.events().checked_sub(1)?;
        let place = self.place(position, history);
        let is_there = self.event(place, history) == Some(position);
        let count = if is_there || count <= 0 { count } else { count - 1 };
        let place = i64::try_from(place).unwrap_or(i64::MAX).saturating_add(count).max(0);
        self.event(usize::try_from(place).unwrap_or(last).min(last), history)
    }

    /// The event that many places from the newest.
    fn event<C: Codec>(&self, place: usize, history: &History<C>) -> Option<Position> {
        let index = self.events().checked_sub(place.checked_add(1)?)?;
        match &self.found {
            Some(found) => found.get(index).copied(),
            None => history.timeline(self.clock).position_at(Rank::new(u32::try_from(index + 1).ok()?)),
        }
    }

    /// How many places from the newest an event is, or would be.
    fn place<C: Codec>(&self, position: Position, history: &History<C>) -> usize {
        let rank = history.rank_of(self.clock, position);
        match &self.found {
            None => self.head.as_usize().saturating_sub(rank.as_usize()),
            Some(found) => found.len() - found.partition_point(|other| history.rank_of(self.clock, *other) <= rank),
        }
    }
}
