//! Replay: whatever was asked before, the state at a moment is that of folding from the start, and its cost is bounded.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "kernel_support/toy.rs"]
mod toy;

use annals::kernel::{
    CheckpointPolicy, Clock, Commit, Facts, History, NewEvent, Payload, Position, Projection, Rank, ReadRun, Recorded,
    Replay, SchemaVersion, SharedVec, StateReader, StateWriter, Storable, StreamId, StreamName, Timestamp, Version,
};
use proptest::prelude::*;
use std::{cell::Cell, fmt::Debug, num::NonZeroU32};
use toy::{Added, Order, PerStream, Total, Toy};

const CLOCKS: [Clock; 2] = [Clock::Recorded, Clock::Occurred];

/// What happened, before it has a place: a number added to a stream some minutes ago; foreign or unreadable without.
#[derive(Clone, Debug)]
struct Draft {
    stream: u8,
    minutes_ago: i64,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Added(i64),
    Foreign,
    Unreadable,
}

/// A question to a replay, or something that happens in between.
#[derive(Clone, Debug)]
enum Step {
    Jump(u32),
    Forward(u32),
    Back(u32),
    Append(Vec<Draft>),
    CatchUp(u32),
}

/// An event as a naive reader knows it.
#[derive(Clone, Debug)]
struct Row {
    position: Position,
    stream: StreamId,
    version: Version,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    event: Option<Added>,
}

/// A history, and beside it a plain list of what is in it.
struct Twin {
    history: History<Toy>,
    rows: Vec<Row>,
}

impl Twin {
    fn new() -> Self {
        Self { history: History::new(Toy), rows: Vec::new() }
    }

    /// Appends a commit to both; answers with the last rank that kept its event on a clock.
    fn append(&mut self, drafts: &[Draft], clock: Clock) -> Rank {
        let now = minute(i64::try_from(self.rows.len()).unwrap());
        let events = drafts.iter().map(|draft| new_event(draft, now)).collect();
        let (blocks, committed) = self.history.seal(Commit { expectations: Vec::new(), events }, now).unwrap();
        let mut kept = self.history.head().get();
        for block in blocks {
            kept = kept.min(self.history.extend(block).unwrap().on(clock).get());
        }
        assert_eq!(committed.position, self.history.head());
        for draft in drafts {
            let name = name_of(draft);
            let stream = self.history.stream_id(&name).unwrap();
            let version = self.rows.iter().filter(|row| row.stream == stream).count() + 1;
            self.rows.push(Row {
                position: Position::new(u32::try_from(self.rows.len()).unwrap() + 1),
                stream,
                version: Version::new(u32::try_from(version).unwrap()),
                occurred_at: now.plus_micros(-draft.minutes_ago * 60_000_000),
                recorded_at: now,
                event: if let What::Added(number) = draft.what { Some(Added(number)) } else { None },
            });
        }
        Rank::new(kept)
    }

    /// The events in the order of a clock, by sorting them all.
    fn sorted(&self, clock: Clock) -> Vec<Row> {
        let mut rows = self.rows.clone();
        match clock {
            Clock::Recorded => rows.sort_by_key(|row| row.position),
            Clock::Occurred => rows.sort_by_key(|row| (row.occurred_at, row.position)),
        }
        rows
    }
}

fn minute(number: i64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000 + number * 60_000_000)
}

fn name_of(draft: &Draft) -> StreamName {
    StreamName::new("counter", &draft.stream.to_string()).unwrap()
}

fn new_event(draft: &Draft, now: Timestamp) -> NewEvent {
    let (event_type, data) = match draft.what {
        What::Added(number) => ("Added", format!(r#"{{"add":{number}}}"#)),
        What::Foreign => ("Removed", r#"{"remove":[1]}"#.to_owned()),
        What::Unreadable => ("Added", r#"{"ad":1}"#.to_owned()),
    };
    NewEvent {
        id: uuid::Uuid::nil().into(),
        stream: name_of(draft),
        event_type: event_type.into(),
        schema: SchemaVersion::FIRST,
        data: Payload::parse(&data).unwrap(),
        occurred_at: now.plus_micros(-draft.minutes_ago * 60_000_000),
        actor: "test".into(),
        reason: "".into(),
        correlation_id: None,
        causation_id: None,
        attributes: None,
    }
}

/// The state after the first `rank` of sorted rows, from nothing.
fn fold<P: Projection<Event = Added>>(rows: &[Row], rank: Rank) -> P {
    let mut state = P::default();
    for row in rows.iter().take(rank.as_usize()) {
        if let Some(event) = &row.event {
            state.apply(&shown(row, event));
        }
    }
    state
}

fn shown<'a>(row: &Row, event: &'a Added) -> Recorded<'a, Added> {
    let Row { position, stream, version, occurred_at, recorded_at, .. } = *row;
    Recorded { position, stream, version, occurred_at, recorded_at, event }
}

/// Facts that count how many ranks they were asked for.
struct Counted<'a, F> {
    facts: &'a F,
    asked: Cell<u32>,
}

impl<F: Facts> Facts for Counted<'_, F> {
    type Event = F::Event;

    fn head(&self) -> Rank {
        self.facts.head()
    }

    fn visit(&self, clock: Clock, after: Rank, up_to: Rank, visitor: impl FnMut(&Recorded<'_, F::Event>)) -> Rank {
        self.asked.set(self.asked.get() + up_to.get() - after.get());
        self.facts.visit(clock, after, up_to, visitor)
    }
}

/// Asks for a state and checks the answer, its cost and its memory.
fn ask<P: Projection<Event = Added> + PartialEq + Debug>(replay: &mut Replay<P>, twin: &Twin, rank: Rank) {
    let rows = twin.sorted(replay.clock());
    let counted = Counted { facts: &twin.history, asked: Cell::new(0) };
    let there = rank.min(replay.reached());
    assert_eq!(*replay.state_at(&counted, rank), fold::<P>(&rows, there), "the state at {rank}");
    assert_eq!(counted.asked.get(), replay.folded(), "the cost that is stated is the cost");
    assert!(replay.folded() <= replay.replay_max(), "{} folded, {} at most", replay.folded(), replay.replay_max());
}

fn check_bounds<P: Projection<Event = Added>>(replay: &Replay<P>, policy: CheckpointPolicy, longest: u32) {
    // Those of the toys weigh all the same.
    let (every, weight) = (policy.every.get(), P::default().weight());
    let kept_max = u32::try_from(policy.room(replay.reached()) / weight).unwrap().max(1);
    let kept_min = u32::try_from(policy.bytes_max / weight).unwrap().max(1);
    assert_eq!(replay.checkpoint_bytes(), replay.checkpoints() * weight);
    assert!(replay.checkpoints() <= kept_max as usize, "no more than {kept_max} checkpoints");
    assert_eq!(
        replay.checkpoints(),
        (replay.reached().get() / replay.replay_max()) as usize,
        "one checkpoint at each multiple of the spacing"
    );
    assert!(replay.replay_max() <= every.max(2 * longest / (kept_min + 1)), "spacing doubles only when it must");
}

fn play<P: Projection<Event = Added> + PartialEq + Debug>(clock: Clock, policy: CheckpointPolicy, steps: &[Step]) {
    let mut twin = Twin::new();
    let mut replay = Replay::<P>::new(clock, policy);
    let mut at = 0u32;
    for step in steps {
        let head = twin.history.head().get();
        match step {
            Step::Append(drafts) => {
                let kept = twin.append(drafts, clock);
                replay.rewind(kept);
                assert_eq!(*replay.head(), fold::<P>(&twin.sorted(clock), replay.reached()));
                assert!(replay.reached() <= kept, "nothing is kept of what moved");
            }
            Step::CatchUp(count) => {
                let done = replay.catch_up(&twin.history, *count);
                assert_eq!(done, replay.reached() == Facts::head(&twin.history));
                assert_eq!(*replay.head(), fold::<P>(&twin.sorted(clock), replay.reached()));
            }
            Step::Jump(seed) => at = seed % (head + 2),
            Step::Forward(count) => at = (at + count).min(head),
            Step::Back(count) => at = at.saturating_sub(*count),
        }
        ask(&mut replay, &twin, Rank::new(at));
        check_bounds(&replay, policy, twin.history.head().get());
    }
    assert!(replay.catch_up(&twin.history, u32::MAX));
    for rank in 0..=twin.history.head().get() {
        ask(&mut replay, &twin, Rank::new(rank));
    }
    check_bounds(&replay, policy, twin.history.head().get());
}

fn a_draft() -> impl Strategy<Value = Draft> {
    let what =
        prop_oneof![6 => (-50i64..50).prop_map(What::Added), 1 => Just(What::Foreign), 1 => Just(What::Unreadable)];
    let minutes_ago = prop_oneof![3 => Just(0i64), 1 => 0i64..5, 1 => 0i64..60];
    (0u8..4, minutes_ago, what).prop_map(|(stream, minutes_ago, what)| Draft { stream, minutes_ago, what })
}

fn a_commit() -> impl Strategy<Value = Vec<Draft>> {
    prop_oneof![3 => prop::collection::vec(a_draft(), 1..4), 1 => prop::collection::vec(a_draft(), 10..40)]
}

fn a_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => any::<u32>().prop_map(|seed| Step::Jump(seed / 2)),
        3 => (0u32..4).prop_map(Step::Forward),
        2 => (1u32..4).prop_map(Step::Back),
        3 => a_commit().prop_map(Step::Append),
        3 => prop_oneof![Just(u32::MAX), 0u32..20].prop_map(Step::CatchUp),
    ]
}

fn a_policy() -> impl Strategy<Value = CheckpointPolicy> {
    let every = prop_oneof![Just(1u32), Just(100), 1u32..12];
    let bytes_max = prop_oneof![Just(0usize), 1usize..300, Just(1 << 20)];
    (every, bytes_max, prop_oneof![Just(0u32), 1u32..40]).prop_map(|(every, bytes_max, bytes_per_event)| {
        CheckpointPolicy { every: NonZeroU32::new(every).unwrap(), bytes_max, bytes_per_event }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_asked_and_appended_a_state_is_the_fold_of_what_comes_before_it(
        policy in a_policy(),
        steps in prop::collection::vec(a_step(), 1..30),
    ) {
        for clock in CLOCKS {
            play::<PerStream>(clock, policy, &steps);
            play::<Total>(clock, policy, &steps);
            play::<Order>(clock, policy, &steps);
        }
    }

    #[test]
    fn a_stream_at_a_moment_is_what_a_search_through_everything_finds(
        commits in prop::collection::vec(a_commit(), 1..10),
    ) {
        for clock in CLOCKS {
            let mut twin = Twin::new();
            for commit in &commits {
                twin.append(commit, clock);
            }
            let (rows, history) = (twin.sorted(clock), &twin.history);
            for (row, rank) in rows.iter().zip(1..) {
                prop_assert_eq!(history.rank_of(clock, row.position), Rank::new(rank));
                prop_assert_eq!(history.place_of(row.position), Some((row.stream, row.version)));
            }
            for (id, entry) in history.streams() {
                prop_assert_eq!(history.stream_id(&entry.name), Some(id));
                for rank in 0..=history.head().get() + 1 {
                    let rank = Rank::new(rank);
                    let naive: Vec<&Row> =
                        rows.iter().take(rank.as_usize()).filter(|row| row.stream == id).collect();
                    prop_assert_eq!(history.stream_version_at(id, clock, rank).as_usize(), naive.len());
                    let mut visited = Vec::new();
                    history.visit_stream(id, clock, rank, |recorded| visited.push(format!("{recorded:?}")));
                    let expected: Vec<String> = naive
                        .iter()
                        .filter_map(|row| row.event.as_ref().map(|event| format!("{:?}", shown(row, event))))
                        .collect();
                    prop_assert_eq!(visited, expected);
                }
            }
            prop_assert_eq!(history.stream_version_at(StreamId::new(99), clock, Rank::new(9)), Version::ZERO);
        }
    }
}

#[test]
fn what_was_answered_beyond_the_head_is_forgotten_when_an_event_takes_a_place_before_it() {
    let added = |minutes_ago| Draft { stream: 1, minutes_ago, what: What::Added(minutes_ago) };
    let every = NonZeroU32::new(100).unwrap();
    for clock in CLOCKS {
        let mut twin = Twin::new();
        let mut replay = Replay::<Order>::new(clock, CheckpointPolicy { every, ..CheckpointPolicy::default() });
        replay.rewind(twin.append(&[added(0), added(0), added(0), added(0), added(0)], clock));
        replay.catch_up(&twin.history, u32::MAX);
        ask(&mut replay, &twin, Rank::new(3));
        // The head goes back to nothing, there is no checkpoint yet; the answer at 3 still holds.
        replay.rewind(twin.append(&[added(1)], clock).min(Rank::new(4)));
        replay.rewind(twin.append(&[added(60)], clock));
        replay.catch_up(&twin.history, u32::MAX);
        for rank in (0..=7).rev().chain(0..=7) {
            ask(&mut replay, &twin, Rank::new(rank));
        }
    }
}

/// Facts without a log behind them: `count` times one added.
struct Ones {
    count: u32,
    one: Added,
}

impl Facts for Ones {
    type Event = Added;

    fn head(&self) -> Rank {
        Rank::new(self.count)
    }

    fn visit(&self, _: Clock, after: Rank, up_to: Rank, mut visitor: impl FnMut(&Recorded<'_, Added>)) -> Rank {
        for number in after.get() + 1..=up_to.get().min(self.count) {
            let time = minute(i64::from(number));
            visitor(&Recorded {
                position: Position::new(number),
                stream: StreamId::FIRST,
                version: Version::new(number),
                occurred_at: time,
                recorded_at: time,
                event: &self.one,
            });
        }
        up_to.min(self.head())
    }
}

/// The most events folded in 5,000 seeks all over `count` events.
fn most_folded<P: Projection<Event = Added>>(count: u32, policy: CheckpointPolicy) -> (Replay<P>, u32) {
    let facts = Ones { count, one: Added(1) };
    let mut replay = Replay::<P>::new(Clock::Recorded, policy);
    assert!(replay.catch_up(&facts, u32::MAX));
    let seek = |number: u32| {
        let counted = Counted { facts: &facts, asked: Cell::new(0) };
        replay.state_at(&counted, Rank::new(number.wrapping_mul(2_654_435_761) % count));
        counted.asked.get()
    };
    let most = (0..5_000u32).map(seek).max().unwrap();
    (replay, most)
}

#[test]
fn a_seek_folds_no_more_of_a_million_events_than_of_ten_thousand() {
    let policy = CheckpointPolicy::default();
    let (_, of_few) = most_folded::<Order>(10_000, policy);
    let (replay, of_many) = most_folded::<Order>(1_000_000, policy);
    assert_eq!(replay.replay_max(), policy.every.get());
    assert!((250..256).contains(&of_few) && (250..256).contains(&of_many), "{of_few} and {of_many} folded");
    assert!(replay.checkpoint_bytes() <= policy.bytes_max);
}

#[test]
fn where_checkpoints_would_outgrow_their_room_they_lie_further_apart() {
    let weight = Order::default().weight();
    let policy = CheckpointPolicy {
        every: const { NonZeroU32::new(100).unwrap() },
        bytes_max: 256 * weight + weight / 2,
        bytes_per_event: 0,
    };
    let (replay, most) = most_folded::<Order>(100_000, policy);
    assert_eq!((replay.replay_max(), replay.checkpoints(), replay.checkpoint_bytes()), (400, 250, 250 * weight));
    assert!((350..=400).contains(&most), "{most} folded");
}

/// As wide as a model of some thousand accounts.
#[derive(Clone, Default)]
struct Wide;

impl Projection for Wide {
    type Event = Added;
    const NAME: &'static str = "wide";
    const REVISION: u32 = 1;

    fn weight(&self) -> usize {
        64_000
    }

    fn apply(&mut self, _: &Recorded<'_, Added>) {}
}

#[test]
fn with_room_for_each_event_a_wide_fold_costs_no_more_of_a_long_log_than_of_a_shorter_one() {
    let every = const { NonZeroU32::new(100).unwrap() };
    // There is room for 16 at first, and for one each 1,000 events.
    let policy = CheckpointPolicy { every, bytes_max: 16 * 64_000, bytes_per_event: 64 };
    for count in [20_000, 100_000, 1_000_000] {
        let (replay, most) = most_folded::<Wide>(count, policy);
        assert_eq!(replay.replay_max(), 1_600, "{count} events");
        assert!((1_500..=1_600).contains(&most), "{most} of {count} folded");
        assert!(replay.checkpoint_bytes() <= policy.room(replay.reached()));
    }
}

#[test]
fn playing_forward_folds_each_event_once_and_stepping_back_stays_within_the_bound() {
    let facts = Ones { count: 10_000, one: Added(1) };
    let policy = CheckpointPolicy { every: const { NonZeroU32::new(100).unwrap() }, ..CheckpointPolicy::default() };
    let mut replay = Replay::<Total>::new(Clock::Recorded, policy);
    replay.catch_up(&facts, u32::MAX);
    replay.state_at(&facts, Rank::new(5_000));
    for rank in 5_001..6_000 {
        replay.state_at(&facts, Rank::new(rank));
        assert!(replay.folded() <= 1, "at {rank}");
    }
    for rank in (5_000..6_000).rev() {
        replay.state_at(&facts, Rank::new(rank));
        assert!(replay.folded() < 100, "at {rank}");
    }
}

#[test]
fn a_part_that_is_folded_again_in_steps_is_compared_at_its_end() {
    let ones = |count, number| Ones { count, one: Added(number) };
    let policy = CheckpointPolicy { every: NonZeroU32::new(100).unwrap(), ..CheckpointPolicy::default() };
    let mut replay = Replay::<Total>::new(Clock::Recorded, policy);
    replay.catch_up(&ones(1_050, 1), u32::MAX);
    for index in 0..=10 {
        for (facts, expected) in [(ones(1_050, 1), true), (ones(1_050, 2), false)] {
            let mut check = replay.begin_check(index).unwrap();
            let steps = check.left().div_ceil(30);
            let found: Vec<Option<bool>> = (0..steps).map(|_| replay.check_on(&facts, &mut check, 30)).collect();
            let (last, before) = found.split_last().unwrap();
            assert!(before.iter().all(Option::is_none));
            assert_eq!((*last, check.left()), (Some(expected), 0), "part {index}");
        }
    }
    assert!(replay.begin_check(11).is_none());
    let mut beyond = replay.begin_check(3).unwrap();
    assert_eq!(replay.check_on(&ones(399, 1), &mut beyond, 30), Some(false), "there are fewer events");
    let mut begun = replay.begin_check(10).unwrap();
    replay.catch_up(&ones(1_060, 1), u32::MAX);
    assert_eq!(replay.check_on(&ones(1_060, 1), &mut begun, 30), Some(true), "it was folded on since");
}

/// Grows by an item with each event.
#[derive(Clone, Debug, Default, PartialEq)]
struct Growing(SharedVec<u32>);

impl Projection for Growing {
    type Event = Added;
    const NAME: &'static str = "growing";
    const REVISION: u32 = 1;

    fn apply(&mut self, recorded: &Recorded<'_, Added>) {
        self.0.push(recorded.position.get());
    }
}

impl Storable for Growing {
    fn write(&self, since: &Self, out: &mut StateWriter) {
        out.added(&self.0, &since.0, |out, item| out.number((*item).into()));
    }

    fn read(since: &Self, from: &mut StateReader<'_>) -> Option<Self> {
        from.added(&since.0, StateReader::small).map(Self)
    }
}

#[test]
fn checkpoints_that_lie_several_runs_apart_are_kept_as_what_they_differ_in() {
    const RUN: u32 = 100;
    const RUNS: u32 = 40;
    for every in [50, 100, 400] {
        let policy = CheckpointPolicy { every: NonZeroU32::new(every).unwrap(), ..CheckpointPolicy::default() };
        let facts = Ones { count: RUN * RUNS, one: Added(1) };
        let mut replay = Replay::<Growing>::new(Clock::Recorded, policy);
        replay.catch_up(&facts, u32::MAX);
        let mut again = Replay::<Growing>::kept(Clock::Recorded, policy, replay.spacing()).unwrap();
        let mut read = ReadRun::default();
        for run in 0..RUNS {
            let (from, to) = (Rank::new(run * RUN), Rank::new((run + 1) * RUN));
            let mut out = StateWriter::default();
            replay.write_run(from, to, None, &mut out);
            let bytes = out.into_bytes();
            // An item takes two bytes here, and no item is written twice.
            assert!(bytes.len() < 3 * every.max(RUN) as usize, "every {every}, run {run}: {} bytes", bytes.len());
            let mut reader = StateReader::over(&bytes);
            read = again.read_run(from, read, None, &mut reader).unwrap();
            assert!(reader.is_empty());
        }
        let mut out = StateWriter::default();
        replay.write_head(&mut out);
        again.read_head(&mut StateReader::over(&out.into_bytes())).unwrap();
        for rank in (0..=RUN * RUNS).step_by(37).map(Rank::new) {
            assert_eq!(again.state_at(&facts, rank), replay.state_at(&facts, rank));
        }
    }
}
