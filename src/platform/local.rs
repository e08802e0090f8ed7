//! The page's localStorage; where there is none, a stand-in that lasts as long as the page.

use gloo_storage::{LocalStorage, Storage as _, errors::StorageError};
use serde::Serialize;
use std::{cell::RefCell, collections::BTreeMap};

/// How localStorage fails to keep something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalError {
    /// The browser gives no more room.
    #[error("the browser has no more room for settings")]
    Full,
    /// Anything else.
    #[error("the browser does not keep settings: {why}")]
    Refused {
        /// What the browser says.
        why: String,
    },
}

thread_local! {
    static STAND_IN: RefCell<BTreeMap<String, String>> = RefCell::default();
}

/// Whether there is a localStorage. Where a person forbids it, already looking for it throws.
fn is_there() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))))
}

/// The JSON text kept under a key.
pub(super) fn read(key: &str) -> Option<String> {
    if is_there() {
        LocalStorage::raw().get_item(key).ok().flatten()
    } else {
        STAND_IN.with_borrow(|kept| kept.get(key).cloned())
    }
}

/// Keeps a value as JSON under a key.
pub(super) fn write(key: &str, value: &impl Serialize) -> Result<(), LocalError> {
    if is_there() {
        return LocalStorage::set(key, value).map_err(|error| match error {
            StorageError::JsError(error) if error.name == "QuotaExceededError" => LocalError::Full,
            other => LocalError::Refused { why: other.to_string() },
        });
    }
    let text = serde_json::to_string(value).map_err(|error| LocalError::Refused { why: error.to_string() })?;
    STAND_IN.with_borrow_mut(|kept| kept.insert(key.to_owned(), text));
    Ok(())
}

/// Forgets a key.
pub(super) fn remove(key: &str) {
    if is_there() {
        // It throws only where there is no storage.
        LocalStorage::raw().remove_item(key).ok();
    } else {
        STAND_IN.with_borrow_mut(|kept| kept.remove(key));
    }
}

/// What follows `prefix` in all keys that begin with it.
pub(super) fn keys_after(prefix: &str) -> Vec<String> {
    let keys: Vec<String> = if is_there() {
        let raw = LocalStorage::raw();
        (0..raw.length().unwrap_or_default()).filter_map(|index| raw.key(index).ok().flatten()).collect()
    } else {
        STAND_IN.with_borrow(|kept| kept.keys().cloned().collect())
    };
    keys.iter().filter_map(|key| key.strip_prefix(prefix)).map(str::to_owned).collect()
}
