use super::{
    act::{click, press, strike, type_into},
    board::{frame, settle},
    find::{Find as _, Found, attribute, words},
    stage::Stage,
};
use crate::{
    app::route::{Pane, Screen},
    ui::palette::Palette,
};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlDialogElement;

const QUERY: &str = "Search or type a command";

/// The palette, opened by its keys.
async fn opened() -> Stage {
    let mut stage = Stage::with_books().await;
    stage.show(|session| view! { <Palette session /> });
    settle().await;
    assert!(!is_open(&stage));
    open(&stage).await;
    stage
}

async fn open(stage: &Stage) {
    press(&stage.root(), "Control+k").await;
    assert!(is_open(stage));
}

fn is_open(stage: &Stage) -> bool {
    stage.test_id("palette").has_attribute("open")
}

async fn type_line(stage: &Stage, line: &str) {
    type_into(&stage.field(QUERY), line).await;
}

/// What a line leads to: kind, title and hint.
fn results(stage: &Stage) -> Vec<String> {
    let parts = |line: &Found| line.all("span").iter().map(|part| words(&part.inner_text())).collect::<Vec<_>>();
    let results = stage.test_ids("palette-result");
    results.iter().map(|line| parts(line).join(" ").trim().to_owned()).collect()
}

/// Which result is marked, by `aria-selected`; the field names the same one.
fn marked(stage: &Stage) -> usize {
    let results = stage.test_ids("palette-result");
    let selected = |line: &&Found| attribute(line, "aria-selected") == "true";
    let marked: Vec<&Found> = results.iter().filter(selected).collect();
    assert_eq!(marked.len(), 1, "one is marked");
    assert_eq!(attribute(&stage.field(QUERY), "aria-activedescendant"), marked[0].id());
    results.iter().position(|line| selected(&line)).expect("it was found")
}

#[wasm_bindgen_test]
async fn a_typed_date_leads_to_the_end_of_that_day() {
    let stage = opened().await;
    type_line(&stage, "2024-01-03").await;
    assert_eq!(results(&stage)[0], "Travel Go to 2024-01-03 23:59:59 event 3");
    press(&stage.field(QUERY), "Enter").await;
    assert_eq!((stage.position(), is_open(&stage)), (3, false));
}

#[wasm_bindgen_test]
async fn a_typed_number_leads_to_that_event() {
    let stage = opened().await;
    type_line(&stage, "4").await;
    assert_eq!(results(&stage)[0], "Travel Go to event 4 2024-01-04 09:00:00");
    assert_eq!(results(&stage)[1], "Screen Show event 4 in the log");
    press(&stage.field(QUERY), "Enter").await;
    assert_eq!((stage.position(), is_open(&stage)), (4, false));
}

#[wasm_bindgen_test]
async fn a_typed_owner_leads_to_the_account() {
    let stage = opened().await;
    type_line(&stage, "bob").await;
    assert_eq!(results(&stage), ["Account ACC-0002 Bob EUR 45.00"]);
    press(&stage.field(QUERY), "Enter").await;
    let screen = stage.session.route.get_untracked().screen;
    assert_eq!(screen, Screen::Account { number: "ACC-0002".to_owned(), pane: Pane::Timeline });
}

#[wasm_bindgen_test]
async fn a_line_that_means_nothing_says_so_and_enter_does_nothing() {
    let stage = opened().await;
    type_line(&stage, "zoe").await;
    assert!(results(&stage).is_empty());
    assert!(stage.says("Nothing matches. Try a date, an event number or an account."));
    assert_eq!(attribute(&stage.field(QUERY), "aria-expanded"), "false");
    press(&stage.field(QUERY), "Enter").await;
    assert!(is_open(&stage));
}

#[wasm_bindgen_test]
async fn arrows_mark_a_result_around_the_ends_and_enter_takes_it() {
    let stage = opened().await;
    type_line(&stage, "4").await;
    let last = results(&stage).len() - 1;
    let mut marks = vec![marked(&stage)];
    for key in ["ArrowUp", "ArrowDown", "ArrowDown"] {
        press(&stage.field(QUERY), key).await;
        marks.push(marked(&stage));
    }
    assert_eq!(marks, [0, last, 0, 1]);
    press(&stage.field(QUERY), "Enter").await;
    let screen = stage.session.route.get_untracked().screen;
    assert_eq!(screen, Screen::Log { event: Some(crate::kernel::Position::new(4)) });
    assert_eq!(stage.position(), 7, "that is no travel");
}

#[wasm_bindgen_test]
async fn a_result_that_is_clicked_is_taken() {
    let stage = opened().await;
    type_line(&stage, "2").await;
    click(&stage.test_ids("palette-result")[0]).await;
    assert_eq!((stage.position(), is_open(&stage)), (2, false));
}

#[wasm_bindgen_test]
async fn in_the_past_commands_are_blocked_and_say_why() {
    let stage = opened().await;
    type_line(&stage, "2").await;
    press(&stage.field(QUERY), "Enter").await;
    open(&stage).await;
    type_line(&stage, "deposit").await;
    assert_eq!(results(&stage), ["Command Deposit into ACC-0001 only in the present"]);
    assert_eq!(attribute(&stage.test_ids("palette-result")[0], "aria-disabled"), "true");
    press(&stage.field(QUERY), "Enter").await;
    assert!(is_open(&stage), "nothing is done");
}

#[wasm_bindgen_test]
async fn however_it_was_closed_its_keys_open_it_again_at_once_with_an_empty_line() {
    let stage = opened().await;
    let dialog = stage.test_id("palette");
    let by_the_browser = || dialog.dyn_ref::<HtmlDialogElement>().expect("a dialog").close();
    let ways: [(&str, &dyn Fn()); 3] = [
        ("Enter", &|| strike(&stage.field(QUERY), "Enter")),
        ("a click beside it", &|| dialog.click()),
        // Escape itself is the browser's: it closes the dialog, as is done here.
        ("Escape", &by_the_browser),
    ];
    for (way, close) in ways {
        type_line(&stage, "bob").await;
        close();
        assert!(!is_open(&stage), "{way} closes it");
        strike(&stage.root(), "Control+k");
        // With the next frame the browser tells that it was closed, which is no longer so.
        frame().await;
        assert!(is_open(&stage), "after {way}");
        assert_eq!((stage.field(QUERY).value().as_str(), marked(&stage)), ("", 0), "after {way}");
    }
}

#[wasm_bindgen_test]
async fn its_keys_leave_it_as_it_is_while_it_is_open() {
    let stage = opened().await;
    type_line(&stage, "4").await;
    press(&stage.field(QUERY), "ArrowDown").await;
    press(&stage.field(QUERY), "Control+k").await;
    assert_eq!((stage.field(QUERY).value().as_str(), marked(&stage)), ("4", 1));
}

#[wasm_bindgen_test]
async fn once_closed_it_stays_closed() {
    let stage = opened().await;
    type_line(&stage, "bob").await;
    press(&stage.field(QUERY), "Enter").await;
    frame().await;
    assert!(!is_open(&stage));
}
