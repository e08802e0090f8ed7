//! The journal for hledger: the real program must find our balances at every date.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "files_support/support.rs"]
mod support;

use annals::app::files::hledger::{HledgerExport, Part};
use annals::bank::{
    AccountEvent, AccountOpened, Balances, BankCodec, Currency, FeeCharged, MoneyDeposited, MoneyWithdrawn,
    TransferReceived, TransferSent,
};
use annals::kernel::{Clock, EventId, Facts as _, History, NewEvent, Projection as _, Rank, StreamName, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use support::*;

const ZONE_MINUTES: i32 = 120;

fn journal(history: &History<BankCodec>) -> String {
    journal_of(history, &Part::Whole)
}

fn journal_of(history: &History<BankCodec>, part: &Part) -> String {
    let mut export = HledgerExport::new(history, part, Box::new(|_| ZONE_MINUTES));
    let mut text = String::new();
    while let Some(chunk) = export.next_chunk(history, 3) {
        text.push_str(&chunk);
    }
    text
}

/// Runs the real program; `None`, and a sentence that says so, where it is not installed.
fn hledger(journal: &str, arguments: &[&str]) -> Option<String> {
    let spawned = Command::new("hledger")
        .args(["-f", "-"].iter().chain(arguments))
        .env("LANG", "C.UTF-8")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = spawned else {
        println!("skipped: hledger is not installed (the Debian package hledger)");
        return None;
    };
    child.stdin.take().unwrap().write_all(journal.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{journal}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// What hledger finds on our accounts before a date, by the name it gives them.
fn theirs(journal: &str, before: &str) -> Option<BTreeMap<String, String>> {
    let csv = hledger(journal, &["balance", "assets:accounts", "-e", before, "--flat", "-N", "-E", "-O", "csv"])?;
    Some(
        csv_rows(&csv)
            .into_iter()
            .skip(1)
            .filter(|row| row[1] != "0")
            .map(|row| (row[0].clone(), row[1].clone()))
            .collect(),
    )
}

/// The cells of a CSV text in which every cell is quoted.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .map(|line| line.trim_matches('"').split("\",\"").map(|cell| cell.replace("\"\"", "\"")).collect())
        .collect()
}

/// What our read model finds before a date in the zone, by the names that hledger knows.
fn ours(history: &History<BankCodec>, before: &str, names: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let midnight = at(&format!("{before}T00:00:00+02:00"));
    let rank = history.timeline(Clock::Occurred).rank_at(midnight.plus_micros(-1));
    let mut balances = Balances::default();
    history.visit(Clock::Occurred, Rank::ZERO, rank, |event| balances.apply(event));
    balances
        .iter()
        .filter(|(_, row)| row.balance != 0)
        .map(|(id, row)| {
            let number = history.stream(id).unwrap().name.id();
            let name = names.get(number).map_or(number, String::as_str);
            let money = annals::bank::Money::new(row.balance, row.currency());
            (format!("assets:accounts:{name}"), format!("{} {}", money.to_decimal(), row.currency()))
        })
        .collect()
}

fn opened(currency: Currency, initial_balance: i64) -> AccountEvent {
    AccountEvent::from(AccountOpened { owner: "o".into(), name: "".into(), currency, initial_balance })
}

fn deposited(amount: i64, source: &str) -> AccountEvent {
    AccountEvent::Deposited(MoneyDeposited { amount, currency: None, source: source.into() })
}

fn sent(amount: i64, currency: Currency, to: &str) -> AccountEvent {
    AccountEvent::TransferSent(TransferSent { amount, currency, to: to.into() })
}

fn received(amount: i64, currency: Currency, from: &str) -> AccountEvent {
    AccountEvent::TransferReceived(TransferReceived { amount, currency, from: from.into() })
}

fn with(mut event: NewEvent, reason: &str, correlation: Option<&str>) -> NewEvent {
    event.reason = reason.into();
    event.correlation_id = correlation.map(EventId::parse);
    event
}

fn hand_made() -> History<BankCodec> {
    let (eur, jpy, kwd) = (Currency::EUR, currency("JPY"), currency("KWD"));
    let day = |day: u32, hour: u32| at(&format!("2024-01-{day:02}T{hour:02}:30:00Z"));
    let withdrawn =
        AccountEvent::Withdrawn(MoneyWithdrawn { amount: 250, currency: eur, atm_location: "Bergen, Torget 3".into() });
    let fee = AccountEvent::Fee(FeeCharged { amount: 100, currency: eur, reason: "card: yearly".into() });
    let events = [
        ("A-1", day(1, 9), opened(eur, 10_000), "", None),
        ("A:2  x;y", day(1, 9), opened(eur, 0), "", None),
        ("Ø yen", day(2, 9), opened(jpy, 5_000), "* first | second; third\nfourth", None),
        ("dinar", day(2, 9), opened(kwd, 1_005), "(x) start", None),
        // At 23:30 UTC it is the next day in the zone.
        ("A-1", day(3, 23), deposited(1_234_567, "salary"), "June; with bonus", None),
        ("A-1", day(4, 9), withdrawn, "", None),
        ("A-1", day(5, 9), sent(700, eur, "A:2  x;y"), "rent", Some("c-1")),
        ("A:2  x;y", day(5, 9), received(700, eur, "A-1"), "rent", Some("c-1")),
        ("A-1", day(6, 9), sent(11, eur, "A:2  x;y"), "", Some("c-2")),
        ("A-1", day(6, 9), fee, "", None),
        ("A:2  x;y", day(8, 9), received(11, eur, "A-1"), "", Some("c-2")),
        // One intention, but two days in the zone.
        ("A-1", day(9, 9), sent(5, eur, "A:2  x;y"), "", Some("c-3")),
        ("A:2  x;y", day(9, 23), received(5, eur, "A-1"), "", Some("c-3")),
        // Written later, happened earlier.
        ("dinar", day(3, 9), deposited(7, ""), "", None),
        // Of an account that never opened.
        ("nobody", day(3, 9), deposited(7, "x"), "", None),
    ];
    let recorded = at("2024-02-01T00:00:00Z");
    history_of(events.into_iter().zip(0..).map(|((number, time, event, reason, correlation), id)| {
        (with(account_event(number, id, time, &event), reason, correlation), recorded)
    }))
}

#[test]
fn a_journal_looks_like_this() {
    let text = journal(&hand_made());
    assert_eq!(text, golden("hand_made.journal"));
}

#[test]
fn hledger_finds_our_balances_at_every_date() {
    let history = hand_made();
    let text = journal(&history);
    let names = [("A:2  x;y".to_owned(), "A%3A2 %20x%3By".to_owned())].into();
    for day in 1..=10 {
        let before = format!("2024-01-{day:02}");
        let Some(theirs) = theirs(&text, &before) else { return };
        assert_eq!(theirs, ours(&history, &before, &names), "before {before}");
    }
    let Some(transactions) = hledger(&text, &["check"]) else { return };
    assert_eq!(transactions, "");
    let in_transit = |before: &str| hledger(&text, &["balance", "assets:in-transit", "-e", before, "-N"]).unwrap();
    assert!(in_transit("2024-01-07").contains("0.11 EUR"));
    assert_eq!(in_transit("2024-01-09").trim(), "");
    let tagged = hledger(&text, &["print", "tag:position=7"]).unwrap();
    assert!(tagged.contains("rent") && tagged.contains("A-1") && tagged.contains("A%3A2"), "{tagged}");
}

/// Midnight in the zone at which a day of January 2024 begins.
fn midnight(day: &str) -> Timestamp {
    at(&format!("{day}T00:00:00+02:00"))
}

fn between(from: &str, before: &str) -> Part {
    Part::Between(midnight(from), midnight(before).plus_micros(-1))
}

fn account(number: &str) -> Part {
    Part::Account(StreamName::new("account", number).unwrap())
}

#[test]
fn a_journal_of_a_part_looks_like_this() {
    let history = hand_made();
    assert_eq!(journal_of(&history, &between("2024-01-07", "2024-01-10")), golden("hand_made_range.journal"));
    assert_eq!(journal_of(&history, &account("A:2  x;y")), golden("hand_made_account.journal"));
    let nothing = "; Written by Annals: one transaction for each event that moved money.\ndecimal-mark .\n";
    assert_eq!(journal_of(&history, &between("2023-01-07", "2023-01-10")), nothing);
    assert!(!journal_of(&history, &account("none")).contains("account assets"));
}

#[test]
fn hledger_finds_our_balances_within_a_range() {
    let history = hand_made();
    let names = [("A:2  x;y".to_owned(), "A%3A2 %20x%3By".to_owned())].into();
    for first in 1..=10 {
        for end in first + 1..=11 {
            let day = |day: u32| format!("2024-01-{day:02}");
            let text = journal_of(&history, &between(&day(first), &day(end)));
            let Some(found) = theirs(&text, &day(end)) else { return };
            assert_eq!(found, ours(&history, &day(end), &names), "{first} to {end}\n{text}");
        }
    }
    let text = journal_of(&history, &between("2024-01-07", "2024-01-12"));
    let in_transit = |before: &str| hledger(&text, &["balance", "assets:in-transit", "-e", before, "-N"]).unwrap();
    assert!(in_transit("2024-01-08").contains("0.11 EUR"), "sent before the range");
    assert_eq!(in_transit("2024-01-09").trim(), "", "received in it");
}

#[test]
fn a_journal_of_one_account_balances_with_its_transfers_against_equity() {
    let history = hand_made();
    let text = journal_of(&history, &account("A-1"));
    let Some(found) = theirs(&text, "2024-01-10") else { return };
    let all = ours(&history, "2024-01-10", &BTreeMap::new());
    assert_eq!(found, BTreeMap::from([("assets:accounts:A-1".to_owned(), all["assets:accounts:A-1"].clone())]));
    let transfers = hledger(&text, &["balance", "equity:transfers:A%3A2 %20x%3By", "-N"]).unwrap();
    assert!(transfers.contains("7.16 EUR"), "{transfers}");
    assert_eq!(hledger(&text, &["check"]).unwrap(), "");
}

fn any_ledger() -> impl Strategy<Value = History<BankCodec>> {
    let codes = ["EUR", "JPY", "KWD"];
    let step = (0usize..4, 0usize..4, 0u8..6, 1i64..1_000_000, 0i64..40, any::<bool>(), any_text(), any_text());
    proptest::collection::vec(step, 1..40).prop_map(move |steps| {
        let start = at("2024-01-01T00:00:00Z");
        let mut events: Vec<NewEvent> = Vec::new();
        let mut push = |number: usize, hours: i64, event: &AccountEvent, reason: &str, correlation: Option<&str>| {
            let time = start.plus_micros(hours * 3600 * Timestamp::MICROS_PER_SECOND);
            let id = events.len() as u64;
            events.push(with(account_event(&format!("N-{number}"), id, time, event), reason, correlation));
        };
        let of = |number: usize| currency(codes[number % codes.len()]);
        for (number, n) in (0..4).zip(0i64..) {
            push(number, 10 * n, &opened(of(number), 100 * n), "", None);
        }
        for (from, to, what, amount, hours, adjacent, text, reason) in steps {
            let hours = hours * 12;
            match what {
                0 | 1 => push(from, hours, &deposited(amount, &text), &reason, None),
                2 => {
                    let event = MoneyWithdrawn { amount, currency: of(from), atm_location: text.as_str().into() };
                    push(from, hours, &AccountEvent::Withdrawn(event), &reason, None);
                }
                3 => {
                    let event = FeeCharged { amount, currency: of(from), reason: text.as_str().into() };
                    push(from, hours, &AccountEvent::Fee(event), &reason, None);
                }
                _ => {
                    let later = if adjacent { hours } else { hours + 30 };
                    push(from, hours, &sent(amount, of(from), "x"), &reason, Some("c"));
                    push(to, later, &received(amount, of(from), "x"), &reason, Some("c"));
                }
            }
        }
        history_of(events.into_iter().map(|event| (event, at("2025-01-01T00:00:00Z"))))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hledger_finds_our_balances_of_any_ledger(history in any_ledger()) {
        let text = journal(&history);
        for before in ["2024-01-02", "2024-01-03", "2024-01-10", "2024-01-21", "2025-01-01"] {
            let Some(theirs) = theirs(&text, before) else { return Ok(()) };
            prop_assert_eq!(theirs, ours(&history, before, &BTreeMap::new()), "before {}\n{}", before, text);
        }
    }

    #[test]
    fn hledger_finds_our_balances_in_any_range_and_of_any_account(
        history in any_ledger(), first in 1i64..25, days in 1i64..12, number in 0usize..4,
    ) {
        let day = |n: i64| format!("2024-01-{n:02}");
        let all = |before: &str| ours(&history, before, &BTreeMap::new());
        let text = journal_of(&history, &between(&day(first), &day((first + days).min(31))));
        for before in first + 1..=(first + days).min(31) {
            let Some(found) = theirs(&text, &day(before)) else { return Ok(()) };
            prop_assert_eq!(found, all(&day(before)), "before {}\n{}", before, text);
        }
        let text = journal_of(&history, &account(&format!("N-{number}")));
        let mut expected = all(&day(first));
        expected.retain(|name, _| name.ends_with(&format!(":N-{number}")));
        let Some(found) = theirs(&text, &day(first)) else { return Ok(()) };
        prop_assert_eq!(found, expected, "{}", text);
    }
}
