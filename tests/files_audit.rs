//! The audit log as CSV: whatever people wrote, a spreadsheet calculates nothing.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "files_support/support.rs"]
mod support;

use annals::app::files::audit::AuditLog;
use annals::bank::{
    AccountEvent, AccountOpened, BankCodec, Currency, FeeCharged, MoneyDeposited, MoneyWithdrawn, TransferSent,
};
use annals::kernel::{EventId, History, NewEvent, Position};
use support::*;

/// What a spreadsheet takes for a formula when a cell begins with it.
const TRIGGERS: [&str; 6] = ["=", "+", "-", "@", "\t", "\r"];

fn table(history: &History<BankCodec>, selected: Option<Vec<Position>>) -> String {
    let mut log = AuditLog::new(history.head(), selected);
    let mut text = String::new();
    while let Some(chunk) = log.next_chunk(history, 2) {
        text.push_str(&chunk);
    }
    let (done, total) = log.progress();
    assert_eq!(done, total);
    text
}

/// The cells as a reader of RFC 4180 finds them, by an independent reader of CSV.
fn cells(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    let (mut rows, mut input) = (Vec::new(), text.as_bytes());
    let (mut out, mut ends) = (vec![0; 1 << 16], vec![0; 64]);
    loop {
        let (result, read, _, ended) = reader.read_record(input, &mut out, &mut ends);
        input = &input[read..];
        match result {
            csv_core::ReadRecordResult::Record => {}
            csv_core::ReadRecordResult::InputEmpty => continue,
            csv_core::ReadRecordResult::End => return rows,
            other => panic!("{other:?}"),
        }
        let starts = std::iter::once(0).chain(ends[..ended].iter().copied());
        let cell = |(start, end): (usize, &usize)| String::from_utf8(out[start..*end].to_vec()).unwrap();
        rows.push(starts.zip(&ends[..ended]).map(cell).collect());
    }
}

fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let index = rows[0].iter().position(|heading| heading == name).unwrap();
    rows[1..].iter().map(|row| row[index].clone()).collect()
}

/// Books in which everything that a person can write begins with `trigger`.
fn books(trigger: &str) -> History<BankCodec> {
    let text = format!("{trigger}1+1;{trigger}2");
    let eur = Currency::EUR;
    let payload = text.as_str();
    let events = [
        AccountEvent::from(AccountOpened {
            owner: payload.into(),
            name: payload.into(),
            currency: eur,
            initial_balance: 10_000,
        }),
        AccountEvent::Deposited(MoneyDeposited { amount: 250, currency: Some(eur), source: payload.into() }),
        AccountEvent::Withdrawn(MoneyWithdrawn { amount: 12_000, currency: eur, atm_location: payload.into() }),
        AccountEvent::TransferSent(TransferSent { amount: 5, currency: eur, to: payload.into() }),
        AccountEvent::Fee(FeeCharged { amount: 1, currency: eur, reason: payload.into() }),
    ];
    let now = at("2024-01-05T14:03:12Z");
    history_of(events.iter().zip(0..).map(|(event, number)| {
        // The name of a stream may begin with all of these but for control characters.
        let account = if trigger.chars().all(char::is_control) { "A-1" } else { payload };
        let event = NewEvent {
            actor: payload.into(),
            reason: payload.into(),
            correlation_id: Some(EventId::parse(payload)),
            causation_id: Some(EventId::parse(payload)),
            ..account_event(account, number, now, event)
        };
        (event, now)
    }))
}

/// Whether a spreadsheet would calculate a cell: it begins like a formula and is no plain number.
fn is_formula(cell: &str) -> bool {
    let cell = cell.trim_start_matches(['"', ' ']);
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && cell.parse::<f64>().is_err()
}

#[test]
fn nothing_that_a_person_can_write_reaches_a_spreadsheet_as_a_formula() {
    for trigger in TRIGGERS {
        let history = books(trigger);
        let text = table(&history, None);
        // As half of Europe's spreadsheets split it, too, which mind no quotes of ours then.
        for delimiter in [b',', b';', b'\t'] {
            for row in cells(&text, delimiter) {
                for cell in row {
                    assert!(!is_formula(&cell), "{trigger:?} split at {:?}: {cell:?}", char::from(delimiter));
                }
            }
        }
        let rows = cells(&text, b',');
        assert!(rows.len() == 6 && rows.iter().all(|row| row.len() == 15), "{text}");
        for name in ["who", "why", "correlation_id", "causation_id"] {
            let expected = format!("'{trigger}1+1;'{trigger}2");
            assert!(column(&rows, name).iter().all(|cell| *cell == expected), "{name}: {rows:?}");
        }
    }
}

#[test]
fn what_has_a_column_of_its_own_and_what_lies_in_data_can_be_read_back() {
    let rows = cells(&table(&books("="), None), b',');
    let data = column(&rows, "data");
    for (row, name) in [(0, "owner"), (0, "name"), (1, "source"), (2, "atm_location"), (3, "to"), (4, "reason")] {
        let json: serde_json::Value = serde_json::from_str(&data[row]).unwrap();
        // What would begin a cell in half of Europe has its apostrophe there as well.
        assert_eq!(json[name], "=1+1;'=2", "{name}");
    }
}

#[test]
fn numbers_stay_numbers() {
    let rows = cells(&table(&books("-"), None), b',');
    assert_eq!(column(&rows, "amount"), ["100.00", "2.50", "-120.00", "-0.05", "-0.01"]);
    assert_eq!(column(&rows, "balance"), ["100.00", "102.50", "-17.50", "-17.55", "-17.56"]);
    assert_eq!(column(&rows, "event"), ["1", "2", "3", "4", "5"]);
    assert!(column(&rows, "currency").iter().all(|code| code == "EUR"));
}

#[test]
fn a_selection_is_written_with_the_balances_of_all_events() {
    let history = books("=");
    let rows = cells(&table(&history, Some(vec![Position::new(2), Position::new(4)])), b',');
    assert_eq!(column(&rows, "event"), ["2", "4"]);
    assert_eq!(column(&rows, "balance"), ["102.50", "-17.55"]);
    assert_eq!(cells(&table(&history, Some(Vec::new())), b',').len(), 1, "the heading alone");
}
