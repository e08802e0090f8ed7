//! What a person has chosen, and where they were.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a person has chosen. Kept as one JSON object.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Preferences {
    /// Who writes: the actor of new events. Empty while nobody has said.
    pub actor: String,
    /// Light or dark.
    pub theme: Theme,
    /// The zone in which times are shown.
    pub zone: ZoneChoice,
    /// The ledger that was open last.
    pub last_ledger: Option<String>,
    /// How the columns of tables were matched at import, by the names of the columns.
    pub csv_mappings: BTreeMap<String, Value>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The zone in which times are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneChoice {
    /// Where the person is.
    #[default]
    Local,
    /// Coordinated universal time.
    Utc,
}

impl Preferences {
    /// Reads the stored object. What is missing, unknown or not of its type is as it is by default, key by key.
    pub fn from_json(text: &str) -> Self {
        let Ok(mut stored) = serde_json::from_str::<Map<String, Value>>(text) else { return Self::default() };
        Self {
            actor: take(&mut stored, "actor"),
            theme: take(&mut stored, "theme"),
            zone: take(&mut stored, "zone"),
            last_ledger: take(&mut stored, "last_ledger"),
            csv_mappings: take(&mut stored, "csv_mappings"),
        }
    }
}

fn take<T: DeserializeOwned + Default>(stored: &mut Map<String, Value>, key: &str) -> T {
    stored.remove(key).and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_survive_being_written_and_read() {
        let chosen = Preferences {
            actor: "Ada".to_owned(),
            theme: Theme::Dark,
            zone: ZoneChoice::Utc,
            last_ledger: Some("books".to_owned()),
            csv_mappings: [("Date;Amount".to_owned(), serde_json::json!({"amount": 1}))].into(),
        };
        assert_eq!(Preferences::from_json(&serde_json::to_string(&chosen).unwrap()), chosen);
    }

    #[test]
    fn what_cannot_be_read_is_as_by_default() {
        for garbage in ["", "{", "null", "[]", "7", "{\"actor\":", "\u{0}"] {
            assert_eq!(Preferences::from_json(garbage), Preferences::default(), "{garbage:?}");
        }
    }

    #[test]
    fn a_bad_key_does_not_spoil_the_others() {
        let text = r#"{"actor":"Ada","theme":"neon","zone":7,"last_ledger":"books","csv_mappings":[],"new":true}"#;
        let read = Preferences::from_json(text);
        let expected =
            Preferences { actor: "Ada".to_owned(), last_ledger: Some("books".to_owned()), ..Preferences::default() };
        assert_eq!(read, expected);
    }
}
