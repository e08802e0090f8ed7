//! The history: a commit is sealed whole or not at all, and a block is taken whole or changes nothing.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "kernel_support/events.rs"]
mod events;
#[path = "kernel_support/raw.rs"]
mod raw;
#[path = "kernel_support/toy.rs"]
mod toy;

use annals::kernel::{
    Block, BlockError, ChainHash, Clock, Commit, Committed, ConflictError, EVENT_BYTES_MAX, EventId, Expectation,
    ExpectedVersion, History, KeptBlock, NewEvent, Position, Rank, SEALED_EVENTS_MAX, StreamId, Timestamp, Version,
    Versions as _,
};
use events::{every_kind, id, json, plain, recorded, some_events, stream, time};
use proptest::prelude::*;
use raw::{OCCURRED, RECORDED, Raw, STREAM, STREAMS, number, table, text};
use toy::Toy;

fn now() -> Timestamp {
    time("2024-02-01T08:00:00Z")
}

fn commit(events: impl IntoIterator<Item = NewEvent>) -> Commit {
    Commit { expectations: Vec::new(), events: events.into_iter().collect() }
}

fn expecting(name: &str, version: u32) -> Expectation {
    Expectation { stream: stream(name), expected: ExpectedVersion::Exactly(Version::new(version)) }
}

/// Seals a commit and takes it in.
fn append(history: &mut History<Toy>, commit: Commit, at: Timestamp) -> Committed {
    let (blocks, committed) = history.seal(commit, at).unwrap();
    for block in blocks {
        history.extend(block).unwrap();
    }
    committed
}

/// Two accounts with a back-dated, a foreign and an unreadable event.
fn some_history() -> History<Toy> {
    let mut history = History::new(Toy);
    append(&mut history, commit([plain("account/1"), plain("account/2"), plain("account/1")]), now());
    let late = NewEvent { occurred_at: time("2023-01-01T00:00:00Z"), ..plain("account/2") };
    let odd = NewEvent { data: json("[]"), ..plain("account/1") };
    append(&mut history, commit([late, odd, NewEvent { event_type: "Other".into(), ..plain("order/1") }]), now());
    history
}

/// Everything that can be asked of a history, as a text.
fn everything(history: &History<Toy>) -> String {
    let mut all = vec![format!("{:?} {:?} {:?}", history.head(), history.tail(), history.unreadable())];
    for (id, entry) in history.streams() {
        all.push(format!("{id} {entry:?} {:?} {:?}", history.stream_id(&entry.name), history.version_of(&entry.name)));
        for (clock, rank) in [(Clock::Recorded, 2), (Clock::Occurred, 2), (Clock::Occurred, 9)] {
            all.push(format!("{:?}", history.stream_version_at(id, clock, Rank::new(rank))));
        }
    }
    for name in ["account/1", "account/9", "fresh/1", "fresh/2"].map(stream) {
        all.push(format!("{name} {:?} {:?}", history.stream_id(&name), history.version_of(&name)));
    }
    for position in (0..=history.head().get() + 3).map(Position::new) {
        all.push(format!("{:?} {:?}", history.fact(position), history.place_of(position)));
        all.push(format!("{:?} {:?}", history.event(position), history.hashes(position)));
        all.push(format!("{:?}", history.rank_of(Clock::Occurred, position)));
    }
    let timelines = [Clock::Recorded, Clock::Occurred].map(|clock| history.timeline(clock));
    all.push(format!("{timelines:?} {:?}", history.blocks_here().collect::<Vec<_>>()));
    all.join("\n")
}

#[track_caller]
fn changes_nothing(block: Block, expected: impl Fn(&BlockError) -> bool) {
    let mut history = some_history();
    let before = everything(&history);
    let error = history.extend(block).unwrap_err();
    assert!(expected(&error), "{error:?}");
    assert_eq!(everything(&history), before);
    let committed = append(&mut history, commit([plain("account/1")]), now());
    assert_eq!(committed.position, Position::new(7), "the block that follows is still taken");
}

fn is_malformed(error: &BlockError) -> bool {
    matches!(error, BlockError::Malformed { .. })
}

/// The block that follows [`some_history`], of these events.
fn next_block(events: impl IntoIterator<Item = NewEvent>) -> Block {
    some_history().seal(commit(events), now()).unwrap().0.remove(0)
}

#[test]
fn a_writer_who_believes_a_wrong_version_is_told_both() {
    let history = some_history();
    let commit = |expectations| Commit { expectations, events: vec![plain("account/2"), plain("account/1")] };
    let conflict = history.seal(commit(vec![expecting("account/2", 2), expecting("account/1", 2)]), now()).unwrap_err();
    assert_eq!(
        conflict,
        ConflictError::Version {
            stream: stream("account/1"),
            expected: ExpectedVersion::Exactly(Version::new(2)),
            actual: Version::new(3),
        }
    );
    let any = Expectation { stream: stream("account/1"), expected: ExpectedVersion::Any };
    let right = vec![any, expecting("account/1", 3), expecting("account/2", 2), expecting("account/3", 0)];
    assert!(history.seal(commit(right), now()).is_ok());
    let must_not_exist = history.seal(commit(vec![expecting("order/1", 0)]), now());
    assert!(matches!(must_not_exist, Err(ConflictError::Version { actual: Version::FIRST, .. })));
}

#[test]
fn a_commit_over_several_streams_is_all_or_nothing() {
    let mut history = some_history();
    let before = everything(&history);
    let huge = NewEvent { actor: "x".repeat(EVENT_BYTES_MAX).into(), ..plain("account/2") };
    let refused = history.seal(commit([plain("account/1"), huge]), now()).unwrap_err();
    assert!(matches!(refused, ConflictError::TooLarge { index: 2, bytes } if bytes > EVENT_BYTES_MAX));
    assert_eq!(everything(&history), before);

    let transfer = Commit {
        expectations: vec![expecting("account/1", 3), expecting("account/2", 2)],
        events: vec![plain("account/1"), plain("account/2"), plain("account/1")],
    };
    let (blocks, committed) = history.seal(transfer.clone(), now()).unwrap();
    assert_eq!(blocks.len(), 1, "one block, so one write");
    assert_eq!(everything(&history), before, "sealing alone changes nothing");
    assert_eq!(committed.position, Position::new(9));
    let versions = [(stream("account/1"), Version::new(5)), (stream("account/2"), Version::new(3))];
    assert_eq!(committed.versions, versions);
    assert_eq!(append(&mut history, transfer.clone(), now()), committed);
    assert!(history.seal(transfer, now()).is_err(), "the same beliefs do not hold twice");
}

#[test]
fn nothing_to_write_is_no_block() {
    let (blocks, committed) = some_history().seal(commit([]), now()).unwrap();
    assert_eq!((blocks, committed.position, committed.versions), (vec![], Position::new(6), vec![]));
}

#[test]
fn the_texts_of_ids_count_towards_the_size_of_an_event() {
    let history = some_history();
    let long = || Some(EventId::parse(&"x".repeat(EVENT_BYTES_MAX)));
    for event in [
        NewEvent { correlation_id: long(), ..plain("a/1") },
        NewEvent { causation_id: long(), ..plain("a/1") },
        NewEvent { id: long().unwrap(), ..plain("a/1") },
        NewEvent { reason: "x".repeat(EVENT_BYTES_MAX).into(), ..plain("a/1") },
        NewEvent { attributes: Some("x".repeat(EVENT_BYTES_MAX).into()), ..plain("a/1") },
        NewEvent { event_type: "x".repeat(EVENT_BYTES_MAX).into(), ..plain("a/1") },
    ] {
        assert!(matches!(history.seal(commit([event]), now()), Err(ConflictError::TooLarge { index: 1, .. })));
    }
}

#[test]
fn recording_never_goes_back_even_if_the_clock_does() {
    let mut history = some_history();
    append(&mut history, commit([plain("account/1")]), now().plus_micros(-1_000_000));
    append(&mut history, commit([plain("account/1")]), now().plus_micros(5));
    append(&mut history, commit([plain("account/1")]), Timestamp::MIN);
    let recorded: Vec<Timestamp> =
        (6..=9).map(|position| history.event(Position::new(position)).unwrap().recorded_at).collect();
    assert_eq!(recorded, [now(), now(), now().plus_micros(5), now().plus_micros(5)]);
    let mut sealer = history.sealer();
    let refused = sealer.push(&history, plain("account/1"), now()).unwrap_err();
    assert!(matches!(refused, ConflictError::TimeGoesBack { index: 1, found, .. } if found == now()));
}

#[test]
fn many_events_are_sealed_in_blocks_of_bounded_count_and_size() {
    let mut history = some_history();
    let count = 1024 + SEALED_EVENTS_MAX + 3;
    append(&mut history, commit((0..count).map(|_| plain("account/1"))), now());
    let counts: Vec<u32> = history.blocks().iter().map(|block| block.header().count).collect();
    assert_eq!(counts, [3, 3, 1018, 1024, 2048, 1033]);
    let heavy = || NewEvent { data: json(&format!("\"{}\"", "x".repeat(60_000))), ..plain("account/1") };
    append(&mut history, commit((0..100).map(|_| heavy())), now());
    assert!(history.blocks()[6..].len() == 2, "four mebibytes of texts are a block, however few the events");
    assert_eq!(history.version_of(&stream("account/1")), Version::new(3 + u32::try_from(count).unwrap() + 100));
}

#[test]
fn a_small_commit_is_one_block_wherever_it_falls() {
    let mut history = History::new(Toy);
    append(&mut history, commit((0..2_047).map(|_| plain("account/1"))), now());
    for _ in 0..2 {
        append(&mut history, commit((0..2).map(|_| plain("account/1"))), now());
    }
    let counts: Vec<u32> = history.blocks().iter().map(|block| block.header().count).collect();
    assert_eq!(counts, [1_024, 1_023, 2, 2]);
}

#[test]
fn blocks_are_as_large_as_a_browser_keeps_in_its_tree_whatever_their_events_say() {
    for length in [30, 100] {
        let mut history = History::new(Toy);
        let event = |number: u32| NewEvent { reason: format!("{number:0length$}").into(), ..plain("account/1") };
        append(&mut history, commit((1..=9_000).map(event)), now());
        let first = history.blocks().len();
        append(&mut history, commit((1..=9_000).map(event)), now());
        let blocks = &history.blocks()[first..];
        let sizes: Vec<usize> = blocks.iter().take(blocks.len() - 1).skip(1).map(KeptBlock::size).collect();
        assert!(sizes.len() > 3 && sizes.iter().all(|size| (30_000..62_000).contains(size)), "{sizes:?}");
        let ends = blocks.iter().rev().skip(1).map(|block| block.header().last().get());
        assert!(
            ends.into_iter().all(|end| end.is_multiple_of(256)),
            "what lies between two checkpoints is in one block"
        );
    }
}

#[test]
fn every_field_of_an_event_comes_back() {
    let mut history = History::new(Toy);
    let committed = append(&mut history, commit(every_kind()), now());
    assert_eq!(committed.position.as_usize(), every_kind().len());
    for (position, event) in (1..).map(Position::new).zip(every_kind()) {
        let found = history.event(position).unwrap();
        assert_eq!((found.position, found.recorded_at, found.event), (position, now(), event));
    }
    assert_eq!(history.event(Position::ZERO), None);
    assert_eq!(history.event(committed.position.next()), None);
}

#[test]
fn rows_are_the_same_whatever_was_looked_at_before() {
    let mut history = History::new(Toy);
    let event = |number: u32| NewEvent { reason: number.to_string().into(), ..plain("account/1") };
    append(&mut history, commit((1..=6_000).map(event)), now());
    append(&mut history, commit([event(6_001)]), now());
    let order = (0..400u32).map(|number| number.wrapping_mul(2_654_435_761) % 6_001 + 1);
    for position in order.chain([1, 512, 513, 2_048, 2_049, 4_096, 6_000, 6_001]) {
        let found = history.event(Position::new(position)).unwrap();
        assert_eq!((found.position.get(), found.version.get()), (position, position));
        assert_eq!(found.event.reason, position.to_string().as_str());
    }
}

#[test]
fn a_block_out_of_place_or_repeated_changes_nothing() {
    let is_out_of_place =
        |error: &BlockError| matches!(error, BlockError::OutOfPlace { expected, .. } if *expected == Position::new(7));
    changes_nothing(some_history().block(0).unwrap().clone(), is_out_of_place);
    changes_nothing(some_history().block(1).unwrap().clone(), is_out_of_place);
    let mut further = some_history();
    append(&mut further, commit([plain("account/1")]), now());
    changes_nothing(further.seal(commit([plain("fresh/1")]), now()).unwrap().0.remove(0), is_out_of_place);
}

#[test]
fn a_block_of_another_history_changes_nothing() {
    let mut other = History::new(Toy);
    append(&mut other, commit((0..6).map(|number| NewEvent { id: id(number), ..plain("account/1") })), now());
    let block = other.seal(commit([plain("fresh/1")]), now()).unwrap().0.remove(0);
    changes_nothing(block, |error| *error == BlockError::BrokenChain { at: Position::new(7) });
}

#[test]
fn a_block_that_goes_back_in_recorded_time_changes_nothing() {
    let events = recorded(7, [(plain("fresh/1"), now().plus_micros(-1))]);
    changes_nothing(Block::seal(&events, some_history().tail().chain).unwrap(), is_malformed);
}

#[test]
fn a_block_that_does_not_continue_its_streams_changes_nothing() {
    for version in [1, 3, 5] {
        let mut events = recorded(7, [(plain("fresh/1"), now()), (plain("account/1"), now())]);
        events[1].version = Version::new(version);
        changes_nothing(Block::seal(&events, some_history().tail().chain).unwrap(), is_malformed);
    }
    let mut fresh = recorded(7, [(plain("fresh/1"), now())]);
    fresh[0].version = Version::new(2);
    changes_nothing(Block::seal(&fresh, some_history().tail().chain).unwrap(), is_malformed);
}

#[test]
fn a_block_that_names_a_stream_twice_changes_nothing() {
    for (one, other, version) in [("fresh/1", "fresh/2", 1), ("account/1", "account/2", 4)] {
        let good = Raw::of(&next_block([plain(one), plain(other)]));
        let named = |shared: usize| [number(shared), text(&one[shared..]), number(version)].concat();
        assert!(good.sections[STREAMS].windows(named(0).len()).any(|bytes| bytes == named(0)), "{one} is named so");
        // Written out again, and as all of the name before it.
        for shared in [0, one.len()] {
            let mut twice = good.clone();
            twice.sections[STREAMS] = table(2, &[named(0), named(shared)].concat());
            changes_nothing(twice.block().unwrap(), is_malformed);
        }
    }
}

#[test]
fn a_block_that_names_a_stream_without_an_event_changes_nothing() {
    let mut raw = Raw::of(&next_block([plain("fresh/1"), plain("fresh/2")]));
    raw.sections[STREAM] = vec![0, 0];
    changes_nothing(raw.block().unwrap(), is_malformed);
}

#[test]
fn a_block_with_a_stream_that_cannot_be_changes_nothing() {
    let mut raw = Raw::of(&next_block([plain("fresh/1")]));
    let slash = raw.sections[STREAMS].iter().position(|byte| *byte == b'/').unwrap();
    raw.sections[STREAMS][slash] = b'-';
    changes_nothing(raw.block().unwrap(), is_malformed);
}

#[test]
fn a_block_with_a_column_that_ends_too_early_changes_nothing() {
    for column in STREAM..16 {
        let mut raw = Raw::of(&next_block([plain("fresh/1"), plain("account/1"), plain("fresh/2")]));
        if raw.sections[column].pop().is_none() {
            assert!([RECORDED, OCCURRED].contains(&column), "only a column of times may be empty");
            continue;
        }
        changes_nothing(raw.block().unwrap(), is_malformed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn positions_and_versions_run_without_gap_and_everything_comes_back(
        commits in prop::collection::vec((some_events(0), -3i64..5), 0..6),
    ) {
        let mut history = History::new(Toy);
        let mut all: Vec<NewEvent> = Vec::new();
        let mut clock = now();
        for (events, step) in commits {
            clock = clock.plus_micros(step);
            let events: Vec<NewEvent> = events.into_iter().map(|recorded| recorded.event).collect();
            all.extend(events.clone());
            let committed = append(&mut history, commit(events), clock);
            prop_assert_eq!(committed.position, history.head());
            for (name, version) in &committed.versions {
                prop_assert_eq!(history.version_of(name), *version);
            }
        }
        prop_assert_eq!(history.head().as_usize(), all.len());
        let mut latest = Timestamp::MIN;
        for (position, event) in (1..).map(Position::new).zip(&all) {
            let found = history.event(position).unwrap();
            let version = all[..position.as_usize()].iter().filter(|other| other.stream == event.stream).count();
            prop_assert_eq!((found.position, found.version.as_usize()), (position, version));
            prop_assert_eq!(&found.event, event);
            prop_assert!(found.recorded_at >= latest, "recording never goes back");
            latest = found.recorded_at;
            let stream = history.stream_id(&event.stream).unwrap();
            prop_assert_eq!(history.place_of(position), Some((stream, found.version)));
            prop_assert!(stream > StreamId::ZERO);
        }
        prop_assert_eq!(history.hashes(Position::FIRST).map(|(before, _)| before), history.block(0).map(|_| ChainHash::START));
    }
}
