//! Checkpoints that are kept beside the log: they say what the history says, they are used for nothing else, and a start
//! from one reads as little of a long log as of a short one.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    app::{Ledger, SavingPolicy, look_ahead},
    bank::{AccountEvent, Balances, BankCodec, Money, demo::DemoLedger, demo::DemoSize},
    kernel::{
        AppendError, Block, Checkpoint, CheckpointError, CheckpointStore, Clock, Codec, Content, Decoded, EventLog,
        LogError, MergePolicy, NewEvent, Position, StoredBlock, Tail, Timestamp,
    },
    store::MemoryLog,
};
use build::{
    Still, at, closed, currency, deposited, eur, fee, limit_set, opened, raw, received, sent, withdrawn, written,
};
use futures_executor::block_on;
use proptest::prelude::*;
use std::{cell::Cell, fs, path::PathBuf, sync::Arc};

const CLOCKS: [Clock; 2] = [Clock::Recorded, Clock::Occurred];
const KEYS: [&str; 2] = ["balances recorded", "balances occurred"];
/// Keeps one of any log, and uses it however much follows.
const ALWAYS: SavingPolicy =
    SavingPolicy { events_min: 1, every: 0, tail_max: u32::MAX, blocks_max: u32::MAX, run_events: 1024 };
const SMALL: MergePolicy = MergePolicy { fan_in: 4, sealed_events: 32, sealed_bytes: usize::MAX };

async fn open<L: EventLog>(log: L) -> Ledger<L> {
    let ledger = Ledger::open(log, &Still, |_| {}).await.unwrap();
    ledger.fold(&Still).await;
    ledger
}

async fn append(log: &MemoryLog, events: impl IntoIterator<Item = NewEvent>) {
    let events: Vec<_> = events.into_iter().map(|event| (event, None)).collect();
    open(log.clone()).await.append_staged(events, &Still, |_| true).await.unwrap();
}

/// Some accounts and what happened to them, by hand.
fn some_events() -> Vec<NewEvent> {
    let kuwait = Money::new(-5_000, currency("KWD"));
    let in_kuwait = |minor| Money::new(minor, kuwait.currency);
    let happened = [
        ("A", opened(eur(100_000)), "2024-01-02 08:00"),
        ("B", opened(in_kuwait(7_001)), "2024-01-03 09:30"),
        ("A", limit_set(eur(50_000)), "2024-01-03 10:00"),
        ("A", withdrawn(eur(120_000)), "2024-01-04 10:00"),
        ("B", fee(in_kuwait(1), "card"), "2024-01-05 10:00"),
        ("C", opened(eur(0)), "2024-01-05 11:00"),
        ("A", sent(eur(10), "C"), "2024-01-06 10:00"),
        ("C", received(eur(10), "A"), "2024-01-06 10:00"),
        ("C", sent(eur(10), "A"), "2024-01-07 10:00"),
        ("C", closed(), "2024-01-08 10:00"),
    ];
    let mut events: Vec<_> = happened.iter().map(|(name, event, time)| written(name, event, at(time))).collect();
    events.push(raw("order/7", "OrderPlaced", 1, "{}", at("2024-01-09 10:00")));
    events
}

/// A log of some events, with its checkpoints.
async fn kept() -> MemoryLog {
    let log = MemoryLog::new();
    append(&log, some_events()).await;
    assert_eq!(save(&open(log.clone()).await, ALWAYS).await, [true; 2]);
    log
}

/// Saves along both clocks, where it is due; whether it was.
async fn save<L: EventLog + CheckpointStore>(ledger: &Ledger<L>, policy: SavingPolicy) -> [bool; 2] {
    let recorded = ledger.save_checkpoint(Clock::Recorded, policy, &Still).await.unwrap();
    [recorded, ledger.save_checkpoint(Clock::Occurred, policy, &Still).await.unwrap()]
}

fn state<L: EventLog>(ledger: &Ledger<L>, clock: Clock) -> Balances {
    ledger.read(|read| read.balances_at(clock, annals::kernel::Rank::new(u32::MAX)).clone())
}

fn codec() -> BankCodec {
    BankCodec::new().unwrap()
}

#[test]
fn a_checkpoint_says_what_the_history_says() {
    block_on(async {
        let log = kept().await;
        let ledger = open(log.clone()).await;
        for clock in CLOCKS {
            let ahead = look_ahead(&log, clock, ALWAYS).await.unwrap();
            assert_eq!((ahead.clock(), ahead.tail()), (clock, ledger.tail()));
            assert_eq!(ahead.state(), &state(&ledger, clock));
            let span = ledger.read(|read| read.history().timeline(clock).span()).unwrap();
            assert_eq!(ahead.span(clock), span);
            let streams: Vec<_> = ahead.streams().map(|(id, name, version)| (id, name.clone(), version)).collect();
            let known = ledger.read(|read| {
                let entry = |(id, entry): (_, &annals::kernel::StreamEntry)| (id, entry.name.clone(), entry.version());
                read.history().streams().map(entry).collect::<Vec<_>>()
            });
            assert_eq!(streams, known);
            for (id, name, version) in streams {
                assert_eq!(ahead.stream(id), Some((&name, version)));
                assert_eq!(ahead.stream_id(&name), Some(id));
            }
            assert_eq!(ledger.confirms(&ahead), Some(true));
        }
    });
}

#[test]
fn what_was_appended_since_is_counted() {
    block_on(async {
        let log = kept().await;
        append(&log, [written("D", &opened(eur(5)), at("2024-02-01 08:00"))]).await;
        append(&log, [written("A", &deposited(eur(7)), at("2024-02-02 08:00"))]).await;
        let ledger = open(log.clone()).await;
        for clock in CLOCKS {
            let ahead = look_ahead(&log, clock, ALWAYS).await.unwrap();
            assert_eq!((ahead.tail(), ahead.state()), (ledger.tail(), &state(&ledger, clock)));
        }
        let back_dated = written("A", &deposited(eur(7)), at("2024-01-04 08:00"));
        append(&log, [back_dated]).await;
        assert!(look_ahead(&log, Clock::Recorded, ALWAYS).await.is_some());
        assert!(look_ahead(&log, Clock::Occurred, ALWAYS).await.is_none(), "it has its place before what was counted");
    });
}

#[test]
fn a_log_that_is_not_the_one_has_no_use_for_it() {
    block_on(async {
        let log = kept().await;
        let checkpoint = log.load(KEYS[0]).await.unwrap().unwrap();
        let with_it = async |events: Vec<NewEvent>| {
            let other = MemoryLog::new();
            append(&other, events).await;
            other.save(&[(KEYS[0], &checkpoint)]).await.unwrap();
            look_ahead(&other, Clock::Recorded, ALWAYS).await.is_some()
        };
        assert!(with_it(some_events()).await, "the same events are the same log");
        let mut others = some_events();
        others[3].reason = "another".into();
        assert!(!with_it(others).await);
        let mut fewer = some_events();
        fewer.pop();
        assert!(!with_it(fewer).await);
        assert!(!with_it(Vec::new()).await);
        assert!(look_ahead(&log, Clock::Occurred, ALWAYS).await.is_some());
        log.save(&[(KEYS[1], &checkpoint)]).await.unwrap();
        assert!(look_ahead(&log, Clock::Occurred, ALWAYS).await.is_none(), "it is of the other clock");
    });
}

#[test]
fn without_checkpoints_everything_is_as_it_was() {
    block_on(async {
        let log = kept().await;
        let before = open(log.clone()).await;
        before.clear_checkpoints().await.unwrap();
        assert!(look_ahead(&log, Clock::Recorded, ALWAYS).await.is_none());
        let ledger = open(log.clone()).await;
        assert_eq!(ledger.tail(), before.tail());
        for clock in CLOCKS {
            assert_eq!(state(&ledger, clock), state(&before, clock));
        }
        assert_eq!(save(&ledger, ALWAYS).await, [true; 2]);
        assert!(look_ahead(&log, Clock::Recorded, ALWAYS).await.is_some());
    });
}

#[test]
fn a_wrong_one_is_found_out_once_the_history_is_read() {
    block_on(async {
        let log = kept().await;
        let ledger = open(log.clone()).await;
        let wrong = ledger.read(|read| {
            let state = read.balances_at(Clock::Recorded, annals::kernel::Rank::new(3)).clone();
            Checkpoint::of(read.history(), Clock::Recorded, state).unwrap()
        });
        log.save(&[(KEYS[0], &wrong.encode(&codec()))]).await.unwrap();
        let ahead = look_ahead(&log, Clock::Recorded, ALWAYS).await.unwrap();
        assert_eq!(ledger.confirms(&ahead), Some(false));
    });
}

#[test]
fn one_is_kept_of_a_long_log_and_again_once_it_has_grown() {
    block_on(async {
        let policy = SavingPolicy { events_min: 11, every: 2, ..ALWAYS };
        let log = MemoryLog::new();
        append(&log, some_events().into_iter().take(10)).await;
        let ledger = open(log.clone()).await;
        let deposit = || [(written("A", &deposited(eur(1)), at("2024-03-01 08:00")), None)];
        let mut kept = Vec::new();
        for _ in 0..6 {
            kept.push(save(&ledger, policy).await[0]);
            ledger.append_staged(deposit(), &Still, |_| true).await.unwrap();
        }
        assert_eq!(kept, [false, true, false, true, false, true]);
        let again = open(log.clone()).await;
        let ahead = look_ahead(&log, Clock::Recorded, policy).await.unwrap();
        assert_eq!(again.confirms(&ahead), Some(true));
        assert_eq!(
            save(&again, policy).await,
            [false, true],
            "the one that was found counts, the other clock's was not asked for"
        );
    });
}

#[test]
fn events_that_wait_for_an_opening_are_kept_with_the_rest() {
    block_on(async {
        let log = MemoryLog::new();
        append(&log, [written("A", &deposited(eur(1)), at("2024-01-01 08:00"))]).await;
        assert_eq!(save(&open(log.clone()).await, ALWAYS).await, [true; 2]);
        append(&log, [written("A", &opened(eur(5)), at("2024-01-02 08:00"))]).await;
        let ledger = open(log.clone()).await;
        for clock in CLOCKS {
            let ahead = look_ahead(&log, clock, ALWAYS).await.unwrap();
            assert_eq!((ahead.tail(), ahead.state()), (ledger.tail(), &state(&ledger, clock)));
            assert_eq!(ledger.confirms(&ahead), Some(true));
        }
    });
}

// ---- the format

#[derive(Clone)]
struct Changed(BankCodec);

impl Codec for Changed {
    type Event = AccountEvent;
    fn reads(&self, stream: &str) -> bool {
        self.0.reads(stream)
    }
    fn decode(&self, event: &Content<'_>) -> Decoded<AccountEvent> {
        self.0.decode(event)
    }
    fn fingerprint(&self) -> String {
        format!("{} and more", self.0.fingerprint())
    }
}

#[test]
fn changed_code_never_meets_an_old_one() {
    let bytes = block_on(async { kept().await.load(KEYS[0]).await.unwrap().unwrap() });
    assert!(Checkpoint::<Balances>::decode(&bytes, &codec()).is_ok());
    let changed = Checkpoint::<Balances>::decode(&bytes, &Changed(codec()));
    assert_eq!(changed.unwrap_err(), CheckpointError::OtherFold);
}

#[test]
fn what_was_written_is_read_as_it_was() {
    // The file is renewed whenever the format's number, or the fold's revision, is raised, and at no other time.
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/checkpoints/v2-balances-2.bin");
    let bytes = block_on(async { kept().await.load(KEYS[0]).await.unwrap().unwrap() });
    if std::env::var_os("RENEW_GOLDEN").is_some() {
        fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(fs::read(path).unwrap(), *bytes);
}

#[test]
fn a_flipped_byte_or_a_cut_is_noticed() {
    let bytes = block_on(async { kept().await.load(KEYS[0]).await.unwrap().unwrap() });
    for place in 0..bytes.len() {
        let mut bad = bytes.to_vec();
        bad[place] ^= 0x20;
        assert!(Checkpoint::<Balances>::decode(&bad, &codec()).is_err(), "byte {place}");
        assert!(Checkpoint::<Balances>::decode(&bytes[..place], &codec()).is_err(), "cut at {place}");
    }
}

/// The bytes with a checksum that fits.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = crc32fast::hash(bytes.get(8..).unwrap_or_default());
    if let Some(place) = bytes.get_mut(4..8) {
        place.copy_from_slice(&checksum.to_le_bytes());
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Odd contents behind a right checksum: read as something, or refused; never a panic, and never room without end.
    #[test]
    fn odd_contents_do_no_harm(changes in prop::collection::vec((8usize..700, any::<u8>()), 1..6), cut in 0usize..700) {
        let bytes = block_on(async { kept().await.load(KEYS[0]).await.unwrap().unwrap() });
        let mut bad = bytes.to_vec();
        for (place, byte) in changes {
            let place = place % bad.len();
            bad[place] = byte;
        }
        bad.truncate(bad.len().saturating_sub(cut % 40).max(8));
        let read = Checkpoint::<Balances>::decode(&resealed(bad), &codec());
        if let Ok(mut read) = read {
            let log = block_on(kept());
            for stored in block_on(log.read(Position::ZERO, 9)).unwrap() {
                read.advance(&Block::from_bytes(stored.bytes).unwrap(), &codec()).ok();
            }
        }
    }

    /// However a log was written and merged, and wherever the checkpoint was made: what is told from it is what the whole
    /// history tells, or nothing.
    #[test]
    fn any_checkpoint_with_any_tail_is_the_history(
        commits in prop::collection::vec(prop::collection::vec((0u8..4, 0u8..5, 0i64..40), 1..6), 1..12),
        at_commit in 0usize..12,
        [merge_before, merge_after, opened_first] in any::<[bool; 3]>(),
    ) {
        block_on(async {
            let log = MemoryLog::new();
            let ledger = open(log.clone()).await;
            let at_commit = at_commit % commits.len();
            if opened_first {
                let opening = |account: u8| (written(&account.to_string(), &opened(eur(50)), at("2024-01-01 07:00")), None);
                let openings: Vec<_> = (0..4).map(opening).collect();
                ledger.append_staged(openings, &Still, |_| true).await.unwrap();
            }
            for (number, commit) in commits.iter().enumerate() {
                let event = |(account, kind, hours): &(u8, u8, i64)| {
                    let event = match kind {
                        0 => opened(eur(50)),
                        1 => deposited(eur(7)),
                        2 => withdrawn(eur(3)),
                        3 => limit_set(eur(9)),
                        _ => closed(),
                    };
                    let time = at("2024-01-01 08:00").plus_micros(
                        (i64::try_from(number).unwrap() * 30 + hours) * 3600 * Timestamp::MICROS_PER_SECOND,
                    );
                    (written(&format!("{account}"), &event, time), None)
                };
                let events: Vec<_> = commit.iter().map(event).collect();
                ledger.append_staged(events, &Still, |_| true).await.unwrap();
                if number == at_commit {
                    if merge_before {
                        ledger.merge_blocks(SMALL, &Still).await.unwrap();
                    }
                    save(&ledger, ALWAYS).await;
                }
            }
            if merge_after {
                ledger.merge_blocks(SMALL, &Still).await.unwrap();
            }
            ledger.fold(&Still).await;
            for clock in CLOCKS {
                let ahead = look_ahead(&log, clock, ALWAYS).await;
                assert!(ahead.is_some() || clock == Clock::Occurred, "nothing stands in its way");
                if let Some(ahead) = ahead {
                    assert_eq!((ahead.tail(), ahead.state()), (ledger.tail(), &state(&ledger, clock)));
                    assert_eq!(ledger.confirms(&ahead), Some(true));
                }
            }
        });
    }
}

// ---- the cost of a start

/// A log that counts what is read of it.
#[derive(Default)]
struct Counted {
    log: MemoryLog,
    requests: Cell<u32>,
    blocks: Cell<usize>,
    bytes: Cell<usize>,
}

impl Counted {
    fn count(&self, blocks: usize, bytes: usize) {
        self.requests.set(self.requests.get() + 1);
        self.blocks.set(self.blocks.get() + blocks);
        self.bytes.set(self.bytes.get() + bytes);
    }
}

impl EventLog for Counted {
    async fn last(&self) -> Result<Position, LogError> {
        self.count(0, 0);
        self.log.last().await
    }
    async fn append(&self, expected: Tail, blocks: &[Block]) -> Result<(), AppendError> {
        self.log.append(expected, blocks).await
    }
    async fn read(&self, after: Position, blocks_max: u32) -> Result<Vec<StoredBlock>, LogError> {
        let blocks = self.log.read(after, blocks_max).await?;
        self.count(blocks.len(), blocks.iter().map(|block| block.bytes.len()).sum());
        Ok(blocks)
    }
    async fn merge(&self, parts: &[Position], merged: &Block) -> Result<bool, LogError> {
        self.log.merge(parts, merged).await
    }
}

impl CheckpointStore for Counted {
    async fn load(&self, key: &str) -> Result<Option<Arc<[u8]>>, LogError> {
        let found = self.log.load(key).await?;
        self.count(0, found.as_ref().map_or(0, |bytes| bytes.len()));
        Ok(found)
    }
    async fn save(&self, records: &[(&str, &[u8])]) -> Result<(), LogError> {
        self.log.save(records).await
    }
    async fn clear(&self) -> Result<(), LogError> {
        self.log.clear().await
    }
}

/// What a start reads of a log of so many events of 20 accounts.
fn read_at_start(events: u32) -> (u32, usize, usize) {
    block_on(async {
        let counted = Counted::default();
        let ledger = open(counted.log.clone()).await;
        let demo = DemoLedger::new(DemoSize { events, accounts: 20 });
        let staged = demo.map(|demo| (demo.event, Some(demo.recorded_at)));
        ledger.append_staged(staged, &Still, |_| true).await.unwrap();
        assert_eq!(save(&ledger, SavingPolicy::default()).await, [true; 2]);
        let ahead = look_ahead(&counted, Clock::Recorded, SavingPolicy::default()).await.unwrap();
        assert_eq!(ahead.tail(), ledger.tail());
        (counted.requests.get(), counted.blocks.get(), counted.bytes.get())
    })
}

#[test]
fn a_start_reads_one_checkpoint_and_one_block_however_long_the_log_is() {
    let (short, long) = (read_at_start(20_000), read_at_start(100_000));
    assert_eq!((short.0, short.1), (3, 1));
    assert_eq!((long.0, long.1), (3, 1));
    assert!(long.2 < 100_000, "{} bytes of a log of 100,000 events", long.2);
}

#[test]
fn a_long_tail_is_not_folded_at_a_start() {
    block_on(async {
        let log = kept().await;
        append(&log, (0..5).map(|_| written("A", &deposited(eur(1)), at("2024-03-01 08:00")))).await;
        let found = async |policy| look_ahead(&log, Clock::Recorded, policy).await.is_some();
        assert!(found(SavingPolicy { tail_max: 5, ..ALWAYS }).await);
        assert!(!found(SavingPolicy { tail_max: 4, ..ALWAYS }).await);
        assert!(found(SavingPolicy { blocks_max: 2, ..ALWAYS }).await);
        assert!(!found(SavingPolicy { blocks_max: 1, ..ALWAYS }).await, "the tail was not read to its end");
    });
}
