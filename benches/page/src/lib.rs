//! The workloads of `cargo xtask bench`, each a function that the page's script calls and that answers with figures.
//!
//! Times are in milliseconds and read from the page's clock; results are given with them, so that the runner can check
//! that the same was computed before it prints a time.
#![cfg(target_arch = "wasm32")]

mod ledger;
mod workload;

use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;

/// What a workload found: figures and lists of figures by name.
type Figures = Map<String, Value>;

/// Runs a workload on the ledger that belongs to it. `shape` is `one` (one account with all events) or `many` (4,500
/// accounts); answers with the figures as JSON.
///
/// # Errors
/// What went wrong, in words.
#[wasm_bindgen]
pub async fn run(workload: String, shape: String, events: u32) -> Result<String, JsValue> {
    let shape = workload::Shape::named(&shape).ok_or_else(|| JsValue::from_str("no such shape"))?;
    let figures = match workload.as_str() {
        "fill" => ledger::fill(shape, events).await,
        "import" => ledger::import(shape, events).await,
        "open" => ledger::open(shape, events).await,
        "append" => ledger::append(events).await,
        "append_alone" => ledger::append_alone(events).await,
        "seek" => ledger::seek(shape, events).await,
        "rebuild" => ledger::rebuild(shape, events).await,
        _ => Err(format!("no workload {workload}")),
    };
    figures.map(|figures| Value::Object(figures).to_string()).map_err(|why| JsValue::from_str(&why))
}
