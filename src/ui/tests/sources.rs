use super::{
    act::click,
    board::{settle, until},
    find::{Find as _, Found, words},
    stage::{Stage, deposit},
};
use crate::{app::Travel, kernel::Position, ui::bank::BankScreen};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const REGION: &str = "Totals by currency, flow and source";

async fn sources() -> Stage {
    let mut stage = Stage::with_books().await;
    stage.show(|session| view! { <BankScreen session /> });
    settle().await;
    click(&stage.role("link", "Totals by source")).await;
    until("they are there", || stage.roles("region", REGION).pop()).await;
    stage
}

/// The lines: flow, source, how many, how much.
fn lines(stage: &Stage) -> Vec<String> {
    let line = |line: &Found| words(&line.all("td, th").iter().map(|cell| cell.inner_text() + " ").collect::<String>());
    stage.role("region", REGION).all("tbody tr").iter().map(line).collect()
}

#[wasm_bindgen_test]
async fn what_came_and_went_is_counted_and_summed_by_its_source() {
    let stage = sources().await;
    assert_eq!(
        lines(&stage),
        [
            "EUR",
            "Deposit opening balance 2 120.00",
            "Deposit salary 2 55.00",
            "Withdrawal Oslo 1 30.00",
            "Transfer received 1 25.00",
            "Transfer sent 1 25.00",
        ]
    );
    stage.append("2024-01-07T09:00:00Z", None, deposit("ACC-0002", 500)).await;
    settle().await;
    assert_eq!(lines(&stage)[2], "Deposit salary 3 60.00");
}

#[wasm_bindgen_test]
async fn they_end_at_the_playhead() {
    let stage = sources().await;
    stage.session.travel(Travel::ToPosition(Position::new(2)));
    settle().await;
    assert_eq!(lines(&stage), ["EUR", "Deposit opening balance 1 100.00", "Deposit salary 1 50.00"]);
    assert!(!stage.says("No money has moved up to here."));
}
