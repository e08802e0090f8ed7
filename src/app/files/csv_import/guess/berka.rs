//! The Czech bank data of the PKDD'99 challenge.

use super::{Guess, Preview};
use crate::app::files::csv_import::{AccountFrom, Amounts, CurrencyFrom, DateOrder, DecimalMark, Kinds, Mapping};
use crate::bank::Currency;

/// The bank of the Berka data set kept interest unrounded and stated balances rounded to 0.10 CZK; the two drift apart
/// by at most 0.70 CZK in any account. In minor units.
const TOLERANCE: i64 = 100;

/// What the codes of the Berka files mean, by the guide that came with them.
const WORDS: [(&str, &str); 12] = [
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

impl Preview {
    /// The layout of the Czech bank data of the PKDD'99 challenge, which has no doubts.
    pub(super) fn berka(&self) -> Option<Guess> {
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
            tolerance: TOLERANCE,
            kinds: Some(Kinds { column: symbol, interest: texts(&["UROK"]), fee: texts(&["SLUZBY", "SANKC. UROK"]) }),
            words: WORDS.iter().map(|(czech, english)| ((*czech).to_owned(), (*english).to_owned())).collect(),
            newest_first: false,
            open_with_stated: false,
        };
        Some(Guess { mapping, confidence: 100, doubts: Vec::new() })
    }
}
