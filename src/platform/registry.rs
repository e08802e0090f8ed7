//! The list of ledgers and their witnesses, in localStorage: away from the logs, so as not to be lost with them.
//!
//! Each has a key of its own, `annals.ledger.<id>` and `annals.witness.<id>`: two tabs cannot overwrite each other's
//! ledgers, and one damaged entry spoils no other.

use super::local::{self, LocalError};
use crate::store::{LedgerId, LedgerInfo, Witness};

const LEDGER: &str = "annals.ledger.";
const WITNESS: &str = "annals.witness.";

/// All ledgers, the oldest first. One whose entry is damaged is listed by its id.
pub fn ledgers() -> Vec<LedgerInfo> {
    let listed = |id: String| {
        let id = LedgerId::parse(&id).ok()?;
        let stored = local::read(&format!("{LEDGER}{id}"))?;
        let info = serde_json::from_str::<LedgerInfo>(&stored).ok().filter(|info| info.id == id);
        Some(info.unwrap_or_else(|| LedgerInfo::unknown(id)))
    };
    let mut ledgers: Vec<_> = local::keys_after(LEDGER).into_iter().filter_map(listed).collect();
    ledgers.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    ledgers
}

/// Puts a ledger on the list, or changes what is listed of it.
///
/// # Errors
/// [`LocalError`] when the browser keeps nothing.
pub fn save_ledger(info: &LedgerInfo) -> Result<(), LocalError> {
    local::write(&format!("{LEDGER}{}", info.id), info)
}

/// Takes a ledger off the list, and its witness with it. Its log is not touched.
pub fn forget_ledger(id: &LedgerId) {
    local::remove(&format!("{LEDGER}{id}"));
    forget_witness(id);
}

/// How a ledger's log ended when it was last seen whole; `None` if nobody has seen it.
pub fn witness(id: &LedgerId) -> Option<Witness> {
    serde_json::from_str(&local::read(&format!("{WITNESS}{id}"))?).ok()
}

/// Remembers how a ledger's log ends. Write it after each commit.
///
/// A witness of more events stays: a slower tab must not take back what another has seen.
///
/// # Errors
/// [`LocalError`] when the browser keeps nothing.
pub fn record_witness(id: &LedgerId, seen: &Witness) -> Result<(), LocalError> {
    match witness(id) {
        Some(other) if other.events > seen.events => Ok(()),
        Some(_) | None => local::write(&format!("{WITNESS}{id}"), seen),
    }
}

/// Forgets how a ledger's log ended: when a loss is accepted, or the log is replaced.
pub fn forget_witness(id: &LedgerId) {
    local::remove(&format!("{WITNESS}{id}"));
}
