//! A ledger opened from the index that was kept of it answers everything as one does that has read all of its history, and
//! reads of the log only the blocks that it is asked about.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    app::{Env, FetchError, Ledger, LogFilter, LogSearch, Playhead, ReadSide, SavingPolicy, Stand},
    bank::{
        BankCodec,
        demo::{DemoLedger, DemoSize},
    },
    kernel::{
        AppendError, Block, BlockError, CheckpointStore, Clock, EventId, EventLog, KeptBlock, KeptIndex, LogError,
        MergePolicy, NewEvent, Position, Rank, StoredBlock, StreamId, StreamName, Tail, Timestamp,
    },
    store::MemoryLog,
};
use build::{Still, at, closed, deposited, eur, fee, limit_set, opened, raw, sent, withdrawn, written};
use futures_executor::block_on;
use proptest::prelude::*;
use std::{cell::Cell, collections::BTreeMap, rc::Rc, sync::Arc};

const CLOCKS: [Clock; 2] = [Clock::Recorded, Clock::Occurred];
/// Keeps one of any log.
const ALWAYS: SavingPolicy =
    SavingPolicy { events_min: 1, every: 0, tail_max: u32::MAX, blocks_max: u32::MAX, run_events: 1024 };
const SMALL: MergePolicy = MergePolicy { fan_in: 4, sealed_events: 700, sealed_bytes: usize::MAX };

type Became = fn(StoredBlock) -> Option<StoredBlock>;

/// Every slice is over at once.
#[derive(Default)]
struct Ticking(Cell<u64>);

impl Env for Ticking {
    fn now(&self) -> Timestamp {
        Still.now()
    }
    fn new_id(&self) -> EventId {
        Still.new_id()
    }
    fn elapsed_micros(&self) -> u64 {
        self.0.replace(self.0.get() + 1_000_000)
    }
    async fn breathe(&self) {}
}

/// A log that counts what is read of it.
#[derive(Clone, Default)]
struct Counted {
    log: MemoryLog,
    /// How often each block was read, by its last event.
    blocks: Rc<std::cell::RefCell<BTreeMap<Position, u32>>>,
    derived_bytes: Rc<Cell<usize>>,
    /// What became of each block since it was stored.
    became: Option<Became>,
}

impl Counted {
    fn blocks_read(&self) -> u32 {
        self.blocks.borrow().values().sum()
    }
}

impl EventLog for Counted {
    async fn last(&self) -> Result<Position, LogError> {
        self.log.last().await
    }
    async fn append(&self, expected: Tail, blocks: &[Block]) -> Result<(), AppendError> {
        self.log.append(expected, blocks).await
    }
    async fn read(&self, after: Position, blocks_max: u32) -> Result<Vec<StoredBlock>, LogError> {
        let mut blocks = self.log.read(after, u32::MAX).await?;
        if let Some(became) = self.became {
            blocks = blocks.into_iter().filter_map(became).collect();
        }
        blocks.truncate(blocks_max as usize);
        for block in &blocks {
            *self.blocks.borrow_mut().entry(block.last).or_default() += 1;
        }
        Ok(blocks)
    }
    async fn merge(&self, parts: &[Position], merged: &Block) -> Result<bool, LogError> {
        self.log.merge(parts, merged).await
    }
}

impl CheckpointStore for Counted {
    async fn load(&self, key: &str) -> Result<Option<Arc<[u8]>>, LogError> {
        let found = self.log.load(key).await?;
        self.derived_bytes.set(self.derived_bytes.get() + found.as_ref().map_or(0, |bytes| bytes.len()));
        Ok(found)
    }
    async fn save(&self, records: &[(&str, &[u8])]) -> Result<(), LogError> {
        self.log.save(records).await
    }
    async fn clear(&self) -> Result<(), LogError> {
        self.log.clear().await
    }
}

async fn whole(log: &MemoryLog) -> Ledger<MemoryLog> {
    let ledger = Ledger::open(log.clone(), &Still, |_| {}).await.unwrap();
    ledger.fold(&Still).await;
    ledger
}

async fn from_index(log: &MemoryLog) -> (Counted, Ledger<Counted>) {
    let counted = Counted { log: log.clone(), ..Counted::default() };
    let ledger = Ledger::open_kept(counted.clone(), &Still, |_| {}).await.unwrap();
    (counted, ledger)
}

async fn append<L: EventLog>(ledger: &Ledger<L>, events: Vec<NewEvent>) {
    let staged: Vec<_> = events.into_iter().map(|event| (event, None)).collect();
    ledger.append_staged(staged, &Still, |_| true).await.unwrap();
}

/// A demo ledger, and its index where it is said.
async fn demo(events: u32, accounts: u32) -> MemoryLog {
    let log = MemoryLog::new();
    let ledger = whole(&log).await;
    let demo = DemoLedger::new(DemoSize { events, accounts });
    ledger.append_staged(demo.map(|demo| (demo.event, Some(demo.recorded_at))), &Still, |_| true).await.unwrap();
    assert!(ledger.keep_index(ALWAYS, &Still).await.unwrap());
    log
}

/// Everything that a screen can ask, at some ranks and positions.
fn told(read: &mut ReadSide, ranks: &[u32]) -> Vec<String> {
    let mut told = vec![format!("{:?} {:?}", read.history().tail(), read.history().unreadable())];
    let head = read.history().head().get();
    let streams: Vec<(StreamId, StreamName)> =
        read.history().streams().map(|(id, entry)| (id, entry.name.clone())).collect();
    for clock in CLOCKS {
        for rank in ranks.iter().map(|rank| Rank::new(rank % (head + 1))) {
            let stand = read.history().timeline(clock).position_at(rank).map_or(Stand::Live, Stand::At);
            let moment = read.moment(Playhead { clock, stand });
            told.push(format!("{moment:?} {:?}", read.balances(&moment)));
            told.push(format!("{:?}", read.sources(&moment)));
            told.push(format!("{} {:?}", read.alert_count(&moment), read.alerts(&moment, 9)));
            for (id, _) in &streams {
                let id = *id;
                told.push(format!("{:?}", read.history().stream_version_at(id, clock, rank)));
            }
        }
        for (id, name) in &streams {
            told.push(format!("{name} {:?} {:?}", read.account(*id, clock), read.account_state(name)));
        }
        told.push(format!("{:?}", read.history().timeline(clock)));
    }
    for position in ranks.iter().map(|rank| Position::new(rank % (head + 2))) {
        let history = read.history();
        told.push(format!("{:?} {:?}", history.event(position), history.fact(position)));
        told.push(format!("{:?} {:?}", history.hashes(position), history.place_of(position)));
    }
    told
}

/// The same of a ledger that fetches what it lacks.
async fn told_fetching<L: EventLog>(ledger: &Ledger<L>, ranks: &[u32]) -> Vec<String> {
    ledger.fold(&Still).await;
    ledger.read_fetching(|read| told(read, ranks)).await.unwrap()
}

async fn search<L: EventLog>(ledger: &Ledger<L>, filter: LogFilter) -> Vec<Position> {
    let mut search = LogSearch::new(filter);
    while !ledger.read(|read| search.step(read.history(), 100)) {
        ledger.fetch().await.unwrap();
    }
    search.found().to_vec()
}

#[test]
fn a_start_reads_the_index_and_one_block_however_long_the_log_is() {
    block_on(async {
        for events in [20_000, 60_000] {
            let log = demo(events, 20).await;
            let (counted, ledger) = from_index(&log).await;
            ledger.fold(&Still).await;
            assert_eq!(counted.blocks_read(), 1, "the last one, which shows that this is the log");
            assert!(ledger.has_kept_index());
            assert_eq!(ledger.tail().position, Position::new(events));
            let bytes_an_event = counted.derived_bytes.get() / events as usize;
            assert!(bytes_an_event < 16, "{bytes_an_event} bytes an event");
            assert_eq!(ledger.read(|read| read.history().pages_decoded()), 0);
        }
    });
}

#[test]
fn a_seek_reads_a_few_blocks_and_no_more() {
    block_on(async {
        let log = demo(60_000, 20).await;
        let seek = async |rank: u32, clock| {
            let (counted, ledger) = from_index(&log).await;
            let before = counted.blocks_read();
            ledger.read_fetching(|read| drop(read.balances_at(clock, Rank::new(rank)).clone())).await.unwrap();
            counted.blocks_read() - before
        };
        for rank in (1..60_000).step_by(3_777) {
            let recorded = seek(rank, Clock::Recorded).await;
            assert!(recorded <= 2, "{recorded} blocks to rank {rank}");
            let occurred = seek(rank, Clock::Occurred).await;
            assert!(occurred <= 4, "{occurred} blocks to rank {rank} of what happened");
        }
    });
}

#[test]
fn a_demo_opened_from_its_index_says_what_its_history_says() {
    block_on(async {
        let log = demo(20_000, 40).await;
        let ranks = [0, 1, 255, 256, 4_095, 4_096, 4_097, 9_999, 12_345, 19_999, 20_000];
        let (_, ledger) = from_index(&log).await;
        let whole = whole(&log).await;
        assert_eq!(told_fetching(&ledger, &ranks).await, whole.read(|read| told(read, &ranks)));
        let filter = LogFilter { words: vec!["bergen".to_owned()], ..LogFilter::default() };
        assert_eq!(search(&ledger, filter.clone()).await, search(&whole, filter).await);
        for part in 0..100 {
            assert_eq!(ledger.check_part(part, &Still).await, Ok(true), "part {part}");
        }
    });
}

#[test]
fn blocks_take_no_more_of_the_memory_than_they_may() {
    block_on(async {
        const BYTES_MAX: usize = 300_000;
        let log = demo(60_000, 20).await;
        let (counted, ledger) = from_index(&log).await;
        ledger.read(|read| read.keep_blocks_up_to(BYTES_MAX));
        let here = || ledger.read(|read| read.history().block_bytes());
        let all: usize = ledger.read(|read| read.history().blocks().iter().map(KeptBlock::size).sum());
        assert!(all > 2 * BYTES_MAX);
        for rank in (1..60_000).step_by(999) {
            ledger
                .read_fetching(|read| drop(read.balances_at(Clock::Recorded, Rank::new(rank)).clone()))
                .await
                .unwrap();
            assert!(here() <= BYTES_MAX, "{}", here());
        }
        let read_before = counted.blocks_read();
        let held = ledger.hold_all(&Still, |_| true).await.unwrap().unwrap();
        assert_eq!(here(), all);
        assert!(ledger.read(|read| read.history().blocks().iter().all(KeptBlock::is_here)));
        drop(held);
        assert!(here() <= BYTES_MAX);
        assert!(ledger.hold_all(&Ticking::default(), |_| false).await.unwrap().is_none(), "cancelled");
        assert!(here() <= BYTES_MAX && counted.blocks_read() > read_before);
    });
}

#[test]
fn a_search_reads_no_block_that_cannot_match() {
    block_on(async {
        let log = demo(40_000, 20).await;
        let (counted, ledger) = from_index(&log).await;
        let filter =
            LogFilter { positions: Some((Position::new(9_000), Position::new(9_010))), ..LogFilter::default() };
        assert_eq!(search(&ledger, filter).await.len(), 11);
        // The last one at the start, and where those eleven lie.
        assert!(counted.blocks_read() <= 1 + 2, "{} blocks", counted.blocks_read());
    });
}

#[test]
fn a_block_that_is_not_the_one_that_was_indexed_is_refused() {
    block_on(async {
        let (log, other) = (demo(9_000, 5).await, MemoryLog::new());
        let others = whole(&other).await;
        append(&others, (0..9_000).map(|n| written("A", &deposited(eur(n + 1)), at("2024-01-01 08:00"))).collect())
            .await;
        let (_, ledger) = from_index(&log).await;
        // The same places in another history.
        let theirs = other.read(Position::ZERO, 1).await.unwrap().pop().unwrap();
        let block = Block::from_bytes(theirs.bytes).unwrap();
        assert!(ledger.read(|read| read.arrive(block)).is_err());
        assert!(ledger.read_at_hand(|read| read.history().event(Position::FIRST)).is_none());
    });
}

#[test]
fn a_block_that_is_damaged_or_gone_is_told_when_it_is_needed() {
    block_on(async {
        /// The first block behind those that hold the first events of every fold.
        fn is_damaged(block: &StoredBlock) -> bool {
            let block = Block::from_bytes(block.bytes.clone()).unwrap();
            (4_097..=4_096 + block.header().count).contains(&block.header().first.get())
        }
        let flipped = |mut block: StoredBlock| {
            if is_damaged(&block) {
                let mut bytes = block.bytes.to_vec();
                bytes[3_000] ^= 1;
                block.bytes = bytes.into();
            }
            Some(block)
        };
        let gone = |block: StoredBlock| (!is_damaged(&block)).then_some(block);
        let log = demo(20_000, 5).await;
        let cases: [(Became, bool); 2] = [(flipped, false), (gone, true)];
        for (became, is_gone) in cases {
            let counted = Counted { log: log.clone(), became: Some(became), ..Counted::default() };
            let ledger = Ledger::open_kept(counted, &Still, |_| {}).await.unwrap();
            assert!(ledger.has_kept_index());
            let event =
                async |position| ledger.read_fetching(|read| read.history().event(Position::new(position))).await;
            let mut firsts = ledger
                .read(|read| read.history().blocks().iter().map(|block| block.header().first).collect::<Vec<_>>())
                .into_iter();
            let damaged = firsts.find(|first| first.get() > 4_096).unwrap();
            assert!(event(damaged.get() - 1).await.unwrap().is_some());
            let Err(FetchError::Different { first, error }) = event(damaged.get()).await else {
                panic!("it was found")
            };
            assert_eq!(first, damaged);
            assert_eq!(matches!(error, BlockError::Checksum { .. }), !is_gone, "{error}");
            assert!(event(20_000).await.unwrap().is_some(), "the others are there");
            assert_eq!(ledger.check_part(0, &Still).await, Ok(true));
            assert!(ledger.check_part(1, &Still).await.is_err());
        }
    });
}

#[test]
fn whatever_is_damaged_of_it_is_not_used() {
    block_on(async {
        let log = demo(3_000, 5).await;
        let keys = ["index", "heads", "run 0", "run 1", "run 2"];
        for key in keys {
            let bytes = log.load(key).await.unwrap().unwrap();
            for place in (0..bytes.len()).step_by(bytes.len() / 20 + 1) {
                let mut bad = bytes.to_vec();
                bad[place] ^= 0x11;
                log.save(&[(key, &bad)]).await.unwrap();
                assert!(!from_index(&log).await.1.has_kept_index(), "{key}, byte {place}");
            }
            log.save(&[(key, &bytes[..bytes.len() - 1])]).await.unwrap();
            let (_, ledger) = from_index(&log).await;
            assert!(!ledger.has_kept_index(), "{key} is cut");
            assert_eq!(ledger.tail().position, Position::new(3_000), "all of it was read instead");
            log.save(&[(key, &bytes)]).await.unwrap();
        }
        assert!(from_index(&log).await.1.has_kept_index());
        log.clear().await.unwrap();
        assert!(!from_index(&log).await.1.has_kept_index());
    });
}

/// Another state under a checksum that fits, as a mistake in the program would leave it.
async fn spoil(log: &MemoryLog, key: &str, place: usize) {
    let folds = ReadSide::folds(&BankCodec::new().unwrap());
    let mut index = KeptIndex::decode(&log.load("index").await.unwrap().unwrap(), &folds).unwrap();
    let mut bytes = log.load(key).await.unwrap().unwrap().to_vec();
    bytes[place] ^= 1;
    let checksum = KeptIndex::checksum(&bytes);
    match key {
        "heads" => index.heads = checksum,
        _ => index.runs[0] = checksum,
    }
    log.save(&[(key, &bytes), ("index", &index.encode(&folds))]).await.unwrap();
}

#[test]
fn a_wrong_state_is_found_by_folding_a_part_again() {
    block_on(async {
        let log = demo(300, 5).await;
        let (_, ledger) = from_index(&log).await;
        assert_eq!(ledger.check_part(7, &Still).await, Ok(true));
        let mut found_in = BTreeMap::new();
        let mut kept = Vec::new();
        for key in ["index", "heads", "run 0"] {
            kept.push((key, log.load(key).await.unwrap().unwrap()));
        }
        for (key, bytes) in kept.iter().skip(1) {
            for place in (0..bytes.len()).step_by(11) {
                spoil(&log, key, place).await;
                let (_, ledger) = from_index(&log).await;
                let mut is_found = false;
                for part in 0..if ledger.has_kept_index() { 8 } else { 0 } {
                    is_found |= ledger.check_part(part, &Still).await == Ok(false);
                }
                if is_found {
                    *found_in.entry(key).or_insert(0) += 1;
                    assert_eq!(log.load("index").await, Ok(None), "what was kept is deleted");
                    assert!(!ledger.has_kept_index());
                }
                let records: Vec<(&str, &[u8])> = kept.iter().map(|(key, bytes)| (*key, &**bytes)).collect();
                log.save(&records).await.unwrap();
            }
        }
        assert!(found_in.values().all(|count| *count > 3) && found_in.len() == 2, "{found_in:?}");
    });
}

#[test]
fn only_runs_that_changed_are_written_again() {
    block_on(async {
        let log = demo(5_000, 5).await;
        let (_, ledger) = from_index(&log).await;
        // A mark that nothing but a write takes away.
        let marked = async |run: u32| {
            let key = format!("run {run}");
            let bytes = log.load(&key).await.unwrap().unwrap();
            log.save(&[(&key, &[&bytes[..], b"!"].concat())]).await.unwrap();
        };
        let is_marked = async |run: u32| log.load(&format!("run {run}")).await.unwrap().unwrap().ends_with(b"!");
        for run in 0..5 {
            marked(run).await;
        }
        append(&ledger, vec![written("A", &opened(eur(1)), at("2030-01-01 08:00"))]).await;
        assert!(ledger.keep_index(ALWAYS, &Still).await.unwrap());
        let mut marks = Vec::new();
        for run in 0..5 {
            marks.push(is_marked(run).await);
        }
        assert_eq!(marks, [true, true, true, true, false], "the last one only");
        // An event that happened before all others moves every rank of that clock.
        append(&ledger, vec![written("A", &deposited(eur(1)), at("1999-01-01 08:00"))]).await;
        assert!(ledger.keep_index(ALWAYS, &Still).await.unwrap());
        for run in 0..5 {
            assert!(!is_marked(run).await, "run {run}");
        }
    });
}

#[test]
fn an_index_that_another_tab_kept_is_not_mixed_with_ones_own() {
    block_on(async {
        let log = demo(5_000, 5).await;
        let (_, one) = from_index(&log).await;
        let (_, two) = from_index(&log).await;
        append(&one, vec![written("A", &opened(eur(1)), at("1999-01-01 08:00"))]).await;
        assert!(one.keep_index(ALWAYS, &Still).await.unwrap());
        two.catch_up(&Still).await.unwrap();
        append(&two, vec![written("B", &opened(eur(1)), at("2030-01-01 08:00"))]).await;
        assert!(two.keep_index(ALWAYS, &Still).await.unwrap());
        append(&one_caught_up(one).await, vec![written("C", &opened(eur(1)), at("2030-01-02 08:00"))]).await;
        let (_, ledger) = from_index(&log).await;
        assert!(ledger.has_kept_index());
        let ranks = [1, 2, 700, 5_003];
        assert_eq!(told_fetching(&ledger, &ranks).await, whole(&log).await.read(|read| told(read, &ranks)));
    });
}

async fn one_caught_up<L: EventLog>(ledger: Ledger<L>) -> Ledger<L> {
    ledger.catch_up(&Still).await.unwrap();
    ledger
}

/// What one commit does: how many events, of which accounts and kinds, and how far back.
type Step = (u16, u8, u8, i64);

fn a_commit() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((1u16..400, 0u8..6, 0u8..9, -200i64..40), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    /// However a log was written and merged, wherever its index was kept, and whatever came after: opened from the index it
    /// is the log.
    #[test]
    fn a_ledger_opened_from_any_index_is_the_ledger(
        commits in prop::collection::vec(a_commit(), 1..10),
        kept_after in prop::collection::vec(any::<bool>(), 10),
        merged_after in prop::collection::vec(any::<bool>(), 10),
        ranks in prop::collection::vec(any::<u32>(), 6),
        bytes_max in prop_oneof![Just(1usize), Just(20_000), Just(usize::MAX)],
    ) {
        block_on(async {
            let log = MemoryLog::new();
            let mut ledger = Ledger::open(log.clone(), &Still, |_| {}).await.unwrap();
            let mut is_kept = false;
            for (number, commit) in commits.iter().enumerate() {
                let mut events = Vec::new();
                for (count, account, kind, hours) in commit {
                    let name = account.to_string();
                    let hours = i64::try_from(number).unwrap() * 30 + hours;
                    for n in 0..i64::from(*count) {
                        let time = at("2024-01-01 08:00").plus_micros((hours * 3600 + n * 7) * Timestamp::MICROS_PER_SECOND);
                        events.push(match kind {
                            0 => written(&name, &opened(eur(50)), time),
                            1 => written(&name, &withdrawn(eur(50_000 + n)), time),
                            2 => written(&name, &limit_set(eur(9)), time),
                            3 => written(&name, &fee(eur(n + 1), "card"), time),
                            4 => written(&name, &sent(eur(n + 1), "0"), time),
                            5 => written(&name, &closed(), time),
                            6 => raw(&format!("order/{account}"), "OrderPlaced", 1, "{}", time),
                            7 => raw(&format!("account/{account}"), "MoneyDeposited", 2, r#"{"amount":"many"}"#, time),
                            _ => written(&name, &deposited(eur(n + 1)), time),
                        });
                    }
                }
                append(&ledger, events).await;
                if merged_after[number] {
                    ledger.merge_blocks(SMALL, &Still).await.unwrap();
                }
                if kept_after[number] {
                    prop_assert!(ledger.keep_index(ALWAYS, &Still).await.unwrap());
                    is_kept = true;
                    // The page is loaded again, and goes on from there.
                    ledger = Ledger::open_kept(log.clone(), &Still, |_| {}).await.unwrap();
                    prop_assert!(ledger.has_kept_index());
                }
            }
            let (_, opened) = from_index(&log).await;
            prop_assert_eq!(opened.has_kept_index(), is_kept);
            opened.read(|read| read.keep_blocks_up_to(bytes_max));
            let whole = whole(&log).await;
            prop_assert_eq!(told_fetching(&opened, &ranks).await, whole.read(|read| told(read, &ranks)));
            for part in &ranks {
                prop_assert_eq!(opened.check_part(*part, &Still).await, Ok(true));
            }
            Ok(())
        })?;
    }
}
