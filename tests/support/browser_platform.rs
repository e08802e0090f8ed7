#![cfg(test)]
//! The browser's other doors: channel, locks, clock, storage, files, preferences and the list of ledgers.

use super::page::{Patch, evaluate, fresh};
use annals::{
    kernel::{ChainHash, EventId, Position, Tail, Timestamp},
    platform::{
        LocalError,
        channel::Channel,
        clock,
        files::{self, Download, FileError, FileReader},
        locks, preferences, registry, sleep, storage, yield_now,
    },
    store::{LedgerId, LedgerInfo, LedgerKind, Preferences, Theme, Witness, WitnessVerdict, ZoneChoice},
};
use futures_util::future::join;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

// News between tabs.

fn collector() -> (Rc<RefCell<Vec<u32>>>, impl FnMut(Position) + 'static) {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let into = Rc::clone(&heard);
    (heard, move |position: Position| into.borrow_mut().push(position.get()))
}

/// Waits for news, for a second at most.
async fn until(heard: &RefCell<Vec<u32>>, count: usize) -> Vec<u32> {
    for _ in 0..100 {
        if heard.borrow().len() >= count {
            break;
        }
        sleep(10).await;
    }
    heard.borrow().clone()
}

#[wasm_bindgen_test]
async fn news_reach_the_other_channels_of_the_ledger_and_no_others() {
    let (ledger, other) = (fresh("news"), fresh("other"));
    let (here, there) = (Channel::open(&ledger).unwrap(), Channel::open(&ledger).unwrap());
    let elsewhere = Channel::open(&other).unwrap();
    let (own, into_own) = collector();
    let (heard, into_heard) = collector();
    let (strange, into_strange) = collector();
    let _listeners = [here.listen(into_own), there.listen(into_heard), elsewhere.listen(into_strange)];
    here.announce(Position::new(7));
    here.announce(Position::new(u32::MAX));
    assert_eq!(until(&heard, 2).await, [7, u32::MAX]);
    assert_eq!((until(&own, 0).await, until(&strange, 0).await), (vec![], vec![]));
}

#[wasm_bindgen_test]
async fn a_listener_that_is_dropped_hears_nothing_more() {
    let ledger = fresh("news");
    let (here, there) = (Channel::open(&ledger).unwrap(), Channel::open(&ledger).unwrap());
    let (first, into_first) = collector();
    let (second, into_second) = collector();
    let dropped = there.listen(into_first);
    let kept = there.listen(into_second);
    here.announce(Position::new(1));
    assert_eq!(until(&first, 1).await, [1]);
    drop((dropped, there));
    here.announce(Position::new(2));
    assert_eq!(until(&second, 2).await, [1, 2], "a listener outlives the handle it was made from");
    assert_eq!(*first.borrow(), [1]);
    drop(kept);
}

#[wasm_bindgen_test]
async fn what_is_not_a_position_is_not_news() {
    let ledger = fresh("news");
    let channel = Channel::open(&ledger).unwrap();
    let (heard, into_heard) = collector();
    let _listener = channel.listen(into_heard);
    let send =
        "for (const message of ['x', null, -1, 1.5, NaN, 2 ** 32, { position: 3 }, 5]) channel.postMessage(message);";
    evaluate(&format!("const channel = new BroadcastChannel('annals.{ledger}'); {send} channel.close();")).await;
    assert_eq!(until(&heard, 1).await, [5]);
}

// Locks.

#[wasm_bindgen_test]
async fn a_lock_lets_one_in_at_a_time() {
    let name = fresh("lock").to_string();
    let trace = RefCell::new(Vec::new());
    let work = async |who: &'static str| {
        locks::with_lock(&name, async || {
            trace.borrow_mut().push(format!("{who} in"));
            sleep(20).await;
            trace.borrow_mut().push(format!("{who} out"));
            who
        })
        .await
    };
    assert_eq!(join(work("ada"), work("bob")).await, ("ada", "bob"));
    assert_eq!(trace.into_inner(), ["ada in", "ada out", "bob in", "bob out"]);
}

#[wasm_bindgen_test]
async fn a_lock_that_another_holds_is_not_waited_for() {
    let name = fresh("lock").to_string();
    let inner = locks::with_lock(&name, async || locks::with_lock_if_free(&name, async || 1).await);
    assert_eq!(inner.await, None);
    assert_eq!(locks::with_lock_if_free(&name, async || 1).await, Some(1), "it was given back");
    assert_eq!(locks::with_lock_if_free(&name, async || 2).await, Some(2));
}

#[wasm_bindgen_test]
async fn a_lock_nobody_waits_for_any_more_is_free() {
    let name = fresh("lock").to_string();
    locks::with_lock(&name, async || {
        // One that gives up while it waits.
        let waiting = locks::with_lock(&name, async || ());
        futures_util::pin_mut!(waiting);
        let given_up = futures_util::future::select(waiting, Box::pin(sleep(20))).await;
        assert!(matches!(given_up, futures_util::future::Either::Right(_)));
    })
    .await;
    // One that gives up while it holds.
    let holding = Box::pin(locks::with_lock(&name, std::future::pending::<()>));
    drop(futures_util::future::select(holding, Box::pin(sleep(20))).await);
    sleep(20).await;
    assert_eq!(locks::with_lock_if_free(&name, async || 1).await, Some(1));
}

#[wasm_bindgen_test]
async fn without_locks_work_is_done_all_the_same() {
    evaluate("Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true });").await;
    let done = locks::with_lock("x", async || 1).await;
    let tried = locks::with_lock_if_free("x", async || 2).await;
    evaluate("delete navigator.locks;").await;
    assert_eq!((done, tried), (1, Some(2)));
}

// Clock.

#[wasm_bindgen_test]
async fn the_clock_never_goes_back() {
    let before = clock::now();
    let patch = Patch::method("Date", "now", "return 1000;", "");
    let during = clock::now();
    drop(patch);
    assert_eq!(during, before.max(during));
    assert!(during >= before);
    sleep(3).await;
    assert!(clock::now() > before);
    assert!(before > Timestamp::parse("2024-01-01T00:00:00Z").unwrap());
    assert_eq!(before.as_micros() % 1000, 0);
}

#[wasm_bindgen_test]
fn ids_sort_by_when_they_were_made() {
    let begun = clock::now();
    let ids: Vec<EventId> = (0..10_000).map(|_| clock::new_id()).collect();
    let ended = clock::now();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    let EventId::Uuid(first) = &ids[0] else { panic!("not a UUID: {}", ids[0]) };
    assert_eq!(first.get_version_num(), 7);
    let (seconds, nanos) = first.get_timestamp().unwrap().to_unix();
    let made = i64::try_from(seconds).unwrap() * 1000 + i64::from(nanos) / 1_000_000;
    assert!((begun.as_millis()..=ended.as_millis()).contains(&made));
}

#[wasm_bindgen_test]
async fn the_offset_of_the_zone_is_that_of_the_moment() {
    let at = Timestamp::parse("2024-07-01T12:00:00Z").unwrap();
    let said = evaluate("return -new Date('2024-07-01T12:00:00Z').getTimezoneOffset();").await;
    assert_eq!(Some(f64::from(clock::offset_minutes(at))), said.as_f64());
    let patch = Patch::method("Date.prototype", "getTimezoneOffset", "return this.getTime() < 0 ? 300 : -345;", "");
    let offsets = (clock::offset_minutes(at), clock::offset_minutes(Timestamp::parse("1950-01-01T00:00:00Z").unwrap()));
    drop(patch);
    assert_eq!(offsets, (345, -300), "Kathmandu, New York");
    assert!(clock::performance_now() > 0.0);
}

// Storage.

#[wasm_bindgen_test]
async fn the_browser_says_how_much_room_there_is() {
    let room = storage::estimate().await.expect("this browser says");
    assert!(room.quota > room.usage, "{room:?}");
    assert!(storage::persisted().await.is_some());
    assert!(storage::persist().await.is_some());
}

#[wasm_bindgen_test]
async fn a_browser_that_says_nothing_of_its_storage_is_no_trouble() {
    evaluate("Object.defineProperty(navigator, 'storage', { value: undefined, configurable: true });").await;
    let said = (storage::estimate().await, storage::persisted().await, storage::persist().await);
    evaluate("delete navigator.storage;").await;
    assert_eq!(said, (None, None, None));
}

// Files.

#[wasm_bindgen_test]
async fn a_file_is_read_slice_by_slice() {
    let bytes: Vec<u8> = (0..=255).cycle().take(2500).collect();
    let mut download = Download::new("numbers.bin", "application/octet-stream");
    bytes.chunks(700).for_each(|part| download.push(part));
    let blob = download.to_blob().unwrap();
    assert_eq!(blob.type_(), "application/octet-stream");
    let mut reader = FileReader::with_slices(&blob, 1000);
    let (mut slices, mut progress) = (Vec::new(), Vec::new());
    while let Some(slice) = reader.next().await.unwrap() {
        slices.push(slice);
        progress.push(reader.progress().0);
    }
    assert_eq!(slices.iter().map(Vec::len).collect::<Vec<_>>(), [1000, 1000, 500]);
    assert_eq!(slices.concat(), bytes);
    assert_eq!(progress, [1000.0, 2000.0, 2500.0]);
    assert_eq!(FileReader::new(&web_sys::Blob::new().unwrap()).next().await, Ok(None));
}

#[wasm_bindgen_test]
async fn a_file_that_was_taken_away_is_an_error() {
    let patch = Patch::method(
        "Blob.prototype",
        "arrayBuffer",
        "return Promise.reject(new DOMException('it was moved', 'NotReadableError'));",
        "",
    );
    let mut download = Download::new("x", "text/plain");
    download.push(b"x");
    let read = FileReader::new(&download.to_blob().unwrap()).next().await;
    drop(patch);
    assert_eq!(read, Err(FileError::Unreadable { why: "NotReadableError: it was moved".to_owned() }));
}

#[wasm_bindgen_test]
async fn a_download_is_offered_under_its_name() {
    let patch = Patch::method("HTMLAnchorElement.prototype", "click", "window.offered = this;", "");
    let mut download = Download::new("books.csv", "text/csv");
    download.push(b"a;b\n");
    let offered = download.offer();
    drop(patch);
    assert_eq!(offered, Ok(()));
    let said = evaluate(
        "const { offered } = window; delete window.offered;
         return offered.download + ' ' + await (await fetch(offered.href)).text();",
    );
    assert_eq!(said.await.as_string().as_deref(), Some("books.csv a;b\n"));
}

#[wasm_bindgen_test]
async fn a_clipboard_that_takes_nothing_says_why() {
    evaluate(
        "Object.defineProperty(navigator, 'clipboard', { configurable: true, value: {
             async writeText(text) { if (text == 'bad') throw new DOMException('not in front', 'NotAllowedError'); window.copied = text; },
         } });",
    )
    .await;
    let (good, bad) = (files::copy_text("good").await, files::copy_text("bad").await);
    let copied =
        evaluate("const { copied } = window; delete window.copied; delete navigator.clipboard; return copied;").await;
    assert_eq!(copied.as_string().as_deref(), Some("good"));
    assert_eq!(good, Ok(()));
    assert_eq!(bad, Err(FileError::NoClipboard { why: "NotAllowedError: not in front".to_owned() }));
}

// What is kept in localStorage.

async fn put(key: &str, text: &str) {
    evaluate(&format!("localStorage.setItem('{key}', {text:?});")).await;
}

fn some_preferences() -> Preferences {
    Preferences {
        actor: "Ada".to_owned(),
        theme: Theme::Dark,
        zone: ZoneChoice::Utc,
        last_ledger: Some("books".to_owned()),
        csv_mappings: [("Date;Amount".to_owned(), serde_json::json!({ "amount": 1 }))].into(),
    }
}

#[wasm_bindgen_test]
async fn preferences_are_kept_and_garbage_is_survived() {
    evaluate("localStorage.removeItem('annals.preferences');").await;
    assert_eq!(preferences::load(), Preferences::default());
    preferences::save(&some_preferences()).unwrap();
    assert_eq!(preferences::load(), some_preferences());
    let changed = preferences::update(|preferences| preferences.theme = Theme::Light).unwrap();
    assert_eq!(changed, Preferences { theme: Theme::Light, ..some_preferences() });
    assert_eq!(preferences::load(), changed);
    for garbage in ["", "{", "null", "\\u0000", "[1,2]"] {
        put("annals.preferences", garbage).await;
        assert_eq!(preferences::load(), Preferences::default(), "{garbage:?}");
    }
    put("annals.preferences", r#"{"actor":"Ada","theme":"neon","zone":"utc","last_ledger":7}"#).await;
    let readable = Preferences { actor: "Ada".to_owned(), zone: ZoneChoice::Utc, ..Preferences::default() };
    assert_eq!(preferences::load(), readable);
    evaluate("localStorage.removeItem('annals.preferences');").await;
}

#[wasm_bindgen_test]
async fn a_local_storage_that_is_full_says_so() {
    let patch =
        Patch::method("Storage.prototype", "setItem", "throw new DOMException('no more', 'QuotaExceededError');", "");
    let full = preferences::save(&some_preferences());
    drop(patch);
    assert_eq!(full, Err(LocalError::Full));
    let patch =
        Patch::method("Storage.prototype", "setItem", "throw new DOMException('no', 'InvalidAccessError');", "");
    let refused = preferences::save(&some_preferences());
    drop(patch);
    assert!(matches!(&refused, Err(LocalError::Refused { why }) if why.contains("no")), "{refused:?}");
}

#[wasm_bindgen_test]
async fn without_a_local_storage_things_are_kept_while_the_page_is_open() {
    let absent = [
        "get() { throw new DOMException('forbidden', 'SecurityError'); }",
        "get() { return null; }",
        "get() { return undefined; }",
    ];
    for absent in absent {
        evaluate(&format!(
            "window.kept ??= Object.getOwnPropertyDescriptor(window, 'localStorage');
             Object.defineProperty(window, 'localStorage', {{ configurable: true, {absent} }});"
        ))
        .await;
        let ledger = fresh("stand-in");
        preferences::save(&some_preferences()).unwrap();
        registry::save_ledger(&LedgerInfo::unknown(ledger.clone())).unwrap();
        let seen = (preferences::load(), registry::ledgers());
        registry::forget_ledger(&ledger);
        let forgotten = registry::ledgers();
        evaluate("Object.defineProperty(window, 'localStorage', window.kept); delete window.kept;").await;
        assert_eq!(seen, (some_preferences(), vec![LedgerInfo::unknown(ledger)]), "{absent}");
        assert_eq!(forgotten, []);
    }
    assert_eq!(preferences::load(), Preferences::default(), "the true storage was not touched");
}

fn info(id: &LedgerId, millis: i64) -> LedgerInfo {
    let created_at = Timestamp::from_millis(millis);
    LedgerInfo { id: id.clone(), name: format!("The books of {id}"), kind: LedgerKind::Demo, created_at }
}

#[wasm_bindgen_test]
async fn ledgers_are_listed_and_a_damaged_entry_does_not_vanish() {
    let (old, new, bad) = (fresh("old"), fresh("new"), fresh("bad"));
    registry::save_ledger(&info(&new, 2000)).unwrap();
    registry::save_ledger(&info(&old, 1000)).unwrap();
    registry::save_ledger(&info(&bad, 3000)).unwrap();
    put(&format!("annals.ledger.{bad}"), "{\"id\":").await;
    put("annals.ledger.Not An Id", "7").await;
    let listed = registry::ledgers();
    assert_eq!(listed, [LedgerInfo::unknown(bad.clone()), info(&old, 1000), info(&new, 2000)]);
    registry::save_ledger(&LedgerInfo { name: "Renamed".to_owned(), ..info(&new, 2000) }).unwrap();
    assert_eq!(registry::ledgers()[2].name, "Renamed");
    [old, new, bad].iter().for_each(registry::forget_ledger);
    assert_eq!(registry::ledgers(), []);
    evaluate("localStorage.removeItem('annals.ledger.Not An Id');").await;
}

#[wasm_bindgen_test]
async fn a_witness_is_kept_apart_and_never_taken_back() {
    let ledger = fresh("witness");
    let seen = |events: u32, digit: &str| {
        let tail = Tail { position: Position::new(events), chain: ChainHash::parse(&digit.repeat(64)).unwrap() };
        (tail, Witness::of(tail, Timestamp::from_millis(i64::from(events))))
    };
    let ((tail, witness), (_, later)) = (seen(270, "a"), seen(300, "b"));
    assert_eq!(registry::witness(&ledger), None);
    registry::record_witness(&ledger, &later).unwrap();
    registry::record_witness(&ledger, &witness).unwrap();
    assert_eq!(registry::witness(&ledger), Some(later), "a slower tab takes nothing back");
    let kept = registry::witness(&ledger).unwrap();
    let nothing = |_| None;
    assert_eq!(kept.compare(tail, nothing), WitnessVerdict::Shorter { expected: 300, found: 270 });
    assert_eq!(kept.compare(Tail::START, nothing), WitnessVerdict::Empty { expected: 300 });
    assert_eq!(kept.compare(seen(300, "b").0, nothing), WitnessVerdict::Intact);
    assert_eq!(kept.compare(seen(300, "c").0, nothing), WitnessVerdict::Different);
    assert_eq!(kept.compare(seen(301, "c").0, |_| Some(later.chain)), WitnessVerdict::Ahead);
    put(&format!("annals.witness.{ledger}"), "garbage").await;
    assert_eq!(registry::witness(&ledger), None);
    registry::record_witness(&ledger, &witness).unwrap();
    registry::forget_ledger(&ledger);
    assert_eq!(registry::witness(&ledger), None);
}

// Turns.

/// How many turns are given and taken back in `millis` milliseconds, while a timer of the page runs beside them.
async fn turns_in(millis: f64) -> (u32, u32) {
    let ticks = Rc::new(RefCell::new(0));
    let counter = Rc::downgrade(&ticks);
    spawn_local(async move {
        while let Some(ticks) = counter.upgrade() {
            *ticks.borrow_mut() += 1;
            drop(ticks);
            sleep(5).await;
        }
    });
    let begun = clock::performance_now();
    let mut turns = 0;
    while clock::performance_now() - begun < millis {
        yield_now().await;
        turns += 1;
    }
    let ticks = *ticks.borrow();
    (turns, ticks)
}

#[wasm_bindgen_test]
async fn a_turn_comes_back_soon_and_others_get_theirs() {
    let (turns, ticks) = turns_in(400.0).await;
    let frames = evaluate(
        "let frames = 0, go = true;
         const frame = () => { frames += 1; if (go) requestAnimationFrame(frame); };
         requestAnimationFrame(frame);
         await new Promise(done => setTimeout(done, 300)); go = false; return frames;",
    );
    let (frames, _) = join(frames, turns_in(300.0)).await;
    let each = evaluate(
        "const measure = async turn => {
             const begun = performance.now(); let turns = 0;
             while (performance.now() - begun < 300) { await turn(); turns += 1; }
             return (performance.now() - begun) / turns;
         };
         const { port1, port2 } = new MessageChannel();
         return [
             await measure(() => scheduler.yield()),
             await measure(() => new Promise(done => { port1.onmessage = done; port2.postMessage(null); })),
             await measure(() => new Promise(done => setTimeout(done, 0))),
         ].map(time => (1000 * time).toFixed(0) + ' us').join(', ');",
    )
    .await;
    console_log!(
        "turns in 400 ms: {turns}, ticks of 5 ms meanwhile: {ticks}, frames in 300 ms: {frames:?}; scheduler, message, timer: {each:?}"
    );
    assert!(turns > 150, "{turns} turns in 400 ms are slower than a timer");
    assert!(ticks > 5, "a timer got {ticks} turns in 400 ms");
    assert!(frames.as_f64() > Some(3.0), "the page painted {frames:?} times in 300 ms");
}

#[wasm_bindgen_test]
async fn a_pause_lasts() {
    let begun = clock::performance_now();
    sleep(30).await;
    assert!(clock::performance_now() - begun >= 29.0);
}
