//! Which column is what.

use super::{About, Doubt, Preview, decimal::decimal_of, names, order::order_of};
use crate::app::files::csv_import::{AccountFrom, Amounts, CurrencyFrom, DateOrder, DecimalMark, amounts};
use crate::bank::Currency;
use std::collections::BTreeSet;

/// Columns are given out once; what is not certain is noted.
pub(super) struct Roles<'a> {
    preview: &'a Preview,
    taken: BTreeSet<usize>,
    pub(super) doubts: Vec<Doubt>,
}

impl<'a> Roles<'a> {
    pub(super) fn new(preview: &'a Preview) -> Self {
        Self { preview, taken: BTreeSet::new(), doubts: Vec::new() }
    }

    pub(super) fn doubt(&mut self, about: About, text: impl Into<String>) {
        self.doubts.push(Doubt { about, text: text.into() });
    }

    /// The column that is called by one of the names, or whose name holds one; it is given out.
    pub(super) fn named(&mut self, names: &[&str], is_number: bool) -> Option<usize> {
        let found = self.find(names, is_number)?;
        self.taken.insert(found);
        Some(found)
    }

    fn find(&self, names: &[&str], is_number: bool) -> Option<usize> {
        let preview = self.preview;
        let heading =
            |column: &usize| preview.header.get(*column).map(|name| name.trim().to_lowercase()).unwrap_or_default();
        let free = || (0..preview.header.len()).filter(|column| !self.taken.contains(column));
        // A few odd cells, or a file without rows, are no reason to doubt a column's name.
        let has_digits = |column: &usize| {
            let has = |cell: &&str| cell.bytes().any(|byte| byte.is_ascii_digit());
            !is_number || preview.cells(*column).filter(has).count() * 2 >= preview.cells(*column).count()
        };
        let exact = names.iter().find_map(|name| free().find(|column| heading(column) == *name && has_digits(column)));
        let within = || {
            let long = names.iter().filter(|name| name.len() > 3);
            long.into_iter().find_map(|name| free().find(|column| heading(column).contains(name) && has_digits(column)))
        };
        exact.or_else(within)
    }

    /// The currency of the first row that tells one, else the given one.
    pub(super) fn main_currency(&self, otherwise: Currency) -> Currency {
        let column = self.find(names::CURRENCY, false);
        column.and_then(|column| self.preview.cells(column).find_map(code)).unwrap_or(otherwise)
    }

    pub(super) fn date(&mut self, currency: Currency) -> Option<(usize, DateOrder)> {
        let column = self.named(names::DATE, true)?;
        let cells: Vec<&str> = self.preview.cells(column).collect();
        let (order, doubts) = order_of(&cells, currency);
        for text in doubts {
            self.doubt(About::Dates, text);
        }
        Some((column, order))
    }

    /// The decimal mark of the cells that look like amounts.
    pub(super) fn decimal(&mut self, currency: Currency) -> DecimalMark {
        let called = [names::AMOUNT, names::CREDIT, names::DEBIT, names::BALANCE].concat();
        let columns = self.preview.header.iter().enumerate().filter(|(_, heading)| {
            let heading = heading.trim().to_lowercase();
            called.iter().any(|name| heading.contains(name))
        });
        let cells: Vec<&str> = columns.flat_map(|(column, _)| self.preview.cells(column)).collect();
        let (mark, doubt) = decimal_of(&cells, currency);
        if let Some(text) = doubt {
            self.doubt(About::DecimalMark, text);
        }
        mark
    }

    pub(super) fn amounts(&mut self, decimal: DecimalMark, currency: Currency) -> Option<Amounts> {
        let Some(amount) = self.named(names::AMOUNT, true) else {
            let (credit, debit) = (self.named(names::CREDIT, true)?, self.named(names::DEBIT, true)?);
            return Some(Amounts::Split { credit, debit });
        };
        let preview = self.preview;
        let is_below_zero = |cell: &str| amounts::amount(cell, decimal, currency).is_ok_and(|minor| minor < 0);
        if preview.cells(amount).any(is_below_zero) {
            return Some(Amounts::Signed { amount });
        }
        for name in names::DIRECTION {
            let Some(direction) = preview.column(name).filter(|column| !self.taken.contains(column)) else { continue };
            let words: BTreeSet<&str> = preview.cells(direction).collect();
            let known = |list: &[&str]| {
                let is_known = |word: &&str| list.contains(&word.to_lowercase().as_str());
                words.iter().copied().filter(is_known).map(str::to_owned).collect::<Vec<_>>()
            };
            let (words_in, words_out) = (known(names::WORDS_IN), known(names::WORDS_OUT));
            if !words_in.is_empty() && words_in.len() + words_out.len() == words.len() {
                self.taken.insert(direction);
                let words_out = if words_out.is_empty() { vec!["debit".to_owned()] } else { words_out };
                return Some(Amounts::Directed { amount, direction, words_in, words_out });
            }
        }
        self.doubt(About::Amounts, "No amount is below zero: is there a column that tells the direction?");
        Some(Amounts::Signed { amount })
    }

    pub(super) fn account(&mut self) -> AccountFrom {
        if let Some(column) = self.named(names::ACCOUNT, false) {
            AccountFrom::Column(column)
        } else {
            self.doubt(About::Account, "No column tells the account.");
            AccountFrom::Fixed(String::new())
        }
    }

    pub(super) fn currency(&mut self, otherwise: Currency) -> CurrencyFrom {
        match self.named(names::CURRENCY, false) {
            Some(column)
                if self.preview.cells(column).filter_map(code).count() * 2 > self.preview.cells(column).count() =>
            {
                CurrencyFrom::Column(column)
            }
            Some(_) | None => {
                self.doubt(About::Currency, format!("No column tells the currency: {otherwise} is taken."));
                CurrencyFrom::Fixed(otherwise)
            }
        }
    }
}

fn code(cell: &str) -> Option<Currency> {
    Currency::parse(&cell.to_ascii_uppercase()).ok()
}
