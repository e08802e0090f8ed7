//! Verifying a stored log, and folding read models anew.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use annals::{
    app::{BankCommand, Damage, Env, Intent, Ledger, Playhead, Progress, RebuildError, VerifyError},
    bank::{AccountCommand, Currency, Money},
    kernel::{
        AppendError, Block, BlockError, EventId, EventLog, Label, LogError, MergePolicy, Position, StoredBlock, Tail,
        Timestamp,
    },
    store::MemoryLog,
};
use futures_executor::block_on;
use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};

struct Clockwork(Cell<i64>);

impl Env for Clockwork {
    fn now(&self) -> Timestamp {
        self.0.set(self.0.get() + 1000);
        Timestamp::from_millis(self.0.get())
    }
    fn new_id(&self) -> EventId {
        self.0.set(self.0.get() + 1);
        EventId::parse(&format!("id-{}", self.0.get()))
    }
    // Every slice is over at once.
    fn elapsed_micros(&self) -> u64 {
        self.0.set(self.0.get() + 1);
        self.0.get().cast_unsigned() * 1_000_000
    }
    async fn breathe(&self) {}
}

fn env() -> Clockwork {
    Clockwork(Cell::new(1_700_000_000_000))
}

type Change = fn(Vec<StoredBlock>) -> Vec<StoredBlock>;

/// A log in which something can be changed behind everybody's back.
#[derive(Clone, Default)]
struct Tampered {
    log: MemoryLog,
    change: Arc<RefCell<Option<Change>>>,
}

impl Tampered {
    async fn stored(&self) -> Result<Vec<StoredBlock>, LogError> {
        let all = self.log.read(Position::ZERO, u32::MAX).await?;
        Ok(match *self.change.borrow() {
            Some(change) => change(all),
            None => all,
        })
    }
}

impl EventLog for Tampered {
    async fn last(&self) -> Result<Position, LogError> {
        Ok(self.stored().await?.last().map_or(Position::ZERO, |block| block.last))
    }
    async fn append(&self, expected: Tail, blocks: &[Block]) -> Result<(), AppendError> {
        self.log.append(expected, blocks).await
    }
    async fn read(&self, after: Position, blocks_max: u32) -> Result<Vec<StoredBlock>, LogError> {
        let all = self.stored().await?.into_iter();
        Ok(all.filter(|block| block.last > after).take(blocks_max as usize).collect())
    }
    async fn merge(&self, parts: &[Position], merged: &Block) -> Result<bool, LogError> {
        self.log.merge(parts, merged).await
    }
}

async fn send(ledger: &Ledger<Tampered>, env: &Clockwork, command: AccountCommand) {
    send_at(ledger, env, None, command).await;
}

async fn send_at(ledger: &Ledger<Tampered>, env: &Clockwork, occurred_at: Option<Timestamp>, command: AccountCommand) {
    let command = BankCommand::Account { number: "ACC-0001".into(), command };
    let intent = Intent { actor: "ada".into(), reason: "a test".into(), occurred_at, command };
    ledger.dispatch(&intent, env).await.unwrap();
}

/// An account with ten events, each in a block of its own.
async fn ten_events() -> (Tampered, Ledger<Tampered>, Clockwork) {
    let (log, env) = (Tampered::default(), env());
    let ledger = Ledger::open(log.clone(), &env, |_| {}).await.unwrap();
    let eur = |minor| Money::new(minor, Currency::EUR);
    let open = AccountCommand::Open { owner: "Ada".into(), name: Label::default(), initial_balance: eur(100) };
    send(&ledger, &env, open).await;
    for minor in 1..10 {
        send(&ledger, &env, AccountCommand::Deposit { amount: eur(minor), source: "cash".into() }).await;
    }
    (log, ledger, env)
}

#[test]
fn a_whole_log_is_verified_event_by_event_in_blocks_of_any_size() {
    block_on(async {
        let (log, ledger, env) = ten_events().await;
        let mut told = Vec::new();
        let found = ledger.verify(&env, |progress| {
            told.push((progress.done, progress.total));
            progress.reached.is_some()
        });
        let found = found.await.unwrap();
        assert_eq!((found.events, found.blocks), (10, 10));
        assert_eq!(found.bytes, log.stored().await.unwrap().iter().map(|block| block.bytes.len() as u64).sum::<u64>());
        assert_eq!(told, (1..=10).map(|done| (done, 10)).collect::<Vec<_>>());

        let other = Ledger::open(log.clone(), &env, |_| {}).await.unwrap();
        let policy = MergePolicy { fan_in: 2, ..MergePolicy::default() };
        assert_eq!(other.merge_blocks(policy, &env).await, Ok(9));
        let found = ledger.verify(&env, |_| true).await.unwrap();
        assert_eq!((found.events, found.blocks), (10, 1));
        // It has gone on behind what this page has read.
        send(
            &other,
            &env,
            AccountCommand::Withdraw { amount: Money::new(5, Currency::EUR), atm_location: "Bergen".into() },
        )
        .await;
        assert_eq!(ledger.verify(&env, |_| true).await.unwrap().events, 11);
    });
}

#[test]
fn what_is_wrong_with_a_log_is_named() {
    let flip = |mut all: Vec<StoredBlock>| {
        let mut bytes = all[3].bytes.to_vec();
        bytes[150] ^= 1;
        all[3].bytes = bytes.into();
        all
    };
    let lose = |mut all: Vec<StoredBlock>| {
        all.remove(4);
        all
    };
    let shorten = |mut all: Vec<StoredBlock>| {
        all.truncate(7);
        all
    };
    let misplace = |mut all: Vec<StoredBlock>| {
        all[9].last = Position::new(12);
        all
    };
    // The contents are another history's, and every checksum is right.
    let replace = |all: Vec<StoredBlock>| {
        let mut tail = Tail::START;
        all.into_iter()
            .map(|stored| {
                let mut events = Block::from_bytes(stored.bytes).unwrap().events().unwrap();
                events[0].event.reason = "another".into();
                let block = Block::seal(&events, tail.chain).unwrap();
                tail = Tail::after(block.header());
                StoredBlock { last: stored.last, bytes: block.bytes().into() }
            })
            .collect()
    };
    block_on(async {
        let (log, ledger, env) = ten_events().await;
        let verify = async |change: Change| {
            *log.change.borrow_mut() = Some(change);
            ledger.verify(&env, |_| true).await.unwrap_err()
        };
        let damaged = |first, error| {
            let (first, tail) = (Position::new(first), Position::new(10));
            VerifyError::Damaged(Damage { first, error, tail })
        };
        let VerifyError::Damaged(Damage { first, error: BlockError::Checksum { .. }, .. }) = verify(flip).await else {
            panic!("a flipped bit is found by the checksum")
        };
        assert_eq!(first, Position::new(4));
        let out_of_place = BlockError::OutOfPlace { expected: Position::new(5), found: Position::new(6) };
        assert_eq!(verify(lose).await, damaged(5, out_of_place));
        let early = VerifyError::EndsEarly { stored: Position::new(7), read: Position::new(10) };
        assert_eq!(verify(shorten).await, early);
        assert!(
            matches!(verify(misplace).await, VerifyError::Damaged(Damage { first, .. }) if first == Position::new(10))
        );
        assert_eq!(verify(replace).await, VerifyError::Different);
        assert_eq!(
            verify(|_| Vec::new()).await,
            VerifyError::EndsEarly { stored: Position::ZERO, read: Position::new(10) }
        );
        *log.change.borrow_mut() = None;
        assert!(ledger.verify(&env, |_| true).await.is_ok());
    });
}

#[test]
fn a_verification_can_be_cancelled() {
    block_on(async {
        let (_, ledger, env) = ten_events().await;
        assert_eq!(ledger.verify(&env, |progress| progress.done < 3).await, Err(VerifyError::Cancelled));
    });
}

#[test]
fn read_models_that_are_folded_anew_say_the_same() {
    block_on(async {
        let (_, ledger, env) = ten_events().await;
        let shown = |ledger: &Ledger<Tampered>| {
            ledger.read(|read| {
                let moment = read.moment(Playhead::default());
                (read.balances(&moment).clone(), read.sources(&moment).clone(), read.alert_count(&moment))
            })
        };
        let before = shown(&ledger);
        let mut steps: Vec<Progress> = Vec::new();
        let outcome = ledger.rebuild(&env, |progress| {
            steps.push(progress);
            true
        });
        assert_eq!(outcome.await, Ok(true));
        assert_eq!(shown(&ledger), before);
        // Three read models of ten events, once for both clocks: none is dated back.
        assert!(steps.is_sorted_by_key(|progress| progress.done) && steps.iter().all(|progress| progress.total == 30));
        assert_eq!(steps.last().map(|progress| progress.done), Some(30));
        assert_eq!(ledger.rebuild(&env, |_| false).await, Err(RebuildError::Cancelled));
        assert_eq!(shown(&ledger), before, "a cancelled one leaves what is shown");
        send(&ledger, &env, AccountCommand::Deposit { amount: Money::new(1, Currency::EUR), source: "cash".into() })
            .await;
        assert_ne!(shown(&ledger), before);
        send_at(
            &ledger,
            &env,
            Some(Timestamp::from_millis(1_700_000_000_000)),
            AccountCommand::Withdraw { amount: Money::new(1, Currency::EUR), atm_location: "Bergen".into() },
        )
        .await;
        steps.clear();
        let outcome = ledger.rebuild(&env, |progress| {
            steps.push(progress);
            true
        });
        assert_eq!(outcome.await, Ok(true));
        assert!(steps.is_sorted_by_key(|progress| progress.done) && steps.iter().all(|progress| progress.total == 72));
        assert_eq!(steps.last().map(|progress| progress.done), Some(72), "where the clocks differ, each is folded");
    });
}
