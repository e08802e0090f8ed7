//! How balances are kept outside of the memory, as what they differ in from earlier ones.
//!
//! First the list of what was agreed, an item for each stream: 0 no account, 1 an open one, 2 a closed one, with owner,
//! name, currency, time and version of the opening; 3 an open one, 4 a closed one, of which the earlier state says all
//! that; and behind each account its overdraft limit. Then the list of what is held: by how much balance, time and
//! position of the newest event, and version differ. Then how many accounts and how many currencies there are, and for
//! each currency its code, and by how much its balance, credits, debits and what is in transit differ. Then the events
//! that wait.

use super::{Balances, CurrencyTotal, Held, Terms};
use crate::{
    bank::{Currency, early::Early},
    kernel::{Label, Position, StateReader, StateWriter, Storable, Version},
};
use std::sync::Arc;

impl Storable for Balances {
    fn write(&self, since: &Self, out: &mut StateWriter) {
        out.changes(&self.terms, &since.terms, |out, terms, before| match terms {
            Some(terms) => write_terms(terms, before.and_then(Option::as_deref), out),
            None => out.number(0),
        });
        out.changes(&self.held, &since.held, |out, held, before| {
            write_held(held, &before.copied().unwrap_or_default(), out);
        });
        out.number(self.count.into());
        out.number(self.totals.len() as u64);
        for (currency, total) in &self.totals {
            out.text(currency.code());
            let before = since.total(*currency).copied().unwrap_or_default();
            out.wide_since(total.balance, before.balance);
            out.wide_since(total.credits, before.credits);
            out.wide_since(total.debits, before.debits);
            out.wide_since(total.in_transit, before.in_transit);
        }
        self.early.write(out);
    }

    fn read(since: &Self, from: &mut StateReader<'_>) -> Option<Self> {
        let terms = from.changes(&since.terms, |from, before| match from.number()? {
            0 => Some(None),
            kind => Some(Some(Arc::new(read_terms(kind, before.and_then(Option::as_deref), from)?))),
        })?;
        let held = from.changes(&since.held, |from, before| read_held(&before.copied().unwrap_or_default(), from))?;
        let count = from.small()?;
        let mut totals = Vec::new();
        for _ in 0..from.count()? {
            let currency = Currency::parse(from.text()?).ok()?;
            let before = since.total(currency).copied().unwrap_or_default();
            let total = CurrencyTotal {
                balance: from.wide_since(before.balance)?,
                credits: from.wide_since(before.credits)?,
                debits: from.wide_since(before.debits)?,
                in_transit: from.wide_since(before.in_transit)?,
            };
            totals.push((currency, total));
        }
        let early = Early::read(from)?;
        let right = terms.len() == held.len()
            && usize::try_from(count).is_ok_and(|count| count <= terms.len())
            && totals.is_sorted_by(|(code, _), (next, _)| code < next);
        right.then_some(Self { terms, held, totals, count, early })
    }
}

fn write_terms(terms: &Terms, before: Option<&Terms>, out: &mut StateWriter) {
    let is_known = before.is_some_and(|before| {
        let Terms { overdraft_limit, is_closed, .. } = *terms;
        *terms == Terms { overdraft_limit, is_closed, ..before.clone() }
    });
    out.number(1 + u64::from(terms.is_closed) + 2 * u64::from(is_known));
    if !is_known {
        out.text(&terms.owner);
        out.text(&terms.name);
        out.text(terms.currency.code());
        out.time(terms.opened_at);
        out.number(terms.opening.get().into());
    }
    out.signed(terms.overdraft_limit);
}

/// What was written behind the number `kind`.
fn read_terms(kind: u64, before: Option<&Terms>, from: &mut StateReader<'_>) -> Option<Terms> {
    let (is_closed, is_known) = match kind {
        1 => (false, false),
        2 => (true, false),
        3 => (false, true),
        4 => (true, true),
        _ => return None,
    };
    let mut terms = if is_known {
        before?.clone()
    } else {
        Terms {
            owner: Label::new(from.text()?),
            name: Label::new(from.text()?),
            currency: Currency::parse(from.text()?).ok()?,
            opened_at: from.time()?,
            opening: Version::new(from.small()?),
            overdraft_limit: 0,
            is_closed: false,
        }
    };
    terms.overdraft_limit = from.signed()?;
    terms.is_closed = is_closed;
    Some(terms)
}

fn write_held(held: &Held, before: &Held, out: &mut StateWriter) {
    out.signed_since(held.balance, before.balance);
    out.time_since(held.last_at, before.last_at);
    out.small_since(held.last_position.get(), before.last_position.get());
    out.small_since(held.version.get(), before.version.get());
}

fn read_held(before: &Held, from: &mut StateReader<'_>) -> Option<Held> {
    Some(Held {
        balance: from.signed_since(before.balance)?,
        last_at: from.time_since(before.last_at)?,
        last_position: Position::new(from.small_since(before.last_position.get())?),
        version: Version::new(from.small_since(before.version.get())?),
    })
}
