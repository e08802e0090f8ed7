use super::{
    act::{choose, click, press, type_into},
    board::{frame, until},
    find::{Find as _, attribute, name_of},
    page::{Page, address, focused, go_back, tense},
    stage::{Stage, fresh_id, withdraw},
};
use crate::{
    kernel::{ChainHash, Timestamp},
    store::{LedgerKind, Witness},
    ui::backend,
};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_ledger_without_events_is_a_first_run() {
    drop(Stage::empty().await);
    let page = Page::at(&format!("#/{}", fresh_id()));
    until("it is open", || page.says("Nothing has happened yet.").then_some(())).await;
    assert_eq!((tense().as_str(), page.state().as_str(), page.head()), ("empty", "EMPTY no events yet", 0));
    assert!(page.says("The time line starts with event 1."));
    assert_eq!(document().title(), "Nothing has happened yet - Annals");
}

#[wasm_bindgen_test]
async fn while_a_ledger_is_read_the_page_says_which_and_shows_nothing_of_another() {
    let stage = Stage::with_books().await;
    let id = stage.id();
    drop(stage);
    let page = Page::at(&format!("#/{id}"));
    assert_eq!(page.role("heading", &format!("Opening {id}")).tag_name(), "H2");
    assert!(page.test_id("work").says("Opening"));
    assert!(page.says("The time line appears when all events are read."));
    assert!(page.test_ids("account-row").is_empty());
    page.opened(7).await;
}

#[wasm_bindgen_test]
async fn a_ledger_with_events_opens_live_on_its_bank() {
    let (page, id) = Page::of_books("#/%").await;
    assert_eq!((tense().as_str(), page.state().as_str()), ("live", "LIVE event 7"));
    assert_eq!(page.test_ids("account-row").len(), 2);
    assert_eq!(attribute(&page.test_id("balance"), "data-minor"), "10000");
    assert_eq!(attribute(&page.role("slider", "Playhead"), "aria-valuenow"), "7");
    let foot = page.all("#rail .foot").remove(0);
    assert!(foot.says("7") && foot.says("events") && foot.says("chain intact"), "{}", foot.inner_text());
    assert_eq!((document().title().as_str(), address()), ("Live, Bank - Annals", format!("#/{id}")));
}

#[wasm_bindgen_test]
async fn an_address_with_a_moment_opens_there_and_the_way_back_is_one_click() {
    let (page, _) = Page::of_books("#/%/bank/ACC-0001?at=3").await;
    until("it is there", || (tense() == "past").then_some(())).await;
    assert_eq!(page.state(), "AS OF 2024-01-03 09:00:00 · event 3 of 7");
    assert_eq!(attribute(&page.test_id("balance"), "data-minor"), "12000");
    let back = page.roles("button", "Return to live");
    click(&back[0]).await;
    assert_eq!((tense().as_str(), page.state().as_str()), ("live", "LIVE event 7"));
    assert_eq!(attribute(&page.test_id("balance"), "data-minor"), "10000");
}

#[wasm_bindgen_test]
async fn the_links_lead_to_the_sections_and_back_leads_back() {
    let (page, id) = Page::of_books("#/%/bank").await;
    let here = || -> Vec<String> { page.all("#rail [aria-current='page']").iter().map(|link| name_of(link)).collect() };
    assert_eq!(here(), ["Bank"]);
    click(&page.role("link", "Log")).await;
    until("the log is there", || (page.test_ids("log-row").len() == 7).then_some(())).await;
    assert_eq!((here(), address()), (vec!["Log".to_owned()], format!("#/{id}/log")));
    click(&page.role("link", "New ledger")).await;
    until("another can be begun", || page.says("Begin another ledger.").then_some(())).await;
    assert!(page.says("The open ledger keeps its 7 events."));
    go_back();
    until("the log is there again", || (page.test_ids("log-row").len() == 7).then_some(())).await;
    go_back();
    until("the bank is there again", || (here() == ["Bank"]).then_some(())).await;
}

#[wasm_bindgen_test]
async fn a_link_keeps_the_moment_that_is_shown() {
    let (page, id) = Page::of_books("#/%/bank?at=3").await;
    click(&page.role("link", "Log")).await;
    until("the log is there", || page.roles("button", "Event 7, later than the playhead").pop()).await;
    assert_eq!(address(), format!("#/{id}/log?at=3"));
    assert_eq!(page.state(), "AS OF 2024-01-03 09:00:00 · event 3 of 7");
}

#[wasm_bindgen_test]
async fn the_switcher_opens_another_ledger_and_comes_back() {
    let stage = Stage::with_books().await;
    let id = stage.id();
    stage.session.create("Old books", LedgerKind::Own).expect("a ledger");
    drop(stage);
    let page = Page::at(&format!("#/{id}"));
    page.opened(7).await;
    let switcher = page.role("combobox", "Ledger");
    let options: Vec<String> = switcher.all("option").iter().filter_map(|option| option.text_content()).collect();
    assert_eq!(options, [id.to_string(), "Old books".to_owned()]);
    choose(&switcher, "old-books").await;
    until("it is open", || page.says("Nothing has happened yet.").then_some(())).await;
    assert_eq!((page.head(), tense().as_str(), address().as_str()), (0, "empty", "#/old-books/bank"));
    choose(&page.role("combobox", "Ledger"), id.as_str()).await;
    page.opened(7).await;
    assert_eq!(page.test_ids("account-row").len(), 2);
}

#[wasm_bindgen_test]
async fn a_ledger_that_has_become_shorter_says_so_until_that_is_put_away() {
    let stage = Stage::with_books().await;
    let id = stage.id();
    drop(stage);
    let seen = Witness { events: 9, chain: ChainHash::default(), recorded_at: Timestamp::MIN };
    backend::save_witness(&id, &seen);
    let page = Page::at(&format!("#/{id}"));
    page.opened(7).await;
    assert!(
        page.says(
            "The browser has lost the end of this ledger. It held 9 events when it was last open here; 7 are left,"
        )
    );
    assert_eq!(page.roles("button", "Restore from a file").len(), 1);
    assert_eq!(page.test_ids("account-row").len(), 2, "what is left can be read");
    click(&page.role("button", "Put away")).await;
    assert!(!page.says("The browser has lost"));
}

#[wasm_bindgen_test]
async fn one_can_skip_to_the_content() {
    let (page, _) = Page::of_books("#/%").await;
    click(&page.all("a.skip").remove(0)).await;
    assert_eq!(focused().id(), "main");
}

#[wasm_bindgen_test]
async fn a_command_of_the_palette_leads_into_the_first_field_of_its_form() {
    let (page, _) = Page::of_books("#/%/log").await;
    assert!(page.says("Chain intact, every block checked"));
    click(&page.role("button", "Search or command")).await;
    let line = page.field("Search or type a command");
    type_into(&line, "withdraw").await;
    press(&line, "Enter").await;
    until("the form is there", || (focused().id() == "cmd-amount").then_some(())).await;
    frame().await;
    assert_eq!(focused().id(), "cmd-amount", "it stays there");
    assert_eq!(page.roles("textbox", "Place").len(), 1, "it is the form for withdrawals");
}

#[wasm_bindgen_test]
async fn alerts_are_counted_beside_the_sections_and_lead_to_their_list() {
    let stage = Stage::with_books().await;
    let id = stage.id();
    for minute in 0..5 {
        let at = format!("2024-01-07T09:0{minute}:00Z");
        stage.append(&at, None, withdraw("ACC-0001", 100)).await;
    }
    drop(stage);
    let page = Page::at(&format!("#/{id}"));
    page.opened(12).await;
    click(&page.role("link", "1 alert")).await;
    let listed = until("they are listed", || page.test_ids("alert-row").into_iter().next()).await;
    assert!(listed.says("5 withdrawals within 15 minutes"));
}
