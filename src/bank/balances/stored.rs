//! How balances are kept outside of the memory.
//!
//! First how many streams there are, and for each a byte: 0 no account, 1 an open one, 2 a closed one, and then its
//! owner, name, currency, balance, overdraft limit, time of opening, version of the opening, time and position of the
//! newest event, version. Then how many currencies, and for each its code, balance, credits, debits and what is in
//! transit.

use super::{AccountRow, Balances, CurrencyTotal, Terms};
use crate::{
    bank::Currency,
    kernel::{Label, Position, StateReader, StateWriter, Storable, Version},
};
use std::sync::Arc;

impl Storable for Balances {
    /// `None` while events wait for the opening of their account.
    fn write(&self, out: &mut StateWriter) -> Option<()> {
        out.number(self.accounts.len() as u64);
        for row in self.accounts.iter() {
            write_row(row.as_ref(), out);
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
            let row = match from.number()? {
                0 => None,
                1 => Some(read_row(from, false)?),
                2 => Some(read_row(from, true)?),
                _ => return None,
            };
            balances.count += u32::from(row.is_some());
            balances.accounts.push(row);
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

fn write_row(row: Option<&AccountRow>, out: &mut StateWriter) {
    let Some(row) = row else { return out.number(0) };
    out.number(if row.is_closed() { 2 } else { 1 });
    out.text(row.owner());
    out.text(row.name());
    out.text(row.currency().code());
    out.signed(row.balance);
    out.signed(row.overdraft_limit());
    out.time(row.opened_at());
    out.number(row.terms.opening.get().into());
    out.time(row.last_at);
    out.number(row.last_position.get().into());
    out.number(row.version.get().into());
}

fn read_row(from: &mut StateReader<'_>, is_closed: bool) -> Option<AccountRow> {
    let (owner, name) = (Label::new(from.text()?), Label::new(from.text()?));
    let currency = Currency::parse(from.text()?).ok()?;
    let (balance, overdraft_limit) = (from.signed()?, from.signed()?);
    let (opened_at, opening) = (from.time()?, Version::new(from.small()?));
    let terms = Arc::new(Terms { owner, name, currency, opened_at, opening, overdraft_limit, is_closed });
    let (last_at, last_position) = (from.time()?, Position::new(from.small()?));
    Some(AccountRow { terms, balance, last_at, last_position, version: Version::new(from.small()?) })
}
