//! The bank: accounts kept as events. Pure; it knows the kernel and nothing else.

mod account;
mod alerts;
mod balances;
pub mod demo;
mod early;
mod event;
mod history;
mod interest;
mod money;
mod postings;
mod schema;
mod sources;
mod statement;
mod transfer;

pub use account::{Account, AccountCommand, AccountState, OpenAccount, Refusal};
pub use alerts::{Alert, AlertRule, Alerts};
pub use balances::{AccountRow, Balances, CurrencyTotal};
pub use event::{
    AccountClosed, AccountEvent, AccountOpened, EventKind, FeeCharged, InterestCalculated, MoneyDeposited,
    MoneyWithdrawn, OverdraftLimitSet, TransferReceived, TransferSent,
};
pub use history::{AccountHistory, Entries, Entry};
pub use interest::{DayCount, InterestError, InterestQuote, RateBps, interest};
pub use money::{Currency, Money, MoneyError, UnknownCurrency};
pub use postings::{Posting, Postings};
pub use schema::{BankCodec, EventBody, encode};
pub use sources::{Flow, SourceTotal, Sources};
pub use statement::{Movement, Statement};
pub use transfer::{TransferRefusal, transfer};
