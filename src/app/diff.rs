//! What one event changed: the state of every fold before and after it, field by field.

use super::{Moment, ReadSide, format};
use crate::{
    bank::{AccountRow, CurrencyTotal, SourceTotal},
    kernel::{Clock, Position, Rank},
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
    pub field: String,
    /// Before the event.
    pub before: Option<String>,
    /// After the event.
    pub after: Option<String>,
}

type Fields = BTreeMap<String, String>;
type Folds = BTreeMap<String, Fields>;

/// The folds that the event at `position` changed, in the order of a clock, and how many it left alone.
pub fn diff(read: &mut ReadSide, position: Position, clock: Clock, zone: format::Zone) -> (Vec<FoldDiff>, usize) {
    let rank = read.history().rank_of(clock, position);
    let Some((stream, _)) = read.history().place_of(position) else { return (Vec::new(), 0) };
    let name = read.history().stream(stream).map(|entry| entry.name.to_string()).unwrap_or_default();
    let mut at = |rank: Rank| {
        let moment = Moment { clock, rank, ..Moment::default() };
        let mut folds = Folds::new();
        let balances = read.balances(&moment);
        if let Some(row) = balances.get(stream) {
            folds.insert(name.clone(), account_fields(row, zone));
        }
        for (currency, total) in balances.totals() {
            folds.insert(format!("total/{currency}"), total_fields(total, *currency));
        }
        let others = balances.count() as usize;
        for (currency, flow, source, total) in read.sources(&moment).iter() {
            folds.insert(format!("source/{currency}/{flow:?}/{source}"), source_fields(total, currency));
        }
        (folds, others)
    };
    let (before, _) = at(rank.previous());
    let (after, accounts) = at(rank);
    let mut diffs = Vec::new();
    let mut untouched = accounts.saturating_sub(1);
    let empty = Fields::new();
    for (name, fields) in &after {
        let old = before.get(name).unwrap_or(&empty);
        let changed: Vec<FieldDiff> = fields
            .iter()
            .filter(|(field, value)| old.get(*field) != Some(value))
            .map(|(field, value)| FieldDiff {
                field: field.clone(),
                before: old.get(field).cloned(),
                after: Some(value.clone()),
            })
            .collect();
        if changed.is_empty() {
            untouched += usize::from(!name.starts_with("account/"));
        } else {
            diffs.push(FoldDiff { name: name.clone(), unchanged: fields.len() - changed.len(), changed });
        }
    }
    (diffs, untouched)
}

fn account_fields(row: &AccountRow, zone: format::Zone) -> Fields {
    let money = |minor: i64| format::money(minor, row.currency);
    Fields::from([
        ("available".to_owned(), money(row.available())),
        ("balance".to_owned(), money(row.balance)),
        ("closed".to_owned(), row.closed.to_string()),
        ("currency".to_owned(), row.currency.to_string()),
        ("last_event".to_owned(), format::time(row.last_at, zone)),
        ("name".to_owned(), row.name.to_string()),
        ("opened".to_owned(), format::time(row.opened_at, zone)),
        ("overdraft_limit".to_owned(), money(row.overdraft_limit)),
        ("owner".to_owned(), row.owner.to_string()),
        ("version".to_owned(), row.version.to_string()),
    ])
}

fn total_fields(total: &CurrencyTotal, currency: crate::bank::Currency) -> Fields {
    Fields::from([
        ("balance".to_owned(), format::money(total.balance, currency)),
        ("credits".to_owned(), format::money(total.credits, currency)),
        ("debits".to_owned(), format::money(total.debits, currency)),
        ("in_transit".to_owned(), format::money(total.in_transit, currency)),
    ])
}

fn source_fields(total: SourceTotal, currency: crate::bank::Currency) -> Fields {
    Fields::from([
        ("count".to_owned(), total.count.to_string()),
        ("sum".to_owned(), format::money(total.sum, currency)),
    ])
}
