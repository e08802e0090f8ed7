//! What is known of a ledger without opening it.

use crate::kernel::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The id of a ledger: it names the ledger's database, its channel and its keys in localStorage.
///
/// Lower-case letters, digits and hyphens, 1 to [`LedgerId::BYTES_MAX`] of them, for example `bank-demo`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LedgerId(String);

/// Why a text is not the id of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not the id of a ledger (lower-case letters, digits and hyphens, at most {max}): {text:?}",
    max = LedgerId::BYTES_MAX
)]
pub struct LedgerIdError {
    /// What was given, cut to 64 characters.
    pub text: String,
}

impl LedgerId {
    /// The longest id, in bytes.
    pub const BYTES_MAX: usize = 64;

    /// Reads an id.
    ///
    /// # Errors
    /// [`LedgerIdError`] when the text has other characters, none or too many.
    pub fn parse(text: &str) -> Result<Self, LedgerIdError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=Self::BYTES_MAX).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(LedgerIdError { text: text.chars().take(64).collect() })
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LedgerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for LedgerId {
    type Error = LedgerIdError;
    fn try_from(text: String) -> Result<Self, LedgerIdError> {
        Self::parse(&text)
    }
}

impl From<LedgerId> for String {
    fn from(id: LedgerId) -> Self {
        id.0
    }
}

/// A ledger in the list of ledgers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerInfo {
    /// Which one.
    pub id: LedgerId,
    /// What its owner calls it.
    pub name: String,
    /// Whose events it holds.
    pub kind: LedgerKind,
    /// When it was made.
    pub created_at: Timestamp,
}

impl LedgerInfo {
    /// What to list for a ledger of which only the id can be read: it must not vanish from the list.
    pub fn unknown(id: LedgerId) -> Self {
        Self { name: id.to_string(), id, kind: LedgerKind::Own, created_at: Timestamp::MIN }
    }
}

/// Whose events a ledger holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    /// Made up by the program, and made again at any time.
    Demo,
    /// A person's own; there is no second copy.
    Own,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_fit_to_name_a_database() {
        for good in ["a", "bank-demo", "0190a5d4-7e5a-7c3a-8f00-0123456789ab", &"x".repeat(64)] {
            assert_eq!(LedgerId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "Bank", "a.b", "a b", "ä", &"x".repeat(65)] {
            assert!(LedgerId::parse(bad).is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<LedgerId>("\"../x\"").is_err());
    }

    #[test]
    fn the_stored_form_of_a_ledger_stays() {
        let info = LedgerInfo {
            id: LedgerId::parse("books").unwrap(),
            name: "My books".to_owned(),
            kind: LedgerKind::Own,
            created_at: Timestamp::parse("2026-11-23T10:00:00Z").unwrap(),
        };
        let stored = r#"{"id":"books","name":"My books","kind":"own","created_at":"2026-11-23T10:00:00Z"}"#;
        assert_eq!(serde_json::to_string(&info).unwrap(), stored);
        assert_eq!(serde_json::from_str::<LedgerInfo>(stored).unwrap(), info);
    }
}
