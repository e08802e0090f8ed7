//! A real browser, on a profile that outlives it.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, Result, ensure};
use fantoccini::{Client, ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::{
    driver::Driver,
    page::{Focus, Page},
    processes,
    wire::{self, ConsoleEntry},
};

/// How every browser of a story is started.
const FLAGS: [&str; 15] = [
    "--headless=new",
    "--window-size=1280,800",
    "--lang=en-US",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    // A tab behind another one works on at full speed.
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    // No way out of this machine, whatever page or browser try.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--force-color-profile=srgb",
];

const SCRIPT_MILLISECONDS: u32 = 120_000;

/// What a browser keeps between two runs: databases, caches, settings. Deleted when dropped.
#[derive(Debug)]
pub struct Profile {
    folder: TempDir,
}

impl Profile {
    /// An empty profile.
    ///
    /// # Errors
    ///
    /// When no temporary folder can be made.
    pub fn new() -> Result<Self> {
        let folder = TempDir::new().context("no temporary folder can be made")?;
        fs::create_dir(folder.path().join("downloads"))?;
        Ok(Self { folder })
    }

    /// Where the browser keeps its data.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Leaves half a record at the end of what the browser writes before it changes its databases, as a kill amid a write
    /// does. Nothing that was complete is touched.
    ///
    /// # Errors
    ///
    /// When the browser keeps its databases in another way.
    pub fn tear_databases(&self) -> Result<()> {
        // A record of LevelDB (doc/log_format.md): a checksum, the length 1,000, the kind "full", and not all of it.
        const HALF: [u8; 12] = [1, 2, 3, 4, 0xe8, 0x03, 1, b'h', b'a', b'l', b'f', b'!'];
        let stored = self.data().join("Default/IndexedDB");
        let mut torn = 0;
        for database in fs::read_dir(&stored).with_context(|| format!("{} is not there", stored.display()))? {
            for file in fs::read_dir(database?.path())? {
                let path = file?.path();
                if path.extension().is_some_and(|extension| extension == "log") {
                    fs::OpenOptions::new().append(true).open(path)?.write_all(&HALF)?;
                    torn += 1;
                }
            }
        }
        ensure!(torn > 0, "{} holds no log", stored.display());
        Ok(())
    }

    /// Where the browser puts what it downloads.
    #[must_use]
    pub fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }
}

/// A running browser. Dropping it kills it.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    focus: Focus,
    driver: Driver,
}

impl Browser {
    /// Opens a browser with one empty page.
    ///
    /// # Errors
    ///
    /// When the browser or its driver is missing or does not come up.
    pub async fn open(profile: &Profile) -> Result<Self> {
        Self::open_with(profile, &[]).await
    }

    /// Opens a browser with flags beside the usual ones, such as `--window-size=360,740`.
    ///
    /// # Errors
    ///
    /// As [`Browser::open`].
    pub async fn open_with(profile: &Profile, flags: &[&str]) -> Result<Self> {
        let driver = Driver::start()?;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(profile, flags))
            .connect(&driver.address())
            .await
            .context("the browser does not start")?;
        Ok(Self { client, focus: Arc::new(Mutex::new(None)), driver })
    }

    /// The page in front, which is the only one at first.
    ///
    /// # Errors
    ///
    /// When the browser has gone.
    pub async fn page(&self) -> Result<Page> {
        let window = self.client.window().await?;
        Ok(Page::new(self.client.clone(), window, Arc::clone(&self.focus)))
    }

    /// Opens another tab.
    ///
    /// # Errors
    ///
    /// When the browser has gone.
    pub async fn new_tab(&self) -> Result<Page> {
        self.another(true).await
    }

    /// Opens another window.
    ///
    /// # Errors
    ///
    /// When the browser has gone.
    pub async fn new_window(&self) -> Result<Page> {
        self.another(false).await
    }

    /// Takes what the consoles of all pages have gathered since the last time.
    ///
    /// # Errors
    ///
    /// When the browser has gone.
    pub async fn console(&self) -> Result<Vec<ConsoleEntry>> {
        wire::console(&self.client).await
    }

    /// Takes the errors and warnings of the consoles; a good story ends with none.
    ///
    /// # Errors
    ///
    /// When the browser has gone.
    pub async fn complaints(&self) -> Result<Vec<ConsoleEntry>> {
        let entries = self.console().await?;
        Ok(entries.into_iter().filter(ConsoleEntry::is_complaint).collect())
    }

    /// Closes the browser as a person would; it puts its profile in order first. Another one can be opened on it then:
    /// the driver does not always wait until all of the browser has ended.
    ///
    /// # Errors
    ///
    /// When the browser has gone already, or does not end.
    pub async fn close(self) -> Result<()> {
        let processes = processes::descendants(self.driver.process_id());
        self.client.close().await.context("the browser does not close")?;
        processes::until_ended(&processes).await
    }

    /// Kills all processes of the browser at once, as a power cut would. The profile can be opened again.
    ///
    /// # Errors
    ///
    /// When the browser does not end.
    pub async fn kill(self) -> Result<()> {
        #[cfg(unix)]
        processes::kill_descendants(self.driver.process_id()).await?;
        #[cfg(not(unix))]
        processes::kill_tree(self.driver.process_id());
        Ok(())
    }

    async fn another(&self, as_tab: bool) -> Result<Page> {
        let window = self.client.new_window(as_tab).await?;
        Ok(Page::new(self.client.clone(), window.handle, Arc::clone(&self.focus)))
    }
}

fn capabilities(profile: &Profile, flags: &[&str]) -> Capabilities {
    let mut arguments: Vec<String> = FLAGS.iter().chain(flags).map(|flag| (*flag).to_owned()).collect();
    arguments.push(format!("--user-data-dir={}", profile.data().display()));
    if is_root() {
        // Chromium's sandbox refuses to run as root, as in a container.
        arguments.push("--no-sandbox".to_owned());
    }
    let mut options = json!({
        "args": arguments,
        "prefs": { "download.default_directory": profile.downloads(), "download.prompt_for_download": false },
    });
    if let (Some(program), Some(fields)) = (env::var_os("CHROME"), options.as_object_mut()) {
        fields.insert("binary".to_owned(), json!(Path::new(&program)));
    }
    let all = [
        ("browserName", json!("chrome")),
        ("goog:chromeOptions", options),
        ("goog:loggingPrefs", json!({ "browser": "ALL" })),
        ("timeouts", json!({ "script": SCRIPT_MILLISECONDS })),
        ("unhandledPromptBehavior", json!("accept")),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn is_root() -> bool {
    #[cfg(unix)]
    return rustix::process::geteuid().is_root();
    #[cfg(not(unix))]
    false
}
