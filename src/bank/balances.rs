//! The balances of all accounts: one wide read model.

mod stored;

use super::{AccountEvent, AccountOpened, Currency, early::Early};
use crate::kernel::{Label, Position, Projection, Recorded, SharedVec, StreamId, Timestamp, Version};
use std::collections::BTreeMap;

/// Every account that has been opened, with what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances {
    /// By [`StreamId`]; `None` for streams that are no open account.
    accounts: SharedVec<Option<AccountRow>>,
    totals: BTreeMap<Currency, CurrencyTotal>,
    count: u32,
    early: Early,
}

/// One account as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Who owns it.
    pub owner: Label,
    /// What it is called; empty where it goes by its owner.
    pub name: Label,
    /// What it is kept in.
    pub currency: Currency,
    /// What it holds, in minor units.
    pub balance: i64,
    /// How far it may go below zero, in minor units.
    pub overdraft_limit: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The version of its opening; what was recorded before it does not count.
    pub opening: Version,
    /// When something last happened to it.
    pub last_at: Timestamp,
    /// Its newest event.
    pub last_position: Position,
    /// How many events it holds at this moment.
    pub version: Version,
    /// Whether it is closed.
    pub closed: bool,
}

/// What all accounts of one currency hold, counted twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CurrencyTotal {
    /// The sum of the balances.
    pub balance: i128,
    /// Everything that came in from outside.
    pub credits: i128,
    /// Everything that went out.
    pub debits: i128,
    /// Sent between accounts and not received yet; zero after every whole commit.
    pub in_transit: i128,
}

impl CurrencyTotal {
    /// Whether the sum of the balances is what came in less what went out, with nothing on its way.
    pub fn is_balanced(&self) -> bool {
        self.balance == self.credits - self.debits && self.in_transit == 0
    }
}

impl AccountRow {
    /// What can be taken out.
    pub fn available(&self) -> i64 {
        self.balance.saturating_add(self.overdraft_limit)
    }

    /// What people call it.
    pub fn title(&self) -> &Label {
        if self.name.is_empty() { &self.owner } else { &self.name }
    }
}

impl Balances {
    /// How many accounts have been opened.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// An account; `None` before it opened.
    pub fn get(&self, id: StreamId) -> Option<&AccountRow> {
        self.accounts.get(id.index()?)?.as_ref()
    }

    /// All accounts, in the order in which their streams began.
    pub fn iter(&self) -> impl Iterator<Item = (StreamId, &AccountRow)> {
        self.accounts.iter().zip(1..).filter_map(|(row, id)| row.as_ref().map(|row| (StreamId::new(id), row)))
    }

    /// What the accounts of each currency hold together.
    pub fn totals(&self) -> &BTreeMap<Currency, CurrencyTotal> {
        &self.totals
    }

    /// Opens an account; `false` where it is open already.
    fn open(&mut self, opened: &AccountOpened, recorded: &Recorded<'_, AccountEvent>) -> bool {
        let slot = recorded.stream.index().and_then(|index| self.accounts.slot(index)).filter(|slot| slot.is_none());
        let Some(slot) = slot else { return false };
        self.count += 1;
        *slot = Some(AccountRow {
            owner: opened.owner.clone(),
            name: opened.name.clone(),
            currency: opened.currency,
            balance: 0,
            overdraft_limit: 0,
            opened_at: recorded.occurred_at,
            opening: recorded.version,
            last_at: recorded.occurred_at,
            last_position: recorded.position,
            version: Version::ZERO,
            closed: false,
        });
        true
    }

    /// Books an event on its account, if it counts; `false` where the account is not open.
    fn book(&mut self, recorded: &Recorded<'_, AccountEvent>) -> bool {
        let row = recorded.stream.index().and_then(|index| self.accounts.get_mut(index)).and_then(Option::as_mut);
        let Some(row) = row else { return false };
        if recorded.version < row.opening {
            return true;
        }
        let before = row.balance;
        // A second opening changes nothing.
        if recorded.version == row.opening || !matches!(recorded.event, AccountEvent::Opened(_)) {
            row.balance = before.saturating_add(recorded.event.change());
        }
        row.last_at = row.last_at.max(recorded.occurred_at);
        row.last_position = recorded.position;
        row.version = row.version.next();
        let change = i128::from(row.balance) - i128::from(before);
        let total = self.totals.entry(row.currency).or_default();
        total.balance += change;
        match recorded.event {
            AccountEvent::OverdraftLimitSet(set) => row.overdraft_limit = set.limit,
            AccountEvent::Closed(_) => row.closed = true,
            AccountEvent::TransferSent(_) | AccountEvent::TransferReceived(_) => total.in_transit -= change,
            AccountEvent::Opened(_)
            | AccountEvent::Deposited(_)
            | AccountEvent::Withdrawn(_)
            | AccountEvent::Interest(_)
            | AccountEvent::Fee(_) => {}
        }
        if change > 0 {
            total.credits += change;
        } else {
            total.debits -= change;
        }
        true
    }
}

impl Projection for Balances {
    type Event = AccountEvent;
    const NAME: &'static str = "balances";
    const REVISION: u32 = 2;

    fn weight(&self) -> usize {
        // A tree's node holds up to eleven entries, and one is allocated whole.
        let totals = self.totals.len().next_multiple_of(11) * size_of::<(Currency, CurrencyTotal)>();
        size_of::<Self>() + self.accounts.bytes() + totals
    }

    fn apply(&mut self, recorded: &Recorded<'_, AccountEvent>) {
        if let AccountEvent::Opened(opened) = recorded.event
            && self.open(opened, recorded)
        {
            for early in self.early.of_opened(recorded.stream, recorded.version) {
                self.book(&early.recorded(recorded.stream));
            }
        }
        if !self.book(recorded) {
            self.early.wait(recorded);
        }
    }
}
