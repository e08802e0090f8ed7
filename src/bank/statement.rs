//! The statement of an account for a period.

use super::AccountHistory;
use crate::kernel::{Position, Timestamp};

/// What an account held, what moved, and what it held then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The balance before the first movement of the period.
    pub opening: i64,
    /// The events in the period that moved money.
    pub movements: Vec<Movement>,
    /// The sum of what came in.
    pub credits: i128,
    /// The sum of what went out, above zero.
    pub debits: i128,
    /// The balance after the last movement.
    pub closing: i64,
}

/// One line of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The number of its event in the log.
    pub position: Position,
    /// When it was, on the history's clock.
    pub at: Timestamp,
    /// By how much the balance changed, in minor units.
    pub change: i64,
    /// The balance after it.
    pub balance: i64,
}

impl Statement {
    /// The statement over `from ≤ time < to` on the history's clock, of its first `count` entries: what the playhead
    /// has reached.
    pub fn of(history: &AccountHistory, from: Timestamp, to: Timestamp, count: usize) -> Self {
        let before = |instant: Timestamp| history.entries().count_before(instant).min(count);
        let (start, end) = (before(from), before(to));
        let sum = |positive: bool| {
            (start..end)
                .map(|index| history.change(index))
                .filter(|change| (*change > 0) == positive)
                .map(i128::from)
                .sum::<i128>()
        };
        Self {
            opening: history.balance_after(start),
            movements: (start..end).filter_map(|index| Movement::of(history, index)).collect(),
            credits: sum(true),
            debits: -sum(false),
            closing: history.balance_after(end.max(start)),
        }
    }
}

impl Movement {
    /// The entry at `index`, if it moved money.
    fn of(history: &AccountHistory, index: usize) -> Option<Self> {
        let entry = history.entries().get(index).filter(|entry| entry.moves_money)?;
        Some(Self { position: entry.position, at: entry.at, change: history.change(index), balance: entry.balance })
    }
}
