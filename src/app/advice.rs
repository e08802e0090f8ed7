//! Every failure a person can meet, as a sentence that says what happened, what was kept, and what to do.

use super::{Damage, DispatchError, ImportError, OpenError, RefusalReason, VerifyError, format};
use crate::{
    bank::{Refusal, TransferRefusal},
    kernel::{AppendError, BlockError, LogError, RecordedEvent},
    store::WitnessVerdict,
};

/// What to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What happened, in a few words.
    pub title: String,
    /// What was kept and what to do.
    pub text: String,
}

impl Advice {
    fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into() }
    }
}

/// Of the storage.
pub fn of_log_error(error: &LogError) -> Advice {
    match error {
        LogError::QuotaExceeded => Advice::new(
            "The browser gives this site no more room.",
            "Nothing was appended; everything saved before is kept. Export this ledger, or delete another in Settings, and try again.",
        ),
        LogError::Unavailable { why } => Advice::new(
            "This browser keeps no data for this page.",
            format!(
                "It may be a private window, or storage is switched off ({why}). You can work, but the events last only until this tab is closed: export them before."
            ),
        ),
        LogError::Blocked => Advice::new(
            "Another tab holds an older version of this ledger open.",
            "Nothing was changed. Close the other tabs of Annals, then reload this one.",
        ),
        LogError::Newer { found, known } => Advice::new(
            "This ledger was written by a newer Annals.",
            format!(
                "Its storage has version {found}, this page knows version {known}. Nothing was changed. Reload the page to get the newer program."
            ),
        ),
        LogError::ConnectionLost { attempts, why } => Advice::new(
            "The connection to the browser's storage was lost.",
            format!(
                "It was opened again {attempts} times without success ({why}). What was saved is kept. Reload the page."
            ),
        ),
        LogError::Backend { why } => Advice::new(
            "The browser's storage failed.",
            format!(
                "It says: {why}. Nothing was appended; what was saved is kept. Reload the page; if it stays so, export what can be read."
            ),
        ),
    }
}

/// Of a command.
pub fn of_dispatch_error(error: &DispatchError) -> Advice {
    match error {
        DispatchError::Refused { reason, overtaken_by } => {
            let refusal = of_refusal(reason);
            match overtaken(overtaken_by) {
                Some(before) => Advice::new(
                    "Not appended.",
                    format!("{before} Checked against that, it is refused: {}", refusal.text),
                ),
                None => refusal,
            }
        }
        DispatchError::Contended { overtaken_by } => Advice::new(
            "Not appended.",
            format!("{} Others kept writing first. Try again.", overtaken(overtaken_by).unwrap_or_default()),
        ),
        DispatchError::Number(error) => {
            Advice::new("That is no account number.", format!("{error}. Nothing was appended."))
        }
        DispatchError::Payload(error) => {
            Advice::new("A text is too long.", format!("{error}. Nothing was appended; shorten it."))
        }
        DispatchError::Conflict(error) => {
            Advice::new("Not appended.", format!("{error}. Nothing was appended; try again."))
        }
        DispatchError::Log(error) => of_log_error(error),
        DispatchError::Damaged { first } => damaged(*first),
    }
}

/// Of a log that was verified and is not as it was written.
pub fn of_verify_error(error: &VerifyError) -> Advice {
    match error {
        VerifyError::Damaged(damage) => of_damage(damage),
        VerifyError::EndsEarly { stored, read } => Advice::new(
            "The browser has lost the end of this ledger.",
            format!(
                "Event {} is the last one stored, and this page has read {}. It still holds them all: export the ledger now, before the page is closed.",
                format::int(stored.get()),
                format::int(read.get())
            ),
        ),
        VerifyError::Different => Advice::new(
            "The stored log is not the one that this page has read.",
            "It was replaced behind the page's back. This page still holds what it has read: export the ledger now, before the page is closed.",
        ),
        VerifyError::Log(error) => of_log_error(error),
        VerifyError::Cancelled => Advice::new("Cancelled.", "Nothing was changed."),
    }
}

/// Of an import.
pub fn of_import_error(error: &ImportError) -> Advice {
    match error {
        ImportError::Conflict(error) => {
            Advice::new("Nothing was imported.", format!("{error}. The ledger is as it was."))
        }
        ImportError::Append(AppendError::Conflict { actual, .. }) => Advice::new(
            "Nothing was imported.",
            format!(
                "Another tab appended event {} meanwhile. The ledger is as that tab left it; import again.",
                format::int(actual.get())
            ),
        ),
        ImportError::Append(AppendError::Log(error)) => of_log_error(error),
        ImportError::Damaged { first } => damaged(*first),
        ImportError::Cancelled => Advice::new("Cancelled.", "Nothing was imported; the ledger is as it was."),
    }
}

/// Of opening a ledger.
pub fn of_open_error(error: &OpenError) -> Advice {
    match error {
        OpenError::Log(error) => of_log_error(error),
        OpenError::Codec(error) => Advice::new(
            "This build of Annals is broken.",
            format!("{error}. Your events are untouched. Load another build."),
        ),
    }
}

/// Of a log that is not what it was when it was last seen; `None` where nothing is wrong.
pub fn of_witness(verdict: WitnessVerdict) -> Option<Advice> {
    let count = |number: u32| format::int(number);
    match verdict {
        WitnessVerdict::Intact | WitnessVerdict::Ahead => None,
        WitnessVerdict::Empty { expected } => Some(Advice::new(
            "The browser has lost this ledger.",
            format!(
                "It held {} events when it was last open here and is empty now. The browser did that: its storage was cleared, evicted or damaged. Restore it from a file you exported.",
                count(expected)
            ),
        )),
        WitnessVerdict::Shorter { expected, found } => Some(Advice::new(
            "The browser has lost the end of this ledger.",
            format!(
                "It held {} events when it was last open here, {} are left. What is left is intact and can be read and exported. Restore the whole from a file you exported.",
                count(expected),
                count(found)
            ),
        )),
        WitnessVerdict::Different => Some(Advice::new(
            "This is not the history that was here before.",
            "The events do not continue what was last seen in this browser: the storage was replaced or damaged. What is here can be read and exported. Compare it with a file you exported before.",
        )),
    }
}

/// Of blocks that cannot be read.
pub fn of_damage(damage: &Damage) -> Advice {
    let first = damage.first.get();
    let kept = match first.checked_sub(1) {
        None | Some(0) => "No event before it".to_owned(),
        Some(1) => "Event 1 is intact and can be read and exported".to_owned(),
        Some(last) => format!("Events 1 to {} are intact and can be read and exported", format::int(last)),
    };
    let wrong = match &damage.error {
        BlockError::UnknownFormat { found } => {
            format!("it has format {found}, written by a newer Annals; reload the page to get it")
        }
        other => other.to_string(),
    };
    let later = match damage.tail.get() {
        tail if tail > first => format!("Events {} to {} are not shown", format::int(first), format::int(tail)),
        _ => format!("Event {} is not shown", format::int(first)),
    };
    Advice::new(
        format!("The log cannot be read from event {} on.", format::int(first)),
        format!(
            "{kept}. {later}: {wrong}. Nothing is appended behind a damaged block: export the intact part, or restore from a file into a new ledger."
        ),
    )
}

fn damaged(first: crate::kernel::Position) -> Advice {
    Advice::new(
        "This ledger is damaged, so nothing is appended to it.",
        format!(
            "It cannot be read from event {} on; what lies before is kept. Export it and restore it into a new ledger.",
            format::int(first.get())
        ),
    )
}

fn of_refusal(reason: &RefusalReason) -> Advice {
    let (who, refusal) = match reason {
        RefusalReason::Account(refusal) => (None, refusal),
        RefusalReason::Transfer(
            TransferRefusal::Sender { account, refusal } | TransferRefusal::Receiver { account, refusal },
        ) => (Some(account), refusal),
        RefusalReason::Transfer(TransferRefusal::SameAccount) => {
            return Advice::new("Refused.", "An account cannot send money to itself. Choose another account.");
        }
    };
    let text = match refusal {
        Refusal::AlreadyOpened => "An account of this number exists already. Choose another number.".to_owned(),
        Refusal::NotOpened => {
            "There is no account of this number. Check the number, or open the account first.".to_owned()
        }
        Refusal::Closed => "The account is closed for good. Use another account.".to_owned(),
        Refusal::AmountNotPositive { .. } => "The amount must be above zero.".to_owned(),
        Refusal::BelowZero { .. } => "This amount must not be below zero.".to_owned(),
        Refusal::WrongCurrency { account, given } => {
            format!("The account is kept in {account}, the amount is in {given}.")
        }
        Refusal::InsufficientFunds { balance, overdraft_limit, wanted } => format!(
            "{} were asked for; the account holds {} and may go {} below zero.",
            format::with_currency(*wanted),
            format::with_currency(*balance),
            format::with_currency(*overdraft_limit)
        ),
        Refusal::Overflow => "The balance would be too large a number to keep.".to_owned(),
        Refusal::NotAtZero { balance } => {
            format!("The account still holds {}. Bring it to zero first.", format::with_currency(*balance))
        }
    };
    Advice::new("Refused.", who.map_or(text.clone(), |account| format!("{account}: {text}")))
}

fn overtaken(events: &[RecordedEvent]) -> Option<String> {
    let last = events.last()?;
    let event = &last.event;
    Some(format!(
        "{} wrote version {} of {} first ({}, “{}”).",
        if event.actor.is_empty() { "Somebody" } else { event.actor.as_str() },
        last.version,
        event.stream,
        event.event_type,
        event.reason
    ))
}
