//! The figures as tables for people.

use serde_json::Value;
use std::fmt::Write as _;

/// Everything, in Markdown.
pub(crate) fn of(results: &Value) -> String {
    let mut text = String::new();
    circumstances(&mut text, results);
    append(&mut text, results);
    sizes(&mut text, results);
    flatness(&mut text, results);
    peers(&mut text, results);
    text
}

fn circumstances(text: &mut String, results: &Value) {
    let found = |name: &str| results.pointer(&format!("/circumstances/{name}")).cloned().unwrap_or_default();
    let browser = found("browser");
    line(
        text,
        &format!(
            "{}; {} cores, {}.",
            browser.as_str().unwrap_or_default(),
            found("cores"),
            found("system").as_str().unwrap_or_default()
        ),
    );
}

fn append(text: &mut String, results: &Value) {
    heading(text, "One durable append", &["", "p50 ms", "p99 ms"]);
    let found = |name: &str| shown(results.pointer(&format!("/append/{name}")));
    row(text, &["Annals: decided, durable, folded".to_owned(), found("p50_ms"), found("p99_ms")]);
    row(
        text,
        &["floor: IndexedDB `add`, strict".to_owned(), found("floor_strict_p50_ms"), found("floor_strict_p99_ms")],
    );
    row(text, &["floor: IndexedDB `add`, relaxed".to_owned(), found("floor_relaxed_p50_ms"), String::new()]);
    row(text, &["ratio to strict".to_owned(), found("ratio_to_strict"), String::new()]);
}

/// What is told of each size: its name, where Annals' figure stands, where the floor's.
const ROWS: [(&str, &str, &str); 15] = [
    ("import of CloudEvents, parsed, checked, durable, events/s", "/import_per_s", "/floor_fill_per_s"),
    ("bulk append, durable, events/s", "/fill_per_s", "/floor_fill_per_s"),
    ("open the ledger, ms", "/open_ms", "/floor_read_ms"),
    ("start of the page to the balance, ms", "/start/ms", ""),
    ("seek, recorded, p50 ms", "/seek_recorded_p50_ms", "/floor_seek_p50_ms"),
    ("seek, recorded, p99 ms", "/seek_recorded_p99_ms", "/floor_seek_p99_ms"),
    ("seek, occurred, p50 ms", "/seek_occurred_p50_ms", "/floor_seek_p50_ms"),
    ("seek, occurred, p99 ms", "/seek_occurred_p99_ms", "/floor_seek_p99_ms"),
    ("rebuild from storage, events/s", "/rebuild_from_storage_per_s", "/floor_storage_per_s"),
    ("rebuild from memory, events/s", "/rebuild_from_memory_per_s", "/floor_memory_per_s"),
    ("block bytes an event", "/block_bytes_per_event", ""),
    ("bytes on disk an event", "/disk_bytes_per_event", ""),
    ("memory of the program, bytes", "/memory_bytes", ""),
    ("scrub, frame p95 ms", "/scrub/p95_ms", ""),
    ("scrub, longest task ms", "/scrub/longest_task_ms", ""),
];

fn sizes(text: &mut String, results: &Value) {
    for size in results.pointer("/sizes").and_then(Value::as_array).into_iter().flatten() {
        let shape = match size.pointer("/shape").and_then(Value::as_str) {
            Some("one") => "one account",
            Some(_) | None => "4,500 accounts",
        };
        let events = shown(size.pointer("/events"));
        heading(text, &format!("{events} events, {shape}"), &["", "Annals", "floor"]);
        for (name, ours, floor) in ROWS {
            let floor = if floor.is_empty() { String::new() } else { shown(size.pointer(floor)) };
            row(text, &[name.to_owned(), shown(size.pointer(ours)), floor]);
        }
    }
}

/// What must not grow with the log.
const FLAT: [(&str, &str); 4] = [
    ("seek, recorded, p50 ms", "/seek_recorded_p50_ms"),
    ("seek, occurred, p50 ms", "/seek_occurred_p50_ms"),
    ("open the ledger, ms", "/open_ms"),
    ("start of the page to the balance, ms", "/start/ms"),
];

fn flatness(text: &mut String, results: &Value) {
    let all = results.pointer("/sizes").and_then(Value::as_array).cloned().unwrap_or_default();
    for shape in ["one", "many"] {
        let ours: Vec<&Value> =
            all.iter().filter(|size| size.pointer("/shape").and_then(Value::as_str) == Some(shape)).collect();
        let names: Vec<String> = ours.iter().map(|size| shown(size.pointer("/events"))).collect();
        let columns: Vec<&str> = [""].into_iter().chain(names.iter().map(String::as_str)).chain(["growth"]).collect();
        heading(text, &format!("Flatness, {shape}"), &columns);
        for (name, place) in FLAT {
            let values: Vec<f64> = ours.iter().filter_map(|size| size.pointer(place)?.as_f64()).collect();
            let growth = values.last().zip(values.first()).map_or(0.0, |(last, first)| last / first);
            let cells = values.iter().map(|value| number(*value));
            let cells: Vec<String> =
                [name.to_owned()].into_iter().chain(cells).chain([format!("{growth:.2}x")]).collect();
            row(text, &cells);
        }
    }
}

fn peers(text: &mut String, results: &Value) {
    let Some(peers) = results.pointer("/peers").and_then(Value::as_object) else { return };
    heading(text, "Peers", &["", "append p50 ms", "p99 ms", "bulk, events/s", "load, ms", "seek, best p50 ms"]);
    for (name, peer) in peers {
        let seeks = peer.pointer("/seeks").and_then(Value::as_array).into_iter().flatten();
        let best = seeks.filter_map(|seek| seek.pointer("/ms/p50").and_then(Value::as_f64)).reduce(f64::min);
        let best = best.map(number).unwrap_or_default();
        let label = peer.pointer("/label").and_then(Value::as_str).unwrap_or(name);
        let found = |field: &str| shown(peer.pointer(field));
        row(
            text,
            &[
                label.to_owned(),
                found("/append_p50_ms"),
                found("/append_p99_ms"),
                found("/bulk_per_s"),
                found("/load_ms"),
                best,
            ],
        );
    }
}

fn heading(text: &mut String, title: &str, columns: &[&str]) {
    line(text, &format!("\n### {title}\n\n| {} |", columns.join(" | ")));
    line(text, &format!("|---|{}", "---:|".repeat(columns.len().saturating_sub(1))));
}

fn row(text: &mut String, cells: &[String]) {
    line(text, &format!("| {} |", cells.join(" | ")));
}

fn line(text: &mut String, line: &str) {
    // Writing to a text cannot fail.
    writeln!(text, "{line}").unwrap_or_default();
}

fn shown(value: Option<&Value>) -> String {
    value.and_then(Value::as_f64).map(number).unwrap_or_default()
}

/// Three digits that tell: `0.042`, `3.17`, `1,204,000`.
fn number(value: f64) -> String {
    if value.abs() < 100.0 {
        let decimals = if value.abs() < 1.0 { 4 } else { 2 };
        return format!("{value:.decimals$}");
    }
    let whole = format!("{value:.0}");
    let digits = whole.len();
    whole.chars().enumerate().fold(String::new(), |mut text, (place, digit)| {
        if place > 0 && (digits - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{number, of};
    use serde_json::json;

    #[test]
    fn numbers_are_for_reading() {
        assert_eq!(
            [number(0.0421), number(3.174), number(1_204_000.4), number(999.6)],
            ["0.0421", "3.17", "1,204,000", "1,000"]
        );
    }

    #[test]
    fn a_run_without_peers_and_without_sizes_still_makes_a_table() {
        let text = of(&json!({ "append": { "p50_ms": 1.25 } }));
        assert!(text.contains("| Annals: decided, durable, folded | 1.25 |"), "{text}");
    }
}
