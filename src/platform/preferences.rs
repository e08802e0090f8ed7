//! What a person has chosen, kept in localStorage.

use super::local::{self, LocalError};
use crate::store::Preferences;

const KEY: &str = "annals.preferences";

/// What is kept. Never fails: what cannot be read is as it is by default, key by key.
pub fn load() -> Preferences {
    local::read(KEY).map(|text| Preferences::from_json(&text)).unwrap_or_default()
}

/// Keeps all of it, in place of what was kept.
///
/// # Errors
/// [`LocalError`] when the browser keeps nothing.
pub fn save(preferences: &Preferences) -> Result<(), LocalError> {
    local::write(KEY, preferences)
}

/// Changes what is kept, and gives it back. What another tab chose meanwhile stays, unless `change` touches it.
///
/// # Errors
/// [`LocalError`] when the browser keeps nothing.
pub fn update(change: impl FnOnce(&mut Preferences)) -> Result<Preferences, LocalError> {
    let mut preferences = load();
    change(&mut preferences);
    save(&preferences)?;
    Ok(preferences)
}
