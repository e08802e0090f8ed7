use super::{
    act::{choose, click},
    board::settle,
    find::{Find as _, attribute},
    stage::Stage,
};
use crate::{app::Travel, kernel::Position, ui::bank::BankScreen};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

async fn bank() -> Stage {
    let mut stage = Stage::with_books().await;
    stage.show(|session| view! { <BankScreen session /> });
    settle().await;
    stage
}

/// The positions of the events that are listed.
fn listed(stage: &Stage) -> Vec<String> {
    stage.test_ids("timeline-row").iter().map(|row| attribute(row, "data-position")).collect()
}

#[wasm_bindgen_test]
async fn the_timeline_has_the_events_of_the_account_newest_first() {
    let stage = bank().await;
    assert_eq!(listed(&stage), ["7", "5", "3", "2", "1"]);
    let newest = &stage.test_ids("timeline-row")[0];
    assert!(newest.says("2024-01-06 09:00:00") && newest.says("+5.00") && newest.says("Teller"));
}

#[wasm_bindgen_test]
async fn a_row_opens_to_the_raw_event_and_closes_again() {
    let stage = bank().await;
    let details = stage.role("button", "Version 5, MoneyDeposited, details");
    click(&details).await;
    assert_eq!(attribute(&details, "aria-expanded"), "true");
    let raw = stage.role("region", "Raw event");
    for part in ["\"position\":", "\"occurred_at\":", "2024-01-01T12:00:00", "\"recorded_at\":", "2024-01-06T09:00:00"]
    {
        assert!(raw.says(part), "{part} in {}", raw.inner_text());
    }
    click(&details).await;
    assert_eq!((attribute(&details, "aria-expanded"), stage.names("region").len()), ("false".into(), 0));
}

#[wasm_bindgen_test]
async fn an_open_row_leads_to_its_moment() {
    let stage = bank().await;
    click(&stage.role("button", "Version 3, MoneyWithdrawn, details")).await;
    click(&stage.role("button", "Travel here")).await;
    assert_eq!((stage.position(), listed(&stage)), (3, vec!["3".to_owned(), "2".to_owned(), "1".to_owned()]));
    assert!(stage.role("button", "You are here").matches(":disabled").expect("a selector"));
}

#[wasm_bindgen_test]
async fn in_the_past_later_events_are_counted_and_not_shown() {
    let stage = bank().await;
    stage.session.travel(Travel::ToPosition(Position::new(2)));
    settle().await;
    assert_eq!(listed(&stage), ["2", "1"]);
    assert!(stage.says("3 later events are not shown. At 2024-01-02 09:00:00 they had not happened."));
}

#[wasm_bindgen_test]
async fn the_choice_of_a_type_leaves_the_events_of_that_type() {
    let stage = bank().await;
    choose(&stage.role("combobox", "Event type"), "MoneyDeposited").await;
    assert_eq!(listed(&stage), ["7", "2"]);
    choose(&stage.role("combobox", "Event type"), "").await;
    assert_eq!(listed(&stage).len(), 5);
}
