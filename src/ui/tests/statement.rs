use super::{
    act::{click, enter, press},
    board::{settle, until},
    find::{Find as _, Found, attribute, words},
    page::address,
    stage::Stage,
};
use crate::{app::Travel, kernel::Position, ui::bank::BankScreen, ui::timebar::TimeBar};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// The statement of the first account, chosen above the timeline.
async fn statement() -> Stage {
    let mut stage = Stage::with_books().await;
    stage.show(|session| view! { <BankScreen session /> });
    settle().await;
    click(&stage.role("link", "Statement")).await;
    until("it is there", || stage.test_ids("statement").pop()).await;
    stage
}

/// Opening balance, the changes and the balances after them, closing balance.
fn figures(stage: &Stage) -> (String, Vec<String>, String) {
    let text = |id: &str| words(&stage.test_id(id).inner_text());
    let lines = stage.all("[data-testid='statement'] tbody tr:not(.sum)");
    let line = |line: &Found| {
        let cells = ["c-t", "c-a", "c-b"].map(|class| words(&line.all(&format!(".{class}")).remove(0).inner_text()));
        cells.join(" ")
    };
    (text("opening"), lines.iter().map(line).collect(), text("closing"))
}

fn lines<const N: usize>(lines: [&str; N]) -> Vec<String> {
    lines.map(str::to_owned).into()
}

#[wasm_bindgen_test]
async fn it_is_of_the_month_that_is_shown_and_adds_up() {
    let stage = statement().await;
    assert_eq!(
        stage.names("heading").last().map(String::as_str),
        Some("Statement of ACC-0001, 2024-01-01 to 2024-01-31")
    );
    let movements = lines([
        "2024-01-01 09:00:00 +100.00 100.00",
        "2024-01-02 09:00:00 +50.00 150.00",
        "2024-01-03 09:00:00 −30.00 120.00",
        "2024-01-05 09:00:00 −25.00 95.00",
        "2024-01-06 09:00:00 +5.00 100.00",
    ]);
    assert_eq!(figures(&stage), ("0.00".to_owned(), movements, "100.00".to_owned()));
    assert!(stage.says("5 movements: in 155.00, out 55.00"));
    assert!(!stage.says("As known at"));
}

#[wasm_bindgen_test]
async fn its_days_choose_the_period_and_the_address_keeps_them() {
    let stage = statement().await;
    enter(&stage.field("From"), "2024-01-03").await;
    enter(&stage.field("To"), "2024-01-05").await;
    let movements = lines(["2024-01-03 09:00:00 −30.00 120.00", "2024-01-05 09:00:00 −25.00 95.00"]);
    assert_eq!(figures(&stage), ("150.00".to_owned(), movements, "95.00".to_owned()));
    assert!(stage.says("Statement of ACC-0001, 2024-01-03 to 2024-01-05"));
    assert!(stage.says("2 movements: in 0.00, out 55.00"));
    assert!(address().ends_with("/bank/ACC-0001/statement?from=2024-01-03&to=2024-01-05"), "{}", address());
    enter(&stage.field("From"), "2024-01-05").await;
    assert_eq!(figures(&stage).0, "120.00");
    assert!(stage.says("1 movement: in 0.00, out 25.00"));
}

#[wasm_bindgen_test]
async fn a_day_that_is_none_says_how_to_write_it() {
    let stage = statement().await;
    enter(&stage.field("To"), "2024-02-30").await;
    assert!(stage.test_ids("statement").is_empty());
    assert!(stage.says("Write both days as 2024-01-31."));
    let is_invalid = |label: &str| attribute(&stage.field(label), "aria-invalid");
    assert_eq!((is_invalid("From"), is_invalid("To")), (String::new(), "true".to_owned()));
    enter(&stage.field("To"), "2024-01-02").await;
    assert_eq!((figures(&stage).2.as_str(), is_invalid("To")), ("150.00", String::new()));
}

#[wasm_bindgen_test]
async fn it_holds_only_what_the_playhead_has_reached_and_says_so() {
    let stage = statement().await;
    stage.session.travel(Travel::ToPosition(Position::new(3)));
    settle().await;
    let (opening, movements, closing) = figures(&stage);
    assert_eq!((opening.as_str(), movements.len(), closing.as_str()), ("0.00", 3, "120.00"));
    assert!(stage.says("As known at 2024-01-03 09:00:00; what came later is not in it."));
    stage.session.travel(Travel::GoLive);
    settle().await;
    assert_eq!(figures(&stage).2, "100.00");
    assert!(!stage.says("As known at"));
}

#[wasm_bindgen_test]
async fn on_the_clock_of_occurrence_a_back_dated_movement_stands_where_it_happened() {
    let mut stage = statement().await;
    stage.show(|session| view! { <TimeBar session /> });
    settle().await;
    click(&stage.role("radio", "occurred")).await;
    let (_, movements, closing) = figures(&stage);
    assert_eq!(movements[1], "2024-01-01 12:00:00 +5.00 105.00");
    assert_eq!((movements.len(), closing.as_str()), (5, "100.00"));
}

#[wasm_bindgen_test]
async fn it_follows_the_account_that_is_chosen() {
    let stage = statement().await;
    press(&stage.role("list", "Accounts by number. Arrow keys choose one."), "ArrowDown").await;
    assert!(stage.says("Statement of ACC-0002, 2024-01-01 to 2024-01-31"));
    let movements = lines(["2024-01-04 09:00:00 +20.00 20.00", "2024-01-05 09:00:00 +25.00 45.00"]);
    assert_eq!(figures(&stage), ("0.00".to_owned(), movements, "45.00".to_owned()));
}
