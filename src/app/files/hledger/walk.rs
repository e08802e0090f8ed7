//! Which events a journal passes.

use crate::bank::BankCodec;
use crate::kernel::{Clock, History, Position, Rank, StreamName, Timestamp};

/// Of what a journal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The whole ledger.
    Whole,
    /// One account.
    Account(StreamName),
    /// All accounts, from one instant up to another, both counted.
    Between(Timestamp, Timestamp),
}

/// The events that a journal passes, in the order in which they happened.
pub(super) enum Walk {
    /// All, up to a rank of the occurred clock.
    All(Rank),
    /// Those of one account.
    Account(Vec<Position>),
}

impl Walk {
    pub(super) fn count(&self) -> usize {
        match self {
            Self::All(last) => last.as_usize(),
            Self::Account(positions) => positions.len(),
        }
    }

    pub(super) fn position(&self, history: &History<BankCodec>, index: usize) -> Option<Position> {
        match self {
            Self::All(last) => {
                let rank = Rank::new(u32::try_from(index).ok()?).next();
                history.timeline(Clock::Occurred).position_at(rank).filter(|_| rank <= *last)
            }
            Self::Account(positions) => positions.get(index).copied(),
        }
    }
}
