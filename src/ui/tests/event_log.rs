use super::{
    act::{click, press, type_into},
    board::{settle, until},
    find::{Find as _, attribute, words},
    stage::Stage,
};
use crate::{app::Travel, kernel::Position, ui::log::LogScreen};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

async fn log() -> Stage {
    let mut stage = Stage::with_books().await;
    stage.show(|session| view! { <LogScreen session /> });
    settle().await;
    stage
}

/// The positions of the events that are listed.
fn listed(stage: &Stage) -> Vec<String> {
    stage.test_ids("log-row").iter().map(|row| attribute(row, "data-position")).collect()
}

async fn filter(stage: &Stage, line: &str, count: &str) {
    type_into(&stage.field("Filter events"), line).await;
    until("it is filtered", || (words(&stage.test_id("log-count").inner_text()) == count).then_some(())).await;
    settle().await;
}

/// The rows of the table of changes, with a space between the cells.
fn changes(stage: &Stage) -> Vec<String> {
    let cells = |row: &super::find::Found| {
        row.all("th, td").iter().map(|cell| words(&cell.inner_text())).collect::<Vec<_>>().join(" ")
    };
    stage.test_id("log-diff").all("tbody tr").iter().map(cells).collect()
}

#[wasm_bindgen_test]
async fn the_log_has_all_events_newest_first() {
    let stage = log().await;
    assert_eq!(listed(&stage), ["7", "6", "5", "4", "3", "2", "1"]);
    let row = &stage.test_ids("log-row")[3];
    for part in ["2024-01-04 09:00:00", "AccountOpened", "account/ACC-0002", "Bob, +20.00 EUR"] {
        assert!(row.says(part), "{part} in {}", row.inner_text());
    }
    assert!(stage.says("7 events"));
}

#[wasm_bindgen_test]
async fn a_filter_by_type_leaves_the_events_of_that_type() {
    let stage = log().await;
    filter(&stage, "type:AccountOpened", "2 of 7 events").await;
    assert_eq!(listed(&stage), ["4", "1"]);
    filter(&stage, "", "7 events").await;
    assert_eq!(listed(&stage).len(), 7);
}

#[wasm_bindgen_test]
async fn a_filter_that_no_event_matches_says_so_and_offers_the_way_out() {
    let stage = log().await;
    filter(&stage, "type:FeeCharged", "0 of 7 events").await;
    assert!(listed(&stage).is_empty());
    assert_eq!(stage.roles("heading", "No event matches").len(), 1);
    assert!(stage.says("type:FeeCharged"), "the line is repeated");
    click(&stage.role("button", "Clear filter")).await;
    until("all are back", || (listed(&stage).len() == 7).then_some(())).await;
    assert_eq!(stage.field("Filter events").value(), "");
}

#[wasm_bindgen_test]
async fn the_detail_shows_the_fields_that_an_event_changed_before_and_after() {
    let stage = log().await;
    click(&stage.role("button", "Event 2")).await;
    assert_eq!(stage.roles("heading", "Event 2").len(), 1);
    let rows = changes(&stage);
    assert!(rows.iter().any(|row| row == "balance 100.00 150.00"), "{rows:?}");
    assert!(rows.iter().any(|row| row == "version 1 2"), "{rows:?}");
}

#[wasm_bindgen_test]
async fn what_an_event_brought_into_being_was_absent_before() {
    let stage = log().await;
    click(&stage.role("button", "Event 4")).await;
    let rows = changes(&stage);
    assert!(rows.iter().any(|row| row == "owner absent Bob"), "{rows:?}");
}

#[wasm_bindgen_test]
async fn arrow_keys_choose_an_event_of_the_list() {
    let stage = log().await;
    let name = "Event rows, newest first. Arrow keys choose an event, Enter goes to its detail.";
    let list = stage.role("rowgroup", name);
    press(&list, "ArrowDown").await;
    press(&list, "ArrowDown").await;
    assert_eq!(stage.roles("heading", "Event 5").len(), 1);
    let chosen = stage.all("[data-testid='log-row'][aria-selected='true']");
    assert_eq!(chosen.iter().map(|row| attribute(row, "data-position")).collect::<Vec<_>>(), ["5"]);
}

#[wasm_bindgen_test]
async fn in_the_past_later_events_are_listed_as_later_beyond_the_line_of_the_playhead() {
    let stage = log().await;
    stage.session.travel(Travel::ToPosition(Position::new(5)));
    settle().await;
    assert_eq!(stage.roles("button", "Event 7, later than the playhead").len(), 1);
    assert_eq!(stage.roles("button", "Event 5").len(), 1);
    assert_eq!(words(&stage.test_id("log-playhead").inner_text()), "playhead, 2024-01-05 09:00:00");
}

#[wasm_bindgen_test]
async fn the_detail_leads_to_the_moment_of_its_event() {
    let stage = log().await;
    click(&stage.role("button", "Event 3")).await;
    click(&stage.role("button", "Travel here")).await;
    assert_eq!(stage.position(), 3);
    assert_eq!(stage.roles("button", "You are here").len(), 1);
}
