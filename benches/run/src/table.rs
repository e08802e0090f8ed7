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
    row(text, &["Annals: the log alone, durable".to_owned(), found("alone_p50_ms"), found("alone_p99_ms")]);
    row(
        text,
        &["floor: IndexedDB `add`, strict".to_owned(), found("floor_strict_p50_ms"), found("floor_strict_p99_ms")],
    );
    row(text, &["floor: IndexedDB `add`, relaxed".to_owned(), found("floor_relaxed_p50_ms"), String::new()]);
    for (what, place) in [("of the log alone", "alone_ratio_to_strict"), ("of all", "ratio_to_strict")] {
        let ratio = results.pointer(&format!("/append/{place}")).and_then(Value::as_f64);
        let budget = held(Budget::AtMost(1.3), ratio, None);
        row(text, &[format!("ratio {what} to strict; the budget is {budget}"), found(place), String::new()]);
    }
}

/// What is told of each size.
struct Row {
    name: &'static str,
    /// Where Annals' figure stands.
    ours: &'static str,
    /// Where the floor's stands, in the figures of the size or in those of the whole run; empty where there is none.
    floor: &'static str,
    budget: Option<Budget>,
    /// Whether the budget is for thousands of accounts too.
    for_many: bool,
    /// For logs of how many events the budget is: from, to.
    sizes: (f64, f64),
}

/// The size of log that the budgets of speed and of memory are stated for.
const STATED: f64 = 1_000_000.0;

#[derive(Clone, Copy)]
enum Budget {
    AtMost(f64),
    AtLeast(f64),
    /// So many times the floor at most.
    TimesFloor(f64),
}

impl Row {
    const fn of(name: &'static str, ours: &'static str) -> Self {
        Self { name, ours, floor: "", budget: None, for_many: false, sizes: (0.0, f64::INFINITY) }
    }

    const fn beside(self, floor: &'static str) -> Self {
        Self { floor, ..self }
    }

    const fn within(self, budget: Budget) -> Self {
        Self { budget: Some(budget), ..self }
    }

    /// The budget is one of a long log: a short one is over before the browser has compiled what it runs.
    const fn when_long(self) -> Self {
        Self { sizes: (STATED, f64::INFINITY), ..self }
    }

    const fn up_to_stated(self) -> Self {
        Self { sizes: (0.0, STATED), ..self }
    }

    const fn for_many(self) -> Self {
        Self { for_many: true, ..self }
    }
}

/// A frame of sixty in a second.
const FRAME_MS: Budget = Budget::AtMost(16.7);
/// What is longer is felt.
const TASK_MS: Budget = Budget::AtMost(50.0);

const ROWS: [Row; 35] = [
    Row::of("import of CloudEvents, parsed, checked, durable, events/s", "/import_per_s").beside("/floor_fill_per_s"),
    Row::of("bulk append, durable, events/s", "/fill_per_s")
        .beside("/floor_fill_per_s")
        .within(Budget::AtLeast(250_000.0))
        .when_long()
        .for_many(),
    Row::of("open the ledger, ms", "/open_ms").beside("/floor_read_ms"),
    Row::of("start of the page to the balance, ms", "/start/ms")
        .beside("/start_of_one_event/ms")
        .within(Budget::TimesFloor(1.5))
        .for_many(),
    Row::of("start of the page to all of the ledger, ms", "/start/all_ms"),
    Row::of("seek, recorded, p50 ms", "/seek_recorded_p50_ms")
        .beside("/floor_seek_p50_ms")
        .within(Budget::AtMost(0.1))
        .for_many(),
    Row::of("seek, recorded, p99 ms", "/seek_recorded_p99_ms")
        .beside("/floor_seek_p99_ms")
        .within(Budget::AtMost(1.0))
        .for_many(),
    Row::of("seek, occurred, p50 ms", "/seek_occurred_p50_ms")
        .beside("/floor_seek_p50_ms")
        .within(Budget::AtMost(0.1))
        .for_many(),
    Row::of("seek, occurred, p99 ms", "/seek_occurred_p99_ms")
        .beside("/floor_seek_p99_ms")
        .within(Budget::AtMost(1.0))
        .for_many(),
    Row::of("seek, nothing decoded, p50 ms", "/seek_cold_p50_ms").beside("/floor_seek_p50_ms"),
    Row::of("seek, nothing decoded, p99 ms", "/seek_cold_p99_ms").beside("/floor_seek_p99_ms"),
    Row::of("seek, recorded, blocks from IndexedDB, p50 ms", "/seek_stored_p50_ms")
        .beside("/floor_seek_p50_ms")
        .within(Budget::AtMost(2.0))
        .for_many(),
    Row::of("seek, recorded, blocks from IndexedDB, p99 ms", "/seek_stored_p99_ms")
        .beside("/floor_seek_p99_ms")
        .within(Budget::AtMost(16.0))
        .for_many(),
    Row::of("seek, occurred, blocks from IndexedDB, p50 ms", "/seek_stored_occurred_p50_ms")
        .beside("/floor_seek_p50_ms")
        .within(Budget::AtMost(2.0))
        .for_many(),
    Row::of("seek, occurred, blocks from IndexedDB, p99 ms", "/seek_stored_occurred_p99_ms")
        .beside("/floor_seek_p99_ms")
        .within(Budget::AtMost(16.0))
        .for_many(),
    Row::of("rebuild from storage, events/s", "/rebuild_from_storage_per_s")
        .beside("/floor_storage_per_s")
        .within(Budget::AtLeast(1_500_000.0))
        .when_long()
        .for_many(),
    Row::of("rebuild from memory, events/s", "/rebuild_from_memory_per_s")
        .beside("/floor_memory_per_s")
        .within(Budget::AtLeast(20_000_000.0))
        .when_long()
        .for_many(),
    Row::of("block bytes an event", "/block_bytes_per_event"),
    Row::of("bytes on disk an event", "/disk_bytes_per_event").within(Budget::AtMost(48.0)).for_many(),
    Row::of("memory of the program after a start, bytes", "/start_memory_bytes"),
    Row::of("memory once everything was looked at, bytes", "/memory_bytes")
        .within(Budget::AtMost(100_000_000.0))
        .up_to_stated()
        .for_many(),
    Row::of("scrub, frames", "/scrub/frames"),
    Row::of("scrub, frame p50 ms", "/scrub/p50_ms"),
    Row::of("scrub, frame p95 ms", "/scrub/p95_ms").within(FRAME_MS).for_many(),
    Row::of("scrub, longest frame ms", "/scrub/longest_ms"),
    Row::of("scrub, longest task ms", "/scrub/longest_task_ms").within(TASK_MS).for_many(),
    Row::of("scrub, heap of scripts before, bytes", "/scrub/heap_before"),
    Row::of("scrub, heap of scripts after, bytes", "/scrub/heap_after"),
    Row::of("scrub on a phone, frames", "/scrub_on_a_phone/frames"),
    Row::of("scrub on a phone, frame p50 ms", "/scrub_on_a_phone/p50_ms"),
    Row::of("scrub on a phone, frame p95 ms", "/scrub_on_a_phone/p95_ms").within(FRAME_MS).for_many(),
    Row::of("scrub on a phone, longest frame ms", "/scrub_on_a_phone/longest_ms"),
    Row::of("scrub on a phone, longest task ms", "/scrub_on_a_phone/longest_task_ms").within(TASK_MS).for_many(),
    Row::of("scrub on a phone, heap of scripts before, bytes", "/scrub_on_a_phone/heap_before"),
    Row::of("scrub on a phone, heap of scripts after, bytes", "/scrub_on_a_phone/heap_after"),
];

fn sizes(text: &mut String, results: &Value) {
    for size in results.pointer("/sizes").and_then(Value::as_array).into_iter().flatten() {
        let is_one = size.pointer("/shape").and_then(Value::as_str) == Some("one");
        let shape = if is_one { "one account" } else { "4,500 accounts" };
        let events = shown(size.pointer("/events"));
        heading(text, &format!("{events} events, {shape}"), &["", "Annals", "floor", "budget"]);
        let count = size.pointer("/events").and_then(Value::as_f64).unwrap_or_default();
        for Row { name, ours, floor, budget, for_many, sizes } in &ROWS {
            // The empty path is that of the whole, which is no number.
            let floor = size.pointer(floor).or_else(|| results.pointer(floor)).and_then(Value::as_f64);
            let ours = size.pointer(ours).and_then(Value::as_f64);
            let is_stated = (is_one || *for_many) && (sizes.0..=sizes.1).contains(&count);
            let budget = budget.filter(|_| is_stated).map(|budget| held(budget, ours, floor));
            let cells = [ours, floor].map(|figure| figure.map(number).unwrap_or_default());
            row(text, &[&[(*name).to_owned()], &cells[..], &[budget.unwrap_or_default()]].concat());
        }
    }
}

/// A budget, and whether it is kept. A hundredth more or less is the clock's.
fn held(budget: Budget, ours: Option<f64>, floor: Option<f64>) -> String {
    const CLOCK: f64 = 0.01;
    let (words, limit) = match budget {
        Budget::AtMost(limit) | Budget::AtLeast(limit) if limit < 100.0 => (limit.to_string(), Some(limit)),
        Budget::AtMost(limit) | Budget::AtLeast(limit) => (number(limit), Some(limit)),
        Budget::TimesFloor(times) => (format!("{times} times the floor"), floor.map(|floor| times * floor)),
    };
    let is_missed = match (budget, ours.zip(limit)) {
        (Budget::AtLeast(_), Some((ours, limit))) => ours < limit * (1.0 - CLOCK),
        (Budget::AtMost(_) | Budget::TimesFloor(_), Some((ours, limit))) => ours > limit * (1.0 + CLOCK),
        (_, None) => false,
    };
    if is_missed { format!("{words}: **missed**") } else { words }
}

/// What is looked at as the log grows: most of it must not grow with it.
const GROWTH: [(&str, &str); 13] = [
    ("seek, recorded, p50 ms", "/seek_recorded_p50_ms"),
    ("seek, recorded, p99 ms", "/seek_recorded_p99_ms"),
    ("seek, occurred, p50 ms", "/seek_occurred_p50_ms"),
    ("seek, occurred, p99 ms", "/seek_occurred_p99_ms"),
    ("seek, nothing decoded, p50 ms", "/seek_cold_p50_ms"),
    ("seek, nothing decoded, p99 ms", "/seek_cold_p99_ms"),
    ("seek, recorded, blocks from IndexedDB, p50 ms", "/seek_stored_p50_ms"),
    ("seek, recorded, blocks from IndexedDB, p99 ms", "/seek_stored_p99_ms"),
    ("open the ledger, ms", "/open_ms"),
    ("start of the page to the balance, ms", "/start/ms"),
    ("start of the page to all of the ledger, ms", "/start/all_ms"),
    ("memory of the program after a start, bytes", "/start_memory_bytes"),
    ("memory once everything was looked at, bytes", "/memory_bytes"),
];

fn flatness(text: &mut String, results: &Value) {
    let all = results.pointer("/sizes").and_then(Value::as_array).cloned().unwrap_or_default();
    for shape in ["one", "many"] {
        let ours: Vec<&Value> =
            all.iter().filter(|size| size.pointer("/shape").and_then(Value::as_str) == Some(shape)).collect();
        let names: Vec<String> = ours.iter().map(|size| shown(size.pointer("/events"))).collect();
        let columns: Vec<&str> = [""].into_iter().chain(names.iter().map(String::as_str)).chain(["growth"]).collect();
        heading(text, &format!("Flatness, {shape}"), &columns);
        for (name, place) in GROWTH {
            let values: Vec<f64> = ours.iter().filter_map(|size| size.pointer(place)?.as_f64()).collect();
            let growth = values.last().zip(values.first()).map_or(0.0, |(last, first)| last / first);
            let cells = values.iter().map(|value| number(*value));
            let cells: Vec<String> =
                [name.to_owned()].into_iter().chain(cells).chain([format!("{growth:.2}x")]).collect();
            row(text, &cells);
        }
    }
}

/// The tick of the peers' clock: they time each seek singly, and what is shorter looks like nothing.
const TICK_MS: f64 = 0.005;

fn peers(text: &mut String, results: &Value) {
    let Some(peers) = results.pointer("/peers").and_then(Value::as_object) else { return };
    let columns = ["", "events", "append p50 ms", "p99 ms", "bulk, events/s", "load, ms", "seek, best p50 ms"];
    heading(text, "Peers", &columns);
    for (name, peer) in peers {
        let seeks = peer.pointer("/seeks").and_then(Value::as_array).into_iter().flatten();
        let best = seeks.filter_map(|seek| seek.pointer("/ms/p50").and_then(Value::as_f64)).reduce(f64::min);
        let best = best.map(|best| if best < TICK_MS { format!("under {TICK_MS}") } else { number(best) });
        let label = peer.pointer("/label").and_then(Value::as_str).unwrap_or(name);
        let error = peer.pointer("/error").and_then(Value::as_str);
        let label = error.map_or_else(|| label.to_owned(), |error| format!("{label}: failed, {error}"));
        let figures = ["/events", "/append_p50_ms", "/append_p99_ms", "/bulk_per_s", "/load_ms"];
        let figures = figures.map(|place| shown(peer.pointer(place)));
        row(text, &[&[label], &figures[..], &[best.unwrap_or_default()]].concat());
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
    fn a_figure_stands_beside_its_floor_and_its_budget() {
        let size = |shape: &str, events: u32, fill: f64| {
            json!({ "shape": shape, "events": events, "fill_per_s": fill, "floor_fill_per_s": 400_000, "start": { "ms": 400 },
                "scrub_on_a_phone": { "p95_ms": 16.8, "longest_task_ms": 62 } })
        };
        let sizes = [
            size("one", 1_000_000, 251_000.0),
            size("one", 1_000_000, 200_000.0),
            size("many", 1_000_000, 150_000.0),
            size("one", 10_000, 100_000.0),
        ];
        let text = of(&json!({ "sizes": sizes, "start_of_one_event": { "ms": 250 } }));
        for line in [
            "| bulk append, durable, events/s | 251,000 | 400,000 | 250,000 |",
            "| bulk append, durable, events/s | 200,000 | 400,000 | 250,000: **missed** |",
            "| bulk append, durable, events/s | 150,000 | 400,000 | 250,000: **missed** |",
            "| bulk append, durable, events/s | 100,000 | 400,000 |  |",
            "| start of the page to the balance, ms | 400 | 250 | 1.5 times the floor: **missed** |",
            "| scrub on a phone, frame p95 ms | 16.80 |  | 16.7 |",
            "| scrub on a phone, longest task ms | 62.00 |  | 50: **missed** |",
            "| seek, recorded, p99 ms |  |  | 1 |",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }

    #[test]
    fn growth_is_told_from_the_smallest_log_to_the_largest() {
        let size = |events: u32, bytes: f64| json!({ "shape": "one", "events": events, "memory_bytes": bytes });
        let text = of(&json!({ "sizes": [size(10_000, 4e6), size(100_000, 2e7), size(1_000_000, 1e8)] }));
        assert!(
            text.contains(
                "| memory once everything was looked at, bytes | 4,000,000 | 20,000,000 | 100,000,000 | 25.00x |"
            ),
            "{text}"
        );
    }

    #[test]
    fn a_peer_stands_with_its_best_seek_or_with_why_it_failed() {
        let seeks = json!([{ "error": "no" }, { "ms": { "p50": 4.5 } }, { "ms": { "p50": 0.02 } }]);
        let text = of(&json!({ "peers": {
            "store__a": { "label": "A", "events": 1_000_000, "bulk_per_s": 320_000, "load_ms": 620, "seeks": seeks },
            "store__c": { "label": "C", "events": 10_000, "seeks": [{ "ms": { "p50": 0.0 } }] },
            "store__b": { "label": "B", "events": 10_000, "error": "timeout" },
        } }));
        assert!(text.contains("| A | 1,000,000 |  |  | 320,000 | 620 | 0.0200 |"), "{text}");
        assert!(text.contains("| C | 10,000 |  |  |  |  | under 0.005 |"), "{text}");
        assert!(text.contains("| B: failed, timeout | 10,000 |  |  |  |  |  |"), "{text}");
    }

    #[test]
    fn a_run_without_peers_and_without_sizes_still_makes_a_table() {
        let text = of(&json!({ "append": { "p50_ms": 1.25 } }));
        assert!(text.contains("| Annals: decided, durable, folded | 1.25 |"), "{text}");
    }
}
