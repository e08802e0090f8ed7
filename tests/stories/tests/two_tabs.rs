//! Two windows of one person on the same ledger: both see every event, and of racing writers one wins.
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "stories run natively, where the clock may be read")]

use std::time::Instant;

use serde_json::Value;
use stories::{Browser, Page, Profile, Result, Server};

/// The button that sends the command.
const SEND: &str = ".cmd button[type=submit]";

/// A withdrawal, typed and allowed but not sent.
async fn type_withdrawal(page: &Page, amount: &str, who: &str) -> Result<()> {
    page.pick("Withdraw").await?;
    page.fill_labelled("Amount", amount).await?;
    page.fill_labelled("Place", "Bergen, quay").await?;
    page.fill_labelled("Who", who).await?;
    page.fill_labelled("Why", &format!("What {who} needs")).await?;
    page.wait_for("the button", &format!("return !document.querySelector({SEND:?}).disabled")).await.map(drop)
}

/// What has become of the command of a window.
async fn outcome(page: &Page) -> Result<String> {
    let said = page.wait_for("an outcome", "return document.querySelector('.cmd [role=status]').innerText || null");
    Ok(said.await?.as_str().unwrap_or_default().to_owned())
}

/// Two windows on an account with this much in it, owned by Ada.
async fn two_windows(browser: &Browser, server: &Server, deposit: &str) -> Result<(Page, Page)> {
    let one = browser.page().await?;
    one.visit(&server.address()).await?;
    one.wait_for_tense("empty").await?;
    one.fill_labelled("Owner", "Ada").await?;
    one.fill_labelled("Opening deposit", deposit).await?;
    one.click_named("Open account").await?;
    one.wait_for_head(1).await?;
    let address = one.address().await?;
    let other = browser.new_window().await?;
    other.visit(&address).await?;
    other.wait_for_head(1).await?;
    Ok((one, other))
}

#[tokio::test]
async fn of_two_windows_that_take_the_last_money_at_once_one_is_refused_and_told_by_whom() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let (one, other) = two_windows(&browser, &server, "100.00").await?;
    type_withdrawal(&one, "80.00", "anna").await?;
    type_withdrawal(&other, "70.00", "bert").await?;

    // Both send on one signal: neither has heard of the other's event then.
    for page in [&one, &other] {
        page.run_with::<Value>(
            "window.signal = new BroadcastChannel('signal');
             signal.onmessage = () => document.querySelector(arguments[0]).click();",
            vec![SEND.into()],
        )
        .await?;
    }
    one.run::<Value>("new BroadcastChannel('signal').postMessage('now')").await?;
    let said = [outcome(&one).await?, outcome(&other).await?];

    let winner = said.iter().position(|text| text.contains("Saved MoneyWithdrawn: version 2 of ACC-0001, event 2."));
    let winner = winner.unwrap_or_else(|| panic!("nobody won: {said:?}"));
    let refused = &said[1 - winner];
    let (name, left, asked) = if winner == 0 { ("anna", 2_000, "70.00") } else { ("bert", 3_000, "80.00") };
    let reason = format!(
        "Not appended. {name} wrote version 2 of ACC-0001 first (MoneyWithdrawn, “What {name} needs”). \
         Checked against that, it is refused: EUR {asked} were asked for"
    );
    assert!(refused.contains(&reason), "{refused:?} does not say {reason:?}");
    for page in [&one, &other] {
        page.wait_for_balance(left).await?;
        page.wait_for_head(2).await?;
        assert_eq!(page.timeline().await?, [(2, 2), (1, 1)]);
    }
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn an_event_of_one_window_is_seen_in_the_other_at_once_and_counts_for_what_it_typed() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let (one, other) = two_windows(&browser, &server, "100.00").await?;
    type_withdrawal(&one, "100.00", "anna").await?;
    type_withdrawal(&other, "100.00", "bert").await?;
    one.click(SEND).await?;
    one.wait_for_balance(0).await?;
    let since = Instant::now();
    other.wait_for_head(2).await?;
    other.wait_for_balance(0).await?;
    println!("the other window shows the event {} ms after the first", since.elapsed().as_millis());
    assert_eq!(other.timeline().await?, [(2, 2), (1, 1)]);

    other.wait_for_text("EUR 100.00 were asked for; the account holds EUR 0.00").await?;
    assert!(other.run::<bool>(&format!("return document.querySelector({SEND:?}).disabled")).await?);
    other.pick("Deposit").await?;
    other.fill_labelled("Amount", "5.00").await?;
    other.fill_labelled("Source", "cash").await?;
    other.click(SEND).await?;
    for page in [&other, &one] {
        page.wait_for_head(3).await?;
        page.wait_for_balance(500).await?;
    }
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}
