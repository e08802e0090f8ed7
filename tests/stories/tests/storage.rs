//! The browser keeps nothing, or has no more room: the page says so, and nothing is taken for saved.
#![cfg(test)]

use std::fs;

use serde_json::{Value, json};
use stories::{Browser, Page, Profile, Result, Server};

/// What a browser does that keeps no data.
const NO_STORAGE: &str = "IDBFactory.prototype.open = () => {
    throw new DOMException('A mutation operation was attempted on a database that did not allow mutations.', 'InvalidStateError');
};";

const KEEPS_NOTHING: &str = "This browser keeps no data for this page. It may be a private window, or storage is \
    switched off. You can work, but the events last only until this tab is closed or reloaded: export them in Settings \
    before that. The browser says: A mutation operation was attempted on a database that did not allow mutations.";

const NO_ROOM: &str = "The browser gives this site no more room.";

/// From the next load on the page finds no storage. Gives what undoes that.
async fn take_storage_away(page: &Page) -> Result<Value> {
    let added = page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": NO_STORAGE })).await?;
    Ok(json!({ "identifier": added["identifier"] }))
}

/// How many bytes the page's origin may store; `None` for as many as usual.
async fn set_quota(page: &Page, server: &Server, bytes: Option<u32>) -> Result<()> {
    let mut quota = json!({ "origin": server.address().trim_end_matches('/') });
    if let Some(bytes) = bytes {
        quota["quotaSize"] = bytes.into();
    }
    page.devtools("Storage.overrideQuotaForOrigin", quota).await.map(drop)
}

/// Two events in `books`, and not a byte of room for more.
async fn without_room(server: &Server, profile: &Profile) -> Result<(Browser, Page)> {
    let browser = Browser::open(profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.keep_books(2).await?;
    browser.close().await?;
    // Chromium asks for the quota at the first write and relies on the answer for a while.
    let browser = Browser::open(profile).await?;
    let page = browser.page().await?;
    set_quota(&page, server, Some(1)).await?;
    page.visit(&server.address()).await?;
    page.wait_for_head(2).await?;
    Ok((browser, page))
}

#[tokio::test]
async fn without_storage_one_can_work_and_is_told_that_nothing_is_kept() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    take_storage_away(&page).await?;
    page.visit(&server.address()).await?;
    page.wait_for_text("This browser keeps no data for this page.").await?;
    assert_eq!(page.told().await?, [KEEPS_NOTHING]);
    page.keep_books(2).await?;
    page.wait_for_balance(11_000).await?;
    assert_eq!(page.told().await?, [KEEPS_NOTHING], "it is still so");

    let file = page.export_ledger(&profile).await?;
    assert_eq!(fs::read_to_string(file)?.lines().count(), 2);
    assert_eq!(
        page.text("[data-testid=storage-kept]").await?,
        "nothing: the events last until this tab is closed or reloaded"
    );

    // It was said that a reload loses them, so that is no loss by the browser.
    page.visit(&server.address()).await?;
    page.reload().await?;
    page.wait_for_text("Nothing has happened yet.").await?;
    assert_eq!(page.told().await?, [KEEPS_NOTHING]);
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn books_are_not_called_lost_while_the_storage_is_switched_off() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.keep_books(2).await?;
    let added = take_storage_away(&page).await?;
    page.reload().await?;
    page.wait_for_text("This browser keeps no data for this page.").await?;
    assert_eq!(page.told().await?, [KEEPS_NOTHING]);
    page.keep_books(1).await?;

    page.devtools("Page.removeScriptToEvaluateOnNewDocument", added).await?;
    page.reload().await?;
    page.wait_for_head(2).await?;
    page.wait_for_balance(11_000).await?;
    assert_eq!(page.told().await?, Vec::<String>::new());
    page.visit_beside(&server.address()).await?;
    page.delete_log("books").await?;
    page.visit(&server.address()).await?;
    page.wait_for_text("It held 2 events when it was last open here").await?;
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn a_command_without_room_is_refused_and_can_be_sent_again_as_it_was_typed() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let (browser, page) = without_room(&server, &profile).await?;
    page.type_deposit("12.34", "No room for it").await?;
    page.click(".cmd button[type=submit]").await?;
    page.wait_for_text(&format!(
        "{NO_ROOM} Nothing was appended; everything saved before is kept. Make room and try again: delete a ledger \
         that you no longer need in Settings, after you have exported it, or free space on this device."
    ))
    .await?;
    assert_eq!((page.head().await?, page.balance().await?), (2, Some(11_000)));
    let typed: Vec<String> =
        page.run("return [...document.querySelectorAll('.cmd fieldset input')].map((one) => one.value)").await?;
    assert_eq!(typed, ["12.34", "cash", "Ada", "No room for it"]);

    set_quota(&page, &server, None).await?;
    page.click_named("Check again and retry").await?;
    page.wait_for_head(3).await?;
    page.wait_for_balance(12_234).await?;
    page.reload().await?;
    page.wait_for_head(3).await?;
    page.wait_for_balance(12_234).await?;
    assert_eq!(page.told().await?, Vec::<String>::new());
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn a_file_without_room_is_not_imported_even_in_part() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let file = profile.downloads().join("movements.csv");
    let rows: Vec<String> = (1..=9).map(|day| format!("2024-01-0{day},ACC-0002,1.00,EUR")).collect();
    fs::write(&file, format!("date,account,amount,currency\n{}\n", rows.join("\n")))?;
    let (browser, page) = without_room(&server, &profile).await?;
    page.upload("[data-testid=restore-file]", &[file]).await?;
    page.wait_for_text("A new ledger").await?;
    page.pick("The open ledger, My books (2 events)").await?;
    page.click_named("Import 10 events").await?;
    page.wait_for_text(NO_ROOM).await?;
    assert_eq!(page.head().await?, 2);

    set_quota(&page, &server, None).await?;
    page.click_named("Import 10 events").await?;
    page.wait_for_head(12).await?;
    page.visit_beside(&server.address()).await?;
    assert_eq!(page.stored_blocks("books").await?, [1, 2, 12], "one block with all of it");
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}
