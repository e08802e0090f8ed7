//! What is told of commands and imports: one sentence for each rule that refuses and each way in which they fail.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "advice_support/table.rs"]
mod table;

use annals::{
    app::{Damage, DispatchError, ImportError, RefusalReason, advice},
    bank::{Currency, Money, Refusal, TransferRefusal},
    kernel::{
        AppendError, BlockError, ConflictError, EventId, ExpectedVersion, LogError, NewEvent, Payload, PayloadError,
        Position, RecordedEvent, SchemaVersion, StreamName, StreamNameError, Tail, Timestamp, Version,
    },
};
use table::{Variants, assert_told, variants};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn refused(reason: impl Into<RefusalReason>) -> DispatchError {
    DispatchError::Refused { reason: reason.into(), overtaken_by: Vec::new() }
}

fn stream() -> StreamName {
    StreamName::parse("account/ACC-0417").unwrap()
}

/// What another tab appended to the account.
fn another(actor: &str) -> RecordedEvent {
    let at = Timestamp::parse("2024-01-05T14:03:12Z").unwrap();
    let event = NewEvent {
        id: EventId::parse("id-7"),
        stream: stream(),
        event_type: "MoneyWithdrawn".into(),
        schema: SchemaVersion::FIRST,
        data: Payload::parse("{}").unwrap(),
        occurred_at: at,
        actor: actor.into(),
        reason: "Ferry ticket".into(),
        correlation_id: None,
        causation_id: None,
        attributes: None,
    };
    RecordedEvent { position: Position::new(7), version: Version::new(3), recorded_at: at, event }
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

const REFUSED: &str = "Refused. Nothing was appended.";

fn insufficient() -> Refusal {
    Refusal::InsufficientFunds { balance: eur(2_000), overdraft_limit: eur(0), wanted: eur(123_456) }
}

fn refusals() -> [(Refusal, &'static str, &'static str); 10] {
    let usd = Currency::parse("USD").unwrap();
    [
        (Refusal::AlreadyOpened, REFUSED, "An account of this number exists already. Choose another number."),
        (
            Refusal::NotOpened,
            REFUSED,
            "There is no account of this number. Check the number, or open the account first.",
        ),
        (Refusal::Closed, REFUSED, "The account is closed for good. Use another account."),
        (Refusal::AmountNotPositive { given: eur(0) }, REFUSED, "The amount must be above zero, it is EUR 0.00."),
        (Refusal::BelowZero { given: eur(-5) }, REFUSED, "The amount must not be below zero, it is EUR −0.05."),
        (
            Refusal::WrongCurrency { account: Currency::EUR, given: usd },
            REFUSED,
            "The account is kept in EUR, the amount is in USD. Give it in EUR.",
        ),
        (
            insufficient(),
            REFUSED,
            "EUR 1,234.56 were asked for; the account holds EUR 20.00 and may go EUR 0.00 below zero.",
        ),
        (Refusal::Overflow, REFUSED, "The balance would be too large a number to keep. Use a smaller amount."),
        (Refusal::NotAtZero { balance: eur(1) }, REFUSED, "The account still holds EUR 0.01. Bring it to zero first."),
        (
            Refusal::NotAtZero { balance: eur(-1) },
            REFUSED,
            "The account still holds EUR −0.01. Bring it to zero first.",
        ),
    ]
}

#[test]
fn of_a_rule_that_refuses() {
    let rows = refusals();
    assert_told(&rows, |refusal| advice::of_dispatch_error(&refused(refusal.clone())));
    let all = variants! { Refusal:
        Refusal::AlreadyOpened => "already opened",
        Refusal::NotOpened => "not opened",
        Refusal::Closed => "closed",
        Refusal::AmountNotPositive { .. } => "amount not positive",
        Refusal::BelowZero { .. } => "below zero",
        Refusal::WrongCurrency { .. } => "wrong currency",
        Refusal::InsufficientFunds { .. } => "insufficient funds",
        Refusal::Overflow => "overflow",
        Refusal::NotAtZero { .. } => "not at zero",
    };
    all.are_all_in(rows.iter().map(|(refusal, ..)| refusal));
}

#[test]
fn of_a_transfer_that_is_refused() {
    let rows = [
        (TransferRefusal::SameAccount, REFUSED, "An account cannot send money to itself. Choose another account."),
        (
            TransferRefusal::Sender { account: "ACC-0417".into(), refusal: insufficient() },
            REFUSED,
            "ACC-0417: EUR 1,234.56 were asked for; the account holds EUR 20.00 and may go EUR 0.00 below zero.",
        ),
        (
            TransferRefusal::Receiver { account: "ACC-0009".into(), refusal: Refusal::Closed },
            REFUSED,
            "ACC-0009: The account is closed for good. Use another account.",
        ),
    ];
    assert_told(&rows, |refusal| advice::of_dispatch_error(&refused(refusal.clone())));
    let all = variants! { TransferRefusal:
        TransferRefusal::SameAccount => "same account",
        TransferRefusal::Sender { .. } => "sender",
        TransferRefusal::Receiver { .. } => "receiver",
    };
    all.are_all_in(rows.iter().map(|(refusal, ..)| refusal));
}

fn conflicts() -> Variants<ConflictError> {
    variants! { ConflictError:
        ConflictError::Version { .. } => "version",
        ConflictError::TooLarge { .. } => "too large",
        ConflictError::TimeGoesBack { .. } => "time goes back",
        ConflictError::LogFull { .. } => "log full",
    }
}

fn version() -> ConflictError {
    let expected = ExpectedVersion::Exactly(Version::new(2));
    ConflictError::Version { stream: stream(), expected, actual: Version::new(3) }
}

fn time_goes_back() -> ConflictError {
    let (found, earliest) = (time("2024-01-04T00:00:00Z"), time("2024-01-05T00:00:00Z"));
    ConflictError::TimeGoesBack { index: 12, found, earliest }
}

const TOO_LARGE: ConflictError = ConflictError::TooLarge { index: 1_234, bytes: 2_000_000 };
const FULL: ConflictError = ConflictError::LogFull { count: Position::new(4_294_967_294) };

const DAMAGED: &str = "Nothing was appended.";
const DIVERGED: (&str, &str) = (
    "What is stored is not the history shown here any more.",
    "Another tab or the browser has cleared or replaced its storage. Nothing was appended. The events shown are in this tab only: export them in Settings before you close or reload it.",
);

fn damage(first: u32, error: BlockError) -> Damage {
    Damage { first: Position::new(first), error, tail: Position::new(9) }
}

fn damaged(first: u32) -> DispatchError {
    DispatchError::Damaged(damage(first, BlockError::NotABlock))
}

#[test]
fn of_a_command_that_another_tab_came_before() {
    let reason = || insufficient().into();
    let rows = [
        (
            DispatchError::Refused { reason: reason(), overtaken_by: vec![another("Anna")] },
            "Not appended.",
            "Anna wrote version 3 of ACC-0417 first (MoneyWithdrawn, “Ferry ticket”). Checked against that, it is refused: EUR 1,234.56 were asked for; the account holds EUR 20.00 and may go EUR 0.00 below zero.",
        ),
        (
            DispatchError::Refused { reason: reason(), overtaken_by: vec![another("Anna"), another("")] },
            "Not appended.",
            "Somebody wrote version 3 of ACC-0417 first (MoneyWithdrawn, “Ferry ticket”). Checked against that, it is refused: EUR 1,234.56 were asked for; the account holds EUR 20.00 and may go EUR 0.00 below zero.",
        ),
        (
            DispatchError::Contended { overtaken_by: vec![another("Anna")] },
            "Not appended.",
            "Anna wrote version 3 of ACC-0417 first (MoneyWithdrawn, “Ferry ticket”). Other tabs wrote first 4 times in a row; what they wrote is shown. Try again.",
        ),
        (
            DispatchError::Contended { overtaken_by: Vec::new() },
            "Not appended.",
            "Other tabs wrote first 4 times in a row; what they wrote is shown. Try again.",
        ),
    ];
    assert_told(&rows, advice::of_dispatch_error);
}

#[test]
fn of_a_command_that_fails() {
    let number = |number: &str| DispatchError::Number(StreamNameError { text: format!("account/{number}") });
    let rows = [
        (refused(Refusal::Closed), REFUSED, "The account is closed for good. Use another account."),
        (
            DispatchError::Contended { overtaken_by: Vec::new() },
            "Not appended.",
            "Other tabs wrote first 4 times in a row; what they wrote is shown. Try again.",
        ),
        (DispatchError::Diverged, DIVERGED.0, DIVERGED.1),
        (
            number("A\u{7}"),
            "That is no account number.",
            "“A\u{7}” cannot be the number of an account: that has 1 to 247 letters, digits or other signs, all on one line. Nothing was appended; correct it.",
        ),
        (
            DispatchError::Payload(PayloadError::TooLong { bytes: 2_000_000 }),
            "The texts are too long.",
            "The event would have 2,000,000 bytes; 65,536 are the most. Nothing was appended: shorten them.",
        ),
        (
            DispatchError::Conflict(TOO_LARGE),
            "Nothing was appended.",
            "Event 1,234 has 2,000,000 bytes; 65,536 are the most. What is saved is kept. Shorten its texts and try again.",
        ),
        (
            DispatchError::Log(LogError::Blocked),
            "Another tab holds an older version of this ledger open.",
            "Nothing was changed; what was saved is kept. Close the other tabs of Annals, then reload this one.",
        ),
        (
            damaged(5),
            DAMAGED,
            "This ledger cannot be read from event 5 on, and nothing is appended behind what cannot be read. Events 1 to 4 are kept and can be exported. Work on in a new ledger, restored from a file that you exported.",
        ),
        (
            damaged(2),
            DAMAGED,
            "This ledger cannot be read from event 2 on, and nothing is appended behind what cannot be read. Event 1 is kept and can be exported. Work on in a new ledger, restored from a file that you exported.",
        ),
        (
            damaged(1),
            DAMAGED,
            "This ledger cannot be read from event 1 on, and nothing is appended behind what cannot be read. Work on in a new ledger, restored from a file that you exported.",
        ),
        (
            DispatchError::Damaged(damage(5, BlockError::UnknownFormat { found: 2 })),
            DAMAGED,
            "This ledger cannot be read from event 5 on, and nothing is appended behind what cannot be read. Events 1 to 4 are kept and can be exported. Reload the page to get the newer program that wrote the rest.",
        ),
        (
            DispatchError::NotOpen,
            "No ledger is open.",
            "Nothing was appended. Wait until the ledger is shown, or choose another one, and try again.",
        ),
    ];
    assert_told(&rows, advice::of_dispatch_error);
    let all = variants! { DispatchError:
        DispatchError::Refused { .. } => "refused",
        DispatchError::Contended { .. } => "contended",
        DispatchError::Diverged => "diverged",
        DispatchError::Number(_) => "number",
        DispatchError::Payload(_) => "payload",
        DispatchError::Conflict(_) => "conflict",
        DispatchError::Log(_) => "log",
        DispatchError::Damaged(_) => "damaged",
        DispatchError::NotOpen => "not open",
    };
    all.are_all_in(rows.iter().map(|(error, ..)| error));
}

#[test]
fn of_an_event_that_cannot_be_written() {
    const TITLE: &str = "The event cannot be written.";
    let rows = [
        (
            PayloadError::NotJson { why: "EOF while parsing".to_owned() },
            TITLE,
            "Nothing was appended; everything saved before is kept. It is a mistake of this program: not JSON: EOF while parsing.",
        ),
        (
            PayloadError::TooDeep,
            TITLE,
            "Nothing was appended; everything saved before is kept. It is a mistake of this program: nested more than 32 deep.",
        ),
        (
            PayloadError::TooLong { bytes: 65_537 },
            "The texts are too long.",
            "The event would have 65,537 bytes; 65,536 are the most. Nothing was appended: shorten them.",
        ),
    ];
    assert_told(&rows, |error| advice::of_dispatch_error(&DispatchError::Payload(error.clone())));
    let all = variants! { PayloadError:
        PayloadError::NotJson { .. } => "not JSON",
        PayloadError::TooDeep => "too deep",
        PayloadError::TooLong { .. } => "too long",
    };
    all.are_all_in(rows.iter().map(|(error, ..)| error));
}

#[test]
fn of_a_commit_that_is_not_sealed() {
    let rows = [
        (
            version(),
            "Nothing was imported.",
            "Somebody else wrote version 3 of ACC-0417 first. What is saved is kept; import again.",
        ),
        (
            TOO_LARGE,
            "Nothing was imported.",
            "Event 1,234 has 2,000,000 bytes; 65,536 are the most. What is saved is kept. Shorten its texts and import again.",
        ),
        (
            time_goes_back(),
            "Nothing was imported.",
            "Event 12 says it was recorded at 2024-01-04T00:00:00Z, and the one before it at 2024-01-05T00:00:00Z: events are recorded in order. What is saved is kept. Correct the times and import again.",
        ),
        (
            FULL,
            "Nothing was imported.",
            "This ledger holds 4,294,967,294 events and is full. They are kept. Go on in a new ledger.",
        ),
    ];
    assert_told(&rows, |error| advice::of_import_error(&ImportError::Conflict(error.clone())));
    conflicts().are_all_in(rows.iter().map(|(error, ..)| error));
}

#[test]
fn of_an_import_that_fails() {
    let conflict = |expected: u32, actual: u32| {
        let expected = Tail { position: Position::new(expected), ..Tail::START };
        ImportError::Append(AppendError::Conflict { expected, actual: Position::new(actual) })
    };
    let rows = [
        (
            ImportError::Conflict(FULL),
            "Nothing was imported.",
            "This ledger holds 4,294,967,294 events and is full. They are kept. Go on in a new ledger.",
        ),
        (
            conflict(1_000, 1_002),
            "Nothing was imported.",
            "Another tab appended up to event 1,002 meanwhile. The ledger is as that tab left it; import again.",
        ),
        (conflict(1_000, 1_000), DIVERGED.0, DIVERGED.1),
        (conflict(1_000, 0), DIVERGED.0, DIVERGED.1),
        (
            ImportError::Append(AppendError::Log(LogError::Blocked)),
            "Another tab holds an older version of this ledger open.",
            "Nothing was changed; what was saved is kept. Close the other tabs of Annals, then reload this one.",
        ),
        (
            ImportError::Damaged(damage(5, BlockError::NotABlock)),
            DAMAGED,
            "This ledger cannot be read from event 5 on, and nothing is appended behind what cannot be read. Events 1 to 4 are kept and can be exported. Work on in a new ledger, restored from a file that you exported.",
        ),
        (ImportError::Cancelled, "Cancelled.", "Nothing was imported; the ledger is as it was."),
    ];
    assert_told(&rows, advice::of_import_error);
    let all = variants! { ImportError:
        ImportError::Conflict(_) => "conflict",
        ImportError::Append(AppendError::Conflict { .. }) => "overtaken",
        ImportError::Append(AppendError::Log(_)) => "log",
        ImportError::Damaged(_) => "damaged",
        ImportError::Cancelled => "cancelled",
    };
    all.are_all_in(rows.iter().map(|(error, ..)| error));
}
