//! Searching the log: what a line of text lets through, in slices, and the rows that are shown of it.
#![cfg(test)]

use annals::{
    app::{EventTypes, LogFilter, LogRow, LogRows, LogSearch, Playhead, ReadSide, Stand, format::Zone},
    bank::BankCodec,
    kernel::{Clock, Commit, EventId, History, NewEvent, Payload, Position, SchemaVersion, StreamName, Timestamp},
};
use std::sync::Arc;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// stream, type, data, happened, recorded, who, why
type Line = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const LINES: [Line; 6] = [
    (
        "account/ACC-0417",
        "AccountOpened",
        r#"{"owner":"Ingrid Solheim","name":"","currency":"EUR","initial_balance":0}"#,
        "2024-01-01T08:00:00Z",
        "2024-01-01T08:00:00Z",
        "batch",
        "",
    ),
    (
        "account/ACC-0417",
        "MoneyDeposited",
        r#"{"amount":100,"currency":"EUR","source":"card"}"#,
        "2024-01-02T08:00:00Z",
        "2024-01-02T08:00:00Z",
        "api:payments",
        "Fuel, work boat",
    ),
    (
        "account/ACC-0088",
        "AccountOpened",
        r#"{"owner":"Vågsøy fyr","name":"","currency":"EUR","initial_balance":0}"#,
        "2024-01-03T08:00:00Z",
        "2024-01-03T08:00:00Z",
        "Ada Byron",
        "",
    ),
    (
        "shop/cart-81c4",
        "CartLineAdded",
        r#"{"line":{"text":"Rope, 10 mm"}}"#,
        "2024-01-04T08:00:00Z",
        "2024-01-04T08:00:00Z",
        "web",
        "",
    ),
    // Happened on the first, written down on the tenth.
    (
        "account/ACC-0088",
        "FeeCharged",
        r#"{"amount":5,"currency":"EUR","reason":"paper"}"#,
        "2024-01-01T12:00:00Z",
        "2024-01-10T08:00:00Z",
        "Ada Byron",
        "",
    ),
    (
        "account/ACC-0417",
        "FeeCharged",
        r#"{"amount":5,"currency":"EUR","reason":"card"}"#,
        "2024-01-11T08:00:00Z",
        "2024-01-11T08:00:00Z",
        "batch",
        "",
    ),
];

fn append(history: &mut History<BankCodec>, (stream, event_type, data, happened, recorded, who, why): Line) {
    let event = NewEvent {
        id: EventId::parse(&format!("{}", history.head())),
        stream: StreamName::parse(stream).unwrap(),
        event_type: event_type.into(),
        schema: SchemaVersion(if event_type == "MoneyDeposited" { 2 } else { 1 }),
        data: Payload::parse(data).unwrap(),
        occurred_at: at(happened),
        actor: who.into(),
        reason: why.into(),
        correlation_id: None,
        causation_id: None,
        attributes: None,
    };
    let commit = Commit { events: vec![event], ..Commit::default() };
    for block in history.seal(commit, at(recorded)).unwrap().0 {
        history.extend(block).unwrap();
    }
}

fn history() -> History<BankCodec> {
    let mut history = History::new(BankCodec::new().unwrap());
    for line in LINES {
        append(&mut history, line);
    }
    history
}

fn find_on(clock: Clock, line: &str) -> Vec<u32> {
    let mut search = LogSearch::new(LogFilter::parse(line, Zone::UTC).unwrap().on(clock));
    assert!(search.step(&history(), u32::MAX));
    search.found().iter().map(|position| position.get()).collect()
}

fn find(line: &str) -> Vec<u32> {
    find_on(Clock::Occurred, line)
}

#[test]
fn an_empty_line_lets_everything_through() {
    for line in ["", "   ", "type:", "from: seq:", "\"\""] {
        assert!(LogFilter::parse(line, Zone::UTC).unwrap().is_empty(), "{line}");
        assert_eq!(find(line), [1, 2, 3, 4, 5, 6]);
    }
}

#[test]
fn a_type_is_known_by_its_beginning_in_any_case() {
    assert_eq!(find("type:FeeCharged"), [5, 6]);
    assert_eq!(find("TYPE:fee"), [5, 6]);
    assert!(find("type:charged").is_empty());
}

#[test]
fn a_stream_and_an_actor_are_known_by_any_part() {
    assert_eq!(find("stream:acc-0417"), [1, 2, 6]);
    assert_eq!(find("category:shop"), [4]);
    assert!(find("category:sho").is_empty());
    assert_eq!(find("who:BATCH"), [1, 6]);
    assert_eq!(find("who:api:payments"), [2]);
    assert_eq!(find("actor:\"ada byron\""), [3, 5]);
}

#[test]
fn words_stand_anywhere_in_any_case_and_must_all_be_there() {
    assert_eq!(find("card"), [2, 6]);
    assert_eq!(find("card FUEL"), [2]);
    assert_eq!(find("\"work boat\""), [2]);
    assert_eq!(find("vågsøy"), [3]);
    assert_eq!(find("VÅGSØY"), [3]);
    assert_eq!(find("rope"), [4]);
    assert!(find("nothing").is_empty());
}

#[test]
fn times_are_those_of_the_clock_and_a_day_is_whole() {
    assert_eq!(find("from:2024-01-01 to:2024-01-01"), [1, 5]);
    assert_eq!(find_on(Clock::Recorded, "from:2024-01-01 to:2024-01-01"), [1]);
    assert_eq!(find_on(Clock::Recorded, "from:2024-01-10"), [5, 6]);
    assert_eq!(find("to:2024-01-01T08:00"), [1]);
    assert!(find("from:2024-01-11T08:00:01").is_empty());
}

#[test]
fn events_are_counted_with_both_ends() {
    assert_eq!(find("seq:2..4"), [2, 3, 4]);
    assert_eq!(find("seq:5"), [5]);
    assert_eq!(find("event:5.."), [5, 6]);
    assert_eq!(find("seq:..2"), [1, 2]);
    assert_eq!(find("seq:1..6 type:AccountOpened stream:0088"), [3]);
}

#[test]
fn what_cannot_be_read_is_named() {
    for (line, part) in [
        ("from:soon", "soon"),
        ("to:2024-13-01", "2024-13-01"),
        ("seq:x..4", "x..4"),
        ("seq:4..2", "4..2"),
        ("seq:..", ".."),
    ] {
        let error = LogFilter::parse(line, Zone::UTC).unwrap_err();
        assert!(error.contains(part), "{line}: {error}");
    }
    assert!(LogFilter::parse("from:2024-02-01 to:2024-01-01", Zone::UTC).is_err());
}

#[test]
fn a_key_can_be_read_from_and_put_into_a_line() {
    let line = "fuel type:FeeCharged who:\"Ada Byron\"";
    assert_eq!(LogFilter::value_of(line, "type").as_deref(), Some("FeeCharged"));
    assert_eq!(LogFilter::value_of(line, "who").as_deref(), Some("Ada Byron"));
    assert_eq!(LogFilter::value_of(line, "stream"), None);
    assert_eq!(LogFilter::with_value(line, "type", "MoneyDeposited"), "type:MoneyDeposited fuel who:\"Ada Byron\"");
    assert_eq!(LogFilter::with_value(line, "type", ""), "fuel who:\"Ada Byron\"");
    assert_eq!(LogFilter::with_value("", "category", "a b"), "category:\"a b\"");
}

#[test]
fn a_search_in_slices_finds_the_same_and_goes_on_when_the_log_grows() {
    let mut history = history();
    let mut search = LogSearch::new(LogFilter::parse("type:FeeCharged", Zone::UTC).unwrap());
    let mut slices = 1;
    while !search.step(&history, 1) {
        slices += 1;
    }
    assert!(slices > 1, "one block a slice");
    assert_eq!((search.found(), search.reached()), (&[5, 6].map(Position::new)[..], Position::new(6)));
    append(&mut history, LINES[5]);
    assert!(search.step(&history, 1000));
    assert_eq!(search.found(), [5, 6, 7].map(Position::new));
}

#[test]
fn without_a_match_the_nearest_event_of_another_time_is_known() {
    let history = history();
    for (clock, nearest) in [(Clock::Occurred, 6), (Clock::Recorded, 5)] {
        let filter = LogFilter::parse("type:FeeCharged from:2024-01-05 to:2024-01-07", Zone::UTC).unwrap().on(clock);
        assert!(filter.says_when() && !filter.at_any_time().says_when());
        let mut search = LogSearch::new(filter.at_any_time());
        search.step(&history, u32::MAX);
        assert_eq!(filter.nearest(search.found(), &history), Some(Position::new(nearest)), "{clock:?}");
    }
    let filter = LogFilter::parse("type:AccountOpened seq:4..6", Zone::UTC).unwrap();
    assert_eq!(filter.nearest(&[1, 3].map(Position::new), &history), Some(Position::new(3)));
    assert_eq!(filter.nearest(&[], &history), None);
}

#[test]
fn the_types_that_occur_are_counted_in_slices() {
    let mut read = ReadSide::new(BankCodec::new().unwrap());
    history().blocks_here().for_each(|block| read.extend(block.clone()).unwrap());
    let (mut types, mut slices) = (EventTypes::default(), 1);
    while !types.step(&read, 2) {
        slices += 1;
    }
    assert_eq!(slices, 3);
    let counts: Vec<(&str, u32)> = types.iter().map(|(name, count)| (name.as_str(), count)).collect();
    assert_eq!(counts, [("AccountOpened", 2), ("CartLineAdded", 1), ("FeeCharged", 2), ("MoneyDeposited", 1)]);
}

fn rows(clock: Clock, stand: Stand, found: Option<&[u32]>) -> Vec<String> {
    let history = history();
    let moment = Playhead { clock, stand }.moment(&history);
    let found = found.map(|found| found.iter().copied().map(Position::new).collect::<Arc<[_]>>());
    let rows = LogRows::new(&moment, found, &history);
    assert_eq!(rows.get(rows.len(), &history), None);
    let shown = |row: usize| match rows.get(row, &history).unwrap() {
        LogRow::Playhead => "playhead".to_owned(),
        LogRow::Event(position) => {
            assert_eq!(rows.row_of(position, &history), Some(row));
            format!("{position}{}", if rows.is_later(row) { " later" } else { "" })
        }
    };
    (0..rows.len()).map(shown).collect()
}

#[test]
fn the_playhead_lies_between_what_is_later_and_what_has_happened() {
    let stand = Stand::At(Position::new(4));
    assert_eq!(rows(Clock::Recorded, Stand::Live, None), ["6", "5", "4", "3", "2", "1"]);
    assert_eq!(rows(Clock::Recorded, stand, None), ["6 later", "5 later", "playhead", "4", "3", "2", "1"]);
    assert_eq!(rows(Clock::Recorded, stand, Some(&[3, 5])), ["5 later", "playhead", "3"]);
    assert_eq!(rows(Clock::Recorded, stand, Some(&[1])), ["playhead", "1"]);
    assert_eq!(rows(Clock::Recorded, stand, Some(&[])), ["playhead"]);
}

#[test]
fn on_the_occurred_clock_a_back_dated_event_has_its_place_there() {
    let stand = Stand::At(Position::new(5));
    assert_eq!(rows(Clock::Occurred, Stand::Live, None), ["6", "4", "3", "2", "5", "1"]);
    assert_eq!(rows(Clock::Occurred, stand, None), ["6 later", "4 later", "3 later", "2 later", "playhead", "5", "1"]);
    assert_eq!(rows(Clock::Occurred, stand, Some(&[5, 6])), ["6 later", "playhead", "5"]);
}

#[test]
fn one_row_up_or_down_passes_over_the_playhead_and_stays_in_the_list() {
    let history = history();
    let moment = Playhead { clock: Clock::Recorded, stand: Stand::At(Position::new(4)) }.moment(&history);
    let beside = |found: Option<&[u32]>, from: u32, count: i64| {
        let found = found.map(|found| found.iter().copied().map(Position::new).collect::<Arc<[_]>>());
        let rows = LogRows::new(&moment, found, &history);
        rows.beside(Position::new(from), count, &history).map(Position::get)
    };
    assert_eq!(beside(None, 5, 1), Some(4));
    assert_eq!(beside(None, 4, -1), Some(5));
    assert_eq!((beside(None, 6, -1), beside(None, 1, 1), beside(None, 3, i64::MIN)), (Some(6), Some(1), Some(6)));
    assert_eq!((beside(Some(&[2, 5]), 4, 1), beside(Some(&[2, 5]), 4, -1)), (Some(2), Some(5)), "4 is left out");
    assert_eq!(beside(Some(&[]), 4, 1), None);
}
