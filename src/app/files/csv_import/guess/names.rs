//! What banks call their columns, and the words they use for in and out.

pub(super) const DATE: &[&str] =
    &["booking date", "transaction date", "posting date", "date", "datum", "dato", "buchungstag", "fecha", "data"];
pub(super) const TIME: &[&str] = &["time", "uhrzeit", "klokkeslett", "tid"];
pub(super) const BALANCE: &[&str] = &["balance", "saldo", "kontostand"];
pub(super) const AMOUNT: &[&str] =
    &["amount", "betrag", "beløp", "belop", "umsatz", "importe", "montant", "sum", "value"];
pub(super) const CREDIT: &[&str] =
    &["credit", "money in", "paid in", "deposit", "haben", "gutschrift", "inn på konto", "inn"];
pub(super) const DEBIT: &[&str] =
    &["debit", "money out", "paid out", "withdrawal", "soll", "lastschrift", "ut fra konto", "ut"];
pub(super) const DIRECTION: &[&str] =
    &["direction", "type", "dr/cr", "cr/dr", "debit/credit", "credit/debit", "art", "sign"];
pub(super) const ACCOUNT: &[&str] =
    &["account_id", "account number", "account no", "auftragskonto", "kontonummer", "account", "konto", "iban"];
pub(super) const CURRENCY: &[&str] = &["currency", "währung", "waehrung", "valuta", "ccy"];
pub(super) const DESCRIPTION: &[&str] = &[
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
pub(super) const SOURCE: &[&str] =
    &["payee", "counterparty", "merchant", "beneficiary", "payer", "empfänger", "name", "category"];
pub(super) const REFERENCE: &[&str] = &["transaction id", "transaction_id", "trans_id", "transaction no", "id"];
pub(super) const WORDS_IN: &[&str] =
    &["credit", "cr", "c", "in", "+", "deposit", "haben", "h", "income", "incoming", "kredit", "prijem"];
pub(super) const WORDS_OUT: &[&str] =
    &["debit", "dr", "d", "out", "-", "withdrawal", "soll", "s", "expense", "outgoing", "debet", "vydaj"];
