//! States of the three folds that are kept as what they differ in from an earlier one: they come back as they were, they
//! are small where little has changed, and what has not changed is not kept twice.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    bank::{AccountEvent, Alerts, Balances, BankCodec, Money, Sources},
    kernel::{
        Clock, EVENT_BYTES_MAX, Facts as _, History, Label, Position, Projection, Rank, Recorded, StateReader,
        StateWriter, Storable, StreamId, Timestamp, Version,
    },
};
use build::{
    at, closed, currency, deposited_from, fee, interest_posted, limit_set, opened, received, recorded_history, sent,
    withdrawn_in, written,
};
use proptest::prelude::*;
use std::fmt::Debug;

const CLOCKS: [Clock; 2] = [Clock::Recorded, Clock::Occurred];
const MINUTE: i64 = 60 * Timestamp::MICROS_PER_SECOND;
const DAY: i64 = Timestamp::MICROS_PER_DAY;

trait Fold: Storable + Projection<Event = AccountEvent> + PartialEq + Debug {}
impl<P: Storable + Projection<Event = AccountEvent> + PartialEq + Debug> Fold for P {}

fn folded<P: Fold>(history: &History<BankCodec>, clock: Clock, rank: u32) -> P {
    let mut state = P::default();
    history.visit(clock, Rank::ZERO, Rank::new(rank), |recorded| state.apply(recorded));
    state
}

fn all(history: &History<BankCodec>) -> Rank {
    Rank::new(history.head().get())
}

fn bytes_of<P: Fold>(state: &P, since: &P) -> Vec<u8> {
    let mut out = StateWriter::default();
    state.write(since, &mut out);
    out.into_bytes()
}

/// The state that all of the bytes say.
fn read<P: Fold>(since: &P, bytes: &[u8]) -> Option<P> {
    let mut from = StateReader::over(bytes);
    P::read(since, &mut from).filter(|_| from.is_empty())
}

/// An event: of which account, what, how much, and how many minutes after the one before.
type Choice = (u8, u8, i64, u32);

/// Often of an account that is not open yet, and now and then of another one than the four.
fn any_event() -> impl Strategy<Value = Choice> {
    (0u8..5, 0u8..15, 1i64..70_000, 0u32..40)
}

/// The events as they are recorded. Some are back-dated, openings among them; accounts are opened late, twice or never.
fn history(choices: &[Choice]) -> History<BankCodec> {
    let mut now = at("2023-01-02 08:00");
    recorded_history(choices.iter().map(|(account, kind, minor, minutes)| {
        // Mostly minutes pass, now and then months.
        now = now.plus_micros(if *minutes == 39 { 125 * DAY } else { i64::from(*minutes) * MINUTE });
        let money = Money::new(*minor, currency(if *account < 2 { "EUR" } else { "KWD" }));
        let event = match kind {
            0..3 => opened(money),
            3 => closed(),
            4..6 => withdrawn_in(money, "Bergen, A"),
            6 => withdrawn_in(Money::new(minor / 100 * 100 + 500_000, money.currency), "Oslo, B"),
            7 => withdrawn_in(Money::new(700_000, money.currency), "somewhere"),
            8 => fee(money, "fee"),
            9 => interest_posted(money, 100),
            10 => limit_set(money),
            11 => sent(money, "ACC-0001"),
            12 => received(money, "ACC-0001"),
            _ => deposited_from(money, &format!("source {}", minor % 40)),
        };
        let occurred_at = if minor % 4 == 0 { now.plus_micros(-(minor % 90) * 10 * MINUTE) } else { now };
        (written(&format!("ACC-000{account}"), &event, occurred_at), now)
    }))
}

/// Each state is kept as what it differs in from the one before, as from the empty one and from any before it.
fn come_back<P: Fold>(history: &History<BankCodec>, clock: Clock, ranks: &[u32]) -> Result<(), TestCaseError> {
    let states: Vec<P> = ranks.iter().map(|rank| folded(history, clock, *rank)).collect();
    let mut chained = P::default();
    for (index, state) in states.iter().enumerate() {
        let since = index.checked_sub(1).map_or_else(P::default, |before| states[before].clone());
        chained = read(&chained, &bytes_of(state, &since)).ok_or_else(|| TestCaseError::fail("it is not read"))?;
        prop_assert_eq!(&chained, state, "along the chain");
        for since in [P::default()].iter().chain(&states[..=index]) {
            let again = read(since, &bytes_of(state, since));
            prop_assert_eq!(again.as_ref(), Some(state));
        }
    }
    // One that lies later is none that is asked for, and no harm either.
    let (first, last) = (&states[0], &states[states.len() - 1]);
    let again = read(last, &bytes_of(first, last));
    prop_assert_eq!(again.as_ref(), Some(first), "since a later one");
    Ok(())
}

/// What comes after is folded from a state that was read as from the state itself.
fn goes_on<P: Fold>(history: &History<BankCodec>, clock: Clock, rank: u32) -> Result<(), TestCaseError> {
    let state: P = folded(history, clock, rank);
    let mut again = read(&P::default(), &bytes_of(&state, &P::default())).unwrap();
    history.visit(clock, Rank::new(rank), all(history), |recorded| again.apply(recorded));
    prop_assert_eq!(again, folded::<P>(history, clock, all(history).get()));
    Ok(())
}

/// Damaged bytes are read as something, or refused; and what was read can be gone on with.
fn do_no_harm<P: Fold>(history: &History<BankCodec>, clock: Clock, rank: u32, damage: &[(usize, u8)], cut: usize) {
    let (since, state): (P, P) = (folded(history, clock, rank / 2), folded(history, clock, rank));
    let bytes = bytes_of(&state, &since);
    let mut bad = bytes.clone();
    for (place, byte) in damage {
        let place = place % bad.len();
        bad[place] ^= byte;
    }
    if let Some(mut odd) = read(&since, &bad) {
        history.visit(clock, Rank::new(rank), all(history), |recorded| odd.apply(recorded));
    }
    bad.truncate(cut % bad.len());
    drop(read(&since, &bad));
    assert_eq!(read(&since, &bytes[..cut % bytes.len()]), None, "it ends too early");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn what_was_kept_of_a_state_makes_it_again(
        choices in prop::collection::vec(any_event(), 0..160),
        ranks in prop::collection::vec(any::<u32>(), 2..7),
    ) {
        let history = history(&choices);
        let mut ranks: Vec<_> = ranks.iter().map(|rank| rank % (history.head().get() + 1)).collect();
        ranks.sort_unstable();
        for clock in CLOCKS {
            come_back::<Balances>(&history, clock, &ranks)?;
            come_back::<Sources>(&history, clock, &ranks)?;
            come_back::<Alerts>(&history, clock, &ranks)?;
            goes_on::<Balances>(&history, clock, ranks[0])?;
            goes_on::<Sources>(&history, clock, ranks[0])?;
            goes_on::<Alerts>(&history, clock, ranks[0])?;
        }
    }

    #[test]
    fn damaged_bytes_do_no_harm(
        choices in prop::collection::vec(any_event(), 1..120),
        rank in any::<u32>(),
        damage in prop::collection::vec((any::<usize>(), any::<u8>()), 1..5),
        cut in any::<usize>(),
    ) {
        let history = history(&choices);
        let rank = rank % (history.head().get() + 1);
        for clock in CLOCKS {
            do_no_harm::<Balances>(&history, clock, rank, &damage, cut);
            do_no_harm::<Sources>(&history, clock, rank, &damage, cut);
            do_no_harm::<Alerts>(&history, clock, rank, &damage, cut);
        }
    }
}

// ---- room

const ACCOUNTS: u32 = 4_000;

/// Shows an event of an account to a fold.
fn show<P: Fold>(state: &mut P, stream: u32, version: u32, event: &AccountEvent) {
    let occurred_at = at("2024-01-01 08:00").plus_micros(i64::from(version) * DAY);
    let (stream, version, recorded_at) = (StreamId::new(stream), Version::new(version), occurred_at);
    let position = Position::new(version.get() * ACCOUNTS + stream.get());
    state.apply(&Recorded { position, stream, version, occurred_at, recorded_at, event });
}

/// Some thousand accounts that were opened and paid into, each from a source of its own.
fn wide<P: Fold>() -> P {
    let mut state = P::default();
    let money = Money::new(100, currency("EUR"));
    for stream in 1..=ACCOUNTS {
        show(&mut state, stream, 1, &opened(money));
        show(&mut state, stream, 2, &deposited_from(money, &format!("source {stream}")));
    }
    state
}

/// How many bytes are written of one event of one account among some thousands, and what the state that is read has for
/// itself, among a hundred of what the whole has.
fn room_of_a_change<P: Fold>() -> (usize, usize) {
    let since: P = wide();
    let whole = since.weight();
    let mut state = since.clone();
    let paid_in = deposited_from(Money::new(50, currency("EUR")), "source 7");
    show(&mut state, ACCOUNTS / 2, 3, &paid_in);
    let bytes = bytes_of(&state, &since);
    let again = read(&since, &bytes).unwrap();
    assert_eq!(again, state);
    drop(state);
    // What two share is divided between them: together they have little more than the one had alone.
    let both = since.weight() + again.weight();
    (bytes.len(), (both - whole) * 100 / whole)
}

#[test]
fn one_change_among_thousands_takes_some_bytes_and_the_rest_is_shared() {
    for (bytes, more) in [room_of_a_change::<Balances>(), room_of_a_change::<Sources>(), room_of_a_change::<Alerts>()] {
        assert!(bytes < 64, "{bytes} bytes");
        assert!(more < 10, "{more} percent more");
    }
}

#[test]
fn nothing_has_changed_in_next_to_no_bytes() {
    fn same<P: Fold>() -> usize {
        let state: P = wide();
        let again = read(&state, &bytes_of(&state, &state)).unwrap();
        assert_eq!(again, state);
        bytes_of(&again, &state).len()
    }
    let all = [same::<Balances>(), same::<Sources>(), same::<Alerts>()];
    assert!(all.iter().all(|bytes| *bytes < 24), "{all:?}");
}

// ---- what hardly ever is

#[test]
fn a_limit_or_a_closing_says_nothing_of_the_owner_again() {
    let since: Balances = wide();
    for event in [limit_set(Money::new(7_000, currency("EUR"))), closed()] {
        let mut state = since.clone();
        show(&mut state, 9, 3, &event);
        let bytes = bytes_of(&state, &since);
        assert_eq!(read(&since, &bytes).as_ref(), Some(&state));
        assert!(!bytes.windows(4).any(|some| some == b"Sund") && bytes.len() < 64, "{} bytes", bytes.len());
    }
}

#[test]
fn an_event_that_waits_and_cannot_be_written_is_no_state() {
    let mut state = Balances::default();
    let source = Label::new(&"x".repeat(EVENT_BYTES_MAX));
    show(&mut state, 1, 1, &deposited_from(Money::new(1, currency("EUR")), &source));
    assert_eq!(read(&Balances::default(), &bytes_of(&state, &Balances::default())), None);
}

#[test]
fn a_state_does_not_stand_on_one_that_is_not_its_own() {
    let mut short = Sources::default();
    show(&mut short, 1, 1, &opened(Money::new(5, currency("KWD"))));
    let long: Sources = wide();
    for (state, since) in [(&short, &long), (&long, &short)] {
        assert_eq!(read(since, &bytes_of(state, since)).as_ref(), Some(state), "it is written all the same");
    }
    let bytes = bytes_of(&long, &long);
    assert_eq!(read(&short, &bytes), None, "a list of another length is not the one it goes on from");
}

/// What is written by hand.
fn by_hand(write: impl FnOnce(&mut StateWriter)) -> Vec<u8> {
    let mut out = StateWriter::default();
    write(&mut out);
    out.into_bytes()
}

fn numbers(out: &mut StateWriter, numbers: &[u64]) {
    for number in numbers {
        out.number(*number);
    }
}

#[test]
fn more_accounts_than_streams_are_no_state() {
    let counted = |count| {
        by_hand(|out| {
            // No terms, nothing held; no totals, nothing that waits.
            numbers(out, &[0, 0, 0, 0, 0, 0, count, 0, 0]);
        })
    };
    assert_eq!(read(&Balances::default(), &counted(0)), Some(Balances::default()));
    assert_eq!(read(&Balances::default(), &counted(1)), None);
}

#[test]
fn withdrawals_that_are_out_of_order_are_no_state() {
    let withdrawn = |apart| {
        by_hand(|out| {
            // One new account.
            numbers(out, &[0, 0, 1, 1]);
            out.text("EUR");
            out.number(1);
            numbers(out, &[0, 0, 0]);
            out.number(2);
            out.signed(0);
            out.signed(apart);
            // No place; no alerts, nothing that waits.
            numbers(out, &[0, 0, 0, 0]);
        })
    };
    assert!(read(&Alerts::default(), &withdrawn(-1)).is_some());
    assert_eq!(read(&Alerts::default(), &withdrawn(1)), None);
}
