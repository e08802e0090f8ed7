#![cfg(test)]
//! The log in a real browser: the contract, and every failure that a browser has in store.

use super::{
    log_contract::{Archive, blocks_after, end_of, stored},
    page::{Patch, evaluate, fresh},
};
use annals::{
    kernel::{AppendError, Block, BlockError, CheckpointStore as _, EventLog as _, LogError, Position, Tail},
    platform::{
        IndexedDbLog, clock,
        idb::{Database, Durability, Factory, IdbError, Mode, Upgrade},
        sleep,
    },
    store::{LedgerId, MemoryLog},
};
use futures_util::future::join;
use js_sys::Uint8Array;
use std::{cell::RefCell, collections::BTreeMap};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

mod over_memory {
    use super::{Archive, BTreeMap, MemoryLog, RefCell, wasm_bindgen_test};
    use crate::log_contract::{self, with_each_promise};

    #[derive(Default)]
    struct Memory {
        logs: RefCell<BTreeMap<String, MemoryLog>>,
    }

    impl Archive for Memory {
        type Log = MemoryLog;
        async fn open(&self, name: &str) -> MemoryLog {
            self.logs.borrow_mut().entry(name.to_owned()).or_default().clone()
        }
    }

    macro_rules! tests {
        ($($promise:ident),* $(,)?) => {
            $(#[wasm_bindgen_test]
            async fn $promise() {
                log_contract::$promise(&Memory::default()).await;
            })*
        };
    }
    with_each_promise!(tests);
}

mod over_indexed_db {
    use super::{Archive, IndexedDbLog, LedgerId, fresh, wasm_bindgen_test};
    use crate::log_contract::{self, with_each_promise};

    struct Databases {
        prefix: LedgerId,
    }

    impl Archive for Databases {
        type Log = IndexedDbLog;
        async fn open(&self, name: &str) -> IndexedDbLog {
            let ledger = LedgerId::parse(&format!("{}-{name}", self.prefix)).expect("an id");
            IndexedDbLog::open(&ledger).await.expect("opened")
        }
    }

    macro_rules! tests {
        ($($promise:ident),* $(,)?) => {
            $(#[wasm_bindgen_test]
            async fn $promise() {
                log_contract::$promise(&Databases { prefix: fresh("contract") }).await;
            })*
        };
    }
    with_each_promise!(tests);
}

fn name_of(ledger: &LedgerId) -> String {
    format!("annals.{ledger}")
}

/// A log of a fresh ledger that holds three blocks.
async fn a_log() -> (LedgerId, IndexedDbLog, Vec<Block>) {
    let ledger = fresh("log");
    let log = IndexedDbLog::open(&ledger).await.expect("opened");
    let blocks = blocks_after(Tail::START, 3, "ada");
    log.append(Tail::START, &blocks).await.expect("appended");
    (ledger, log, blocks)
}

async fn holds_exactly(log: &IndexedDbLog, blocks: &[Block]) {
    assert_eq!(log.last().await, Ok(end_of(blocks).position));
    assert_eq!(log.read(Position::ZERO, u32::MAX).await, Ok(stored(blocks)));
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of an upgrade")]
fn no_upgrade(_: &Upgrade) -> Result<(), IdbError> {
    Ok(())
}

// What is stored, and how durably.

#[wasm_bindgen_test]
async fn the_stored_layout_stays() {
    let (ledger, log, blocks) = a_log().await;
    drop(log);
    let layout = evaluate(&format!(
        "const open = indexedDB.open('{}');
         const database = await new Promise(done => open.onsuccess = () => done(open.result));
         const transaction = database.transaction(database.objectStoreNames);
         const ask = request => new Promise(done => request.onsuccess = () => done(request.result));
         const keys = await ask(transaction.objectStore('blocks').getAllKeys());
         const values = await ask(transaction.objectStore('blocks').getAll());
         const text = JSON.stringify([database.version, [...database.objectStoreNames], keys,
             values.every(value => value instanceof Uint8Array)]);
         database.close();
         return text;",
        name_of(&ledger)
    ))
    .await;
    let expected = r#"[1,["blocks","derived"],[1,3,6],true]"#;
    assert_eq!(layout.as_string().as_deref(), Some(expected), "{} blocks, by their last events", blocks.len());
}

#[wasm_bindgen_test]
async fn an_append_is_strictly_durable_and_in_one_transaction() {
    let (_, log, blocks) = a_log().await;
    let patch = Patch::method(
        "IDBDatabase.prototype",
        "transaction",
        "(window.begun ??= []).push([names, mode, options.durability].flat().join(' ')); return original.call(this, names, mode, options);",
        "names, mode, options",
    );
    log.append(end_of(&blocks), &blocks_after(end_of(&blocks), 5, "ada")).await.expect("appended");
    drop(patch);
    let begun = evaluate("const begun = window.begun.join(); delete window.begun; return begun;").await;
    assert_eq!(begun.as_string().as_deref(), Some("blocks readwrite strict"));
}

#[wasm_bindgen_test]
async fn before_the_first_write_of_a_log_and_no_other_the_browser_begins_a_log_of_its_own() {
    let patch = Patch::method(
        "IDBFactory.prototype",
        "deleteDatabase",
        "(window.deleted ??= []).push(name); return original.call(this, name);",
        "name",
    );
    let (_, log, blocks) = a_log().await;
    let deleted = "return (window.deleted ?? []).join();";
    assert_eq!(evaluate(deleted).await.as_string().as_deref(), Some("annals-renewal"));
    log.append(end_of(&blocks), &blocks_after(end_of(&blocks), 5, "ada")).await.expect("appended");
    log.save(&[("a fold", b"its state")]).await.expect("saved");
    assert_eq!(evaluate(deleted).await.as_string().as_deref(), Some("annals-renewal"), "once is enough");
    drop(patch);
    let left =
        "delete window.deleted; return (await indexedDB.databases()).some(({ name }) => name === 'annals-renewal');";
    assert_eq!(evaluate(left).await.as_bool(), Some(false), "nothing is left of it");
}

#[wasm_bindgen_test]
async fn saved_means_that_the_transaction_is_complete() {
    let (_, log, blocks) = a_log().await;
    let patch = Patch::method(
        "IDBDatabase.prototype",
        "transaction",
        "const begun = original.call(this, names, mode, options);
         begun.addEventListener('complete', () => window.completed = true);
         return begun;",
        "names, mode, options",
    );
    log.append(end_of(&blocks), &blocks_after(end_of(&blocks), 1, "ada")).await.expect("appended");
    drop(patch);
    assert_eq!(evaluate("return window.completed === true;").await, JsValue::TRUE);
}

// Room.

#[wasm_bindgen_test]
async fn a_used_up_quota_is_told_and_nothing_is_written() {
    // A storage bucket has a quota of its own: a real one, and small.
    let bucket = evaluate(
        "return navigator.storageBuckets ? await navigator.storageBuckets.open('small', { quota: 2_000_000 }) : null;",
    )
    .await;
    assert!(!bucket.is_null(), "this browser has no storage buckets");
    let ledger = fresh("quota");
    let log = IndexedDbLog::open_in(Factory::of(&bucket).expect("its own factory"), &ledger).await.expect("opened");
    let writer = "x".repeat(15_000);
    let mut kept: Vec<Block> = Vec::new();
    let refused = loop {
        let blocks = blocks_after(end_of(&kept), 12, &noise(&writer, kept.len()));
        match log.append(end_of(&kept), &blocks).await {
            Ok(()) => kept.extend(blocks),
            Err(error) => break error,
        }
        assert!(kept.len() < 600, "the quota never ends");
    };
    assert_eq!(refused, AppendError::Log(LogError::QuotaExceeded), "after {} blocks", kept.len());
    holds_exactly(&log, &kept).await;
    drop(log);
    evaluate("await navigator.storageBuckets.delete('small');").await;
}

/// A text of the length of another that does not compress.
fn noise(like: &str, seed: usize) -> String {
    let mut state = seed as u64 + 1;
    like.chars()
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap())
        })
        .collect()
}

#[wasm_bindgen_test]
async fn a_quota_that_shows_in_the_transaction_alone_is_told() {
    let (_, log, blocks) = a_log().await;
    let patch = Patch::method(
        "IDBTransaction.prototype",
        "commit",
        "Object.defineProperty(this, 'error', { value: new DOMException('', 'QuotaExceededError') });
         this.abort();",
        "",
    );
    let refused = log.append(end_of(&blocks), &blocks_after(end_of(&blocks), 2, "ada")).await;
    drop(patch);
    assert_eq!(refused, Err(AppendError::Log(LogError::QuotaExceeded)));
    holds_exactly(&log, &blocks).await;
}

// Versions and other connections.

#[wasm_bindgen_test]
async fn a_connection_that_stays_open_blocks_an_upgrade() {
    let name = fresh("blocked").to_string();
    let page = Factory::of_page().expect("there is one");
    // A connection that does not listen: an older program, or a tab that hangs.
    let deaf = evaluate(&format!(
        "const open = indexedDB.open('{name}', 1); return await new Promise(done => open.onsuccess = () => done(open.result));"
    ))
    .await;
    let refused = Database::open(&page, &name, 2, no_upgrade).await.map(drop);
    assert_eq!(refused, Err(IdbError::Blocked));
    assert_eq!(LogError::from(IdbError::Blocked), LogError::Blocked);
    // When the other lets go, the upgrade takes place, and the connection that nobody waits for does not stay open.
    deaf.unchecked_into::<web_sys::IdbDatabase>().close();
    Database::open(&page, &name, 3, no_upgrade).await.expect("nobody blocks any more");
}

#[wasm_bindgen_test]
async fn our_own_connections_let_an_upgrade_pass() {
    let name = fresh("passing").to_string();
    let page = Factory::of_page().expect("there is one");
    let old = Database::open(&page, &name, 1, no_upgrade).await.expect("opened");
    assert_eq!(old.lost(), None);
    Database::open(&page, &name, 2, |upgrade| upgrade.create_store("new")).await.expect("not blocked");
    assert!(old.lost().is_some());
    let late = old.transaction(&["new"], Mode::Read, async |_| Ok::<_, IdbError>(())).await;
    assert!(matches!(late, Err(IdbError::ConnectionLost { .. })), "{late:?}");
}

#[wasm_bindgen_test]
async fn an_opening_that_nobody_waits_for_leaves_no_connection_behind() {
    let name = fresh("forgotten").to_string();
    let page = Factory::of_page().expect("there is one");
    let opening = Database::open(&page, &name, 1, no_upgrade);
    assert!(futures_util::FutureExt::now_or_never(opening).is_none());
    Database::open(&page, &name, 2, no_upgrade).await.expect("not blocked");
}

#[wasm_bindgen_test]
async fn a_failed_upgrade_leaves_the_database_as_it_was() {
    let name = fresh("upgrade").to_string();
    let page = Factory::of_page().expect("there is one");
    drop(Database::open(&page, &name, 1, |upgrade| upgrade.create_store("one")).await.expect("opened"));
    let failed = Database::open(&page, &name, 2, |upgrade| {
        assert_eq!(upgrade.from(), 1);
        upgrade.create_store("two")?;
        upgrade.create_store("one")
    });
    assert!(matches!(failed.await.map(drop), Err(IdbError::Constraint { .. })));
    let same = Database::open(&page, &name, 1, no_upgrade).await.expect("still version 1");
    let two = same.transaction(&["two"], Mode::Read, async |_| Ok::<_, IdbError>(())).await;
    assert!(matches!(&two, Err(IdbError::Other { name, .. }) if name == "NotFoundError"), "{two:?}");
}

#[wasm_bindgen_test]
async fn a_database_of_a_newer_program_is_left_alone() {
    let (ledger, log, blocks) = a_log().await;
    let page = Factory::of_page().expect("there is one");
    drop(Database::open(&page, &name_of(&ledger), 7, no_upgrade).await.expect("our connection lets it pass"));
    let newer = LogError::Newer { found: 7, known: 1 };
    // The tab that was open, and one that is opened.
    assert_eq!(log.last().await, Err(newer.clone()));
    let next = blocks_after(end_of(&blocks), 1, "ada");
    assert_eq!(log.append(end_of(&blocks), &next).await, Err(newer.clone().into()));
    assert_eq!(IndexedDbLog::open(&ledger).await.map(drop), Err(newer));
}

#[wasm_bindgen_test]
async fn deleting_a_ledger_is_not_held_up_by_our_tabs_and_is_not_taken_for_a_fresh_start() {
    let (ledger, log, blocks) = a_log().await;
    IndexedDbLog::delete(&ledger).await.expect("not blocked");
    let next = blocks_after(end_of(&blocks), 1, "ada");
    for outcome in [log.last().await.map(drop), log.append(end_of(&blocks), &next).await.map_err(log_error)] {
        assert_eq!(outcome, Err(LogError::Gone));
    }
    let names = evaluate("return (await indexedDB.databases()).map(database => database.name).join();").await;
    assert!(!names.as_string().unwrap().contains(ledger.as_str()), "the database was made again");
    IndexedDbLog::delete(&ledger).await.expect("deleted already");
    let anew = IndexedDbLog::open(&ledger).await.expect("opened");
    holds_exactly(&anew, &[]).await;
}

fn log_error(error: AppendError) -> LogError {
    match error {
        AppendError::Log(error) => error,
        AppendError::Conflict { .. } => panic!("{error}"),
    }
}

#[wasm_bindgen_test]
async fn deleting_says_when_another_connection_stays_open() {
    let (ledger, log, _) = a_log().await;
    let deaf = evaluate(&format!(
        "const open = indexedDB.open('{}'); return await new Promise(done => open.onsuccess = () => done(open.result));",
        name_of(&ledger)
    ))
    .await;
    assert_eq!(IndexedDbLog::delete(&ledger).await, Err(LogError::Blocked));
    deaf.unchecked_into::<web_sys::IdbDatabase>().close();
    drop(log);
}

// Lost connections.

/// Closes connections behind our back: each one that begins a transaction, as long as there are `times` left.
fn closing(times: u32) -> Patch {
    Patch::method(
        "IDBDatabase.prototype",
        "transaction",
        &format!(
            "window.closings ??= {times};
             if (window.closings > 0) {{ window.closings -= 1; this.close(); }}
             return original.call(this, names, mode, options);"
        ),
        "names, mode, options",
    )
    .and_finally("delete window.closings;")
}

#[wasm_bindgen_test]
async fn a_connection_closed_behind_our_back_is_opened_again() {
    for times in 1..=3 {
        let (_, log, mut blocks) = a_log().await;
        let patch = closing(times);
        let next = blocks_after(end_of(&blocks), 2, "ada");
        log.append(end_of(&blocks), &next).await.expect("appended over a new connection");
        drop(patch);
        blocks.extend(next);
        holds_exactly(&log, &blocks).await;
    }
}

#[wasm_bindgen_test]
async fn after_three_attempts_a_lost_connection_is_given_up() {
    let (_, log, blocks) = a_log().await;
    let patch = closing(1000);
    let refused = log.append(end_of(&blocks), &blocks_after(end_of(&blocks), 2, "ada")).await;
    let closings = evaluate("return 1000 - window.closings;").await;
    drop(patch);
    assert!(
        matches!(&refused, Err(AppendError::Log(LogError::ConnectionLost { attempts: 3, why })) if why.contains("closing")),
        "{refused:?}"
    );
    assert_eq!(closings.as_f64(), Some(4.0), "the first try and three more");
    // Once the trouble is over, the same handle works again, and nothing was lost or deleted.
    holds_exactly(&log, &blocks).await;
}

#[wasm_bindgen_test]
async fn a_database_that_cannot_be_opened_again_is_given_up_and_kept() {
    let (_, log, blocks) = a_log().await;
    let close_once = closing(1);
    let cannot_open = Patch::method(
        "IDBFactory.prototype",
        "open",
        "window.openings = (window.openings ?? 0) + 1; throw new DOMException('bad disk', 'UnknownError');",
        "name, version",
    );
    let refused = log.last().await;
    drop((close_once, cannot_open));
    let openings = evaluate("const openings = window.openings; delete window.openings; return openings;").await;
    assert_eq!(openings.as_f64(), Some(3.0));
    let given_up = LogError::ConnectionLost { attempts: 3, why: "UnknownError: bad disk".to_owned() };
    assert_eq!(refused, Err(given_up));
    holds_exactly(&log, &blocks).await;
}

#[wasm_bindgen_test]
async fn a_connection_that_the_browser_closes_is_opened_again() {
    let (_, log, mut blocks) = a_log().await;
    // The browser closes connections when its disk fails or site data is cleared, and says so with this event.
    let patch = Patch::method(
        "IDBDatabase.prototype",
        "transaction",
        "window.connection = this; return original.call(this, names, mode, options);",
        "names, mode, options",
    );
    log.last().await.expect("readable");
    drop(patch);
    evaluate("window.connection.dispatchEvent(new Event('close')); delete window.connection;").await;
    let next = blocks_after(end_of(&blocks), 1, "ada");
    log.append(end_of(&blocks), &next).await.expect("appended over a new connection");
    blocks.extend(next);
    holds_exactly(&log, &blocks).await;
}

#[wasm_bindgen_test]
async fn a_transaction_that_the_browser_rolls_back_is_tried_again() {
    let (_, log, mut blocks) = a_log().await;
    let patch = Patch::method(
        "IDBObjectStore.prototype",
        "add",
        "const request = original.call(this, value, key);
         if (!window.rolledBack) { window.rolledBack = true; this.transaction.abort(); }
         return request;",
        "value, key",
    )
    .and_finally("delete window.rolledBack;");
    let next = blocks_after(end_of(&blocks), 1, "ada");
    log.append(end_of(&blocks), &next).await.expect("appended at the second try");
    drop(patch);
    blocks.extend(next);
    holds_exactly(&log, &blocks).await;
}

#[wasm_bindgen_test]
async fn a_commit_whose_news_was_lost_is_not_taken_for_another_writers() {
    let (_, log, mut blocks) = a_log().await;
    // The transaction is committed, and what we hear is that it was aborted.
    let patch = Patch::method(
        "IDBTransaction.prototype",
        "commit",
        "original.call(this);
         if (!window.unheard) { window.unheard = true; this.dispatchEvent(new Event('abort')); }",
        "",
    )
    .and_finally("delete window.unheard;");
    let next = blocks_after(end_of(&blocks), 2, "ada");
    let outcome = log.append(end_of(&blocks), &next).await;
    drop(patch);
    assert_eq!(outcome, Ok(()));
    blocks.extend(next);
    holds_exactly(&log, &blocks).await;
}

#[wasm_bindgen_test]
async fn several_operations_may_lose_their_connection_together() {
    let (_, log, mut blocks) = a_log().await;
    let patch = closing(2);
    let next = blocks_after(end_of(&blocks), 2, "ada");
    let (last, appended) = join(log.last(), log.append(end_of(&blocks), &next)).await;
    drop(patch);
    assert_eq!(appended, Ok(()));
    let before = end_of(&blocks).position;
    blocks.extend(next);
    assert!([Ok(before), Ok(end_of(&blocks).position)].contains(&last), "either is right: {last:?}");
    holds_exactly(&log, &blocks).await;
}

// No storage.

#[wasm_bindgen_test]
async fn a_page_without_indexed_db_is_told_so() {
    let without = js_sys::Object::new();
    assert!(matches!(Factory::of(&without), Err(IdbError::Unavailable { .. })));
    let forbidden =
        evaluate("return { get indexedDB() { throw new DOMException('not here', 'SecurityError'); } };").await;
    let why = Factory::of(&forbidden).map(drop);
    assert_eq!(why, Err(IdbError::Unavailable { why: "SecurityError: not here".to_owned() }));
    assert_eq!(
        LogError::from(IdbError::Unavailable { why: "x".to_owned() }),
        LogError::Unavailable { why: "x".to_owned() }
    );
}

#[wasm_bindgen_test]
async fn a_window_that_may_keep_nothing_is_told_so() {
    for error in ["SecurityError", "InvalidStateError"] {
        let scope = evaluate(&format!(
            "return {{ indexedDB: {{ open() {{ throw new DOMException('private', '{error}'); }} }} }};"
        ))
        .await;
        let refused = IndexedDbLog::open_in(Factory::of(&scope).expect("a factory"), &fresh("private")).await.map(drop);
        assert_eq!(refused, Err(LogError::Unavailable { why: "private".to_owned() }));
    }
}

#[wasm_bindgen_test]
async fn a_frame_without_an_origin_is_told_so() {
    // A sandboxed frame is a real place where the browser forbids storage; its factory serves us here.
    let scope = evaluate(
        "const frame = document.createElement('iframe');
         frame.srcdoc = ''; frame.sandbox = 'allow-scripts';
         const answer = new Promise(done => addEventListener('message', event => done(event.data), { once: true }));
         frame.srcdoc = `<script>
             try { indexedDB.open('x'); parent.postMessage('opened', '*'); }
             catch (error) { parent.postMessage(error.name, '*'); }
         <\\/script>`;
         document.body.append(frame);
         const name = await answer;
         frame.remove();
         return { indexedDB: { open() { throw new DOMException('as in the frame', name); } } };",
    )
    .await;
    let refused = IndexedDbLog::open_in(Factory::of(&scope).expect("a factory"), &fresh("frame")).await.map(drop);
    assert_eq!(refused, Err(LogError::Unavailable { why: "as in the frame".to_owned() }));
}

// Damage.

/// Changes the bytes of the block of the events 2 and 3.
async fn damage(ledger: &LedgerId, change: impl FnOnce(&mut Vec<u8>)) {
    let page = Factory::of_page().expect("there is one");
    let database = Database::open(&page, &name_of(ledger), 1, no_upgrade).await.expect("opened");
    let work = async |transaction: &annals::platform::idb::Transaction| {
        let store = transaction.store("blocks")?;
        let mut bytes = store.get(&3.into())?.value().await?.unchecked_into::<Uint8Array>().to_vec();
        change(&mut bytes);
        store.put(&3.into(), &Uint8Array::from(&bytes[..]))
    };
    database.transaction(&["blocks"], Mode::Write(Durability::Relaxed), work).await.expect("damaged");
}

async fn second_block(log: &IndexedDbLog) -> Result<Block, BlockError> {
    let found = log.read(Position::FIRST, 1).await.expect("the bytes are there");
    assert_eq!(found[0].last, Position::new(3));
    Block::from_bytes(found[0].bytes.clone())
}

#[wasm_bindgen_test]
async fn a_flipped_bit_is_found() {
    let (ledger, log, blocks) = a_log().await;
    assert_eq!(second_block(&log).await.as_ref(), Ok(&blocks[1]));
    damage(&ledger, |bytes| bytes[150] ^= 0x10).await;
    assert!(matches!(second_block(&log).await, Err(BlockError::Checksum { .. })));
}

#[wasm_bindgen_test]
async fn a_block_of_a_later_format_is_named() {
    let (ledger, log, _) = a_log().await;
    damage(&ledger, |bytes| bytes[4] = 9).await;
    assert_eq!(second_block(&log).await, Err(BlockError::UnknownFormat { found: 9 }));
}

#[wasm_bindgen_test]
async fn a_cut_off_block_is_found() {
    let (ledger, log, _) = a_log().await;
    damage(&ledger, |bytes| bytes.truncate(40)).await;
    assert!(matches!(second_block(&log).await, Err(BlockError::Checksum { .. })));
    damage(&ledger, Vec::clear).await;
    assert_eq!(second_block(&log).await, Err(BlockError::NotABlock));
}

#[wasm_bindgen_test]
async fn records_that_are_not_ours_are_errors_not_panics() {
    let (ledger, log, blocks) = a_log().await;
    let page = Factory::of_page().expect("there is one");
    let database = Database::open(&page, &name_of(&ledger), 1, no_upgrade).await.expect("opened");
    let put = async |store: &str, key: JsValue, value: JsValue| {
        let work = async |transaction: &annals::platform::idb::Transaction| transaction.store(store)?.put(&key, &value);
        database.transaction(&[store], Mode::Write(Durability::Relaxed), work).await.expect("written");
    };
    put("blocks", 3.into(), "no bytes".into()).await;
    assert!(matches!(log.read(Position::ZERO, 9).await, Err(LogError::Backend { .. })));
    put("blocks", "zzz".into(), Uint8Array::new_with_length(3).into()).await;
    assert!(matches!(log.read(Position::new(6), 9).await, Err(LogError::Backend { .. })));
    assert!(matches!(log.last().await, Err(LogError::Backend { .. })));
    let refused = log.append(end_of(&blocks), &blocks_after(end_of(&blocks), 1, "ada")).await;
    assert!(matches!(refused, Err(AppendError::Log(LogError::Backend { .. }))), "{refused:?}");
}

#[wasm_bindgen_test]
async fn nothing_is_appended_behind_a_last_block_that_cannot_be_read() {
    let (ledger, _, blocks) = a_log().await;
    let next = blocks_after(end_of(&blocks), 1, "ada");
    let page = Factory::of_page().expect("there is one");
    let database = Database::open(&page, &name_of(&ledger), 1, no_upgrade).await.expect("opened");
    for bad in [Uint8Array::new_with_length(3).into(), JsValue::NULL, "no bytes".into()] {
        let work =
            async |transaction: &annals::platform::idb::Transaction| transaction.store("blocks")?.put(&6.into(), &bad);
        database.transaction(&["blocks"], Mode::Write(Durability::Strict), work).await.expect("written");
        let log = IndexedDbLog::open(&ledger).await.expect("opened");
        assert_eq!(log.last().await, Ok(Position::new(6)), "the length of the log is known all the same");
        let refused = log.append(end_of(&blocks), &next).await;
        assert!(matches!(refused, Err(AppendError::Log(LogError::Backend { .. }))), "{refused:?}");
        assert_eq!(log.last().await, Ok(Position::new(6)));
    }
}

#[wasm_bindgen_test]
async fn a_tab_that_slept_through_a_merge_reads_on_and_appends_only_at_the_end() {
    let (ledger, log, blocks) = a_log().await;
    let more = blocks_after(end_of(&blocks), 2, "bob");
    let other = IndexedDbLog::open(&ledger).await.expect("opened");
    other.append(end_of(&blocks), &more).await.expect("appended");
    // All but the last block become one, in one transaction.
    let small = [&blocks[..], &more[..1]].concat();
    let events: Vec<_> = small.iter().flat_map(|block| block.events().expect("readable")).collect();
    let merged = Block::seal(&events, Tail::START.chain).expect("consecutive");
    let page = Factory::of_page().expect("there is one");
    let database = Database::open(&page, &name_of(&ledger), 1, no_upgrade).await.expect("opened");
    let work = async |transaction: &annals::platform::idb::Transaction| {
        let store = transaction.store("blocks")?;
        for block in &small {
            store.delete(&block.header().last().get().into())?;
        }
        store.add(&merged.header().last().get().into(), &Uint8Array::from(merged.bytes()))
    };
    database.transaction(&["blocks"], Mode::Write(Durability::Strict), work).await.expect("merged");
    // This one has seen the log end at event 6, which lies within a block now.
    let end = end_of(&more);
    let next = blocks_after(end_of(&blocks), 1, "ada");
    let conflict = AppendError::Conflict { expected: end_of(&blocks), actual: end.position };
    assert_eq!(log.append(end_of(&blocks), &next).await, Err(conflict));
    let found = log.read(end_of(&blocks).position, 9).await;
    assert_eq!(found, Ok(stored(&[merged.clone(), more[1].clone()])));
    let part = merged.part_after(end_of(&blocks).position).expect("event 7");
    assert_eq!(part.events(), more[0].events());
    log.append(end, &blocks_after(end, 1, "ada")).await.expect("appended at the end");
}

#[wasm_bindgen_test]
async fn a_stale_tab_whose_blocks_would_reach_further_is_told_the_end_and_writes_nothing() {
    let (ledger, log, blocks) = a_log().await;
    let other = IndexedDbLog::open(&ledger).await.expect("opened");
    let theirs = blocks_after(end_of(&blocks), 1, "bob");
    other.append(end_of(&blocks), &theirs).await.expect("appended");
    let ours = blocks_after(end_of(&blocks), 3, "ada");
    let conflict = AppendError::Conflict { expected: end_of(&blocks), actual: end_of(&theirs).position };
    assert_eq!(log.append(end_of(&blocks), &ours).await, Err(conflict));
    holds_exactly(&other, &[blocks, theirs].concat()).await;
}

#[wasm_bindgen_test]
async fn a_tab_that_knows_more_than_is_stored_writes_nothing() {
    let (ledger, log, blocks) = a_log().await;
    let page = Factory::of_page().expect("there is one");
    let database = Database::open(&page, &name_of(&ledger), 1, no_upgrade).await.expect("opened");
    let last = end_of(&blocks);
    let cut = async |transaction: &annals::platform::idb::Transaction| {
        transaction.store("blocks")?.delete(&last.position.get().into())
    };
    database.transaction(&["blocks"], Mode::Write(Durability::Strict), cut).await.expect("cut");
    let left = &blocks[..blocks.len() - 1];
    let conflict = AppendError::Conflict { expected: last, actual: end_of(left).position };
    assert_eq!(log.append(last, &blocks_after(last, 1, "ada")).await, Err(conflict));
    holds_exactly(&log, left).await;
}

#[wasm_bindgen_test]
async fn a_log_made_again_under_the_same_name_is_not_taken_for_the_one_before() {
    let (ledger, old, blocks) = a_log().await;
    IndexedDbLog::delete(&ledger).await.expect("not blocked");
    // Another history of the same length: positions alone do not tell them apart.
    let anew = IndexedDbLog::open(&ledger).await.expect("opened");
    let others = blocks_after(Tail::START, 3, "bob");
    anew.append(Tail::START, &others).await.expect("appended");
    assert_eq!(end_of(&others).position, end_of(&blocks).position);
    let next = blocks_after(end_of(&blocks), 1, "ada");
    for _ in 0..2 {
        let refused = old.append(end_of(&blocks), &next).await;
        let conflict = AppendError::Conflict { expected: end_of(&blocks), actual: end_of(&others).position };
        assert_eq!(refused, Err(conflict));
        holds_exactly(&anew, &others).await;
    }
}

#[wasm_bindgen_test]
async fn a_block_where_none_should_be_stops_an_append_whole() {
    let (ledger, log, blocks) = a_log().await;
    let page = Factory::of_page().expect("there is one");
    let database = Database::open(&page, &name_of(&ledger), 1, no_upgrade).await.expect("opened");
    let next = blocks_after(end_of(&blocks), 3, "ada");
    let taken = JsValue::from(next[2].header().last().get());
    let work = async |transaction: &annals::platform::idb::Transaction| {
        transaction.store("blocks")?.add(&taken, &Uint8Array::new_with_length(1))
    };
    database.transaction(&["blocks"], Mode::Write(Durability::Strict), work).await.expect("written");
    let refused = log.append(end_of(&blocks), &next).await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(log.last().await, Ok(next[2].header().last()));
    assert_eq!(
        log.read(end_of(&blocks).position, 9).await.map(|found| found.len()),
        Ok(1),
        "only the one that was there"
    );
}

// Transactions.

#[wasm_bindgen_test]
async fn a_transaction_whose_work_fails_is_rolled_back() {
    let name = fresh("rollback").to_string();
    let page = Factory::of_page().expect("there is one");
    let database = Database::open(&page, &name, 1, |upgrade| upgrade.create_store("s")).await.expect("opened");
    let strict = Mode::Write(Durability::Strict);
    let failed = database.transaction(&["s"], strict, async |transaction| {
        transaction.store("s")?.add(&1.into(), &"one".into())?;
        Err::<(), _>(IdbError::Missing)
    });
    assert_eq!(failed.await, Err(IdbError::Missing));
    let taken = database.transaction(&["s"], strict, async |transaction| {
        let store = transaction.store("s")?;
        store.add(&2.into(), &"two".into())?;
        store.add(&2.into(), &"again".into())
    });
    assert!(matches!(taken.await, Err(IdbError::Constraint { .. })));
    let left =
        database.transaction(&["s"], Mode::Read, async |transaction| transaction.store("s")?.page(&0.into(), 9).await);
    assert_eq!(left.await, Ok(vec![]));
}

#[wasm_bindgen_test]
async fn a_transaction_that_is_dropped_is_rolled_back() {
    let name = fresh("dropped").to_string();
    let page = Factory::of_page().expect("there is one");
    let database = Database::open(&page, &name, 1, |upgrade| upgrade.create_store("s")).await.expect("opened");
    let endless = database.transaction(&["s"], Mode::Write(Durability::Strict), async |transaction| {
        let store = transaction.store("s")?;
        loop {
            store.add(&1.into(), &"one".into())?;
            store.get(&1.into())?.value().await?;
            std::future::pending::<()>().await;
            if false {
                return Ok::<(), IdbError>(());
            }
        }
    });
    assert!(futures_util::FutureExt::now_or_never(endless).is_none());
    let left =
        database.transaction(&["s"], Mode::Read, async |transaction| transaction.store("s")?.page(&0.into(), 9).await);
    assert_eq!(left.await, Ok(vec![]));
}

#[wasm_bindgen_test]
async fn a_transaction_that_awaits_something_else_is_over() {
    let name = fresh("timer").to_string();
    let page = Factory::of_page().expect("there is one");
    let database = Database::open(&page, &name, 1, |upgrade| upgrade.create_store("s")).await.expect("opened");
    let outcome = database.transaction(&["s"], Mode::Write(Durability::Strict), async |transaction| {
        let store = transaction.store("s")?;
        store.add(&1.into(), &"one".into())?;
        sleep(20).await;
        store.add(&2.into(), &"two".into())
    });
    let outcome = outcome.await;
    assert!(matches!(&outcome, Err(IdbError::Other { name, .. }) if name == "TransactionInactiveError"), "{outcome:?}");
}

#[wasm_bindgen_test]
async fn reads_and_appends_of_one_handle_may_overlap() {
    let (_, log, blocks) = a_log().await;
    let next = blocks_after(end_of(&blocks), 2, "ada");
    let (appended, read) = join(log.append(end_of(&blocks), &next), log.read(Position::ZERO, 100)).await;
    assert_eq!(appended, Ok(()));
    assert_eq!(read, Ok(stored(&[blocks, next].concat())), "a later reader sees the whole append");
}

// Cost.

#[wasm_bindgen_test]
async fn an_append_costs_little_more_than_a_bare_add() {
    const ROUNDS: u32 = 300;
    evaluate(
        "const open = indexedDB.open('plain-' + Math.random(), 1);
         open.onupgradeneeded = () => open.result.createObjectStore('s');
         const database = await new Promise(done => open.onsuccess = () => done(open.result));
         window.bareAdd = async (key, bytes) => {
             const begun = performance.now();
             const transaction = database.transaction('s', 'readwrite', { durability: 'strict' });
             transaction.objectStore('s').add(bytes, key);
             await new Promise((done, failed) => { transaction.oncomplete = done; transaction.onabort = failed; });
             return performance.now() - begun;
         };",
    )
    .await;
    let log = IndexedDbLog::open(&fresh("cost")).await.expect("opened");
    let mut tail = Tail::START;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let blocks = blocks_after(tail, 1, "ada");
        let begun = clock::performance_now();
        log.append(tail, &blocks).await.expect("appended");
        ours.push(clock::performance_now() - begun);
        tail = end_of(&blocks);
        let length = blocks[0].bytes().len();
        let time = evaluate(&format!("return await bareAdd({round}, new Uint8Array({length}));")).await;
        bare.push(time.as_f64().expect("a time"));
    }
    evaluate("delete window.bareAdd;").await;
    let [ours, bare] = [ours, bare].map(|mut times| {
        times.sort_by(f64::total_cmp);
        (times[times.len() / 2], times[times.len() * 99 / 100])
    });
    console_log!("append, p50 and p99 in ms: {ours:.2?}; a bare add: {bare:.2?}; ratio {:.2}", ours.0 / bare.0);
    assert!(ours.0 < 4.0 * bare.0, "{ours:?} against {bare:?}, and that in a build that is not optimised");
}
