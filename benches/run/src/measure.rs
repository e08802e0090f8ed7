//! The workloads, one after the other, in browsers that start anew on one profile.

use crate::{
    Plan, circumstances,
    figures::{agree, median, number, numbers, quantile},
};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};
use std::{fs, path::Path};
use stories::{Browser, Page, Profile, Server};

const SHAPES: [&str; 2] = ["one", "many"];
/// How often the kinds of appends take turns, so that a noisy moment strikes them all.
const APPEND_ROUNDS: u32 = 10;
/// How often a start is timed; the median counts.
const STARTS: usize = 5;
/// The longest file of CloudEvents that is imported: at some 500 bytes an event, larger ones strain the browser's memory.
const IMPORTED_MAX: u32 = 100_000;
/// Places that the playhead is dragged through.
const DRAG_PLACES: u32 = 60;

/// Notes when the balance is first on the screen, and when all that happened is, from before the page's own scripts run.
const WATCH_START: &str = r#"
    const shown = (name, isThere) => new MutationObserver((_, observer) => {
        if (isThere()) {
            requestAnimationFrame(() => { window[name] = performance.now(); });
            observer.disconnect();
        }
    }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-minor", "data-reading"] });
    const balance = () => document.querySelector('[data-testid="balance"][data-minor]') !== null;
    shown("balanceShownAt", balance);
    shown("allShownAt", () => balance() && document.querySelector(".tl-table") !== null
        && !document.documentElement.hasAttribute("data-reading"));
"#;

/// Notes the times between frames and the tasks over 50 ms.
const WATCH_FRAMES: &str = r"
    window.frames = []; window.tasks = [];
    new PerformanceObserver((list) => list.getEntries().forEach((task) => tasks.push(task.duration))).observe({ type: 'longtask' });
    let last = performance.now();
    const frame = (now) => { frames.push(now - last); last = now; window.watching = requestAnimationFrame(frame); };
    window.watching = requestAnimationFrame(frame);
";

pub(crate) async fn everything(plan: &Plan) -> Result<Value> {
    let server = Server::isolated(&plan.page)?;
    let profile = Profile::new()?;
    let bench = Bench { address: server.address(), profile };
    let browser = bench.with_page(async |page| page.run::<Value>("return navigator.userAgent").await).await?;
    let mut results = Map::new();
    results.insert("circumstances".to_owned(), circumstances(&browser));
    results.insert("append".to_owned(), bench.append(plan.appends).await?);
    bench.workload("fill", "one", 1).await?;
    results.insert("start_of_one_event".to_owned(), bench.start("bench-one-1").await?);
    let mut sizes = Vec::new();
    for size in &plan.sizes {
        for shape in SHAPES {
            eprintln!("{shape}, {size} events");
            sizes.push(bench.size(shape, *size).await.with_context(|| format!("{shape}, {size} events"))?);
        }
    }
    results.insert("sizes".to_owned(), sizes.into());
    Ok(Value::Object(results))
}

struct Bench {
    address: String,
    profile: Profile,
}

impl Bench {
    /// Runs `work` on the bench page of a fresh browser.
    async fn with_page<T>(&self, work: impl AsyncFnOnce(&Page) -> Result<T>) -> Result<T> {
        let browser = Browser::open(&self.profile).await?;
        let page = browser.page().await?;
        page.visit(&format!("{}bench/index.html", self.address)).await?;
        page.wait_for("the bench page", "return document.title.endsWith('ready')").await?;
        let done = work(&page).await?;
        browser.close().await?;
        Ok(done)
    }

    async fn workload(&self, name: &str, shape: &str, events: u32) -> Result<Value> {
        self.with_page(async |page| run(page, name, shape, events).await).await
    }

    async fn append(&self, count: u32) -> Result<Value> {
        let (mut ours, mut alone, mut strict, mut relaxed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        self.with_page(async |page| {
            for _ in 0..APPEND_ROUNDS {
                let share = count.div_ceil(APPEND_ROUNDS);
                ours.extend(numbers(&run(page, "append", "one", share).await?, "times")?);
                alone.extend(numbers(&run(page, "append_alone", "one", share).await?, "times")?);
                strict.extend(numbers(&floor(page, "add", &["strict".into(), share.into()]).await?, "times")?);
                relaxed.extend(numbers(&floor(page, "add", &["relaxed".into(), share.into()]).await?, "times")?);
            }
            Ok(())
        })
        .await?;
        Ok(json!({
            "p50_ms": median(&ours), "p99_ms": quantile(&ours, 0.99),
            "alone_p50_ms": median(&alone), "alone_p99_ms": quantile(&alone, 0.99),
            "floor_strict_p50_ms": median(&strict), "floor_strict_p99_ms": quantile(&strict, 0.99),
            "floor_relaxed_p50_ms": median(&relaxed),
            "ratio_to_strict": median(&ours) / median(&strict),
            "alone_ratio_to_strict": median(&alone) / median(&strict),
        }))
    }

    /// Everything that depends on how many events there are.
    async fn size(&self, shape: &str, events: u32) -> Result<Value> {
        let before = folder_bytes(&self.profile.data())?;
        let filled = self.workload("fill", shape, events).await?;
        agree(&filled, "balance", "expected")?;
        let disk = folder_bytes(&self.profile.data())?.saturating_sub(before);
        let (floor_filled, floor_seek) = self
            .with_page(async |page| {
                let filled = floor(page, "fill", &[events.into()]).await?;
                let seek = floor(page, "seek", &[events.into(), 2_000.into()]).await?;
                Ok((filled, seek))
            })
            .await?;
        let floor_read = self.with_page(async |page| floor(page, "getAll", &[events.into()]).await).await?;
        agree(&floor_read, "balance", "folded")?;
        let opened = self.workload("open", shape, events).await?;
        agree(&opened, "balance", "expected")?;
        let seek = self.workload("seek", shape, events).await?;
        for sum in ["recorded_sum", "occurred_sum", "stored_sum", "stored_occurred_sum"] {
            agree(&seek, sum, "expected")?;
        }
        let rebuild = self.workload("rebuild", shape, events).await?;
        agree(&rebuild, "balance", "expected")?;
        agree(&rebuild, "balance_from_memory", "expected")?;
        if shape == "one" {
            ensure!(
                number(&floor_seek, "sum")?.to_bits() == number(&seek, "expected")?.to_bits(),
                "the floor's seeks differ"
            );
        }
        let imported = if events <= IMPORTED_MAX { Some(self.workload("import", shape, events).await?) } else { None };
        if let Some(imported) = &imported {
            agree(imported, "balance", "expected")?;
        }
        let import =
            imported.as_ref().map(|answer| Ok::<_, anyhow::Error>(f64::from(events) / number(answer, "ms")? * 1000.0));
        let ledger = format!("bench-{shape}-{events}");
        let per_second =
            |answer: &Value, name: &str| Ok::<_, anyhow::Error>(f64::from(events) / number(answer, name)? * 1000.0);
        let times = |name: &str| numbers(&seek, name);
        let (recorded, occurred, cold) = (times("recorded_times")?, times("occurred_times")?, times("cold_times")?);
        let (stored, stored_occurred) = (times("stored_times")?, times("stored_occurred_times")?);
        let seek_floor = numbers(&floor_seek, "times")?;
        let each = |answer: &Value, name: &str| numbers(answer, name).map(|values| median(&values));
        Ok(json!({
            "shape": shape,
            "events": events,
            "fill_per_s": per_second(&filled, "ms")?,
            "import_per_s": import.transpose()?,
            "floor_fill_per_s": per_second(&floor_filled, "ms")?,
            "block_bytes_per_event": number(&filled, "block_bytes")? / f64::from(events),
            "disk_bytes_per_event": ratio(disk, events),
            "open_ms": number(&opened, "ms")?,
            "memory_bytes": number(&opened, "memory_bytes")?,
            "start_memory_bytes": number(&opened, "start_memory_bytes")?,
            "floor_read_ms": number(&floor_read, "ms")?,
            "seek_recorded_p50_ms": each(&seek, "recorded_each")?, "seek_recorded_p99_ms": quantile(&recorded, 0.99),
            "seek_occurred_p50_ms": each(&seek, "occurred_each")?, "seek_occurred_p99_ms": quantile(&occurred, 0.99),
            "seek_cold_p50_ms": median(&cold), "seek_cold_p99_ms": quantile(&cold, 0.99),
            "seek_stored_p50_ms": median(&stored), "seek_stored_p99_ms": quantile(&stored, 0.99),
            "seek_stored_occurred_p50_ms": median(&stored_occurred), "seek_stored_occurred_p99_ms": quantile(&stored_occurred, 0.99),
            "floor_seek_p50_ms": each(&floor_seek, "each")?, "floor_seek_p99_ms": quantile(&seek_floor, 0.99),
            "rebuild_from_storage_per_s": per_second(&rebuild, "storage_ms")?,
            "rebuild_from_memory_per_s": per_second(&rebuild, "memory_ms")?,
            "floor_storage_per_s": per_second(&floor_read, "ms")?,
            "floor_memory_per_s": per_second(&floor_read, "fold_ms")?,
            "start": self.start(&ledger).await?,
            "scrub": self.scrub(&ledger, &[]).await?,
            "scrub_on_a_phone": self.scrub(&ledger, &["--window-size=390,844"]).await?,
        }))
    }

    /// The real page: from the start of the navigation to a balance on the screen.
    async fn start(&self, ledger: &str) -> Result<Value> {
        let browser = Browser::open(&self.profile).await?;
        let page = browser.page().await?;
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH_START })).await?;
        let (mut times, mut whole) = (Vec::new(), Vec::new());
        // The first one fills the browser's caches of code.
        for _ in 0..=STARTS {
            page.visit("about:blank").await?;
            page.visit(&format!("{}#/{ledger}/bank", self.address)).await?;
            let all = page.wait_for("all that happened", "return window.allShownAt ?? null").await?;
            whole.push(all.as_f64().unwrap_or_default());
            times.push(page.run::<f64>("return window.balanceShownAt").await?);
        }
        browser.close().await?;
        let [times, whole] = [&times, &whole].map(|measured| measured.get(1..).unwrap_or_default());
        Ok(json!({ "ms": median(times), "most_ms": quantile(times, 1.0), "all_ms": median(whole) }))
    }

    /// The real page: the playhead dragged from the end to the beginning and back.
    async fn scrub(&self, ledger: &str, flags: &[&str]) -> Result<Value> {
        let browser = Browser::open_with(&self.profile, flags).await?;
        let page = browser.page().await?;
        page.visit(&format!("{}#/{ledger}/bank", self.address)).await?;
        let all = "return document.querySelector('.tl-table') !== null && !document.documentElement.hasAttribute('data-reading')";
        page.wait_for("all that happened", all).await?;
        let used = "return performance.memory?.usedJSHeapSize ?? 0";
        let before = page.run::<f64>(used).await?;
        page.run::<Value>(WATCH_FRAMES).await?;
        let shares: Vec<f64> = (0..=DRAG_PLACES)
            .map(|place| (f64::from(place) / f64::from(DRAG_PLACES) * 2.0 - 1.0).abs() * 0.98 + 0.01)
            .collect();
        page.drag("#tb-track", &shares).await?;
        let seen = page.run::<Value>("cancelAnimationFrame(watching); return { frames, tasks }").await?;
        let after = page.run::<f64>(used).await?;
        browser.close().await?;
        let (frames, tasks) = (numbers(&seen, "frames")?, numbers(&seen, "tasks")?);
        Ok(json!({
            "frames": frames.len(), "p50_ms": median(&frames), "p95_ms": quantile(&frames, 0.95), "longest_ms": quantile(&frames, 1.0),
            "tasks_over_50_ms": tasks.len(), "longest_task_ms": quantile(&tasks, 1.0),
            "heap_before": before, "heap_after": after,
        }))
    }
}

async fn run(page: &Page, workload: &str, shape: &str, events: u32) -> Result<Value> {
    page.run_with("return await bench.run(...arguments[0])", vec![json!([workload, shape, events])]).await
}

async fn floor(page: &Page, name: &str, values: &[Value]) -> Result<Value> {
    page.run_with("return await bench.floor(...arguments[0])", vec![[&[name.into()], values].concat().into()]).await
}

/// What the files of the browser's databases weigh, and those of the folders below.
fn folder_bytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let inside = entry.path().components().any(|part| part.as_os_str() == "IndexedDB");
        if kind.is_dir() {
            sum += folder_bytes(&entry.path())?;
        } else if kind.is_file() && inside {
            sum += entry.metadata()?.len();
        }
    }
    Ok(sum)
}

#[expect(clippy::cast_precision_loss, reason = "a size in bytes")]
fn ratio(bytes: u64, events: u32) -> f64 {
    bytes as f64 / f64::from(events)
}
