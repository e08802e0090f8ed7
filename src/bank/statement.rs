//! The statement of an account for a period.

use super::{AccountHistory, Entry};
use crate::kernel::Timestamp;

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
pub type Movement = Entry;

impl Statement {
    /// The statement over `from ≤ time < to` on the history's clock, of its first `count` entries: what the playhead
    /// has reached.
    pub fn of(history: &AccountHistory, from: Timestamp, to: Timestamp, count: usize) -> Self {
        let before = |instant: Timestamp| history.entries().partition_point(|entry| entry.at < instant).min(count);
        let (start, end) = (before(from), before(to));
        let entries = history.entries().get(start..end).unwrap_or_default();
        let sum = |positive: bool| {
            entries
                .iter()
                .map(|entry| entry.change)
                .filter(|change| (*change > 0) == positive)
                .map(i128::from)
                .sum::<i128>()
        };
        Self {
            opening: history.balance_after(start),
            movements: entries.iter().filter(|entry| entry.moves_money).copied().collect(),
            credits: sum(true),
            debits: -sum(false),
            closing: history.balance_after(end.max(start)),
        }
    }
}
