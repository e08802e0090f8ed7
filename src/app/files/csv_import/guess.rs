//! A first look at a file, and a guess at what its columns are.

mod berka;
mod decimal;
mod names;
mod order;
mod roles;

use super::{
    Dialect, Encoding, Mapping,
    dates::{self, Stated},
    records::{rows_of, sniff},
};
use crate::bank::Currency;
use roles::Roles;
use std::collections::BTreeMap;

/// How many rows a preview holds: about as many as 64 KiB have.
const ROWS_MAX: usize = 2000;

/// The beginning of a file: 64 KiB are plenty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// How its cells lie.
    pub dialect: Dialect,
    /// The heading.
    pub header: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
}

/// A mapping that may be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The mapping.
    pub mapping: Mapping,
    /// How sure it is, in percent.
    pub confidence: u8,
    /// What the person should look at.
    pub doubts: Vec<Doubt>,
}

/// Something that the person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The choice that it is about.
    pub about: About,
    /// What is doubtful, in sentences.
    pub text: String,
}

/// The choice that a doubt is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Which column is which.
    Columns,
    /// How the letters are encoded.
    Letters,
    /// Which account a row is of.
    Account,
    /// In which order dates are written.
    Dates,
    /// How amounts and their direction are written.
    Amounts,
    /// What stands before the decimals.
    DecimalMark,
    /// The currency.
    Currency,
}

impl Preview {
    /// Looks at the beginning of a file; `is_whole` tells whether that is all of it.
    pub fn of(beginning: &[u8], is_whole: bool) -> Self {
        Self::read_as(beginning, is_whole, sniff(beginning, is_whole))
    }

    /// Looks at the beginning of a file whose cells lie as one says.
    pub fn read_as(beginning: &[u8], is_whole: bool, dialect: Dialect) -> Self {
        let before = usize::try_from(dialect.rows_before_header).unwrap_or_default();
        let mut rows = rows_of(beginning, dialect, is_whole, ROWS_MAX + before + 1)
            .into_iter()
            .skip(before)
            .map(|record| record.cells().map(str::to_owned).collect::<Vec<_>>());
        let header = rows.next().unwrap_or_default();
        Self { dialect, header, rows: rows.collect() }
    }

    /// Guesses what the columns are. `currency` is taken where no column tells one. `None` where no column can be the
    /// date or none the amount.
    pub fn guess(&self, currency: Currency) -> Option<Guess> {
        self.berka().or_else(|| self.by_names(currency))
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |row| row.get(column)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|other| other.trim().eq_ignore_ascii_case(name))
    }

    fn by_names(&self, currency: Currency) -> Option<Guess> {
        let mut roles = Roles::new(self);
        let main_currency = roles.main_currency(currency);
        let (date, date_order) = roles.date(main_currency)?;
        let balance = roles.named(names::BALANCE, true);
        let decimal = roles.decimal(main_currency);
        let amounts = roles.amounts(decimal, main_currency)?;
        let account = roles.account();
        let currency = roles.currency(currency);
        let time = roles
            .named(names::TIME, false)
            .filter(|column| self.cells(*column).all(|cell| dates::time_of_day(cell).is_ok()));
        let reference = roles.named(names::REFERENCE, false);
        let description: Vec<usize> = roles.named(names::DESCRIPTION, false).into_iter().collect();
        let source: Vec<usize> = roles.named(names::SOURCE, false).into_iter().collect();
        let day = |cell: Option<&str>| match dates::date_time(cell?, date_order).ok()? {
            Stated::Local(local) => Some(local.and_utc().timestamp_micros()),
            Stated::Instant(instant) => Some(instant.as_micros()),
        };
        let newest_first = day(self.cells(date).next()) > day(self.cells(date).last());
        self.doubt_letters(&mut roles);
        let mapping = Mapping {
            dialect: self.dialect,
            header: self.header.clone(),
            account,
            date,
            time,
            date_order,
            amounts,
            decimal,
            currency,
            source: if source.is_empty() { description.clone() } else { source },
            description,
            counterparty: Vec::new(),
            reference,
            balance,
            tolerance: 0,
            kinds: None,
            words: BTreeMap::new(),
            newest_first,
            open_with_stated: false,
        };
        self.doubt_names(&mapping, &mut roles);
        let doubts = roles.doubts;
        let confidence = 95u8.saturating_sub(u8::try_from(doubts.len()).unwrap_or(u8::MAX).saturating_mul(20));
        Some(Guess { mapping, confidence, doubts })
    }

    fn doubt_letters(&self, roles: &mut Roles<'_>) {
        if self.dialect.encoding == Encoding::Windows1252 {
            roles.doubt(
                About::Letters,
                "The file is not UTF-8; it is read as Windows-1252. If letters with accents look wrong, save it as UTF-8 and choose it again.",
            );
        }
    }

    /// Of columns with the same name the first is taken: which one is meant cannot be known.
    fn doubt_names(&self, mapping: &Mapping, roles: &mut Roles<'_>) {
        let is_used_twice = |(column, name): &(usize, &String)| {
            let is_same = |other: &String| other.trim().eq_ignore_ascii_case(name.trim());
            !name.trim().is_empty()
                && mapping.reads(*column)
                && self.header.iter().filter(|other| is_same(other)).count() > 1
        };
        if let Some((column, name)) = self.header.iter().enumerate().find(is_used_twice) {
            let text = format!(
                "More than one column is called “{}”: the one that is column {} is taken.",
                name.trim(),
                column + 1
            );
            roles.doubt(About::Columns, text);
        }
    }
}
