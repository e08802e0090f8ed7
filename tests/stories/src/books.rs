//! Books of one account, kept through the page: what many stories begin with.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::{browser::Profile, page::Page, wait::wait_until};

/// The button that sends the command of the form.
const SEND: &str = ".cmd button[type=submit]";

impl Page {
    /// Opens ACC-0001 of Ada with EUR 100.00 in the open, empty ledger, and deposits EUR 10.00 until there are this
    /// many events. Each is a commit of its own, and so a block.
    ///
    /// # Errors
    ///
    /// When the page does not take them.
    pub async fn keep_books(&self, events: u32) -> Result<()> {
        self.wait_for_tense("empty").await?;
        self.fill_labelled("Owner", "Ada").await?;
        self.fill_labelled("Opening deposit", "100.00").await?;
        self.click_named("Open account").await?;
        self.wait_for_head(1).await?;
        for event in 2..=events {
            self.type_deposit("10.00", &format!("Deposit {event}")).await?;
            self.click(SEND).await?;
            self.wait_for_head(event).await?;
        }
        Ok(())
    }

    /// Types a deposit and does not send it.
    ///
    /// # Errors
    ///
    /// When the page has no such form.
    pub async fn type_deposit(&self, amount: &str, why: &str) -> Result<()> {
        self.fill_labelled("Amount", amount).await?;
        self.fill_labelled("Source", "cash").await?;
        self.fill_labelled("Why", why).await
    }

    /// Exports the whole of the open ledger through the settings, as one `CloudEvent` a line.
    ///
    /// # Errors
    ///
    /// When no file comes of it in time.
    pub async fn export_ledger(&self, profile: &Profile) -> Result<PathBuf> {
        self.click_named("Settings").await?;
        self.click_named("Export").await?;
        let said = "return document.querySelector('[data-testid=export-outcome]')?.innerText || false";
        let said = self.wait_for("an export", said).await?;
        let name = said.as_str().and_then(|text| text.strip_prefix("Saved ")?.split(',').next());
        let name = name.with_context(|| format!("nothing was saved: {said}"))?;
        let path = profile.downloads().join(name);
        wait_until(name, async || Ok(path.is_file().then_some(()))).await?;
        // The next export of the day has the same name, and may hold other events.
        let kept = path.with_extension(format!("{}-events.jsonl", self.head().await?));
        fs::rename(&path, &kept)?;
        Ok(kept)
    }

    /// Asks by the button of a notice for a file to restore from, and gives it one.
    ///
    /// # Errors
    ///
    /// When the button asks for nothing.
    pub async fn restore_from(&self, file: PathBuf) -> Result<()> {
        // No browser without a window shows a dialog for files; that it would is seen by the click that opens it.
        let listen = "
            window.asked = false;
            document.getElementById('restore-file').addEventListener('click', (event) => {
                event.preventDefault();
                window.asked = true;
            }, { once: true });";
        self.run::<()>(listen).await?;
        self.click_named("Restore from a file").await?;
        ensure!(self.run::<bool>("return window.asked").await?, "the button does not ask for a file");
        self.upload("#restore-file", &[file]).await
    }

    /// Into which ledger the import dialog says that the file goes.
    ///
    /// # Errors
    ///
    /// When there is no dialog in time.
    pub async fn import_target(&self) -> Result<String> {
        let chosen =
            "return document.querySelector('input[name=imp-target]:checked')?.closest('label').innerText.trim()";
        let chosen = self.wait_for("the choice of a ledger", chosen).await?;
        Ok(chosen.as_str().unwrap_or_default().to_owned())
    }
}
