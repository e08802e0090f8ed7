//! The import: bytes in, staged events out.

use super::{
    super::{
        report::{Difference, Flag, Progress, RowError, Staged, StagedImport},
        rules::KnownAccount,
    },
    LedgerFacts, Mapping, MappingError, Movement, Zone,
    facts::{id_from, opening_bits, row_bits},
    records::{BadRecord, Record, Records},
    row::RowReader,
};
use crate::bank::{AccountEvent, AccountOpened, Money, encode};
use crate::kernel::{EventId, Label, NewEvent, Timestamp};
use rustc_hash::FxHashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// So many rows come before the first movement; the last of them is the heading.
    Heading(u32),
    Rows,
    /// The last row came first: the rows are taken from the end.
    Backwards,
    Finished,
    /// The heading is not the mapping's.
    Refused,
}

/// Stages the movements of a CSV file. Bytes go in, and after bounded steps the staged import comes out.
pub struct CsvImport {
    records: Records,
    rows: RowReader,
    phase: Phase,
    has_ended: bool,
    waiting: Vec<Movement>,
    facts: LedgerFacts,
    actor: Label,
    correlation_id: Option<EventId>,
    /// Where the events stand that open accounts, by their ids.
    openings: FxHashMap<u128, u32>,
    /// How often a row was met that says the same: two coffees on one day are two coffees.
    occurrences: FxHashMap<u128, u32>,
    progress: Progress,
    staged: StagedImport,
}

impl CsvImport {
    /// An import into the ledger of these facts. `actor` is who imports; `correlation_id` is what all the events of
    /// this import have in common; `zone` tells the offset of times that state none.
    ///
    /// # Errors
    /// [`MappingError`] when the mapping makes no sense.
    pub fn new(
        mapping: Mapping,
        facts: LedgerFacts,
        zone: Zone,
        actor: Label,
        correlation_id: Option<EventId>,
    ) -> Result<Self, MappingError> {
        mapping.check()?;
        Ok(Self {
            records: Records::new(mapping.dialect),
            phase: Phase::Heading(mapping.dialect.rows_before_header),
            rows: RowReader::new(mapping, zone),
            has_ended: false,
            waiting: Vec::new(),
            facts,
            actor,
            correlation_id,
            openings: FxHashMap::default(),
            occurrences: FxHashMap::default(),
            progress: Progress { is_idle: true, ..Progress::default() },
            staged: StagedImport::default(),
        })
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.progress.is_idle = false;
        self.records.feed(bytes);
    }

    /// Says that nothing more is fed.
    pub fn end(&mut self) {
        self.progress.is_idle = false;
        self.has_ended = true;
        self.records.end();
    }

    /// Works on at most `rows_max` rows.
    pub fn step(&mut self, rows_max: u32) -> Progress {
        for _ in 0..rows_max {
            if !self.work() {
                self.progress.is_idle = true;
                break;
            }
        }
        self.progress()
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        Progress { bytes: self.records.bytes(), ..self.progress }
    }

    /// The first row that cannot be UTF-8, in a file that is read as UTF-8 although no letter of it has shown that it is
    /// so: as Windows-1252 it can be read. `None` while nothing speaks for that.
    pub fn not_utf8_from(&self) -> Option<u32> {
        self.records.not_utf8_from()
    }

    /// Works on all that is left and gives what would be appended.
    pub fn finish(mut self) -> StagedImport {
        self.end();
        while !self.step(u32::MAX).is_idle {}
        self.staged
    }

    /// Does one row; tells whether there was one to do.
    fn work(&mut self) -> bool {
        match self.phase {
            Phase::Finished | Phase::Refused => return false,
            Phase::Backwards => match self.waiting.pop() {
                Some(movement) => self.stage(&movement),
                None => self.phase = Phase::Finished,
            },
            Phase::Heading(_) | Phase::Rows => match self.records.next() {
                Some(record) => self.take(record),
                None if self.has_ended => self.end_of_rows(),
                None => return false,
            },
        }
        true
    }

    fn end_of_rows(&mut self) {
        if matches!(self.phase, Phase::Heading(_)) {
            self.staged.report.rows_bad.push(RowError::new(self.progress.rows, "", "", "the file has no heading"));
        }
        self.phase = Phase::Backwards;
    }

    fn take(&mut self, record: Result<Record, BadRecord>) {
        self.progress.rows = self.progress.rows.saturating_add(1);
        match (self.phase, record) {
            (Phase::Heading(before @ 1..), _) => self.phase = Phase::Heading(before - 1),
            (Phase::Heading(0), Ok(record)) => self.check_heading(&record),
            (_, Err(bad)) => {
                let column = bad.column.filter(|_| self.phase == Phase::Rows);
                let column = column.map_or("", |column| self.rows.mapping().name(column));
                let error = RowError::new(bad.row, column, &bad.text, bad.reason);
                self.staged.report.rows_bad.push(error);
                if self.phase == Phase::Heading(0) {
                    self.phase = Phase::Refused;
                }
            }
            (_, Ok(record)) if record.is_blank() => {}
            (_, Ok(record)) => match self.rows.read(&record) {
                Ok(movement) if self.rows.mapping().newest_first => self.waiting.push(movement),
                Ok(movement) => self.stage(&movement),
                Err(error) => self.staged.report.rows_bad.push(error),
            },
        }
    }

    fn check_heading(&mut self, record: &Record) {
        let expected = &self.rows.mapping().header;
        let is_same = record.len() == expected.len()
            && record.cells().zip(expected).all(|(found, expected)| found.trim() == expected.trim());
        self.phase = if is_same { Phase::Rows } else { Phase::Refused };
        if !is_same {
            let found = record.cells().collect::<Vec<_>>().join(", ");
            let reason = format!("the heading is not the one that was expected: {}", expected.join(", "));
            self.staged.report.rows_bad.push(RowError::new(record.row, "", &found, reason));
        }
    }

    fn stage(&mut self, movement: &Movement) {
        let occurrence = self.occurrences.entry(movement.content).or_default();
        *occurrence = occurrence.saturating_add(1);
        let id = id_from(row_bits(&movement.account, movement.content, *occurrence));
        if self.facts.seen.contains("/annals/", &id) {
            let duplicates = &mut self.staged.report.duplicates;
            *duplicates = duplicates.saturating_add(1);
            return;
        }
        if let Err(error) = self.stage_new(movement, id) {
            self.staged.report.rows_bad.push(error);
        }
    }

    fn stage_new(&mut self, movement: &Movement, id: EventId) -> Result<(), RowError> {
        let Movement { row, ref account, at, currency, ref event, stated, .. } = *movement;
        let error = |why: String| RowError::new(row, "", account, why);
        let change = event.change();
        let open_with_stated = self.rows.mapping().open_with_stated;
        let known = self.facts.accounts.get(account).copied();
        let mut now = known.unwrap_or(KnownAccount {
            currency,
            balance: stated.filter(|_| open_with_stated).map_or(0, |stated| stated.saturating_sub(change)),
            overdraft_limit: 0,
            closed: false,
            opened_at: at,
        });
        let initial_balance = now.balance;
        now.balance = now
            .balance
            .checked_add(change)
            .ok_or_else(|| error("the balance would be too large a number".to_owned()))?;
        let body = self.new_event(movement, id, event, &movement.reason)?;
        if known.is_none() {
            let opened = AccountOpened { owner: "unknown".into(), name: account.clone(), currency, initial_balance };
            let opening_id = opening_bits(account);
            let why = Label::new("first row of a file");
            let opening = self.new_event(movement, id_from(opening_id), &AccountEvent::from(opened), &why)?;
            self.openings.insert(opening_id, u32::try_from(self.staged.events.len()).unwrap_or(u32::MAX));
            self.push(opening);
            self.staged.report.accounts_opened.push(account.clone());
        }
        self.push(body);
        self.open_by(account, at, &mut now);
        self.facts.accounts.insert(account.clone(), now);
        self.report(movement, now);
        let report = &mut self.staged.report;
        report.rows_good = report.rows_good.saturating_add(1);
        report.include(at);
        self.progress.reached = Some(at);
        Ok(())
    }

    /// An account that this file opens is open at its earliest row, wherever that stands: before, nothing would count.
    fn open_by(&mut self, account: &Label, at: Timestamp, now: &mut KnownAccount) {
        if at >= now.opened_at {
            return;
        }
        let index = self.openings.get(&opening_bits(account)).and_then(|index| usize::try_from(*index).ok());
        if let Some(opening) = index.and_then(|index| self.staged.events.get_mut(index)) {
            opening.event.occurred_at = at;
            now.opened_at = at;
        }
    }

    fn push(&mut self, event: NewEvent) {
        self.facts.seen.insert_ours(&event.id);
        self.staged.events.push(Staged { event, recorded_at: None });
    }

    /// Flags what breaks a rule, and compares the stated balance.
    fn report(&mut self, movement: &Movement, now: KnownAccount) {
        let Movement { row, ref account, currency, .. } = *movement;
        let money = |minor: i64| Money::new(minor, currency);
        let report = &mut self.staged.report;
        for reason in now.broken_by(&movement.event, movement.at) {
            report.flagged.push(Flag { row, account: account.clone(), reason });
        }
        // A balance in another currency cannot be compared.
        if let Some(stated) = movement.stated.filter(|_| currency == now.currency)
            && stated.abs_diff(now.balance) > self.rows.mapping().tolerance.unsigned_abs()
        {
            let (stated, folded) = (money(stated), money(now.balance));
            report.differences.push(Difference { row, account: account.clone(), stated, folded });
        }
    }

    fn new_event(
        &self,
        movement: &Movement,
        id: EventId,
        event: &AccountEvent,
        reason: &Label,
    ) -> Result<NewEvent, RowError> {
        let body = encode(event).map_err(|error| RowError::new(movement.row, "", "", error.to_string()))?;
        Ok(NewEvent {
            id,
            stream: movement.stream.clone(),
            event_type: body.event_type,
            schema: body.schema,
            data: body.data,
            occurred_at: movement.at,
            actor: self.actor.clone(),
            reason: reason.clone(),
            correlation_id: self.correlation_id.clone(),
            causation_id: None,
            attributes: None,
        })
    }
}
