//! What the time bar and the balance chart draw, proved without drawing it.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "places on a screen"
)]

use annals::{
    app::{
        RangeEnd, TimeRange,
        density::{Corner, Density, balance_line, counts, in_and_out, time_ticks, value_ticks},
        format::Zone,
    },
    bank::{AccountEvent, AccountHistory, AccountOpened, BankCodec, Currency, FeeCharged, MoneyDeposited, encode},
    kernel::{Clock, EventId, History, Label, NewEvent, StreamName, Timeline, Timestamp},
};
use proptest::prelude::*;

/// Oslo in 2024: an hour ahead, two from 31 March 01:00 UTC to 27 October 01:00 UTC.
const OSLO: Zone = Zone {
    offset_minutes: |instant| {
        if (at("2024-03-31T01:00:00Z")..at("2024-10-27T01:00:00Z")).contains(&instant) { 120 } else { 60 }
    },
};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn range(from: &str, to: &str) -> TimeRange {
    TimeRange::new(at(from), at(to))
}

fn timeline(mut times: Vec<i64>) -> Timeline {
    times.sort_unstable();
    let mut timeline = Timeline::default();
    timeline.extend(&times.into_iter().map(Timestamp::from_micros).collect::<Vec<_>>());
    timeline
}

/// The history of an account with these balances, one event every `apart` microseconds from 2024 on.
fn history(changes: &[i64], apart: i64) -> AccountHistory {
    let start = at("2024-01-01T00:00:00Z");
    let name = StreamName::new("account", "ACC-1").unwrap();
    let mut history = History::new(BankCodec::new().unwrap());
    let mut sealer = history.sealer();
    let mut blocks = Vec::new();
    let opened = AccountEvent::from(AccountOpened {
        owner: "Ada".into(),
        name: Label::default(),
        currency: Currency::EUR,
        initial_balance: 0,
    });
    let events = changes.iter().map(|change| match change {
        0.. => AccountEvent::Deposited(MoneyDeposited {
            amount: *change,
            currency: Some(Currency::EUR),
            source: "cash".into(),
        }),
        _ => AccountEvent::Fee(FeeCharged { amount: -change, currency: Currency::EUR, reason: "other".into() }),
    });
    for (event, index) in std::iter::once(opened).chain(events).zip(0i64..) {
        let body = encode(&event).unwrap();
        let when = start.plus_micros(index * apart);
        let event = NewEvent {
            id: EventId::parse(&index.to_string()),
            stream: name.clone(),
            event_type: body.event_type,
            schema: body.schema,
            data: body.data,
            occurred_at: when,
            actor: "test".into(),
            reason: "test".into(),
            correlation_id: None,
            causation_id: None,
            attributes: None,
        };
        blocks.extend(sealer.push(&history, event, when).unwrap());
    }
    blocks.extend(sealer.finish().0);
    for block in blocks {
        history.extend(block).unwrap();
    }
    let id = history.stream_id(&name).unwrap();
    AccountHistory::of(&history, id, Clock::Recorded)
}

#[test]
fn bars_are_as_short_as_their_width_allows() {
    let empty = Timeline::default();
    for (from, to, name) in [
        ("2023-12-04T00:00:00Z", "2024-01-15T00:00:00Z", "3 h"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z", "5 ms"),
        ("2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z", "15 s"),
        ("2023-01-01T00:00:00Z", "2024-03-01T00:00:00Z", "2 d"),
        ("1990-01-01T00:00:00Z", "2024-01-01T00:00:00Z", "2 months"),
        ("0000-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "50 years"),
    ] {
        let density = Density::of(&empty, range(from, to), 1368.0, 4.0, Zone::UTC);
        assert_eq!(density.step.name(), name, "{from} to {to}");
        assert!(density.bars.len() <= 1368 / 4 + 2);
    }
}

#[test]
fn bars_of_days_begin_at_midnight_even_when_the_clocks_change() {
    let density =
        Density::of(&Timeline::default(), range("2024-03-29T00:00:00Z", "2024-04-03T00:00:00Z"), 20.0, 4.0, OSLO);
    let starts: Vec<String> = density.bars.iter().map(|bar| OSLO.local(bar.from).to_string()).collect();
    assert_eq!(
        starts,
        [
            "2024-03-29 00:00:00",
            "2024-03-30 00:00:00",
            "2024-03-31 00:00:00",
            "2024-04-01 00:00:00",
            "2024-04-02 00:00:00",
            "2024-04-03 00:00:00"
        ]
    );
    let short_day = density.bars[2];
    assert_eq!(short_day.to.as_micros() - short_day.from.as_micros(), 23 * 3600 * 1_000_000);
}

#[test]
fn ticks_name_the_year_where_it_is_new_and_the_day_where_it_begins() {
    let labels = |from, to, zone| {
        time_ticks(range(from, to), 600.0, 92.0, zone).into_iter().map(|tick| tick.label).collect::<Vec<_>>()
    };
    assert_eq!(
        labels("2023-12-06T00:00:00Z", "2024-01-12T00:00:00Z", Zone::UTC),
        ["2023-12-11", "12-18", "12-25", "2024-01-01", "01-08"]
    );
    assert_eq!(
        labels("2024-01-04T20:00:00Z", "2024-01-05T08:00:00Z", OSLO),
        ["01-04 21:00", "01-05", "03:00", "06:00"]
    );
    assert_eq!(
        labels("2024-01-05T13:03:05Z", "2024-01-05T13:03:34Z", OSLO),
        ["01-05 14:03:05", "14:03:10", "14:03:15", "14:03:20", "14:03:25", "14:03:30"]
    );
    assert_eq!(
        labels("2001-06-01T00:00:00Z", "2012-01-01T00:00:00Z", Zone::UTC),
        ["2002", "2004", "2006", "2008", "2010"]
    );
}

#[test]
fn values_are_marked_at_round_figures() {
    assert_eq!(value_ticks(-30_000, 250_000, 4), [0, 50_000, 100_000, 150_000, 200_000, 250_000]);
    assert_eq!(value_ticks(0, 3, 5), [0, 1, 2, 3]);
    assert!(value_ticks(i64::MIN, i64::MAX, 4).len() < 10);
}

#[test]
fn the_end_of_a_range_is_read_as_it_is_written() {
    let weeks = range("2023-12-04T00:00:00Z", "2024-01-15T12:30:00Z");
    let hours = range("2024-01-05T06:00:00Z", "2024-01-05T14:00:00Z");
    let seconds = range("2024-01-05T06:00:00Z", "2024-01-05T06:00:40Z");
    for shown in [weeks, hours, seconds] {
        let text = shown.label(shown.from, OSLO);
        let read = shown.parse_end(RangeEnd::From, &text, OSLO).unwrap();
        assert_eq!(shown.label(read, OSLO), text);
    }
    assert_eq!(weeks.label(weeks.to, OSLO), "2024-01-15");
    assert_eq!(hours.label(hours.to, OSLO), "01-05 15:00");
    assert_eq!(seconds.label(seconds.to, OSLO), "07:00:40");
    assert_eq!(weeks.parse_end(RangeEnd::To, "2024-01-05", OSLO), Some(at("2024-01-05T22:59:59.999999Z")));
    assert_eq!(weeks.parse_end(RangeEnd::From, "2024-01-05", OSLO), Some(at("2024-01-04T23:00:00Z")));
    assert_eq!(hours.parse_end(RangeEnd::To, "03-01 10:00", OSLO), Some(at("2024-03-01T09:00:00Z")));
    assert_eq!(weeks.parse_end(RangeEnd::To, "soon", OSLO), None);
}

#[test]
fn a_range_that_reached_the_end_still_does_when_the_ledger_grows() {
    let before = range("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z");
    let now = range("2024-01-01T00:00:00Z", "2024-03-01T00:00:00Z");
    assert_eq!(before.grown(before, now), now);
    let last_week = range("2024-01-25T00:00:00Z", "2024-02-01T00:00:00Z");
    assert_eq!(last_week.grown(before, now), range("2024-02-23T00:00:00Z", "2024-03-01T00:00:00Z"));
    let past = range("2024-01-05T00:00:00Z", "2024-01-08T00:00:00Z");
    assert_eq!(past.grown(before, now), past);
}

#[test]
fn on_another_clock_the_whole_ledger_is_the_whole_ledger_and_a_part_is_the_same_part() {
    let recorded = range("2024-06-01T00:00:00Z", "2024-06-02T00:00:00Z");
    let occurred = range("2023-01-01T00:00:00Z", "2024-06-01T12:00:00Z");
    assert_eq!(recorded.carried(recorded, occurred), occurred);
    assert_eq!(occurred.carried(occurred, recorded), recorded);
    let morning = range("2024-06-01T08:00:00Z", "2024-06-01T10:00:00Z");
    assert_eq!(morning.carried(recorded, occurred), morning);
    let spring = range("2023-03-01T00:00:00Z", "2023-03-02T00:00:00Z");
    assert_eq!(spring.carried(occurred, recorded), recorded, "what lies outside comes to where the ledger is");
}

const SPAN: i64 = 400 * Timestamp::MICROS_PER_DAY;

fn any_range() -> impl Strategy<Value = TimeRange> {
    (0..SPAN, prop_oneof![1_000_000i64..3_600_000_000, 3_600_000_000i64..SPAN]).prop_map(|(from, width)| {
        let from = at("2023-06-01T00:00:00Z").plus_micros(from);
        TimeRange::new(from, from.plus_micros(width))
    })
}

proptest! {
    #[test]
    fn bars_cover_the_range_without_a_gap_and_count_every_event_once(
        times in prop::collection::vec(0..2 * SPAN, 0..200),
        shown in any_range(),
        width in 40.0f64..2000.0,
    ) {
        let start = at("2023-06-01T00:00:00Z").as_micros();
        let timeline = timeline(times.into_iter().map(|time| start + time).collect());
        let density = Density::of(&timeline, shown, width, 4.0, OSLO);
        let (first, last) = (density.bars.first().unwrap(), density.bars.last().unwrap());
        prop_assert!(first.from <= shown.from && last.to >= shown.to);
        prop_assert!(density.bars.windows(2).all(|pair| pair[0].to == pair[1].from));
        prop_assert!(density.bars.len() <= 2 + (width / 4.0) as usize + 2, "{} bars of {}", density.bars.len(), density.step.name());
        let sum: u32 = density.bars.iter().map(|bar| bar.count).sum();
        prop_assert_eq!(sum, timeline.count_between(first.from, last.to));
        prop_assert_eq!(density.peak, density.bars.iter().map(|bar| bar.count).max().unwrap());
        for share in [0.0, 0.3, 0.999] {
            let instant = shown.instant_at(share);
            let bar = density.bar_at(instant).unwrap();
            prop_assert!(bar.from <= instant && instant < bar.to);
        }
        let parts: u32 = counts(&timeline, shown, 37).iter().sum();
        prop_assert_eq!(parts, timeline.count_between(shown.from, shown.to));
    }

    #[test]
    fn ticks_lie_in_the_range_and_apart(shown in any_range(), width in 100.0f64..2000.0) {
        let ticks = time_ticks(shown, width, 92.0, OSLO);
        prop_assert!(ticks.iter().all(|tick| shown.contains(tick.at)));
        for pair in ticks.windows(2) {
            let apart = (shown.share_of(pair[1].at) - shown.share_of(pair[0].at)) * width;
            // A month may have 28 days and a day 23 hours.
            prop_assert!(apart >= 92.0 * 0.9, "{} and {} are {apart} apart", pair[0].label, pair[1].label);
        }
    }

    #[test]
    fn zooming_keeps_the_instant_under_the_pointer(shown in any_range(), share in 0.0f64..1.0, factor in 0.2f64..5.0) {
        let everything = range("1900-01-01T00:00:00Z", "2100-01-01T00:00:00Z");
        let pointed = shown.instant_at(share);
        let zoomed = shown.zoomed(factor, pointed, everything);
        prop_assert!((zoomed.share_of(pointed) - share).abs() < 1e-5, "{} instead of {share}", zoomed.share_of(pointed));
        let wanted = (shown.width() as f64 * factor).max(TimeRange::WIDTH_MIN as f64);
        prop_assert!((zoomed.width() as f64 - wanted).abs() <= 1.0);
    }

    #[test]
    fn no_way_of_moving_leaves_the_ledger(
        shown in any_range(),
        whole in any_range(),
        factor in 0.01f64..100.0,
        share in -2.0f64..3.0,
        by in -SPAN..SPAN,
    ) {
        let to = shown.instant_at(share);
        let moved = [
            shown.within(whole),
            shown.zoomed(factor, to, whole),
            shown.panned(by, whole),
            shown.with_end(RangeEnd::From, to, whole),
            shown.with_end(RangeEnd::To, to, whole),
        ];
        for range in moved {
            prop_assert!(range.width() >= TimeRange::WIDTH_MIN);
            prop_assert!(range.from >= whole.from && range.to <= whole.to, "{range:?} in {whole:?}");
            prop_assert_eq!(range.within(whole), range);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_balance_line_is_exact_and_short(
        changes in prop::collection::vec(-900i64..1000, 1..400),
        apart in prop_oneof![Just(0i64), 1i64..40_000_000],
        share in prop::array::uniform2(0.0f64..1.0),
        width in 1.0f64..300.0,
    ) {
        let history = history(&changes, apart);
        let all = TimeRange::whole((history.entries().at(0).unwrap(), history.entries().last().unwrap().at));
        let (a, b) = (share[0].min(share[1]), share[0].max(share[1]));
        let shown = TimeRange::new(all.instant_at(a), all.instant_at(b));
        let from = history.entries().count_before(shown.from);
        let to = history.count_at(shown.to);
        let line = balance_line(&history, from, to, shown, width);
        prop_assert!(line.len() <= 4 * (width as usize + 2) + 1, "{} corners", line.len());
        prop_assert!(line.windows(2).all(|pair| pair[0].x <= pair[1].x));
        prop_assert!(line.windows(2).all(|pair| pair[0].x == pair[1].x || pair[0].minor == pair[1].minor), "only steps");
        let reached = (from..to).filter_map(|index| history.entries().balance(index));
        let reached: Vec<i64> = reached.chain((from > 0).then(|| history.balance_after(from))).collect();
        let ends = |of: &[i64]| of.iter().copied().min().zip(of.iter().copied().max());
        let drawn: Vec<i64> = line.iter().map(|corner: &Corner| corner.minor).collect();
        prop_assert_eq!(ends(&drawn), ends(&reached));
        prop_assert_eq!(drawn.last().copied(), (to > from || from > 0).then(|| history.balance_after(to.max(from))));
        let net: i64 = in_and_out(&history, from, to, shown, width).iter().map(|flow| flow.inward - flow.outward).sum();
        prop_assert_eq!(net, history.balance_after(to.max(from)) - history.balance_after(from));
    }
}
