//! What a ledger takes of the memory, counted at the allocator and not timed: a page keeps what it once took.
//!
//! A word has 8 bytes here and 4 in a page, so the bounds are a third above what a page takes. One test, because the
//! allocator counts for the whole process.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    app::{KeptReadSide, ReadSide},
    bank::{
        AccountHistory, BankCodec, Postings,
        demo::{DemoLedger, DemoSize},
    },
    kernel::{Block, Clock, History, KeptIndex, Position, StreamId, Timestamp},
};
use build::{at, deposited_from, eur, opened, withdrawn_in, written};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const EVENTS: usize = 100_000;
/// As many as a page folds at a time.
const EVENTS_PER_LOOK: u32 = 4096;

/// Ten minutes apart, each recorded two seconds after it happened; accounts take turns.
fn blocks(accounts: usize) -> Vec<Block> {
    let history = History::new(BankCodec::new().unwrap());
    let mut sealer = history.sealer();
    let mut blocks = Vec::new();
    let mut now = at("2004-01-02 08:00");
    for number in 0..EVENTS {
        now = now.plus_micros(600 * Timestamp::MICROS_PER_SECOND);
        let amount = eur(1 + i64::try_from(number * 7_919 % 90_000).unwrap());
        let event = match number / accounts {
            0 => opened(eur(1_000_000)),
            odd if odd % 2 == 1 => deposited_from(amount, ["payroll", "cash", "refund"][number % 3]),
            _ => withdrawn_in(amount, ["Station", "Harbour", "Old Town"][number % 3]),
        };
        let written = written(&format!("ACC-{:04}", number % accounts), &event, now);
        let recorded_at = now.plus_micros(2 * Timestamp::MICROS_PER_SECOND);
        blocks.extend(sealer.push(&history, written, recorded_at).unwrap());
    }
    blocks.extend(sealer.finish().0);
    blocks
}

/// Bytes an event beside those of the blocks: of the history, of it with all read models, and the most meanwhile.
fn bytes_per_event(accounts: usize) -> [usize; 3] {
    let blocks = blocks(accounts);
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let mut read = ReadSide::new(BankCodec::new().unwrap());
    for block in blocks {
        read.extend(block).unwrap();
    }
    let history = MEMORY.current_usage();
    for clock in [Clock::Recorded, Clock::Occurred] {
        while !read.catch_up(clock, EVENTS_PER_LOOK) {}
    }
    let all = MEMORY.current_usage();
    assert_eq!(read.history().head().as_usize(), EVENTS);
    [history, all, MEMORY.peak_usage()].map(|bytes| bytes.saturating_sub(before) / EVENTS)
}

/// Bytes an event, beside those of the blocks, of a history that keeps one page of decoded facts; and what an account's
/// history adds for each of its events.
fn bytes_without_decoded(accounts: usize) -> [usize; 2] {
    let blocks = blocks(accounts);
    let before = MEMORY.current_usage();
    let mut history = History::keeping(BankCodec::new().unwrap(), 0);
    for block in blocks {
        history.extend(block).unwrap();
    }
    let read = MEMORY.current_usage();
    let account = AccountHistory::of(&history, StreamId::FIRST, Clock::Recorded);
    let shown = MEMORY.current_usage().saturating_sub(read) / account.entries().len();
    [read.saturating_sub(before) / EVENTS, shown]
}

/// Bytes an event of a read side that was read from what was kept of it, with no block and nothing decoded; and how many
/// were kept.
fn bytes_from_index(accounts: usize) -> [usize; 2] {
    const RUN: usize = 65_536;
    let codec = || BankCodec::new().unwrap();
    let mut read = ReadSide::new(codec());
    for block in blocks(accounts) {
        read.extend(block).unwrap();
    }
    for clock in [Clock::Recorded, Clock::Occurred] {
        while !read.catch_up(clock, EVENTS_PER_LOOK) {}
    }
    let border = |run: usize| Position::new(u32::try_from(run * RUN).unwrap());
    let runs: Vec<Vec<u8>> =
        (0..EVENTS.div_ceil(RUN)).map(|run| read.write_run(border(run), border(run + 1))).collect();
    let (heads, tail, spacings) = (read.write_heads(), read.history().tail(), read.spacings());
    let index = KeptIndex { tail, run_events: 0, runs: Vec::new(), heads: 0, spacings };
    drop(read);
    let before = MEMORY.current_usage();
    let mut kept = KeptReadSide::of(codec(), &index).unwrap();
    for run in &runs {
        kept.read_run(run).unwrap();
    }
    let read = kept.finish(&heads, &index).unwrap();
    let found = MEMORY.current_usage().saturating_sub(before) / EVENTS;
    assert_eq!(read.history().head().as_usize(), EVENTS);
    [found, (runs.iter().map(Vec::len).sum::<usize>() + heads.len()) / EVENTS]
}

/// Bytes an event of the postings of a demo ledger.
fn bytes_of_postings() -> usize {
    let mut history = History::keeping(BankCodec::new().unwrap(), 0);
    let (mut sealer, mut blocks) = (history.sealer(), Vec::new());
    for demo in DemoLedger::new(DemoSize { events: u32::try_from(EVENTS).unwrap(), accounts: 1_000 }) {
        blocks.extend(sealer.push(&history, demo.event, demo.recorded_at).unwrap());
    }
    blocks.extend(sealer.finish().0);
    for block in blocks {
        history.extend(block).unwrap();
    }
    let mut postings = Postings::default();
    postings.extend(&history);
    assert_eq!(postings.len(), EVENTS);
    let before = MEMORY.current_usage();
    drop(postings);
    before.saturating_sub(MEMORY.current_usage()).div_ceil(EVENTS)
}

#[test]
fn an_event_takes_no_more_of_the_memory_than_is_stated() {
    for (accounts, bounds) in [(1, [51, 52, 53]), (4_500, [62, 135, 135])] {
        let found = bytes_per_event(accounts);
        assert!(
            found.iter().zip(bounds).all(|(found, bound)| *found <= bound),
            "{accounts} accounts: {found:?} bytes an event, {bounds:?} at most"
        );
    }
    // What is left of an event that is not decoded: its times, its place in its stream, and where its page begins.
    let found = bytes_without_decoded(1);
    assert!(found[0] <= 7 && found[1] <= 10, "one account: {found:?} bytes an event");
    let [found, _] = bytes_without_decoded(4_500);
    assert!(found <= 18, "4,500 accounts: {found} bytes an event");
    let found = bytes_of_postings();
    assert!(found <= 6, "postings: {found} bytes an event");
    for (accounts, bounds) in [(1, [12, 4]), (4_500, [99, 26])] {
        let found = bytes_from_index(accounts);
        assert!(
            found.iter().zip(bounds).all(|(found, bound)| *found <= bound),
            "{accounts} accounts, from the index: {found:?} bytes an event, {bounds:?} at most"
        );
    }
}
