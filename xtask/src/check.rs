//! Everything a change has to pass, cheapest first.

use std::time::Instant;

use anyhow::Result;

use crate::{
    shell::{cargo, run},
    size, suites,
    tools::{self, TARGET},
};

type Step = (&'static str, fn() -> Result<()>);

const STEPS: [Step; 8] = [
    ("format", format),
    ("lints, native", native_lints),
    ("lints, wasm32", wasm_lints),
    ("documentation", documentation),
    ("tests, native", || suites::native(&[])),
    ("tests, browser", || suites::browser(&[])),
    ("release page and stories", || suites::stories(&[])),
    ("size", size::check),
];

pub(crate) fn everything() -> Result<()> {
    tools::for_lints()?;
    tools::for_wasm()?;
    let mut times = Vec::new();
    for (name, step) in STEPS {
        let start = Instant::now();
        step()?;
        times.push(format!("{name:<26}{:>6} s", start.elapsed().as_secs()));
    }
    println!("\n{}\nAll passed.", times.join("\n"));
    Ok(())
}

fn format() -> Result<()> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    run(&mut cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))
}

fn native_lints() -> Result<()> {
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn wasm_lints() -> Result<()> {
    let packages = ["clippy", "--package", "annals", "--package", "bench-page", "--all-targets", "--target", TARGET];
    run(&mut cargo(&[&packages[..], &["--", "-D", "warnings"]].concat()))
}

fn documentation() -> Result<()> {
    run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}
