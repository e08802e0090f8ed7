//! The rules that a file's facts may break. Nothing is refused for it: what happened, happened; it is flagged.

use super::report::FlagReason;
use crate::bank::{AccountEvent, Currency, Money};
use crate::kernel::{Label, Timestamp};
use rustc_hash::FxHashMap;

/// An account as an import knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownAccount {
    /// What it is kept in.
    pub currency: Currency,
    /// What it holds, in minor units.
    pub balance: i64,
    /// How far it may go below zero, in minor units.
    pub overdraft_limit: i64,
    /// Whether it is closed.
    pub closed: bool,
    /// When it was opened.
    pub opened_at: Timestamp,
}

impl KnownAccount {
    /// The rules that an event breaks that happened at a time, the account being what it is after it.
    pub(super) fn broken_by(&self, event: &AccountEvent, at: Timestamp) -> Vec<FlagReason> {
        let money = |minor: i64| Money::new(minor, self.currency);
        let mut broken = Vec::new();
        if at < self.opened_at {
            broken.push(FlagReason::BeforeOpening);
        }
        if self.closed {
            broken.push(FlagReason::Closed);
        }
        if let Some(given) = currency_of(event).filter(|given| *given != self.currency) {
            broken.push(FlagReason::OtherCurrency { kept: self.currency, given });
        }
        if event.change() < 0 && self.balance < self.overdraft_limit.saturating_neg() {
            broken.push(FlagReason::BeyondLimit { balance: money(self.balance), limit: money(self.overdraft_limit) });
        }
        broken
    }
}

/// Takes the next event of an account, which happened at a time, among what is known, and tells the rules that it breaks.
pub(super) fn take(
    accounts: &mut FxHashMap<Label, KnownAccount>,
    number: &Label,
    event: &AccountEvent,
    at: Timestamp,
) -> Vec<FlagReason> {
    if let AccountEvent::Opened(opened) = event {
        let (currency, balance) = (opened.currency, opened.initial_balance);
        let opened = KnownAccount { currency, balance, overdraft_limit: 0, closed: false, opened_at: at };
        let known = accounts.insert(number.clone(), opened);
        return match known {
            Some(before) => {
                // A second opening changes nothing: the account is the one that it was.
                accounts.insert(number.clone(), before);
                vec![FlagReason::OpenedAgain]
            }
            None => Vec::new(),
        };
    }
    let Some(account) = accounts.get_mut(number) else { return vec![FlagReason::NotOpened] };
    account.balance = account.balance.saturating_add(event.change());
    let broken = account.broken_by(event, at);
    match event {
        AccountEvent::OverdraftLimitSet(set) => account.overdraft_limit = set.limit,
        AccountEvent::Closed(_) => account.closed = true,
        AccountEvent::Opened(_)
        | AccountEvent::Deposited(_)
        | AccountEvent::Withdrawn(_)
        | AccountEvent::TransferSent(_)
        | AccountEvent::TransferReceived(_)
        | AccountEvent::Interest(_)
        | AccountEvent::Fee(_) => {}
    }
    broken
}

/// The currency that an event states; `None` where it states none.
fn currency_of(event: &AccountEvent) -> Option<Currency> {
    match event {
        AccountEvent::Opened(event) => Some(event.currency),
        AccountEvent::Deposited(event) => event.currency,
        AccountEvent::Withdrawn(event) => Some(event.currency),
        AccountEvent::TransferSent(event) => Some(event.currency),
        AccountEvent::TransferReceived(event) => Some(event.currency),
        AccountEvent::Interest(event) => Some(event.currency),
        AccountEvent::Fee(event) => Some(event.currency),
        AccountEvent::OverdraftLimitSet(event) => Some(event.currency),
        AccountEvent::Closed(_) => None,
    }
}
