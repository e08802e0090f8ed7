//! Commands that are sent to the end of a log while its history is still being read: they come to what they come to when
//! it has been read.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    app::{Ahead, BankCommand, DispatchError, Env, Intent, Ledger, Outcome, RefusalReason, SavingPolicy},
    bank::{Account, AccountCommand, AccountState, DayCount, InterestQuote, Money, RateBps, Refusal},
    kernel::{Aggregate as _, Clock, EventId, EventLog as _, Label, NewEvent, Position, Rank, StreamName, Timestamp},
    store::MemoryLog,
};
use build::{at, closed, deposited, eur, limit_set, opened, written};
use futures_executor::block_on;
use std::cell::Cell;

const ALWAYS: SavingPolicy =
    SavingPolicy { events_min: 1, every: 0, tail_max: u32::MAX, blocks_max: u32::MAX, run_events: 1024 };

/// Gives the same times and ids in the same order.
#[derive(Default)]
struct Counting(Cell<u32>);

impl Counting {
    fn next(&self) -> u32 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
}

impl Env for Counting {
    fn now(&self) -> Timestamp {
        at("2024-06-01 12:00").plus_micros(i64::from(self.next()))
    }
    fn new_id(&self) -> EventId {
        EventId::parse(&format!("id-{}", self.next()))
    }
    fn elapsed_micros(&self) -> u64 {
        0
    }
    async fn breathe(&self) {}
}

/// Three accounts, the last of them closed; some of it lies behind the checkpoint.
async fn kept(clock: Clock) -> MemoryLog {
    let log = MemoryLog::new();
    let happened = [
        ("A", opened(eur(100)), "2024-01-02 08:00"),
        ("B", opened(eur(0)), "2024-01-03 09:30"),
        ("A", limit_set(eur(50)), "2024-01-03 10:00"),
        ("C", opened(eur(0)), "2024-01-05 11:00"),
    ];
    let behind = [("A", deposited(eur(20)), "2024-01-06 10:00"), ("C", closed(), "2024-01-06 10:00")];
    append(&log, happened.iter().map(|(name, event, time)| written(name, event, at(time)))).await;
    let ledger = open(&log).await;
    assert_eq!(ledger.save_checkpoint(clock, ALWAYS, &Counting::default()).await, Ok(true));
    append(&log, behind.iter().map(|(name, event, time)| written(name, event, at(time)))).await;
    log
}

async fn open(log: &MemoryLog) -> Ledger<MemoryLog> {
    Ledger::open(log.clone(), &Counting::default(), |_| {}).await.unwrap()
}

async fn append(log: &MemoryLog, events: impl Iterator<Item = NewEvent>) {
    let events: Vec<_> = events.map(|event| (event, None)).collect();
    open(log).await.append_staged(events, &Counting::default(), |_| true).await.unwrap();
}

async fn ahead(log: &MemoryLog) -> Ahead<MemoryLog> {
    Ahead::of(log.clone(), Clock::Recorded, ALWAYS).await.unwrap()
}

fn of(number: &str, command: AccountCommand) -> BankCommand {
    BankCommand::Account { number: Label::new(number), command }
}

fn intent(command: BankCommand) -> Intent {
    let occurred_at = Some(at("2024-02-01 00:00"));
    Intent { actor: "ada".into(), reason: "because".into(), occurred_at, command }
}

fn deposit(number: &str, minor: i64) -> BankCommand {
    of(number, AccountCommand::Deposit { amount: eur(minor), source: "cash".into() })
}

/// One of every kind, those included that are refused.
fn commands() -> Vec<BankCommand> {
    let withdraw = |minor| AccountCommand::Withdraw { amount: eur(minor), atm_location: "Bonn".into() };
    let transfer = |from: &str, to: &str, amount: Money| BankCommand::Transfer {
        from: Label::new(from),
        to: Label::new(to),
        amount,
    };
    let quote = InterestQuote {
        minor: 1,
        currency: eur(0).currency,
        days: 31,
        rate: RateBps(150),
        day_count: DayCount::Actual360,
    };
    let open = AccountCommand::Open { owner: "Dora".into(), name: "".into(), initial_balance: eur(7) };
    vec![
        deposit("A", 5),
        of("B", AccountCommand::PostInterest { quote }),
        of("A", withdraw(176)),
        of("A", withdraw(175)),
        of("A", AccountCommand::SetOverdraftLimit { limit: eur(60) }),
        of("A", AccountCommand::ChargeFee { amount: eur(3), reason: "card".into() }),
        transfer("A", "B", eur(7)),
        transfer("A", "B", eur(1)),
        transfer("B", "C", eur(1)),
        deposit("C", 1),
        deposit("D", 1),
        of("D", open.clone()),
        of("D", open),
        transfer("D", "B", eur(7)),
        of("D", AccountCommand::Close),
        deposit("D", 1),
        deposit("/", 0),
    ]
}

#[test]
fn a_command_comes_to_the_same_before_and_after_the_history_is_read() {
    block_on(async {
        let (log, other) = (kept(Clock::Recorded).await, kept(Clock::Recorded).await);
        let (ahead, ledger) = (ahead(&log).await, open(&other).await);
        assert_eq!(ahead.tail(), ledger.tail());
        let (here, there) = (Counting::default(), Counting::default());
        let mut refused = 0;
        for command in commands() {
            assert_eq!(ahead.preview(&command), ledger.preview(&command), "{command:?}");
            let outcomes = (
                ahead.dispatch(&intent(command.clone()), &here).await,
                ledger.dispatch(&intent(command.clone()), &there).await,
            );
            assert_eq!(outcomes.0, outcomes.1, "{command:?}");
            refused += usize::from(outcomes.0.is_err());
            // Each has asked for as many times and ids as the other.
            assert_eq!((here.0.get(), ahead.tail()), (there.0.get(), ledger.tail()));
            let shown = ahead.checkpoint();
            let read = ledger.read(|read| read.balances_at(Clock::Recorded, Rank::new(u32::MAX)).clone());
            assert_eq!(shown.state(), &read, "{command:?}");
            assert_eq!(ledger.confirms(&shown), Some(true));
        }
        assert_eq!((refused, ahead.tail().position), (8, Position::new(17)));
        assert_eq!(
            log.read(Position::ZERO, u32::MAX).await,
            other.read(Position::ZERO, u32::MAX).await,
            "byte by byte, what is stored is the same"
        );
        assert_eq!(open(&log).await.verify(&here, |_| true).await.map(|found| found.events), Ok(17));
    });
}

#[test]
fn an_account_stands_where_its_events_lead() {
    block_on(async {
        let ahead = ahead(&kept(Clock::Recorded).await).await;
        let state = |number: &str| {
            let name = StreamName::new(Account::CATEGORY, number).unwrap();
            ahead.read(|accounts| accounts.state(&name))
        };
        assert_eq!((state("C"), state("Z")), (AccountState::Closed, AccountState::Unopened));
        let AccountState::Open(a) = state("A") else { panic!("A is open") };
        assert_eq!((a.balance, a.overdraft_limit), (120, 50));
    });
}

#[test]
fn where_another_writer_was_first_nothing_is_appended() {
    block_on(async {
        let log = kept(Clock::Recorded).await;
        let ahead = ahead(&log).await;
        let env = Counting::default();
        let theirs = open(&log).await.dispatch(&intent(deposit("B", 1)), &env).await;
        assert!(matches!(theirs, Ok(Outcome { committed: Some(_), .. })));
        let ours = ahead.dispatch(&intent(deposit("A", 5)), &env).await;
        assert_eq!(ours, Err(DispatchError::Contended { overtaken_by: Vec::new() }));
        assert_eq!(log.last().await, Ok(Position::new(7)), "theirs is the last");
        assert_eq!(ahead.tail().position, Position::new(6), "what is shown is as it was");
    });
}

#[test]
fn on_the_clock_of_what_happened_it_takes_no_commands() {
    block_on(async {
        let log = kept(Clock::Occurred).await;
        let ahead = Ahead::of(log.clone(), Clock::Occurred, ALWAYS).await.unwrap();
        assert!(!ahead.takes_commands());
        assert_eq!(ahead.preview(&deposit("A", 5)), Err(DispatchError::NotOpen));
        let sent = ahead.dispatch(&intent(deposit("A", 5)), &Counting::default()).await;
        assert_eq!((sent, log.last().await), (Err(DispatchError::NotOpen), Ok(Position::new(6))));
    });
}

#[test]
fn a_refusal_says_which_rule_refuses() {
    block_on(async {
        let ahead = ahead(&kept(Clock::Recorded).await).await;
        let refused = ahead.dispatch(&intent(deposit("C", 1)), &Counting::default()).await;
        let reason = RefusalReason::Account(Refusal::Closed);
        assert_eq!(refused, Err(DispatchError::Refused { reason, overtaken_by: Vec::new() }));
    });
}
