//! What can happen to an account. The names of the types are the names that are stored.

use super::{Currency, DayCount, RateBps};
use crate::kernel::Label;
use serde::{Deserialize, Serialize};

/// Anything that happened to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountEvent {
    /// It was opened. In a box, as it happens once and would make every event larger.
    Opened(Box<AccountOpened>),
    /// Money came in.
    Deposited(MoneyDeposited),
    /// Money went out.
    Withdrawn(MoneyWithdrawn),
    /// Money went to another account.
    TransferSent(TransferSent),
    /// Money came from another account.
    TransferReceived(TransferReceived),
    /// Interest was credited. In a box for the same reason: it says more than the others and happens seldom.
    Interest(Box<InterestCalculated>),
    /// A fee was taken.
    Fee(FeeCharged),
    /// How far it may go below zero was agreed.
    OverdraftLimitSet(OverdraftLimitSet),
    /// It was closed.
    Closed(AccountClosed),
}

/// What kind of event it is, without what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// The account was opened.
    Opened,
    /// Money came in.
    Deposited,
    /// Money went out.
    Withdrawn,
    /// Money went to another account.
    TransferSent,
    /// Money came from another account.
    TransferReceived,
    /// Interest was credited.
    Interest,
    /// A fee was taken.
    Fee,
    /// How far the account may go below zero was agreed.
    OverdraftLimitSet,
    /// The account was closed.
    Closed,
}

/// An account was opened. Amounts here and below are in minor units of the account's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountOpened {
    /// Who owns it.
    pub owner: Label,
    /// What it is called; empty where it goes by its owner.
    #[serde(default)]
    pub name: Label,
    /// What it is kept in.
    pub currency: Currency,
    /// What it started with.
    pub initial_balance: i64,
}

/// Money came in. Schema 1 was `{amount}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyDeposited {
    /// How much, above zero.
    pub amount: i64,
    /// Of which currency; `None` where schema 1 did not say: then it is the account's.
    pub currency: Option<Currency>,
    /// Where from; `unknown` where schema 1 did not say.
    pub source: Label,
}

/// Money went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyWithdrawn {
    /// How much, above zero.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
    /// Where it was taken: `Bergen, Torget 3`. The town stands before the first comma.
    pub atm_location: Label,
}

/// Money went to another account; the same commit holds the [`TransferReceived`] of the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferSent {
    /// How much, above zero.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
    /// The account it went to.
    pub to: Label,
}

/// Money came from another account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferReceived {
    /// How much, above zero.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
    /// The account it came from.
    pub from: Label,
}

/// Interest was credited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterestCalculated {
    /// How much, above zero.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
    /// The yearly rate, in hundredths of a percent.
    #[serde(rename = "rate")]
    pub rate: RateBps,
    /// For how many days; absent where a file did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    /// By which day count; absent where a file did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_count: Option<DayCount>,
}

/// A fee was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeCharged {
    /// How much, above zero.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
    /// What for.
    pub reason: Label,
}

/// How far the account may go below zero was agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverdraftLimitSet {
    /// How far, zero or more.
    pub limit: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// The account was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountClosed {}

impl From<AccountOpened> for AccountEvent {
    fn from(opened: AccountOpened) -> Self {
        Self::Opened(Box::new(opened))
    }
}

impl From<InterestCalculated> for AccountEvent {
    fn from(interest: InterestCalculated) -> Self {
        Self::Interest(Box::new(interest))
    }
}

/// What a place for an event has in memory: the more of them are decoded and kept, the smaller they are.
const EVENT_BYTES: usize = if cfg!(target_pointer_width = "32") { 24 } else { 32 };
const _: () = assert!(size_of::<Option<AccountEvent>>() == EVENT_BYTES, "a million events have grown");

impl AccountEvent {
    /// What kind it is of.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Opened(_) => EventKind::Opened,
            Self::Deposited(_) => EventKind::Deposited,
            Self::Withdrawn(_) => EventKind::Withdrawn,
            Self::TransferSent(_) => EventKind::TransferSent,
            Self::TransferReceived(_) => EventKind::TransferReceived,
            Self::Interest(_) => EventKind::Interest,
            Self::Fee(_) => EventKind::Fee,
            Self::OverdraftLimitSet(_) => EventKind::OverdraftLimitSet,
            Self::Closed(_) => EventKind::Closed,
        }
    }

    /// By how much the balance changes: above zero where money comes in.
    pub fn change(&self) -> i64 {
        match self {
            Self::Opened(event) => event.initial_balance,
            Self::Deposited(event) => event.amount,
            Self::TransferReceived(event) => event.amount,
            Self::Interest(event) => event.amount,
            Self::Withdrawn(event) => event.amount.saturating_neg(),
            Self::TransferSent(event) => event.amount.saturating_neg(),
            Self::Fee(event) => event.amount.saturating_neg(),
            Self::OverdraftLimitSet(_) | Self::Closed(_) => 0,
        }
    }

    /// Whether it says anything of money that moved.
    pub fn moves_money(&self) -> bool {
        match self {
            Self::Opened(event) => event.initial_balance != 0,
            Self::Deposited(_)
            | Self::TransferReceived(_)
            | Self::Interest(_)
            | Self::Withdrawn(_)
            | Self::TransferSent(_)
            | Self::Fee(_) => true,
            Self::OverdraftLimitSet(_) | Self::Closed(_) => false,
        }
    }
}
