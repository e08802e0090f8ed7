//! Which column is what.

use crate::bank::Currency;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a file of movements is read. It can be stored, and used again for files with the same heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// How cells lie in the file.
    pub dialect: Dialect,
    /// The heading, cell by cell; a file with another one is refused.
    pub header: Vec<String>,
    /// Where the account's number stands.
    pub account: AccountFrom,
    /// The column of the date, or of date and time together.
    pub date: usize,
    /// The column of the time of day, if it has one of its own.
    #[serde(default)]
    pub time: Option<usize>,
    /// In which order day, month and year stand.
    pub date_order: DateOrder,
    /// Where amounts and their direction stand.
    pub amounts: Amounts,
    /// What stands before the decimals.
    pub decimal: DecimalMark,
    /// Which currency.
    pub currency: CurrencyFrom,
    /// The columns that tell where money came from or went to.
    #[serde(default)]
    pub source: Vec<usize>,
    /// The columns that tell why.
    #[serde(default)]
    pub description: Vec<usize>,
    /// The columns of the other side's bank and account.
    #[serde(default)]
    pub counterparty: Vec<usize>,
    /// The column of the bank's own number of the movement; it helps to tell equal rows apart.
    #[serde(default)]
    pub reference: Option<usize>,
    /// The column of the balance after the movement.
    #[serde(default)]
    pub balance: Option<usize>,
    /// How far a stated balance may be off before it is reported, in minor units.
    #[serde(default)]
    pub tolerance: i64,
    /// Which rows are interest and fees.
    #[serde(default)]
    pub kinds: Option<Kinds>,
    /// What cells of the source, the description and the kinds mean in the reader's words.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// Whether the last row is the oldest one; the rows are then taken from the end.
    #[serde(default)]
    pub newest_first: bool,
    /// Whether a new account starts with what its first stated balance leaves, rather than with zero: for files that
    /// begin in the midst of an account's life.
    #[serde(default)]
    pub open_with_stated: bool,
}

/// How cells lie in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    /// What stands between cells: a comma, a semicolon, a tab or a bar.
    pub delimiter: u8,
    /// How its letters are encoded.
    pub encoding: Encoding,
    /// How many rows stand before the heading.
    pub rows_before_header: u32,
}

/// How letters are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// As everything should be.
    Utf8,
    /// As older programs of western Europe do it.
    Windows1252,
}

/// Where the account's number stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountFrom {
    /// In a column.
    Column(usize),
    /// Nowhere: the whole file is of this account.
    Fixed(String),
}

/// Which currency the amounts have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CurrencyFrom {
    /// A column tells it.
    Column(usize),
    /// All are in this one.
    Fixed(Currency),
}

/// In which order day, month and year stand. What stands between them does not matter; without anything between them
/// there are six or eight digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DateOrder {
    /// 2024-01-05
    YearMonthDay,
    /// 05.01.2024
    DayMonthYear,
    /// 01/05/2024
    MonthDayYear,
}

/// What stands before the decimals of an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecimalMark {
    /// 1,234.56
    Point,
    /// 1.234,56
    Comma,
}

/// Where amounts and their direction stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amounts {
    /// In one column; below zero is money that went out.
    Signed {
        /// The column.
        amount: usize,
    },
    /// In one column, without a sign; another column tells the direction in words.
    Directed {
        /// The column of the amount.
        amount: usize,
        /// The column of the direction.
        direction: usize,
        /// The words for money that came in.
        words_in: Vec<String>,
        /// The words for money that went out.
        words_out: Vec<String>,
    },
    /// In two columns, of which one is empty or zero.
    Split {
        /// The column of what came in.
        credit: usize,
        /// The column of what went out.
        debit: usize,
    },
}

/// Which rows are interest and fees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kinds {
    /// The column that tells.
    pub column: usize,
    /// Its words for interest, where money comes in.
    pub interest: Vec<String>,
    /// Its words for fees, where money goes out.
    pub fee: Vec<String>,
}

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// It names a column that is not there.
    #[error("there is no column {}: the heading has {columns}", column.saturating_add(1))]
    NoSuchColumn {
        /// The column, from 0.
        column: usize,
        /// How many there are.
        columns: usize,
    },
    /// It gives one column two meanings that exclude each other.
    #[error("the column {name:?} is used twice: as {first} and as {second}")]
    UsedTwice {
        /// The column's name.
        name: String,
        /// One use.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A direction column without words cannot be read.
    #[error("no words are given for money {way}")]
    NoWords {
        /// `in` or `out`.
        way: &'static str,
    },
    /// A word cannot mean both ways.
    #[error("{word:?} is given for money in and for money out")]
    BothWays {
        /// The word.
        word: String,
    },
    /// The whole file is of one account, and that has no number.
    #[error("the account's number is empty")]
    NoAccount,
    /// The delimiter is not one that is known.
    #[error("cells can lie between commas, semicolons, tabs or bars")]
    Delimiter,
}

impl Mapping {
    /// Checks that the mapping makes sense by itself.
    ///
    /// # Errors
    /// The first [`MappingError`].
    pub fn check(&self) -> Result<(), MappingError> {
        if !b",;\t|".contains(&self.dialect.delimiter) {
            return Err(MappingError::Delimiter);
        }
        let columns = self.header.len();
        let uses = self.uses();
        let lists = [&self.source, &self.description, &self.counterparty];
        let others = lists.into_iter().flatten().copied().chain(self.kinds.as_ref().map(|kinds| kinds.column));
        if let Some(column) = uses.iter().map(|(column, _)| *column).chain(others).find(|column| *column >= columns) {
            return Err(MappingError::NoSuchColumn { column, columns });
        }
        for (index, (column, second)) in uses.iter().enumerate() {
            if let Some((_, first)) = uses.iter().take(index).find(|(other, _)| other == column) {
                let name = self.header.get(*column).cloned().unwrap_or_default();
                return Err(MappingError::UsedTwice { name, first, second });
            }
        }
        if let Amounts::Directed { words_in, words_out, .. } = &self.amounts {
            for (words, way) in [(words_in, "in"), (words_out, "out")] {
                if words.is_empty() {
                    return Err(MappingError::NoWords { way });
                }
            }
            if let Some(word) = words_in.iter().find(|word| words_out.contains(word)) {
                return Err(MappingError::BothWays { word: word.clone() });
            }
        }
        match &self.account {
            AccountFrom::Fixed(number) if number.trim().is_empty() => Err(MappingError::NoAccount),
            AccountFrom::Fixed(_) | AccountFrom::Column(_) => Ok(()),
        }
    }

    /// A text that is the same for all files with this heading: the key to remember a mapping by.
    pub fn signature(&self) -> String {
        header_signature(&self.header)
    }

    /// The columns that the mapping reads, from left to right, each once.
    pub(super) fn columns(&self) -> Vec<usize> {
        let mut columns: Vec<usize> = self.uses().into_iter().map(|(column, _)| column).collect();
        columns.extend(self.reference);
        columns.extend([&self.source, &self.description, &self.counterparty].into_iter().flatten());
        columns.extend(self.kinds.as_ref().map(|kinds| kinds.column));
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Whether it reads a column.
    pub(super) fn reads(&self, column: usize) -> bool {
        self.columns().contains(&column)
    }

    /// The name of a column, for messages.
    pub(super) fn name(&self, column: usize) -> &str {
        self.header.get(column).map_or("", String::as_str)
    }

    /// The columns with a meaning of their own, and which.
    fn uses(&self) -> Vec<(usize, &'static str)> {
        let mut uses = vec![(self.date, "the date")];
        match &self.amounts {
            Amounts::Signed { amount } => uses.push((*amount, "the amount")),
            Amounts::Directed { amount, direction, .. } => {
                uses.extend([(*amount, "the amount"), (*direction, "the direction")]);
            }
            Amounts::Split { credit, debit } => uses.extend([(*credit, "money in"), (*debit, "money out")]),
        }
        if let AccountFrom::Column(column) = self.account {
            uses.push((column, "the account"));
        }
        if let CurrencyFrom::Column(column) = self.currency {
            uses.push((column, "the currency"));
        }
        uses.extend(self.time.map(|column| (column, "the time")));
        uses.extend(self.balance.map(|column| (column, "the balance")));
        uses
    }
}

/// A text that is the same for all files with this heading, whatever the case of its letters.
pub fn header_signature(header: &[String]) -> String {
    let names: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
    names.join("\u{1f}")
}
