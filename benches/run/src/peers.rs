//! The peers: what other stacks do with the same events, measured by a benchmark of their own that is not part of this
//! project. It is read from `ANNALS_PEERS` or from `shared/peerbench` beside the workspace, where it is there.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The cells of the peers' benchmark that stand beside ours: appends one by one, and many events stored, loaded and
/// travelled. `SQLite` is loaded again only of batches of a thousand, and `LiveStore` takes no more than ten thousand
/// events.
const CELLS: [&str; 7] = [
    "append1__idb-event-strict__10000",
    "append1__sqlite-sahpool-WAL-exclusive-FULL__10000",
    "append1__LiveStore-commit-leader-ack__10000",
    "store__idb-bin__1000000__10000",
    "store__sqlite-sahpool-wal__1000000__1000",
    "store__livestore__10000__1000",
    "mem__emmett__1000000",
];

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
    if !work.join("dist").join("index.html").is_file() {
        // Not `npm ci`: the lock names packages of the system alone that it was written on.
        step(&work, "npm", &["install", "--no-audit", "--no-fund"])?;
        step(&work, "sh", &["wasm/build.sh"])?;
        step(&work, "npx", &["vite", "build"])?;
    }
    let only = format!("^({})$", CELLS.join("|"));
    // Figures of an earlier run do not belong beside those of this one.
    step(&work, "node", &["runner.mjs", "--force", "--only", &only])?;
    let mut cells = Map::new();
    for id in CELLS {
        let file = work.join("results").join(format!("{id}.json"));
        let cell = fs::read(&file).with_context(|| format!("the peers measured no {id}"))?;
        cells.insert(id.to_owned(), figures(&serde_json::from_slice(&cell)?));
    }
    Ok(Some(Value::Object(cells)))
}

fn step(work: &Path, program: &str, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(work);
    // They drive the browser that we do, under their own name for it.
    if let Some(browser) = env::var_os("CHROME") {
        command.env("CHROMIUM", browser);
    }
    let status = command.status().with_context(|| format!("the peers need {program}"))?;
    ensure!(status.success(), "`{program} {}` of the peers failed", arguments.join(" "));
    Ok(())
}

/// What is told of a cell. Cells of different kinds keep the same figures in different places.
fn figures(cell: &Value) -> Value {
    let first = |places: &[&str]| {
        places
            .iter()
            .find_map(|place| cell.pointer(place).filter(|found| !found.is_null()))
            .cloned()
            .unwrap_or_default()
    };
    let appends_singly = first(&["/kind"]) == "append1";
    json!({
        "label": first(&["/label", "/key"]),
        "events": first(&["/n"]),
        "append_p50_ms": first(&["/result/p50_ms", "/result/append1/lat_ms/p50"]),
        "append_p99_ms": first(&["/result/p99_ms", "/result/append1/lat_ms/p99"]),
        "bulk_per_s": if appends_singly { Value::Null } else { first(&["/result/events_per_s", "/result/bulk/events_per_s"]) },
        "load_ms": first(&["/result/load_ms", "/result/reload/0/ms"]),
        "seeks": first(&["/result/seeks"]),
        // How busy the machine was with other things.
        "others_cores": first(&["/noise/others_cores"]),
        "error": first(&["/error"]),
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

#[cfg(test)]
mod tests {
    use super::figures;
    use serde_json::{Value, json};

    #[test]
    fn the_figures_of_every_kind_of_cell_are_found() {
        let append = figures(&json!({ "key": "idb-event strict", "kind": "append1", "n": 10_000,
            "result": { "events_per_s": 600.0, "p50_ms": 0.7, "p99_ms": 12.3 }, "noise": { "others_cores": 1.2 } }));
        let store = figures(&json!({ "key": "livestore", "label": "LiveStore", "kind": "store", "n": 1000,
            "result": { "events_per_s": 129.0, "load_ms": 1503.0, "seeks": [{ "strategy": "ledgerSum", "ms": { "p50": 0.04 } }] } }));
        let memory = figures(&json!({ "key": "emmett", "label": "Emmett", "kind": "mem", "n": 1000,
            "result": { "append1": { "lat_ms": { "p50": 0.005, "p99": 0.09 } }, "bulk": { "events_per_s": 112_485.0 },
                "reload": [{ "ms": 0.84 }, { "ms": 0.19 }], "seeks": [{ "ms": { "p50": 0.01 } }] } }));
        let found = |cell: &Value, names: &[&str]| names.iter().map(|name| cell[*name].clone()).collect::<Vec<_>>();
        let names = ["label", "events", "append_p50_ms", "append_p99_ms", "bulk_per_s", "load_ms", "others_cores"];
        assert_eq!(
            Value::from(found(&append, &names)),
            json!(["idb-event strict", 10_000, 0.7, 12.3, null, null, 1.2])
        );
        assert_eq!(Value::from(found(&store, &names)), json!(["LiveStore", 1000, null, null, 129.0, 1503.0, null]));
        assert_eq!(Value::from(found(&memory, &names)), json!(["Emmett", 1000, 0.005, 0.09, 112_485.0, 0.84, null]));
        assert_eq!(store.pointer("/seeks/0/ms/p50"), Some(&json!(0.04)));
    }

    #[test]
    fn a_cell_that_failed_says_why() {
        let failed = figures(&json!({ "key": "a", "kind": "store", "n": 10, "error": "timeout 300000" }));
        assert_eq!(failed["error"], "timeout 300000");
    }
}
