//! The harness itself: what a story relies on without seeing it.
#![cfg(test)]

use std::fs;

use serde_json::{Value, json};
use stories::{Browser, Key, Profile, Result, Server};

#[tokio::test]
async fn errors_and_warnings_of_any_tab_are_complaints_and_notes_are_not() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    for (page, word) in [(browser.page().await?, "warn"), (browser.new_tab().await?, "error")] {
        page.visit(&server.address()).await?;
        page.run::<Value>(&format!("console.info('a note'); console.{word}('of {word}')")).await?;
    }
    let complaints = browser.complaints().await?;
    let levels: Vec<&str> = complaints.iter().map(|entry| entry.level.as_str()).collect();
    assert_eq!(levels, ["WARNING", "SEVERE"], "{complaints:?}");
    browser.close().await
}

#[tokio::test]
async fn what_was_stored_outlives_a_killed_browser() -> Result<()> {
    const STORE: &str = "
        const request = indexedDB.open('harness', 1);
        request.onupgradeneeded = () => request.result.createObjectStore('kept');
        const base = await new Promise((done) => { request.onsuccess = () => done(request.result); });";
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    let write = "const change = base.transaction('kept', 'readwrite', { durability: 'strict' });
        change.objectStore('kept').put('here', 1);
        await new Promise((done) => { change.oncomplete = done; });";
    page.run::<Value>(&format!("{STORE} {write}")).await?;
    browser.kill().await?;

    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    let read = "const found = base.transaction('kept').objectStore('kept').get(1);
        return await new Promise((done) => { found.onsuccess = () => done(found.result); });";
    assert_eq!(page.run::<String>(&format!("{STORE} {read}")).await?, "here");
    browser.close().await
}

#[tokio::test]
async fn two_tabs_hear_each_other_while_the_driver_looks_at_one() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let (listener, speaker) = (browser.page().await?, browser.new_window().await?);
    listener.visit(&server.address()).await?;
    speaker.visit(&server.address()).await?;
    let listen =
        "window.channel = new BroadcastChannel('harness'); channel.onmessage = (e) => { window.heard = e.data }";
    listener.run::<Value>(listen).await?;
    speaker.run::<Value>("new BroadcastChannel('harness').postMessage('hello')").await?;
    assert_eq!(listener.wait_for("the word", "return window.heard").await?, json!("hello"));
    browser.close().await
}

#[tokio::test]
async fn a_page_can_be_typed_into_clicked_and_handed_a_file() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open_with(&profile, &["--window-size=500,740"]).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.run::<Value>(
        "document.body.innerHTML = `<input id=name><input id=file type=file><button>Say it</button><output></output>`;
         document.querySelector('button').onclick = async () => {
           const text = await document.querySelector('#file').files[0].text();
           document.querySelector('output').textContent = `${text} ${document.querySelector('#name').value}`;
         };",
    )
    .await?;
    let file = profile.downloads().join("greeting.txt");
    fs::write(&file, "Good day,")?;
    page.upload("#file", &[file]).await?;
    page.fill("#name", "Adb").await?;
    page.press(Key::Backspace).await?;
    page.type_text("a").await?;
    page.click_named("Say it").await?;
    page.wait_for_text("Good day, Ada").await?;
    assert_eq!(page.text("output").await?, "Good day, Ada");
    assert!(fs::read(page.screenshot("harness").await?)?.starts_with(b"\x89PNG"));
    assert_eq!(page.run::<u32>("return innerWidth").await?, 500);
    browser.close().await
}
