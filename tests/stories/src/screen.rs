//! What the screen says: the things that README.md promises to whoever drives the page from outside.

use anyhow::{Context as _, Result};

use crate::page::Page;

impl Page {
    /// The tense of the page: `empty`, `live` or `past`.
    ///
    /// # Errors
    ///
    /// When the page has gone or has none.
    pub async fn tense(&self) -> Result<String> {
        self.run("return document.documentElement.dataset.tense").await
    }

    /// The position of the last durable event.
    ///
    /// # Errors
    ///
    /// When the page has gone or shows none.
    pub async fn head(&self) -> Result<u32> {
        self.run("return Number(document.querySelector('[data-testid=head]').dataset.position)").await
    }

    /// The balance of the chosen account in minor units; `None` before it opened.
    ///
    /// # Errors
    ///
    /// When the page has gone or has no account.
    pub async fn balance(&self) -> Result<Option<i64>> {
        let minor = "return document.querySelector('[data-testid=balance]').dataset.minor ?? null";
        let minor: Option<String> = self.run(minor).await?;
        minor.map(|text| text.parse().with_context(|| format!("{text:?} is no balance"))).transpose()
    }

    /// The number of the event at which the playhead stands.
    ///
    /// # Errors
    ///
    /// When the page has gone or has no playhead.
    pub async fn playhead(&self) -> Result<u32> {
        let now = "document.querySelector('[role=slider][aria-label=Playhead]').getAttribute('aria-valuenow')";
        self.run(&format!("return Number({now})")).await
    }

    /// The address, as a person would copy it.
    ///
    /// # Errors
    ///
    /// When the page has gone.
    pub async fn address(&self) -> Result<String> {
        self.run("return location.href").await
    }

    /// Waits until the last durable event has this position.
    ///
    /// # Errors
    ///
    /// When it has not in time.
    pub async fn wait_for_head(&self, position: u32) -> Result<()> {
        let script = format!("return document.querySelector('[data-testid=head]')?.dataset.position === '{position}'");
        self.wait_for(&format!("event {position} at the head"), &script).await.map(drop)
    }

    /// Waits until the page is in a tense.
    ///
    /// # Errors
    ///
    /// When it is not in time.
    pub async fn wait_for_tense(&self, tense: &str) -> Result<()> {
        let script = format!("return document.documentElement.dataset.tense === '{tense}'");
        self.wait_for(&format!("the tense {tense}"), &script).await.map(drop)
    }

    /// Waits until the chosen account has a balance in minor units.
    ///
    /// # Errors
    ///
    /// When it has not in time.
    pub async fn wait_for_balance(&self, minor: i64) -> Result<()> {
        let script = format!("return document.querySelector('[data-testid=balance]')?.dataset.minor === '{minor}'");
        self.wait_for(&format!("a balance of {minor}"), &script).await.map(drop)
    }

    /// The positions and versions of the rows of the audit timeline, as they stand from top to bottom.
    ///
    /// # Errors
    ///
    /// When the page has gone.
    pub async fn timeline(&self) -> Result<Vec<(u32, u32)>> {
        self.run(
            "return [...document.querySelectorAll('[data-testid=timeline-row]')]
                 .map((row) => [Number(row.dataset.position), Number(row.dataset.version)])",
        )
        .await
    }

    /// What is told and not put away: the notices of the page.
    ///
    /// # Errors
    ///
    /// When the page has gone.
    pub async fn notices(&self) -> Result<Vec<String>> {
        self.run("return [...document.querySelectorAll('.notices .notice, .notice.bad')].map((one) => one.innerText)")
            .await
    }

    /// The sentences of the notices of the page, without the words of their buttons.
    ///
    /// # Errors
    ///
    /// When the page has gone.
    pub async fn told(&self) -> Result<Vec<String>> {
        self.run("return [...document.querySelectorAll('.notices .notice p')].map((one) => one.innerText)").await
    }

    /// Replaces what the field with this visible label holds by a text, typing it.
    ///
    /// # Errors
    ///
    /// When there is no such field that can be typed into in time.
    pub async fn fill_labelled(&self, label: &str, text: &str) -> Result<()> {
        let script = "
            const label = [...document.querySelectorAll('label')].find((one) =>
                one.querySelector('span')?.textContent.trim() === arguments[0] && one.checkVisibility());
            const field = label?.querySelector('input:not([type=radio]), select, textarea');
            if (!field || field.matches(':disabled')) return false;
            field.focus();
            field.select();
            return document.activeElement === field;";
        self.wait_for_with(&format!("the field {label:?}"), script, &[label.into()]).await?;
        self.type_text(text).await
    }

    /// Chooses the radio button with this visible label.
    ///
    /// # Errors
    ///
    /// When it cannot be chosen in time.
    pub async fn pick(&self, label: &str) -> Result<()> {
        let script = "
            const label = [...document.querySelectorAll('label')].find((one) =>
                one.textContent.trim() === arguments[0] && one.querySelector('input[type=radio]'));
            const radio = label?.querySelector('input');
            if (!radio || radio.matches(':disabled')) return false;
            label.click();
            return radio.checked;";
        self.wait_for_with(&format!("the choice {label:?}"), script, &[label.into()]).await.map(drop)
    }
}
