use super::{
    act::{choose, click, type_into},
    board::{settle, until},
    find::{Find as _, attribute, description_of, words},
    patch::{Patch, run},
    stage::Stage,
};
use crate::ui::settings::SettingsScreen;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// Keeps the files that the page offers.
const KEEP: &str = "
    const original = URL.createObjectURL;
    window.offered = [];
    URL.createObjectURL = (blob) => {
        window.offered.push(blob);
        return original.call(URL, blob);
    };
    return () => { URL.createObjectURL = original; delete window.offered; };";

/// The settings, and the files that they offer from here on.
async fn settings() -> (Stage, Patch) {
    let mut stage = Stage::with_books().await;
    let patch = Patch::new(KEEP);
    stage.show(|session| view! { <SettingsScreen session /> });
    settle().await;
    (stage, patch)
}

fn outcome(stage: &Stage) -> String {
    words(&stage.test_id("export-outcome").inner_text())
}

/// Exports, and gives what the page says of it, and the lines of the file.
async fn exported(stage: &Stage) -> (String, Vec<String>) {
    click(&stage.role("button", "Export")).await;
    until("it is written", || Some(outcome(stage)).filter(|text| text.starts_with("Saved"))).await;
    let file = run("return window.offered.pop().text();");
    let text = JsFuture::from(file.unchecked_into::<js_sys::Promise>()).await.expect("it can be read");
    let lines = text.as_string().expect("a text").lines().map(str::to_owned).collect();
    (outcome(stage), lines)
}

#[wasm_bindgen_test]
async fn the_whole_ledger_is_exported_as_one_event_a_line_and_the_file_is_named() {
    let (stage, _patch) = settings().await;
    let (told, lines) = exported(&stage).await;
    assert!(told.starts_with(&format!("Saved {}-20", stage.id())) && told.contains(".jsonl, "), "{told}");
    assert_eq!(lines.len(), 7);
    assert!(lines[0].contains(r#""specversion":"1.0""#) && lines[0].contains("AccountOpened"), "{}", lines[0]);
    assert!(lines[6].contains("2024-01-01T12:00:00"), "{}", lines[6]);
}

#[wasm_bindgen_test]
async fn one_account_is_exported_by_its_number_and_an_unknown_one_is_told() {
    let (stage, _patch) = settings().await;
    click(&stage.role("radio", "One account")).await;
    let number = stage.field("Account number");
    for wrong in ["", "ACC-0009"] {
        type_into(&number, wrong).await;
        click(&stage.role("button", "Export")).await;
        assert_eq!(description_of(&number), "There is no account of this number.", "{wrong}");
        assert_eq!((attribute(&number, "aria-invalid").as_str(), outcome(&stage)), ("true", String::new()));
    }
    type_into(&number, " ACC-0002 ").await;
    let (_, lines) = exported(&stage).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("account/ACC-0002")), "{lines:?}");
    assert_eq!(description_of(&number), "");
}

#[wasm_bindgen_test]
async fn what_happened_between_two_days_is_exported_and_days_that_are_none_are_told() {
    let (stage, _patch) = settings().await;
    click(&stage.role("radio", "Between two dates")).await;
    let (from, to) = (stage.field("From"), stage.field("To"));
    assert_eq!((from.value().as_str(), to.value().as_str()), ("2024-01-01", "2024-01-05"), "the days there are");
    for (first, last) in [("2024-01-31", "2024-01-01"), ("January", "2024-01-05")] {
        type_into(&from, first).await;
        type_into(&to, last).await;
        click(&stage.role("button", "Export")).await;
        assert_eq!(description_of(&from), "Give two days like 2024-01-31, the first one first.", "{first} to {last}");
        assert_eq!(outcome(&stage), "");
    }
    type_into(&from, "2024-01-01").await;
    type_into(&to, "2024-01-02").await;
    let (_, lines) = exported(&stage).await;
    let types = ["AccountOpened", "MoneyDeposited", "MoneyDeposited"];
    assert!(lines.len() == 3 && lines.iter().zip(types).all(|(line, name)| line.contains(name)), "{lines:?}");
}

#[wasm_bindgen_test]
async fn a_journal_is_of_the_whole_ledger_or_of_a_part_and_says_how_it_balances() {
    let (stage, _patch) = settings().await;
    choose(&stage.role("combobox", "Format"), "journal").await;
    let (told, lines) = exported(&stage).await;
    assert!(told.contains(".journal, "), "{told}");
    assert!(lines.iter().any(|line| line.starts_with("2024-01-05")), "{lines:?}");
    click(&stage.role("radio", "One account")).await;
    assert!(stage.says("So that the journal balances, transfers are written against equity:transfers."));
    type_into(&stage.field("Account number"), "ACC-0002").await;
    let (_, lines) = exported(&stage).await;
    assert!(lines.contains(&"    equity:transfers:ACC-0001  -25.00 EUR".to_owned()), "{lines:?}");
    click(&stage.role("radio", "Between two dates")).await;
    assert!(stage.says("The journal begins with what the accounts hold at its first day, from equity:opening."));
    type_into(&stage.field("From"), "2024-01-04").await;
    type_into(&stage.field("To"), "2024-01-05").await;
    let (_, lines) = exported(&stage).await;
    let opening = lines.iter().position(|line| line == "2024-01-04 opening balances").expect("an opening");
    assert_eq!(lines[opening + 1], "    assets:accounts:ACC-0001  125.00 EUR", "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("2024-01-03")), "{lines:?}");
}

#[wasm_bindgen_test]
async fn the_audit_log_has_a_heading_and_a_row_for_each_event() {
    let (stage, _patch) = settings().await;
    choose(&stage.role("combobox", "Format"), "csv").await;
    let (told, lines) = exported(&stage).await;
    assert!(told.contains(".csv, "), "{told}");
    assert_eq!(lines.len(), 8, "{lines:?}");
    assert!(lines[2].contains("Teller") && lines[2].contains("as agreed"), "{}", lines[2]);
}

#[wasm_bindgen_test]
async fn an_empty_ledger_has_nothing_to_export_and_says_so() {
    let mut stage = Stage::empty().await;
    stage.show(|session| view! { <SettingsScreen session /> });
    settle().await;
    let button = stage.role("button", "Export");
    assert!(button.matches(":disabled").expect("a selector"));
    assert_eq!(description_of(&button), "There are no events here to export.");
}
