//! The peers: what other stacks do with the same events, measured by a benchmark of their own that is not part of this
//! project. It is read from `ANNALS_PEERS` or from `shared/peerbench` beside the workspace, where it is there.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The cells of the peers' benchmark that stand beside ours: appends one by one, and a million events stored, loaded
/// and travelled.
const CELLS: &str = "^(append1__(idb-event-strict|sqlite-sahpool-WAL-exclusive-FULL|LiveStore-commit-leader-ack)__10000\
                     |store__(idb-bin|sqlite-sahpool-wal)__1000000__10000|store__livestore__10000__1000|mem__emmett__1000000)$";

/// Runs the peers; `None` where they are not there.
///
/// # Errors
///
/// When they are there and do not run.
pub(crate) fn run(out: &Path) -> Result<Option<Value>> {
    let Some(source) = folder() else {
        println!("The peers' benchmark is not here (ANNALS_PEERS names its folder): skipped.");
        return Ok(None);
    };
    let work = out.join("peers");
    copy(&source, &work)?;
    for (program, arguments) in [
        ("npm", &["ci", "--no-audit", "--no-fund"][..]),
        ("sh", &["wasm/build.sh"]),
        ("npx", &["vite", "build"]),
        ("node", &["runner.mjs", "--only", CELLS]),
    ] {
        let status = Command::new(program).args(arguments).current_dir(&work).status();
        let status = status.with_context(|| format!("the peers need {program}"))?;
        ensure!(status.success(), "`{program} {}` of the peers failed", arguments.join(" "));
    }
    let mut cells = Map::new();
    for entry in fs::read_dir(work.join("results"))? {
        let cell: Value = serde_json::from_slice(&fs::read(entry?.path())?)?;
        let name = cell.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        cells.insert(name, figures(&cell));
    }
    Ok(Some(Value::Object(cells)))
}

fn figures(cell: &Value) -> Value {
    let found = |path: &str| cell.pointer(path).cloned().unwrap_or_default();
    let label = [found("/label"), found("/key")].into_iter().find(Value::is_string);
    json!({
        "label": label,
        "append_p50_ms": found("/result/p50_ms"),
        "append_p99_ms": found("/result/p99_ms"),
        "bulk_per_s": found("/result/events_per_s"),
        "load_ms": found("/result/load_ms"),
        "seeks": found("/result/seeks"),
        "error": found("/error"),
    })
}

fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/peerbench");
    let folder = env::var_os("ANNALS_PEERS").map_or_else(beside, PathBuf::from);
    folder.join("runner.mjs").is_file().then_some(folder)
}

/// Copies what is not there yet, so that what the peers have installed and measured is kept.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if !target.exists() {
            // The contents only: the source may be write-protected.
            fs::write(&target, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
