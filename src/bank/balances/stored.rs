//! How balances are kept outside of the memory.
//!
//! First how many streams there are, and for each a byte: 0 no account, 1 an open one, 2 a closed one, and then its
//! owner, name, currency, balance, overdraft limit, time of opening, version of the opening, time and position of the
//! newest event, version. Then how many currencies, and for each its code, balance, credits, debits and what is in
//! transit.

use super::{Balances, CurrencyTotal, Held, Terms};
use crate::{
    bank::Currency,
    kernel::{Label, Position, StateReader, StateWriter, Storable, Version},
};
use std::sync::Arc;

impl Storable for Balances {
    /// `None` while events wait for the opening of their account.
    fn write(&self, out: &mut StateWriter) -> Option<()> {
        out.number(self.terms.len() as u64);
        for (terms, held) in self.terms.iter().zip(self.held.iter()) {
            match terms {
                Some(terms) => write_account(terms, held, out),
                None => out.number(0),
            }
        }
        out.number(self.totals.len() as u64);
        for (currency, total) in &self.totals {
            out.text(currency.code());
            for sum in [total.balance, total.credits, total.debits, total.in_transit] {
                out.wide(sum);
            }
        }
        self.early.is_empty().then_some(())
    }

    fn read(from: &mut StateReader<'_>) -> Option<Self> {
        let mut balances = Self::default();
        for _ in 0..from.count()? {
            let (terms, held) = match from.number()? {
                0 => (None, Held::default()),
                1 => read_account(from, false)?,
                2 => read_account(from, true)?,
                _ => return None,
            };
            balances.count += u32::from(terms.is_some());
            balances.terms.push(terms);
            balances.held.push(held);
        }
        for _ in 0..from.count()? {
            let currency = Currency::parse(from.text()?).ok()?;
            let (balance, credits, debits) = (from.wide()?, from.wide()?, from.wide()?);
            let total = CurrencyTotal { balance, credits, debits, in_transit: from.wide()? };
            balances.totals.push((currency, total));
        }
        balances.totals.is_sorted_by(|(code, _), (next, _)| code < next).then_some(balances)
    }
}

fn write_account(terms: &Terms, held: &Held, out: &mut StateWriter) {
    out.number(if terms.is_closed { 2 } else { 1 });
    out.text(&terms.owner);
    out.text(&terms.name);
    out.text(terms.currency.code());
    out.signed(held.balance);
    out.signed(terms.overdraft_limit);
    out.time(terms.opened_at);
    out.number(terms.opening.get().into());
    out.time(held.last_at);
    out.number(held.last_position.get().into());
    out.number(held.version.get().into());
}

fn read_account(from: &mut StateReader<'_>, is_closed: bool) -> Option<(Option<Arc<Terms>>, Held)> {
    let (owner, name) = (Label::new(from.text()?), Label::new(from.text()?));
    let currency = Currency::parse(from.text()?).ok()?;
    let (balance, overdraft_limit) = (from.signed()?, from.signed()?);
    let (opened_at, opening) = (from.time()?, Version::new(from.small()?));
    let terms = Terms { owner, name, currency, opened_at, opening, overdraft_limit, is_closed };
    let (last_at, last_position) = (from.time()?, Position::new(from.small()?));
    let held = Held { balance, last_at, last_position, version: Version::new(from.small()?) };
    Some((Some(Arc::new(terms)), held))
}
