//! The read side: what it answers while blocks arrive is what a fold from nothing says, on both clocks.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    app::{Moment, ReadSide},
    bank::{Alerts, Balances, BankCodec, Sources},
    kernel::{Clock, Facts as _, History, Projection, Rank, Timestamp},
};
use build::{at, deposited_from, eur, opened, withdrawn_in, written};
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
