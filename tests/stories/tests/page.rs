//! The page itself: it starts, keeps to its own origin, and needs no server once it has been seen.
#![cfg(test)]

use std::fs;

use serde_json::Value;
use stories::{Browser, Page, Profile, Result, Server, copy_of_dist};

/// The program has started and the service worker has kept a whole build.
async fn wait_until_kept(page: &Page) -> Result<()> {
    let script = "return (await navigator.serviceWorker.ready).active.state === 'activated' \
                  && navigator.serviceWorker.controller !== null";
    page.wait_for("a copy for offline use", script).await?;
    Ok(())
}

#[tokio::test]
async fn the_page_opens_with_a_clean_console_and_asks_only_its_own_origin() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    wait_until_kept(&page).await?;

    let requests = page.requests().await?;
    assert!(requests.iter().any(|address| address.contains("_bg.wasm")), "{requests:?}");
    let strangers: Vec<_> = requests.iter().filter(|address| !address.starts_with(&server.address())).collect();
    assert_eq!(strangers, Vec::<&String>::new());
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}

#[tokio::test]
async fn the_page_works_without_its_server_once_it_has_been_seen() -> Result<()> {
    let mut server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    wait_until_kept(&page).await?;
    server.stop()?;

    page.reload().await?;
    assert_started(&page).await?;
    let other = browser.new_tab().await?;
    other.visit(&format!("{}#/anywhere", server.address())).await?;
    assert_started(&other).await?;
    browser.kill().await?;

    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    assert_started(&page).await?;
    browser.close().await
}

async fn assert_started(page: &Page) -> Result<()> {
    let script = "return performance.getEntriesByType('resource').some((e) => e.name.endsWith('.wasm'))";
    page.wait_for("the program", script).await?;
    assert_eq!(page.run::<Value>("return document.querySelector('#boot-failure')").await?, Value::Null);
    Ok(())
}

#[tokio::test]
async fn a_new_build_is_seen_at_the_next_visit_and_replaces_the_kept_one() -> Result<()> {
    let build = copy_of_dist()?;
    let mut server = Server::of(build.path())?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    wait_until_kept(&page).await?;
    let first: Vec<String> = page.run("return caches.keys()").await?;

    for (file, from, to) in
        [("index.html", "<title>", "<meta name=\"anew\"><title>"), ("sw.js", "BUILD = \"", "BUILD = \"next-")]
    {
        let path = build.path().join(file);
        let text = fs::read_to_string(&path)?;
        assert!(text.contains(from), "{file} no longer holds {from}");
        fs::write(&path, text.replace(from, to))?;
    }
    page.reload().await?;
    page.wait_for("the new page", "return document.querySelector('meta[name=anew]') !== null").await?;
    let kept = "const names = await caches.keys(); return names.length === 1 && names[0].includes('next-') && names";
    let second: Vec<String> = serde_json::from_value(page.wait_for("the new build to be kept", kept).await?)?;
    assert_ne!(first, second);

    server.stop()?;
    page.reload().await?;
    page.wait_for("the new page, offline", "return document.querySelector('meta[name=anew]') !== null").await?;
    browser.close().await
}

#[tokio::test]
async fn the_content_policy_is_in_force() -> Result<()> {
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.run::<Value>(
        "window.blocked = [];
         addEventListener('securitypolicyviolation', (event) => window.blocked.push(event.effectiveDirective));
         const inline = Object.assign(document.createElement('script'), { textContent: 'window.ran = true' });
         const form = Object.assign(document.createElement('form'), { action: 'http://127.0.0.1:9/' });
         document.body.append(inline, form);
         setTimeout('window.ran = true');
         form.submit();
         await fetch('http://127.0.0.1:9/').catch(() => {});",
    )
    .await?;
    let wanted = "['script-src-elem', 'script-src', 'connect-src', 'form-action']";
    page.wait_for("all four to be blocked", &format!("return {wanted}.every((name) => blocked.includes(name))"))
        .await?;
    assert!(!page.run::<bool>("return window.ran === true").await?);
    browser.close().await
}

#[tokio::test]
async fn a_program_that_does_not_load_is_said_in_the_page() -> Result<()> {
    let build = copy_of_dist()?;
    for entry in fs::read_dir(build.path())? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "wasm") {
            fs::remove_file(path)?;
        }
    }
    let server = Server::of(build.path())?;
    let profile = Profile::new()?;
    let browser = Browser::open(&profile).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.wait_for_text("A part of the program could not be loaded.").await?;
    browser.close().await
}
