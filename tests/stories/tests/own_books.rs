//! Books of one's own: an account is started by a form and lives from commands.
#![cfg(test)]

use stories::{Browser, Page, Profile, Result, Server};

/// The sentence under the command's fields: what it appends and what the balance becomes.
const PROMISE: &str = ".cmd .then";

/// The button that sends the command.
const SEND: &str = ".cmd button[type=submit]";

#[tokio::test]
async fn an_account_of_ones_own_is_opened_lives_from_commands_and_outlives_a_reload() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    // Wide enough for all columns of the audit timeline.
    let browser = Browser::open_with(&profile, &["--window-size=1700,1100"]).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.wait_for_tense("empty").await?;
    page.fill_labelled("Owner", "Ada Byron").await?;
    page.fill_labelled("Opening deposit", "100.00").await?;
    page.click_named("Open account").await?;
    page.wait_for_head(1).await?;
    page.wait_for_balance(10_000).await?;
    assert_eq!(page.tense().await?, "live");
    assert_eq!(page.timeline().await?, [(1, 1)]);

    page.fill_labelled("Amount", "250.50").await?;
    page.fill_labelled("Source", "cash").await?;
    page.fill_labelled("Who", "a.byron").await?;
    page.wait_for_text("Say why.").await?;
    page.fill_labelled("Why", "Opening float").await?;
    page.wait_for_text("Appends MoneyDeposited as version 2 of ACC-0001. The balance becomes").await?;
    assert!(page.text(PROMISE).await?.contains("350.50"), "{}", page.text(PROMISE).await?);
    page.click(SEND).await?;
    page.wait_for_head(2).await?;
    page.wait_for_balance(35_050).await?;
    page.wait_for_text("Saved MoneyDeposited: version 2 of ACC-0001, event 2.").await?;

    page.pick("Withdraw").await?;
    page.fill_labelled("Amount", "50.25").await?;
    page.fill_labelled("Place", "Bergen, quay").await?;
    page.fill_labelled("Why", "Ferry ticket").await?;
    page.wait_for_text("Appends MoneyWithdrawn as version 3 of ACC-0001.").await?;
    page.click(SEND).await?;
    page.wait_for_head(3).await?;
    page.wait_for_balance(30_025).await?;
    assert_eq!(page.timeline().await?, [(3, 3), (2, 2), (1, 1)]);
    let rows: String = page.text(".tl-table .scroll").await?;
    for text in ["MoneyWithdrawn", "50.25", "300.25", "a.byron", "Ferry ticket", "Opening float", "Account opened"] {
        assert!(rows.contains(text), "{text} is not in the audit timeline: {rows}");
    }

    page.fill_labelled("Amount", "300.26").await?;
    page.fill_labelled("Place", "Bergen, quay").await?;
    page.wait_for_text("the account holds EUR 300.25 and may go EUR 0.00 below zero").await?;
    assert!(page.run::<bool>(&format!("return document.querySelector({SEND:?}).disabled")).await?);
    assert_eq!((page.head().await?, page.balance().await?), (3, Some(30_025)));

    page.reload().await?;
    page.wait_for_head(3).await?;
    page.wait_for_balance(30_025).await?;
    page.wait_for("three rows", "return document.querySelectorAll('[data-testid=timeline-row]').length === 3").await?;
    assert_eq!(page.timeline().await?, [(3, 3), (2, 2), (1, 1)]);
    assert_eq!(page.tense().await?, "live");
    assert_no_notice(&page).await?;
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

async fn assert_no_notice(page: &Page) -> Result<()> {
    assert_eq!(page.notices().await?, Vec::<String>::new());
    Ok(())
}
