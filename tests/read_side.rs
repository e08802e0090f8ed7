//! The read side: what it answers while blocks arrive is what a fold from nothing says, on both clocks.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    app::{Moment, Playhead, ReadSide, Stand, Travel},
    bank::{Account, AccountHistory, AccountState, Alerts, Balances, BankCodec, Sources},
    kernel::{Aggregate as _, Clock, Facts as _, History, NewEvent, Position, Projection, Rank, StreamName, Timestamp},
};
use build::{at, closed, deposited, deposited_from, eur, limit_set, opened, raw, withdrawn, withdrawn_in, written};
use proptest::prelude::*;

const MINUTE: i64 = 60 * Timestamp::MICROS_PER_SECOND;

/// One or two accounts' events that arrive together: by how many minutes each is later than the first of all.
type Arrival = Vec<i64>;

fn arrive(read: &mut ReadSide, arrival: &Arrival) {
    let start = at("2024-01-02 08:00");
    let mut sealer = read.history().sealer();
    let mut blocks = Vec::new();
    for (index, minutes) in arrival.iter().enumerate() {
        let number = read.history().head().as_usize() + index;
        let account = ["ACC-0001", "ACC-0002"][number % 2];
        let event = match number {
            0 | 1 => opened(eur(1000)),
            odd if odd % 3 == 1 => withdrawn_in(eur(1 + i64::try_from(odd).unwrap()), "Bergen, A"),
            _ => deposited_from(eur(100), ["cash", "payroll"][number % 2]),
        };
        let occurred_at = start.plus_micros(minutes * MINUTE);
        let recorded_at = sealer.earliest().max(occurred_at);
        blocks.extend(sealer.push(read.history(), written(account, &event, occurred_at), recorded_at).unwrap());
    }
    blocks.extend(sealer.finish().0);
    for block in blocks {
        read.extend(block).unwrap();
    }
}

fn folded<P: Projection<Event = annals::bank::AccountEvent>>(
    history: &History<BankCodec>,
    clock: Clock,
    rank: Rank,
) -> P {
    let mut state = P::default();
    history.visit(clock, Rank::ZERO, rank, |recorded| state.apply(recorded));
    state
}

fn check(read: &mut ReadSide, clock: Clock, rank: Rank) {
    let moment = Moment { clock, rank, ..Moment::default() };
    let balances = folded::<Balances>(read.history(), clock, rank);
    assert_eq!(*read.balances(&moment), balances, "{clock:?} {rank}");
    let sources = folded::<Sources>(read.history(), clock, rank);
    assert_eq!(*read.sources(&moment), sources, "{clock:?} {rank}");
    let alerts = folded::<Alerts>(read.history(), clock, rank);
    assert_eq!(read.alert_count(&moment), alerts.raised().len(), "{clock:?} {rank}");
}

proptest! {
    #[test]
    fn both_clocks_tell_what_a_fold_from_nothing_tells_from_before_their_orders_part(
        // The first arrivals are in order, what follows is dated anywhere.
        rising in 1usize..5,
        arrivals in prop::collection::vec((prop::collection::vec(-20i64..400, 1..4), any::<bool>(), any::<bool>()), 0..6),
    ) {
        let mut read = ReadSide::new(BankCodec::new().unwrap());
        let rising = (0..rising).map(|number| (vec![40 * i64::try_from(number).unwrap(); 2], number % 2 == 0, true));
        for (arrival, is_asked_on_recorded, is_asked_on_occurred) in rising.chain(arrivals) {
            arrive(&mut read, &arrival);
            let head = Rank::new(read.history().head().get());
            for (clock, is_asked) in [(Clock::Recorded, is_asked_on_recorded), (Clock::Occurred, is_asked_on_occurred)] {
                if is_asked {
                    check(&mut read, clock, head);
                    check(&mut read, clock, Rank::new(head.get() / 2));
                }
            }
        }
        let head = read.history().head().get();
        for clock in [Clock::Recorded, Clock::Occurred] {
            (0..=head).for_each(|rank| check(&mut read, clock, Rank::new(rank)));
        }
        read.begin_rebuild();
        for clock in [Clock::Recorded, Clock::Occurred] {
            while read.rebuild_on(clock, 3).is_some() {}
        }
        prop_assert!(read.end_rebuild(), "folded anew it says the same");
    }
}

fn append(read: &mut ReadSide, events: Vec<NewEvent>) {
    let mut sealer = read.history().sealer();
    let now = sealer.earliest().max(at("2024-02-01 08:00"));
    let mut blocks = Vec::new();
    for event in events {
        blocks.extend(sealer.push(read.history(), event, now).unwrap());
    }
    blocks.extend(sealer.finish().0);
    for block in blocks {
        read.extend(block).unwrap();
    }
}

fn decided_on(history: &History<BankCodec>, name: &StreamName) -> AccountState {
    let mut state = Account::initial();
    let Some(id) = history.stream_id(name) else { return state };
    history.visit_stream(id, Clock::Recorded, Rank::new(u32::MAX), |recorded| {
        state = Account::evolve(std::mem::replace(&mut state, AccountState::Unopened), recorded.event);
    });
    state
}

proptest! {
    /// Openings may come late and twice, events may be foreign and back-dated, and what is kept may be asked for at any
    /// time, whole or in part.
    #[test]
    fn an_account_that_grows_is_one_that_is_folded_at_once(
        arrivals in prop::collection::vec((prop::collection::vec((0u8..7, 0i64..40), 1..4), 0u8..4, 0usize..3), 1..20),
    ) {
        let mut read = ReadSide::new(BankCodec::new().unwrap());
        let name = StreamName::new("account", "A").unwrap();
        for (arrival, asked, step) in arrivals {
            let event = |(kind, hours): &(u8, i64)| {
                let happened = at("2024-01-01 08:00").plus_micros(hours * 60 * MINUTE);
                match kind {
                    0 => written("A", &opened(eur(50)), happened),
                    1 | 2 => written("A", &deposited(eur(7)), happened),
                    3 | 4 => written("A", &withdrawn(eur(30)), happened),
                    5 => written("A", &limit_set(eur(9 + hours)), happened),
                    _ if *hours == 0 => written("A", &closed(), happened),
                    _ => raw("account/A", "Unheard", 1, "{}", happened),
                }
            };
            append(&mut read, arrival.iter().map(event).collect());
            let id = read.history().stream_id(&name).unwrap();
            let clock = if asked % 2 == 0 { Clock::Recorded } else { Clock::Occurred };
            if asked < 2 {
                read.prepare_account(id, clock, step);
            } else {
                prop_assert_eq!(&*read.account(id, clock), &AccountHistory::of(read.history(), id, clock));
                prop_assert_eq!(read.account_state(&name), decided_on(read.history(), &name));
            }
        }
    }
}

#[test]
fn one_more_event_of_many_costs_one_event() {
    let mut read = ReadSide::new(BankCodec::new().unwrap());
    let deposit = || written("A", &deposited(eur(1)), at("2024-01-02 08:00"));
    append(
        &mut read,
        [written("A", &opened(eur(1)), at("2024-01-01 08:00"))]
            .into_iter()
            .chain((0..5000).map(|_| deposit()))
            .collect(),
    );
    let name = StreamName::new("account", "A").unwrap();
    let id = read.history().stream_id(&name).unwrap();
    for clock in [Clock::Recorded, Clock::Occurred] {
        assert!(!read.prepare_account(id, clock, 5000) && read.prepare_account(id, clock, 1));
    }
    append(&mut read, vec![deposit()]);
    for clock in [Clock::Recorded, Clock::Occurred] {
        assert!(!read.prepare_account(id, clock, 0) && read.prepare_account(id, clock, 1));
    }
}

#[test]
fn an_event_beyond_the_end_is_the_end() {
    let mut read = ReadSide::new(BankCodec::new().unwrap());
    append(&mut read, (1..4).map(|day| written("A", &opened(eur(1)), at(&format!("2024-01-0{day} 08:00")))).collect());
    let stand =
        |position: u32| Playhead::default().after(Travel::ToPosition(Position::new(position)), read.history()).stand;
    assert_eq!([1, 2].map(stand), [1, 2].map(|position| Stand::At(Position::new(position))));
    assert_eq!([3, 4, 9, u32::MAX].map(stand), [Stand::Live; 4]);
}
