//! The bank's read models, each against what it promises and, where that makes sense, against a naive fold.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    bank::{
        Account, AccountEvent, AccountHistory, AccountState, Alert, AlertRule, Alerts, Balances, BankCodec, Currency,
        CurrencyTotal, Flow, Money, Sources, Statement,
    },
    kernel::{Aggregate as _, Clock, Facts as _, History, Position, Projection, Rank, StreamId, Timestamp, Version},
};
use build::{
    at, closed, currency, deposited, deposited_from, eur, fee, history_of, interest_posted, limit_set, opened,
    received, recorded_history, sent, stream_id, withdrawn, withdrawn_in, written,
};
use proptest::prelude::*;

const MINUTE: i64 = 60 * Timestamp::MICROS_PER_SECOND;
const DAY: i64 = Timestamp::MICROS_PER_DAY;

fn folded<P: Projection<Event = AccountEvent>>(history: &History<BankCodec>, clock: Clock, rank: u32) -> P {
    let mut state = P::default();
    history.visit(clock, Rank::ZERO, Rank::new(rank), |recorded| state.apply(recorded));
    state
}

fn whole<P: Projection<Event = AccountEvent>>(history: &History<BankCodec>) -> P {
    folded(history, Clock::Recorded, u32::MAX - 1)
}

/// One account, its events a minute apart.
fn one(events: &[AccountEvent]) -> History<BankCodec> {
    let start = at("2023-01-02 08:00");
    history_of((0..).zip(events).map(|(index, event)| written("ACC-0001", event, start.plus_micros(index * MINUTE))))
}

// ---- balances

#[test]
fn balances_count_every_account_once_and_know_when_it_stopped() {
    let history = history_of([
        written("ACC-0001", &opened(eur(100)), at("2023-01-02 08:00")),
        written("ACC-0002", &opened(Money::new(7, currency("KWD"))), at("2023-01-02 09:00")),
        written("ACC-0001", &limit_set(eur(40)), at("2023-01-03 09:00")),
        written("ACC-0001", &withdrawn(eur(130)), at("2023-01-04 09:00")),
        written("ACC-0001", &deposited(eur(30)), at("2023-01-05 09:00")),
        written("ACC-0001", &closed(), at("2023-01-06 09:00")),
        written("ACC-0003", &deposited(eur(5)), at("2023-01-07 09:00")),
    ]);
    let first = stream_id(&history, "ACC-0001");
    let early: Balances = folded(&history, Clock::Recorded, 4);
    let row = early.get(first).unwrap();
    assert_eq!((row.balance, row.overdraft_limit(), row.available(), row.is_closed()), (-30, 40, 10, false));
    assert_eq!((row.opened_at(), row.last_at), (at("2023-01-02 08:00"), at("2023-01-04 09:00")));
    assert_eq!((row.version, row.last_position), (Version::new(3), Position::new(4)));
    let late: Balances = whole(&history);
    assert_eq!((late.count(), late.iter().count()), (2, 2), "what was never opened is no account");
    assert!(late.get(first).unwrap().is_closed());
    assert_eq!(late.get(first).unwrap().title(), &"Liv Sunde");
    assert_eq!(late.get(stream_id(&history, "ACC-0003")), None);
    assert_eq!(folded::<Balances>(&history, Clock::Recorded, 0), Balances::default());
}

#[test]
fn totals_balance_but_between_the_halves_of_a_transfer() {
    let history = history_of([
        written("ACC-0001", &opened(eur(100)), at("2023-01-02 08:00")),
        written("ACC-0002", &opened(eur(0)), at("2023-01-02 08:30")),
        written("ACC-0001", &sent(eur(60), "ACC-0002"), at("2023-01-02 09:00")),
        written("ACC-0002", &received(eur(60), "ACC-0001"), at("2023-01-02 09:00")),
        written("ACC-0002", &fee(eur(2), "card"), at("2023-01-02 10:00")),
        written("ACC-0002", &interest_posted(eur(1), 100), at("2023-01-02 11:00")),
    ]);
    let total = |rank| folded::<Balances>(&history, Clock::Recorded, rank).total(Currency::EUR).copied().unwrap();
    assert!(total(2).is_balanced());
    assert_eq!((total(3).balance, total(3).in_transit, total(3).is_balanced()), (40, 60, false));
    assert!(total(4).is_balanced());
    let end = CurrencyTotal { balance: 99, credits: 161, debits: 62, in_transit: 0 };
    assert_eq!((total(6), end.is_balanced()), (end, true));
    assert!(!CurrencyTotal { balance: 98, ..end }.is_balanced(), "money that leaked is seen");
}

#[test]
fn a_second_opening_changes_nothing() {
    let history = one(&[opened(eur(100)), deposited(eur(50)), opened(eur(7)), withdrawn(eur(1))]);
    let id = stream_id(&history, "ACC-0001");
    assert_eq!(whole::<Balances>(&history).get(id).unwrap().balance, 149);
    assert_eq!(AccountHistory::of(&history, id, Clock::Recorded).balance_after(4), 149);
    let sums: i128 = whole::<Sources>(&history).iter().map(|(.., total)| total.sum).sum();
    assert_eq!(sums, 151, "100 and 50 in, 1 out");
}

#[test]
fn what_happened_before_the_opening_counts_once_the_account_is_open() {
    // Opened in 2026; then a table of 2024 is read into it.
    let history = history_of([
        written("ACC-0001", &opened(eur(100)), at("2026-01-02 08:00")),
        written("ACC-0001", &deposited(eur(50)), at("2024-03-01 09:00")),
        written("ACC-0001", &withdrawn(eur(41)), at("2024-03-02 09:00")),
    ]);
    let id = stream_id(&history, "ACC-0001");
    assert_eq!(folded::<Balances>(&history, Clock::Occurred, 2).get(id), None, "it is not there yet");
    let [recorded, occurred] = [Clock::Recorded, Clock::Occurred].map(|clock| folded::<Balances>(&history, clock, 3));
    let row = occurred.get(id).unwrap();
    assert_eq!((row.balance, row.version, row.opened_at()), (109, Version::new(3), at("2026-01-02 08:00")));
    assert_eq!(row.balance, recorded.get(id).unwrap().balance);
    assert_eq!(occurred.totals(), recorded.totals());
    assert!(occurred.total(Currency::EUR).unwrap().is_balanced());
}

fn an_account_event() -> impl Strategy<Value = AccountEvent> {
    prop_oneof![
        4 => (1i64..100).prop_map(|minor| deposited(eur(minor))),
        3 => (1i64..100).prop_map(|minor| withdrawn(eur(minor))),
        1 => (1i64..100).prop_map(|minor| sent(eur(minor), "ACC-0009")),
        1 => (0i64..100).prop_map(|minor| limit_set(eur(minor))),
    ]
}

proptest! {
    /// Whatever a file says of an account and in whatever order it happened, all who keep a balance keep the same one.
    #[test]
    fn the_last_balance_is_the_same_on_both_clocks_and_in_every_model(
        mut events in prop::collection::vec((an_account_event(), 0i64..20), 1..40),
        (opening, initial, day) in (0usize..6, 0i64..100, 0i64..20),
    ) {
        // Mostly the opening was recorded first; a foreign history may know better.
        events.insert(opening.saturating_sub(3).min(events.len()), (opened(eur(initial)), day));
        let start = at("2023-01-02 08:00");
        let history = recorded_history(events.iter().map(|(event, day)| {
            (written("ACC-0001", event, start.plus_micros(day * DAY)), start.plus_micros(30 * DAY))
        }));
        let id = stream_id(&history, "ACC-0001");
        let decided = events.iter().fold(Account::initial(), |state, (event, _)| Account::evolve(state, event));
        let in_the_order_of_the_log: Balances = folded(&history, Clock::Recorded, u32::MAX - 1);
        prop_assert_eq!(&in_the_order_of_the_log.state(id), &decided, "commands are decided on either");
        let decided = match decided {
            AccountState::Open(account) => Some((account.balance, account.overdraft_limit)),
            AccountState::Unopened | AccountState::Closed => None,
        };
        for clock in [Clock::Recorded, Clock::Occurred] {
            let balances: Balances = folded(&history, clock, u32::MAX - 1);
            prop_assert_eq!(balances.get(id).map(|row| row.balance), decided.map(|(balance, _)| balance));
            let told = AccountHistory::of(&history, id, clock);
            if let Some((balance, limit)) = decided {
                prop_assert_eq!(told.balance_after(told.entries().len()), balance);
                if clock == Clock::Recorded {
                    prop_assert_eq!(balances.get(id).map(|row| row.overdraft_limit()), Some(limit));
                }
            }
        }
    }
}

// ---- one account's history and statements

/// Opened with 100; 50 in on the 3rd; 200 out on the 5th; and a deposit of 500 on the 4th, recorded on the 9th.
fn back_dated() -> History<BankCodec> {
    let events = [
        (opened(eur(100)), "2023-01-02 08:00", "2023-01-02 08:00"),
        (limit_set(eur(20)), "2023-01-02 09:00", "2023-01-02 09:00"),
        (deposited(eur(50)), "2023-01-03 08:00", "2023-01-03 08:00"),
        (withdrawn(eur(200)), "2023-01-05 08:00", "2023-01-05 08:00"),
        (deposited(eur(500)), "2023-01-04 08:00", "2023-01-09 08:00"),
        (withdrawn(eur(10)), "2023-01-10 08:00", "2023-01-10 08:00"),
    ];
    recorded_history(
        events.map(|(event, occurred, recorded)| (written("ACC-0001", &event, at(occurred)), at(recorded))),
    )
}

#[test]
fn a_back_dated_event_takes_its_place_on_the_clock_of_what_happened() {
    let history = back_dated();
    let id = stream_id(&history, "ACC-0001");
    let recorded = AccountHistory::of(&history, id, Clock::Recorded);
    let occurred = AccountHistory::of(&history, id, Clock::Occurred);
    let balances = |history: &AccountHistory| history.entries().iter().map(|entry| entry.balance).collect::<Vec<_>>();
    let positions =
        |history: &AccountHistory| history.entries().iter().map(|entry| entry.position.get()).collect::<Vec<_>>();
    assert_eq!(
        (positions(&recorded), balances(&recorded)),
        (vec![1, 2, 3, 4, 5, 6], vec![100, 100, 150, -50, 450, 440])
    );
    assert_eq!(
        (positions(&occurred), balances(&occurred)),
        (vec![1, 2, 3, 5, 4, 6], vec![100, 100, 150, 650, 450, 440])
    );
    assert_eq!((recorded.clock(), occurred.clock()), (Clock::Recorded, Clock::Occurred));
    let beyond =
        |history: &AccountHistory| history.entries().iter().map(|entry| entry.beyond_limit).collect::<Vec<_>>();
    assert_eq!(beyond(&recorded), [false, false, false, true, false, false]);
    assert_eq!(beyond(&occurred), [false; 6]);
    let instant = at("2023-01-04 08:00");
    assert_eq!((recorded.count_at(instant), occurred.count_at(instant)), (3, 4));
    assert_eq!((recorded.balance_after(0), recorded.balance_after(4), recorded.balance_after(99)), (0, -50, 0));
    assert!(!recorded.entries().get(1).unwrap().moves_money && recorded.entries().get(2).unwrap().moves_money);
}

#[test]
fn a_statement_opens_with_what_was_and_closes_with_what_is() {
    let history = back_dated();
    let id = stream_id(&history, "ACC-0001");
    let recorded = AccountHistory::of(&history, id, Clock::Recorded);
    let of = |from, to, count| {
        let statement = Statement::of(&recorded, at(from), at(to), count);
        let moved: Vec<u32> = statement.movements.iter().map(|movement| movement.position.get()).collect();
        (statement.opening, moved, statement.credits, statement.debits, statement.closing)
    };
    assert_eq!(of("2023-01-01 00:00", "2023-02-01 00:00", 99), (0, vec![1, 3, 4, 5, 6], 650, 210, 440));
    assert_eq!(of("2023-01-03 08:00", "2023-01-05 08:00", 99), (100, vec![3], 50, 0, 150), "from counts, to does not");
    assert_eq!(of("2023-01-03 08:01", "2023-01-05 08:01", 99), (150, vec![4], 0, 200, -50));
    assert_eq!(of("2023-01-01 00:00", "2023-02-01 00:00", 3), (0, vec![1, 3], 150, 0, 150), "the playhead's part");
    assert_eq!(of("2023-01-06 00:00", "2023-01-07 00:00", 99), (-50, vec![], 0, 0, -50), "a quiet period");
    assert_eq!(of("2022-01-01 00:00", "2022-02-01 00:00", 99), (0, vec![], 0, 0, 0), "before it opened");
    assert_eq!(
        of("2023-01-05 08:00", "2023-01-03 08:00", 99),
        (150, vec![], 0, 0, 150),
        "a period that ends too early"
    );
}

// ---- sources

#[test]
fn sources_add_up_by_currency_flow_and_source() {
    let nok = |minor| Money::new(minor, currency("NOK"));
    let history = history_of([
        written("ACC-0001", &opened(eur(100)), at("2023-01-02 08:00")),
        written("ACC-0002", &opened(nok(0)), at("2023-01-02 08:00")),
        written("ACC-0001", &deposited_from(eur(5), "payroll"), at("2023-01-03 08:00")),
        written("ACC-0001", &deposited_from(eur(6), "payroll"), at("2023-01-03 09:00")),
        written("ACC-0002", &deposited_from(nok(7), "payroll"), at("2023-01-03 10:00")),
        written("ACC-0001", &withdrawn_in(eur(1), "Bergen, Torget 3"), at("2023-01-03 11:00")),
        written("ACC-0001", &withdrawn_in(eur(2), "Bergen, Lagunen"), at("2023-01-03 12:00")),
        written("ACC-0001", &withdrawn_in(eur(3), "Oslo"), at("2023-01-03 13:00")),
        written("ACC-0001", &sent(eur(4), "ACC-0003"), at("2023-01-03 14:00")),
        written("ACC-0001", &received(eur(9), "ACC-0003"), at("2023-01-03 15:00")),
        written("ACC-0001", &fee(eur(8), "card"), at("2023-01-03 16:00")),
        written("ACC-0001", &interest_posted(eur(10), 100), at("2023-01-03 17:00")),
        written("ACC-0001", &limit_set(eur(10)), at("2023-01-03 18:00")),
        written("ACC-0002", &closed(), at("2023-01-03 19:00")),
    ]);
    let sources: Sources = whole(&history);
    let rows: Vec<_> = sources
        .iter()
        .map(|(currency, flow, source, total)| (currency.to_string(), flow, source.to_string(), total.count, total.sum))
        .collect();
    let row = |code: &str, flow, source: &str, count, sum| (code.to_owned(), flow, source.to_owned(), count, sum);
    assert_eq!(
        rows,
        [
            row("EUR", Flow::Deposit, "opening balance", 1, 100),
            row("EUR", Flow::Deposit, "payroll", 2, 11),
            row("EUR", Flow::Withdrawal, "Bergen", 2, 3),
            row("EUR", Flow::Withdrawal, "Oslo", 1, 3),
            row("EUR", Flow::Transfer, "received", 1, 9),
            row("EUR", Flow::Transfer, "sent", 1, 4),
            row("EUR", Flow::Interest, "interest", 1, 10),
            row("EUR", Flow::Fee, "card", 1, 8),
            row("NOK", Flow::Deposit, "payroll", 1, 7),
        ]
    );
}

// ---- alerts

/// What the rules say of an account opened with 1,000,000.00 at a start, from events so many microseconds after it.
fn alerts_of(events: &[(i64, AccountEvent)]) -> Vec<(u32, AlertRule)> {
    let start = at("2023-01-02 08:00");
    let opening = written("ACC-0001", &opened(eur(100_000_000)), start);
    let events = events.iter().map(|(after, event)| written("ACC-0001", event, start.plus_micros(*after)));
    let alerts: Alerts = whole(&history_of([opening].into_iter().chain(events)));
    alerts.raised().iter().map(|alert| (alert.position.get(), alert.rule.clone())).collect()
}

#[test]
fn five_withdrawals_in_a_quarter_of_an_hour_are_many_and_four_are_not() {
    let out = |minutes: &[i64]| -> Vec<_> {
        alerts_of(&minutes.iter().map(|minute| (minute * MINUTE, withdrawn(eur(10)))).collect::<Vec<_>>())
    };
    assert_eq!(out(&[1, 2, 3, 16]), []);
    assert_eq!(out(&[1, 2, 3, 4, 16]), [(6, AlertRule::ManyWithdrawals { count: 5 })], "the fifth, 15 minutes later");
    assert_eq!(out(&[0, 2, 3, 4, 16]), [], "16 minutes later");
    let six: Vec<_> = out(&[1, 2, 3, 4, 5, 6]);
    assert_eq!(six, [(6, AlertRule::ManyWithdrawals { count: 5 }), (7, AlertRule::ManyWithdrawals { count: 6 })]);
    let almost = alerts_of(
        &[1, 2, 3, 4]
            .map(|minute| (minute * MINUTE, withdrawn(eur(10))))
            .into_iter()
            .chain([(16 * MINUTE + 1, withdrawn(eur(10)))])
            .collect::<Vec<_>>(),
    );
    assert_eq!(almost, [], "a microsecond too late");
    let others = alerts_of(&(1..9).map(|minute| (minute * MINUTE, fee(eur(1), "x"))).collect::<Vec<_>>());
    assert_eq!(others, [], "only withdrawals count");
}

#[test]
fn two_towns_within_half_an_hour_are_too_far_apart() {
    let places = |list: &[(i64, &str)]| {
        alerts_of(&list.iter().map(|(after, place)| (*after, withdrawn_in(eur(10), place))).collect::<Vec<_>>())
    };
    let far = |minutes| AlertRule::FarApart { before: "Bergen".into(), now: "Oslo".into(), minutes };
    assert_eq!(places(&[(0, "Bergen, A"), (30 * MINUTE - 1, "Oslo, B")]), [(3, far(29))]);
    assert_eq!(places(&[(0, "Bergen, A"), (30 * MINUTE, "Oslo, B")]), []);
    assert_eq!(places(&[(0, "Bergen, A"), (0, "Oslo, B")]), [(3, far(0))]);
    assert_eq!(places(&[(0, "Bergen, A"), (MINUTE, "Bergen, B")]), [], "two places of one town");
    assert_eq!(places(&[(0, "Bergen, A"), (MINUTE, "by telephone"), (2 * MINUTE, "Oslo, B")]), [(4, far(2))]);
}

#[test]
fn a_round_sum_after_a_long_sleep_is_odd() {
    let days = |days: i64, minor| alerts_of(&[(days * DAY, withdrawn(eur(minor)))]);
    let asleep = |days| vec![(2, AlertRule::RoundAfterSleep { days })];
    assert_eq!(days(120, 50_000), asleep(120));
    assert_eq!(days(119, 50_000), []);
    assert_eq!(alerts_of(&[(120 * DAY - 1, withdrawn(eur(50_000)))]), []);
    assert_eq!(days(120, 40_000), [], "400.00 is not much");
    assert_eq!(days(120, 50_001), [], "not round");
    assert_eq!(days(120, 55_000), [], "not round enough");
    assert_eq!(days(200, 60_000), asleep(200));
    let woken = |event| alerts_of(&[(100 * DAY, event), (130 * DAY, withdrawn(eur(50_000)))]);
    assert_eq!(woken(withdrawn(eur(1))), []);
    assert_eq!(woken(sent(eur(1), "ACC-0002")), []);
    for event in [deposited(eur(1)), fee(eur(1), "x"), interest_posted(eur(1), 1), received(eur(1), "ACC-0002")] {
        assert_eq!(woken(event), [(3, AlertRule::RoundAfterSleep { days: 130 })], "money that comes wakes nobody");
    }
    let yen = |minor| Money::new(minor, currency("JPY"));
    let events = [
        written("ACC-0001", &opened(yen(9000)), at("2023-01-02 08:00")),
        written("ACC-0001", &withdrawn(yen(500)), at("2023-06-02 08:00")),
    ];
    assert_eq!(whole::<Alerts>(&history_of(events)).raised().len(), 1, "500 yen are whole as they are");
}

#[test]
fn the_limit_is_crossed_once_each_time() {
    let rules = |events: &[AccountEvent]| -> Vec<(u32, i64)> {
        let raised = whole::<Alerts>(&one(events));
        let balance = |alert: &Alert| match alert.rule {
            AlertRule::BeyondLimit { balance } => balance,
            _ => panic!("{alert:?}"),
        };
        raised.raised().iter().map(|alert| (alert.position.get(), balance(alert))).collect()
    };
    assert_eq!(rules(&[opened(eur(5)), fee(eur(5), "x")]), []);
    assert_eq!(rules(&[opened(eur(5)), fee(eur(6), "x"), fee(eur(1), "x")]), [(2, -1)], "once, not for each fee after");
    assert_eq!(rules(&[opened(eur(5)), limit_set(eur(2)), fee(eur(7), "x")]), []);
    assert_eq!(rules(&[opened(eur(5)), limit_set(eur(2)), fee(eur(8), "x")]), [(3, -3)]);
    assert_eq!(rules(&[opened(eur(0)), fee(eur(1), "x"), deposited(eur(2)), fee(eur(2), "x")]), [(2, -1), (4, -1)]);
}

#[test]
fn an_alert_names_its_event() {
    let history = one(&[opened(eur(5)), fee(eur(6), "x")]);
    let alerts: Alerts = whole(&history);
    assert_eq!(
        alerts.raised().iter().cloned().collect::<Vec<_>>(),
        [Alert {
            position: Position::new(2),
            stream: StreamId::FIRST,
            currency: Currency::EUR,
            rule: AlertRule::BeyondLimit { balance: -1 },
        }]
    );
}

#[test]
fn a_back_dated_withdrawal_raises_no_false_alarm_on_the_recorded_clock() {
    let start = at("2023-01-02 08:00");
    let day = |days: i64, minutes: i64| start.plus_micros(days * DAY + minutes * MINUTE);
    let event = |event: &AccountEvent, occurred, recorded| (written("ACC-0001", event, occurred), recorded);
    let simple = |paid: &AccountEvent, time| event(paid, time, time);
    let out = |place| withdrawn_in(eur(10), place);
    let raised = |events: Vec<(annals::kernel::NewEvent, Timestamp)>| {
        whole::<Alerts>(&recorded_history(events)).raised().iter().cloned().collect::<Vec<_>>()
    };
    let mut burst = vec![simple(&opened(eur(1_000_000)), start)];
    burst.extend((0..4).map(|minute| simple(&out("Bergen, A"), day(200, minute))));
    burst.push(event(&out("Bergen, A"), day(170, 0), day(200, 5)));
    assert_eq!(raised(burst), [], "four today and one of last month are not five at once");
    let mut late = vec![simple(&opened(eur(1_000_000)), start)];
    late.extend((0..4).map(|minute| simple(&out("Bergen, A"), day(200, 10 + minute))));
    late.push(event(&out("Bergen, A"), day(200, 0), day(200, 20)));
    let rules: Vec<AlertRule> = raised(late).into_iter().map(|alert| alert.rule).collect();
    assert_eq!(rules, [AlertRule::ManyWithdrawals { count: 5 }], "whichever of the five is recorded last");
    let slept = vec![
        simple(&opened(eur(1_000_000)), start),
        simple(&out("Bergen, A"), day(200, 0)),
        event(&out("Bergen, A"), day(50, 0), day(201, 0)),
        simple(&withdrawn(eur(50_000)), day(202, 0)),
    ];
    assert_eq!(raised(slept), [], "it was used two days before");
    let apart = vec![
        simple(&opened(eur(1_000_000)), start),
        simple(&out("Bergen, A"), day(200, 0)),
        event(&out("Bergen, A"), day(150, 0), day(200, 1)),
        simple(&out("Oslo, B"), day(200, 2)),
    ];
    let rules: Vec<AlertRule> = raised(apart).into_iter().map(|alert| alert.rule).collect();
    assert_eq!(rules, [AlertRule::FarApart { before: "Bergen".into(), now: "Oslo".into(), minutes: 2 }]);
    let seconds = vec![
        simple(&opened(eur(1_000_000)), start),
        simple(&out("Bergen, A"), day(200, 0)),
        event(&out("Oslo, B"), day(200, 0).plus_micros(-1), day(200, 1)),
    ];
    assert_eq!(raised(seconds).len(), 1, "the order of recording does not matter for two towns at once");
}

// ---- against naive folds

/// An event of one of four accounts, in one of two currencies by account.
fn any_event() -> impl Strategy<Value = (u8, u8, i64, u32)> {
    (0u8..4, 0u8..8, 1i64..70_000, 0u32..40)
}

fn ledger(choices: &[(u8, u8, i64, u32)]) -> Vec<(String, AccountEvent, Timestamp)> {
    let mut now = at("2023-01-02 08:00");
    let mut events = Vec::new();
    for account in 0..4 {
        let money = Money::new(1000, currency(if account < 2 { "EUR" } else { "KWD" }));
        events.push((format!("ACC-000{account}"), opened(money), now));
    }
    for (account, kind, minor, minutes) in choices {
        // Mostly minutes pass, now and then months.
        now = now.plus_micros(if *minutes == 39 { 125 * DAY } else { i64::from(*minutes) * MINUTE });
        let money = Money::new(*minor, currency(if *account < 2 { "EUR" } else { "KWD" }));
        let event = match kind {
            0 => deposited(money),
            1 => withdrawn_in(money, "Bergen, A"),
            2 => withdrawn_in(Money::new(minor / 100 * 100 + 100, money.currency), "Oslo, B"),
            3 => withdrawn_in(Money::new(700_000, money.currency), "somewhere"),
            4 => fee(money, "fee"),
            5 => interest_posted(money, 100),
            6 => limit_set(money),
            _ => deposited_from(money, "payroll"),
        };
        events.push((format!("ACC-000{account}"), event, now));
    }
    events
}

/// The rules, told plainly: every alert looks back over all that was before it.
fn naive_alerts(events: &[(String, AccountEvent, Timestamp)]) -> Vec<(usize, &'static str)> {
    let mut raised = Vec::new();
    for (index, (account, event, now)) in events.iter().enumerate() {
        let before: Vec<_> = events[..index].iter().filter(|(other, ..)| other == account).collect();
        let place = |event: &AccountEvent| match event {
            AccountEvent::Withdrawn(withdrawn) => Some(withdrawn.atm_location.to_string()),
            _ => None,
        };
        let since = |(_, _, then): &&(String, AccountEvent, Timestamp)| now.as_micros() - then.as_micros();
        if let Some(here) = place(event) {
            let burst = before.iter().filter(|other| place(&other.1).is_some() && since(other) <= 15 * MINUTE).count();
            if burst + 1 >= 5 {
                raised.push((index, "many"));
            }
            let last = before.iter().rev().find(|other| place(&other.1).is_some_and(|place| place.contains(',')));
            if let Some(last) = last.filter(|last| here.contains(',') && since(last) < 30 * MINUTE)
                && place(&last.1) != Some(here)
            {
                raised.push((index, "far"));
            }
            let out = before.iter().rev().find(|other| place(&other.1).is_some()).or(before.first());
            let (amount, unit) = match event {
                AccountEvent::Withdrawn(withdrawn) if withdrawn.currency == Currency::EUR => (withdrawn.amount, 100),
                AccountEvent::Withdrawn(withdrawn) => (withdrawn.amount, 1000),
                _ => (0, 1),
            };
            if out.is_some_and(|out| since(out) >= 120 * DAY) && amount >= 500 * unit && amount % (100 * unit) == 0 {
                raised.push((index, "round"));
            }
        }
        let balance: i64 = before.iter().map(|other| other.1.change()).sum();
        let limit = before.iter().rev().find_map(|other| match &other.1 {
            AccountEvent::OverdraftLimitSet(set) => Some(set.limit),
            _ => None,
        });
        let lowest = -limit.unwrap_or(0);
        if event.change() < 0 && balance >= lowest && balance + event.change() < lowest {
            raised.push((index, "beyond"));
        }
    }
    raised
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn alerts_are_those_of_the_rules_told_plainly_and_are_never_taken_back(choices in prop::collection::vec(any_event(), 0..80)) {
        let events = ledger(&choices);
        let history = history_of(events.iter().map(|(account, event, time)| written(account, event, *time)));
        let alerts: Alerts = whole(&history);
        let named: Vec<(usize, &str)> = alerts.raised().iter().map(|alert| {
            let rule = match alert.rule {
                AlertRule::ManyWithdrawals { .. } => "many",
                AlertRule::FarApart { .. } => "far",
                AlertRule::RoundAfterSleep { .. } => "round",
                AlertRule::BeyondLimit { .. } => "beyond",
            };
            (alert.position.as_usize() - 1, rule)
        }).collect();
        prop_assert_eq!(&named, &naive_alerts(&events));
        for rank in 0..=u32::try_from(events.len()).unwrap() {
            let earlier: Alerts = folded(&history, Clock::Recorded, rank);
            let so_far = alerts.raised().partition_point(|alert| alert.position.get() <= rank);
            prop_assert_eq!(earlier.raised().iter().collect::<Vec<_>>(), alerts.raised().iter().take(so_far).collect::<Vec<_>>());
        }
    }

    #[test]
    fn balances_and_sources_are_those_of_a_naive_sum(choices in prop::collection::vec(any_event(), 0..80)) {
        let events = ledger(&choices);
        let history = history_of(events.iter().map(|(account, event, time)| written(account, event, *time)));
        let (balances, sources): (Balances, Sources) = (whole(&history), whole(&history));
        prop_assert!(balances.totals().iter().all(|(_, total)| total.is_balanced()));
        for account in 0..4 {
            let number = format!("ACC-000{account}");
            let sum: i64 = events.iter().filter(|(other, ..)| *other == number).map(|(_, event, _)| event.change()).sum();
            let row = balances.get(stream_id(&history, &number)).unwrap();
            prop_assert_eq!(row.balance, sum);
        }
        for (code, total) in balances.totals() {
            let moved = |positive: bool| -> i128 {
                sources.iter().filter(|(other, flow, ..)| other == code
                    && matches!(flow, Flow::Deposit | Flow::Interest) == positive).map(|(.., total)| total.sum).sum()
            };
            prop_assert_eq!((total.credits, total.debits), (moved(true), moved(false)));
        }
    }

    #[test]
    fn every_statement_adds_up(choices in prop::collection::vec(any_event(), 0..60), ends in prop::array::uniform2(0i64..2000), count in 0usize..70) {
        let events = ledger(&choices);
        let history = history_of(events.iter().map(|(account, event, time)| written(account, event, *time)));
        let account = AccountHistory::of(&history, stream_id(&history, "ACC-0001"), Clock::Occurred);
        let start = at("2023-01-02 08:00");
        let (from, to) = (start.plus_micros(ends[0].min(ends[1]) * MINUTE), start.plus_micros(ends[0].max(ends[1]) * MINUTE));
        let statement = Statement::of(&account, from, to, count);
        prop_assert_eq!(i128::from(statement.opening) + statement.credits - statement.debits, i128::from(statement.closing));
        let seen = || events.iter().filter(|(number, ..)| number == "ACC-0001").take(count);
        let opening: i64 = seen().filter(|(_, _, time)| *time < from).map(|(_, event, _)| event.change()).sum();
        let moved = seen().filter(|(_, event, time)| (from..to).contains(time) && event.moves_money()).count();
        prop_assert_eq!((statement.opening, statement.movements.len()), (opening, moved));
    }
}
