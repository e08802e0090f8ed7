//! The browser is killed in the midst of long work: an import is there or it is not, and what is kept to start from sooner
//! is there or it is not. No saved event is lost, and the next start is clean.
#![cfg(test)]

use std::{fmt::Write as _, fs, path::PathBuf};

use serde_json::json;
use stories::{Browser, Page, Profile, Result, Server};

const KILLS: u32 = 20;
/// Events of an imported file: the opening of an account and deposits of 0.01. They are enough for a checkpoint.
const EVENTS: u32 = 20_001;
/// In so many frames they are imported, or nearly.
const FRAMES: u32 = 10;

/// Writes a file of an account that no other file knows.
fn written(profile: &Profile, number: u32) -> Result<PathBuf> {
    let mut lines = String::new();
    let mut line = |place: u32, kind: &str, data: &str| {
        let (hour, minute, second) = (place / 3600, place / 60 % 60, place % 60);
        writeln!(
            lines,
            r#"{{"specversion":"1.0","id":"{number}-{place}","source":"/kill","type":"{kind}","subject":"account/IMP-{number:02}","time":"2024-01-02T{hour:02}:{minute:02}:{second:02}Z","dataschema":null,"data":{data}}}"#
        )
    };
    line(0, "AccountOpened", r#"{"owner":"Ada","name":"","currency":"EUR","initial_balance":0}"#)?;
    for place in 1..EVENTS {
        line(place, "MoneyDeposited", r#"{"amount":1,"currency":"EUR","source":"cash"}"#)?;
    }
    let path = profile.downloads().join(format!("import-{number}.jsonl"));
    fs::write(&path, lines.replace(r#""dataschema":null,"#, ""))?;
    Ok(path)
}

/// Presses the button that imports, and comes back some frames later: while events are sealed, while they are made durable,
/// or after that. Tells whether they were durable.
const IMPORT_FOR_A_WHILE: &str = "
    const add = IDBObjectStore.prototype.add;
    let durable = false, isFirst = true;
    IDBObjectStore.prototype.add = function (...record) {
        if (isFirst) this.transaction.addEventListener('complete', () => { durable = true; });
        isFirst = false;
        return add.apply(this, record);
    };
    [...document.querySelectorAll('.imp-a button')].at(-1).click();
    for (let frame = 0; frame < arguments[0]; frame += 1) await new Promise(requestAnimationFrame);
    return durable;";

/// A page at `books`, in which an account was opened.
async fn with_an_account(server: &Server, profile: &Profile) -> Result<(Browser, Page)> {
    let browser = Browser::open(profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.keep_books(1).await?;
    Ok((browser, page))
}

/// The page at `books`, all of it read.
async fn started(browser: &Browser, address: &str) -> Result<Page> {
    let page = browser.page().await?;
    page.visit(&format!("{address}#/books/bank")).await?;
    whole(&page).await?;
    Ok(page)
}

async fn whole(page: &Page) -> Result<()> {
    let whole =
        "return document.querySelector('.tl-table') !== null && !document.documentElement.hasAttribute('data-reading')";
    page.wait_for("the whole ledger", whole).await.map(drop)
}

/// What all accounts hold together, in minor units.
async fn sum(page: &Page) -> Result<String> {
    page.text(".acc-sum .num").await
}

async fn stage(page: &Page, address: &str, file: PathBuf) -> Result<()> {
    let name = page.run::<String>("return document.querySelector('.crumbs select').selectedOptions[0].text").await?;
    let head = page.head().await?;
    page.visit(&format!("{address}#/books/start")).await?;
    page.upload("[data-testid=open-file]", &[file]).await?;
    page.wait_for_text("Import 20,001 events").await?;
    let count = match head {
        1 => "1 event".to_owned(),
        head => format!("{},{:03} events", head / 1000, head % 1000),
    };
    page.pick(&format!("The open ledger, {name} ({count})")).await?;
    page.wait_for_text("Import 20,001 events").await.map(drop)
}

#[tokio::test]
async fn twenty_kills_while_importing_leave_the_whole_file_or_nothing_of_it() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    with_an_account(&server, &profile).await?.0.close().await?;
    let (mut files, mut left_out) = (0, 0);
    for kill in 0..KILLS {
        let browser = Browser::open(&profile).await?;
        let page = started(&browser, &server.address()).await?;
        stage(&page, &server.address(), written(&profile, kill)?).await?;
        let durable = page.run_with::<bool>(IMPORT_FOR_A_WHILE, vec![(kill % FRAMES).into()]).await?;
        browser.kill().await?;

        let browser = Browser::open(&profile).await?;
        let page = started(&browser, &server.address()).await?;
        let head = page.head().await?;
        assert!(head == 1 + files * EVENTS || head == 1 + (files + 1) * EVENTS, "kill {kill}: {head} events");
        if head > 1 + files * EVENTS {
            files += 1;
        } else {
            assert!(!durable, "kill {kill}: it was durable, and is lost");
            left_out += 1;
        }
        let cents = 10_000 + files * (EVENTS - 1);
        let expected = format!("{}.{:02}", cents / 100, cents % 100);
        assert_eq!(sum(&page).await?.replace(',', ""), expected);
        assert_eq!(page.notices().await?, Vec::<String>::new(), "after kill {kill}");
        assert_eq!(browser.complaints().await?, []);
        browser.close().await?;
    }
    println!("of {KILLS} files {files} are there and {left_out} are not");
    Ok(())
}

/// Whenever a page is opened: notes what is saved among what is derived, and can be waited for. The promise ends once so
/// many records are on their way: the checkpoints of both clocks, one more once the second is complete, and the three of the
/// index in one transaction.
const WATCH_SAVING: &str = "
    const put = IDBObjectStore.prototype.put;
    let sent = 0, reached = () => {};
    IDBObjectStore.prototype.put = function (...record) {
        const request = put.apply(this, record);
        if (this.name === 'derived') {
            sent += 1;
            if (sent === 2) this.transaction.addEventListener('complete', () => { sent += 1; reached(); });
            reached();
        }
        return request;
    };
    window.saving = (wanted) => new Promise((done) => {
        reached = () => { if (sent >= wanted) done(); };
        reached();
    });";

/// Deletes what is derived of `books`.
const CLEAR_DERIVED: &str = "
    const database = await new Promise((done, failed) => {
        const request = indexedDB.open('annals.books');
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
    });
    const change = database.transaction('derived', 'readwrite');
    change.objectStore('derived').clear();
    await new Promise((done) => { change.oncomplete = done; });
    database.close();";

#[tokio::test]
async fn twenty_kills_while_keeping_checkpoints_change_nothing() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let (browser, page) = with_an_account(&server, &profile).await?;
    stage(&page, &server.address(), written(&profile, 0)?).await?;
    page.click_named("Import 20,001 events").await?;
    page.wait_for_head(1 + EVENTS).await?;
    browser.close().await?;
    for kill in 0..KILLS {
        let browser = Browser::open(&profile).await?;
        let page = browser.page().await?;
        page.visit_beside(&server.address()).await?;
        page.run::<()>(CLEAR_DERIVED).await?;
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH_SAVING })).await?;
        page.visit(&format!("{}#/books/bank", server.address())).await?;
        page.wait_for_balance(10_000).await?;
        page.run_with::<()>("await saving(arguments[0])", vec![(kill % 7).into()]).await?;
        browser.kill().await?;

        let browser = Browser::open(&profile).await?;
        let page = started(&browser, &server.address()).await?;
        assert_eq!(page.head().await?, 1 + EVENTS, "after kill {kill}");
        assert_eq!(sum(&page).await?, "300.00");
        assert_eq!(page.notices().await?, Vec::<String>::new(), "after kill {kill}");
        assert_eq!(browser.complaints().await?, []);
        browser.close().await?;
    }
    Ok(())
}
