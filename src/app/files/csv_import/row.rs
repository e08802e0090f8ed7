//! One row: what it says of which account.

use super::{
    super::report::RowError,
    AccountFrom, Amounts, CurrencyFrom, Mapping, amounts,
    dates::{self, Stated},
    records::Record,
};
use crate::bank::{AccountEvent, Currency, FeeCharged, InterestCalculated, MoneyDeposited, MoneyWithdrawn, RateBps};
use crate::kernel::{Label, StreamName, Timestamp};
use chrono::NaiveDateTime;
use sha2::{Digest as _, Sha256};

/// How many minutes the clock on the wall is ahead of UTC when it shows a time.
pub type Zone = Box<dyn Fn(NaiveDateTime) -> i32>;

/// The longest text that is made of a row's cells, in bytes.
const TEXT_BYTES_MAX: usize = 4096;

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Number of the row.
    pub row: u32,
    /// The account's number.
    pub account: Label,
    /// Its stream.
    pub stream: StreamName,
    /// When it happened.
    pub at: Timestamp,
    /// In which currency.
    pub currency: Currency,
    /// What happened.
    pub event: AccountEvent,
    /// Why.
    pub reason: Label,
    /// The balance that the row states, in minor units.
    pub stated: Option<i64>,
    /// A hash of what the row says.
    pub(super) content: u128,
}

/// Reads rows by a mapping.
pub(super) struct RowReader {
    mapping: Mapping,
    zone: Zone,
    /// The columns that make a row what it is, whatever else a bank adds to a file from time to time.
    columns: Vec<usize>,
    /// The last local time and its instant: most rows share their day with the one before.
    last: Option<(NaiveDateTime, Timestamp)>,
}

impl RowReader {
    pub(super) fn new(mapping: Mapping, zone: Zone) -> Self {
        let columns = mapping.columns();
        Self { mapping, zone, columns, last: None }
    }

    pub(super) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    pub(super) fn read(&mut self, record: &Record) -> Result<Movement, RowError> {
        let columns = self.mapping.header.len();
        if record.len() < columns || record.cells().skip(columns).any(|cell| !cell.trim().is_empty()) {
            let reason = format!("the row has {} cells, the heading has {columns}", record.len());
            return Err(RowError::new(record.row, "", &record.cells().collect::<Vec<_>>().join(" | "), reason));
        }
        let (account, stream) = self.account(record)?;
        let at = self.time(record)?;
        let currency = self.currency(record)?;
        let change = self.change(record, currency)?;
        let stated = match self.mapping.balance {
            Some(column) if !record.cell(column).trim().is_empty() => Some(self.amount(record, column, currency)?),
            Some(_) | None => None,
        };
        let reason = self.reason(record)?;
        let event = self.event(record, change, currency)?;
        Ok(Movement {
            row: record.row,
            account,
            stream,
            at,
            currency,
            event,
            reason,
            stated,
            content: self.hash(record),
        })
    }

    fn error(&self, record: &Record, column: usize, reason: impl Into<String>) -> RowError {
        RowError::new(record.row, self.mapping.name(column), record.cell(column), reason)
    }

    fn account(&self, record: &Record) -> Result<(Label, StreamName), RowError> {
        let (number, column) = match &self.mapping.account {
            AccountFrom::Fixed(number) => (number.trim(), usize::MAX),
            AccountFrom::Column(column) => (record.cell(*column).trim(), *column),
        };
        if number.is_empty() {
            return Err(self.error(record, column, "the account's number is empty"));
        }
        match StreamName::new("account", number) {
            Ok(stream) => Ok((number.into(), stream)),
            Err(_) => Err(self.error(record, column, "not an account's number: too long, or with control characters")),
        }
    }

    fn time(&mut self, record: &Record) -> Result<Timestamp, RowError> {
        let column = self.mapping.date;
        let stated = dates::date_time(record.cell(column), self.mapping.date_order)
            .map_err(|why| self.error(record, column, why))?;
        let mut local = match stated {
            Stated::Instant(instant) => return Ok(instant),
            Stated::Local(local) => local,
        };
        if let Some(column) = self.mapping.time.filter(|column| !record.cell(*column).trim().is_empty()) {
            let time = dates::time_of_day(record.cell(column)).map_err(|why| self.error(record, column, why))?;
            local = match time.on(local.date()) {
                Stated::Instant(instant) => return Ok(instant),
                Stated::Local(local) => local,
            };
        }
        if let Some((_, instant)) = self.last.filter(|(last, _)| *last == local) {
            return Ok(instant);
        }
        let ahead = i64::from((self.zone)(local)).saturating_mul(60 * Timestamp::MICROS_PER_SECOND);
        let instant = Timestamp::from_micros(local.and_utc().timestamp_micros().saturating_sub(ahead));
        self.last = Some((local, instant));
        Ok(instant)
    }

    fn currency(&self, record: &Record) -> Result<Currency, RowError> {
        match self.mapping.currency {
            CurrencyFrom::Fixed(currency) => Ok(currency),
            CurrencyFrom::Column(column) => Currency::parse(&record.cell(column).trim().to_ascii_uppercase())
                .map_err(|_| self.error(record, column, "not the code of a currency such as EUR")),
        }
    }

    fn amount(&self, record: &Record, column: usize, currency: Currency) -> Result<i64, RowError> {
        amounts::amount(record.cell(column), self.mapping.decimal, currency)
            .map_err(|why| self.error(record, column, why))
    }

    /// By how much the balance changes; never zero.
    fn change(&self, record: &Record, currency: Currency) -> Result<i64, RowError> {
        let (change, column) = match &self.mapping.amounts {
            Amounts::Signed { amount } => (self.amount(record, *amount, currency)?, *amount),
            Amounts::Directed { amount, direction, words_in, words_out } => {
                let size = self.amount(record, *amount, currency)?;
                if size < 0 {
                    return Err(self.error(record, *amount, "below zero, although another column tells the direction"));
                }
                let word = record.cell(*direction).trim();
                let is_one_of = |words: &[String]| words.iter().any(|other| other.eq_ignore_ascii_case(word));
                let change = match (is_one_of(words_in), is_one_of(words_out)) {
                    (true, _) => size,
                    (false, true) => -size,
                    (false, false) => return Err(self.error(record, *direction, "not a known word for in or out")),
                };
                (change, *amount)
            }
            Amounts::Split { credit, debit } => self.split(record, *credit, *debit, currency)?,
        };
        // The smallest number has no counterpart above zero.
        if change == 0 || change == i64::MIN {
            return Err(self.error(
                record,
                column,
                if change == 0 { "nothing was moved" } else { "too large an amount" },
            ));
        }
        Ok(change)
    }

    fn split(
        &self,
        record: &Record,
        credit: usize,
        debit: usize,
        currency: Currency,
    ) -> Result<(i64, usize), RowError> {
        let read = |column: usize| {
            if record.cell(column).trim().is_empty() { Ok(0) } else { self.amount(record, column, currency) }
        };
        match (read(credit)?, read(debit)?) {
            (came, 0) if came >= 0 => Ok((came, credit)),
            // Some banks write a minus in the column of what went out.
            (0, went) => Ok((went.checked_abs().map_or(i64::MIN, |went| -went), debit)),
            (_, 0) => Err(self.error(record, credit, "below zero in the column of money in")),
            (_, _) => Err(self.error(record, debit, "money in and money out in one row")),
        }
    }

    fn word<'a>(&'a self, cell: &'a str) -> &'a str {
        let cell = cell.trim();
        self.mapping.words.get(cell).map_or(cell, String::as_str)
    }

    fn joined(&self, record: &Record, columns: &[usize], between: &str) -> Result<String, RowError> {
        let words: Vec<&str> =
            columns.iter().map(|column| self.word(record.cell(*column))).filter(|word| !word.is_empty()).collect();
        let text = words.join(between);
        if text.len() > TEXT_BYTES_MAX {
            let column = columns.first().copied().unwrap_or_default();
            return Err(self.error(record, column, format!("longer than {TEXT_BYTES_MAX} bytes")));
        }
        Ok(text)
    }

    fn reason(&self, record: &Record) -> Result<Label, RowError> {
        let why = self.joined(record, &self.mapping.description, ", ")?;
        let other = self.joined(record, &self.mapping.counterparty, "/")?;
        Ok(match (why.is_empty(), other.is_empty()) {
            (_, true) => why.into(),
            (true, false) => format!("counterparty {other}").into(),
            (false, false) => format!("{why}, counterparty {other}").into(),
        })
    }

    fn event(&self, record: &Record, change: i64, currency: Currency) -> Result<AccountEvent, RowError> {
        let amount = change.saturating_abs();
        if let Some(kinds) = &self.mapping.kinds {
            let cell = record.cell(kinds.column).trim();
            let is_one_of = |words: &[String]| words.iter().any(|word| word == cell);
            if change > 0 && is_one_of(&kinds.interest) {
                // The file does not state the rate.
                let rate = RateBps(0);
                let interest = InterestCalculated { amount, currency, rate, days: None, day_count: None };
                return Ok(AccountEvent::from(interest));
            }
            if change < 0 && is_one_of(&kinds.fee) {
                return Ok(AccountEvent::Fee(FeeCharged { amount, currency, reason: self.word(cell).into() }));
            }
        }
        let place = match self.joined(record, &self.mapping.source, ", ")? {
            text if text.is_empty() => Label::new("unknown"),
            text => text.into(),
        };
        Ok(if change > 0 {
            AccountEvent::Deposited(MoneyDeposited { amount, currency: Some(currency), source: place })
        } else {
            AccountEvent::Withdrawn(MoneyWithdrawn { amount, currency, atm_location: place })
        })
    }

    fn hash(&self, record: &Record) -> u128 {
        let mut hasher = Sha256::new();
        if let AccountFrom::Fixed(number) = &self.mapping.account {
            hasher.update(number.trim());
        }
        for column in &self.columns {
            hasher.update([0x1f]);
            hasher.update(record.cell(*column).trim());
        }
        fold_128(&hasher.finalize())
    }
}

/// The first 128 bits of a hash.
pub(super) fn fold_128(digest: &[u8]) -> u128 {
    digest.iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}
