//! A stored block is damaged, or newer than the program: what lies before it stays usable, the rest is named.
#![cfg(test)]

use std::fs;

use stories::{Browser, Page, Profile, Result, Server};

/// Where a block states its format, in bytes from its start.
const FORMAT_AT: u32 = 4;

/// The button that sends the command.
const SEND: &str = ".cmd button[type=submit]";

/// Five events in `books`, on a page on which Annals does not run.
async fn five_events(browser: &Browser, server: &Server) -> Result<Page> {
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.keep_books(5).await?;
    page.visit_beside(&server.address()).await?;
    Ok(page)
}

/// The form says why it takes no command, and is not sent.
async fn assert_nothing_can_be_appended(page: &Page, why: &str) -> Result<()> {
    page.type_deposit("1.00", "Behind the damage").await?;
    page.wait_for_text(why).await?;
    assert!(page.run::<bool>(&format!("return document.querySelector({SEND:?}).disabled")).await?);
    Ok(())
}

#[tokio::test]
async fn one_flipped_bit_leaves_what_lies_before_usable_and_names_the_rest() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.keep_books(5).await?;
    let whole = page.export_ledger(&profile).await?;
    page.visit_beside(&server.address()).await?;
    page.damage_log("books", 3, None, 0x10).await?;

    page.visit(&server.address()).await?;
    page.wait_for_head(2).await?;
    page.wait_for_balance(11_000).await?;
    assert_eq!(page.timeline().await?, [(2, 2), (1, 1)]);
    let sentences = page.told().await?;
    let [sentence] = &sentences[..] else { panic!("{sentences:?}") };
    let (before, after) = (
        "The log cannot be read from event 3 on. Events 1 to 2 are intact and can be read and exported. Events 3 to 5 \
         are not shown: what is stored is not what was written, for its checksum is ",
        ". Nothing is appended behind that. Restore the whole from a file that you exported: it becomes a new ledger, \
         and this one stays as it is.",
    );
    assert!(sentence.starts_with(before) && sentence.ends_with(after), "{sentence}");
    assert_eq!(page.text(".rail .foot").await?.lines().last(), Some("chain broken"));
    let why = "This ledger cannot be read from event 3 on, and nothing is appended behind what \
        cannot be read. Events 1 to 2 are kept and can be exported. Work on in a new ledger, restored from a file that \
        you exported.";
    assert_nothing_can_be_appended(&page, why).await?;

    let intact = page.export_ledger(&profile).await?;
    let (intact, all) = (fs::read_to_string(intact)?, fs::read_to_string(&whole)?);
    assert_eq!(intact.lines().collect::<Vec<_>>(), all.lines().take(2).collect::<Vec<_>>());

    page.restore_from(whole).await?;
    page.wait_for_text("Import 5 events").await?;
    assert_eq!(page.import_target().await?, "A new ledger");
    page.click_named("Import 5 events").await?;
    page.wait_for_head(5).await?;
    page.wait_for_balance(14_000).await?;
    page.visit_beside(&server.address()).await?;
    assert_eq!(page.stored_blocks("books").await?, [1, 2, 3, 4, 5], "nothing of the damaged ledger is thrown away");
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn a_ledger_of_which_nothing_can_be_read_is_no_first_visit_and_a_new_one_begins_beside_it() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = five_events(&browser, &server).await?;
    // `ANNB` becomes `BNNB`.
    page.damage_log("books", 1, Some(0), 0x03).await?;

    page.visit(&server.address()).await?;
    page.wait_for_text("No event of this ledger can be read.").await?;
    let sentence = "The log cannot be read from event 1 on. There is no event before it. Events 1 to 5 are not shown: \
        what is stored there is no block of events. Nothing is appended behind that. Restore the whole from a file \
        that you exported: it becomes a new ledger, and this one stays as it is.";
    assert_eq!(page.told().await?, [sentence]);
    let body: String = page.run("return document.title + document.body.innerText").await?;
    assert!(!body.contains("Nothing has happened yet") && !body.contains("no events yet"), "{body}");

    page.keep_books(1).await?;
    page.wait_for_balance(10_000).await?;
    assert!(page.address().await?.contains("#/my-books/"), "{}", page.address().await?);
    page.visit_beside(&server.address()).await?;
    assert_eq!(page.stored_blocks("books").await?, [1, 2, 3, 4, 5]);
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn a_block_of_a_newer_format_is_not_called_damaged() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = five_events(&browser, &server).await?;
    // Format 1 becomes format 2.
    page.damage_log("books", 5, Some(FORMAT_AT), 0x03).await?;

    page.visit(&server.address()).await?;
    page.wait_for_head(4).await?;
    let sentence = "The log was written by a newer Annals from event 5 on. Events 1 to 4 are intact and can be read \
        and exported. Event 5 is not shown: its format is newer than 1, the newest that this program reads. Nothing is lost, and \
        nothing is appended by this program. Reload the page to get the newer one.";
    assert_eq!(page.told().await?, [sentence]);
    assert_nothing_can_be_appended(&page, "This ledger cannot be read from event 5 on").await?;
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn a_ledger_of_a_newer_program_is_left_alone_and_the_others_can_be_reached() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = five_events(&browser, &server).await?;
    page.age_log("books", 7).await?;

    page.visit(&server.address()).await?;
    page.wait_for_text("This ledger was written by a newer Annals.").await?;
    page.wait_for_text(
        "Nothing was changed; what was saved is kept. Reload the page to get the newer program. Its storage has \
         version 7, this page knows version 1.",
    )
    .await?;
    let body: String = page.run("return document.title + document.body.innerText").await?;
    assert!(!body.contains("Nothing has happened yet") && body.contains("This ledger is not open."), "{body}");
    page.click_named("Settings").await?;
    page.wait_for_text("Export the open ledger").await?;
    page.click_named("New ledger").await?;
    page.keep_books(1).await?;
    page.wait_for_balance(10_000).await?;
    assert!(page.address().await?.contains("#/my-books/"), "{}", page.address().await?);
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}
