//! The browser is killed while it appends: what it had called saved is there, and whole.
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "stories run natively, where the clock may be read")]

use std::time::Instant;

use serde_json::Value;
use stories::{Browser, Page, Profile, Result, Server, wait_until};

const KILLS: u32 = 20;
/// A browser has been seen to append fewer events than this when it is killed; the first none at all.
const EVENTS_MAX: u32 = 10;

/// Types and sends deposits one after another, as fast as the page takes them, until the page is gone.
const APPEND_FOR_EVER: &str = "
    const field = (name) => [...document.querySelectorAll('.cmd label')]
        .find((one) => one.querySelector('span')?.textContent.trim() === name).querySelector('input');
    const type = (name, text) => {
        field(name).value = text;
        field(name).dispatchEvent(new InputEvent('input', { bubbles: true }));
    };
    const send = document.querySelector('.cmd button[type=submit]');
    const append = () => {
        if (field('Amount').value === '') {
            type('Amount', '0.01');
            type('Source', 'cash');
            type('Why', 'One more');
        }
        if (!send.disabled) send.click();
    };
    setInterval(append, 1);";

/// Every version from the newest to the first, by scrolling through the whole audit timeline.
const ALL_VERSIONS: &str = "
    const box = document.querySelector('.tl-table .scroll');
    const rows = new Map();
    const turn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    for (let top = 0; ; top += Math.max(box.clientHeight, 100)) {
        box.scrollTop = top;
        await turn();
        await turn();
        for (const row of document.querySelectorAll('[data-testid=timeline-row]'))
            rows.set(Number(row.dataset.version), Number(row.dataset.position));
        if (top > box.scrollHeight) break;
    }
    return [...rows].sort((a, b) => a[0] - b[0]);";

/// The page after a start, its log read.
async fn started(browser: &Browser, address: &str) -> Result<Page> {
    let page = browser.page().await?;
    page.visit(address).await?;
    page.wait_for_tense("live").await?;
    page.wait_for("the command", "return document.querySelector('.cmd button[type=submit]') !== null").await?;
    Ok(page)
}

/// How many small blocks a log holds before they are merged.
const FAN_IN: u32 = 64;

/// How many blocks the log is stored in.
const BLOCKS: &str = "
    const [{ name }] = (await indexedDB.databases()).filter((one) => one.name.startsWith('annals.'));
    const database = await new Promise((done, failed) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
    });
    const count = await new Promise((done, failed) => {
        const request = database.transaction('blocks').objectStore('blocks').count();
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
    });
    database.close();
    return count;";

/// A profile in which an account was opened, and the address of that page.
async fn with_an_account(server: &Server) -> Result<(Profile, String)> {
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.wait_for_tense("empty").await?;
    page.fill_labelled("Owner", "Ada").await?;
    page.fill_labelled("Opening deposit", "0.00").await?;
    page.click_named("Open account").await?;
    page.wait_for_head(1).await?;
    let address = page.address().await?;
    browser.close().await?;
    Ok((profile, address))
}

/// Kills the browser again and again while it appends, each time once it has shown the event that `wanted` says of the
/// number of the kill and the last event there was; checks after each start that nothing is lost. Gives the last event
/// that was shown as saved.
async fn kill_often(profile: &Profile, address: &str, wanted: impl Fn(u32, u32) -> u32) -> Result<u32> {
    let since = Instant::now();
    let (mut saved, mut beyond) = (1, 0);
    for kill in 0..KILLS {
        let browser = Browser::open(profile).await?;
        let page = started(&browser, address).await?;
        let found = page.head().await?;
        assert!(found >= saved, "kill {kill}: event {saved} was shown as saved, {found} is the last one left");
        assert_eq!(page.notices().await?, Vec::<String>::new(), "after kill {kill}");
        beyond += found - saved;
        page.run::<Value>(APPEND_FOR_EVER).await?;
        let wanted = wanted(kill, found);
        let reached = async || Ok(Some(page.head().await?).filter(|head| *head >= wanted));
        saved = wait_until(&format!("event {wanted}"), reached).await?;
        browser.kill().await?;
    }
    println!("{KILLS} kills in {:.1} s; {saved} events were shown as saved", since.elapsed().as_secs_f64());
    println!("{beyond} events were saved that nobody had been shown yet");
    Ok(saved)
}

/// Opens the page a last time: every event is there, once, and in order. Gives the number of blocks they lie in.
async fn assert_whole(profile: &Profile, address: &str, saved: u32) -> Result<u32> {
    let browser = Browser::open(profile).await?;
    let page = started(&browser, address).await?;
    let head = page.head().await?;
    assert!(head >= saved);
    let versions: Vec<(u32, u32)> = page.run(ALL_VERSIONS).await?;
    assert_eq!(versions, (1..=head).map(|version| (version, version)).collect::<Vec<_>>());
    assert_eq!(page.balance().await?, Some(i64::from(head) - 1), "every event but the first is a deposit of 0.01");
    assert_eq!(page.notices().await?, Vec::<String>::new());
    assert_eq!(browser.complaints().await?, []);
    let blocks = page.run(BLOCKS).await?;
    browser.close().await?;
    Ok(blocks)
}

#[tokio::test]
async fn twenty_kills_while_appending_lose_nothing_that_was_shown_as_saved() -> Result<()> {
    let server = Server::start()?;
    let (profile, address) = with_an_account(&server).await?;
    let saved = kill_often(&profile, &address, |kill, found| found + kill % EVENTS_MAX).await?;
    assert_whole(&profile, &address, saved).await?;
    Ok(())
}

#[tokio::test]
async fn twenty_kills_while_merging_lose_nothing_that_was_shown_as_saved() -> Result<()> {
    let server = Server::start()?;
    let (profile, address) = with_an_account(&server).await?;
    // The small blocks are merged right after the last of them is durable, and the kill comes some events after that.
    let wanted = |kill: u32, found: u32| (found / FAN_IN + 1) * FAN_IN + kill % 3;
    let saved = kill_often(&profile, &address, wanted).await?;
    let blocks = assert_whole(&profile, &address, saved).await?;
    println!("{saved} events lie in {blocks} blocks");
    assert!(blocks < saved / FAN_IN + 2 * FAN_IN, "{saved} events lie in {blocks} blocks");
    Ok(())
}
