//! How IndexedDB fails.

use super::super::js;
use wasm_bindgen::JsValue;

/// How IndexedDB fails, by what one can do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdbError {
    /// There is no IndexedDB here, or the page may not use it.
    #[error("there is no IndexedDB here: {why}")]
    Unavailable {
        /// What the browser says.
        why: String,
    },
    /// Another connection stays open that has to close first.
    #[error("another connection to the database stays open")]
    Blocked,
    /// The database was made by a newer program.
    #[error("the database has version {found}, newer than {known}")]
    Newer {
        /// Its version; 0 where the browser does not say.
        found: u32,
        /// The version that was asked for.
        known: u32,
    },
    /// The browser gives no more room.
    #[error("the storage quota is used up")]
    QuotaExceeded,
    /// There is a record with this key already.
    #[error("the key is taken: {why}")]
    Constraint {
        /// What the browser says.
        why: String,
    },
    /// The connection was closed by the browser or for the sake of another tab. What was under way was rolled back,
    /// but for a transaction whose end was not seen: look before you write again.
    #[error("the connection was closed: {why}")]
    ConnectionLost {
        /// What the browser says.
        why: String,
    },
    /// The database was to be there and is not.
    #[error("the database is gone")]
    Missing,
    /// Anything else.
    #[error("{name}: {why}")]
    Other {
        /// The name of the error.
        name: String,
        /// What the browser says.
        why: String,
    },
}

impl IdbError {
    /// What was thrown by a call, or is the error of a request or of a transaction.
    pub(super) fn from_js(thrown: &JsValue) -> Self {
        let (name, why) = js::name_and_message(thrown);
        match name.as_str() {
            "QuotaExceededError" => Self::QuotaExceeded,
            "ConstraintError" => Self::Constraint { why },
            "SecurityError" => Self::Unavailable { why },
            _ => Self::Other { name, why },
        }
    }

    /// The same for a call or a request that opens or deletes a database.
    pub(super) fn from_opening(thrown: &JsValue) -> Self {
        match Self::from_js(thrown) {
            // Firefox in windows and settings that keep no data.
            Self::Other { name, why } if name == "InvalidStateError" || name == "NotAllowedError" => {
                Self::Unavailable { why }
            }
            other => other,
        }
    }

    /// A transaction failed and nobody says why: so it is when its connection is closed under it.
    pub(super) fn rolled_back() -> Self {
        Self::ConnectionLost { why: "the browser rolled a transaction back".to_owned() }
    }

    pub(super) fn is_named(&self, expected: &str) -> bool {
        matches!(self, Self::Other { name, .. } if name == expected)
    }
}
