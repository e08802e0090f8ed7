//! The demo ledger: the same everywhere, believable, within the rules, and with its secrets where they are said to be.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    bank::{
        Account, AccountEvent, AccountHistory, AccountState, Alert, AlertRule, Alerts, Balances, BankCodec, Sources,
        demo::{self, DemoEvent, DemoLedger, DemoSize},
    },
    kernel::{Aggregate as _, ChainHash, Clock, EventId, Facts as _, History, Position, Projection, Rank, Timestamp},
};
use build::{at, recorded_history, stream_id};
use std::collections::{BTreeMap, BTreeSet};

/// The chain over the default ledger: it changes only when the ledger is meant to.
const DEFAULT_CHAIN: &str = "dd143ce54fcc6e171c714402eb3df80291f3721ee441f44b07c7d4ea265ce79a";

const SMALL: DemoSize = DemoSize { events: 12_000, accounts: 60 };

fn history_of(size: DemoSize) -> History<BankCodec> {
    recorded_history(DemoLedger::new(size).map(|demo| (demo.event, demo.recorded_at)))
}

fn whole<P: Projection<Event = AccountEvent>>(history: &History<BankCodec>) -> P {
    let mut state = P::default();
    history.visit(Clock::Recorded, Rank::ZERO, Rank::new(u32::MAX - 1), |recorded| state.apply(recorded));
    state
}

/// Every account's own fold, which must follow the account's rules but where the planted fact breaks them.
fn check_rules(history: &History<BankCodec>) {
    let mut states: BTreeMap<_, AccountState> = BTreeMap::new();
    history.visit(Clock::Recorded, Rank::ZERO, Rank::new(u32::MAX - 1), |recorded| {
        let state = states.remove(&recorded.stream).unwrap_or_else(Account::initial);
        let before = state.clone();
        let after = Account::evolve(state, recorded.event);
        match (&before, &after) {
            (AccountState::Unopened, AccountState::Open(_)) | (AccountState::Open(_), AccountState::Closed) => {}
            (AccountState::Open(old), AccountState::Open(new)) => {
                let planted = recorded.occurred_at == demo::BEYOND_LIMIT_AT;
                assert!(new.available() >= 0 || planted || recorded.event.change() > 0, "{recorded:?} {before:?}");
                assert!(recorded.event.change() != 0 || old != new, "nothing happened: {recorded:?}");
            }
            (AccountState::Unopened | AccountState::Closed, _) | (AccountState::Open(_), AccountState::Unopened) => {
                panic!("{recorded:?} happened to {before:?}")
            }
        }
        states.insert(recorded.stream, after);
    });
    let balances: Balances = whole(history);
    assert_eq!(balances.iter().count(), states.len());
    for (id, row) in balances.iter() {
        match &states[&id] {
            AccountState::Open(account) => assert_eq!(
                (row.balance, row.overdraft_limit(), row.currency(), row.is_closed()),
                (account.balance, account.overdraft_limit, account.currency, false)
            ),
            AccountState::Closed => assert_eq!((row.balance, row.is_closed()), (0, true)),
            AccountState::Unopened => panic!("{row:?}"),
        }
        assert_eq!(row.version, history.stream(id).unwrap().version(), "no stream has events of nobody");
    }
    assert!(balances.totals().iter().all(|(_, total)| total.is_balanced()), "{:?}", balances.totals());
}

#[test]
fn the_default_ledger_is_the_same_on_every_machine_and_keeps_all_rules() {
    let ledger = DemoLedger::new(DemoSize::default());
    assert_eq!((ledger.total(), ledger.accounts(), ledger.size_hint()), (100_000, 250, (100_000, Some(100_000))));
    let history = history_of(DemoSize::default());
    assert_eq!(history.head(), Position::new(100_000));
    assert_eq!(history.tail().chain, ChainHash::parse(DEFAULT_CHAIN).unwrap_or_default(), "{}", history.tail().chain);
    assert_eq!(history.unreadable(), []);
    assert_eq!(history.streams().count(), 250);
    let (first, last) = history.timeline(Clock::Occurred).span().unwrap();
    assert_eq!((first, last), (demo::STARTS_AT, demo::ENDS_AT));
    check_rules(&history);
    check_secrets(&history);
    check_story(&history);
    let balances: Balances = whole(&history);
    let currencies: Vec<String> = balances.totals().iter().map(|(code, _)| code.to_string()).collect();
    assert_eq!(currencies, ["EUR", "JPY", "KWD", "NOK", "USD"]);
    let closed = balances.iter().filter(|(_, row)| row.is_closed()).count();
    let limits = balances.iter().filter(|(_, row)| row.overdraft_limit() > 0).count();
    assert!((2..10).contains(&closed) && (4..30).contains(&limits), "{closed} closed, {limits} limits");
    let names: BTreeSet<String> = balances.iter().map(|(_, row)| row.title().to_string()).collect();
    assert_eq!(names.len(), 250, "nobody has a namesake");
    let sources: Sources = whole(&history);
    for source in ["unknown", "payroll", "card terminal", "cash", "invoice", "Bergen", "Yokohama", "interest"] {
        assert!(sources.iter().any(|(_, _, name, _)| *name == source), "{source}");
    }
}

/// What is planted is found by the rules, on both clocks, and hardly anything else is.
fn check_secrets(history: &History<BankCodec>) {
    let fraud = stream_id(history, demo::FRAUD_ACCOUNT);
    let beyond = stream_id(history, demo::BEYOND_LIMIT_ACCOUNT);
    let happened = |alert: &Alert| history.fact(alert.position).unwrap().occurred_at;
    for clock in [Clock::Recorded, Clock::Occurred] {
        let mut alerts = Alerts::default();
        history.visit(clock, Rank::ZERO, Rank::new(u32::MAX - 1), |recorded| alerts.apply(recorded));
        let of_fraud: Vec<_> = alerts.raised().iter().filter(|alert| alert.stream == fraud).collect();
        let has = |wanted: fn(&AlertRule) -> bool| of_fraud.iter().any(|alert| wanted(&alert.rule));
        assert!(has(|rule| matches!(rule, AlertRule::ManyWithdrawals { .. })));
        assert!(has(|rule| matches!(rule, AlertRule::FarApart { .. })));
        assert!(has(|rule| matches!(rule, AlertRule::RoundAfterSleep { days: 133 })));
        assert!(of_fraud.iter().all(|alert| (demo::FRAUD_FROM..=demo::FRAUD_UNTIL).contains(&happened(alert))));
        assert_eq!(happened(of_fraud.first().unwrap()), demo::FRAUD_FROM);
        assert_eq!(happened(of_fraud.last().unwrap()), demo::FRAUD_UNTIL);
        let crossed: Vec<_> = alerts.raised().iter().filter(|alert| alert.stream == beyond).collect();
        assert_eq!(crossed.len(), 1);
        assert_eq!(happened(crossed[0]), demo::BEYOND_LIMIT_AT);
        assert_eq!(crossed[0].rule, AlertRule::BeyondLimit { balance: -41_230 });
        let others = alerts.raised().iter().filter(|alert| ![fraud, beyond].contains(&alert.stream)).count();
        assert!(others <= 5, "{others} false alarms");
    }
    let corrected = stream_id(history, demo::CORRECTED_ACCOUNT);
    let mut back_dated = Vec::new();
    history.visit(Clock::Recorded, Rank::ZERO, Rank::new(u32::MAX - 1), |recorded| {
        let late = recorded.recorded_at.as_micros() - recorded.occurred_at.as_micros();
        assert!(late > 0, "nothing is recorded before it happens: {recorded:?}");
        if late > Timestamp::MICROS_PER_SECOND {
            back_dated.push((recorded.stream, recorded.position, recorded.occurred_at, recorded.recorded_at));
        }
    });
    let [(stream, position, occurred_at, recorded_at)] = back_dated[..] else { panic!("{back_dated:?}") };
    assert_eq!((stream, occurred_at), (corrected, demo::CORRECTION_OCCURRED_AT));
    let delay = recorded_at.as_micros() - demo::CORRECTION_RECORDED_FROM.as_micros();
    assert!((0..Timestamp::MICROS_PER_SECOND).contains(&delay), "{recorded_at}");
    assert!(history.event(position).unwrap().event.reason.starts_with("Correction: "));
    assert!(history.rank_of(Clock::Occurred, position) < Rank::new(position.get()));
    assert_ne!(
        AccountHistory::of(history, corrected, Clock::Recorded).entries(),
        AccountHistory::of(history, corrected, Clock::Occurred).entries()
    );
}

/// Solheim Marine Survey pays for its engine at once and goes below zero.
fn check_story(history: &History<BankCodec>) {
    let account = AccountHistory::of(history, stream_id(history, demo::STORY_ACCOUNT), Clock::Recorded);
    let reason = |position| history.event(position).unwrap().event.reason;
    let below = account.entries().iter().position(|entry| entry.balance < 0).unwrap();
    let first_below = account.entries().get(below).unwrap();
    assert_eq!(reason(first_below.position), "Engine overhaul, work boat, order 118, paid in full");
    assert_eq!((account.change(below), first_below.at.to_string().get(..10)), (-1_890_000, Some("2023-08-09")));
    assert!((200..800).contains(&account.entries().len()), "{}", account.entries().len());
    assert!(account.entries().iter().all(|entry| !entry.beyond_limit));
    for wanted in
        ["Founding capital", "Invoice 2188, damage report, FV Bølgen, paid 23 days late", "Salaries, March 2023"]
    {
        assert!(account.entries().iter().any(|entry| *reason(entry.position) == *wanted), "{wanted}");
    }
    let anchor = at("2024-01-05 14:03:12");
    let paid = history.timeline(Clock::Occurred).rank_at(anchor);
    let received = history.event(history.timeline(Clock::Occurred).position_at(paid).unwrap()).unwrap().event;
    assert_eq!((received.stream.id(), received.occurred_at), (demo::STORY_ACCOUNT, anchor));
    assert_eq!(&*received.reason, "Invoice 2291, hull thickness survey, MV Ternen");
}

#[test]
fn the_named_moments_are_what_their_documentation_says() {
    for (moment, text) in [
        (demo::STARTS_AT, "2023-01-02 08:00"),
        (demo::ENDS_AT, "2024-03-18 09:41:07"),
        (demo::SCHEMA_2_FROM, "2023-07-01 00:00"),
        (demo::FRAUD_FROM, "2024-02-17 02:13:08"),
        (demo::FRAUD_UNTIL, "2024-02-17 02:24:31"),
        (demo::CORRECTION_OCCURRED_AT, "2023-11-14 15:20:36"),
        (demo::CORRECTION_RECORDED_FROM, "2023-12-05 09:12:40"),
        (demo::BEYOND_LIMIT_AT, "2024-03-14 23:40:05"),
    ] {
        assert_eq!(moment, at(text));
    }
}

#[test]
fn time_never_goes_back_and_what_belongs_together_says_so() {
    let events: Vec<DemoEvent> = DemoLedger::new(SMALL).collect();
    assert!(events.is_sorted_by_key(|demo| demo.recorded_at));
    let ids: BTreeSet<&EventId> = events.iter().map(|demo| &demo.event.id).collect();
    assert_eq!(ids.len(), events.len(), "every id is another");
    for (demo, next) in events.iter().zip(events.iter().skip(1).map(Some).chain([None])) {
        let EventId::Uuid(id) = &demo.event.id else { panic!("{:?}", demo.event.id) };
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        let millis = i64::try_from(seconds).unwrap() * 1000 + i64::from(nanos / 1_000_000);
        assert_eq!((id.get_version_num(), millis), (7, demo.recorded_at.as_millis()));
        assert!(demo.event.correlation_id.is_some() && demo.event.causation_id.is_some());
        assert!(!demo.event.reason.is_empty() && demo.event.actor.contains(':'), "{demo:?}");
        if &*demo.event.event_type == "TransferSent" {
            let other = next.unwrap();
            let amount = |demo: &DemoEvent| demo.event.data.to_value()["amount"].clone();
            assert_eq!((&*other.event.event_type, amount(other)), ("TransferReceived", amount(demo)));
            assert_eq!((other.recorded_at, other.event.occurred_at), (demo.recorded_at, demo.event.occurred_at));
            assert_eq!(other.event.correlation_id, demo.event.correlation_id);
            assert_eq!(other.event.causation_id.as_ref(), Some(&demo.event.id));
            assert!(!ids.contains(demo.event.causation_id.as_ref().unwrap()), "a command set it off");
        }
    }
}

#[test]
fn deposits_are_written_in_the_schema_of_their_time() {
    let mut schemas = BTreeMap::new();
    for demo in DemoLedger::new(SMALL).filter(|demo| &*demo.event.event_type == "MoneyDeposited") {
        let is_old = demo.event.occurred_at < demo::SCHEMA_2_FROM;
        assert_eq!(demo.event.schema.0, if is_old { 1 } else { 2 });
        let keys: Vec<String> = demo.event.data.to_value().as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, if is_old { vec!["amount"] } else { vec!["amount", "currency", "source"] });
        *schemas.entry(demo.event.schema.0).or_insert(0) += 1;
    }
    assert!(schemas.values().all(|count| *count > 100) && schemas.len() == 2, "{schemas:?}");
}

#[test]
fn work_has_a_rhythm_and_grows() {
    let mut by = [[0u32; 24]; 7];
    let mut months: BTreeMap<String, u32> = BTreeMap::new();
    for demo in DemoLedger::new(SMALL) {
        let micros = demo.event.occurred_at.as_micros();
        let (day, hour) = (micros / Timestamp::MICROS_PER_DAY, micros / (3600 * Timestamp::MICROS_PER_SECOND) % 24);
        // 1970-01-01 was a Thursday.
        by[usize::try_from((day + 3) % 7).unwrap()][usize::try_from(hour).unwrap()] += 1;
        *months.entry(demo.event.occurred_at.to_string()[..7].to_owned()).or_default() += 1;
    }
    let of_day = |day: usize| by[day].iter().sum::<u32>();
    assert!(of_day(6) * 2 < of_day(2), "Sundays are quiet");
    let of_hour = |hour: usize| (0..5).map(|day| by[day][hour]).sum::<u32>();
    assert!(of_hour(10) > 10 * of_hour(3), "so are nights");
    assert_eq!(months.len(), 15);
    assert!(months["2024-02"] * 10 > months["2023-02"] * 13, "{months:?}");
}

#[test]
fn every_size_has_exactly_its_events_and_keeps_all_rules() {
    for (events, accounts) in
        [(0, 5), (1, 1), (2, 250), (40, 18), (1000, 12), (1000, 250), (3001, 1), (2500, 18), (9000, 2250)]
    {
        let size = DemoSize { events, accounts };
        let ledger = DemoLedger::new(size);
        assert_eq!(ledger.total(), events);
        let accounts = ledger.accounts();
        let history = history_of(size);
        assert_eq!(history.head(), Position::new(events), "{size:?}");
        check_rules(&history);
        if events >= 1000 {
            assert_eq!(history.streams().count(), usize::try_from(accounts).unwrap(), "{size:?}");
            let (first, last) = history.timeline(Clock::Occurred).span().unwrap();
            assert_eq!(first, demo::STARTS_AT, "{size:?}");
            assert!(last > at("2024-03-17 00:00") && last <= demo::ENDS_AT, "{size:?} ends {last}");
        }
        if size.tells_story() {
            check_secrets(&history);
        }
    }
}

#[test]
fn a_busy_account_looks_busy_and_not_stolen() {
    let history = history_of(DemoSize { events: 40_000, accounts: 1 });
    assert!(whole::<Alerts>(&history).raised().is_empty());
    let account = AccountHistory::of(&history, stream_id(&history, demo::STORY_ACCOUNT), Clock::Recorded);
    let taken = (0..account.entries().len()).filter(|index| account.change(*index) < 0).count();
    assert!(taken > 10_000, "money goes out too: {taken}");
    let (_, highest) = account.extremes(0, account.entries().len()).unwrap();
    assert!(highest < 50_000_000, "and does not pile up: {highest}");
}

#[test]
fn slices_are_the_ledger_cut_and_nothing_else() {
    let mut ledger = DemoLedger::new(SMALL);
    let mut sliced = Vec::new();
    loop {
        let left = ledger.size_hint();
        assert_eq!(left, (12_000 - sliced.len(), Some(12_000 - sliced.len())));
        let slice = ledger.next_slice(777);
        assert!(slice.len() == 777 || sliced.len() + slice.len() == 12_000);
        if slice.is_empty() {
            break;
        }
        sliced.extend(slice);
    }
    assert_eq!(sliced, DemoLedger::new(SMALL).collect::<Vec<_>>());
}
