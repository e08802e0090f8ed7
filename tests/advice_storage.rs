//! What is told of the storage: one sentence for each way in which it fails or loses something.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "advice_support/table.rs"]
mod table;

use annals::{
    app::{
        Damage, OpenError, VerifyError,
        advice::{self, Advice},
    },
    kernel::{BlockError, ChainError, LogError, Position, SchemaVersion},
    store::{LedgerKind, WitnessVerdict},
};
use table::{Variants, assert_told, variants};

fn log_errors() -> Variants<LogError> {
    variants! { LogError:
        LogError::QuotaExceeded => "quota exceeded",
        LogError::Unavailable { .. } => "unavailable",
        LogError::Blocked => "blocked",
        LogError::Newer { .. } => "newer",
        LogError::ConnectionLost { .. } => "connection lost",
        LogError::Gone => "gone",
        LogError::Backend { .. } => "backend",
    }
}

fn unavailable() -> LogError {
    LogError::Unavailable { why: "SecurityError: access is denied.".to_owned() }
}

fn lost() -> LogError {
    LogError::ConnectionLost { attempts: 3, why: "the browser closed it".to_owned() }
}

#[test]
fn of_a_wrong_checkpoint() {
    let rows = [(
        (),
        "The balances shown a moment ago were wrong.",
        "They came from a checkpoint that was kept to show them at once, and the events say something else. The checkpoint is deleted. What is shown now was worked out from the events themselves, which are all there; nothing is to be done.",
    )];
    assert_told(&rows, |()| advice::of_wrong_checkpoint());
}

#[test]
fn of_the_storage() {
    let rows = [
        (
            LogError::QuotaExceeded,
            "The browser gives this site no more room.",
            "Nothing was appended; everything saved before is kept. Make room and try again: delete a ledger that you no longer need in Settings, after you have exported it, or free space on this device.",
        ),
        (
            unavailable(),
            "This browser keeps no data for this page.",
            "It may be a private window, or storage is switched off. You can work, but the events last only until this tab is closed or reloaded: export them in Settings before that. The browser says: SecurityError: access is denied.",
        ),
        (
            LogError::Unavailable { why: String::new() },
            "This browser keeps no data for this page.",
            "It may be a private window, or storage is switched off. You can work, but the events last only until this tab is closed or reloaded: export them in Settings before that.",
        ),
        (
            LogError::Blocked,
            "Another tab holds an older version of this ledger open.",
            "Nothing was changed; what was saved is kept. Close the other tabs of Annals, then reload this one.",
        ),
        (
            LogError::Newer { found: 7, known: 1 },
            "This ledger was written by a newer Annals.",
            "Nothing was changed; what was saved is kept. Reload the page to get the newer program. Its storage has version 7, this page knows version 1.",
        ),
        (
            LogError::Newer { found: 0, known: 1 },
            "This ledger was written by a newer Annals.",
            "Nothing was changed; what was saved is kept. Reload the page to get the newer program.",
        ),
        (
            lost(),
            "The connection to the browser's storage was lost.",
            "It could not be opened again. What was saved is kept: reload the page and look what that is before you try again. The browser says: the browser closed it.",
        ),
        (
            LogError::Gone,
            "This ledger was deleted while it was open here.",
            "Another tab or the browser has cleared or replaced its storage. Nothing was appended. The events shown are in this tab only: export them in Settings before you close or reload it.",
        ),
        (
            LogError::Backend { why: "UnknownError: bad disk".to_owned() },
            "The browser's storage failed.",
            "Nothing was appended; what was saved is kept. Reload the page; if it fails again, export what can be read. The browser says: UnknownError: bad disk.",
        ),
    ];
    assert_told(&rows, advice::of_log_error);
    log_errors().are_all_in(rows.iter().map(|(error, ..)| error));
}

#[test]
fn of_a_ledger_that_does_not_open() {
    let gap = ChainError::Gap { event_type: "MoneyDeposited", missing: SchemaVersion(2) };
    let repeated = ChainError::Repeated { event_type: "MoneyDeposited", from: SchemaVersion::FIRST };
    let rows = [
        (
            OpenError::Log(LogError::Blocked),
            "Another tab holds an older version of this ledger open.",
            "Nothing was changed; what was saved is kept. Close the other tabs of Annals, then reload this one.",
        ),
        (
            OpenError::Codec(gap.clone()),
            "This build of Annals is broken.",
            "Your events are untouched. Load another build and tell who made this one: no step lifts MoneyDeposited from schema 2.",
        ),
        (
            OpenError::Codec(repeated.clone()),
            "This build of Annals is broken.",
            "Your events are untouched. Load another build and tell who made this one: two steps lift MoneyDeposited from schema 1.",
        ),
    ];
    assert_told(&rows, advice::of_open_error);
    let all = variants! { OpenError: OpenError::Log(_) => "log", OpenError::Codec(_) => "codec" };
    all.are_all_in(rows.iter().map(|(error, ..)| error));
    let all = variants! { ChainError: ChainError::Gap { .. } => "gap", ChainError::Repeated { .. } => "repeated" };
    all.are_all_in([&gap, &repeated]);
}

#[test]
fn of_a_ledger_that_is_not_deleted() {
    let failed = |what: &str| format!("{what} Its events are kept. Reload the page and delete it again.");
    let (no_room, newer) =
        (failed("The browser gives this site no more room."), failed("This ledger was written by a newer Annals."));
    let (none, closed, gone, backend) = (
        failed("This browser keeps no data for this page."),
        failed("The connection to the browser's storage was lost."),
        failed("This ledger was deleted while it was open here."),
        failed("The browser's storage failed."),
    );
    let rows = [
        (
            LogError::Blocked,
            "Old books is not deleted yet.",
            "Another tab has it open; the browser deletes it as soon as that tab is closed. Nothing else was changed. Close the other tabs, then delete it again to take it off the list.",
        ),
        (LogError::QuotaExceeded, "Old books was not deleted.", &no_room),
        (unavailable(), "Old books was not deleted.", &none),
        (LogError::Newer { found: 7, known: 1 }, "Old books was not deleted.", &newer),
        (lost(), "Old books was not deleted.", &closed),
        (LogError::Gone, "Old books was not deleted.", &gone),
        (LogError::Backend { why: "UnknownError".to_owned() }, "Old books was not deleted.", &backend),
    ];
    assert_told(&rows, |error| advice::of_delete_error("Old books", error));
    log_errors().are_all_in(rows.iter().map(|(error, ..)| error));
}

fn of_verdict((verdict, kind): &(WitnessVerdict, LedgerKind)) -> Advice {
    advice::of_witness(*verdict, *kind).expect("something is wrong")
}

#[test]
fn of_what_the_browser_has_lost() {
    let (shorter, own, demo) =
        (|expected, found| WitnessVerdict::Shorter { expected, found }, LedgerKind::Own, LedgerKind::Demo);
    let rows = [
        (
            (WitnessVerdict::Empty { expected: 1234 }, own),
            "The browser has lost this ledger.",
            "It held 1,234 events when it was last open here and is empty now: the browser's storage was cleared, evicted or damaged. Restore it from a file that you exported: it goes into this ledger.",
        ),
        (
            (WitnessVerdict::Empty { expected: 1 }, own),
            "The browser has lost this ledger.",
            "It held 1 event when it was last open here and is empty now: the browser's storage was cleared, evicted or damaged. Restore it from a file that you exported: it goes into this ledger.",
        ),
        (
            (WitnessVerdict::Empty { expected: 100_000 }, demo),
            "The browser has lost this ledger.",
            "It held 100,000 events when it was last open here and is empty now: the browser's storage was cleared, evicted or damaged. Open the demo below: it is made again, the same as before.",
        ),
        (
            (shorter(300, 270), own),
            "The browser has lost the end of this ledger.",
            "It held 300 events when it was last open here; 270 are left, intact, and can be read and exported. Restore the whole from a file that you exported: it becomes a new ledger, and this one stays as it is.",
        ),
        (
            (shorter(2, 1), own),
            "The browser has lost the end of this ledger.",
            "It held 2 events when it was last open here; 1 is left, intact, and can be read and exported. Restore the whole from a file that you exported: it becomes a new ledger, and this one stays as it is.",
        ),
        (
            (shorter(100_000, 4_096), demo),
            "The browser has lost the end of this ledger.",
            "It held 100,000 events when it was last open here; 4,096 are left, intact, and can be read and exported. Delete the demo in Settings and open it again: it is made the same as before.",
        ),
        (
            (WitnessVerdict::Different, own),
            "This is not the history that was here before.",
            "The events do not continue what was last seen in this browser: its storage was replaced or damaged. What is here can be read and exported. Restore the whole from a file that you exported: it becomes a new ledger, and this one stays as it is.",
        ),
    ];
    assert_told(&rows, of_verdict);
    let fine = [WitnessVerdict::Intact, WitnessVerdict::Ahead];
    assert!(fine.iter().all(|verdict| advice::of_witness(*verdict, own).is_none()));
    let all = variants! { WitnessVerdict:
        WitnessVerdict::Intact => "intact",
        WitnessVerdict::Ahead => "ahead",
        WitnessVerdict::Shorter { .. } => "shorter",
        WitnessVerdict::Empty { .. } => "empty",
        WitnessVerdict::Different => "different",
    };
    all.are_all_in(rows.iter().map(|((verdict, _), ..)| verdict).chain(&fine));
}

fn damage(first: u32, tail: u32, error: BlockError) -> (Damage, LedgerKind) {
    (Damage { first: Position::new(first), error, tail: Position::new(tail) }, LedgerKind::Own)
}

#[test]
fn of_blocks_that_cannot_be_read() {
    let malformed = BlockError::Malformed { what: "has an impossible count or position" };
    let out_of_place = BlockError::OutOfPlace { expected: Position::new(4), found: Position::new(6) };
    let demo = (damage(3, 9, BlockError::NotABlock).0, LedgerKind::Demo);
    let rows = [
        (
            damage(5, 7, BlockError::Checksum { stored: 0x1234_abcd, computed: 0xff }),
            "The log cannot be read from event 5 on.",
            "Events 1 to 4 are intact and can be read and exported. Events 5 to 7 are not shown: what is stored is not what was written, for its checksum is 000000ff instead of 1234abcd. Nothing is appended behind that. Restore the whole from a file that you exported: it becomes a new ledger, and this one stays as it is.",
        ),
        (
            damage(2, 2, BlockError::NotABlock),
            "The log cannot be read from event 2 on.",
            "Event 1 is intact and can be read and exported. Event 2 is not shown: what is stored there is no block of events. Nothing is appended behind that. Restore the whole from a file that you exported: it becomes a new ledger, and this one stays as it is.",
        ),
        (
            damage(1, 1_000_000, malformed),
            "The log cannot be read from event 1 on.",
            "There is no event before it. Events 1 to 1,000,000 are not shown: their block has an impossible count or position. Nothing is appended behind that. Restore the whole from a file that you exported: it becomes a new ledger, and this one stays as it is.",
        ),
        (
            damage(4, 9, out_of_place),
            "The log cannot be read from event 4 on.",
            "Events 1 to 3 are intact and can be read and exported. Events 4 to 9 are not shown: event 6 is stored where event 4 is due. Nothing is appended behind that. Restore the whole from a file that you exported: it becomes a new ledger, and this one stays as it is.",
        ),
        (
            damage(4, 9, BlockError::BrokenChain { at: Position::new(4) }),
            "The log cannot be read from event 4 on.",
            "Events 1 to 3 are intact and can be read and exported. Events 4 to 9 are not shown: their block does not continue the history before it. Nothing is appended behind that. Restore the whole from a file that you exported: it becomes a new ledger, and this one stays as it is.",
        ),
        (
            damage(3, 9, BlockError::UnknownFormat { found: 2 }),
            "The log was written by a newer Annals from event 3 on.",
            "Events 1 to 2 are intact and can be read and exported. Events 3 to 9 are not shown: their format is newer than 1, the newest that this program reads. Nothing is lost, and nothing is appended by this program. Reload the page to get the newer one.",
        ),
        (
            damage(3, 9, BlockError::UnknownFormat { found: 0 }),
            "The log cannot be read from event 3 on.",
            "Events 1 to 2 are intact and can be read and exported. Events 3 to 9 are not shown: their block states a format 0, which is none. Nothing is appended behind that. Restore the whole from a file that you exported: it becomes a new ledger, and this one stays as it is.",
        ),
        (
            demo,
            "The log cannot be read from event 3 on.",
            "Events 1 to 2 are intact and can be read and exported. Events 3 to 9 are not shown: what is stored there is no block of events. Nothing is appended behind that. Delete the demo in Settings and open it again: it is made the same as before.",
        ),
    ];
    assert_told(&rows, |(damage, kind)| advice::of_damage(damage, *kind));
    let all = variants! { BlockError:
        BlockError::NotABlock => "not a block",
        BlockError::UnknownFormat { .. } => "unknown format",
        BlockError::Checksum { .. } => "checksum",
        BlockError::Malformed { .. } => "malformed",
        BlockError::OutOfPlace { .. } => "out of place",
        BlockError::BrokenChain { .. } => "broken chain",
    };
    all.are_all_in(rows.iter().map(|((damage, _), ..)| &damage.error));
}

#[test]
fn of_a_log_that_was_verified_and_is_not_as_it_was_written() {
    let flipped = BlockError::Checksum { stored: 0x1234_abcd, computed: 0xff };
    let rows = [
        (
            VerifyError::Damaged(damage(5, 7, flipped).0),
            "What is stored cannot be read from event 5 on.",
            "Nothing was changed: what is stored is not what was written, for its checksum is 000000ff instead of 1234abcd. This page still holds what it shows: export the ledger now, before you close or reload it, and restore it from that file.",
        ),
        (
            VerifyError::EndsEarly { stored: Position::new(7), read: Position::new(1_000) },
            "The browser has lost the end of this ledger.",
            "It stores 7 of the 1,000 events that were read. This page still holds what it shows: export the ledger now, before you close or reload it, and restore it from that file.",
        ),
        (
            VerifyError::Different,
            "The stored log is not the one that this page has read.",
            "It was replaced behind the page's back. This page still holds what it shows: export the ledger now, before you close or reload it, and restore it from that file.",
        ),
        (
            VerifyError::Log(LogError::Blocked),
            "Another tab holds an older version of this ledger open.",
            "Nothing was changed; what was saved is kept. Close the other tabs of Annals, then reload this one.",
        ),
        (VerifyError::Cancelled, "Cancelled.", "Nothing was changed."),
    ];
    assert_told(&rows, advice::of_verify_error);
    let all = variants! { VerifyError:
        VerifyError::Damaged(_) => "damaged",
        VerifyError::EndsEarly { .. } => "ends early",
        VerifyError::Different => "different",
        VerifyError::Log(_) => "log",
        VerifyError::Cancelled => "cancelled",
    };
    all.are_all_in(rows.iter().map(|(error, ..)| error));
}
