use super::{
    act::{click, type_into},
    board::{settle, until},
    find::{Find as _, Found, attribute, words},
    page::{Page, focused, tense},
    stage::Stage,
};
use crate::store::LedgerKind;
use wasm_bindgen_test::wasm_bindgen_test;

const CONFIRM: &str = "Type the name of the ledger to delete it";

/// The whole page at its settings, with the books open and another ledger that is not; and the name of the open one.
async fn settings() -> (Page, String) {
    let stage = Stage::with_books().await;
    let id = stage.id();
    stage.session.create("Old books", LedgerKind::Own).expect("a ledger");
    drop(stage);
    let page = Page::at(&format!("#/{id}/settings"));
    page.opened(7).await;
    settle().await;
    (page, id.to_string())
}

fn dialog(page: &Page) -> Found {
    page.all("dialog.ask").remove(0)
}

/// The names in the list of ledgers.
fn listed(page: &Page) -> Vec<String> {
    let name = |row: &Found| words(&row.all("[role='cell']").remove(0).inner_text());
    page.test_ids("ledger").iter().map(name).collect()
}

#[wasm_bindgen_test]
async fn before_the_open_ledger_is_deleted_it_can_be_exported_right_there() {
    let (page, name) = settings().await;
    click(&page.role("button", &format!("Delete {name}"))).await;
    let dialog = dialog(&page);
    assert!(dialog.has_attribute("open"));
    assert_eq!(focused().id(), "del-title", "it is said what this is");
    assert!(dialog.says("Its 7 events are gone for good then; there is no other copy. Export it first."));
    click(&dialog.role("button", "Export it first")).await;
    until("it is saved", || dialog.says(&format!("Saved {name}-")).then_some(())).await;
    click(&dialog.role("button", "Keep it")).await;
    assert!(!dialog.has_attribute("open"));
    assert_eq!((page.head(), page.test_ids("ledger").len()), (7, 2));
}

#[wasm_bindgen_test]
async fn a_ledger_that_is_not_open_is_opened_first_to_be_exported() {
    let (page, _) = settings().await;
    click(&page.role("button", "Delete Old books")).await;
    click(&dialog(&page).role("button", "Open it, to export it first")).await;
    page.opened(0).await;
    assert!(!dialog(&page).has_attribute("open"));
    until("its settings are there", || page.roles("heading", "Settings").pop()).await;
    assert_eq!(page.names("heading").iter().filter(|name| *name == "Export the open ledger").count(), 1);
    assert_eq!(page.roles("button", "Open Old books").len(), 0, "it is the open one");
}

#[wasm_bindgen_test]
async fn the_open_ledger_is_deleted_only_under_its_name_and_another_one_opens() {
    let (page, name) = settings().await;
    click(&page.role("button", &format!("Delete {name}"))).await;
    let confirm = dialog(&page).field(CONFIRM);
    type_into(&confirm, "Old books").await;
    click(&dialog(&page).role("button", "Delete the ledger")).await;
    assert_eq!(attribute(&confirm, "aria-invalid"), "true");
    assert_eq!(page.head(), 7);
    type_into(&confirm, &name).await;
    click(&dialog(&page).role("button", "Delete the ledger")).await;
    until("it is gone", || page.says(&format!("Deleted {name}.")).then_some(())).await;
    until("another is open", || page.says("Nothing has happened yet.").then_some(())).await;
    assert!(page.says("Its events were removed from this browser. Files that you exported are untouched."));
    assert_eq!((page.head(), tense().as_str()), (0, "empty"));
    click(&page.role("link", "Settings")).await;
    until("the list is there", || (!page.test_ids("ledger").is_empty()).then_some(())).await;
    assert_eq!(listed(&page), ["Old books old-books"]);
}

#[wasm_bindgen_test]
async fn a_ledger_that_is_opened_from_the_list_is_the_open_one() {
    let (page, name) = settings().await;
    assert_eq!(page.roles("button", &format!("Open {name}")).len(), 0);
    click(&page.role("button", "Open Old books")).await;
    page.opened(0).await;
    assert!(page.says("Nothing has happened yet."));
}
