use super::{
    act::{click, press, type_into},
    board::settle,
    find::{Find as _, Found, attribute, description_of},
    stage::{Stage, deposit},
};
use crate::{app::route::Route, kernel::Clock, ui::timebar::TimeBar};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const TIME: &str = "Exact time, year-month-day hour:minute:second";

async fn bar() -> (Stage, Found) {
    let mut stage = Stage::with_books().await;
    stage.show(|session| view! { <TimeBar session /> });
    settle().await;
    let playhead = stage.role("slider", "Playhead");
    (stage, playhead)
}

/// Presses keys one after the other; after each, which event the playhead stands after.
async fn walk(playhead: &Found, keys: &[&str]) -> Vec<String> {
    let mut stands = Vec::new();
    for key in keys {
        press(playhead, key).await;
        stands.push(attribute(playhead, "aria-valuenow"));
    }
    stands
}

/// The visible range, as the fields at its ends state it.
fn range(stage: &Stage) -> (String, String) {
    (stage.field("Range from").value(), stage.field("Range to").value())
}

#[wasm_bindgen_test]
async fn the_playhead_is_a_slider_that_states_where_it_stands() {
    let (_stage, playhead) = bar().await;
    let state = ["aria-valuemin", "aria-valuemax", "aria-valuenow"].map(|name| attribute(&playhead, name));
    assert_eq!(state, ["1", "7", "7"]);
    assert_eq!(attribute(&playhead, "aria-valuetext"), "2024-01-06 09:00:00, event 7 of 7, live");
    press(&playhead, "ArrowLeft").await;
    assert_eq!(attribute(&playhead, "aria-valuetext"), "2024-01-05 09:00:00, event 6 of 7");
}

#[wasm_bindgen_test]
async fn arrows_move_the_playhead_by_an_event_and_not_beyond_the_ends() {
    let (_stage, playhead) = bar().await;
    let keys = ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowRight"];
    assert_eq!(walk(&playhead, &keys).await, ["7", "6", "5", "6", "7", "7"]);
    press(&playhead, "Home").await;
    assert_eq!(walk(&playhead, &["ArrowLeft"]).await, ["1"]);
}

#[wasm_bindgen_test]
async fn arrows_with_shift_move_the_playhead_by_a_hundred_events() {
    let (stage, playhead) = bar().await;
    for _ in 0..120 {
        stage.append("2024-01-07T09:00:00Z", None, deposit("ACC-0002", 100)).await;
    }
    let keys = ["Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowRight", "Shift+ArrowRight"];
    assert_eq!(walk(&playhead, &keys).await, ["27", "1", "101", "127"]);
}

#[wasm_bindgen_test]
async fn page_keys_move_the_playhead_by_a_tenth_of_the_range_and_at_least_by_an_event() {
    let (_stage, playhead) = bar().await;
    // Half a day: from 6 January to after 6, then past both events of the transfer.
    assert_eq!(walk(&playhead, &["PageDown", "PageDown", "PageUp"]).await, ["6", "4", "5"]);
}

#[wasm_bindgen_test]
async fn home_goes_to_the_first_event_and_end_to_live() {
    let (_stage, playhead) = bar().await;
    assert_eq!(walk(&playhead, &["Home", "End"]).await, ["1", "7"]);
    assert!(attribute(&playhead, "aria-valuetext").ends_with("live"));
}

#[wasm_bindgen_test]
async fn space_plays_and_pauses() {
    let (stage, playhead) = bar().await;
    walk(&playhead, &["Home", " "]).await;
    assert_eq!(stage.roles("button", "Pause").len(), 1, "it plays");
    press(&playhead, " ").await;
    assert_eq!((stage.roles("button", "Pause").len(), stage.roles("button", "Play").len()), (0, 1));
}

#[wasm_bindgen_test]
async fn plus_shows_less_minus_more_and_zero_the_whole_ledger() {
    let (stage, playhead) = bar().await;
    let width = || stage.session.range.get_untracked().width();
    let (whole, shown) = (width(), range(&stage));
    press(&playhead, "+").await;
    let half = width();
    assert!((half - whole / 2).abs() < whole / 100, "half of {whole} is shown, not {half}");
    assert_ne!(range(&stage), shown, "the fields follow");
    walk(&playhead, &["+", "-"]).await;
    assert!((width() - half).abs() < whole / 100, "minus takes plus back");
    walk(&playhead, &["+", "0"]).await;
    assert_eq!((width(), range(&stage)), (whole, shown));
}

#[wasm_bindgen_test]
async fn brackets_put_the_ends_of_the_range_where_the_playhead_is() {
    let (stage, playhead) = bar().await;
    let ends = || ["Range from", "Range to"].map(|name| attribute(&stage.role("slider", name), "aria-valuetext"));
    walk(&playhead, &["Home", "ArrowRight", "["]).await;
    assert!(ends()[0].contains("01-02"), "{:?}", ends());
    walk(&playhead, &["ArrowRight", "ArrowRight", "]"]).await;
    assert_eq!(ends(), ["01-02 09:00", "01-04 09:00"]);
}

#[wasm_bindgen_test]
async fn keys_with_control_are_the_browsers() {
    let (_stage, playhead) = bar().await;
    assert_eq!(walk(&playhead, &["Control+ArrowLeft", "Control+-"]).await, ["7", "7"]);
}

#[wasm_bindgen_test]
async fn a_time_that_cannot_be_read_says_so_and_goes_nowhere() {
    let (stage, playhead) = bar().await;
    let field = stage.field(TIME);
    type_into(&field, "yesterday").await;
    press(&field, "Enter").await;
    assert_eq!(description_of(&field), "A time such as 2024-01-05 14:03:12.");
    assert_eq!((attribute(&field, "aria-invalid").as_str(), field.value().as_str()), ("true", "yesterday"));
    assert_eq!(attribute(&playhead, "aria-valuenow"), "7");
    press(&field, "Escape").await;
    assert_eq!((description_of(&field).as_str(), field.value().as_str()), ("", "2024-01-06 09:00:00"));
}

#[wasm_bindgen_test]
async fn a_time_that_is_typed_leads_to_the_last_event_by_then() {
    let (stage, playhead) = bar().await;
    let field = stage.field(TIME);
    type_into(&field, "2024-01-03 12:00").await;
    press(&field, "Enter").await;
    assert_eq!(attribute(&playhead, "aria-valuetext"), "2024-01-03 09:00:00, event 3 of 7");
    assert_eq!((description_of(&field).as_str(), field.value().as_str()), ("", "2024-01-03 09:00:00"));
}

#[wasm_bindgen_test]
async fn an_event_number_that_does_not_exist_is_answered_with_those_that_do() {
    let (stage, playhead) = bar().await;
    let field = stage.field("Event number");
    for wrong in ["0", "8", "two"] {
        type_into(&field, wrong).await;
        press(&field, "Enter").await;
        assert_eq!(description_of(&field), "A number from 1 to 7.", "{wrong}");
    }
    assert_eq!(attribute(&playhead, "aria-valuenow"), "7");
    type_into(&field, "2").await;
    press(&field, "Enter").await;
    assert_eq!(attribute(&playhead, "aria-valuenow"), "2");
}

#[wasm_bindgen_test]
async fn on_the_clock_of_occurrence_a_back_dated_event_stands_where_it_happened() {
    let (stage, playhead) = bar().await;
    click(&stage.role("radio", "occurred")).await;
    assert_eq!(walk(&playhead, &["Home", "ArrowRight", "ArrowRight"]).await, ["1", "7", "2"]);
    press(&playhead, "ArrowLeft").await;
    assert_eq!(attribute(&playhead, "aria-valuetext"), "2024-01-01 12:00:00, event 2 of 7");
}

#[wasm_bindgen_test]
async fn another_clock_keeps_the_event_that_is_shown() {
    let (stage, playhead) = bar().await;
    walk(&playhead, &["Home", "ArrowRight"]).await;
    click(&stage.role("radio", "occurred")).await;
    assert_eq!(attribute(&playhead, "aria-valuetext"), "2024-01-02 09:00:00, event 3 of 7");
    click(&stage.role("radio", "recorded")).await;
    assert_eq!(attribute(&playhead, "aria-valuetext"), "2024-01-02 09:00:00, event 2 of 7");
}

#[wasm_bindgen_test]
async fn the_whole_ledger_on_one_clock_becomes_the_whole_ledger_on_the_other() {
    let (stage, _playhead) = bar().await;
    let recorded = ("2024-01-01".to_owned(), "2024-01-06".to_owned());
    assert_eq!(range(&stage), recorded);
    click(&stage.role("radio", "occurred")).await;
    assert_eq!(range(&stage), ("2024-01-01".to_owned(), "2024-01-05".to_owned()), "the last event happened on the 5th");
    // The same by a link.
    stage.session.go_to(Route { clock: Clock::Recorded, ..stage.session.route.get_untracked() });
    settle().await;
    assert_eq!(range(&stage), recorded);
}

#[wasm_bindgen_test]
async fn return_to_live_goes_back_to_the_head() {
    let (stage, playhead) = bar().await;
    assert!(stage.role("button", "Live now").has_attribute("disabled"));
    press(&playhead, "Home").await;
    click(&stage.role("button", "Return to live")).await;
    assert_eq!(attribute(&playhead, "aria-valuenow"), "7");
    assert!(stage.role("button", "Live now").has_attribute("disabled"));
}

#[wasm_bindgen_test]
async fn new_events_leave_the_playhead_in_the_past_and_are_counted() {
    let (stage, playhead) = bar().await;
    press(&playhead, "ArrowLeft").await;
    assert!(!stage.says("newer"));
    for _ in 0..2 {
        stage.append("2024-01-07T09:00:00Z", None, deposit("ACC-0002", 100)).await;
    }
    settle().await;
    assert_eq!(attribute(&playhead, "aria-valuetext"), "2024-01-05 09:00:00, event 6 of 9");
    assert!(stage.says("2 newer"));
}
