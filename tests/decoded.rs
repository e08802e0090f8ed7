//! Decoded facts: whatever is kept of them, the answers are the same; and what is kept, and what is decoded for an answer,
//! has a bound.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "kernel_support/events.rs"]
mod events;
#[path = "kernel_support/toy.rs"]
mod toy;

use annals::kernel::{
    Block, CheckpointPolicy, Clock, Facts as _, History, NewEvent, Position, Rank, Replay, Timestamp,
};
use events::{json, plain};
use proptest::prelude::*;
use toy::{Order, Toy};

const CLOCKS: [Clock; 2] = [Clock::Recorded, Clock::Occurred];
/// Events of a page.
const PAGE: usize = 256;
/// More than a page of the toy's events takes.
const PAGE_BYTES: usize = PAGE * 32 + 256;
const MINUTE: i64 = 60_000_000;

fn minute(number: i64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000 + number * MINUTE)
}

/// Seals events one minute apart into blocks of a size.
fn sealed(events: impl IntoIterator<Item = NewEvent>, block: usize) -> Vec<Block> {
    let (mut history, mut blocks) = (History::new(Toy), Vec::new());
    let events: Vec<NewEvent> = events.into_iter().collect();
    let mut now = 0;
    for part in events.chunks(block) {
        let (mut sealer, mut fresh) = (history.sealer(), Vec::new());
        for event in part {
            now += 1;
            fresh.extend(sealer.push(&history, event.clone(), minute(now)).unwrap());
        }
        fresh.extend(sealer.finish().0);
        for block in fresh {
            history.extend(block.clone()).unwrap();
            blocks.push(block);
        }
    }
    blocks
}

/// A number added to one of some streams, when it was recorded or earlier; a few are foreign or cannot be read.
fn added(number: u32, streams: u32, minutes_ago: i64) -> NewEvent {
    let event_type = if number % 17 == 5 { "Removed" } else { "Added" };
    let data = if number % 23 == 7 { r#"{"ad":1}"#.to_owned() } else { format!(r#"{{"add":{number}}}"#) };
    NewEvent {
        event_type: event_type.into(),
        data: json(&data),
        occurred_at: minute(i64::from(number) - minutes_ago),
        ..plain(&format!("counter/{}", number % streams))
    }
}

fn taken(blocks: &[Block], bytes_max: usize) -> History<Toy> {
    let mut history = History::keeping(Toy, bytes_max);
    for block in blocks {
        history.extend(block.clone()).unwrap();
        assert!(history.decoded_bytes() <= bytes_max.max(PAGE_BYTES), "{} bytes are kept", history.decoded_bytes());
    }
    history
}

/// Merges the blocks of a history, some at a time.
fn merge(history: &mut History<Toy>, parts: usize) {
    for index in 0.. {
        let run: Vec<Block> = history.blocks_here().skip(index).take(parts).cloned().collect();
        let Some(first) = run.first() else { return };
        let events: Vec<_> = run.iter().flat_map(|block| block.events().unwrap()).collect();
        let merged = Block::seal(&events, first.header().chain_before).unwrap();
        assert!(history.adopt(merged));
    }
}

/// Everything that is decoded for an answer, asked from the end to the beginning, by streams, and along both clocks.
fn everything(history: &History<Toy>) -> Vec<String> {
    let mut all = Vec::new();
    for position in (0..=history.head().get() + 1).rev().map(Position::new) {
        all.push(format!("{:?} {:?}", history.fact(position), history.place_of(position)));
    }
    for clock in CLOCKS {
        let head = Rank::new(history.head().get());
        history.visit(clock, Rank::ZERO, head, |recorded| all.push(format!("{recorded:?}")));
        for (id, _) in history.streams() {
            history.visit_stream(id, clock, Rank::new(u32::MAX), |recorded| all.push(format!("{recorded:?}")));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_kept_of_what_was_decoded_the_answers_are_the_same(
        count in 1u32..1_400,
        streams in 1u32..9,
        late in prop::collection::vec(0i64..90, 1..40),
        block in prop_oneof![1usize..40, 200usize..600],
        bytes_max in prop_oneof![Just(0), Just(PAGE_BYTES), Just(3 * PAGE_BYTES)],
        parts in 2usize..5,
    ) {
        let late = |number: u32| late[number as usize % late.len()];
        let blocks = sealed((0..count).map(|number| added(number, streams, late(number))), block);
        let expected = everything(&taken(&blocks, usize::MAX));
        let mut history = taken(&blocks, bytes_max);
        prop_assert_eq!(&everything(&history), &expected, "as the blocks came");
        merge(&mut history, parts);
        prop_assert_eq!(&everything(&history), &expected, "after a merge");
        history.forget_decoded();
        prop_assert_eq!(history.decoded_bytes(), 0);
        prop_assert_eq!(&everything(&history), &expected, "with nothing decoded");
    }
}

#[test]
fn a_seek_decodes_one_page_of_a_long_log_as_of_a_short_one() {
    for count in [10_000, 60_000] {
        let history = taken(&sealed((0..count).map(|number| added(number, 3, 0)), 4_096), 8 * PAGE_BYTES);
        let mut replay = Replay::<Order>::new(Clock::Recorded, CheckpointPolicy::default());
        replay.catch_up(&history, u32::MAX);
        for number in 0..500u32 {
            let before = history.pages_decoded();
            replay.state_at(&history, Rank::new(number.wrapping_mul(2_654_435_761) % count));
            assert!(history.pages_decoded() - before <= 1, "one page lies between two checkpoints");
        }
    }
}

#[test]
fn a_page_that_is_kept_is_not_decoded_again() {
    let history = taken(&sealed((0..2_000).map(|number| added(number, 3, 0)), 4_096), 8 * PAGE_BYTES);
    history.forget_decoded();
    for _ in 0..3 {
        history.visit(Clock::Recorded, Rank::ZERO, Rank::new(2_000), |_| {});
    }
    assert_eq!(history.pages_decoded(), 8);
}

/// The books of many accounts, imported one after the other: in the order in which things happened each event lies in
/// another block than the one before.
#[test]
fn where_the_two_orders_cross_more_is_kept_and_pages_are_not_decoded_without_end() {
    let (accounts, each) = (40u32, 1_000u32);
    let book = |account: u32| {
        (0..each).map(move |day| NewEvent {
            occurred_at: minute(i64::from(day) - 1_000_000),
            data: json(r#"{"add":1}"#),
            ..plain(&format!("counter/{account}"))
        })
    };
    let history = taken(&sealed((0..accounts).flat_map(book), 4_096), 8 * PAGE_BYTES);
    let (mut reached, head) = (Rank::ZERO, Rank::new(accounts * each));
    while reached < head {
        let next = reached.plus(256).min(head);
        history.visit(Clock::Occurred, reached, next, |_| {});
        reached = next;
    }
    let pages = u64::from(accounts * each).div_ceil(PAGE as u64);
    assert!(history.pages_decoded() <= 20 * pages, "{} of {pages} pages decoded", history.pages_decoded());
}
