//! What happened to accounts before they were opened. On the clock of what happened an opening may come late: an old
//! table, read into an account that was opened yesterday, comes before it.

use super::AccountEvent;
use crate::kernel::{Position, Recorded, SharedVec, StreamId, Timestamp, Version};
use std::collections::BTreeMap;

/// An event that waits for the opening of its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    position: Position,
    version: Version,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    event: AccountEvent,
}

impl Waiting {
    /// As it was shown, before its time.
    pub(super) fn recorded(&self, stream: StreamId) -> Recorded<'_, AccountEvent> {
        let Self { position, version, occurred_at, recorded_at, ref event } = *self;
        Recorded { position, stream, version, occurred_at, recorded_at, event }
    }
}

/// What waits for the openings of accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Early {
    waiting: BTreeMap<StreamId, SharedVec<Waiting>>,
}

impl Early {
    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn wait(&mut self, recorded: &Recorded<'_, AccountEvent>) {
        let Recorded { position, stream, version, occurred_at, recorded_at, event } = *recorded;
        let waiting = Waiting { position, version, occurred_at, recorded_at, event: event.clone() };
        self.waiting.entry(stream).or_default().push(waiting);
    }

    /// What happened before an account was opened and counts all the same: what was recorded after the opening. What was
    /// recorded before it is a fact of an account that there was not.
    pub(super) fn of_opened(&mut self, stream: StreamId, opening: Version) -> Vec<Waiting> {
        let Some(waiting) = self.waiting.remove(&stream) else { return Vec::new() };
        waiting.iter().filter(|waiting| waiting.version > opening).cloned().collect()
    }
}
