//! A ledger over a log that two tabs share: commands, conflicts, both intents, damage.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use annals::{
    app::{
        BankCommand, DispatchError, Env, ImportError, Intent, Ledger, Playhead, RefusalReason, Stand, Travel, advice,
    },
    bank::{AccountCommand, AccountState, Currency, Money, Refusal},
    kernel::{
        AppendError, Block, BlockError, ChainHash, Clock, EventId, EventLog, Label, LogError, Position, StoredBlock,
        StreamName, Tail, Timestamp, Version,
    },
    store::MemoryLog,
};
use futures_executor::block_on;
use std::{
    cell::{Cell, RefCell},
    iter,
    rc::Rc,
    sync::Arc,
};

struct TestEnv(Cell<u64>);

impl Env for TestEnv {
    fn now(&self) -> Timestamp {
        self.0.set(self.0.get() + 1);
        Timestamp::from_millis(i64::try_from(self.0.get()).unwrap() * 1000)
    }
    fn new_id(&self) -> EventId {
        self.0.set(self.0.get() + 1);
        EventId::parse(&format!("id-{}", self.0.get()))
    }
    fn elapsed_micros(&self) -> u64 {
        0
    }
    async fn breathe(&self) {}
}

fn env() -> TestEnv {
    TestEnv(Cell::new(1_700_000_000))
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn intent(number: &str, command: AccountCommand) -> Intent {
    Intent {
        actor: "teller:m.lind".into(),
        reason: "a test".into(),
        occurred_at: None,
        command: BankCommand::Account { number: number.into(), command },
    }
}

fn opening(number: &str, minor: i64) -> Intent {
    intent(number, AccountCommand::Open { owner: "Ada".into(), name: Label::default(), initial_balance: eur(minor) })
}

fn withdrawal(number: &str, minor: i64) -> Intent {
    intent(number, AccountCommand::Withdraw { amount: eur(minor), atm_location: "Bergen, Torget 3".into() })
}

fn transfer(from: &str, to: &str, minor: i64) -> Intent {
    let command = BankCommand::Transfer { from: from.into(), to: to.into(), amount: eur(minor) };
    Intent { command, ..opening("unused", 0) }
}

/// A log whose blocks another tab merges whenever they are read: all events lie in one.
#[derive(Clone)]
struct Merged(MemoryLog);

impl EventLog for Merged {
    async fn last(&self) -> Result<Position, LogError> {
        self.0.last().await
    }
    async fn append(&self, expected: Tail, blocks: &[Block]) -> Result<(), AppendError> {
        self.0.append(expected, blocks).await
    }
    async fn read(&self, after: Position, blocks_max: u32) -> Result<Vec<StoredBlock>, LogError> {
        let all = self.0.read(Position::ZERO, u32::MAX).await?;
        let events: Vec<_> =
            all.into_iter().flat_map(|stored| Block::from_bytes(stored.bytes).unwrap().events().unwrap()).collect();
        let merged = Block::seal(&events, ChainHash::START).filter(|merged| merged.header().last() > after);
        let stored = |block: Block| StoredBlock { last: block.header().last(), bytes: Arc::from(block.bytes()) };
        Ok(merged.map(stored).into_iter().take(blocks_max as usize).collect())
    }
    async fn merge(&self, parts: &[Position], merged: &Block) -> Result<bool, LogError> {
        self.0.merge(parts, merged).await
    }
}

/// A log that can be exchanged for another one, and in which a byte of some block can be another than was written.
#[derive(Clone, Default)]
struct Unreliable {
    log: Rc<RefCell<MemoryLog>>,
    damaged: Rc<Cell<Option<Position>>>,
}

impl Unreliable {
    fn now(&self) -> MemoryLog {
        self.log.borrow().clone()
    }
}

impl EventLog for Unreliable {
    async fn last(&self) -> Result<Position, LogError> {
        self.now().last().await
    }
    async fn append(&self, expected: Tail, blocks: &[Block]) -> Result<(), AppendError> {
        self.now().append(expected, blocks).await
    }
    async fn merge(&self, parts: &[Position], merged: &Block) -> Result<bool, LogError> {
        self.now().merge(parts, merged).await
    }
    async fn read(&self, after: Position, blocks_max: u32) -> Result<Vec<StoredBlock>, LogError> {
        let mut blocks = self.now().read(after, blocks_max).await?;
        for block in blocks.iter_mut().filter(|block| Some(block.last) == self.damaged.get()) {
            let mut bytes = block.bytes.to_vec();
            bytes[130] ^= 1;
            block.bytes = bytes.into();
        }
        Ok(blocks)
    }
}

fn balance<L: EventLog>(ledger: &Ledger<L>, number: &str) -> i64 {
    match ledger.read(|read| read.account_state(&StreamName::new("account", number).unwrap())) {
        AccountState::Open(account) => account.balance,
        other => panic!("{number} is {other:?}"),
    }
}

#[test]
fn an_accepted_command_is_in_the_log_and_on_the_read_side() {
    block_on(async {
        let (log, env) = (MemoryLog::new(), env());
        let ledger = Ledger::open(log.clone(), &env, |_| {}).await.unwrap();
        let outcome = ledger.dispatch(&opening("ACC-0001", 500), &env).await.unwrap();
        assert_eq!(outcome.committed.unwrap().position, Position::FIRST);
        ledger.dispatch(&withdrawal("ACC-0001", 200), &env).await.unwrap();
        assert_eq!(balance(&ledger, "ACC-0001"), 300);
        let again = Ledger::open(log, &env, |_| {}).await.unwrap();
        assert_eq!(again.tail(), ledger.tail());
        assert_eq!(balance(&again, "ACC-0001"), 300);
    });
}

#[test]
fn the_preview_says_what_the_command_then_does() {
    block_on(async {
        let env = env();
        let ledger = Ledger::open(MemoryLog::new(), &env, |_| {}).await.unwrap();
        for number in ["ACC-0001", "ACC-0002"] {
            ledger.dispatch(&opening(number, 500), &env).await.unwrap();
        }
        let intent = transfer("ACC-0001", "ACC-0002", 200);
        let preview = ledger.preview(&intent.command).unwrap();
        assert_eq!(preview.balance, Some(eur(300)));
        assert!(preview.events.iter().all(|(_, version, _)| *version == Version::new(2)));
        let committed = ledger.dispatch(&intent, &env).await.unwrap().committed.unwrap();
        let promised: Vec<_> = preview.events.iter().map(|(stream, version, _)| (stream.clone(), *version)).collect();
        assert_eq!(committed.versions, promised);
        assert_eq!((balance(&ledger, "ACC-0001"), balance(&ledger, "ACC-0002")), (300, 700));
        let events = [4, 3].map(|n| ledger.read(|read| read.history().event(Position::new(n)).unwrap()));
        assert_eq!(events[0].event.correlation_id, events[1].event.correlation_id);
        assert_eq!(events[0].event.causation_id.as_ref(), Some(&events[1].event.id), "received because it was sent");
    });
}

#[test]
fn the_loser_of_a_race_is_decided_again_and_refused_with_both_intents() {
    block_on(async {
        let (log, env) = (MemoryLog::new(), env());
        let one = Ledger::open(log.clone(), &env, |_| {}).await.unwrap();
        one.dispatch(&opening("ACC-0001", 500), &env).await.unwrap();
        let two = Ledger::open(log, &env, |_| {}).await.unwrap();
        one.dispatch(&withdrawal("ACC-0001", 400), &env).await.unwrap();
        assert_eq!(balance(&two, "ACC-0001"), 500, "the second tab has not heard of it");
        let error = two.dispatch(&withdrawal("ACC-0001", 400), &env).await.unwrap_err();
        let DispatchError::Refused { reason, overtaken_by } = &error else { panic!("{error:?}") };
        let wanted = Refusal::InsufficientFunds { balance: eur(100), overdraft_limit: eur(0), wanted: eur(400) };
        assert_eq!(*reason, RefusalReason::Account(wanted));
        assert_eq!(overtaken_by.iter().map(|event| event.position.get()).collect::<Vec<_>>(), [2]);
        let advice = advice::of_dispatch_error(&error).text;
        assert!(advice.contains("version 2") && advice.contains("EUR 4.00"), "{advice}");
        assert_eq!(one.tail(), two.tail());
    });
}

#[test]
fn the_loser_of_a_race_succeeds_where_the_rules_still_allow_it() {
    block_on(async {
        let (log, env) = (MemoryLog::new(), env());
        let one = Ledger::open(log.clone(), &env, |_| {}).await.unwrap();
        one.dispatch(&opening("ACC-0001", 500), &env).await.unwrap();
        let two = Ledger::open(log, &env, |_| {}).await.unwrap();
        one.dispatch(&withdrawal("ACC-0001", 100), &env).await.unwrap();
        let outcome = two.dispatch(&withdrawal("ACC-0001", 100), &env).await.unwrap();
        assert_eq!(outcome.committed.unwrap().versions[0].1, Version::new(3));
        assert_eq!(outcome.overtaken_by.len(), 1);
        assert_eq!(balance(&two, "ACC-0001"), 300);
    });
}

#[test]
fn a_tab_that_slept_through_a_merge_reads_on_from_the_midst_of_the_block() {
    block_on(async {
        let (log, env) = (Merged(MemoryLog::new()), env());
        let one = Ledger::open(log.clone(), &env, |_| {}).await.unwrap();
        one.dispatch(&opening("ACC-0001", 500), &env).await.unwrap();
        let two = Ledger::open(log.clone(), &env, |_| {}).await.unwrap();
        for intent in iter::repeat_n(withdrawal("ACC-0001", 100), 3) {
            one.dispatch(&intent, &env).await.unwrap();
        }
        assert_eq!(two.catch_up(&env).await, Ok(true));
        assert_eq!((two.tail(), two.damage(), balance(&two, "ACC-0001")), (one.tail(), None, 200));
        let mut shown = Vec::new();
        for position in (1..=4).map(Position::new) {
            shown.push(two.read(|read| read.history().event(position)));
            assert_eq!(shown.last().cloned(), Some(one.read(|read| read.history().event(position))));
        }
        assert!(shown.iter().all(Option::is_some));
        // The one that is behind appends nothing by accident: it is decided again behind what it had not read.
        one.dispatch(&withdrawal("ACC-0001", 50), &env).await.unwrap();
        let outcome = two.dispatch(&withdrawal("ACC-0001", 50), &env).await.unwrap();
        assert_eq!((outcome.overtaken_by.len(), outcome.committed.unwrap().position), (1, Position::new(6)));
        assert_eq!(one.catch_up(&env).await, Ok(true));
        assert_eq!((one.tail(), balance(&one, "ACC-0001")), (two.tail(), 100));
    });
}

#[test]
fn a_tab_appends_nothing_to_a_log_that_was_cleared_or_replaced_under_it() {
    block_on(async {
        let (log, env) = (Unreliable::default(), env());
        let ledger = Ledger::open(log.clone(), &env, |_| {}).await.unwrap();
        ledger.dispatch(&opening("ACC-0001", 500), &env).await.unwrap();
        for length in 0..3 {
            *log.log.borrow_mut() = MemoryLog::new();
            let other = Ledger::open(log.now(), &env, |_| {}).await.unwrap();
            for number in 0..length {
                other.dispatch(&opening(&format!("ACC-000{number}"), 100), &env).await.unwrap();
            }
            let outcome = ledger.dispatch(&withdrawal("ACC-0001", 1), &env).await;
            let is_refused = match length {
                0 | 1 => outcome == Err(DispatchError::Diverged),
                // The events that follow another history are found to be none of this one.
                _ => matches!(&outcome, Err(DispatchError::Damaged(damage)) if damage.first == Position::new(2)),
            };
            assert!(is_refused, "{length}: {outcome:?}");
            assert_eq!((log.last().await.unwrap().get(), balance(&ledger, "ACC-0001")), (length, 500));
        }
    });
}

#[test]
fn nothing_is_appended_behind_a_damaged_block_and_what_lies_before_it_stays_usable() {
    block_on(async {
        let (log, env) = (Unreliable::default(), env());
        let whole = Ledger::open(log.clone(), &env, |_| {}).await.unwrap();
        for intent in [opening("ACC-0001", 500), withdrawal("ACC-0001", 100), withdrawal("ACC-0001", 100)] {
            whole.dispatch(&intent, &env).await.unwrap();
        }
        log.damaged.set(Some(Position::new(2)));
        let ledger = Ledger::open(log.clone(), &env, |_| {}).await.unwrap();
        let damage = ledger.damage().unwrap();
        assert_eq!((damage.first, damage.tail), (Position::new(2), Position::new(3)));
        assert!(matches!(damage.error, BlockError::Checksum { .. }), "{damage:?}");
        assert_eq!(balance(&ledger, "ACC-0001"), 500);
        let wanted = withdrawal("ACC-0001", 1);
        assert_eq!(ledger.preview(&wanted.command), Err(DispatchError::Damaged(damage.clone())));
        assert_eq!(ledger.dispatch(&wanted, &env).await, Err(DispatchError::Damaged(damage.clone())));
        assert_eq!(ledger.append_staged(Vec::new(), &env, |_| true).await, Err(ImportError::Damaged(damage)));
        assert_eq!(log.last().await, Ok(Position::new(3)));
    });
}

#[test]
fn new_events_do_not_move_a_playhead_that_stands_in_the_past() {
    block_on(async {
        let env = env();
        let ledger = Ledger::open(MemoryLog::new(), &env, |_| {}).await.unwrap();
        for minor in [500, 100, 50] {
            let intent = if minor == 500 { opening("ACC-0001", 500) } else { withdrawal("ACC-0001", minor) };
            ledger.dispatch(&intent, &env).await.unwrap();
        }
        let past = ledger.read(|read| Playhead::default().after(Travel::Step(-1), read.history()));
        assert_eq!(past.stand, Stand::At(Position::new(2)));
        ledger.dispatch(&withdrawal("ACC-0001", 1), &env).await.unwrap();
        let moment = ledger.read(|read| read.moment(past));
        assert_eq!((moment.position, moment.newer(), moment.is_live()), (Position::new(2), 2, false));
        let balances =
            ledger.read(|read| read.balances(&moment).iter().map(|(_, row)| row.balance).collect::<Vec<_>>());
        assert_eq!(balances, [400]);
        let forward = ledger.read(|read| past.after(Travel::Step(2), read.history()));
        assert_eq!(
            forward,
            Playhead { clock: Clock::Recorded, stand: Stand::Live },
            "landing on the head is live again"
        );
    });
}

#[test]
fn a_back_dated_event_takes_its_place_on_the_occurred_clock_only() {
    block_on(async {
        let env = env();
        let ledger = Ledger::open(MemoryLog::new(), &env, |_| {}).await.unwrap();
        ledger.dispatch(&opening("ACC-0001", 500), &env).await.unwrap();
        ledger.dispatch(&withdrawal("ACC-0001", 100), &env).await.unwrap();
        let between =
            ledger.read(|read| read.history().event(Position::new(2)).unwrap().event.occurred_at.plus_micros(-1));
        let earlier = Intent { occurred_at: Some(between), ..withdrawal("ACC-0001", 7) };
        ledger.dispatch(&earlier, &env).await.unwrap();
        let at = |clock, rank| {
            ledger.read(|read| {
                let live = Playhead { clock, stand: Stand::Live };
                let moment = read.moment(live.after(Travel::ToRank(annals::kernel::Rank::new(rank)), read.history()));
                read.balances(&moment).iter().map(|(_, row)| row.balance).collect::<Vec<_>>()
            })
        };
        assert_eq!(at(Clock::Recorded, 2), [400]);
        assert_eq!(at(Clock::Occurred, 2), [493]);
        assert_eq!(at(Clock::Occurred, 3), at(Clock::Recorded, 3));
    });
}
