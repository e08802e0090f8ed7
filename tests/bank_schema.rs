//! The wire format: every event at every schema it ever had is still read, and today's is written to the letter.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    bank::{
        AccountEvent, AccountOpened, AccountState, Balances, BankCodec, Currency, DayCount, EventKind,
        InterestCalculated, MoneyDeposited, RateBps, encode,
    },
    kernel::{
        Aggregate as _, Clock, Codec as _, Decoded, EventView, Facts as _, History, PayloadView, Position,
        Projection as _, Rank, SchemaVersion, Timestamp, UpcastError, Version,
    },
};
use build::{
    at, closed, currency, deposited_from, eur, fee, history_of, limit_set, opened, raw, received, sent, stream_id,
    withdrawn_in, written,
};
use std::collections::BTreeSet;

/// A golden text, the event it is read as, and whether it is what is written today.
struct Golden {
    event_type: &'static str,
    schema: u16,
    text: &'static str,
    event: AccountEvent,
}

macro_rules! golden {
    ($event_type:literal, $schema:literal, $event:expr) => {
        Golden {
            event_type: $event_type,
            schema: $schema,
            text: include_str!(concat!("golden/bank/", $event_type, ".v", $schema, ".json")).trim_end(),
            event: $event,
        }
    };
}

fn goldens() -> Vec<Golden> {
    let unknown = MoneyDeposited { amount: 14_860, currency: None, source: "unknown".into() };
    let solheim = AccountOpened {
        owner: "Ingrid Solheim".into(),
        name: "Solheim Marine Survey".into(),
        currency: Currency::EUR,
        initial_balance: 1_500_000,
    };
    let interest = InterestCalculated {
        amount: 1250,
        currency: currency("NOK"),
        rate: RateBps(125),
        days: Some(31),
        day_count: Some(DayCount::Actual365),
    };
    let yen = annals::bank::Money::new(50_000, currency("JPY"));
    let fils = annals::bank::Money::new(1_234_567, currency("KWD"));
    vec![
        golden!("AccountOpened", 1, AccountEvent::from(solheim)),
        golden!("MoneyDeposited", 1, AccountEvent::Deposited(unknown)),
        golden!("MoneyDeposited", 2, deposited_from(eur(14_860), "card terminal")),
        golden!("MoneyWithdrawn", 1, withdrawn_in(yen, "Hakodate, Asaichi")),
        golden!("TransferSent", 1, sent(eur(412_000), "ACC-0417")),
        golden!("TransferReceived", 1, received(eur(412_000), "ACC-0088")),
        golden!("InterestCalculated", 1, AccountEvent::from(interest)),
        golden!("FeeCharged", 1, fee(fils, "Monthly account fee, \"tariff B\"")),
        golden!("OverdraftLimitSet", 1, limit_set(eur(500_000))),
        golden!("AccountClosed", 1, closed()),
    ]
}

/// Seals one payload, stores it, and shows how it comes back.
fn stored<T>(
    event_type: &str,
    schema: u16,
    text: &str,
    look: impl Fn(&EventView<'_>, Decoded<AccountEvent>) -> T,
) -> T {
    let history = history_of([raw("account/ACC-0001", event_type, schema, text, Timestamp::default())]);
    let block = history.block(0).unwrap();
    let mut reader = block.read().unwrap();
    let event = reader.next_event().unwrap().unwrap();
    look(&event, BankCodec::new().unwrap().decode_of(event.stream, &event.content()))
}

#[test]
fn every_golden_is_read_from_a_block_flat_and_as_a_text() {
    for Golden { event_type, schema, text, event } in goldens() {
        stored(event_type, schema, text, |view, decoded| {
            assert!(matches!(view.data, PayloadView::Flat(_)), "{event_type} {schema} is stored flat");
            assert_eq!(decoded, Decoded::Known(event.clone()), "{event_type} {schema}");
        });
        let spaced = text.replacen('{', "{ ", 1);
        stored(event_type, schema, &spaced, |view, decoded| {
            assert!(matches!(view.data, PayloadView::Text(_)), "{event_type} {schema} is stored as a text");
            assert_eq!(decoded, Decoded::Known(event.clone()), "{event_type} {schema} as a text");
        });
    }
}

#[test]
fn todays_schema_is_written_to_the_letter() {
    let upcasts = BankCodec::new().unwrap();
    for Golden { event_type, schema, text, event } in goldens() {
        let newest = upcasts.upcasts().newest(event_type);
        if newest != SchemaVersion(schema) {
            continue;
        }
        let body = encode(&event).unwrap();
        assert_eq!((&*body.event_type, body.schema, body.data.as_str()), (event_type, newest, text));
    }
}

#[test]
fn every_event_has_a_golden_at_every_schema() {
    let upcasts = BankCodec::new().unwrap();
    let mut named: Vec<String> = Vec::new();
    for golden in goldens() {
        assert_eq!(golden.event.type_name(), golden.event_type);
        named.push(format!("{}.v{}.json", golden.event_type, golden.schema));
        for schema in 1..=upcasts.upcasts().newest(golden.event_type).0 {
            assert!(goldens().iter().any(|other| (other.event_type, other.schema) == (golden.event_type, schema)));
        }
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/bank");
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    named.sort();
    found.sort();
    assert_eq!(found, named, "every file is tested");
}

#[test]
fn what_older_programs_left_out_is_filled_in() {
    let read = |event_type, text| stored(event_type, 1, text, |_, decoded| decoded);
    let nameless = r#"{"owner":"Liv Sunde","currency":"EUR","initial_balance":0}"#;
    assert_eq!(read("AccountOpened", nameless), Decoded::Known(opened(eur(0))));
    let bare = r#"{"amount":5,"currency":"EUR","rate":-50}"#;
    let bare_interest =
        InterestCalculated { amount: 5, currency: Currency::EUR, rate: RateBps(-50), days: None, day_count: None };
    assert_eq!(read("InterestCalculated", bare), Decoded::Known(AccountEvent::from(bare_interest.clone())));
    assert_eq!(encode(&AccountEvent::from(bare_interest)).unwrap().data.as_str(), bare);
}

#[test]
fn numbers_are_read_and_written_to_their_ends() {
    for days in [i64::MIN, -1, 0, i64::from(u32::MAX) + 1, i64::MAX] {
        let text = format!(r#"{{"amount":{days},"currency":"EUR","rate":1,"days":{days}}}"#);
        let Decoded::Known(event) = stored("InterestCalculated", 1, &text, |_, decoded| decoded) else {
            panic!("{text} is read")
        };
        assert_eq!(encode(&event).unwrap().data.as_str(), text);
    }
}

#[test]
fn an_old_deposit_takes_the_accounts_currency_in_every_fold() {
    let yen = |minor| annals::bank::Money::new(minor, currency("JPY"));
    let history = history_of([
        written("ACC-0001", &opened(yen(100)), at("2023-01-02 08:00")),
        raw("account/ACC-0001", "MoneyDeposited", 1, r#"{"amount":25}"#, at("2023-01-03 08:00")),
    ]);
    assert_eq!(history.unreadable(), []);
    let (mut balances, mut sources) = (Balances::default(), annals::bank::Sources::default());
    history.visit(Clock::Recorded, Rank::ZERO, Rank::new(9), |recorded| {
        balances.apply(recorded);
        sources.apply(recorded);
    });
    let row = balances.get(stream_id(&history, "ACC-0001")).unwrap();
    assert_eq!((row.balance, row.currency()), (125, currency("JPY")));
    let unknown = sources.iter().find(|(_, _, source, _)| **source == "unknown").unwrap();
    assert_eq!((unknown.0, unknown.3.count, unknown.3.sum), (currency("JPY"), 1, 25));
}

#[test]
fn what_cannot_be_read_is_kept_reported_and_ignored() {
    let broken = [
        ("MoneyDeposited", 3, r#"{"amount":1,"currency":"EUR","source":"x","iban":"y"}"#),
        ("AccountOpened", 2, r#"{"owner":"x","name":"","currency":"EUR","initial_balance":1}"#),
        ("MoneyDeposited", 2, r#"{"amount":"1","currency":"EUR","source":"x"}"#),
        ("MoneyDeposited", 2, r#"{"amount":1.5,"currency":"EUR","source":"x"}"#),
        ("MoneyDeposited", 2, r#"{"amount":9223372036854775808,"currency":"EUR","source":"x"}"#),
        ("MoneyDeposited", 1, "{}"),
        ("MoneyDeposited", 1, "[1]"),
        ("MoneyWithdrawn", 1, r#"{"amount":1,"currency":"XXX","atm_location":"x"}"#),
        ("MoneyWithdrawn", 1, r#"{"amount":1,"currency":"EUR"}"#),
        ("TransferSent", 1, "null"),
        ("InterestCalculated", 1, r#"{"amount":1,"currency":"EUR","rate":1,"day_count":"Thirty360"}"#),
    ];
    let mut events = vec![written("ACC-0001", &opened(eur(100)), at("2023-01-02 08:00"))];
    events.extend(
        broken.iter().map(|(event_type, schema, text)| {
            raw("account/ACC-0001", event_type, *schema, text, at("2023-01-03 08:00"))
        }),
    );
    events.push(written("ACC-0001", &deposited_from(eur(11), "cash"), at("2023-01-04 08:00")));
    let history = history_of(events);
    let reported: Vec<u32> = history.unreadable().iter().map(|(position, _)| position.get()).collect();
    assert_eq!(reported, (2..=12).collect::<Vec<_>>());
    let (_, why) = &history.unreadable()[0];
    let newer =
        UpcastError::Newer { event_type: "MoneyDeposited".into(), found: SchemaVersion(3), newest: SchemaVersion(2) };
    assert_eq!(*why, newer.to_string());
    for (position, (event_type, _, text)) in (2..).zip(broken) {
        let kept = history.event(Position::new(position)).unwrap();
        assert_eq!((&*kept.event.event_type, kept.event.data.as_str()), (event_type, text), "kept to the letter");
        assert!(history.fact(Position::new(position)).is_none());
    }
    assert_eq!(balance(&history), 111);
    assert_eq!(history.stream(stream_id(&history, "ACC-0001")).unwrap().version(), Version::new(13));
}

#[test]
fn what_is_nobodys_here_is_kept_and_not_reported() {
    let history = history_of([
        written("ACC-0001", &opened(eur(100)), at("2023-01-02 08:00")),
        raw("account/ACC-0001", "AccountFrozen", 1, r#"{"amount":1}"#, at("2023-01-02 09:00")),
        raw("order/1", "MoneyDeposited", 2, r#"{"amount":1,"currency":"EUR","source":"x"}"#, at("2023-01-02 10:00")),
        raw("accounts/ACC-0001", "AccountClosed", 1, "{}", at("2023-01-02 11:00")),
    ]);
    assert_eq!(history.unreadable(), []);
    assert_eq!(history.head(), Position::new(4));
    for position in 2..=4 {
        assert!(history.fact(Position::new(position)).is_none(), "{position}");
        assert!(history.event(Position::new(position)).is_some(), "{position}");
    }
    assert_eq!(balance(&history), 100);
}

fn balance(history: &History<BankCodec>) -> i64 {
    let mut state = annals::bank::Account::initial();
    history.visit_stream(stream_id(history, "ACC-0001"), Clock::Recorded, Rank::new(u32::MAX), |recorded| {
        state = annals::bank::Account::evolve(state.clone(), recorded.event);
    });
    match state {
        AccountState::Open(account) => account.balance,
        AccountState::Unopened | AccountState::Closed => panic!("not open"),
    }
}

#[test]
fn all_kinds_are_there_once_in_the_order_of_their_names() {
    let names = EventKind::ALL.map(EventKind::type_name);
    assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
    let told: BTreeSet<&str> = goldens().iter().map(|golden| golden.event.type_name()).collect();
    assert_eq!(told, BTreeSet::from(names));
}
