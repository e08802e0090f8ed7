//! One page of a browser: a tab or a window.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use fantoccini::{
    Client, Locator,
    actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::Element,
    error::CmdError,
    key::Key,
    wd::WindowHandle,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use crate::{dist::workspace, wait::wait_until, wire};

/// The page that the driver talks to at the moment. All pages of a browser share it and take turns.
pub(crate) type Focus = Arc<Mutex<Option<WindowHandle>>>;

/// How long the pointer takes from one place of a drag to the next.
const DRAG_STEP: Duration = Duration::from_millis(50);

/// What a page shows and stores, in words for whoever reads why a story failed and has no picture.
const STATE: &str = "
    const stores = (await indexedDB.databases()).map((one) => `${one.name} (version ${one.version})`);
    const { tense } = document.documentElement.dataset;
    const text = document.body.innerText.replace(/\\s+/g, ' ').slice(0, 600);
    return `${location.href}, ${document.readyState}, tense ${tense}, databases [${stores}], ` +
        `${localStorage.length} keys in localStorage, it says: ${text}`;";

/// One page of a browser: a tab or a window. Its copies are the same page.
#[derive(Debug, Clone)]
pub struct Page {
    client: Client,
    window: WindowHandle,
    focus: Focus,
}

impl Page {
    pub(crate) fn new(client: Client, window: WindowHandle, focus: Focus) -> Self {
        Self { client, window, focus }
    }

    /// Goes to an address and waits until it has loaded.
    ///
    /// # Errors
    ///
    /// When nothing answers there.
    pub async fn visit(&self, address: &str) -> Result<()> {
        let _turn = self.turn().await?;
        self.client.goto(address).await.with_context(|| format!("{address} does not open"))
    }

    /// Loads the page again.
    ///
    /// # Errors
    ///
    /// When nothing answers.
    pub async fn reload(&self) -> Result<()> {
        let _turn = self.turn().await?;
        self.client.refresh().await.context("the page does not load again")
    }

    /// Runs a script as the body of an async function and gives what it returns.
    ///
    /// # Errors
    ///
    /// When it throws, or returns something that is not a `T`.
    pub async fn run<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        self.run_with(script, Vec::new()).await
    }

    /// As [`Page::run`], with values that the script finds in `arguments`.
    ///
    /// # Errors
    ///
    /// As [`Page::run`].
    pub async fn run_with<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> Result<T> {
        let _turn = self.turn().await?;
        let body = format!("return (async () => {{ {script} }})()");
        let value = self.client.execute(&body, arguments).await.with_context(|| format!("in the script: {script}"))?;
        serde_json::from_value(value).with_context(|| format!("the script returned something else: {script}"))
    }

    /// Waits until a script, run again and again, returns neither `null`, `undefined` nor `false`, and gives that.
    ///
    /// # Errors
    ///
    /// When it does not in time; says what the console said and where the picture of the page is.
    pub async fn wait_for(&self, what: &str, script: &str) -> Result<Value> {
        self.wait_for_with(what, script, &[]).await
    }

    /// As [`Page::wait_for`], with values that the script finds in `arguments`.
    ///
    /// # Errors
    ///
    /// As [`Page::wait_for`].
    pub async fn wait_for_with(&self, what: &str, script: &str, arguments: &[Value]) -> Result<Value> {
        let outcome = wait_until(what, async || {
            let value = self.run_with::<Value>(script, arguments.to_vec()).await?;
            Ok(Some(value).filter(|value| !matches!(value, Value::Null | Value::Bool(false))))
        });
        self.explained(outcome.await).await
    }

    /// Waits until the first element of a selector is there, and gives the text that it shows.
    ///
    /// # Errors
    ///
    /// When it does not appear in time.
    pub async fn text(&self, selector: &str) -> Result<String> {
        self.with_element(Locator::Css(selector), selector, async |element| element.text().await).await
    }

    /// Waits until the page shows a text anywhere.
    ///
    /// # Errors
    ///
    /// When it does not in time.
    pub async fn wait_for_text(&self, text: &str) -> Result<()> {
        let what = format!("the text {text:?}");
        let outcome = wait_until(&what, async || {
            let script = "return document.body.innerText.includes(arguments[0])";
            Ok(self.run_with::<bool>(script, vec![text.into()]).await?.then_some(()))
        });
        self.explained(outcome.await).await
    }

    /// Clicks the first element of a selector, once it is there and nothing covers it.
    ///
    /// # Errors
    ///
    /// When it cannot be clicked in time.
    pub async fn click(&self, selector: &str) -> Result<()> {
        self.with_element(Locator::Css(selector), selector, async |element| element.click().await).await
    }

    /// Clicks the first button, link, tab or menu item of a name: its text, or what a screen reader calls it.
    ///
    /// # Errors
    ///
    /// When it cannot be clicked in time.
    pub async fn click_named(&self, name: &str) -> Result<()> {
        let quoted = xpath_text(name);
        let roles = "self::button or self::a or self::summary or @role='button' or @role='tab' or @role='menuitem'";
        // What lies in a closed dialog is in the page and cannot be seen.
        let seen = "not(ancestor::dialog[not(@open)])";
        let path = format!("//*[{roles}][normalize-space()={quoted} or @aria-label={quoted}][{seen}]");
        self.with_element(Locator::XPath(&path), name, async |element| element.click().await).await
    }

    /// Replaces what the first field of a selector holds by a text, typing it.
    ///
    /// # Errors
    ///
    /// When the field cannot be typed into in time.
    pub async fn fill(&self, selector: &str, text: &str) -> Result<()> {
        self.with_element(Locator::Css(selector), selector, async |element| {
            element.clear().await?;
            element.send_keys(text).await
        })
        .await
    }

    /// Chooses the option of a value in the first list of a selector.
    ///
    /// # Errors
    ///
    /// When it cannot be chosen in time.
    pub async fn choose(&self, selector: &str, value: &str) -> Result<()> {
        self.with_element(Locator::Css(selector), selector, async |element| element.select_by_value(value).await).await
    }

    /// Hands files to the first file input of a selector.
    ///
    /// # Errors
    ///
    /// When there is no such input in time.
    pub async fn upload(&self, selector: &str, files: &[PathBuf]) -> Result<()> {
        let paths: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        let lines = paths.join("\n");
        self.with_element(Locator::Css(selector), selector, async |element| element.send_keys(&lines).await).await
    }

    /// Drags the pointer over the first element of a selector, held down, to shares of its width, one after another.
    ///
    /// # Errors
    ///
    /// When there is no such element in time, or the browser refuses.
    pub async fn drag(&self, selector: &str, shares: &[f64]) -> Result<()> {
        self.wait_for(selector, &format!("return document.querySelector({selector:?}) !== null")).await?;
        let _turn = self.turn().await?;
        let (left, top, width, height) =
            self.client.find(Locator::Css(selector)).await?.rectangle().await.context("it has no place")?;
        let mut actions = MouseActions::new("mouse".to_owned());
        for (number, share) in shares.iter().enumerate() {
            let (x, y) = (left + width * share, top + height / 2.0);
            actions = actions.then(PointerAction::MoveTo { duration: Some(DRAG_STEP), x, y });
            if number == 0 {
                actions = actions.then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
            }
        }
        let actions = actions.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(actions).await.context("the pointer does not move")
    }

    /// Presses a key on the element that has the focus.
    ///
    /// # Errors
    ///
    /// When the page has gone.
    pub async fn press(&self, key: Key) -> Result<()> {
        self.type_text(&String::from(char::from(key))).await
    }

    /// Types into the element that has the focus.
    ///
    /// # Errors
    ///
    /// When the page has gone.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        let _turn = self.turn().await?;
        let element = self.client.active_element().await?;
        element.send_keys(text).await.context("nothing can be typed here")
    }

    /// The addresses of everything the page has asked for since it was loaded, itself included.
    ///
    /// # Errors
    ///
    /// When the page has gone.
    pub async fn requests(&self) -> Result<Vec<String>> {
        let kinds = "['navigation', 'resource']";
        self.run(&format!("return {kinds}.flatMap((kind) => performance.getEntriesByType(kind)).map((e) => e.name)"))
            .await
    }

    /// Saves a picture of the page and gives its path.
    ///
    /// # Errors
    ///
    /// When the picture cannot be taken or saved.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let _turn = self.turn().await?;
        let folder = workspace().join("target").join("stories");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.png"));
        fs::write(&path, self.client.screenshot().await?)?;
        Ok(path)
    }

    /// Sends a command of the `DevTools` protocol, for what a person cannot do: a quota, a slow network, a theme.
    ///
    /// # Errors
    ///
    /// When the browser refuses it.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Result<Value> {
        let _turn = self.turn().await?;
        wire::devtools(&self.client, method, parameters).await
    }

    /// Closes the tab or window.
    ///
    /// # Errors
    ///
    /// When it has gone already.
    pub async fn close(self) -> Result<()> {
        let mut turn = self.turn().await?;
        self.client.close_window().await?;
        *turn = None;
        Ok(())
    }

    /// Puts this page in front of the driver, and keeps it there as long as the turn is held.
    async fn turn(&self) -> Result<MutexGuard<'_, Option<WindowHandle>>> {
        let mut turn = self.focus.lock().await;
        if turn.as_ref() != Some(&self.window) {
            self.client.switch_to_window(self.window.clone()).await.context("the page has gone")?;
            *turn = Some(self.window.clone());
        }
        Ok(turn)
    }

    async fn with_element<T>(
        &self,
        locator: Locator<'_>,
        name: &str,
        act: impl AsyncFn(&Element) -> Result<T, CmdError>,
    ) -> Result<T> {
        let what = format!("{name:?} to be ready");
        let outcome = wait_until(&what, async || {
            let _turn = self.turn().await?;
            let element = self.client.find(locator).await?;
            Ok(Some(act(&element).await?))
        });
        self.explained(outcome.await).await
    }

    /// Adds to a failure what the page looked like.
    async fn explained<T>(&self, outcome: Result<T>) -> Result<T> {
        let Err(error) = outcome else { return outcome };
        let name = std::thread::current().name().unwrap_or("story").replace("::", "-");
        let picture =
            self.screenshot(&name).await.map_or_else(|_| "none".to_owned(), |path| path.display().to_string());
        let console = wire::console(&self.client).await.unwrap_or_default();
        let lines: Vec<String> =
            console.into_iter().map(|entry| format!("\n  {} {}", entry.level, entry.message)).collect();
        let state = self.run::<String>(STATE).await.unwrap_or_else(|_| "unknown: it runs no script".to_owned());
        Err(error.context(format!("picture: {picture}; page: {state}; console:{}", lines.concat())))
    }
}

/// A text as `XPath` writes it, which has no escapes.
fn xpath_text(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
