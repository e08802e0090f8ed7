//! A CSV file records facts: what breaks a rule is taken and flagged.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "files_support/support.rs"]
mod support;

use annals::app::files::cloud_events::SeenIds;
use annals::app::files::csv_import::{About, CsvImport, LedgerFacts, Preview};
use annals::app::files::{FlagReason, StagedImport};
use annals::bank::{Balances, BankCodec, Currency, Money};
use annals::kernel::{Clock, Facts as _, History, Projection as _, Rank};
use support::*;

const HEADING: &str = "Date,Account,Amount,Currency,Balance,Text";

fn stage(rows: &[&str], facts: LedgerFacts) -> StagedImport {
    let text = format!("{HEADING}\n{}\n", rows.join("\n"));
    let mapping = Preview::of(text.as_bytes(), true).guess(Currency::EUR).unwrap().mapping;
    let mut import = CsvImport::new(mapping, facts, Box::new(|_| 0), "Åse".into(), None).unwrap();
    import.feed(text.as_bytes());
    import.finish()
}

fn balances(history: &History<BankCodec>, clock: Clock) -> Balances {
    let mut balances = Balances::default();
    history.visit(clock, Rank::ZERO, Rank::new(history.head().get()), |event| balances.apply(event));
    balances
}

fn only_balance(history: &History<BankCodec>, clock: Clock) -> i64 {
    let balances = balances(history, clock);
    let all: Vec<i64> = balances.iter().map(|(_, row)| row.balance).collect();
    assert_eq!(all.len(), 1);
    all[0]
}

fn flags(staged: &StagedImport) -> Vec<(u32, FlagReason)> {
    staged.report.flagged.first().iter().map(|flag| (flag.row, flag.reason)).collect()
}

#[test]
fn a_row_in_another_currency_is_taken_and_flagged_as_the_fold_holds_it() {
    let rows = [
        "2024-01-01,A-1,10.00,EUR,10.00,a",
        "2024-01-02,A-1,2.00,USD,999.00,b",
        "2024-01-03,A-1,-12.50,NOK,,c",
        "2024-01-04,A-1,1.00,EUR,0.50,d",
    ];
    let staged = stage(&rows, LedgerFacts::default());
    assert_eq!((staged.report.rows_good, staged.report.rows_bad.count()), (4, 0));
    let other = |code| FlagReason::OtherCurrency { kept: Currency::EUR, given: currency(code) };
    let euro = |minor| Money::new(minor, Currency::EUR);
    let beyond = FlagReason::BeyondLimit { balance: euro(-50), limit: euro(0) };
    assert_eq!(flags(&staged), [(3, other("USD")), (4, other("NOK")), (4, beyond)]);
    assert_eq!(staged.report.differences.count(), 0, "a balance in another currency is not compared");
    let history = appended(&staged, at("2030-01-01T00:00:00Z"));
    assert!(history.unreadable().is_empty());
    assert_eq!(only_balance(&history, Clock::Occurred), 50);
    let second = staged.events[2].event.data.as_str();
    assert!(second.contains("\"USD\"") && second.contains("200"), "what the row says is kept: {second}");
}

#[test]
fn an_account_of_the_file_is_open_at_its_earliest_row_wherever_that_stands() {
    let rows = [
        "2024-01-05,A-1,1.00,EUR,,a",
        "2024-01-03,A-1,2.00,EUR,,b",
        "2024-01-04,A-1,4.00,EUR,,c",
        "2024-01-06,A-1,8.00,EUR,,d",
    ];
    let staged = stage(&rows, LedgerFacts::default());
    assert_eq!(flags(&staged), []);
    assert_eq!(staged.events[0].event.occurred_at, at("2024-01-03T00:00:00Z"));
    let history = appended(&staged, at("2030-01-01T00:00:00Z"));
    assert_eq!(only_balance(&history, Clock::Occurred), 1500);
    assert_eq!(only_balance(&history, Clock::Recorded), 1500);
}

#[test]
fn a_row_from_before_a_known_account_was_opened_is_taken_and_flagged() {
    let first = stage(&["2024-01-05,A-1,1.00,EUR,,a", "2024-01-06,A-1,1.00,EUR,,b"], LedgerFacts::default());
    let history = appended(&first, at("2030-01-01T00:00:00Z"));
    let facts = LedgerFacts::of(&history, &balances(&history, Clock::Recorded), SeenIds::of(&history).unwrap());
    let second = stage(&["2024-01-04,A-1,2.00,EUR,,c", "2024-01-05,A-1,4.00,EUR,,d"], facts);
    assert_eq!((second.events.len(), second.report.rows_bad.count()), (2, 0));
    assert_eq!(flags(&second), [(2, FlagReason::BeforeOpening)]);
    let now = at("2030-01-01T00:00:00Z");
    let all = first.events.iter().chain(&second.events).map(|staged| (staged.event.clone(), now));
    let history = history_of(all);
    assert_eq!(only_balance(&history, Clock::Recorded), 800);
    assert_eq!(only_balance(&history, Clock::Occurred), 800, "it counts from the opening on, as the flag says");
}

#[test]
fn times_with_a_zone_and_without_seconds_are_read() {
    let rows = ["2024-01-05T14:03+02:00,A-1,1.00,EUR,,a", "2024-01-05T14:03Z,A-1,1.00,EUR,,b"];
    let staged = stage(&rows, LedgerFacts::default());
    let times: Vec<String> = staged.events.iter().map(|staged| staged.event.occurred_at.to_string()).collect();
    assert_eq!(times, ["2024-01-05T12:03:00Z", "2024-01-05T12:03:00Z", "2024-01-05T14:03:00Z"]);
}

#[test]
fn a_doubt_names_the_choice_that_it_is_about() {
    let text = "Date;Account;Amount;Currency\n05.01.24;A-1;-1,234;EUR\n06.01.24;A-1;2,500;EUR\n";
    let guess = Preview::of(text.as_bytes(), true).guess(Currency::EUR).unwrap();
    let told: Vec<_> = guess.doubts.iter().map(|doubt| (doubt.about, doubt.text.as_str())).collect();
    assert_eq!(
        told,
        [
            (
                About::Dates,
                "“05.01.24” may be 2024-01-05 or 2005-01-24 or 2024-05-01: the first is taken. Choose another format if that is wrong."
            ),
            (
                About::DecimalMark,
                "“-1,234” may be -1234.00 or -1.234: the first is taken. Choose the other mark if that is wrong."
            ),
        ]
    );
    assert_eq!(guess.confidence, 55);
}
