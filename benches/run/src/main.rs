//! Runs the bench page in a headless Chromium or Chrome and prints what it measured, beside the platform's floor and
//! the peers, all in one run and one browser. `cargo xtask bench` builds the page and calls this.

mod figures;
mod measure;
mod peers;
mod table;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::{fs, path::PathBuf, process::ExitCode};

/// What is measured.
struct Plan {
    /// The folder of the built page, the bench page in `bench/` below it.
    page: PathBuf,
    /// Where the figures and the table are written.
    out: PathBuf,
    /// How many events the ledgers have.
    sizes: Vec<u32>,
    /// Durable appends that are timed, of each kind.
    appends: u32,
    /// Whether the peers run too, where they are there.
    peers: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match obey(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn obey(arguments: &[String]) -> Result<()> {
    let plan = plan(arguments)?;
    let mut results = measure::everything(&plan).await?;
    if plan.peers {
        let peers = peers::run(&plan.out)?;
        if let (Some(peers), Some(fields)) = (peers, results.as_object_mut()) {
            fields.insert("peers".to_owned(), peers);
        }
    }
    let printed = table::of(&results);
    fs::write(plan.out.join("results.json"), serde_json::to_string_pretty(&results)?)?;
    fs::write(plan.out.join("results.md"), &printed)?;
    println!("\n{printed}\nWritten: {0}/results.json and {0}/results.md", plan.out.display());
    Ok(())
}

fn plan(arguments: &[String]) -> Result<Plan> {
    let mut words = arguments.iter().map(String::as_str);
    let folder = |word: Option<&str>| word.map(PathBuf::from).context("only `cargo xtask bench` calls this");
    let (page, out) = (folder(words.next())?, folder(words.next())?);
    let mut plan = Plan { page, out, sizes: vec![10_000, 100_000, 1_000_000], appends: 500, peers: true };
    for word in words {
        match word {
            "--quick" => (plan.sizes, plan.appends, plan.peers) = (vec![10_000, 100_000], 100, false),
            "--no-peers" => plan.peers = false,
            "--large" => plan.sizes.push(5_000_000),
            other => bail!("`{other}` is not an option; --quick, --no-peers and --large are"),
        }
    }
    Ok(plan)
}

/// The machine and the browser that the figures belong to.
fn circumstances(browser: &Value) -> Value {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    json!({ "browser": browser, "cores": cores, "system": std::env::consts::OS })
}
