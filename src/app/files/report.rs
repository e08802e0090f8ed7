//! What an import found: shared by all file formats.

use crate::bank::{Currency, Money};
use crate::kernel::{Label, NewEvent, Timestamp};
use std::collections::BTreeMap;

/// How many rows a [`Listed`] keeps of each kind of finding; the rest is counted.
pub const LISTED_MAX: usize = 200;

/// How much of an offending text is shown, in characters.
const SHOWN_MAX: usize = 80;

/// The first findings of a kind, and how many there are in all: a file of a million mistakes costs no more memory than
/// one of two hundred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    first: Vec<T>,
    count: u32,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { first: Vec::new(), count: 0 }
    }
}

impl<T> Listed<T> {
    /// The first of them, [`LISTED_MAX`] at most.
    pub fn first(&self) -> &[T] {
        &self.first
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Counts one more, and keeps it while there is room.
    pub fn push(&mut self, finding: T) {
        self.count = self.count.saturating_add(1);
        if self.first.len() < LISTED_MAX {
            self.first.push(finding);
        }
    }
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {row}{}: {reason}{}", in_column(.column), shown(.text))]
pub struct RowError {
    /// Number of the row or event in the file, from 1; in a CSV file the heading is row 1.
    pub row: u32,
    /// The column or attribute; empty where the whole row is meant.
    pub column: String,
    /// The offending text, cut to 80 characters.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

fn in_column(column: &str) -> String {
    if column.is_empty() { String::new() } else { format!(", {column}") }
}

fn shown(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": {text:?}") }
}

impl RowError {
    /// An error in a column of a row; the text is cut.
    pub fn new(row: u32, column: &str, text: &str, reason: impl Into<String>) -> Self {
        Self { row, column: column.to_owned(), text: cut(text), reason: reason.into() }
    }
}

/// The first characters of a text, with an ellipsis where something was cut off.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A row that was taken although it breaks a rule: a file records facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Number of the row.
    pub row: u32,
    /// The account's number.
    pub account: Label,
    /// Which rule.
    pub reason: FlagReason,
}

/// The rule that a flagged row breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagReason {
    /// The row takes the account further below zero than was agreed.
    BeyondLimit {
        /// What it holds then.
        balance: Money,
        /// How far it may go below zero.
        limit: Money,
    },
    /// The account is closed.
    Closed,
    /// Nothing has opened the account yet.
    NotOpened,
    /// The account was opened later than the row happened: on the clock of what happened, the row counts from the opening
    /// on.
    BeforeOpening,
    /// The account is open already.
    OpenedAgain,
    /// The row is in another currency than the account.
    OtherCurrency {
        /// What the account is kept in.
        kept: Currency,
        /// What the row is in.
        given: Currency,
    },
}

/// A balance that the file states and the fold does not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Number of the row.
    pub row: u32,
    /// The account's number.
    pub account: Label,
    /// What the file says.
    pub stated: Money,
    /// What the events give.
    pub folded: Money,
}

/// What an import found, to be shown before anything is appended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// How many rows became events.
    pub rows_good: u32,
    /// The rows that were not taken, and why.
    pub rows_bad: Listed<RowError>,
    /// How many rows the ledger has already, or the file had before; they were skipped.
    pub duplicates: u32,
    /// The rows that break a rule and were taken all the same.
    pub flagged: Listed<Flag>,
    /// The accounts that the import opens.
    pub accounts_opened: Listed<Label>,
    /// The stated balances that differ from the fold by more than the tolerance.
    pub differences: Listed<Difference>,
    /// The earliest and the latest time at which something happened.
    pub span: Option<(Timestamp, Timestamp)>,
    /// How many events of each type that no fold reads, foreign or unreadable; they are kept and shown. After the first
    /// [`LISTED_MAX`] types the others are counted together under `…`.
    pub foreign_types: BTreeMap<Label, u32>,
}

impl ImportReport {
    pub(super) fn count_foreign(&mut self, event_type: &Label) {
        let types = &mut self.foreign_types;
        let is_listed = types.len() < LISTED_MAX || types.contains_key(event_type);
        let count = types.entry(if is_listed { event_type.clone() } else { Label::new("…") }).or_default();
        *count = count.saturating_add(1);
    }

    /// Widens the span to an instant.
    pub(super) fn include(&mut self, instant: Timestamp) {
        self.span = Some(match self.span {
            None => (instant, instant),
            Some((first, last)) => (first.min(instant), last.max(instant)),
        });
    }
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many bytes have been worked on.
    pub bytes: u64,
    /// How many rows have been met, bad ones and duplicates too.
    pub rows: u32,
    /// When the last good row happened; `None` before one is met.
    pub reached: Option<Timestamp>,
    /// Whether everything that was fed has been worked on.
    pub is_idle: bool,
}

/// An event that waits for the person's yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// The event.
    pub event: NewEvent,
    /// When it was recorded, where that is to be kept; `None` for the time of the append.
    pub recorded_at: Option<Timestamp>,
}

/// All that an import would append, and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StagedImport {
    /// The events, in the order they are to stand in the log.
    pub events: Vec<Staged>,
    /// What was found.
    pub report: ImportReport,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_all_counted_and_the_first_are_kept() {
        let mut listed = Listed::default();
        for finding in 0..1000 {
            listed.push(finding);
        }
        assert_eq!((listed.count(), listed.first().len(), listed.first().last()), (1000, LISTED_MAX, Some(&199)));
    }

    #[test]
    fn a_row_error_says_where_what_and_why() {
        let error = RowError::new(7, "amount", &"ø".repeat(100), "not an amount");
        assert_eq!(error.to_string(), format!("row 7, amount: not an amount: \"{}…\"", "ø".repeat(80)));
        assert_eq!(RowError::new(7, "", "", "not an object").to_string(), "row 7: not an object");
    }
}
