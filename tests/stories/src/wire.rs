//! Commands of Chromium's driver that the `WebDriver` standard does not have.

use anyhow::{Context as _, Result};
use fantoccini::{Client, wd::WebDriverCompatibleCommand};
use serde::Deserialize;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A line of the browser's console, or a complaint of the browser itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ConsoleEntry {
    /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub level: String,
    /// Where it comes from (an address, line and column) and what it says.
    pub message: String,
}

impl ConsoleEntry {
    /// Whether it is an error or a warning.
    #[must_use]
    pub fn is_complaint(&self) -> bool {
        matches!(self.level.as_str(), "SEVERE" | "WARNING")
    }
}

/// One call of such a command: where it goes below the session, and what it carries.
#[derive(Debug)]
struct Call {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Call {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

/// Takes the lines that the console has gathered since the last time.
pub(crate) async fn console(client: &Client) -> Result<Vec<ConsoleEntry>> {
    let call = Call { path: "se/log", body: json!({ "type": "browser" }) };
    let lines = client.issue_cmd(call).await.context("the console cannot be read")?;
    Ok(serde_json::from_value(lines)?)
}

/// Sends a command of the `DevTools` protocol to the window in front.
pub(crate) async fn devtools(client: &Client, method: &str, parameters: Value) -> Result<Value> {
    let call = Call { path: "goog/cdp/execute", body: json!({ "cmd": method, "params": parameters }) };
    client.issue_cmd(call).await.with_context(|| format!("the browser refused {method}"))
}
