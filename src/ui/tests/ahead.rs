//! The accounts of a long ledger are on the screen before what happened has been read.

use super::{
    act::{click, type_into},
    board::until,
    find::{Find as _, attribute},
    page::Page,
    patch::Patch,
    stage::fresh_id,
};
use crate::{
    app::{Ledger, SavingPolicy},
    bank::demo::{DemoEvent, DemoLedger, DemoSize},
    kernel::{Checkpoint, CheckpointStore as _, Clock, Rank},
    store::LedgerId,
    ui::backend::{self, BrowserLog, PageEnv},
};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const EVENTS: u32 = 40_000;

/// A ledger long enough for its checkpoints to be kept.
async fn long_ledger() -> (LedgerId, Ledger<BrowserLog>) {
    window().local_storage().expect("storage").expect("storage").clear().expect("it is cleared");
    let id = fresh_id();
    let ledger = backend::open_beside(&id).await.expect("it opens");
    let demo = DemoLedger::new(DemoSize { events: EVENTS, accounts: 20 });
    let staged = demo.map(|DemoEvent { event, recorded_at }| (event, Some(recorded_at)));
    ledger.append_staged(staged, &PageEnv, |_| true).await.expect("it is appended");
    let saved = ledger.save_checkpoint(Clock::Recorded, SavingPolicy::default(), &PageEnv).await;
    assert_eq!(saved, Ok(true));
    (id, ledger)
}

/// A page that gets its turns late, as on a busy machine: what is read in slices is read slowly.
const SLOW: &str = "
    const prompt = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (...message) { setTimeout(() => prompt.apply(this, message), 20); };
    return () => { MessagePort.prototype.postMessage = prompt; };
";

/// The page at a ledger, once its balance is shown and before it is read, which goes on slowly until the patch is dropped.
async fn at_a_balance(id: &LedgerId) -> (Page, Patch) {
    let slow = Patch::new(SLOW);
    let page = Page::at(&format!("#/{id}"));
    until("a balance is shown", || balance(&page).map(drop)).await;
    assert!(is_reading(), "the ledger was read too soon for this test");
    (page, slow)
}

fn balance(page: &Page) -> Option<String> {
    page.test_ids("balance").first().and_then(|shown| shown.get_attribute("data-minor"))
}

fn is_reading() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-reading"))
}

async fn read_to_the_end(page: &Page) {
    until("all is read", || (!is_reading() && !page.all(".tl-table").is_empty()).then_some(())).await;
}

#[wasm_bindgen_test]
async fn the_accounts_are_shown_first_and_nothing_is_moved_when_the_rest_comes() {
    let (id, _) = long_ledger().await;
    let (page, slow) = at_a_balance(&id).await;
    assert_eq!((page.head(), page.state().as_str()), (EVENTS, "LIVE event 40,000"));
    assert!(page.test_ids("account-row").len() > 5);
    assert!(page.says("balanced") && page.says("Reading what happened") && page.says("being read"));
    assert!(page.says("Commands wait until all that happened is read."));
    assert!(page.role("button", "New account").has_attribute("disabled"));
    let (first, list) = (balance(&page), page.all("#accounts").remove(0));
    let filter = page.field("Filter accounts");
    let third = attribute(&page.test_ids("account-row")[2], "data-stream");
    let third = third.strip_prefix("account/").expect("a number");
    type_into(&filter, third).await;
    until("one is left", || (page.test_ids("account-row").len() == 1).then_some(())).await;
    click(&page.test_id("account-row")).await;
    let chosen = balance(&page);
    assert_ne!(chosen, first);
    assert!(is_reading());
    drop(slow);
    read_to_the_end(&page).await;
    assert_eq!((balance(&page), filter.value().as_str()), (chosen, third), "what was chosen and typed stays");
    assert!(page.all("#accounts").remove(0).is_same_node(Some(&list)), "the list is the same");
    assert_eq!((page.head(), page.state().as_str()), (EVENTS, "LIVE event 40,000"));
    assert_eq!(attribute(&page.role("slider", "Playhead"), "aria-valuenow"), EVENTS.to_string());
    assert!(page.says("chain intact") && !page.role("button", "New account").has_attribute("disabled"));
    assert!(page.all(".notice").is_empty());
}

#[wasm_bindgen_test]
async fn other_sections_wait_for_what_happened() {
    let (id, _) = long_ledger().await;
    let (page, slow) = at_a_balance(&id).await;
    click(&page.role("link", "Log")).await;
    assert!(page.test_ids("log-row").is_empty() && page.test_id("work").says("Reading what happened"));
    drop(slow);
    until("the log is there", || (page.test_ids("log-row").len() > 5).then_some(())).await;
}

#[wasm_bindgen_test]
async fn a_wrong_checkpoint_is_told_and_replaced() {
    let (id, ledger) = long_ledger().await;
    let wrong = ledger.read(|read| {
        let state = read.balances_at(Clock::Recorded, Rank::new(EVENTS / 2)).clone();
        Checkpoint::of(read.history(), Clock::Recorded, state)?.encode(read.history().codec())
    });
    let right = ledger.log().load("balances recorded").await.expect("it answers").expect("it is kept");
    ledger.log().save("balances recorded", &wrong.expect("it can be kept")).await.expect("it is saved");
    let (page, slow) = at_a_balance(&id).await;
    let shown = balance(&page);
    drop(slow);
    read_to_the_end(&page).await;
    assert!(page.says("The balances shown a moment ago were wrong."));
    assert_ne!(balance(&page), shown, "what is shown now is what happened");
    let mut tries = 0;
    while ledger.log().load("balances recorded").await.expect("it answers").as_ref() != Some(&right) {
        tries += 1;
        assert!(tries < 1000, "the right one is kept again");
        backend::breathe().await;
    }
}

/// A log that cannot be read any more, though it opens and says where it ends.
const UNREADABLE: &str = "
    const readable = IDBObjectStore.prototype.getAll;
    IDBObjectStore.prototype.getAll = () => { throw new DOMException('the disk does not answer', 'UnknownError'); };
    return () => { IDBObjectStore.prototype.getAll = readable; };
";

#[wasm_bindgen_test]
async fn accounts_whose_history_cannot_be_read_are_not_shown_any_more() {
    let (id, _) = long_ledger().await;
    let (page, slow) = at_a_balance(&id).await;
    assert!(page.test_ids("account-row").len() > 5);
    let unreadable = Patch::new(UNREADABLE);
    until("it is told", || page.says("The browser's storage failed.").then_some(())).await;
    drop((slow, unreadable));
    assert!(page.says("the disk does not answer"));
    assert!(page.test_ids("account-row").is_empty() && balance(&page).is_none());
    assert_eq!(page.head(), 0);
    assert!(!is_reading());
}
