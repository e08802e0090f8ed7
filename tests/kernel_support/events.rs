//! Events of every kind, by hand and by chance.
#![cfg(test)]
#![allow(dead_code, reason = "each test crate uses a part of it")]

use annals::kernel::{
    EventId, Label, NewEvent, Payload, Position, RecordedEvent, SchemaVersion, StreamName, Timestamp, Version,
};
use proptest::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

pub(crate) fn id(number: u128) -> EventId {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number).into()
}

pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(crate) fn stream(name: &str) -> StreamName {
    StreamName::parse(name).unwrap()
}

pub(crate) fn json(text: &str) -> Payload {
    Payload::parse(text).unwrap()
}

/// A plain event of a stream; tests change what they are about.
pub(crate) fn plain(name: &str) -> NewEvent {
    NewEvent {
        id: id(1),
        stream: stream(name),
        event_type: "Added".into(),
        schema: SchemaVersion::FIRST,
        data: json(r#"{"add":1}"#),
        occurred_at: time("2024-01-05T14:03:12Z"),
        actor: "anna".into(),
        reason: "".into(),
        correlation_id: None,
        causation_id: None,
        attributes: None,
    }
}

/// Gives consecutive events their positions, from `first`, and their versions, from 1.
pub(crate) fn recorded(first: u32, events: impl IntoIterator<Item = (NewEvent, Timestamp)>) -> Vec<RecordedEvent> {
    let mut versions: HashMap<StreamName, Version> = HashMap::new();
    let record = |(position, (event, recorded_at)): (u32, (NewEvent, Timestamp))| {
        let version = versions.entry(event.stream.clone()).or_default();
        *version = version.next();
        RecordedEvent { position: Position::new(position), version: *version, recorded_at, event }
    };
    (first..).zip(events).map(record).collect()
}

/// Events whose correlation and causation take all forms that a block has a code for, and some odd ones.
pub(crate) fn every_kind() -> Vec<NewEvent> {
    let own = plain("account/ACC-0417");
    let text = NewEvent { id: EventId::parse("C234-1234"), stream: stream("orders/ø/7"), ..plain("a/b") };
    vec![
        NewEvent { correlation_id: Some(id(1)), causation_id: Some(id(1)), ..own.clone() },
        NewEvent { id: id(2), correlation_id: Some(id(1)), causation_id: Some(id(1)), ..own.clone() },
        NewEvent { id: id(3), correlation_id: Some(id(1)), causation_id: Some(id(2)), ..own.clone() },
        NewEvent { id: id(4), correlation_id: None, causation_id: Some(id(900)), ..own.clone() },
        NewEvent { correlation_id: Some(EventId::parse("batch 7")), causation_id: None, ..text.clone() },
        NewEvent {
            id: EventId::parse(""),
            correlation_id: Some(EventId::parse("batch 7")),
            causation_id: Some(EventId::parse("C234-1234")),
            event_type: "com.example.Odd".into(),
            schema: SchemaVersion(u16::MAX),
            data: json(r#"{ "deep": [1, {"x": 1.10}], "big": 123456789012345678901234567890 }"#),
            occurred_at: Timestamp::MIN,
            actor: "Ådne \"the\u{7f}\" \\ 😀\n".into(),
            reason: "because".into(),
            attributes: Some(r#"{"traceparent":"00-ab-cd-01","weight":3}"#.into()),
            ..text.clone()
        },
        NewEvent {
            id: EventId::Text(id(7).to_string().as_str().into()),
            event_type: "Added".into(),
            schema: SchemaVersion(2),
            data: json(r#"{"none":null,"yes":true,"no":false,"text":"a \"quote\"","least":-9223372036854775808}"#),
            occurred_at: Timestamp::MAX,
            correlation_id: Some(EventId::parse("")),
            attributes: Some("".into()),
            ..own.clone()
        },
        NewEvent { id: id(8), data: json("{}"), ..own.clone() },
        NewEvent { id: id(9), data: json("null"), ..own },
    ]
}

/// JSON texts as people and programs write them: odd white space, escapes, numbers of all sizes, nested.
pub(crate) fn a_json_text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        8 => "[a-z0-9 _.:,{}-]",
        1 => Just("ø".to_owned()),
        1 => Just("😀".to_owned()),
        1 => Just("\u{7f}\u{2028}".to_owned()),
        1 => prop::sample::select(vec![r"\n", r"\t", r"\b", r#"\""#, r"\\", r"\/", r"\u0041", r"\u001f", r"\ud83d\ude00"])
            .prop_map(str::to_owned),
    ];
    let text = prop::collection::vec(character, 0..8).prop_map(|parts| format!("\"{}\"", parts.concat())).boxed();
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (-99i64..999).prop_map(|number| number.to_string()),
        any::<f64>().prop_filter("JSON has no infinity", |number| number.is_finite()).prop_map(|n| format!("{n:?}")),
        prop::sample::select(vec!["-0", "1.10", "1E+9", "9223372036854775808", "18446744073709551616", "1e400", "0"])
            .prop_map(str::to_owned),
    ];
    let scalar = prop_oneof![
        2 => number,
        2 => text.clone(),
        1 => prop::sample::select(vec!["null", "true", "false"]).prop_map(str::to_owned),
    ]
    .boxed();
    let flat = prop::collection::vec(("[a-d]{1,2}|ø", scalar.clone()), 0..5).prop_map(|fields| {
        let fields: Vec<String> = fields.into_iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    });
    let space = || "[ \t\n]{0,2}";
    let nested = scalar.prop_recursive(4, 24, 4, move |inner| {
        let item = (space(), inner.clone(), space()).prop_map(|(a, item, b)| format!("{a}{item}{b}"));
        let field = (space(), text.clone(), space(), inner, space())
            .prop_map(|(a, key, b, value, c)| format!("{a}{key}{b}:{value}{c}"));
        prop_oneof![
            prop::collection::vec(item, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(field, 0..4).prop_map(|fields| format!("{{{}}}", fields.join(","))),
        ]
    });
    prop_oneof![2 => flat, 1 => nested]
}

pub(crate) fn an_id() -> impl Strategy<Value = EventId> {
    prop_oneof![
        3 => (0u128..6).prop_map(id),
        1 => any::<u128>().prop_map(|number| Uuid::from_u128(number).into()),
        1 => "[A-C]{0,2}".prop_map(|text| EventId::parse(&text)),
        1 => any::<u128>().prop_map(|number| EventId::Text(Uuid::from_u128(number).to_string().as_str().into())),
    ]
}

fn an_instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        4 => (0i64..1_000_000_000).prop_map(|micros| Timestamp::from_micros(1_700_000_000_000_000 + micros)),
        1 => any::<i64>().prop_map(Timestamp::from_micros),
        1 => prop::sample::select(vec![Timestamp::MIN, Timestamp::MAX]),
    ]
}

fn a_label() -> impl Strategy<Value = Label> {
    prop_oneof![3 => "[a-c]{0,2}", 1 => any::<String>(), 1 => ".{150}"].prop_map(Label::from)
}

pub(crate) fn an_event() -> impl Strategy<Value = NewEvent> {
    let name = prop_oneof![3 => "(account|order)/[0-3]", 1 => "[a-zø]{1,4}/[A-Z/ø]{1,6}"];
    let ids = (an_id(), prop::option::of(an_id()), prop::option::of(an_id()));
    let schema = prop_oneof![3 => 1u16..3, 1 => any::<u16>()].prop_map(SchemaVersion);
    let texts = (a_label(), a_label(), a_label(), prop::option::of(a_label()));
    (name, ids, schema, a_json_text(), an_instant(), texts).prop_map(
        |(name, (id, correlation_id, causation_id), schema, data, occurred_at, texts)| {
            let (event_type, actor, reason, attributes) = texts;
            NewEvent {
                id,
                stream: stream(&name),
                event_type,
                schema,
                data: json(&data),
                occurred_at,
                actor,
                reason,
                correlation_id,
                causation_id,
                attributes,
            }
        },
    )
}

/// Consecutive events, at least `least`; ids, correlation and causation often repeat what was before.
pub(crate) fn some_events(least: usize) -> impl Strategy<Value = Vec<RecordedEvent>> {
    let step = prop_oneof![2 => Just(0i64), 3 => 0i64..5_000_000, 1 => 0i64..90_000_000_000_000_000];
    (1u32..1_000_000, prop::collection::vec((an_event(), step), least..12)).prop_map(|(first, events)| {
        let mut now = Timestamp::from_micros(1_700_000_000_000_000);
        let events: Vec<_> = events
            .into_iter()
            .map(|(event, step)| {
                now = now.plus_micros(step);
                (event, now)
            })
            .collect();
        recorded(first, events)
    })
}
