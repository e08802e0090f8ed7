//! The log as the browser stores it, looked at and changed behind the page's back.
//!
//! A log is a database `annals.<ledger>`; its store `blocks` keeps each block under the position of its last event.

use anyhow::Result;
use serde_json::Value;

use crate::page::Page;

/// Opens the ledger's store for writing; what a script appends to this is complete when the script is over.
const OPEN: &str = "
    const answer = (request) => new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
        request.onblocked = () => failed(new Error('blocked'));
    });
    const base = await answer(indexedDB.open(`annals.${arguments[0]}`));
    const change = base.transaction('blocks', 'readwrite', { durability: 'strict' });
    const over = new Promise((done, failed) => { change.oncomplete = done; change.onabort = () => failed(change.error); });
    const blocks = change.objectStore('blocks');";

const CLOSE: &str = "
    await over;
    base.close();";

impl Page {
    /// Goes to a page of the same origin on which Annals does not run.
    ///
    /// # Errors
    ///
    /// When nothing answers there.
    pub async fn visit_beside(&self, address: &str) -> Result<()> {
        self.visit(&format!("{address}sw.js")).await
    }

    /// Deletes a ledger's log, as a browser that clears or loses its data does.
    ///
    /// # Errors
    ///
    /// When the browser refuses.
    pub async fn delete_log(&self, ledger: &str) -> Result<()> {
        let script = "
            await new Promise((done, failed) => {
                const request = indexedDB.deleteDatabase(`annals.${arguments[0]}`);
                request.onsuccess = done;
                request.onerror = request.onblocked = () => failed(new Error('not deleted'));
            });";
        self.run_with(script, vec![ledger.into()]).await
    }

    /// The positions under which the blocks of a ledger are stored.
    ///
    /// # Errors
    ///
    /// When the browser refuses.
    pub async fn stored_blocks(&self, ledger: &str) -> Result<Vec<u32>> {
        let script = format!("{OPEN} const keys = await answer(blocks.getAllKeys()); {CLOSE} return keys;");
        self.run_with(&script, vec![ledger.into()]).await
    }

    /// Removes the blocks whose last event lies behind a position.
    ///
    /// # Errors
    ///
    /// When the browser refuses.
    pub async fn cut_log(&self, ledger: &str, behind: u32) -> Result<()> {
        let script = format!("{OPEN} blocks.delete(IDBKeyRange.lowerBound(arguments[1], true)); {CLOSE}");
        self.run_with(&script, vec![ledger.into(), behind.into()]).await
    }

    /// Replaces all blocks of a ledger by those of another one.
    ///
    /// # Errors
    ///
    /// When the browser refuses.
    pub async fn replace_log(&self, ledger: &str, other: &str) -> Result<()> {
        let script = format!(
            "const there = await new Promise((done) => {{
                const request = indexedDB.open(`annals.${{arguments[1]}}`);
                request.onsuccess = () => done(request.result);
            }});
            const read = there.transaction('blocks').objectStore('blocks');
            const [keys, values] = await Promise.all([read.getAllKeys(), read.getAll()].map((request) =>
                new Promise((done) => {{ request.onsuccess = () => done(request.result); }})));
            there.close();
            {OPEN}
            blocks.clear();
            keys.forEach((key, place) => blocks.put(values[place], key));
            {CLOSE}"
        );
        self.run_with(&script, vec![ledger.into(), other.into()]).await
    }

    /// Changes one byte of the block that is stored under a position: `byte` of it counts from its start, or is `None`
    /// for the one in the middle; its bits that are set in `flipped` change.
    ///
    /// # Errors
    ///
    /// When there is no such block or byte, or the browser refuses.
    pub async fn damage_log(&self, ledger: &str, block: u32, byte: Option<u32>, flipped: u8) -> Result<()> {
        let script = format!(
            "{OPEN}
            const bytes = await answer(blocks.get(arguments[1]));
            const place = arguments[2] ?? bytes.length >> 1;
            if (!(place < bytes.length)) throw new Error('there is no such byte');
            bytes[place] ^= arguments[3];
            blocks.put(bytes, arguments[1]);
            {CLOSE}"
        );
        let byte = byte.map_or(Value::Null, Value::from);
        self.run_with(&script, vec![ledger.into(), block.into(), byte, flipped.into()]).await
    }

    /// Gives a ledger's database a version that only a newer program knows.
    ///
    /// # Errors
    ///
    /// When the browser refuses.
    pub async fn age_log(&self, ledger: &str, version: u32) -> Result<()> {
        let script = "
            await new Promise((done, failed) => {
                const request = indexedDB.open(`annals.${arguments[0]}`, arguments[1]);
                request.onsuccess = () => done(request.result.close());
                request.onerror = request.onblocked = () => failed(new Error('not opened'));
            });";
        self.run_with(script, vec![ledger.into(), version.into()]).await
    }
}
