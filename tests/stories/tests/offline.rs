//! Books without a server: once the page has been seen, it needs none.
#![cfg(test)]

use stories::{Browser, Page, Profile, Result, Server};

/// The program has started and the service worker has kept a whole build.
async fn wait_until_kept(page: &Page) -> Result<()> {
    let script = "return (await navigator.serviceWorker.ready).active.state === 'activated' \
                  && navigator.serviceWorker.controller !== null";
    page.wait_for("a copy for offline use", script).await.map(drop)
}

#[tokio::test]
async fn books_are_read_and_written_without_a_server_and_kept_when_it_is_back() -> Result<()> {
    let mut server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.wait_for_tense("empty").await?;
    page.fill_labelled("Owner", "Ada").await?;
    page.fill_labelled("Opening deposit", "100.00").await?;
    page.click_named("Open account").await?;
    page.wait_for_head(1).await?;
    wait_until_kept(&page).await?;
    server.stop()?;

    page.reload().await?;
    page.wait_for_head(1).await?;
    page.wait_for_balance(10_000).await?;
    page.fill_labelled("Amount", "23.45").await?;
    page.fill_labelled("Source", "cash").await?;
    page.fill_labelled("Why", "Found at sea").await?;
    page.click(".cmd button[type=submit]").await?;
    page.wait_for_head(2).await?;
    page.wait_for_balance(12_345).await?;
    page.reload().await?;
    page.wait_for_head(2).await?;
    page.wait_for_balance(12_345).await?;
    assert_eq!(page.notices().await?, Vec::<String>::new());

    server.start_again()?;
    page.reload().await?;
    page.wait_for_head(2).await?;
    page.wait_for_balance(12_345).await?;
    assert_eq!(page.notices().await?, Vec::<String>::new());
    // That the server could not be reached is the browser's own complaint, and true; nothing else is one.
    let complaints = browser.complaints().await?;
    let others: Vec<_> = complaints.iter().filter(|entry| !entry.message.contains("net::ERR_")).collect();
    assert_eq!(others, Vec::<&stories::ConsoleEntry>::new());
    browser.close().await
}
