//! A whole file in: read, freed of duplicates, staged.

use super::{EventReader, ImportedEvent, SeenIds};
use crate::app::files::{
    report::{Flag, Progress, Staged, StagedImport},
    rules::{self, KnownAccount},
};
use crate::bank::{Account, AccountEvent, BankCodec};
use crate::kernel::{Aggregate as _, Codec as _, Content, Decoded, Label, NewEvent, StreamName, Timestamp};
use rustc_hash::FxHashMap;

/// What becomes of the times at which the events were recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordedTimes {
    /// They are kept: for an empty ledger, which then is the one that was exported. From the first event on that has
    /// none, the events are recorded when they are appended, since recorded time never goes back.
    Keep,
    /// The events are recorded when they are appended: for a ledger that has events.
    Now,
}

/// Stages the events of a file of CloudEvents. Bytes go in, and after bounded steps the staged import comes out.
#[derive(Debug)]
pub struct CloudEventsImport {
    reader: EventReader,
    seen: SeenIds,
    times: RecordedTimes,
    codec: BankCodec,
    latest: Timestamp,
    accounts: FxHashMap<Label, KnownAccount>,
    reached: Option<Timestamp>,
    rows: u32,
    is_idle: bool,
    staged: StagedImport,
}

impl CloudEventsImport {
    /// An import into a ledger that has the events `seen`; `fallback` is the time of events that state none.
    pub fn new(seen: SeenIds, codec: BankCodec, fallback: Timestamp, times: RecordedTimes) -> Self {
        Self {
            reader: EventReader::new(fallback),
            seen,
            times,
            codec,
            latest: Timestamp::MIN,
            accounts: FxHashMap::default(),
            reached: None,
            rows: 0,
            is_idle: true,
            staged: StagedImport::default(),
        }
    }

    /// With the accounts that the ledger has, by number: what breaks their rules is flagged.
    #[must_use]
    pub fn knowing(self, accounts: FxHashMap<Label, KnownAccount>) -> Self {
        Self { accounts, ..self }
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.is_idle = false;
        self.reader.feed(bytes);
    }

    /// Says that nothing more is fed.
    pub fn end(&mut self) {
        self.is_idle = false;
        self.reader.end();
    }

    /// Works on at most `rows_max` events.
    pub fn step(&mut self, rows_max: u32) -> Progress {
        for _ in 0..rows_max {
            match self.reader.next_event() {
                None => {
                    self.is_idle = true;
                    break;
                }
                Some(Ok(event)) => self.take(event),
                Some(Err(error)) => self.staged.report.rows_bad.push(error),
            }
            self.rows = self.rows.saturating_add(1);
        }
        self.progress()
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        Progress { bytes: self.reader.bytes(), rows: self.rows, reached: self.reached, is_idle: self.is_idle }
    }

    /// Works on all that is left and gives what would be appended.
    pub fn finish(mut self) -> StagedImport {
        self.end();
        while !self.step(u32::MAX).is_idle {}
        self.staged
    }

    fn take(&mut self, imported: ImportedEvent) {
        let ImportedEvent { event, recorded_at, source, row, .. } = imported;
        let report = &mut self.staged.report;
        if !self.seen.insert(&source, &event.id) {
            report.duplicates = report.duplicates.saturating_add(1);
            return;
        }
        report.rows_good = report.rows_good.saturating_add(1);
        report.include(event.occurred_at);
        self.reached = Some(event.occurred_at);
        match self.codec.decode_of(event.stream.as_str(), &content_of(&event)) {
            Decoded::Known(fact) => {
                let number = number_of(&event.stream);
                for reason in rules::take(&mut self.accounts, &number, &fact, event.occurred_at) {
                    report.flagged.push(Flag { row, account: number.clone(), reason });
                }
                if matches!(fact, AccountEvent::Opened(_)) {
                    report.accounts_opened.push(number);
                }
            }
            Decoded::Foreign | Decoded::Unreadable(_) => {
                report.count_foreign(&event.event_type);
            }
        }
        let recorded_at = match (self.times, recorded_at) {
            (RecordedTimes::Now, _) => None,
            (RecordedTimes::Keep, None) => {
                // Nobody recorded it before, so it is recorded now; and what follows cannot have been before that.
                self.times = RecordedTimes::Now;
                None
            }
            (RecordedTimes::Keep, Some(known)) => {
                self.latest = self.latest.max(known);
                Some(self.latest)
            }
        };
        self.staged.events.push(Staged { event, recorded_at });
    }
}

/// The number of the account that a stream is of.
fn number_of(stream: &StreamName) -> Label {
    debug_assert_eq!(stream.category(), Account::CATEGORY, "the codec knows no other facts");
    Label::new(stream.id())
}

fn content_of(event: &NewEvent) -> Content<'_> {
    Content { event_type: &event.event_type, schema: event.schema, data: event.data.view() }
}
