use super::{
    act::click,
    board::{settle, until},
    find::{Find as _, attribute},
    stage::{Stage, withdraw, withdraw_in},
};
use crate::{app::Travel, kernel::Position, ui::bank::BankScreen};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// The alerts, with what was taken out on 7 January from 09:00 on: a town, and the minute.
async fn alerts(taken: &[(&str, u32)]) -> Stage {
    let mut stage = Stage::with_books().await;
    for (town, minute) in taken {
        let at = format!("2024-01-07T09:{minute:02}:00Z");
        stage.append(&at, None, withdraw_in(&format!("{town}, Centre"), "ACC-0001", 100)).await;
    }
    stage.show(|session| view! { <BankScreen session /> });
    settle().await;
    click(&stage.role("link", "Alerts")).await;
    until("they are there", || (!stage.roles("region", "Alerts, newest first").is_empty()).then_some(())).await;
    stage
}

/// The events that are listed.
fn listed(stage: &Stage) -> Vec<String> {
    stage.test_ids("alert-row").iter().map(|row| attribute(row, "data-position")).collect()
}

#[wasm_bindgen_test]
async fn where_no_rule_has_fired_that_is_said_with_the_rules() {
    let stage = alerts(&[("Oslo", 0)]).await;
    assert!(listed(&stage).is_empty());
    assert!(stage.says("no rule has fired up to here") && stage.says("five withdrawals within 15 minutes"));
}

#[wasm_bindgen_test]
async fn many_withdrawals_in_a_short_time_are_told_at_the_event_that_completes_them() {
    let stage = alerts(&[("Oslo", 0), ("Oslo", 3), ("Oslo", 6), ("Oslo", 9), ("Oslo", 12)]).await;
    assert_eq!(listed(&stage), ["12"]);
    let row = &stage.test_ids("alert-row")[0];
    assert!(row.says("2024-01-07 09:12:00") && row.says("ACC-0001") && row.says("5 withdrawals within 15 minutes"));
    assert!(stage.says("1 alert up to here"));
}

#[wasm_bindgen_test]
async fn withdrawals_far_apart_name_both_towns_and_the_newest_comes_first() {
    let stage = alerts(&[("Oslo", 0), ("Bergen", 20), ("Oslo", 30)]).await;
    assert_eq!(listed(&stage), ["10", "9"]);
    let rows = stage.test_ids("alert-row");
    assert!(rows[0].says("withdrawals in Bergen and in Oslo, 10 minutes apart"), "{}", rows[0].inner_text());
    assert!(rows[1].says("withdrawals in Oslo and in Bergen, 20 minutes apart"), "{}", rows[1].inner_text());
    assert!(stage.says("2 alerts up to here, newest first"));
}

#[wasm_bindgen_test]
async fn only_what_the_playhead_has_reached_is_told_and_an_alert_leads_to_its_moment() {
    let stage = alerts(&[("Oslo", 0), ("Bergen", 20), ("Oslo", 30)]).await;
    stage.session.travel(Travel::ToPosition(Position::new(8)));
    settle().await;
    assert!(listed(&stage).is_empty() && stage.says("no rule has fired up to here"));
    stage.session.travel(Travel::GoLive);
    settle().await;
    click(&stage.test_ids("alert-row")[1].role("button", "Travel here")).await;
    assert_eq!((stage.position(), listed(&stage)), (9, vec!["9".to_owned()]));
}

#[wasm_bindgen_test]
async fn a_new_event_that_completes_a_pattern_appears() {
    let stage = alerts(&[("Oslo", 0), ("Oslo", 3), ("Oslo", 6), ("Oslo", 9)]).await;
    assert!(listed(&stage).is_empty());
    stage.append("2024-01-07T09:12:00Z", None, withdraw("ACC-0001", 100)).await;
    settle().await;
    assert_eq!(listed(&stage), ["12"]);
}
