//! Transactions and what one asks of the stores in them.

use super::{super::js, IdbError, settled::Settled};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{
    IdbCursor, IdbCursorDirection, IdbCursorWithValue, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest,
    IdbTransaction,
};

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Read, beside other readers.
    Read,
    /// Read and write, alone on its stores.
    Write(Durability),
}

/// When a transaction counts as complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// When it is on the disk.
    Strict,
    /// When the operating system has it: a crash of the system may lose it. For what can be made again.
    Relaxed,
}

/// A transaction under way. Rolled back if it is dropped.
#[derive(Debug)]
pub struct Transaction {
    raw: IdbTransaction,
    end: Settled,
    over: bool,
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.over {
            // Throws when it is over all the same.
            self.raw.abort().ok();
        }
    }
}

impl Transaction {
    pub(super) fn begin(database: &IdbDatabase, stores: &[&str], mode: Mode) -> Result<Self, IdbError> {
        let names: Array = stores.iter().copied().map(JsValue::from_str).collect();
        let (mode, durability) = match mode {
            Mode::Read => ("readonly", "default"),
            Mode::Write(Durability::Strict) => ("readwrite", "strict"),
            Mode::Write(Durability::Relaxed) => ("readwrite", "relaxed"),
        };
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &durability.into())
            .map_err(|thrown| IdbError::from_js(&thrown))?;
        let database: &js::DatabaseWithOptions = database.unchecked_ref();
        match database.transaction(&names, mode, &options) {
            Ok(raw) => {
                let end = Settled::of(|complete, abort| {
                    raw.set_oncomplete(Some(complete));
                    raw.set_onabort(Some(abort));
                });
                Ok(Self { raw, end, over: false })
            }
            Err(thrown) => Err(match IdbError::from_js(&thrown) {
                IdbError::Other { name, why } if name == "InvalidStateError" => IdbError::ConnectionLost { why },
                other => other,
            }),
        }
    }

    /// One of the stores that the transaction was begun on.
    ///
    /// # Errors
    /// [`IdbError`] when it was not.
    pub fn store(&self, name: &str) -> Result<Store, IdbError> {
        self.raw.object_store(name).map(|raw| Store { raw }).map_err(|thrown| IdbError::from_js(&thrown))
    }

    /// Lets it end by itself, as one does whose requests are all answered.
    pub(super) fn leave(mut self) {
        self.over = true;
    }

    pub(super) async fn commit(mut self) -> Result<(), IdbError> {
        // Throws when the transaction is over, or failing: its events tell which.
        #[expect(deprecated, reason = "a slip of web-sys: the standard and all browsers have it")]
        self.raw.commit().ok();
        let is_complete = self.end.is_well().await;
        self.over = true;
        if is_complete { Ok(()) } else { Err(self.failure().unwrap_or_else(IdbError::rolled_back)) }
    }

    /// Rolls back. If it was failing by itself, this is why.
    pub(super) async fn roll_back(mut self) -> Option<IdbError> {
        // Throws when the transaction is over, or failing.
        let asked = self.raw.abort().is_ok();
        let is_complete = self.end.is_well().await;
        self.over = true;
        let by_the_browser = !asked && !is_complete;
        self.failure().or_else(|| by_the_browser.then(IdbError::rolled_back))
    }

    fn failure(&self) -> Option<IdbError> {
        let error = self.raw.error().map(|error| IdbError::from_js(&error))?;
        if error.is_named("AbortError") { None } else { Some(error) }
    }
}

/// A store, within a transaction.
#[derive(Debug)]
pub struct Store {
    raw: IdbObjectStore,
}

impl Store {
    /// Asks for the value of a key: `undefined` where there is none.
    ///
    /// # Errors
    /// [`IdbError`] when the transaction is over.
    pub fn get(&self, key: &JsValue) -> Result<Answer, IdbError> {
        Answer::to(self.raw.get(key))
    }

    /// Asks for the last key: [`Answer::key`] gives it.
    ///
    /// # Errors
    /// [`IdbError`] when the transaction is over.
    pub fn last_key(&self) -> Result<Answer, IdbError> {
        Answer::to(self.raw.open_key_cursor_with_range_and_direction(&JsValue::NULL, IdbCursorDirection::Prev))
    }

    /// Asks how many keys there are from `first` on. Quicker than [`Store::last_key`], for which the browser makes a
    /// cursor.
    ///
    /// # Errors
    /// [`IdbError`] when the transaction is over.
    pub fn count_from(&self, first: &JsValue) -> Result<Answer, IdbError> {
        let range = IdbKeyRange::lower_bound(first).map_err(|thrown| IdbError::from_js(&thrown))?;
        Answer::to(self.raw.count_with_key(&range))
    }

    /// Asks for the last record: [`Answer::record`] gives it.
    ///
    /// # Errors
    /// [`IdbError`] when the transaction is over.
    pub fn last_record(&self) -> Result<Answer, IdbError> {
        Answer::to(self.raw.open_cursor_with_range_and_direction(&JsValue::NULL, IdbCursorDirection::Prev))
    }

    /// Adds a record. If its key is taken, or there is no room, the transaction fails.
    ///
    /// # Errors
    /// [`IdbError`] when the transaction is over, or the value cannot be stored.
    pub fn add(&self, key: &JsValue, value: &JsValue) -> Result<(), IdbError> {
        sent(self.raw.add_with_key(value, key))
    }

    /// Writes a record in place of the one that has the key. If there is no room, the transaction fails.
    ///
    /// # Errors
    /// [`IdbError`] when the transaction is over, or the value cannot be stored.
    pub fn put(&self, key: &JsValue, value: &JsValue) -> Result<(), IdbError> {
        sent(self.raw.put_with_key(value, key))
    }

    /// Deletes the record of a key, if there is one.
    ///
    /// # Errors
    /// [`IdbError`] when the transaction is over.
    pub fn delete(&self, key: &JsValue) -> Result<(), IdbError> {
        sent(self.raw.delete(key))
    }

    /// Deletes all records.
    ///
    /// # Errors
    /// [`IdbError`] when the transaction is over.
    pub fn clear(&self) -> Result<(), IdbError> {
        sent(self.raw.clear())
    }

    /// Asks for the keys above `after` and up to `last`, in order: an array of them.
    ///
    /// # Errors
    /// [`IdbError`] when the transaction is over.
    pub fn keys_between(&self, after: &JsValue, last: &JsValue) -> Result<Answer, IdbError> {
        let range = IdbKeyRange::bound_with_lower_open(after, last, true);
        let range = range.map_err(|thrown| IdbError::from_js(&thrown))?;
        Answer::to(self.raw.get_all_keys_with_key(&range))
    }

    /// Reads up to `count_max` records whose keys are above `after`: keys and values, in the order of keys.
    ///
    /// # Errors
    /// [`IdbError`] when the transaction is over, or the database fails.
    pub async fn page(&self, after: &JsValue, count_max: u32) -> Result<Vec<(JsValue, JsValue)>, IdbError> {
        if count_max == 0 {
            // To the database that would mean all of them.
            return Ok(Vec::new());
        }
        let range = IdbKeyRange::lower_bound_with_open(after, true).map_err(|thrown| IdbError::from_js(&thrown))?;
        let keys = Answer::to(self.raw.get_all_keys_with_key_and_limit(&range, count_max))?;
        let values = Answer::to(self.raw.get_all_with_key_and_limit(&range, count_max))?;
        let (keys, values) = (Array::from(&keys.value().await?), Array::from(&values.value().await?));
        Ok(keys.iter().zip(values.iter()).collect())
    }
}

/// A request that was sent; its answer may be waited for.
#[derive(Debug)]
#[must_use = "what is not waited for needs not be asked"]
pub struct Answer {
    request: IdbRequest,
    settled: Settled,
}

impl Answer {
    fn to(sent: Result<IdbRequest, JsValue>) -> Result<Self, IdbError> {
        let request = sent.map_err(|thrown| IdbError::from_js(&thrown))?;
        let settled = Settled::of(|success, failure| {
            request.set_onsuccess(Some(success));
            request.set_onerror(Some(failure));
            // A browser may fail a transaction without a word to its requests.
            if let Some(transaction) = request.transaction() {
                // Throws nothing: to listen is always allowed.
                transaction.add_event_listener_with_callback("abort", failure).ok();
            }
        });
        Ok(Self { request, settled })
    }

    /// Waits for a key that was asked for; `None` where there is no record.
    ///
    /// # Errors
    /// As [`Answer::value`].
    pub async fn key(self) -> Result<Option<JsValue>, IdbError> {
        let Ok(cursor) = self.value().await?.dyn_into::<IdbCursor>() else { return Ok(None) };
        cursor.key().map(Some).map_err(|thrown| IdbError::from_js(&thrown))
    }

    /// Waits for a record that was asked for, key and value; `None` where there is none.
    ///
    /// # Errors
    /// As [`Answer::value`].
    pub async fn record(self) -> Result<Option<(JsValue, JsValue)>, IdbError> {
        let Ok(cursor) = self.value().await?.dyn_into::<IdbCursorWithValue>() else { return Ok(None) };
        let (key, value) = (cursor.key(), cursor.value());
        key.and_then(|key| Ok(Some((key, value?)))).map_err(|thrown| IdbError::from_js(&thrown))
    }

    /// Waits for the answer.
    ///
    /// # Errors
    /// [`IdbError`] when the request failed, or its transaction did.
    pub async fn value(mut self) -> Result<JsValue, IdbError> {
        if self.settled.is_well().await {
            return self.request.result().map_err(|thrown| IdbError::from_js(&thrown));
        }
        // A request that its transaction left without a word throws when it is asked.
        let own = self.request.error().ok().flatten();
        let error = own.or_else(|| self.request.transaction()?.error());
        match error.map(|error| IdbError::from_js(&error)) {
            Some(error) if !error.is_named("AbortError") => Err(error),
            Some(_) | None => Err(IdbError::rolled_back()),
        }
    }
}

fn sent(request: Result<IdbRequest, JsValue>) -> Result<(), IdbError> {
    request.map(drop).map_err(|thrown| IdbError::from_js(&thrown))
}
