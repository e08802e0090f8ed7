use super::{
    act::{click, press, type_into},
    board::settle,
    find::{Find as _, attribute},
    stage::Stage,
};
use crate::{app::Travel, kernel::Position, ui::bank::BankScreen};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

async fn bank_at(position: u32) -> Stage {
    let mut stage = Stage::with_books().await;
    stage.show(|session| view! { <BankScreen session /> });
    stage.session.travel(Travel::ToPosition(Position::new(position)));
    settle().await;
    stage
}

/// The streams of the accounts that are listed.
fn listed(stage: &Stage) -> Vec<String> {
    stage.test_ids("account-row").iter().map(|row| attribute(row, "data-stream")).collect()
}

#[wasm_bindgen_test]
async fn accounts_are_listed_by_number_with_their_balances() {
    let stage = bank_at(7).await;
    assert_eq!(listed(&stage), ["account/ACC-0001", "account/ACC-0002"]);
    let rows = stage.test_ids("account-row");
    assert!(rows[0].says("Ada") && rows[0].says("100.00") && rows[1].says("Bob") && rows[1].says("45.00"));
}

#[wasm_bindgen_test]
async fn the_filter_leaves_the_accounts_that_match_by_number_or_owner() {
    let stage = bank_at(7).await;
    for typed in ["bob", "0002"] {
        type_into(&stage.field("Filter accounts"), typed).await;
        assert_eq!(listed(&stage), ["account/ACC-0002"], "{typed}");
    }
    type_into(&stage.field("Filter accounts"), "").await;
    assert_eq!(listed(&stage).len(), 2);
}

#[wasm_bindgen_test]
async fn a_filter_that_nothing_matches_says_so() {
    let stage = bank_at(7).await;
    type_into(&stage.field("Filter accounts"), "zoe").await;
    assert!(listed(&stage).is_empty());
    assert!(stage.says("No account matches “zoe”."));
}

#[wasm_bindgen_test]
async fn an_account_that_is_not_open_yet_is_not_there_in_the_past() {
    let stage = bank_at(3).await;
    assert_eq!(listed(&stage), ["account/ACC-0001"]);
    assert!(stage.says("1 at this time"));
    assert!(stage.test_ids("account-row")[0].says("120.00"), "and balances are those of then");
}

#[wasm_bindgen_test]
async fn a_filter_for_an_account_that_opens_later_offers_the_way_there() {
    let stage = bank_at(3).await;
    type_into(&stage.field("Filter accounts"), "bob").await;
    assert!(stage.says("No account that is open at this moment matches “bob”."));
    assert!(stage.says("ACC-0002 Bob opens 2024-01-04 09:00:00."));
    click(&stage.role("button", "Travel there")).await;
    assert_eq!((stage.position(), listed(&stage)), (4, vec!["account/ACC-0002".to_owned()]));
}

#[wasm_bindgen_test]
async fn arrow_keys_choose_an_account_and_the_screen_follows() {
    let stage = bank_at(7).await;
    let list = stage.role("list", "Accounts by number. Arrow keys choose one.");
    assert_eq!(attribute(&stage.test_id("balance"), "data-minor"), "10000");
    press(&list, "ArrowDown").await;
    assert_eq!(attribute(&stage.test_ids("account-row")[1], "aria-current"), "true");
    assert_eq!(attribute(&stage.test_id("balance"), "data-minor"), "4500");
    press(&list, "Home").await;
    assert_eq!(attribute(&stage.test_id("balance"), "data-minor"), "10000");
}
