//! The first run: the demo ledger, a drag into the past, an address that leads there, and the way back.
#![cfg(test)]

use stories::{Browser, Key, Page, Profile, Result, Server};

/// What a moment looks like: the tense, the event of the playhead, the balance.
async fn moment(page: &Page) -> Result<(String, u32, Option<i64>)> {
    Ok((page.tense().await?, page.playhead().await?, page.balance().await?))
}

/// The demo ledger with the account that its story is told of, live.
async fn open_demo(page: &Page, server: &Server) -> Result<()> {
    page.visit(&server.address()).await?;
    page.wait_for_tense("empty").await?;
    page.click_named("Open demo").await?;
    page.wait_for_head(100_000).await?;
    page.wait_for_tense("live").await?;
    page.fill("input[type=search]", "ACC-0417").await?;
    page.click("[data-testid=account-row][data-stream='account/ACC-0417']").await?;
    page.wait_for_text("ACC-0417, owner").await
}

#[tokio::test]
async fn the_demo_is_dragged_into_the_past_and_its_address_leads_there_again() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    open_demo(&page, &server).await?;
    let live = moment(&page).await?;
    assert_eq!((live.0.as_str(), live.1), ("live", 100_000));
    assert!(live.2.is_some());

    page.drag("#tb-track", &[0.9, 0.7, 0.5, 0.4]).await?;
    page.wait_for_tense("past").await?;
    // The address follows once the playhead rests.
    let script = "const playhead = document.querySelector('[role=slider][aria-label=Playhead]');
        return location.hash === `#/demo/bank/ACC-0417?at=${playhead.getAttribute('aria-valuenow')}`";
    page.wait_for("the moment in the address", script).await?;
    let past = moment(&page).await?;
    assert!(past.1 > 1 && past.1 < 100_000, "{past:?}");
    assert!(past.2.is_some() && past.2 != live.2, "{past:?} against {live:?}");
    let address = page.address().await?;
    assert!(address.ends_with(&format!("#/demo/bank/ACC-0417?at={}", past.1)), "{address}");
    assert!(page.run::<bool>("return document.querySelector('.cmd button[type=submit]').disabled").await?);
    assert!(page.run::<bool>("return document.querySelector('.cmd fieldset').disabled").await?);
    let reason: String = page
        .run(
            "const reason = document.querySelector('.cmd button[type=submit]').getAttribute('aria-describedby');
             return document.getElementById(reason).innerText",
        )
        .await?;
    assert!(reason.contains("You are looking at the past. Return to live to append."), "{reason}");

    let other = browser.new_window().await?;
    other.visit(&address).await?;
    other.wait_for_tense("past").await?;
    assert_eq!(moment(&other).await?, past);
    assert_eq!(other.head().await?, 100_000);
    other.reload().await?;
    other.wait_for_tense("past").await?;
    assert_eq!(moment(&other).await?, past);
    assert_eq!(other.address().await?, address);

    other.click_named("Return to live").await?;
    other.wait_for_tense("live").await?;
    assert_eq!(moment(&other).await?, live);
    assert_eq!(moment(&page).await?, past, "the first window stays where it was");
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn the_playhead_is_led_by_the_keyboard() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    open_demo(&page, &server).await?;
    page.run::<()>("document.querySelector('[role=slider][aria-label=Playhead]').focus()").await?;
    for (key, position, tense) in [
        (Key::Home, 1, "past"),
        (Key::Right, 2, "past"),
        (Key::Right, 3, "past"),
        (Key::Left, 2, "past"),
        (Key::End, 100_000, "live"),
        (Key::Left, 99_999, "past"),
        (Key::Right, 100_000, "live"),
    ] {
        page.press(key).await?;
        let script = "const playhead = document.querySelector('[role=slider][aria-label=Playhead]');
            return playhead.getAttribute('aria-valuenow') === String(arguments[0])
                && playhead.getAttribute('aria-valuemax') === '100000'
                && document.activeElement === playhead
                && document.documentElement.dataset.tense === arguments[1]";
        let what = format!("event {position} in the {tense} after {key:?}");
        page.wait_for_with(&what, script, &[position.into(), tense.into()]).await?;
    }
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}
