use super::{Advice, format, plural, said};
use crate::{
    app::{Damage, FetchError, OpenError, VerifyError},
    kernel::{BlockError, FORMAT_VERSION, LogError},
    store::{LedgerKind, WitnessVerdict},
};

/// Of the storage.
pub fn of_log_error(error: &LogError) -> Advice {
    match error {
        LogError::QuotaExceeded => Advice::new(
            "The browser gives this site no more room.",
            "Nothing was appended; everything saved before is kept. Make room and try again: delete a ledger that you no longer need in Settings, after you have exported it, or free space on this device.",
        ),
        LogError::Unavailable { why } => Advice::new(
            "This browser keeps no data for this page.",
            format!(
                "It may be a private window, or storage is switched off. You can work, but the events last only until this tab is closed or reloaded: export them in Settings before that.{}",
                said(why)
            ),
        ),
        LogError::Blocked => Advice::new(
            "Another tab holds an older version of this ledger open.",
            "Nothing was changed; what was saved is kept. Close the other tabs of Annals, then reload this one.",
        ),
        LogError::Newer { found, known } => {
            let versions = match found {
                0 => String::new(),
                found => format!(" Its storage has version {found}, this page knows version {known}."),
            };
            Advice::new(
                "This ledger was written by a newer Annals.",
                format!(
                    "Nothing was changed; what was saved is kept. Reload the page to get the newer program.{versions}"
                ),
            )
        }
        LogError::ConnectionLost { why, .. } => Advice::new(
            "The connection to the browser's storage was lost.",
            format!(
                "It could not be opened again. What was saved is kept: reload the page and look what that is before you try again.{}",
                said(why)
            ),
        ),
        LogError::Gone => lost_while_open("This ledger was deleted while it was open here."),
        LogError::Backend { why } => Advice::new(
            "The browser's storage failed.",
            format!(
                "Nothing was appended; what was saved is kept. Reload the page; if it fails again, export what can be read.{}",
                said(why)
            ),
        ),
    }
}

/// Of balances that were shown before the history was read, and are not what it says.
pub fn of_wrong_checkpoint() -> Advice {
    Advice::new(
        "The balances shown a moment ago were wrong.",
        "They came from a checkpoint that was kept to show them at once, and the events say something else. The checkpoint is deleted. What is shown now was worked out from the events themselves, which are all there; nothing is to be done.",
    )
}

/// Of checkpoints that were kept of a ledger, and are not what its history says.
pub fn of_wrong_index() -> Advice {
    Advice::new(
        "What was shown of this ledger may have been wrong.",
        "It came from what is kept beside the events to open a long ledger quickly, and a check found that the events say something else. That is deleted, and the ledger is read again from its first event. The events are all there; nothing is to be done.",
    )
}

/// Of a block that is needed and cannot be had.
pub fn of_fetch_error(error: &FetchError) -> Advice {
    match error {
        FetchError::Log(error) => of_log_error(error),
        FetchError::Different { first, .. } => Advice::new(
            format!("The log is not what it was at event {}.", format::int(first.get())),
            "Nothing was changed. Reload the page: the log is then read from its first event, and you are told what is there.",
        ),
    }
}

/// Of a log that is not the one that was read any more, seen while it is open.
pub(super) fn lost_while_open(title: &str) -> Advice {
    Advice::new(
        title,
        "Another tab or the browser has cleared or replaced its storage. Nothing was appended. The events shown are in this tab only: export them in Settings before you close or reload it.",
    )
}

/// Of a ledger that is not deleted.
pub fn of_delete_error(name: &str, error: &LogError) -> Advice {
    match error {
        LogError::Blocked => Advice::new(
            format!("{name} is not deleted yet."),
            "Another tab has it open; the browser deletes it as soon as that tab is closed. Nothing else was changed. Close the other tabs, then delete it again to take it off the list.",
        ),
        other => Advice::new(
            format!("{name} was not deleted."),
            format!("{} Its events are kept. Reload the page and delete it again.", of_log_error(other).title),
        ),
    }
}

/// Of opening a ledger.
pub fn of_open_error(error: &OpenError) -> Advice {
    match error {
        OpenError::Log(error) => of_log_error(error),
        OpenError::Codec(error) => Advice::new(
            "This build of Annals is broken.",
            format!("Your events are untouched. Load another build and tell who made this one: {error}."),
        ),
    }
}

/// Of a log that is not what it was when it was last seen; `None` where nothing is wrong.
pub fn of_witness(verdict: WitnessVerdict, kind: LedgerKind) -> Option<Advice> {
    match verdict {
        WitnessVerdict::Intact | WitnessVerdict::Ahead => None,
        WitnessVerdict::Empty { expected } => {
            let way = match kind {
                LedgerKind::Demo => "Open the demo below: it is made again, the same as before.",
                LedgerKind::Own => "Restore it from a file that you exported: it goes into this ledger.",
            };
            Some(Advice::new(
                "The browser has lost this ledger.",
                format!(
                    "It held {} when it was last open here and is empty now: the browser's storage was cleared, evicted or damaged. {way}",
                    plural(expected, "event", "events")
                ),
            ))
        }
        WitnessVerdict::Shorter { expected, found } => Some(Advice::new(
            "The browser has lost the end of this ledger.",
            format!(
                "It held {} when it was last open here; {} left, intact, and can be read and exported. {}",
                plural(expected, "event", "events"),
                plural(found, "is", "are"),
                way_back(kind)
            ),
        )),
        WitnessVerdict::Different => Some(Advice::new(
            "This is not the history that was here before.",
            format!(
                "The events do not continue what was last seen in this browser: its storage was replaced or damaged. What is here can be read and exported. {}",
                way_back(kind)
            ),
        )),
    }
}

/// Of a log that was verified and is not as it was written.
pub fn of_verify_error(error: &VerifyError) -> Advice {
    const EXPORT: &str = "This page still holds what it shows: export the ledger now, before you close or reload it, and restore it from that file.";
    match error {
        VerifyError::Damaged(Damage { first, error, tail }) => {
            let their = if tail > first { "their" } else { "its" };
            Advice::new(
                format!("What is stored cannot be read from event {} on.", format::int(first.get())),
                format!("Nothing was changed: {}. {EXPORT}", wrong_with(error, their)),
            )
        }
        VerifyError::EndsEarly { stored, read } => Advice::new(
            "The browser has lost the end of this ledger.",
            format!(
                "It stores {} of the {} that were read. {EXPORT}",
                format::int(stored.get()),
                plural(read.get(), "event", "events")
            ),
        ),
        VerifyError::Different => Advice::new(
            "The stored log is not the one that this page has read.",
            format!("It was replaced behind the page's back. {EXPORT}"),
        ),
        VerifyError::Log(error) => of_log_error(error),
        VerifyError::Cancelled => Advice::new("Cancelled.", "Nothing was changed."),
    }
}

/// How what is missing comes back where some events are left.
fn way_back(kind: LedgerKind) -> &'static str {
    match kind {
        LedgerKind::Demo => "Delete the demo in Settings and open it again: it is made the same as before.",
        LedgerKind::Own => {
            "Restore the whole from a file that you exported: it becomes a new ledger, and this one stays as it is."
        }
    }
}

/// Of blocks that cannot be read.
pub fn of_damage(damage: &Damage, kind: LedgerKind) -> Advice {
    let (first, tail) = (damage.first.get(), damage.tail.get());
    let kept = match first.saturating_sub(1) {
        0 => "There is no event before it".to_owned(),
        1 => "Event 1 is intact and can be read and exported".to_owned(),
        last => format!("Events 1 to {} are intact and can be read and exported", format::int(last)),
    };
    let (hidden, their) = if tail > first {
        (format!("Events {} to {} are not shown", format::int(first), format::int(tail)), "their")
    } else {
        (format!("Event {} is not shown", format::int(first)), "its")
    };
    if is_newer(&damage.error) {
        return Advice::new(
            format!("The log was written by a newer Annals from event {} on.", format::int(first)),
            format!(
                "{kept}. {hidden}: {their} format is newer than {FORMAT_VERSION}, the newest that this program reads. Nothing is lost, and nothing is appended by this program. Reload the page to get the newer one."
            ),
        );
    }
    Advice::new(
        format!("The log cannot be read from event {} on.", format::int(first)),
        format!(
            "{kept}. {hidden}: {}. Nothing is appended behind that. {}",
            wrong_with(&damage.error, their),
            way_back(kind)
        ),
    )
}

/// What is wrong with a block, as the end of a sentence.
fn wrong_with(error: &BlockError, their: &str) -> String {
    match error {
        BlockError::NotABlock => "what is stored there is no block of events".to_owned(),
        BlockError::UnknownFormat { found } => format!("{their} block states a format {found}, which is none"),
        BlockError::Checksum { stored, computed } => format!(
            "what is stored is not what was written, for its checksum is {computed:08x} instead of {stored:08x}"
        ),
        BlockError::Malformed { what } => format!("{their} block {what}"),
        BlockError::OutOfPlace { expected, found } => {
            format!("event {} is stored where event {} is due", format::int(found.get()), format::int(expected.get()))
        }
        BlockError::BrokenChain { .. } => format!("{their} block does not continue the history before it"),
    }
}

/// Of a write to a ledger with blocks that cannot be read. The text stands alone too.
pub(super) fn damaged(damage: &Damage) -> Advice {
    let first = damage.first.get();
    let kept = match first.saturating_sub(1) {
        0 => String::new(),
        1 => " Event 1 is kept and can be exported.".to_owned(),
        last => format!(" Events 1 to {} are kept and can be exported.", format::int(last)),
    };
    let way = if is_newer(&damage.error) {
        "Reload the page to get the newer program that wrote the rest."
    } else {
        "Work on in a new ledger, restored from a file that you exported."
    };
    Advice::new(
        "Nothing was appended.",
        format!(
            "This ledger cannot be read from event {} on, and nothing is appended behind what cannot be read.{kept} {way}",
            format::int(first)
        ),
    )
}

fn is_newer(error: &BlockError) -> bool {
    matches!(error, BlockError::UnknownFormat { found } if *found > FORMAT_VERSION)
}
