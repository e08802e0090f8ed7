use super::{
    act::{choose, click, type_into},
    board::{settle, until},
    find::{Find as _, description_of, words},
    stage::Stage,
};
use crate::{
    app::route::{Pane, Screen},
    ui::start::StartScreen,
};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

async fn start() -> Stage {
    let mut stage = Stage::empty().await;
    stage.show(|session| view! { <StartScreen session /> });
    settle().await;
    stage
}

/// The cells of the first row of the blank ledger.
fn first_row(stage: &Stage) -> Vec<String> {
    let row = stage.all(".blank .first").remove(0);
    row.all(":scope > span").iter().filter_map(|cell| cell.text_content()).map(|text| words(&text)).collect()
}

#[wasm_bindgen_test]
async fn an_empty_ledger_says_that_nothing_has_happened() {
    let stage = start().await;
    assert_eq!(stage.roles("heading", "Nothing has happened yet.").len(), 1);
    assert_eq!(first_row(&stage), ["1", "the first event goes here"]);
}

#[wasm_bindgen_test]
async fn the_form_shows_the_first_event_before_it_is_appended() {
    let stage = start().await;
    type_into(&stage.field("Owner"), "Ada").await;
    type_into(&stage.field("Opening deposit"), "250").await;
    assert_eq!(first_row(&stage), ["1", "on append", "○AccountOpened", "+250.00", "250.00"]);
    choose(&stage.role("combobox", "Currency"), "JPY").await;
    assert_eq!(first_row(&stage)[3..], ["+250", "250"]);
    assert_eq!(stage.head(), 0, "nothing is sent by that");
}

#[wasm_bindgen_test]
async fn without_an_owner_no_account_is_opened_and_the_form_says_so() {
    let stage = start().await;
    click(&stage.role("button", "Open account")).await;
    assert_eq!(description_of(&stage.field("Owner")), "Name who owns the account.");
    assert_eq!(stage.head(), 0);
}

#[wasm_bindgen_test]
async fn a_deposit_that_is_no_amount_says_so_and_opens_nothing() {
    let stage = start().await;
    type_into(&stage.field("Owner"), "Ada").await;
    for (typed, problem) in [
        ("much", "“much” is no amount. Write it like 1,250.00."),
        ("-1", "The opening deposit must not be below zero."),
        ("1.234", "At most two decimals for EUR."),
    ] {
        type_into(&stage.field("Opening deposit"), typed).await;
        click(&stage.role("button", "Open account")).await;
        assert_eq!(description_of(&stage.field("Opening deposit")), problem);
    }
    assert_eq!(stage.head(), 0);
}

#[wasm_bindgen_test]
async fn the_form_appends_the_first_event_and_goes_to_the_account() {
    let stage = start().await;
    type_into(&stage.field("Owner"), "Ada").await;
    type_into(&stage.field("Opening deposit"), "250").await;
    click(&stage.role("button", "Open account")).await;
    until("it is appended", || (stage.head() == 1).then_some(())).await;
    let there = Screen::Account { number: "ACC-0001".to_owned(), pane: Pane::Timeline };
    until("the account is shown", || (stage.session.route.get_untracked().screen == there).then_some(())).await;
    assert_eq!(stage.session.preferences.get_untracked().actor, "Ada", "who it is, is remembered");
}

#[wasm_bindgen_test]
async fn the_demo_says_how_large_it_will_be() {
    let stage = start().await;
    let text = || words(&stage.all(".way p").remove(0).text_content().unwrap_or_default());
    assert!(text().starts_with("A bank of 250 accounts: 100,000 events from "), "{}", text());
    choose(&stage.role("combobox", "Events of the demo ledger"), "1000000").await;
    choose(&stage.role("combobox", "Accounts of the demo ledger"), "1").await;
    assert!(text().starts_with("A bank of one account: 1,000,000 events from "), "{}", text());
    assert!(text().ends_with("It takes about 20.0 MB of this browser's storage."), "{}", text());
}
