//! The project's commands: `cargo xtask --help`.
#![expect(clippy::disallowed_methods, reason = "the build tool never runs on wasm32, so it may read the clock")]

mod bench;
mod browser;
mod check;
mod fuzz;
mod page;
mod shell;
mod size;
mod suites;
mod tools;
mod wasm;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Annals: commands of the project

  cargo xtask serve [trunk options]    open Annals at a local address; rebuilds and reloads on every change
  cargo xtask build [trunk options]    build the page for release into dist/
  cargo xtask test                     all tests: native, browser, stories
  cargo xtask test native [filter]     the tests that need no browser
  cargo xtask test browser [filter]    the wasm tests, in a headless Chromium or Chrome
  cargo xtask test stories [filter]    stories through the release page, in a headless Chromium or Chrome
  cargo xtask bench [options]          measure, beside the platform's floor and the peers; --quick, --no-peers, --large
  cargo xtask fuzz [target] [seconds]  feed bytes by chance to what reads blocks and files; 60 seconds for each target
  cargo xtask size                     weigh the release page in dist/ against its budget
  cargo xtask ci                       everything a change has to pass: format, lints, docs, tests, build, size
  cargo xtask finish-page              (called by Trunk at the end of each build)

What is missing is installed first: the wasm32 target and, to fuzz, a nightly compiler by rustup; Trunk, wasm-bindgen
and cargo-fuzz, of the versions this project needs, into .tools/. The tests need Chromium or Chrome with chromedriver; name them in CHROME and
CHROMEDRIVER where they are not found.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match obey(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey(words: &[&str]) -> Result<()> {
    match words {
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        ["serve", options @ ..] => page::serve(options),
        ["build", options @ ..] => page::build(options),
        ["test"] => suites::all(),
        ["test", "native", filter @ ..] => suites::native(filter),
        ["test", "browser", filter @ ..] => suites::browser(filter),
        ["test", "stories", filter @ ..] => suites::stories(filter),
        ["bench", options @ ..] => bench::run(options),
        ["fuzz", options @ ..] => fuzz::run_targets(options),
        ["size"] => size::check(),
        ["ci"] => check::everything(),
        ["finish-page"] => page::finish(),
        _ => bail!("`cargo xtask {}` is not a command; `cargo xtask --help` lists them", words.join(" ")),
    }
}
