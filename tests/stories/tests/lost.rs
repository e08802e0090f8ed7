//! The browser loses a ledger, its end, or replaces it: that is told with the counts, never shown as a first visit.
#![cfg(test)]

use stories::{Browser, Page, Profile, Result, Server};

const RESTORED: &str = "Imported 5 events. 5 rows from books";

/// Five events in `books`, exported to a file, on a page on which Annals does not run.
async fn five_events_exported(
    browser: &Browser,
    server: &Server,
    profile: &Profile,
) -> Result<(Page, std::path::PathBuf)> {
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.keep_books(5).await?;
    let file = page.export_ledger(profile).await?;
    page.visit_beside(&server.address()).await?;
    assert_eq!(page.stored_blocks("books").await?, [1, 2, 3, 4, 5]);
    Ok((page, file))
}

/// All five events are shown, and nothing but that they were imported is told.
async fn assert_restored(page: &Page) -> Result<()> {
    page.wait_for_head(5).await?;
    page.wait_for_tense("live").await?;
    page.wait_for_balance(14_000).await?;
    assert_eq!(page.timeline().await?, [(5, 5), (4, 4), (3, 3), (2, 2), (1, 1)]);
    page.wait_for_text("Imported 5 events.").await?;
    let told = page.told().await?;
    assert!(told.len() == 1 && told[0].starts_with(RESTORED), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn a_deleted_database_is_told_with_its_count_and_restored_from_the_exported_file() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let (page, file) = five_events_exported(&browser, &server, &profile).await?;
    page.delete_log("books").await?;

    page.visit(&server.address()).await?;
    page.wait_for_text("The browser has lost this ledger.").await?;
    let sentence = "The browser has lost this ledger. It held 5 events when it was last open here and is empty now: \
        the browser's storage was cleared, evicted or damaged. Restore it from a file that you exported: it goes into \
        this ledger.";
    assert_eq!(page.told().await?, [sentence]);
    assert_eq!((page.tense().await?.as_str(), page.head().await?), ("empty", 0));
    let body: String = page.run("return document.title + document.body.innerText").await?;
    assert!(!body.contains("Nothing has happened yet") && !body.contains("no events yet"), "{body}");
    assert!(body.contains("The events of this ledger are lost.") && body.contains("5 events lost"), "{body}");

    // What is not accepted yet is told again.
    page.reload().await?;
    page.wait_for_text(sentence).await?;
    page.restore_from(file).await?;
    page.wait_for_text("Import 5 events").await?;
    assert_eq!(page.import_target().await?, "The open ledger, My books (no events)");
    page.click_named("Import 5 events").await?;
    assert_restored(&page).await?;

    page.reload().await?;
    page.wait_for_head(5).await?;
    page.wait_for_balance(14_000).await?;
    assert_eq!(page.told().await?, Vec::<String>::new());
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn a_shortened_log_is_told_with_both_counts_and_its_whole_is_restored_beside_it() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let (page, file) = five_events_exported(&browser, &server, &profile).await?;
    page.cut_log("books", 3).await?;

    page.visit(&server.address()).await?;
    page.wait_for_head(3).await?;
    page.wait_for_balance(12_000).await?;
    let sentence = "The browser has lost the end of this ledger. It held 5 events when it was last open here; 3 are \
        left, intact, and can be read and exported. Restore the whole from a file that you exported: it becomes a new \
        ledger, and this one stays as it is.";
    assert_eq!(page.told().await?, [sentence]);
    assert_eq!(page.timeline().await?, [(3, 3), (2, 2), (1, 1)]);

    page.restore_from(file).await?;
    page.wait_for_text("Import 5 events").await?;
    assert_eq!(page.import_target().await?, "A new ledger");
    page.click_named("Import 5 events").await?;
    assert_restored(&page).await?;

    page.visit_beside(&server.address()).await?;
    assert_eq!(page.stored_blocks("books").await?, [1, 2, 3], "what was left is as it was");
    page.visit(&format!("{}#/books", server.address())).await?;
    page.wait_for_head(3).await?;
    assert_eq!(page.told().await?, [sentence], "the shortened ledger is not taken for whole");
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn another_history_in_the_place_of_the_one_that_was_seen_is_told() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let (page, file) = five_events_exported(&browser, &server, &profile).await?;
    page.visit(&format!("{}#/other", server.address())).await?;
    page.keep_books(6).await?;
    page.visit_beside(&server.address()).await?;
    page.replace_log("books", "other").await?;

    page.visit(&format!("{}#/books", server.address())).await?;
    page.wait_for_head(6).await?;
    page.wait_for_balance(15_000).await?;
    let sentence = "This is not the history that was here before. The events do not continue what was last seen in \
        this browser: its storage was replaced or damaged. What is here can be read and exported. Restore the whole \
        from a file that you exported: it becomes a new ledger, and this one stays as it is.";
    assert_eq!(page.told().await?, [sentence]);

    page.restore_from(file).await?;
    page.wait_for_text("Import 5 events").await?;
    assert_eq!(page.import_target().await?, "A new ledger");
    page.click_named("Import 5 events").await?;
    assert_restored(&page).await?;
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn a_ledger_deleted_while_it_is_open_can_still_be_exported_and_is_restored_from_that() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.keep_books(5).await?;
    let beside = browser.new_tab().await?;
    beside.visit_beside(&server.address()).await?;
    beside.delete_log("books").await?;

    page.type_deposit("1.00", "Too late").await?;
    page.click(".cmd button[type=submit]").await?;
    page.wait_for_text(
        "This ledger was deleted while it was open here. Another tab or the browser has cleared or replaced its \
         storage. Nothing was appended. The events shown are in this tab only: export them in Settings before you \
         close or reload it.",
    )
    .await?;
    assert_eq!((page.head().await?, page.balance().await?), (5, Some(14_000)));
    let file = page.export_ledger(&profile).await?;

    page.reload().await?;
    page.wait_for_text("It held 5 events when it was last open here and is empty now").await?;
    page.restore_from(file).await?;
    page.click_named("Import 5 events").await?;
    assert_restored(&page).await?;
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn a_log_that_is_cut_while_it_is_open_takes_no_event_of_the_page_that_knows_more() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.keep_books(3).await?;
    let beside = browser.new_tab().await?;
    beside.visit_beside(&server.address()).await?;
    beside.cut_log("books", 2).await?;

    page.type_deposit("1.00", "Behind what is gone").await?;
    page.click(".cmd button[type=submit]").await?;
    page.wait_for_text("What is stored is not the history shown here any more. Another tab or the browser has").await?;
    assert_eq!((page.head().await?, page.balance().await?), (3, Some(12_000)));
    assert_eq!(beside.stored_blocks("books").await?, [1, 2]);
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

/// The profile of a browser that was killed when there were five events in `books`.
async fn killed_after_five_events(server: &Server) -> Result<Profile> {
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.keep_books(5).await?;
    browser.kill().await?;
    Ok(profile)
}

#[tokio::test]
async fn half_a_record_that_a_kill_left_behind_takes_nothing_with_it_that_is_saved_later() -> Result<()> {
    let server = Server::start()?;
    let profile = killed_after_five_events(&server).await?;
    // As many browsers as would each lose what the one before has saved.
    for found in [5, 7, 9] {
        profile.tear_databases()?;
        let browser = Browser::open(&profile).await?;
        let page = browser.page().await?;
        page.visit(&server.address()).await?;
        page.wait_for_head(found).await?;
        assert_eq!(page.told().await?, Vec::<String>::new());
        // The kill took the name along with what else the browser had not written down yet.
        page.fill_labelled("Who", "Ada").await?;
        for event in [found + 1, found + 2] {
            page.type_deposit("10.00", &format!("Deposit {event}")).await?;
            page.click(".cmd button[type=submit]").await?;
            page.wait_for_head(event).await?;
        }
        assert_eq!(browser.complaints().await?, []);
        browser.kill().await?;
    }
    Ok(())
}

#[tokio::test]
async fn half_a_record_takes_nothing_with_it_when_a_ledger_is_made_behind_it() -> Result<()> {
    let server = Server::start()?;
    let profile = killed_after_five_events(&server).await?;
    profile.tear_databases()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&format!("{}#/other", server.address())).await?;
    page.wait_for_tense("empty").await?;
    browser.kill().await?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&format!("{}#/books", server.address())).await?;
    page.wait_for_head(5).await?;
    browser.close().await
}

#[tokio::test]
async fn a_ledger_that_is_stored_is_there_though_the_list_of_ledgers_was_lost() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    for (ledger, events) in [("household", 3), ("shop", 2)] {
        page.visit(&format!("{}#/{ledger}", server.address())).await?;
        page.keep_books(events).await?;
        page.visit_beside(&server.address()).await?;
    }
    page.run::<()>("localStorage.clear()").await?;

    page.visit(&server.address()).await?;
    page.wait_for_head(3).await?;
    page.wait_for_balance(12_000).await?;
    assert_eq!(page.told().await?, Vec::<String>::new());
    let listed = "return [...document.querySelectorAll('select[aria-label=Ledger] option')].map((one) => one.value)";
    assert_eq!(page.run::<Vec<String>>(listed).await?, ["household", "shop"]);
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}
