//! CloudEvents out and in.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "files_support/support.rs"]
mod support;

use annals::app::files::cloud_events::{
    CloudEventsImport, Envelope, EventReader, Exporter, Form, LedgerSource, RecordedTimes, SeenIds, Selection,
    to_cloud_event,
};
use annals::app::files::{FlagReason, KnownAccount, Progress, StagedImport};
use annals::bank::{Balances, BankCodec, Currency, Money};
use annals::kernel::{
    Clock, EventId, Facts as _, History, NewEvent, Position, Projection as _, Rank, StreamName, Timestamp,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::*;

fn source() -> LedgerSource {
    LedgerSource::of_ledger("home & away")
}

fn fallback() -> Timestamp {
    at("2030-01-01T00:00:00Z")
}

/// The specification's schema with its formats. Whether `data_base64` is base64 is not asked: in the specification's own
/// examples it says "... base64 encoded string ...".
fn schema() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&golden("cloudevents/cloudevents.schema.json")).unwrap();
    jsonschema::options()
        .should_validate_formats(true)
        .without_content_encoding_support("base64")
        .build(&schema)
        .unwrap()
}

fn export(history: &History<BankCodec>, selection: Selection, form: Form, envelope: Envelope) -> String {
    let mut exporter = Exporter::new(history, selection, form, envelope, source());
    let mut text = String::new();
    while let Some(chunk) = exporter.next_chunk(history, 3) {
        text.push_str(&chunk);
    }
    text
}

fn import_in_chunks(bytes: &[u8], chunk: usize, seen: SeenIds, times: RecordedTimes) -> StagedImport {
    let mut import = CloudEventsImport::new(seen, codec(), fallback(), times);
    for chunk in bytes.chunks(chunk.max(1)) {
        import.feed(chunk);
        while !import.step(2).is_idle {}
    }
    import.finish()
}

fn import(text: &str) -> StagedImport {
    import_in_chunks(text.as_bytes(), 64 * 1024, SeenIds::new(), RecordedTimes::Keep)
}

fn reasons(staged: &StagedImport) -> Vec<String> {
    staged.report.rows_bad.first().iter().map(ToString::to_string).collect()
}

fn balances(history: &History<BankCodec>) -> Balances {
    let mut balances = Balances::default();
    history.visit(Clock::Recorded, Rank::ZERO, Rank::new(history.head().get()), |event| balances.apply(event));
    balances
}

/// A valid event, changed by `change`.
fn event_with(change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> String {
    let mut event = json!({"specversion": "1.0", "id": "1", "source": "/s", "type": "t", "subject": "a/b",
        "time": "2024-01-05T14:03:12Z", "datacontenttype": "application/json", "data": {"x": 1}});
    change(event.as_object_mut().unwrap());
    event.to_string()
}

fn any_extension() -> impl Strategy<Value = (String, Value)> {
    let name = prop_oneof![
        3 => "x[a-z0-9]{1,8}",
        1 => proptest::sample::select(vec![
            "sequence", "recordedtime", "actor", "reason", "correlationid", "causationid", "dataschema", "streamversion",
            "Partition_Key",
        ]).prop_map(str::to_owned),
    ];
    (name, any_json())
}

/// The text of a foreign event: what is optional may be absent, null or odd.
fn any_foreign_event() -> impl Strategy<Value = String> {
    let subject = prop_oneof![
        Just(None),
        Just(Some(Value::Null)),
        "[ -~]{1,12}".prop_map(|text| Some(text.into())),
        Just(Some(json!("account/7"))),
    ];
    let time = proptest::sample::select(vec![
        None,
        Some(Value::Null),
        Some(json!("2018-04-05T17:31:00Z")),
        Some(json!("2018-04-05T17:31:00.123456789+02:00")),
        Some(json!("2018-04-05t17:31:00z")),
    ]);
    let content = proptest::sample::select(vec![
        None,
        Some(Value::Null),
        Some(json!("application/json")),
        Some(json!("text/xml")),
    ]);
    let data = prop_oneof![
        Just(Vec::new()),
        Just(vec![("data_base64", json!("Zm9v"))]),
        Just(vec![("data", Value::Null), ("data_base64", json!("Zm9v"))]),
        any_json().prop_map(|data| vec![("data", data)]),
    ];
    let extensions = proptest::collection::vec(any_extension(), 0..4);
    let types = prop_oneof![Just("annals.bank.MoneyDeposited".to_owned()), "[a-zA-Z.]{1,12}"];
    let schema = proptest::option::of(1u16..);
    (("[ -~]{1,12}", "[a-z:/]{1,10}", types), subject, time, content, data, extensions, schema, any::<bool>()).prop_map(
        |((id, source, event_type), subject, time, content, data, extensions, schema, pretty)| {
            let mut event = json!({"specversion": "1.0", "id": id, "source": source, "type": event_type});
            let members = event.as_object_mut().unwrap();
            members.extend(extensions);
            let optional = [("subject", subject), ("time", time), ("datacontenttype", content)];
            members.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
            members.extend(data.into_iter().map(|(name, value)| (name.to_owned(), value)));
            members.extend(schema.map(|schema| ("schemaversion".to_owned(), json!(schema))));
            if pretty { serde_json::to_string_pretty(&event).unwrap() } else { event.to_string() }
        },
    )
}

fn read_one(text: &str) -> NewEvent {
    let mut reader = EventReader::new(fallback());
    reader.feed(text.as_bytes());
    reader.end();
    reader.next_event().unwrap().unwrap().event
}

fn any_ledger() -> impl Strategy<Value = Vec<(NewEvent, Timestamp)>> {
    let event = prop_oneof![any_own_event(), any_foreign_event().prop_map(|text| read_one(&text))];
    proptest::collection::vec((event, 0i64..1_000_000_000), 0..12).prop_map(|events| {
        let mut recorded = at("2024-01-01T00:00:00Z");
        let mut seen = std::collections::BTreeSet::new();
        let mut ledger = Vec::new();
        for (event, gap) in events {
            recorded = recorded.plus_micros(gap);
            if seen.insert(event.id.clone()) {
                ledger.push((event, recorded));
            }
        }
        ledger
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_ledger_that_was_exported_and_imported_is_the_same_ledger(ledger in any_ledger(), batch in any::<bool>(), chunk in 1usize..200) {
        let history = history_of(ledger);
        let form = if batch { Form::Batch } else { Form::Lines };
        let text = export(&history, Selection::All, form, Envelope::Whole);
        let staged = import_in_chunks(text.as_bytes(), chunk, SeenIds::new(), RecordedTimes::Keep);
        prop_assert_eq!(reasons(&staged), Vec::<String>::new());
        let again = appended(&staged, fallback());
        for position in 1..=history.head().get() {
            prop_assert_eq!(again.event(Position::new(position)), history.event(Position::new(position)));
        }
        prop_assert_eq!(again.tail(), history.tail());
        prop_assert_eq!(balances(&again), balances(&history));
        let twice = import_in_chunks(text.as_bytes(), chunk, SeenIds::of(&again).unwrap(), RecordedTimes::Now);
        prop_assert_eq!((twice.events.len(), twice.report.duplicates), (0, history.head().get()));
    }

    #[test]
    fn a_foreign_event_is_given_back_as_it_came(text in any_foreign_event()) {
        let history = history_of([(read_one(&text), fallback())]);
        let given: Value = serde_json::from_str(&export(&history, Selection::All, Form::Lines, Envelope::AsReceived)).unwrap();
        prop_assert_eq!(given, serde_json::from_str::<Value>(&text).unwrap());
    }

    #[test]
    fn what_is_exported_is_valid(ledger in any_ledger()) {
        let (history, schema) = (history_of(ledger), schema());
        for position in 1..=history.head().get() {
            let event = history.event(Position::new(position)).unwrap();
            let is_ours = event.event.attributes.is_none();
            let json: Value = serde_json::from_str(&to_cloud_event(&event, &source(), Envelope::Whole)).unwrap();
            // A foreign event is as valid as it came: the generator makes odd ones too.
            if is_ours {
                prop_assert!(schema.is_valid(&json), "{}", json);
                for name in json.as_object().unwrap().keys() {
                    prop_assert!(name.len() <= 20 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
                }
            }
        }
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..300), chunk in 1usize..50) {
        let staged = import_in_chunks(&bytes, chunk, SeenIds::new(), RecordedTimes::Now);
        prop_assert_eq!(staged, import_in_chunks(&bytes, 1000, SeenIds::new(), RecordedTimes::Now));
    }

    #[test]
    fn no_change_of_a_valid_file_is_too_odd(
        batch in any::<bool>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..6),
        chunk in 1usize..50,
    ) {
        let history = own_ledger();
        let form = if batch { Form::Batch } else { Form::Lines };
        let mut bytes = export(&history, Selection::All, form, Envelope::Whole).into_bytes();
        for (place, byte, insert) in edits {
            let place = place.index(bytes.len());
            if insert { bytes.insert(place, byte) } else { bytes[place] = byte }
        }
        let staged = import_in_chunks(&bytes, chunk, SeenIds::new(), RecordedTimes::Now);
        prop_assert_eq!(&staged, &import_in_chunks(&bytes, 100_000, SeenIds::new(), RecordedTimes::Now));
    }
}

fn own_ledger() -> History<BankCodec> {
    let start = at("2024-01-05T14:03:12.5Z");
    history_of(one_of_each().iter().zip(0..).map(|(event, n)| {
        let mut event = account_event("ACC-1 ø", n, start.plus_micros(i64::try_from(n).unwrap()), event);
        event.actor = "Åse".into();
        event.reason = "because; of\nthis".into();
        event.correlation_id = Some(event.id.clone());
        (event, start)
    }))
}

#[test]
fn our_events_are_written_with_their_whole_envelope() {
    let history = own_ledger();
    let text = export(&history, Selection::All, Form::Lines, Envelope::Whole);
    let first: Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
    assert_eq!(
        first,
        json!({
            "specversion": "1.0", "id": "00000000-0000-7000-8000-000000000001", "source": "/annals/home%20%26%20away",
            "type": "annals.bank.MoneyDeposited", "subject": "account/ACC-1 ø", "time": "2024-01-05T14:03:12.500001Z",
            "datacontenttype": "application/json", "schemaversion": 2, "actor": "Åse", "reason": "because; of\nthis",
            "correlationid": "00000000-0000-7000-8000-000000000001",
            "data": {"amount": 500, "currency": "EUR", "source": "salary; June"},
            "recordedtime": "2024-01-05T14:03:12.500Z", "sequence": "2", "streamversion": "2",
        })
    );
    let schema = schema();
    for line in text.lines() {
        let json: Value = serde_json::from_str(line).unwrap();
        assert!(schema.is_valid(&json), "{json}");
    }
    assert_eq!(text.lines().count(), 9);
}

#[test]
fn the_schema_is_able_to_refuse() {
    let schema = schema();
    for bad in [
        json!({"id": "1", "source": "/s", "specversion": "1.0"}),
        json!({"id": "", "source": "/s", "specversion": "1.0", "type": "t"}),
        json!({"id": "1", "source": "a b", "specversion": "1.0", "type": "t"}),
        json!({"id": "1", "source": "/s", "specversion": "1.0", "type": "t", "time": "yesterday"}),
    ] {
        assert!(!schema.is_valid(&bad), "{bad}");
    }
}

#[test]
fn the_specifications_examples_come_back_as_they_came() {
    let text = golden("cloudevents/events_v1_batch.json");
    let given: Vec<Value> = serde_json::from_str(&text).unwrap();
    let staged = import(&text);
    assert_eq!(reasons(&staged), Vec::<String>::new());
    assert_eq!((given.len(), staged.report.rows_good, staged.report.duplicates), (12, 9, 3));
    assert_eq!(staged.report.foreign_types.values().sum::<u32>(), 9);

    let mut seen = SeenIds::new();
    let text_of = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    let first: Vec<&Value> = given
        .iter()
        .filter(|event| seen.insert(&text_of(event, "source"), &EventId::parse(&text_of(event, "id"))))
        .collect();
    let history = appended(&staged, fallback());
    let schema = schema();
    for form in [Form::Batch, Form::Lines] {
        let out = export(&history, Selection::All, form, Envelope::AsReceived);
        let out: Vec<Value> = match form {
            Form::Batch => serde_json::from_str(&out).unwrap(),
            Form::Lines => out.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        };
        assert_eq!(out.iter().collect::<Vec<_>>(), first);
        assert!(out.iter().all(|event| schema.is_valid(event)));
    }
    let whole: Vec<Value> =
        serde_json::from_str(&export(&history, Selection::All, Form::Batch, Envelope::Whole)).unwrap();
    for (whole, first) in whole.iter().zip(first) {
        assert!(schema.is_valid(whole));
        assert!(first.as_object().unwrap().iter().all(|(name, value)| whole.get(name) == Some(value)));
        assert_eq!(whole["annalsrecorded"], json!(history.event(Position::FIRST).unwrap().recorded_at.to_string()));
    }
}

#[test]
fn a_part_of_a_ledger_can_be_exported() {
    let one = own_ledger();
    let events: Vec<_> = (1..=9)
        .map(|n| one.event(Position::new(n)).unwrap())
        .map(|mut event| {
            if event.position.get() % 3 == 0 {
                event.event.stream = StreamName::parse("account/other").unwrap();
            }
            (event.event, event.recorded_at)
        })
        .collect();
    let history = history_of(events);
    let sequences = |selection: Selection| -> Vec<String> {
        export(&history, selection, Form::Lines, Envelope::Whole)
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["sequence"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(sequences(Selection::Stream(StreamName::parse("account/other").unwrap())), ["3", "6", "9"]);
    assert_eq!(sequences(Selection::Stream(StreamName::parse("account/none").unwrap())), Vec::<String>::new());
    assert_eq!(sequences(Selection::Positions(vec![Position::new(8), Position::new(2)])), ["8", "2"]);
    assert_eq!(export(&history, Selection::Positions(vec![]), Form::Batch, Envelope::Whole), "[\n]\n");
}

#[test]
fn events_of_another_ledger_of_ours_take_this_ledgers_source() {
    let there = own_ledger();
    let text =
        export(&there, Selection::All, Form::Lines, Envelope::Whole).replace("/annals/home%20%26%20away", "/annals/x");
    let here = appended(&import(&text), fallback());
    assert_eq!(here.tail(), there.tail());
    assert!(
        export(&here, Selection::All, Form::Lines, Envelope::Whole)
            .contains("\"source\":\"/annals/home%20%26%20away\"")
    );
}

#[test]
fn an_event_of_ours_without_a_stream_for_its_subject_is_of_the_same_stream_in_every_ledger() {
    let of = |id: &str, subject: &Value| {
        event_with(|event| {
            event.insert("id".to_owned(), json!(id));
            event.insert("source".to_owned(), json!("/annals/elsewhere"));
            event.insert("subject".to_owned(), subject.clone());
        })
    };
    let absent = event_with(|event| {
        event.insert("source".to_owned(), json!("/annals/elsewhere"));
        event.remove("subject");
    });
    let first = import(&[absent, of("2", &json!("7")), of("3", &Value::Null)].join("\n"));
    assert_eq!(reasons(&first), Vec::<String>::new());
    let here = appended(&first, fallback());
    let again = import(&export(&here, Selection::All, Form::Lines, Envelope::Whole));
    assert_eq!(appended(&again, fallback()).tail(), here.tail());
}

#[test]
fn an_event_that_is_too_long_by_its_ids_is_refused_before_anything_is_appended() {
    let with_data = |bytes: usize| {
        event_with(|event| {
            event.insert("id".to_owned(), json!("x".repeat(1000)));
            event.insert("data".to_owned(), json!("x".repeat(bytes)));
        })
    };
    let fits = import(&with_data(64_000));
    assert_eq!(appended(&fits, fallback()).head(), Position::FIRST);
    assert!(reasons(&import(&with_data(65_000)))[0].starts_with("row 1: the event has "), "64 KiB with the id");
}

#[test]
fn each_mistake_is_named_with_its_row() {
    let set = |name: &'static str, value: Value| {
        event_with(move |event| {
            event.insert(name.to_owned(), value);
        })
    };
    let deep = serde_json::from_str(&format!("{}{}", "[".repeat(33), "]".repeat(33))).unwrap();
    let lines = [
        (event_with(|event| drop(event.remove("id"))), "row 1, id: the attribute is required"),
        (set("id", json!("")), "row 2, id: the attribute is empty: \"\\\"\\\"\""),
        (set("id", json!(7)), "row 3, id: the attribute is not a text: \"7\""),
        (set("source", Value::Null), "row 4, source: the attribute is required: \"null\""),
        (event_with(|event| drop(event.remove("type"))), "row 5, type: the attribute is required"),
        (set("specversion", json!("0.3")), "row 6, specversion: only CloudEvents 1.0 are read: \"\\\"0.3\\\"\""),
        (
            set("time", json!("5 January")),
            "row 7, time: not a time of RFC 3339 such as 2024-01-05T14:03:12Z: \"\\\"5 January\\\"\"",
        ),
        (set("schemaversion", json!(0)), "row 8, schemaversion: not a whole number from 1 to 65535: \"0\""),
        (set("schemaversion", json!(65536)), "row 9, schemaversion: not a whole number from 1 to 65535: \"65536\""),
        (set("schemaversion", json!("1")), "row 10, schemaversion: not a whole number from 1 to 65535: \"\\\"1\\\"\""),
        (
            set("data_base64", json!("Zm9v")),
            "row 11, data_base64: an event has data or data_base64, not both: \"\\\"Zm9v\\\"\"",
        ),
        (set("data", deep), "row 12, data: nested more than 32 deep"),
        ("[1]".to_owned(), "row 13: not a JSON object: \"[1]\""),
        (
            "{\"id\":1".to_owned(),
            "row 14: not a JSON object: EOF while parsing an object at line 1 column 7: \"{\\\"id\\\":1\"",
        ),
        (set("data", json!("x".repeat(65_536))), "row 15, data: 65538 bytes long, more than 65536 are not taken"),
        (set("ext", json!("x".repeat(65_530))), "row 16: the event has "),
        ("{\"id\":\"1\",\"id\":\"2\"}".to_owned(), "row 17: not a JSON object: \"id\" stands there twice"),
    ];
    // An event that can be taken comes first, so that the file is known to have one a line.
    let text = lines.iter().fold(String::new(), |text, (line, _)| text + line + "\n") + &event_with(|_| ()) + "\n";
    let staged = import(&text);
    let found = reasons(&staged);
    assert_eq!((found.len(), staged.report.rows_good), (lines.len(), 1), "{found:#?}");
    for (found, (_, expected)) in found.iter().zip(&lines) {
        assert!(found.starts_with(expected), "{found}\nexpected {expected}");
    }
    let overlong = format!("{{\"id\":\"{}\"}}\n{}", "x".repeat(1_000_000), event_with(|_| ()));
    let staged = import_in_chunks(overlong.as_bytes(), 4096, SeenIds::new(), RecordedTimes::Now);
    assert!(reasons(&staged)[0].starts_with("row 1: the event is too long"));
    assert_eq!(staged.report.rows_good, 1);
}

#[test]
fn an_event_without_a_time_gets_the_fallback_and_is_given_back_without() {
    let staged = import(&event_with(|event| drop(event.remove("time"))));
    assert_eq!(staged.events[0].event.occurred_at, fallback());
    let history = appended(&staged, fallback());
    let whole = export(&history, Selection::All, Form::Lines, Envelope::Whole);
    let json: Value = serde_json::from_str(&whole).unwrap();
    assert_eq!((json.get("time"), &json["annalsoccurred"]), (None, &json!("2030-01-01T00:00:00Z")));
    let mut later = CloudEventsImport::new(SeenIds::new(), codec(), at("2040-01-01T00:00:00Z"), RecordedTimes::Keep);
    later.feed(whole.as_bytes());
    assert_eq!(appended(&later.finish(), fallback()).tail(), history.tail());
}

#[test]
fn recorded_times_are_kept_up_to_the_first_event_without_one() {
    let recorded = |text: &'static str| {
        move |event: &mut serde_json::Map<String, Value>| {
            event.insert("id".to_owned(), json!(text));
            event.insert("recordedtime".to_owned(), json!(text));
        }
    };
    let lines = [
        event_with(recorded("2024-02-02T00:00:00Z")),
        event_with(recorded("2024-02-01T00:00:00Z")),
        event_with(|_| ()),
        event_with(recorded("2024-02-03T00:00:00Z")),
    ];
    let text = lines.join("\n");
    let times = |times| {
        let staged = import_in_chunks(text.as_bytes(), 100, SeenIds::new(), times);
        staged.events.iter().map(|staged| staged.recorded_at).collect::<Vec<_>>()
    };
    let kept = Some(at("2024-02-02T00:00:00Z"));
    assert_eq!(times(RecordedTimes::Keep), [kept, kept, None, None]);
    assert_eq!(times(RecordedTimes::Now), [None; 4]);
}

#[test]
fn a_step_does_no_more_than_it_may() {
    let text = export(&own_ledger(), Selection::All, Form::Batch, Envelope::Whole);
    let mut import = CloudEventsImport::new(SeenIds::new(), codec(), fallback(), RecordedTimes::Now);
    import.feed(text.as_bytes());
    let Progress { rows, is_idle, bytes, .. } = import.step(4);
    assert!(rows == 4 && !is_idle && bytes < text.len() as u64);
    let Progress { rows, is_idle, bytes, .. } = import.step(100);
    assert!(rows == 9 && is_idle && bytes == text.len() as u64);
}

/// An event of an account, a minute after the one before.
fn of_account(number: u32, account: &str, event_type: &str, data: &Value) -> String {
    event_with(|event| {
        event.insert("id".into(), json!(number.to_string()));
        event.insert("type".into(), json!(format!("annals.bank.{event_type}")));
        event.insert("subject".into(), json!(format!("account/{account}")));
        event.insert("time".into(), json!(format!("2024-01-05T14:{number:02}:00Z")));
        event.insert("data".into(), data.clone());
    })
}

#[test]
fn what_breaks_a_rule_is_taken_and_flagged() {
    let money = |amount: i64, currency: &str| json!({"amount": amount, "currency": currency, "atm_location": "Oslo"});
    let opened = json!({"owner": "Ada", "currency": "EUR", "initial_balance": 500});
    let lines = [
        of_account(1, "A", "MoneyWithdrawn", &money(1, "EUR")),
        of_account(2, "A", "AccountOpened", &opened),
        of_account(3, "A", "MoneyWithdrawn", &money(500, "EUR")),
        of_account(4, "A", "MoneyWithdrawn", &money(1, "EUR")),
        of_account(5, "A", "OverdraftLimitSet", &json!({"limit": 100, "currency": "EUR"})),
        of_account(6, "A", "MoneyWithdrawn", &money(99, "EUR")),
        of_account(7, "A", "MoneyWithdrawn", &money(1, "EUR")),
        of_account(8, "A", "AccountOpened", &opened),
        of_account(9, "A", "AccountClosed", &json!({})),
        of_account(10, "A", "MoneyWithdrawn", &money(1, "NOK")),
    ];
    let staged = import(&lines.join("\n"));
    assert_eq!((staged.events.len(), staged.report.rows_bad.count()), (10, 0), "{:?}", reasons(&staged));
    let euro = |minor| Money::new(minor, Currency::EUR);
    let beyond = |balance, limit| FlagReason::BeyondLimit { balance: euro(balance), limit: euro(limit) };
    let other = FlagReason::OtherCurrency { kept: Currency::EUR, given: Currency::parse("NOK").unwrap() };
    let flagged: Vec<(u32, FlagReason)> =
        staged.report.flagged.first().iter().map(|flag| (flag.row, flag.reason)).collect();
    assert_eq!(
        flagged,
        [
            (1, FlagReason::NotOpened),
            (4, beyond(-1, 0)),
            (7, beyond(-101, 100)),
            (8, FlagReason::OpenedAgain),
            (10, FlagReason::Closed),
            (10, other),
            (10, beyond(-102, 100)),
        ]
    );
}

#[test]
fn what_the_ledger_knows_of_an_account_counts_for_its_rules() {
    let known = KnownAccount {
        currency: Currency::EUR,
        balance: 10,
        overdraft_limit: 0,
        closed: false,
        opened_at: Timestamp::MIN,
    };
    let line = |amount: i64| {
        of_account(1, "A", "MoneyWithdrawn", &json!({"amount": amount, "currency": "EUR", "atm_location": "Oslo"}))
    };
    for (amount, flags) in [(10, 0), (11, 1)] {
        let import = CloudEventsImport::new(SeenIds::new(), codec(), fallback(), RecordedTimes::Now);
        let mut import = import.knowing([("A".into(), known)].into_iter().collect());
        import.feed(line(amount).as_bytes());
        let staged = import.finish();
        assert_eq!(staged.report.flagged.count(), flags, "{amount} of 10");
    }
}

#[test]
fn an_import_tells_the_day_that_it_has_reached() {
    let mut import = CloudEventsImport::new(SeenIds::new(), codec(), fallback(), RecordedTimes::Now);
    assert_eq!(import.progress().reached, None);
    import.feed(format!("{}\nnot an event\n", event_with(|_| ())).as_bytes());
    while !import.step(1).is_idle {}
    assert_eq!(import.progress().reached, Some(at("2024-01-05T14:03:12Z")));
}
