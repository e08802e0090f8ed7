//! What one event changed: the state of every fold before and after it, field by field.

use super::{Moment, ReadSide, format};
use crate::{
    bank::{AccountRow, Currency, CurrencyTotal, Flow, SourceTotal},
    kernel::{Clock, Label, Position, Rank, StreamId},
};
use std::collections::BTreeMap;

/// A fold that an event changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldDiff {
    /// The fold: `account/ACC-0417`, `total/EUR`.
    pub name: String,
    /// The fields that changed.
    pub changed: Vec<FieldDiff>,
    /// How many did not.
    pub unchanged: usize,
}

/// A field before and after; `None` where it was absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDiff {
    /// Its name.
    pub field: &'static str,
    /// Before the event.
    pub before: Option<String>,
    /// After the event.
    pub after: Option<String>,
}

type Field = (&'static str, String);

/// The folds that the event at `position` changed, in the order of a clock, and how many it left alone.
///
/// Only folds that differ are written out, however many there are.
pub fn diff(read: &mut ReadSide, position: Position, clock: Clock, zone: format::Zone) -> (Vec<FoldDiff>, usize) {
    let Some((stream, _)) = read.history().place_of(position) else { return (Vec::new(), 0) };
    let rank = read.history().rank_of(clock, position);
    let name = read.history().stream(stream).map(|entry| entry.name.to_string()).unwrap_or_default();
    let before = State::at(read, stream, clock, rank.previous());
    let after = State::at(read, stream, clock, rank);

    let mut diffs = Vec::new();
    if before.account != after.account {
        let fields = |row: &Option<AccountRow>| row.as_ref().map(|row| account_fields(row, zone));
        diffs.extend(compare(name, fields(&before.account), fields(&after.account)));
    }
    for (currency, total) in &after.totals {
        let old = before.totals.get(currency);
        if old != Some(total) {
            let fields = |total: &CurrencyTotal| total_fields(*total, *currency);
            diffs.extend(compare(format!("total/{currency}"), old.map(fields), Some(fields(total))));
        }
    }
    for (key, total) in &after.sources {
        let old = before.sources.get(key);
        if old != Some(total) {
            let (currency, flow, source) = key;
            let fields = |total: &SourceTotal| source_fields(*total, *currency);
            diffs.extend(compare(
                format!("source/{currency}/{}/{source}", flow_name(*flow)),
                old.map(fields),
                Some(fields(total)),
            ));
        }
    }
    if before.alerts != after.alerts {
        let fields = |count: usize| vec![("raised", count.to_string())];
        diffs.extend(compare("alerts".to_owned(), Some(fields(before.alerts)), Some(fields(after.alerts))));
    }
    let folds = after.accounts + after.totals.len() + after.sources.len() + 1;
    let untouched = folds.saturating_sub(diffs.len());
    (diffs, untouched)
}

/// What the folds hold at a rank, as far as one event can change it.
struct State {
    /// The account that the event is of.
    account: Option<AccountRow>,
    /// How many accounts there are.
    accounts: usize,
    totals: BTreeMap<Currency, CurrencyTotal>,
    sources: BTreeMap<(Currency, Flow, Label), SourceTotal>,
    alerts: usize,
}

impl State {
    fn at(read: &mut ReadSide, stream: StreamId, clock: Clock, rank: Rank) -> Self {
        let moment = Moment { clock, rank, ..Moment::default() };
        let balances = read.balances(&moment);
        let (account, accounts) = (balances.get(stream), balances.count() as usize);
        let totals = balances.totals().iter().copied().collect();
        let sources = read.sources(&moment).iter();
        let sources =
            sources.map(|(currency, flow, source, total)| ((currency, flow, source.clone()), total)).collect();
        Self { account, accounts, totals, sources, alerts: read.alert_count(&moment) }
    }
}

/// The fields that differ; `None` where none does.
fn compare(name: String, before: Option<Vec<Field>>, after: Option<Vec<Field>>) -> Option<FoldDiff> {
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let value =
        |fields: &[Field], name: &str| fields.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone());
    let gone = before.iter().filter(|(name, _)| value(&after, name).is_none());
    let names: Vec<&'static str> = after.iter().chain(gone).map(|(name, _)| *name).collect();
    let changed: Vec<FieldDiff> = names
        .iter()
        .map(|field| FieldDiff { field, before: value(&before, field), after: value(&after, field) })
        .filter(|field| field.before != field.after)
        .collect();
    let unchanged = names.len() - changed.len();
    (!changed.is_empty()).then_some(FoldDiff { name, changed, unchanged })
}

fn account_fields(row: &AccountRow, zone: format::Zone) -> Vec<Field> {
    let money = |minor: i64| format::money(minor, row.currency());
    vec![
        ("version", row.version.to_string()),
        ("balance", money(row.balance)),
        ("available", money(row.available())),
        ("overdraft_limit", money(row.overdraft_limit())),
        ("last_event", format::time(row.last_at, zone)),
        ("closed", row.is_closed().to_string()),
        ("owner", row.owner().to_string()),
        ("name", row.name().to_string()),
        ("currency", row.currency().to_string()),
        ("opened", format::time(row.opened_at(), zone)),
    ]
}

fn total_fields(total: CurrencyTotal, currency: Currency) -> Vec<Field> {
    vec![
        ("balance", format::money(total.balance, currency)),
        ("credits", format::money(total.credits, currency)),
        ("debits", format::money(total.debits, currency)),
        ("in_transit", format::money(total.in_transit, currency)),
    ]
}

fn source_fields(total: SourceTotal, currency: Currency) -> Vec<Field> {
    vec![("count", total.count.to_string()), ("sum", format::money(total.sum, currency))]
}

fn flow_name(flow: Flow) -> &'static str {
    match flow {
        Flow::Deposit => "deposit",
        Flow::Withdrawal => "withdrawal",
        Flow::Transfer => "transfer",
        Flow::Interest => "interest",
        Flow::Fee => "fee",
    }
}
