//! The balances of all accounts: one wide read model.

mod stored;

use super::{AccountEvent, AccountOpened, AccountState, Currency, OpenAccount, early::Early};
use crate::kernel::{Label, Position, Projection, Recorded, SharedVec, StreamId, Timestamp, Version};
use std::sync::Arc;

/// Every account that has been opened, with what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances {
    /// By [`StreamId`]; `None` for streams that are no open account. Hardly ever changed, and so shared by all
    /// checkpoints.
    terms: SharedVec<Option<Arc<Terms>>>,
    /// The same for what every event changes.
    held: SharedVec<Held>,
    /// By currency, which rise: a list, since a tree would have a node of eleven in each checkpoint.
    totals: Vec<(Currency, CurrencyTotal)>,
    count: u32,
    early: Early,
}

/// One account as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    terms: Arc<Terms>,
    /// What it holds, in minor units.
    pub balance: i64,
    /// When something last happened to it.
    pub last_at: Timestamp,
    /// Its newest event.
    pub last_position: Position,
    /// How many events it holds at this moment.
    pub version: Version,
}

/// What an account was opened with, and what was agreed since.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Terms {
    owner: Label,
    name: Label,
    currency: Currency,
    opened_at: Timestamp,
    opening: Version,
    overdraft_limit: i64,
    is_closed: bool,
}

/// What every event of an account changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Held {
    balance: i64,
    last_at: Timestamp,
    last_position: Position,
    version: Version,
}

/// A wide checkpoint has one for each account.
const _: () = assert!(size_of::<Held>() == 24, "what is held has grown");

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
    fn of(terms: &Arc<Terms>, held: &Held) -> Self {
        let Held { balance, last_at, last_position, version } = *held;
        Self { terms: Arc::clone(terms), balance, last_at, last_position, version }
    }

    /// Who owns it.
    pub fn owner(&self) -> &Label {
        &self.terms.owner
    }

    /// What it is called; empty where it goes by its owner.
    pub fn name(&self) -> &Label {
        &self.terms.name
    }

    /// What people call it.
    pub fn title(&self) -> &Label {
        if self.name().is_empty() { self.owner() } else { self.name() }
    }

    /// What it is kept in.
    pub fn currency(&self) -> Currency {
        self.terms.currency
    }

    /// When it was opened.
    pub fn opened_at(&self) -> Timestamp {
        self.terms.opened_at
    }

    /// How far it may go below zero, in minor units.
    pub fn overdraft_limit(&self) -> i64 {
        self.terms.overdraft_limit
    }

    /// What can be taken out.
    pub fn available(&self) -> i64 {
        self.balance.saturating_add(self.overdraft_limit())
    }

    /// Whether it is closed.
    pub fn is_closed(&self) -> bool {
        self.terms.is_closed
    }
}

impl Balances {
    /// How many accounts have been opened.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// An account; `None` before it opened.
    pub fn get(&self, id: StreamId) -> Option<AccountRow> {
        let index = id.index()?;
        Some(AccountRow::of(self.terms.get(index)?.as_ref()?, self.held.get(index)?))
    }

    /// An account as a command meets it, where this was folded in the order of the log: what all its events evolve it to.
    pub fn state(&self, id: StreamId) -> AccountState {
        match self.get(id) {
            None => AccountState::Unopened,
            Some(row) if row.is_closed() => AccountState::Closed,
            Some(row) => AccountState::Open(OpenAccount {
                currency: row.currency(),
                balance: row.balance,
                overdraft_limit: row.overdraft_limit(),
            }),
        }
    }

    /// All accounts, in the order in which their streams began.
    pub fn iter(&self) -> impl Iterator<Item = (StreamId, AccountRow)> {
        let all = self.terms.iter().zip(self.held.iter()).zip(1..);
        all.filter_map(|((terms, held), id)| Some((StreamId::new(id), AccountRow::of(terms.as_ref()?, held))))
    }

    /// What the accounts of each currency hold together, in the order of the currencies.
    pub fn totals(&self) -> &[(Currency, CurrencyTotal)] {
        &self.totals
    }

    /// What the accounts of a currency hold together; `None` where there are none.
    pub fn total(&self, currency: Currency) -> Option<&CurrencyTotal> {
        let place = self.totals.binary_search_by_key(&currency, |(code, _)| *code).ok()?;
        self.totals.get(place).map(|(_, total)| total)
    }

    /// Opens an account; `false` where it is open already.
    fn open(&mut self, opened: &AccountOpened, recorded: &Recorded<'_, AccountEvent>) -> bool {
        let index = recorded.stream.index();
        let slot = index.and_then(|index| self.terms.slot(index)).filter(|slot| slot.is_none());
        let held = index.and_then(|index| self.held.slot(index));
        let (Some(slot), Some(held)) = (slot, held) else { return false };
        self.count += 1;
        held.last_at = recorded.occurred_at;
        *slot = Some(Arc::new(Terms {
            owner: opened.owner.clone(),
            name: opened.name.clone(),
            currency: opened.currency,
            opened_at: recorded.occurred_at,
            opening: recorded.version,
            overdraft_limit: 0,
            is_closed: false,
        }));
        if let Err(place) = self.totals.binary_search_by_key(&opened.currency, |(code, _)| *code) {
            self.totals.insert(place, (opened.currency, CurrencyTotal::default()));
        }
        true
    }

    fn amend(&mut self, index: usize, change: impl FnOnce(&mut Terms)) {
        if let Some(terms) = self.terms.get_mut(index).and_then(Option::as_mut) {
            change(Arc::make_mut(terms));
        }
    }

    /// Books an event on its account, if it counts; `false` where the account is not open.
    fn book(&mut self, recorded: &Recorded<'_, AccountEvent>) -> bool {
        let Some(index) = recorded.stream.index() else { return false };
        let Some(Terms { opening, currency, .. }) = self.terms.get(index).and_then(Option::as_deref) else {
            return false;
        };
        let (opening, currency) = (*opening, *currency);
        if recorded.version < opening {
            return true;
        }
        let Some(held) = self.held.get_mut(index) else { return false };
        let before = held.balance;
        // A second opening changes nothing.
        if recorded.version == opening || !matches!(recorded.event, AccountEvent::Opened(_)) {
            held.balance = before.saturating_add(recorded.event.change());
        }
        held.last_at = held.last_at.max(recorded.occurred_at);
        held.last_position = recorded.position;
        held.version = held.version.next();
        let change = i128::from(held.balance) - i128::from(before);
        let mut is_transfer = false;
        match recorded.event {
            AccountEvent::OverdraftLimitSet(set) => self.amend(index, |terms| terms.overdraft_limit = set.limit),
            AccountEvent::Closed(_) => self.amend(index, |terms| terms.is_closed = true),
            AccountEvent::TransferSent(_) | AccountEvent::TransferReceived(_) => is_transfer = true,
            AccountEvent::Opened(_)
            | AccountEvent::Deposited(_)
            | AccountEvent::Withdrawn(_)
            | AccountEvent::Interest(_)
            | AccountEvent::Fee(_) => {}
        }
        // There are few of them: to look through them costs less than to search.
        if let Some((_, total)) = self.totals.iter_mut().find(|(code, _)| *code == currency) {
            total.balance += change;
            if is_transfer {
                total.in_transit -= change;
            }
            if change > 0 {
                total.credits += change;
            } else {
                total.debits -= change;
            }
        }
        true
    }
}

impl Projection for Balances {
    type Event = AccountEvent;
    const NAME: &'static str = "balances";
    const REVISION: u32 = 2;

    fn weight(&self) -> usize {
        size_of::<Self>() + self.terms.bytes() + self.held.bytes() + size_of_val(self.totals())
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
