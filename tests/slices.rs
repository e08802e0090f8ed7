//! Long work on a ledger gives the page its turn after a stretch of time, whatever the machine. The clock is the test's.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use annals::{
    app::{Env, Ledger, Playhead},
    bank::demo::{DemoEvent, DemoLedger, DemoSize},
    kernel::{Clock, Codec, EventId, History, NewEvent, Position, Rank, Timestamp},
    store::MemoryLog,
};
use futures_executor::block_on;
use std::cell::Cell;

/// A machine on which a look at the clock is a millisecond after the one before.
#[derive(Default)]
struct SlowMachine {
    micros: Cell<u64>,
    turns: Cell<u32>,
    longest: Cell<u64>,
    turn_at: Cell<u64>,
}

impl Env for SlowMachine {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }
    fn new_id(&self) -> EventId {
        EventId::parse("id")
    }
    fn elapsed_micros(&self) -> u64 {
        self.micros.set(self.micros.get() + 1000);
        self.longest.set(self.longest.get().max(self.micros.get() - self.turn_at.get()));
        self.micros.get()
    }
    async fn breathe(&self) {
        self.turns.set(self.turns.get() + 1);
        self.turn_at.set(self.micros.get());
    }
}

const EVENTS: u32 = 5000;
/// Eight looks of 128 events each are eight milliseconds here.
const EVENTS_PER_SLICE: u32 = 8 * 128;

fn staged() -> Vec<(NewEvent, Option<Timestamp>)> {
    let mut demo = DemoLedger::new(DemoSize { events: EVENTS, accounts: 20 });
    demo.next_slice(usize::MAX).into_iter().map(|DemoEvent { event, recorded_at }| (event, Some(recorded_at))).collect()
}

#[test]
fn staged_events_are_sealed_in_slices_that_end_by_the_clock() {
    let env = SlowMachine::default();
    let ledger = block_on(Ledger::open(MemoryLog::new(), &env, |_| {})).unwrap();

    let mut told = vec![0];
    let staged = staged();
    let total = u32::try_from(staged.len()).unwrap();
    block_on(ledger.append_staged(staged, &env, |progress| {
        told.push(progress.done);
        true
    }))
    .unwrap();

    let most = told.windows(2).map(|two| two[1] - two[0]).max().unwrap();
    assert!(most <= EVENTS_PER_SLICE, "{most} events were sealed in one slice");
    assert_eq!(told.last(), Some(&total));
    assert!(env.longest.get() <= 10_000, "{} µs passed without a turn", env.longest.get());
}

#[test]
fn opening_folds_all_that_the_first_screen_asks_for_and_gives_turns_meanwhile() {
    let log = MemoryLog::new();
    let env = SlowMachine::default();
    let first = block_on(Ledger::open(log.clone(), &env, |_| {})).unwrap();
    block_on(first.append_staged(staged(), &env, |_| true)).unwrap();

    let env = SlowMachine::default();
    let ledger = block_on(Ledger::open(log, &env, |_| {})).unwrap();

    assert!(ledger.read(|read| read.catch_up(Clock::Recorded, 0)), "a screen would have to fold the rest at once");
    assert!(env.turns.get() > 3 * EVENTS / EVENTS_PER_SLICE / 2, "only {} turns", env.turns.get());
    assert!(env.longest.get() <= 10_000, "{} µs passed without a turn", env.longest.get());
}

/// How many events the first blocks have together that dates back none.
fn as_recorded_up_to<C: Codec>(history: &History<C>) -> u32 {
    let occurred = history.timeline(Clock::Occurred);
    let is_as_recorded = |position: u32| occurred.position_at(Rank::new(position)) == Some(Position::new(position));
    let first = (1..=EVENTS).find(|position| !is_as_recorded(*position)).unwrap();
    let blocks = history.blocks().iter().map(|block| block.header().last().get());
    blocks.take_while(|last| *last < first).last().unwrap_or_default()
}

#[test]
fn the_other_clock_is_folded_in_slices_too_and_tells_the_same_balances() {
    let env = SlowMachine::default();
    let ledger = block_on(Ledger::open(MemoryLog::new(), &env, |_| {})).unwrap();
    block_on(ledger.append_staged(staged(), &env, |_| true)).unwrap();
    assert!(!ledger.read(|read| read.catch_up(Clock::Occurred, 0)));
    block_on(env.breathe());
    env.longest.set(0);
    let before = env.turns.get();

    block_on(ledger.fold(&env));

    assert!(ledger.read(|read| read.catch_up(Clock::Occurred, 0)));
    // What lies before the block of the first event that is dated back is taken over from the other clock.
    let (known, turns) = (ledger.read(|read| as_recorded_up_to(read.history())), env.turns.get() - before);
    assert!(known < EVENTS / 4 * 3, "{known} of {EVENTS} events need not be folded again");
    assert!(turns > 3 * (EVENTS - known) / EVENTS_PER_SLICE / 2, "only {turns} turns");
    assert!(env.longest.get() <= 10_000, "{} µs passed without a turn", env.longest.get());
    let totals = |clock| {
        ledger.read(|read| {
            let moment = read.moment(Playhead { clock, ..Playhead::default() });
            read.balances(&moment).totals().to_vec()
        })
    };
    assert_eq!(totals(Clock::Occurred), totals(Clock::Recorded));
}
