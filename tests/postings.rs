//! Postings: they say of every event what the event itself says, come back as they were written, and are all that the
//! history of an account takes.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    app::ReadSide,
    bank::{AccountEvent, AccountHistory, AccountState, BankCodec, EventKind, Postings},
    kernel::{
        Block, Clock, History, NewEvent, PackedColumn, Position, StateReader, StateWriter, StreamName, Timestamp,
    },
};
use build::{
    at, closed, deposited, eur, fee, interest_posted, limit_set, opened, raw, received, sent, stream_id, withdrawn,
    written,
};
use proptest::prelude::*;

const CLOCKS: [Clock; 2] = [Clock::Recorded, Clock::Occurred];
const MINUTE: i64 = 60 * Timestamp::MICROS_PER_SECOND;

/// Events that come together: how many, of which account, of what kind, how much, and how many minutes after the start.
type Run = (u16, u8, u8, i64, i64);

/// Kinds beyond the bank's own are foreign or cannot be read; openings may come late, twice, or never, with nothing.
fn some_runs(lengths: std::ops::Range<u16>, count: usize) -> impl Strategy<Value = Vec<Run>> {
    let amount = prop_oneof![4 => 1i64..70_000, 1 => Just(0), 1 => Just(i64::MAX / 2)];
    prop::collection::vec((lengths, 0u8..4, 0u8..12, amount, -2_000i64..2_000), 1..count)
}

fn event((_, account, kind, amount, minutes): Run, number: i64) -> NewEvent {
    let name = account.to_string();
    let happened = at("2024-01-02 08:00").plus_micros((minutes + number) * MINUTE);
    let some = eur(amount.max(1));
    let of_the_bank = |event: AccountEvent| written(&name, &event, happened);
    match kind {
        0 => of_the_bank(opened(eur(amount))),
        1 => of_the_bank(deposited(some)),
        2 => of_the_bank(withdrawn(some)),
        3 => of_the_bank(sent(some, "9")),
        4 => of_the_bank(received(some, "9")),
        5 => of_the_bank(interest_posted(some, 125)),
        6 => of_the_bank(fee(some, "card")),
        7 => of_the_bank(limit_set(eur(amount))),
        8 => of_the_bank(closed()),
        9 => raw(&format!("order/{account}"), "OrderPlaced", 1, "{}", happened),
        10 => raw(&format!("account/{account}"), "Unheard", 1, "{}", happened),
        _ => raw(&format!("account/{account}"), "MoneyDeposited", 2, r#"{"amount":"many"}"#, happened),
    }
}

/// The blocks of each of some runs, each recorded after the start of all.
fn blocks(runs: &[Run]) -> Vec<Vec<Block>> {
    let mut history = History::new(BankCodec::new().unwrap());
    let mut arrivals = Vec::new();
    for run in runs {
        let mut sealer = history.sealer();
        let now = sealer.earliest().max(at("2024-03-01 08:00"));
        let mut arrival = Vec::new();
        for number in 0..i64::from(run.0) {
            arrival.extend(sealer.push(&history, event(*run, number), now).unwrap());
        }
        arrival.extend(sealer.finish().0);
        for block in &arrival {
            history.extend(block.clone()).unwrap();
        }
        arrivals.push(arrival);
    }
    arrivals
}

fn history_of(arrivals: &[Vec<Block>]) -> History<BankCodec> {
    let mut history = History::new(BankCodec::new().unwrap());
    for block in arrivals.iter().flatten() {
        history.extend(block.clone()).unwrap();
    }
    history
}

fn postings_of(history: &History<BankCodec>) -> Postings {
    let mut postings = Postings::default();
    postings.extend(history);
    postings
}

/// What is said of an event: what it is, by how much it changes the balance, the limit it sets, whether it moves money.
type Told = (EventKind, i64, Option<i64>, bool);

fn told(postings: &Postings, position: Position) -> Option<Told> {
    postings.get(position).map(|posting| (posting.kind, posting.change, posting.limit, posting.moves_money()))
}

fn decoded(history: &History<BankCodec>, position: Position) -> Option<Told> {
    history.fact(position).map(|fact| {
        let limit = match &fact.event {
            AccountEvent::OverdraftLimitSet(set) => Some(set.limit),
            _ => None,
        };
        (fact.event.kind(), fact.event.change(), limit, fact.event.moves_money())
    })
}

fn written_part(postings: &Postings, from: usize, to: usize) -> Vec<u8> {
    let mut out = StateWriter::default();
    postings.write(from, to, &mut out);
    out.into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// Those that grow with every block, and those that are made of all blocks at once.
    #[test]
    fn every_posting_says_what_its_event_says(runs in some_runs(1..40, 30)) {
        let mut history = History::new(BankCodec::new().unwrap());
        let mut grown = Postings::default();
        for block in blocks(&runs).into_iter().flatten() {
            history.extend(block).unwrap();
            grown.extend(&history);
            prop_assert_eq!(grown.len(), history.head().as_usize(), "foreign events have their places");
        }
        for position in (0..=history.head().get() + 1).map(Position::new) {
            prop_assert_eq!(told(&grown, position), decoded(&history, position), "{}", position);
        }
        prop_assert_eq!(&postings_of(&history), &grown);
        let before = grown.clone();
        grown.extend(&history);
        prop_assert_eq!(grown, before, "nothing is noted twice");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn postings_that_were_written_in_parts_are_read_as_they_were(
        runs in some_runs(1..900, 8),
        cuts in prop::collection::vec(0usize..8, 0..4),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let arrivals = blocks(&runs);
        let history = history_of(&arrivals);
        let postings = postings_of(&history);
        let mut borders: Vec<usize> = cuts.iter().map(|cut| (cut * PackedColumn::CHUNK).min(postings.len() / PackedColumn::CHUNK * PackedColumn::CHUNK)).collect();
        borders.extend([0, postings.len()]);
        borders.sort_unstable();
        let mut parts: Vec<Vec<u8>> = borders.windows(2).map(|pair| written_part(&postings, pair[0], pair[1])).collect();
        let mut read = Postings::default();
        for part in &parts {
            let mut from = StateReader::over(part);
            prop_assert_eq!(read.read(&mut from), Some(()));
            prop_assert!(from.is_empty());
        }
        prop_assert_eq!(&read, &postings);
        prop_assert_eq!(read.check(&history, Position::ZERO, history.head()), Some(true));
        // It goes on from what was read.
        let more = arrivals.len() / 2;
        let first_part = history_of(&arrivals[..more]);
        let mut continued = Postings::default();
        continued.read(&mut StateReader::over(&written_part(&postings, 0, first_part.head().as_usize()))).unwrap();
        prop_assert_eq!(&continued, &postings_of(&first_part));
        continued.extend(&history);
        prop_assert_eq!(&continued, &postings);
        // What is damaged is refused, or says something else of as many events at most: it never fails.
        let bad = parts.last_mut().unwrap();
        for (place, byte) in damage {
            let place = place.index(bad.len());
            bad[place] ^= byte;
        }
        let mut read = Postings::default();
        if read.read(&mut StateReader::over(bad)).is_some() {
            for position in (0..8_192).map(Position::new) {
                told(&read, position);
            }
        }
        bad.truncate(bad.len() / 2);
        prop_assert_eq!(Postings::default().read(&mut StateReader::over(bad)), None, "half of it");
    }

    /// Back-dated, foreign and late as its events may be.
    #[test]
    fn the_history_of_an_account_is_made_without_decoding(runs in some_runs(1..400, 12), step in 1usize..700) {
        let history = history_of(&blocks(&runs));
        let postings = postings_of(&history);
        let ids: Vec<_> = history.streams().map(|(id, _)| id).collect();
        for clock in CLOCKS {
            for id in &ids {
                history.forget_decoded();
                let decoded = history.pages_decoded();
                let mut account = AccountHistory::new(clock);
                while !account.extend(&history, &postings, *id, step) {}
                prop_assert_eq!((history.pages_decoded(), history.decoded_bytes()), (decoded, 0));
                prop_assert_eq!(account, AccountHistory::of(&history, *id, clock));
            }
        }
    }
}

#[test]
fn a_screen_shows_an_account_and_decides_on_it_without_decoding() {
    let runs: Vec<Run> = [(1, 0, 0, 500, 0), (600, 0, 1, 9, 10), (600, 0, 2, 4, -300), (30, 0, 7, 50, 700)].to_vec();
    let mut read = ReadSide::new(BankCodec::new().unwrap());
    blocks(&runs).into_iter().flatten().for_each(|block| read.extend(block).unwrap());
    let name = StreamName::new("account", "0").unwrap();
    let id = stream_id(read.history(), "0");
    for clock in CLOCKS {
        while !read.catch_up(clock, u32::MAX) {}
    }
    read.history().forget_decoded();
    let before = read.history().pages_decoded();
    for clock in CLOCKS {
        let account = read.account(id, clock);
        assert_eq!(account.entries().len(), 1_231, "{clock:?}");
        assert_eq!(account.balance_after(1_231), 500 + 600 * 9 - 600 * 4, "{clock:?}");
    }
    let AccountState::Open(state) = read.account_state(&name) else { panic!("it is open") };
    assert_eq!((state.balance, state.overdraft_limit), (500 + 600 * 9 - 600 * 4, 50));
    assert_eq!(read.history().pages_decoded(), before);
}
