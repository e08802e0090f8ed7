//! The benchmark: its page is built like the real one, and a runner drives both.

use std::{fs, path::Path};

use anyhow::Result;

use crate::{
    browser::Browser,
    page,
    shell::{cargo, command, root, run as run_program},
    tools::TARGET,
};

/// Builds the release page and the bench page, measures, prints a table and writes it with the figures as JSON.
pub(crate) fn run(options: &[&str]) -> Result<()> {
    let browser = Browser::ready()?;
    page::build(&[])?;
    run_program(&mut cargo(&["build", "--package", "bench-page", "--release", "--target", TARGET]))?;
    let out = root().join("target").join("bench");
    let served = out.join("page");
    if served.exists() {
        fs::remove_dir_all(&served)?;
    }
    copy(&root().join("dist"), &served)?;
    let below = served.join("bench");
    let module = root().join("target").join(TARGET).join("release").join("bench_page.wasm");
    let (below_text, module) = (below.display().to_string(), module.display().to_string());
    run_program(&mut command(
        "wasm-bindgen",
        &["--target", "web", "--no-typescript", "--out-dir", &below_text, &module],
    ))?;
    for file in ["index.html", "bench.js"] {
        fs::copy(root().join("benches").join("page").join(file), below.join(file))?;
    }
    let (served, out) = (served.display().to_string(), out.display().to_string());
    let runner = ["run", "--quiet", "--package", "bench", "--", &served, &out];
    let mut runner = cargo(&[&runner[..], options].concat());
    run_program(browser.lend(&mut runner))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
