//! The account: who may take what out of it.

use super::{
    AccountClosed, AccountEvent, AccountOpened, Currency, FeeCharged, InterestCalculated, InterestQuote, Money,
    MoneyDeposited, MoneyWithdrawn, OverdraftLimitSet, TransferReceived, TransferSent,
};
use crate::kernel::{Aggregate, Label};

/// The aggregate; its streams are `account/<number>`.
#[derive(Clone, Copy, Debug)]
pub struct Account;

/// An intention towards one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountCommand {
    /// Open it.
    Open {
        /// Who will own it.
        owner: Label,
        /// What it is to be called; empty: by its owner.
        name: Label,
        /// What it starts with, zero or more; says the currency too.
        initial_balance: Money,
    },
    /// Put money in.
    Deposit {
        /// How much.
        amount: Money,
        /// Where from.
        source: Label,
    },
    /// Take money out.
    Withdraw {
        /// How much.
        amount: Money,
        /// Where.
        atm_location: Label,
    },
    /// Send money to another account; half of a transfer, see [`super::transfer`].
    SendTransfer {
        /// How much.
        amount: Money,
        /// The other account.
        to: Label,
    },
    /// Take money from another account; the other half.
    ReceiveTransfer {
        /// How much.
        amount: Money,
        /// The other account.
        from: Label,
    },
    /// Credit interest.
    PostInterest {
        /// As [`super::interest`] calculates it.
        quote: InterestQuote,
    },
    /// Take a fee.
    ChargeFee {
        /// How much.
        amount: Money,
        /// What for.
        reason: Label,
    },
    /// Agree how far it may go below zero.
    SetOverdraftLimit {
        /// How far.
        limit: Money,
    },
    /// Close it.
    Close,
}

/// Where an account stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Nobody opened it yet.
    Unopened,
    /// It is in use.
    Open(OpenAccount),
    /// It is closed for good.
    Closed,
}

/// An account in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenAccount {
    /// What it is kept in.
    pub currency: Currency,
    /// What it holds, in minor units.
    pub balance: i64,
    /// How far it may go below zero, in minor units.
    pub overdraft_limit: i64,
}

/// Why a command is refused. Nothing was appended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is open already, or was.
    #[error("the account exists already")]
    AlreadyOpened,
    /// Nobody opened it.
    #[error("there is no such account")]
    NotOpened,
    /// It is closed for good.
    #[error("the account is closed")]
    Closed,
    /// Nothing, or less than nothing, cannot be moved.
    #[error("the amount must be above zero, it is {given}")]
    AmountNotPositive {
        /// What was given.
        given: Money,
    },
    /// A start or a limit below zero.
    #[error("it must not be below zero, it is {given}")]
    BelowZero {
        /// What was given.
        given: Money,
    },
    /// The account is kept in another currency.
    #[error("the account is kept in {account}, not in {given}")]
    WrongCurrency {
        /// The account's.
        account: Currency,
        /// The command's.
        given: Currency,
    },
    /// It does not hold that much.
    #[error("the account holds {balance} and may go {overdraft_limit} below zero; {wanted} were asked for")]
    InsufficientFunds {
        /// What it holds.
        balance: Money,
        /// How far it may go below zero.
        overdraft_limit: Money,
        /// What was asked for.
        wanted: Money,
    },
    /// The balance would not fit 64 bits.
    #[error("the balance would be too large a number")]
    Overflow,
    /// Only an account at zero is closed.
    #[error("the account still holds {balance}; only an account at zero can be closed")]
    NotAtZero {
        /// What it holds.
        balance: Money,
    },
}

impl Aggregate for Account {
    const CATEGORY: &'static str = "account";
    type Command = AccountCommand;
    type Event = AccountEvent;
    type State = AccountState;
    type Refusal = Refusal;

    fn initial() -> AccountState {
        AccountState::Unopened
    }

    fn decide(state: &AccountState, command: &AccountCommand) -> Result<Vec<AccountEvent>, Refusal> {
        match (state, command) {
            (AccountState::Unopened, AccountCommand::Open { owner, name, initial_balance }) => {
                open(owner, name, *initial_balance)
            }
            (AccountState::Open(_) | AccountState::Closed, AccountCommand::Open { .. }) => Err(Refusal::AlreadyOpened),
            (AccountState::Unopened, _) => Err(Refusal::NotOpened),
            (AccountState::Closed, AccountCommand::Close) => Ok(vec![]),
            (AccountState::Closed, _) => Err(Refusal::Closed),
            (AccountState::Open(account), command) => decide_open(account, command),
        }
    }

    fn evolve(state: AccountState, event: &AccountEvent) -> AccountState {
        match (state, event) {
            (AccountState::Unopened, AccountEvent::Opened(opened)) => AccountState::Open(OpenAccount {
                currency: opened.currency,
                balance: opened.initial_balance,
                overdraft_limit: 0,
            }),
            (AccountState::Open(_), AccountEvent::Closed(_)) => AccountState::Closed,
            // A second opening, of a foreign history, changes nothing.
            (open @ AccountState::Open(_), AccountEvent::Opened(_)) => open,
            (AccountState::Open(account), AccountEvent::OverdraftLimitSet(set)) => {
                AccountState::Open(OpenAccount { overdraft_limit: set.limit, ..account })
            }
            // Saturating, since this must not fail: `decide` keeps within bounds, and a file's facts are flagged.
            (AccountState::Open(account), event) => {
                let balance = account.balance.saturating_add(event.change());
                AccountState::Open(OpenAccount { balance, ..account })
            }
            // What a foreign history says of an account that is not open is no reason to invent one.
            (state @ (AccountState::Unopened | AccountState::Closed), _) => state,
        }
    }
}

fn open(owner: &Label, name: &Label, initial_balance: Money) -> Result<Vec<AccountEvent>, Refusal> {
    if initial_balance.minor < 0 {
        return Err(Refusal::BelowZero { given: initial_balance });
    }
    let Money { minor, currency } = initial_balance;
    Ok(vec![AccountEvent::from(AccountOpened {
        owner: owner.clone(),
        name: name.clone(),
        currency,
        initial_balance: minor,
    })])
}

fn decide_open(account: &OpenAccount, command: &AccountCommand) -> Result<Vec<AccountEvent>, Refusal> {
    let currency = account.currency;
    let event = match command {
        AccountCommand::Open { .. } => return Err(Refusal::AlreadyOpened),
        AccountCommand::Deposit { amount, source } => {
            let amount = account.credit(*amount)?;
            AccountEvent::Deposited(MoneyDeposited { amount, currency: Some(currency), source: source.clone() })
        }
        AccountCommand::Withdraw { amount, atm_location } => {
            let amount = account.debit(*amount)?;
            AccountEvent::Withdrawn(MoneyWithdrawn { amount, currency, atm_location: atm_location.clone() })
        }
        AccountCommand::SendTransfer { amount, to } => {
            AccountEvent::TransferSent(TransferSent { amount: account.debit(*amount)?, currency, to: to.clone() })
        }
        AccountCommand::ReceiveTransfer { amount, from } => {
            let amount = account.credit(*amount)?;
            AccountEvent::TransferReceived(TransferReceived { amount, currency, from: from.clone() })
        }
        AccountCommand::PostInterest { quote } => {
            let amount = account.credit(Money::new(quote.minor, quote.currency))?;
            let (rate, days, day_count) = (quote.rate, Some(quote.days), Some(quote.day_count));
            AccountEvent::from(InterestCalculated { amount, currency, rate, days, day_count })
        }
        AccountCommand::ChargeFee { amount, reason } => {
            AccountEvent::Fee(FeeCharged { amount: account.debit(*amount)?, currency, reason: reason.clone() })
        }
        AccountCommand::SetOverdraftLimit { limit } => match account.limit(*limit)? {
            limit if limit == account.overdraft_limit => return Ok(vec![]),
            limit => AccountEvent::OverdraftLimitSet(OverdraftLimitSet { limit, currency }),
        },
        AccountCommand::Close if account.balance != 0 => {
            return Err(Refusal::NotAtZero { balance: account.money(account.balance) });
        }
        AccountCommand::Close => AccountEvent::Closed(AccountClosed {}),
    };
    Ok(vec![event])
}

impl OpenAccount {
    /// What can be taken out: the balance and the overdraft.
    pub fn available(&self) -> i64 {
        self.balance.saturating_add(self.overdraft_limit)
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    fn positive(&self, amount: Money) -> Result<i64, Refusal> {
        if amount.currency != self.currency {
            return Err(Refusal::WrongCurrency { account: self.currency, given: amount.currency });
        }
        if amount.minor > 0 { Ok(amount.minor) } else { Err(Refusal::AmountNotPositive { given: amount }) }
    }

    fn credit(&self, amount: Money) -> Result<i64, Refusal> {
        let amount = self.positive(amount)?;
        // The balance and what is available must both stay within 64 bits.
        self.balance
            .checked_add(amount)
            .and_then(|balance| balance.checked_add(self.overdraft_limit))
            .ok_or(Refusal::Overflow)?;
        Ok(amount)
    }

    fn debit(&self, amount: Money) -> Result<i64, Refusal> {
        let amount = self.positive(amount)?;
        if amount > self.available() {
            return Err(Refusal::InsufficientFunds {
                balance: self.money(self.balance),
                overdraft_limit: self.money(self.overdraft_limit),
                wanted: self.money(amount),
            });
        }
        self.balance.checked_sub(amount).ok_or(Refusal::Overflow)?;
        Ok(amount)
    }

    fn limit(&self, limit: Money) -> Result<i64, Refusal> {
        if limit.currency != self.currency {
            return Err(Refusal::WrongCurrency { account: self.currency, given: limit.currency });
        }
        if limit.minor < 0 {
            return Err(Refusal::BelowZero { given: limit });
        }
        self.balance.checked_add(limit.minor).ok_or(Refusal::Overflow)?;
        Ok(limit.minor)
    }
}
