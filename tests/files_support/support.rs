//! What the tests of files share: ledgers made by hand and by chance, and where shared data lies.
#![allow(dead_code, reason = "each test uses its own part")]

use annals::app::files::StagedImport;
use annals::bank::{
    AccountClosed, AccountEvent, AccountOpened, BankCodec, Currency, DayCount, FeeCharged, InterestCalculated,
    MoneyDeposited, MoneyWithdrawn, OverdraftLimitSet, RateBps, TransferReceived, TransferSent, encode,
};
use annals::kernel::{EventId, History, Label, NewEvent, Payload, SchemaVersion, StreamName, Timestamp};
use proptest::prelude::*;
use std::path::PathBuf;

/// The folder of shared data: the variable `ANNALS_DATA`, or `../shared/data` beside the workspace. `None`, and a
/// sentence that says so, where it is absent.
pub(crate) fn shared_data(file: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("ANNALS_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let read = std::fs::read(folder.join(file)).ok();
    if read.is_none() {
        println!("skipped: there is no {file} in the folder of shared data (ANNALS_DATA, or ../shared/data)");
    }
    read
}

/// A file beside the tests.
pub(crate) fn golden(file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/files").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn codec() -> BankCodec {
    BankCodec::new().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(crate) fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

/// An event of an account, happened at `occurred_at`.
pub(crate) fn account_event(number: &str, id: u64, occurred_at: Timestamp, event: &AccountEvent) -> NewEvent {
    let body = encode(event).unwrap();
    NewEvent {
        id: EventId::parse(&format!("00000000-0000-7000-8000-{id:012x}")),
        stream: StreamName::new("account", number).unwrap(),
        event_type: body.event_type,
        schema: body.schema,
        data: body.data,
        occurred_at,
        actor: Label::default(),
        reason: Label::default(),
        correlation_id: None,
        causation_id: None,
        attributes: None,
    }
}

/// A history of events, each with the time it was recorded.
pub(crate) fn history_of(events: impl IntoIterator<Item = (NewEvent, Timestamp)>) -> History<BankCodec> {
    let mut history = History::new(codec());
    let mut sealer = history.sealer();
    let mut blocks = Vec::new();
    for (event, recorded_at) in events {
        blocks.extend(sealer.push(&history, event, recorded_at).unwrap());
    }
    let (last, _) = sealer.finish();
    blocks.extend(last);
    for block in blocks {
        history.extend(block).unwrap();
    }
    history
}

/// The history that a staged import makes of an empty ledger.
pub(crate) fn appended(staged: &StagedImport, now: Timestamp) -> History<BankCodec> {
    history_of(staged.events.iter().map(|staged| (staged.event.clone(), staged.recorded_at.unwrap_or(now))))
}

/// One event of every type, with texts that need care.
pub(crate) fn one_of_each() -> Vec<AccountEvent> {
    let eur = Currency::EUR;
    vec![
        AccountEvent::from(AccountOpened {
            owner: "Åse \"Ø\" <b>".into(),
            name: "Daily\tuse".into(),
            currency: eur,
            initial_balance: 1000,
        }),
        AccountEvent::Deposited(MoneyDeposited { amount: 500, currency: Some(eur), source: "salary; June".into() }),
        AccountEvent::Withdrawn(MoneyWithdrawn { amount: 20, currency: eur, atm_location: "Bergen, Torget 3".into() }),
        AccountEvent::TransferSent(TransferSent { amount: 10, currency: eur, to: "B:2".into() }),
        AccountEvent::TransferReceived(TransferReceived { amount: 10, currency: eur, from: "B:2".into() }),
        AccountEvent::from(InterestCalculated {
            amount: 3,
            currency: eur,
            rate: RateBps(125),
            days: Some(31),
            day_count: Some(DayCount::Actual365),
        }),
        AccountEvent::Fee(FeeCharged { amount: 1, currency: eur, reason: "card\nfee".into() }),
        AccountEvent::OverdraftLimitSet(OverdraftLimitSet { limit: 100, currency: eur }),
        AccountEvent::Closed(AccountClosed {}),
    ]
}

pub(crate) fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ -~]{0,12}",
        1 => proptest::collection::vec(any::<char>(), 0..8).prop_map(|chars| chars.into_iter().collect()),
        1 => Just("\"\\/\u{2028}\u{7f}\n\t\u{0}".to_owned()),
    ]
}

pub(crate) fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any_text().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::vec(("[a-z ]{0,6}", inner), 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_id() -> impl Strategy<Value = EventId> {
    prop_oneof![
        any::<u128>().prop_map(|bits| uuid::Uuid::from_u128(bits).into()),
        "[ -~]{1,20}".prop_map(|text| EventId::parse(&text)),
    ]
}

/// An event of ours: any type, any payload, any texts.
pub(crate) fn any_own_event() -> impl Strategy<Value = NewEvent> {
    let body = prop_oneof![
        proptest::sample::select(one_of_each()).prop_map(|event| encode(&event).unwrap()).prop_map(|body| (
            body.event_type.as_str().to_owned(),
            body.schema.0,
            body.data
        )),
        ("[A-Za-z.]{1,12}", 1u16.., any_json()).prop_map(|(name, schema, data)| (
            name,
            schema,
            Payload::of(&data).unwrap()
        )),
    ];
    let texts = (any_text(), any_text(), "[a-z]{1,4}/[ -~é]{1,8}");
    let ids = (any_id(), proptest::option::of(any_id()), proptest::option::of(any_id()));
    let times = Timestamp::MIN.as_micros()..=Timestamp::MAX.as_micros();
    (body, texts, ids, times).prop_map(|((event_type, schema, data), (actor, reason, stream), ids, time)| NewEvent {
        id: ids.0,
        stream: StreamName::parse(&stream).unwrap(),
        event_type: event_type.into(),
        schema: SchemaVersion(schema),
        data,
        occurred_at: Timestamp::from_micros(time),
        actor: actor.into(),
        reason: reason.into(),
        correlation_id: ids.1,
        causation_id: ids.2,
        attributes: None,
    })
}
