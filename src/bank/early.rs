//! What happened to accounts before they were opened. On the clock of what happened an opening may come late: an old
//! table, read into an account that was opened yesterday, comes before it.

use super::AccountEvent;
use crate::kernel::{Position, Recorded, SharedVec, StreamId, Timestamp, Version};
use std::collections::BTreeMap;

/// What an event does to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) position: Position,
    pub(super) version: Version,
    /// When it happened.
    pub(super) at: Timestamp,
    /// By how much the balance changes.
    pub(super) change: i64,
    /// Whether the money goes to another account, or comes from one.
    pub(super) is_transfer: bool,
    /// The limit that it agrees, if it does.
    pub(super) limit: Option<i64>,
    /// Whether it closes the account.
    pub(super) closes: bool,
}

impl Effect {
    pub(super) fn of(recorded: &Recorded<'_, AccountEvent>) -> Self {
        let event = recorded.event;
        Self {
            position: recorded.position,
            version: recorded.version,
            at: recorded.occurred_at,
            change: event.change(),
            is_transfer: matches!(event, AccountEvent::TransferSent(_) | AccountEvent::TransferReceived(_)),
            limit: match event {
                AccountEvent::OverdraftLimitSet(set) => Some(set.limit),
                _ => None,
            },
            closes: matches!(event, AccountEvent::Closed(_)),
        }
    }
}

/// What waits for the opening of its account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Early {
    waiting: BTreeMap<StreamId, SharedVec<Effect>>,
}

impl Early {
    pub(super) fn wait(&mut self, stream: StreamId, effect: Effect) {
        self.waiting.entry(stream).or_default().push(effect);
    }

    /// What happened before the account was opened and counts all the same: what was recorded after the opening. What
    /// was recorded before it is a fact of an account that there was not.
    pub(super) fn of_opened(&mut self, stream: StreamId, opening: Version) -> Vec<Effect> {
        let Some(waiting) = self.waiting.remove(&stream) else { return Vec::new() };
        waiting.iter().filter(|effect| effect.version > opening).copied().collect()
    }
}
