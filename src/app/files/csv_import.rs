//! Movements of accounts from CSV files, as banks write them.
//!
//! [`Preview::of`] looks at the beginning of a file and guesses a [`Mapping`]: which column is what, and how dates and
//! amounts are written. The person corrects it; it can be remembered by the file's heading. [`CsvImport`] then reads
//! the file in steps and stages one event a row.
//!
//! A file records facts. A row that takes an account too far below zero is taken and flagged. An account that the ledger
//! does not know is opened at the time of its earliest row. Each event gets an id made of what its row says, so that a file
//! that is imported twice is recognised row by row.

mod amounts;
mod dates;
mod facts;
mod guess;
mod letters;
mod mapping;
mod quotes;
mod records;
mod row;
mod staging;

pub use super::rules::KnownAccount;
pub use facts::LedgerFacts;
pub use guess::{About, Doubt, Guess, Preview};
pub use mapping::{
    AccountFrom, Amounts, CurrencyFrom, DateOrder, DecimalMark, Dialect, Encoding, Kinds, Mapping, MappingError,
    header_signature,
};
pub use row::{Movement, Zone};
pub use staging::CsvImport;
