//! The three suites of tests.

use std::env;

use anyhow::Result;

use crate::{
    browser::Browser,
    page,
    shell::{cargo, root, run},
    tools::{self, TARGET},
};

/// Seconds one file of browser tests may take.
const BROWSER_TEST_SECONDS: &str = "900";

/// Browsers at work at the same time; more of them starve each other on a small machine.
const STORIES_AT_ONCE: &str = "2";

pub(crate) fn all() -> Result<()> {
    native(&[])?;
    browser(&[])?;
    stories(&[])
}

pub(crate) fn native(filter: &[&str]) -> Result<()> {
    let application = ["test", "--workspace", "--exclude", "xtask", "--exclude", "stories"];
    run(&mut cargo(&[&application, filter].concat()))?;
    run(&mut cargo(&[&["test", "--quiet", "--profile", "xtask", "--package", "xtask"], filter].concat()))
}

pub(crate) fn browser(filter: &[&str]) -> Result<()> {
    let browser = Browser::ready()?;
    tools::for_wasm_tests()?;
    let mut tests = cargo(&[&["test", "--package", "annals", "--target", TARGET, "--tests"], filter].concat());
    tests.env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TEST_SECONDS);
    run(browser.lend(&mut tests))
}

pub(crate) fn stories(filter: &[&str]) -> Result<()> {
    let browser = Browser::ready()?;
    page::build(&[])?;
    let mut tests = cargo(&[&["test", "--package", "stories", "--tests"], filter].concat());
    tests.env("ANNALS_DIST", root().join("dist"));
    if env::var_os("RUST_TEST_THREADS").is_none() {
        tests.env("RUST_TEST_THREADS", STORIES_AT_ONCE);
    }
    run(browser.lend(&mut tests))
}
