//! What one event changed, field by field.
#![cfg(test)]

use annals::{
    app::{
        ReadSide,
        diff::{FieldDiff, FoldDiff, diff},
        format::Zone,
    },
    bank::BankCodec,
    kernel::{Clock, Commit, EventId, NewEvent, Payload, Position, SchemaVersion, StreamName, Timestamp},
};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn event(stream: &str, event_type: &str, data: &str, happened: &str) -> NewEvent {
    NewEvent {
        id: EventId::parse("x"),
        stream: StreamName::parse(stream).unwrap(),
        event_type: event_type.into(),
        schema: SchemaVersion(if event_type == "MoneyDeposited" { 2 } else { 1 }),
        data: Payload::parse(data).unwrap(),
        occurred_at: at(happened),
        actor: "Ada".into(),
        reason: "".into(),
        correlation_id: None,
        causation_id: None,
        attributes: None,
    }
}

fn opened(account: &str, day: u32) -> NewEvent {
    let data = r#"{"owner":"Ada","name":"","currency":"EUR","initial_balance":0}"#;
    event(&format!("account/{account}"), "AccountOpened", data, &format!("2024-01-{day:02}T08:00:00Z"))
}

fn deposited(account: &str, amount: u32, day: u32) -> NewEvent {
    let data = format!(r#"{{"amount":{amount},"currency":"EUR","source":"card"}}"#);
    event(&format!("account/{account}"), "MoneyDeposited", &data, &format!("2024-01-{day:02}T08:00:00Z"))
}

fn ledger(events: impl IntoIterator<Item = NewEvent>) -> ReadSide {
    let mut read = ReadSide::new(BankCodec::new().unwrap());
    for event in events {
        let commit = Commit { events: vec![event], ..Commit::default() };
        let (blocks, _) = read.history().seal(commit, at("2024-02-01T00:00:00Z")).unwrap();
        for block in blocks {
            read.extend(block).unwrap();
        }
    }
    read
}

fn diff_of(read: &mut ReadSide, position: u32, clock: Clock) -> (Vec<FoldDiff>, usize) {
    diff(read, Position::new(position), clock, Zone::UTC)
}

fn field(field: &'static str, before: Option<&str>, after: &str) -> FieldDiff {
    FieldDiff { field, before: before.map(str::to_owned), after: Some(after.to_owned()) }
}

#[test]
fn a_deposit_changes_its_account_the_total_and_its_source() {
    let mut read = ledger([opened("A", 1), opened("B", 2), deposited("A", 100, 3), deposited("A", 250, 4)]);
    let (folds, untouched) = diff_of(&mut read, 4, Clock::Recorded);
    let names: Vec<&str> = folds.iter().map(|fold| fold.name.as_str()).collect();
    assert_eq!(names, ["account/A", "total/EUR", "source/EUR/deposit/card"]);
    assert_eq!(
        folds[0].changed,
        [
            field("version", Some("2"), "3"),
            field("balance", Some("1.00"), "3.50"),
            field("available", Some("1.00"), "3.50"),
            field("last_event", Some("2024-01-03 08:00:00"), "2024-01-04 08:00:00"),
        ]
    );
    assert_eq!(folds[0].unchanged, 6);
    assert_eq!(folds[1].changed, [field("balance", Some("1.00"), "3.50"), field("credits", Some("1.00"), "3.50")]);
    assert_eq!(folds[2].changed, [field("count", Some("1"), "2"), field("sum", Some("1.00"), "3.50")]);
    assert_eq!(untouched, 2, "account B and the alerts");
}

#[test]
fn what_was_not_there_before_is_absent() {
    let mut read = ledger([opened("A", 1), deposited("A", 100, 2)]);
    let (folds, untouched) = diff_of(&mut read, 1, Clock::Recorded);
    assert_eq!(folds.iter().map(|fold| fold.name.as_str()).collect::<Vec<_>>(), ["account/A", "total/EUR"]);
    assert!(folds.iter().flat_map(|fold| &fold.changed).all(|field| field.before.is_none() && field.after.is_some()));
    assert_eq!((folds[0].changed.len(), folds[0].unchanged, untouched), (10, 0, 1));
    let (folds, _) = diff_of(&mut read, 2, Clock::Recorded);
    assert_eq!(folds[2].changed, [field("count", None, "1"), field("sum", None, "1.00")]);
}

#[test]
fn a_foreign_event_changes_no_fold() {
    let shop = event("shop/1", "CartLineAdded", "{}", "2024-01-03T08:00:00Z");
    let odd = event("account/A", "Waved", "{}", "2024-01-04T08:00:00Z");
    let mut read = ledger([opened("A", 1), opened("B", 2), shop, odd]);
    for position in [3, 4] {
        assert_eq!(diff_of(&mut read, position, Clock::Recorded), (Vec::new(), 4), "two accounts, a total, the alerts");
    }
}

#[test]
fn each_clock_has_its_own_before_and_after() {
    let mut read = ledger([opened("A", 1), deposited("A", 100, 9), deposited("A", 30, 5)]);
    let balance = |folds: &[FoldDiff]| folds[0].changed.iter().find(|field| field.field == "balance").cloned().unwrap();
    assert_eq!(balance(&diff_of(&mut read, 3, Clock::Recorded).0), field("balance", Some("1.00"), "1.30"));
    assert_eq!(balance(&diff_of(&mut read, 3, Clock::Occurred).0), field("balance", Some("0.00"), "0.30"));
    assert_eq!(balance(&diff_of(&mut read, 2, Clock::Occurred).0), field("balance", Some("0.30"), "1.30"));
}

#[test]
fn an_event_that_is_not_there_changes_nothing() {
    let mut read = ledger([opened("A", 1)]);
    for position in [0, 2, u32::MAX] {
        assert_eq!(diff_of(&mut read, position, Clock::Recorded), (Vec::new(), 0));
    }
}
