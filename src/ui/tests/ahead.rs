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
    app::{BankCommand, Intent, Ledger, SavingPolicy, format},
    bank::{
        AccountCommand, Currency, Money,
        demo::{DemoEvent, DemoLedger, DemoSize},
    },
    kernel::{Checkpoint, CheckpointStore as _, Clock, EventLog as _, Position, Rank, Timestamp},
    store::{LedgerId, Witness},
    ui::backend::{self, BrowserLog, PageEnv},
};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const EVENTS: u32 = 40_000;
/// Enough to be typed meanwhile.
const LONGER: u32 = 160_000;
/// What is said where commands are not taken yet.
const WAIT: &str = "Commands wait until all that happened is read.";

/// A ledger long enough for its checkpoints to be kept.
async fn long_ledger() -> (LedgerId, Ledger<BrowserLog>) {
    long_ledger_along(Clock::Recorded).await
}

async fn long_ledger_along(clock: Clock) -> (LedgerId, Ledger<BrowserLog>) {
    ledger_of(EVENTS, clock).await
}

async fn ledger_of(events: u32, clock: Clock) -> (LedgerId, Ledger<BrowserLog>) {
    window().local_storage().expect("storage").expect("storage").clear().expect("it is cleared");
    let id = fresh_id();
    let ledger = backend::open_beside(&id).await.expect("it opens");
    let demo = DemoLedger::new(DemoSize { events, accounts: 20 });
    let staged = demo.map(|DemoEvent { event, recorded_at }| (event, Some(recorded_at)));
    ledger.append_staged(staged, &PageEnv, |_| true).await.expect("it is appended");
    let saved = ledger.save_checkpoint(clock, SavingPolicy::default(), &PageEnv).await;
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
    at_a_balance_of(&format!("#/{id}")).await
}

async fn at_a_balance_of(address: &str) -> (Page, Patch) {
    let slow = Patch::new(SLOW);
    let page = Page::at(address);
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
    assert!(!page.says(WAIT) && !page.role("button", "New account").has_attribute("disabled"));
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

async fn deposit(page: &Page, amount: &str) {
    for (label, text) in [("Amount", amount), ("Source", "cash"), ("Who", "Ada"), ("Why", "May")] {
        type_into(&page.field(label), text).await;
    }
    click(&page.role("button", &format!("Deposit EUR {amount}"))).await;
}

/// The balance shown, in minor units.
fn minor(page: &Page) -> i64 {
    balance(page).and_then(|text| text.parse().ok()).expect("a balance")
}

#[wasm_bindgen_test]
async fn a_command_is_taken_and_saved_while_what_happened_is_being_read() {
    let (id, ledger) = ledger_of(LONGER, Clock::Recorded).await;
    let (page, slow) = at_a_balance(&id).await;
    let before = minor(&page);
    deposit(&page, "25.00").await;
    until("it is saved", || (page.head() == LONGER + 1).then_some(())).await;
    assert!(page.says(&format!("event {}", format::int(LONGER + 1))), "it says which event that is");
    assert_eq!(minor(&page), before + 2500);
    assert_eq!(ledger.log().last().await, Ok(Position::new(LONGER + 1)));
    let seen = backend::witness(&id).expect("it is witnessed");
    assert_eq!(seen.events, LONGER + 1);
    deposit(&page, "10.00").await;
    until("the next is saved", || (page.head() == LONGER + 2).then_some(())).await;
    assert!(is_reading(), "the ledger was read too soon for this test");
    drop(slow);
    read_to_the_end(&page).await;
    assert_eq!((page.head(), minor(&page)), (LONGER + 2, before + 3500), "nothing is taken back when the rest comes");
    assert!(page.all(".notice").is_empty());
    let newest = page.all("[data-testid=timeline-row]");
    let newest: Vec<String> = newest.iter().take(2).map(|row| attribute(row, "data-position")).collect();
    assert_eq!(newest, [(LONGER + 2).to_string(), (LONGER + 1).to_string()]);
    assert_eq!(ledger.catch_up(&PageEnv).await, Ok(true));
    assert_eq!(ledger.verify(&PageEnv, |_| true).await.map(|found| found.events), Ok(LONGER + 2));
}

#[wasm_bindgen_test]
async fn a_command_that_another_writer_was_before_goes_behind_theirs_once_all_is_read() {
    let (id, ledger) = long_ledger().await;
    let (page, slow) = at_a_balance(&id).await;
    let before = minor(&page);
    let account = attribute(&page.test_ids("account-row")[0], "data-stream");
    let number = account.strip_prefix("account/").expect("a number");
    let theirs = AccountCommand::Deposit { amount: Money::new(100, Currency::EUR), source: "theirs".into() };
    let theirs = BankCommand::Account { number: number.into(), command: theirs };
    let theirs = Intent { actor: "Bert".into(), reason: "June".into(), occurred_at: None, command: theirs };
    ledger.dispatch(&theirs, &PageEnv).await.expect("theirs is first");
    deposit(&page, "25.00").await;
    drop(slow);
    until("both are there", || (page.head() == EVENTS + 2).then_some(())).await;
    read_to_the_end(&page).await;
    until("the balance has both", || (minor(&page) == before + 2600).then_some(())).await;
    assert_eq!(ledger.log().last().await, Ok(Position::new(EVENTS + 2)));
}

#[wasm_bindgen_test]
async fn on_the_clock_of_what_happened_commands_wait_until_all_is_read() {
    let (id, _) = long_ledger_along(Clock::Occurred).await;
    let (page, slow) = at_a_balance_of(&format!("#/{id}?clock=occurred")).await;
    assert!(page.says(WAIT) && page.role("button", "New account").has_attribute("disabled"));
    drop(slow);
    read_to_the_end(&page).await;
    assert!(!page.says(WAIT) && !page.role("button", "New account").has_attribute("disabled"));
}

#[wasm_bindgen_test]
async fn what_was_seen_once_and_is_gone_is_told_before_any_account_is_shown() {
    let (id, ledger) = long_ledger().await;
    let tail = ledger.tail();
    let more = Witness { events: tail.position.get() + 1, chain: tail.chain, recorded_at: Timestamp::MIN };
    backend::save_witness(&id, &more);
    let slow = Patch::new(SLOW);
    let page = Page::at(&format!("#/{id}"));
    let told = || {
        assert!(!is_reading(), "the accounts are shown, and perhaps it took a command");
        page.says("The browser has lost the end of this ledger.").then_some(())
    };
    until("it is told", told).await;
    drop(slow);
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
        Checkpoint::of(read.history(), Clock::Recorded, state).map(|wrong| wrong.encode(read.history().codec()))
    });
    let right = ledger.log().load("balances recorded").await.expect("it answers").expect("it is kept");
    ledger.log().save(&[("balances recorded", &wrong.expect("it can be kept"))]).await.expect("it is saved");
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
