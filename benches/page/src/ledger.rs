//! What Annals does with the events, by the same doors as its screens.

use crate::{
    Figures,
    workload::{Shape, balances_after, event, mixed, time_of},
};
use annals::{
    app::{
        BankCommand, Env, Intent, Ledger, Playhead, ReadSide, SavingPolicy, Travel,
        files::cloud_events::{
            CloudEventsImport, Envelope, Exporter, Form, LedgerSource, RecordedTimes, SeenIds, Selection,
        },
    },
    bank::{AccountCommand, Balances, Currency, Money},
    kernel::{
        Block, CheckpointPolicy, Clock, Commit, EventId, EventLog as _, KeptBlock, Label, Position, Replay, Timestamp,
    },
    platform::{IndexedDbLog, clock, yield_now},
    store::LedgerId,
};
use futures_util::future::join;
use serde_json::Value;
use std::hint::black_box;

/// Events that are made and appended at a time, so that the making needs little memory.
const EVENTS_PER_APPEND: u32 = 65_536;
/// How many seeks are timed, each to an instant of its own.
const SEEKS: u32 = 2_000;
/// Seeks that are timed together, since one alone is shorter than the page's clock can tell.
const SEEKS_TOGETHER: usize = 16;
/// Blocks read from the storage at a time in a rebuild.
const BLOCKS_PER_READ: u32 = 16;

type Opened = Ledger<IndexedDbLog>;

struct PageEnv;

impl Env for PageEnv {
    fn now(&self) -> Timestamp {
        clock::now()
    }

    fn new_id(&self) -> EventId {
        clock::new_id()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "microseconds since the page opened")]
    fn elapsed_micros(&self) -> u64 {
        (clock::performance_now() * 1000.0) as u64
    }

    async fn breathe(&self) {
        yield_now().await;
    }
}

/// Fills the ledger with W(n): made, sealed, appended in strict transactions, folded. The making is not timed, nor is the
/// keeping of checkpoints, which a page does when nothing else is to be done.
pub(crate) async fn fill(shape: Shape, events: u32) -> Result<Figures, String> {
    let ledger = opened(shape, events).await?;
    let mut millis = 0.0;
    for first in (0..events).step_by(EVENTS_PER_APPEND as usize) {
        let staged = (first..events.min(first.saturating_add(EVENTS_PER_APPEND)))
            .map(|number| event(shape, number).map(|event| (event, Some(time_of(number)))))
            .collect::<Result<Vec<_>, _>>()?;
        let start = clock::performance_now();
        ledger.append_staged(staged, &PageEnv, |_| true).await.map_err(said)?;
        millis += clock::performance_now() - start;
    }
    for clock in [Clock::Recorded, Clock::Occurred] {
        ledger.save_checkpoint(clock, SavingPolicy::default(), &PageEnv).await.map_err(said)?;
    }
    ledger.keep_index(SavingPolicy::default(), &PageEnv).await.map_err(said)?;
    let bytes: usize = ledger.read(|read| read.history().blocks().iter().map(KeptBlock::size).sum());
    Ok(figures([
        ("ms", millis.into()),
        ("balance", total(&ledger).into()),
        ("expected", balances_after(shape, events).last().copied().unwrap_or_default().into()),
        ("block_bytes", bytes.into()),
        ("memory_bytes", memory_bytes()),
    ]))
}

/// Opens the ledger and shows what all accounts hold, as the page does at its start. Then everything is looked at, so that
/// as much is in memory as is ever kept.
pub(crate) async fn open(shape: Shape, events: u32) -> Result<Figures, String> {
    let start = clock::performance_now();
    let ledger = opened(shape, events).await?;
    let balance = total(&ledger);
    let millis = clock::performance_now() - start;
    // What a page comes to: every read model on both clocks, and nothing of what the answer is checked with.
    ledger.fold(&PageEnv).await;
    let start_memory_bytes = memory_bytes();
    look_at_everything(&ledger).await?;
    let memory_bytes = memory_bytes();
    Ok(figures([
        ("start_memory_bytes", start_memory_bytes),
        ("ms", millis.into()),
        ("balance", balance.into()),
        ("expected", balances_after(shape, events).last().copied().unwrap_or_default().into()),
        ("memory_bytes", memory_bytes),
    ]))
}

/// One deposit after the other, each awaited until it is durable and folded.
pub(crate) async fn append(events: u32) -> Result<Figures, String> {
    let ledger = opened_as("bench-append").await?;
    let number = Label::from("account-1");
    let currency = Currency::parse("USD").map_err(said)?;
    let open = AccountCommand::Open {
        owner: Label::from("Ada Lovelace"),
        name: Label::from(""),
        initial_balance: Money::new(0, currency),
    };
    if ledger.tail().position == Position::ZERO {
        ledger.dispatch(&intent(&number, open), &PageEnv).await.map_err(said)?;
    }
    let mut times = Vec::new();
    for _ in 0..events {
        let deposit = AccountCommand::Deposit { amount: Money::new(100, currency), source: Label::from("payroll") };
        let start = clock::performance_now();
        ledger.dispatch(&intent(&number, deposit), &PageEnv).await.map_err(said)?;
        times.push(clock::performance_now() - start);
    }
    Ok(figures([("times", times.into()), ("head", ledger.tail().position.get().into())]))
}

/// One sealed event after the other, each awaited until it is durable: the log alone, with nothing decided or folded.
pub(crate) async fn append_alone(events: u32) -> Result<Figures, String> {
    let ledger = opened_as("bench-append-alone").await?;
    let first = ledger.tail().position.get();
    let mut times = Vec::new();
    for number in first..first.saturating_add(events) {
        let commit = Commit { events: vec![event(Shape::One, number)?], ..Commit::default() };
        let sealed = ledger.read(|read| read.history().seal(commit, time_of(number)));
        let (blocks, _) = sealed.map_err(said)?;
        let tail = ledger.tail();
        let start = clock::performance_now();
        ledger.log().append(tail, &blocks).await.map_err(said)?;
        times.push(clock::performance_now() - start);
        for block in blocks {
            ledger.read(|read| read.extend(block)).map_err(said)?;
        }
    }
    Ok(figures([("times", times.into()), ("head", ledger.tail().position.get().into())]))
}

/// Random instants on each clock, what all accounts hold together at each.
pub(crate) async fn seek(shape: Shape, events: u32) -> Result<Figures, String> {
    let ledger = opened(shape, events).await?;
    look_at_everything(&ledger).await?;
    // Of a long log more is asked for than stays decoded; its blocks stay.
    let held = ledger.hold_all(&PageEnv, |_| true).await.map_err(said)?;
    let targets: Vec<u32> = (0..SEEKS).map(|number| mixed(number, 77) % events).collect();
    let mut found = Figures::new();
    for (clock, name) in [(Clock::Recorded, "recorded"), (Clock::Occurred, "occurred")] {
        // The first question on a clock folds its checkpoints; that belongs to the start.
        balance_at(&ledger, clock, time_of(0));
        let (mut times, mut sum) = (Vec::new(), 0i64);
        for target in &targets {
            let start = clock::performance_now();
            let balance = balance_at(&ledger, clock, time_of(*target));
            times.push(clock::performance_now() - start);
            sum = sum.wrapping_add(balance);
        }
        let mut each = Vec::new();
        for together in targets.chunks_exact(SEEKS_TOGETHER) {
            let start = clock::performance_now();
            let balances: i64 = together.iter().map(|target| balance_at(&ledger, clock, time_of(*target))).sum();
            black_box(balances);
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            each.push((clock::performance_now() - start) / together.len() as f64);
        }
        found.insert(format!("{name}_each"), each.into());
        found.insert(format!("{name}_times"), times.into());
        found.insert(format!("{name}_sum"), sum.into());
    }
    // The same where nothing is decoded: what a seek takes farther back than the cache reaches.
    let mut times = Vec::new();
    for target in &targets {
        ledger.read(|read| read.history().forget_decoded());
        let start = clock::performance_now();
        black_box(balance_at(&ledger, Clock::Recorded, time_of(*target)));
        times.push(clock::performance_now() - start);
    }
    found.insert("cold_times".to_owned(), times.into());
    drop(held);
    // The same where the blocks are not even in memory: as after a start, each is fetched once it is asked for.
    for (clock, name) in [(Clock::Recorded, "stored"), (Clock::Occurred, "stored_occurred")] {
        let (mut times, mut sum) = (Vec::new(), 0i64);
        for target in &targets {
            // The last answer is not to be gone on from.
            ledger.read_fetching(|read| balance_in(read, clock, time_of(0))).await.map_err(said)?;
            ledger.read(ReadSide::forget_events);
            let start = clock::performance_now();
            let balance = ledger.read_fetching(|read| balance_in(read, clock, time_of(*target))).await.map_err(said)?;
            times.push(clock::performance_now() - start);
            sum = sum.wrapping_add(balance);
        }
        found.insert(format!("{name}_times"), times.into());
        found.insert(format!("{name}_sum"), sum.into());
    }
    let balances = balances_after(shape, events);
    let expected = targets
        .iter()
        .filter_map(|target| balances.get(*target as usize))
        .fold(0, |sum: i64, balance| sum.wrapping_add(*balance));
    found.insert("expected".to_owned(), expected.into());
    Ok(found)
}

/// A new projection over everything: from the stored blocks, and from the history in memory.
pub(crate) async fn rebuild(shape: Shape, events: u32) -> Result<Figures, String> {
    let log = IndexedDbLog::open(&ledger_id(shape, events)?).await.map_err(said)?;
    let mut read = ReadSide::new(annals::bank::BankCodec::new().map_err(said)?);
    let start = clock::performance_now();
    let mut stored = log.read(Position::ZERO, BLOCKS_PER_READ).await.map_err(said)?;
    while let Some(last) = stored.last().map(|block| block.last) {
        // As the page does: the storage looks for the next ones while these are decoded.
        let next = log.read(last, BLOCKS_PER_READ);
        let taken = async { stored.into_iter().try_for_each(|block| read.extend(Block::from_bytes(block.bytes)?)) };
        let (next, taken) = join(next, taken).await;
        taken.map_err(said)?;
        stored = next.map_err(said)?;
    }
    let mut replay = Replay::<Balances>::new(Clock::Recorded, CheckpointPolicy::default());
    replay.catch_up(read.history(), u32::MAX);
    let from_storage = clock::performance_now() - start;
    let stored = black_box(held(replay.head()));
    let start = clock::performance_now();
    let mut replay = Replay::<Balances>::new(Clock::Recorded, CheckpointPolicy::default());
    replay.catch_up(read.history(), u32::MAX);
    let from_memory = clock::performance_now() - start;
    Ok(figures([
        ("storage_ms", from_storage.into()),
        ("memory_ms", from_memory.into()),
        ("balance", stored.into()),
        ("balance_from_memory", held(replay.head()).into()),
        ("expected", balances_after(shape, events).last().copied().unwrap_or_default().into()),
        ("memory_bytes", memory_bytes()),
    ]))
}

/// A filled ledger written as CloudEvents, and that text read, checked and appended to a ledger of its own.
pub(crate) async fn import(shape: Shape, events: u32) -> Result<Figures, String> {
    let ledger = opened(shape, events).await?;
    let _held = ledger.hold_all(&PageEnv, |_| true).await.map_err(said)?;
    let source = LedgerSource::of_ledger("bench");
    let start = clock::performance_now();
    let mut exporter =
        ledger.read(|read| Exporter::new(read.history(), Selection::All, Form::Lines, Envelope::Whole, source));
    let mut file = String::new();
    while let Some(chunk) = ledger.read(|read| exporter.next_chunk(read.history(), 1_024)) {
        file.push_str(&chunk);
    }
    let export_millis = clock::performance_now() - start;
    let target = opened_as(&format!("bench-import-{}-{events}", shape.name())).await?;
    let start = clock::performance_now();
    let codec = annals::bank::BankCodec::new().map_err(said)?;
    let mut import = CloudEventsImport::new(SeenIds::new(), codec, clock::now(), RecordedTimes::Keep);
    import.feed(file.as_bytes());
    let staged = import.finish().events.into_iter().map(|staged| (staged.event, staged.recorded_at));
    target.append_staged(staged, &PageEnv, |_| true).await.map_err(said)?;
    let millis = clock::performance_now() - start;
    Ok(figures([
        ("ms", millis.into()),
        ("export_ms", export_millis.into()),
        ("file_bytes", file.len().into()),
        ("balance", total(&target).into()),
        ("expected", total(&ledger).into()),
    ]))
}

async fn opened(shape: Shape, events: u32) -> Result<Opened, String> {
    opened_as(&format!("bench-{}-{events}", shape.name())).await
}

async fn opened_as(name: &str) -> Result<Opened, String> {
    let id = LedgerId::parse(name).map_err(said)?;
    let log = IndexedDbLog::open(&id).await.map_err(said)?;
    Ledger::open_kept(log, &PageEnv, |_| {}).await.map_err(said)
}

/// Fetches all blocks and decodes all events, of which as many stay as are ever kept.
async fn look_at_everything(ledger: &Opened) -> Result<(), String> {
    let mut replay = Replay::<Balances>::new(
        Clock::Recorded,
        CheckpointPolicy { bytes_max: 0, bytes_per_event: 0, ..CheckpointPolicy::default() },
    );
    while ledger.read_at_hand(|read| replay.catch_up(read.history(), EVENTS_PER_APPEND)) != Some(true) {
        ledger.fetch().await.map_err(said)?;
    }
    Ok(())
}

fn ledger_id(shape: Shape, events: u32) -> Result<LedgerId, String> {
    LedgerId::parse(&format!("bench-{}-{events}", shape.name())).map_err(said)
}

fn total(ledger: &Opened) -> i64 {
    ledger.read(|read| {
        let moment = read.moment(Playhead::default());
        held(read.balances(&moment))
    })
}

fn balance_at(ledger: &Opened, clock: Clock, instant: Timestamp) -> i64 {
    ledger.read(|read| balance_in(read, clock, instant))
}

fn balance_in(read: &mut ReadSide, clock: Clock, instant: Timestamp) -> i64 {
    let playhead = Playhead { clock, ..Playhead::default() };
    let moment = read.moment(playhead.after(Travel::ToInstant(instant), read.history()));
    held(read.balances(&moment))
}

fn held(balances: &Balances) -> i64 {
    balances.totals().iter().map(|(_, total)| i64::try_from(total.balance).unwrap_or_default()).sum()
}

fn intent(number: &Label, command: AccountCommand) -> Intent {
    Intent {
        actor: Label::from("bench"),
        reason: Label::from("Measuring"),
        occurred_at: None,
        command: BankCommand::Account { number: number.clone(), command },
    }
}

/// What the program's own memory has grown to.
fn memory_bytes() -> Value {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().into();
    buffer.byte_length().into()
}

fn figures<const N: usize>(all: [(&str, Value); N]) -> Figures {
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
