//! The browser and the driver that tests run in: found, installed where that is possible, or asked for.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

use crate::shell::{command, find, output, run};

const BROWSERS: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where the usual installers put Chrome without naming it on the search path.
const BROWSER_FILES: [&str; 4] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
];

const DEBIAN_PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-dejavu-core"];

/// A Chromium or Chrome, and the program that drives it.
pub(crate) struct Browser {
    program: PathBuf,
    driver: PathBuf,
}

impl Browser {
    /// Finds a browser and its driver, and on Debian as root installs what is missing.
    ///
    /// # Errors
    ///
    /// When there is none; the message says how to get one.
    pub(crate) fn ready() -> Result<Self> {
        if let Some(browser) = Self::found() {
            return Ok(browser);
        }
        if can_install() {
            eprintln!("Chromium or its driver is missing: apt-get installs them (about 350 MB on disk).");
            run(command("apt-get", &["update"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
            let arguments = [&["install", "-y", "--no-install-recommends"], &DEBIAN_PACKAGES[..]].concat();
            run(command("apt-get", &arguments).env("DEBIAN_FRONTEND", "noninteractive"))?;
        }
        match Self::found() {
            Some(browser) => Ok(browser),
            None => bail!("the browser tests need Chromium or Chrome with chromedriver: {}", remedy()),
        }
    }

    /// Tells a test run which browser and driver to use.
    pub(crate) fn lend<'command>(&self, command: &'command mut Command) -> &'command mut Command {
        command.env("CHROME", &self.program).env("CHROMEDRIVER", &self.driver)
    }

    fn found() -> Option<Self> {
        let program = named("CHROME")
            .or_else(|| find(&BROWSERS))
            .or_else(|| BROWSER_FILES.iter().map(PathBuf::from).find(|path| path.is_file()))?;
        let driver = named("CHROMEDRIVER").or_else(|| find(&["chromedriver"]))?;
        Some(Self { program, driver })
    }
}

fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

fn can_install() -> bool {
    let is_root = output(&mut command("id", &["-u"])).as_deref() == Some("0");
    is_root && Path::new("/etc/debian_version").exists()
}

fn remedy() -> &'static str {
    match env::consts::OS {
        "macos" => "brew install --cask google-chrome chromedriver",
        "windows" => "winget install Google.Chrome Chromium.ChromeDriver",
        _ if Path::new("/etc/debian_version").exists() => "sudo apt-get install chromium chromium-driver",
        _ if Path::new("/etc/fedora-release").exists() => "sudo dnf install chromium chromedriver",
        _ => "install them with your system's packages, or name them in CHROME and CHROMEDRIVER",
    }
}
