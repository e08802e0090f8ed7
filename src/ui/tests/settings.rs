use super::{
    act::{click, type_into},
    board::{settle, until},
    find::{Find as _, attribute, description_of},
    stage::Stage,
};
use crate::{store::LedgerKind, ui::settings::SettingsScreen};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const CONFIRM: &str = "Type the name of the ledger to delete it";

/// The settings, with a second ledger that is not open.
async fn settings() -> Stage {
    let mut stage = Stage::with_books().await;
    stage.session.create("Old books", LedgerKind::Own).expect("a ledger");
    stage.show(|session| view! { <SettingsScreen session /> });
    settle().await;
    stage
}

fn is_listed(stage: &Stage) -> bool {
    stage.test_ids("ledger").iter().any(|row| row.says("Old books"))
}

#[wasm_bindgen_test]
async fn a_ledger_is_not_deleted_until_its_name_is_typed() {
    let stage = settings().await;
    click(&stage.role("button", "Delete Old books")).await;
    assert!(stage.says("there is no other copy. Export it first."));
    for typed in ["", "Old book"] {
        type_into(&stage.field(CONFIRM), typed).await;
        click(&stage.role("button", "Delete the ledger")).await;
        assert_eq!(description_of(&stage.field(CONFIRM)), "Type the name as it stands: Old books");
        assert_eq!(attribute(&stage.field(CONFIRM), "aria-invalid"), "true");
    }
    assert!(is_listed(&stage));
}

#[wasm_bindgen_test]
async fn a_ledger_whose_name_is_typed_is_deleted() {
    let stage = settings().await;
    click(&stage.role("button", "Delete Old books")).await;
    type_into(&stage.field(CONFIRM), "Old books").await;
    click(&stage.role("button", "Delete the ledger")).await;
    until("it is gone", || (!is_listed(&stage)).then_some(())).await;
    let told = stage.session.notices.get_untracked();
    assert!(told.iter().any(|notice| notice.advice.title == "Deleted Old books." && !notice.bad), "{told:?}");
    assert_eq!(stage.head(), 7, "the open one is as it was");
}

#[wasm_bindgen_test]
async fn a_ledger_is_kept_when_that_is_chosen() {
    let stage = settings().await;
    click(&stage.role("button", "Delete Old books")).await;
    type_into(&stage.field(CONFIRM), "Old books").await;
    click(&stage.role("button", "Keep it")).await;
    settle().await;
    assert!(is_listed(&stage) && stage.roles("button", "Delete the ledger").is_empty());
}

#[wasm_bindgen_test]
async fn a_new_ledger_needs_a_name() {
    let stage = settings().await;
    click(&stage.role("button", "New ledger")).await;
    assert_eq!(description_of(&stage.field("Name of a new ledger")), "Give the ledger a name.");
    assert_eq!(stage.session.ledgers.get_untracked().len(), 2);
}

#[wasm_bindgen_test]
async fn a_log_is_verified_and_its_read_models_are_rebuilt() {
    let stage = settings().await;
    click(&stage.role("button", "Verify the log")).await;
    let said = |text: &'static str| until(text, || stage.test_id("care-outcome").says(text).then_some(()));
    said("All 7 events are as they were written: the checksums of 6 blocks").await;
    click(&stage.role("button", "Rebuild all read models")).await;
    said("folded again from all 7 events, on both clocks. They say the same as before.").await;
    assert_eq!(stage.head(), 7);
}
