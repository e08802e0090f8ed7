//! A first look at a file, and a guess at what its columns are.

use super::{
    AccountFrom, Amounts, CurrencyFrom, DateOrder, DecimalMark, Dialect, Kinds, Mapping,
    records::{rows_of, sniff},
    values,
};
use crate::bank::Currency;
use std::collections::{BTreeMap, BTreeSet};

/// How many rows a preview holds.
/// The bank of the Berka data set kept interest unrounded and stated balances rounded to 0.10 CZK; the two drift apart
/// by at most 0.70 CZK in any account. In minor units.
const BERKA_TOLERANCE: i64 = 100;

const ROWS_MAX: usize = 200;

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
    /// What the person should look at, in sentences.
    pub doubts: Vec<String>,
}

impl Preview {
    /// Looks at the beginning of a file; `is_whole` tells whether that is all of it.
    pub fn of(beginning: &[u8], is_whole: bool) -> Self {
        let dialect = sniff(beginning, is_whole);
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

    /// The layout of the Czech bank data of the PKDD'99 challenge, which has no doubts.
    fn berka(&self) -> Option<Guess> {
        let column = |name: &str| self.column(name);
        let (operation, symbol) = (column("operation")?, column("k_symbol")?);
        let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let mapping = Mapping {
            dialect: self.dialect,
            header: self.header.clone(),
            account: AccountFrom::Column(column("account_id")?),
            date: column("date")?,
            time: None,
            date_order: DateOrder::YearMonthDay,
            amounts: Amounts::Directed {
                amount: column("amount")?,
                direction: column("type")?,
                words_in: texts(&["PRIJEM"]),
                words_out: texts(&["VYDAJ", "VYBER"]),
            },
            decimal: DecimalMark::Point,
            currency: CurrencyFrom::Fixed(Currency::parse("CZK").ok()?),
            source: vec![operation],
            description: vec![symbol],
            counterparty: vec![column("bank")?, column("account")?],
            reference: column("trans_id"),
            balance: column("balance"),
            tolerance: BERKA_TOLERANCE,
            kinds: Some(Kinds { column: symbol, interest: texts(&["UROK"]), fee: texts(&["SLUZBY", "SANKC. UROK"]) }),
            words: BERKA_WORDS.iter().map(|(czech, english)| ((*czech).to_owned(), (*english).to_owned())).collect(),
            newest_first: false,
            open_with_stated: false,
        };
        Some(Guess { mapping, confidence: 100, doubts: Vec::new() })
    }

    fn by_names(&self, currency: Currency) -> Option<Guess> {
        let mut roles = Roles { preview: self, taken: BTreeSet::new(), doubts: Vec::new() };
        let (date, date_order) = roles.date()?;
        let balance = roles.named(BALANCE, true);
        let decimal = roles.decimal();
        let amounts = roles.amounts(decimal)?;
        let account = roles.account();
        let currency = roles.currency(currency);
        let time =
            roles.named(TIME, false).filter(|column| self.cells(*column).all(|cell| values::time_of_day(cell).is_ok()));
        let reference = roles.named(REFERENCE, false);
        let description: Vec<usize> = roles.named(DESCRIPTION, false).into_iter().collect();
        let source: Vec<usize> = roles.named(SOURCE, false).into_iter().collect();
        let day = |cell: Option<&str>| match values::date_time(cell?, date_order).ok()? {
            values::Stated::Local(local) => Some(local.and_utc().timestamp_micros()),
            values::Stated::Instant(instant) => Some(instant.as_micros()),
        };
        let newest_first = day(self.cells(date).next()) > day(self.cells(date).last());
        let doubts = roles.doubts;
        let confidence = 95u8.saturating_sub(u8::try_from(doubts.len()).unwrap_or(u8::MAX).saturating_mul(20));
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
        Some(Guess { mapping, confidence, doubts })
    }
}

/// What the codes of the Berka files mean, by the guide that came with them.
const BERKA_WORDS: [(&str, &str); 12] = [
    ("VKLAD", "cash deposit"),
    ("PREVOD Z UCTU", "transfer from another bank"),
    ("PREVOD NA UCET", "transfer to another bank"),
    ("VYBER", "cash withdrawal"),
    ("VYBER KARTOU", "card withdrawal"),
    ("UROK", "interest"),
    ("SLUZBY", "statement fee"),
    ("SANKC. UROK", "penalty interest"),
    ("SIPO", "household payment"),
    ("DUCHOD", "pension"),
    ("POJISTNE", "insurance payment"),
    ("UVER", "loan payment"),
];

const DATE: &[&str] =
    &["booking date", "transaction date", "posting date", "date", "datum", "dato", "buchungstag", "fecha", "data"];
const TIME: &[&str] = &["time", "uhrzeit", "klokkeslett", "tid"];
const BALANCE: &[&str] = &["balance", "saldo", "kontostand"];
const AMOUNT: &[&str] = &["amount", "betrag", "beløp", "belop", "umsatz", "importe", "montant", "sum", "value"];
const CREDIT: &[&str] = &["credit", "money in", "paid in", "deposit", "haben", "gutschrift", "inn på konto", "inn"];
const DEBIT: &[&str] = &["debit", "money out", "paid out", "withdrawal", "soll", "lastschrift", "ut fra konto", "ut"];
const DIRECTION: &[&str] = &["direction", "type", "dr/cr", "cr/dr", "debit/credit", "credit/debit", "art", "sign"];
const ACCOUNT: &[&str] =
    &["account_id", "account number", "account no", "auftragskonto", "kontonummer", "account", "konto", "iban"];
const CURRENCY: &[&str] = &["currency", "währung", "waehrung", "valuta", "ccy"];
const DESCRIPTION: &[&str] = &[
    "description",
    "verwendungszweck",
    "beskrivelse",
    "memo",
    "details",
    "narrative",
    "purpose",
    "text",
    "reference",
    "notes",
];
const SOURCE: &[&str] = &["payee", "counterparty", "merchant", "beneficiary", "payer", "empfänger", "name", "category"];
const REFERENCE: &[&str] = &["transaction id", "transaction_id", "trans_id", "transaction no", "id"];
const WORDS_IN: &[&str] =
    &["credit", "cr", "c", "in", "+", "deposit", "haben", "h", "income", "incoming", "kredit", "prijem"];
const WORDS_OUT: &[&str] =
    &["debit", "dr", "d", "out", "-", "withdrawal", "soll", "s", "expense", "outgoing", "debet", "vydaj"];

/// Columns are given out once; what is not certain is noted.
struct Roles<'a> {
    preview: &'a Preview,
    taken: BTreeSet<usize>,
    doubts: Vec<String>,
}

impl Roles<'_> {
    /// The column that is called by one of the names, or whose name holds one.
    fn named(&mut self, names: &[&str], is_number: bool) -> Option<usize> {
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
        let found = exact.or_else(within)?;
        self.taken.insert(found);
        Some(found)
    }

    fn date(&mut self) -> Option<(usize, DateOrder)> {
        let column = self.named(DATE, true)?;
        let cells: Vec<&str> = self.preview.cells(column).collect();
        let orders = [DateOrder::YearMonthDay, DateOrder::DayMonthYear, DateOrder::MonthDayYear];
        let read = orders.map(|order| cells.iter().filter(|cell| values::date_time(cell, order).is_ok()).count());
        let most = read.into_iter().max().unwrap_or_default();
        let mut fitting = orders.into_iter().zip(read).filter(|(_, count)| *count == most).map(|(order, _)| order);
        let first = fitting.next().unwrap_or(DateOrder::YearMonthDay);
        if most < cells.len() {
            self.doubts.push("Not all dates can be read.".to_owned());
        } else if fitting.next().is_some() {
            self.doubts.push("The dates can be read in more than one order.".to_owned());
        }
        Some((column, first))
    }

    /// The decimal mark with which more of the cells that look like amounts can be read.
    fn decimal(&self) -> DecimalMark {
        let names = [AMOUNT, CREDIT, DEBIT, BALANCE].concat();
        let columns = self.preview.header.iter().enumerate().filter(|(_, heading)| {
            let heading = heading.trim().to_lowercase();
            names.iter().any(|name| heading.contains(name))
        });
        let cells: Vec<&str> = columns.flat_map(|(column, _)| self.preview.cells(column)).collect();
        let read = |mark| cells.iter().filter(|cell| values::amount(cell, mark, Currency::EUR).is_ok()).count();
        if read(DecimalMark::Comma) > read(DecimalMark::Point) { DecimalMark::Comma } else { DecimalMark::Point }
    }

    fn amounts(&mut self, decimal: DecimalMark) -> Option<Amounts> {
        let Some(amount) = self.named(AMOUNT, true) else {
            let (credit, debit) = (self.named(CREDIT, true)?, self.named(DEBIT, true)?);
            return Some(Amounts::Split { credit, debit });
        };
        let preview = self.preview;
        let is_signed =
            preview.cells(amount).any(|cell| values::amount(cell, decimal, Currency::EUR).is_ok_and(|minor| minor < 0));
        if is_signed {
            return Some(Amounts::Signed { amount });
        }
        for name in DIRECTION {
            let Some(direction) = preview.column(name).filter(|column| !self.taken.contains(column)) else { continue };
            let words: BTreeSet<&str> = preview.cells(direction).collect();
            let known = |list: &[&str]| {
                let is_known = |word: &&str| list.contains(&word.to_lowercase().as_str());
                words.iter().copied().filter(is_known).map(str::to_owned).collect::<Vec<_>>()
            };
            let (words_in, words_out) = (known(WORDS_IN), known(WORDS_OUT));
            if !words_in.is_empty() && words_in.len() + words_out.len() == words.len() {
                self.taken.insert(direction);
                let words_out = if words_out.is_empty() { vec!["debit".to_owned()] } else { words_out };
                return Some(Amounts::Directed { amount, direction, words_in, words_out });
            }
        }
        self.doubts.push("No amount is below zero: is there a column that tells the direction?".to_owned());
        Some(Amounts::Signed { amount })
    }

    fn account(&mut self) -> AccountFrom {
        if let Some(column) = self.named(ACCOUNT, false) {
            AccountFrom::Column(column)
        } else {
            self.doubts.push("No column tells the account: which one is the file of?".to_owned());
            AccountFrom::Fixed(String::new())
        }
    }

    fn currency(&mut self, otherwise: Currency) -> CurrencyFrom {
        let is_code = |cell: &&str| Currency::parse(&cell.to_ascii_uppercase()).is_ok();
        match self.named(CURRENCY, false) {
            Some(column)
                if self.preview.cells(column).filter(is_code).count() * 2 > self.preview.cells(column).count() =>
            {
                CurrencyFrom::Column(column)
            }
            Some(_) | None => {
                self.doubts.push(format!("No column tells the currency: {otherwise} is taken."));
                CurrencyFrom::Fixed(otherwise)
            }
        }
    }
}
