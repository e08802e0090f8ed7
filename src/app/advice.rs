//! Every failure a person can meet, as a sentence that says what happened, what was kept, and what to do.
//!
//! The errors' own words are for programmers; no screen shows them but through here. `tests/advice.rs` holds each
//! sentence.

mod storage;

pub use storage::{
    of_damage, of_delete_error, of_fetch_error, of_log_error, of_open_error, of_verify_error, of_witness,
    of_wrong_checkpoint, of_wrong_index,
};

use super::{ATTEMPTS_MAX, DispatchError, ImportError, RefusalReason, format};
use crate::{
    bank::{Account, Money, Refusal, TransferRefusal},
    kernel::{
        Aggregate as _, AppendError, ConflictError, EVENT_BYTES_MAX, PayloadError, RecordedEvent, StreamName,
        StreamNameError,
    },
};
use storage::{damaged, lost_while_open};

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

/// Of a command. The text of a refusal stands alone too: a form shows it before the command is sent.
pub fn of_dispatch_error(error: &DispatchError) -> Advice {
    match error {
        DispatchError::Refused { reason, overtaken_by } => match overtaken(overtaken_by) {
            Some(before) => Advice::new(
                "Not appended.",
                format!("{before} Checked against that, it is refused: {}", of_refusal(reason)),
            ),
            None => Advice::new("Refused. Nothing was appended.", of_refusal(reason)),
        },
        DispatchError::Contended { overtaken_by } => {
            let before = overtaken(overtaken_by).map(|before| format!("{before} ")).unwrap_or_default();
            Advice::new(
                "Not appended.",
                format!(
                    "{before}Other tabs wrote first {ATTEMPTS_MAX} times in a row; what they wrote is shown. Try again."
                ),
            )
        }
        DispatchError::Diverged => diverged(),
        DispatchError::Number(error) => Advice::new("That is no account number.", number_problem(error)),
        DispatchError::Payload(error) => of_payload_error(error),
        DispatchError::Conflict(error) => of_conflict("Nothing was appended", "try again", error),
        DispatchError::Log(error) => of_log_error(error),
        DispatchError::Damaged(damage) => damaged(damage),
        DispatchError::NotOpen => Advice::new(
            "No ledger is open.",
            "Nothing was appended. Wait until the ledger is shown, or choose another one, and try again.",
        ),
    }
}

/// Of an import.
pub fn of_import_error(error: &ImportError) -> Advice {
    match error {
        ImportError::Conflict(error) => of_conflict("Nothing was imported", "import again", error),
        ImportError::Append(AppendError::Conflict { expected, actual }) if *actual > expected.position => Advice::new(
            "Nothing was imported.",
            format!(
                "Another tab appended up to event {} meanwhile. The ledger is as that tab left it; import again.",
                format::int(actual.get())
            ),
        ),
        ImportError::Append(AppendError::Conflict { .. }) => diverged(),
        ImportError::Append(AppendError::Log(error)) => of_log_error(error),
        ImportError::Damaged(damage) => damaged(damage),
        ImportError::Cancelled => Advice::new("Cancelled.", "Nothing was imported; the ledger is as it was."),
    }
}

fn diverged() -> Advice {
    lost_while_open("What is stored is not the history shown here any more.")
}

fn number_problem(StreamNameError { text }: &StreamNameError) -> String {
    let prefix = Account::CATEGORY.len() + 1;
    let number = text.get(prefix..).unwrap_or_default();
    format!(
        "“{number}” cannot be the number of an account: that has 1 to {} letters, digits or other signs, all on one line. Nothing was appended; correct it.",
        StreamName::BYTES_MAX - prefix
    )
}

fn of_payload_error(error: &PayloadError) -> Advice {
    match error {
        PayloadError::TooLong { bytes } => too_large(*bytes),
        PayloadError::NotJson { .. } | PayloadError::TooDeep => Advice::new(
            "The event cannot be written.",
            format!("Nothing was appended; everything saved before is kept. It is a mistake of this program: {error}."),
        ),
    }
}

fn too_large(bytes: usize) -> Advice {
    Advice::new(
        "The texts are too long.",
        format!(
            "The event would have {} bytes; {} are the most. Nothing was appended: shorten them.",
            size(bytes),
            size(EVENT_BYTES_MAX)
        ),
    )
}

fn of_conflict(nothing: &str, again: &str, error: &ConflictError) -> Advice {
    let text = match error {
        ConflictError::Version { stream, actual, .. } => {
            format!("Somebody else wrote version {actual} of {} first. What is saved is kept; {again}.", stream.id())
        }
        ConflictError::TooLarge { index, bytes } => format!(
            "Event {} has {} bytes; {} are the most. What is saved is kept. Shorten its texts and {again}.",
            size(*index),
            size(*bytes),
            size(EVENT_BYTES_MAX)
        ),
        ConflictError::TimeGoesBack { index, found, earliest } => format!(
            "Event {} says it was recorded at {found}, and the one before it at {earliest}: events are recorded in order. What is saved is kept. Correct the times and {again}.",
            size(*index)
        ),
        ConflictError::LogFull { count } => format!(
            "This ledger holds {} events and is full. They are kept. Go on in a new ledger.",
            format::int(count.get())
        ),
    };
    Advice::new(format!("{nothing}."), text)
}

/// Why a rule refuses it, and what would not be refused.
fn of_refusal(reason: &RefusalReason) -> String {
    let (who, refusal) = match reason {
        RefusalReason::Account(refusal) => (None, refusal),
        RefusalReason::Transfer(
            TransferRefusal::Sender { account, refusal } | TransferRefusal::Receiver { account, refusal },
        ) => (Some(account), refusal),
        RefusalReason::Transfer(TransferRefusal::SameAccount) => {
            return "An account cannot send money to itself. Choose another account.".to_owned();
        }
    };
    let text = match refusal {
        Refusal::AlreadyOpened => "An account of this number exists already. Choose another number.".to_owned(),
        Refusal::NotOpened => {
            "There is no account of this number. Check the number, or open the account first.".to_owned()
        }
        Refusal::Closed => "The account is closed for good. Use another account.".to_owned(),
        Refusal::AmountNotPositive { given } => format!("The amount must be above zero, it is {}.", sum(*given)),
        Refusal::BelowZero { given } => format!("The amount must not be below zero, it is {}.", sum(*given)),
        Refusal::WrongCurrency { account, given } => {
            format!("The account is kept in {account}, the amount is in {given}. Give it in {account}.")
        }
        Refusal::InsufficientFunds { balance, overdraft_limit, wanted } => format!(
            "{} were asked for; the account holds {} and may go {} below zero.",
            sum(*wanted),
            sum(*balance),
            sum(*overdraft_limit)
        ),
        Refusal::Overflow => "The balance would be too large a number to keep. Use a smaller amount.".to_owned(),
        Refusal::NotAtZero { balance } => {
            format!("The account still holds {}. Bring it to zero first.", sum(*balance))
        }
    };
    who.map_or(text.clone(), |account| format!("{account}: {text}"))
}

fn sum(money: Money) -> String {
    format::with_currency(money)
}

fn overtaken(events: &[RecordedEvent]) -> Option<String> {
    let last = events.last()?;
    let event = &last.event;
    Some(format!(
        "{} wrote version {} of {} first ({}, “{}”).",
        if event.actor.is_empty() { "Somebody" } else { event.actor.as_str() },
        last.version,
        event.stream.id(),
        event.event_type,
        event.reason
    ))
}

fn size(count: usize) -> String {
    format::int(u64::try_from(count).unwrap_or(u64::MAX))
}

/// `1 event`, `1,234 events`.
fn plural(count: u32, one: &str, many: &str) -> String {
    format!("{} {}", format::int(count), if count == 1 { one } else { many })
}

/// What the browser says, as a sentence of its own behind ours.
fn said(why: &str) -> String {
    match why.trim().trim_end_matches('.') {
        "" => String::new(),
        why => format!(" The browser says: {why}."),
    }
}
