//! The three suites of tests.

use std::{env, fs};

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
    // The components are tested within the library, the rest in these files; the others need not be built a second time.
    let files = browser_test_files()?;
    let named: Vec<&str> = files.iter().flat_map(|name| ["--test", name.as_str()]).collect();
    let mut tests =
        cargo(&[&["test", "--package", "annals", "--target", TARGET, "--lib"][..], &named, filter].concat());
    tests.env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TEST_SECONDS);
    run(browser.lend(&mut tests))
}

/// The files of `tests/` that begin with `browser_`, without their ending.
fn browser_test_files() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("tests"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".rs").filter(|name| name.starts_with("browser_")) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
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
