//! The audit log as CSV: who did what, when and why.

use super::csv_export::CsvWriter;
use crate::bank::{Balances, BankCodec, Currency, Money};
use crate::kernel::{EventId, History, Position, Projection as _};

const HEADER: [&str; 15] = [
    "event",
    "recorded_at",
    "occurred_at",
    "account",
    "version",
    "type",
    "amount",
    "balance",
    "currency",
    "who",
    "why",
    "id",
    "correlation_id",
    "causation_id",
    "data",
];

/// Gives the table in chunks, a row for each event, in the order in which they were recorded.
#[derive(Debug)]
pub struct AuditLog {
    writer: CsvWriter,
    /// Which events are written, rising; `None` for all.
    selected: Option<Vec<Position>>,
    /// How many of them were.
    written: usize,
    next: Position,
    last: Position,
    /// After the last event that was passed: all are folded, also those that are not written.
    balances: Balances,
}

impl AuditLog {
    /// A table of the events up to `head`, or of those at these positions, which rise.
    pub fn new(head: Position, selected: Option<Vec<Position>>) -> Self {
        let last = selected.as_ref().map_or(head, |selected| selected.last().copied().unwrap_or(Position::ZERO));
        let writer = CsvWriter::new(&HEADER);
        Self { writer, selected, written: 0, next: Position::FIRST, last, balances: Balances::default() }
    }

    /// How many events were passed, of how many.
    pub fn progress(&self) -> (u32, u32) {
        (self.next.previous().get(), self.last.get())
    }

    /// The rows of the next `events_max` events; `None` once the table is complete.
    pub fn next_chunk(&mut self, history: &History<BankCodec>, events_max: u32) -> Option<String> {
        if self.next > self.last {
            let rest = self.writer.take_chunk();
            return Some(rest).filter(|rest| !rest.is_empty());
        }
        for _ in 0..events_max {
            if self.next > self.last {
                break;
            }
            self.pass(history, self.next);
            self.next = self.next.next();
        }
        Some(self.writer.take_chunk())
    }

    fn pass(&mut self, history: &History<BankCodec>, position: Position) {
        let fact = history.fact(position);
        if let Some(fact) = &fact {
            self.balances.apply(&fact.as_recorded());
        }
        let is_selected = match &self.selected {
            Some(selected) => selected.get(self.written) == Some(&position),
            None => true,
        };
        if !is_selected {
            return;
        }
        self.written += 1;
        let Some(recorded) = history.event(position) else { return };
        let row = fact.as_ref().and_then(|fact| self.balances.get(fact.stream));
        let balance = row.map(|row| Money::new(row.balance, row.currency()));
        let currency = balance.map(|balance| balance.currency);
        let amount = fact.zip(currency).map(|(fact, currency)| decimal(fact.event.change(), currency));
        let event = &recorded.event;
        let id = |id: &Option<EventId>| id.as_ref().map(ToString::to_string).unwrap_or_default();
        self.writer.row(&[
            position.to_string(),
            recorded.recorded_at.to_string(),
            event.occurred_at.to_string(),
            event.stream.id().to_owned(),
            recorded.version.to_string(),
            event.event_type.to_string(),
            amount.unwrap_or_default(),
            balance.map(Money::to_decimal).unwrap_or_default(),
            currency.map(|currency| currency.to_string()).unwrap_or_default(),
            event.actor.to_string(),
            event.reason.to_string(),
            event.id.to_string(),
            id(&event.correlation_id),
            id(&event.causation_id),
            event.data.as_str().to_owned(),
        ]);
    }
}

fn decimal(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).to_decimal()
}
