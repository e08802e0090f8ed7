//! Movements of accounts from CSV files.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "files_support/support.rs"]
mod support;

use annals::app::files::cloud_events::{
    CloudEventsImport, Envelope, Exporter, Form, LedgerSource, RecordedTimes, SeenIds, Selection,
};
use annals::app::files::csv_import::{
    AccountFrom, Amounts, CsvImport, CurrencyFrom, DateOrder, DecimalMark, Dialect, Encoding, Guess, KnownAccount,
    LedgerFacts, Mapping, MappingError, Preview, Zone,
};
use annals::app::files::{FlagReason, StagedImport};
use annals::bank::{AccountEvent, Balances, BankCodec, Currency, Money};
use annals::kernel::{Clock, Facts as _, History, Position, Projection as _, Rank, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;
use support::*;

fn utc() -> Zone {
    Box::new(|_| 0)
}

fn stage_in_chunks(bytes: &[u8], mapping: &Mapping, facts: LedgerFacts, chunk: usize, rows: u32) -> StagedImport {
    let mut import = CsvImport::new(mapping.clone(), facts, utc(), "Åse".into(), None).unwrap();
    for chunk in bytes.chunks(chunk.max(1)) {
        import.feed(chunk);
        while !import.step(rows).is_idle {}
    }
    import.finish()
}

fn stage(text: &str, mapping: &Mapping) -> StagedImport {
    stage_in_chunks(text.as_bytes(), mapping, LedgerFacts::default(), 64 * 1024, 2000)
}

fn guess(text: &str) -> Guess {
    Preview::of(text.as_bytes(), true).guess(Currency::EUR).unwrap()
}

fn balances(history: &History<BankCodec>) -> Balances {
    let mut balances = Balances::default();
    history.visit(Clock::Recorded, Rank::ZERO, Rank::new(history.head().get()), |event| balances.apply(event));
    balances
}

fn facts_of(history: &History<BankCodec>) -> LedgerFacts {
    LedgerFacts::of(history, &balances(history), SeenIds::of(history).unwrap())
}

fn events(staged: &StagedImport) -> Vec<AccountEvent> {
    let history = appended(staged, at("2030-01-01T00:00:00Z"));
    (1..=history.head().get()).map(|n| history.fact(Position::new(n)).unwrap().event.clone()).collect()
}

fn simple() -> Mapping {
    guess("Date,Account,Amount,Currency,Balance,Text\n2024-01-31,A-1,-1.00,EUR,3.00,x\n").mapping
}

#[test]
fn a_file_with_mistakes_names_each_row_and_what_is_wrong() {
    let text = golden("mistakes.csv");
    let mapping = guess(&text).mapping;
    assert_eq!((mapping.dialect.delimiter, mapping.decimal), (b';', DecimalMark::Comma));
    let report = stage(&text, &mapping).report;
    let found: Vec<String> = report.rows_bad.first().iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "row 3, Date: there is no such day: year, month, day is expected: \"2024-02-30\"",
            "row 4, Account: the account's number is empty",
            "row 5, Amount: not an amount: \"abc\"",
            "row 6, Amount: nothing was moved: \"0,00\"",
            "row 7, Amount: at most 2 decimals for EUR: \"1,005\"",
            "row 8, Currency: not the code of a currency such as EUR: \"EURO\"",
            "row 12: the row has 3 cells, the heading has 6: \"2024-01-05 | A-1 | 1,00\"",
            "row 13: the row has 7 cells, the heading has 6: \"2024-01-05 | A-1 | 1,00 | EUR | 21,00 | too many | cells\"",
            "row 14, Balance: not an amount: \"x\"",
            "row 15, Amount: too large an amount: \"99999999999999999999\"",
        ]
    );
    assert_eq!((report.rows_good, report.rows_bad.count(), report.duplicates), (5, 10, 0));
    let eur = |minor| Money::new(minor, Currency::EUR);
    let flags: Vec<_> = report.flagged.first().iter().map(|flag| (flag.row, flag.reason)).collect();
    let other = FlagReason::OtherCurrency { kept: Currency::EUR, given: currency("USD") };
    assert_eq!(flags, [(9, other), (10, FlagReason::BeyondLimit { balance: eur(-2900), limit: eur(0) })]);
    let differences: Vec<_> = report.differences.first().iter().map(|d| (d.row, d.stated, d.folded)).collect();
    assert_eq!(differences, [(10, eur(-3000), eur(-2900)), (11, eur(2500), eur(2100))]);
    let opened: Vec<_> = report.accounts_opened.first().iter().map(ToString::to_string).collect();
    assert_eq!(opened, ["A-1", "A-2"]);
    assert_eq!(report.span, Some((at("2024-01-01T00:00:00Z"), at("2024-01-07T00:00:00Z"))));
}

#[test]
fn an_account_is_opened_at_the_time_of_its_first_row() {
    let staged = stage("Date,Account,Amount,Currency,Balance,Text\n2024-01-05,A-1,-1.00,EUR,-1.00,tea\n", &simple());
    let [opened, withdrawn] = &events(&staged)[..] else { panic!("two events") };
    let AccountEvent::Opened(opened) = opened else { panic!("opened first") };
    assert_eq!((&*opened.owner, &*opened.name, opened.initial_balance), ("unknown", "A-1", 0));
    let AccountEvent::Withdrawn(withdrawn) = withdrawn else { panic!("then withdrawn") };
    assert_eq!((withdrawn.amount, &*withdrawn.atm_location), (100, "tea"));
    assert!(staged.events.iter().all(|staged| staged.event.occurred_at == at("2024-01-05T00:00:00Z")));
    assert!(staged.events.iter().all(|staged| staged.event.actor == "Åse" && staged.recorded_at.is_none()));
}

#[test]
fn known_accounts_are_continued() {
    let known = KnownAccount {
        currency: Currency::EUR,
        balance: 500,
        overdraft_limit: 100,
        closed: false,
        opened_at: Timestamp::MIN,
    };
    let facts = LedgerFacts { accounts: [("A-1".into(), known)].into_iter().collect(), seen: SeenIds::new() };
    let text = "Date,Account,Amount,Currency,Balance,Text\n2024-01-05,A-1,-6.00,EUR,-1.00,a\n2024-01-05,A-1,-0.01,EUR,-1.01,b\n";
    let staged = stage_in_chunks(text.as_bytes(), &simple(), facts, 7, 1);
    assert_eq!((staged.events.len(), staged.report.accounts_opened.count()), (2, 0));
    assert_eq!(staged.report.differences.count(), 0);
    assert_eq!(staged.report.flagged.first().iter().map(|flag| flag.row).collect::<Vec<_>>(), [3]);
    let closed = LedgerFacts {
        accounts: [("A-1".into(), KnownAccount { closed: true, balance: 9999, ..known })].into_iter().collect(),
        seen: SeenIds::new(),
    };
    let staged = stage_in_chunks(text.as_bytes(), &simple(), closed, 7, 1);
    assert!(staged.report.flagged.first().iter().all(|flag| flag.reason == FlagReason::Closed));
}

#[test]
fn a_file_that_begins_in_the_midst_of_an_accounts_life_can_start_with_its_stated_balance() {
    let mapping = Mapping { open_with_stated: true, ..simple() };
    let text = "Date,Account,Amount,Currency,Balance,Text\n2024-01-05,A-1,-1.00,EUR,41.00,a\n2024-01-06,A-1,2.00,EUR,43.00,b\n";
    let staged = stage(text, &mapping);
    assert_eq!(staged.report.differences.count(), 0);
    assert_eq!(events(&staged).iter().map(AccountEvent::change).sum::<i64>(), 4300);
    assert_eq!(stage(text, &simple()).report.differences.count(), 2);
    assert_eq!(stage(text, &Mapping { tolerance: 4200, ..simple() }).report.differences.count(), 0);
    assert_eq!(stage(text, &Mapping { tolerance: 4199, ..simple() }).report.differences.count(), 2);
}

#[test]
fn equal_rows_are_different_events_and_an_imported_file_is_recognised() {
    let text =
        "Date,Account,Amount,Currency,Balance,Text\n2024-01-05,A-1,1.00,EUR,,tea\n2024-01-05,A-1,1.00,EUR,,tea\n";
    let staged = stage(text, &simple());
    assert_eq!((staged.report.rows_good, staged.events.len()), (2, 3));
    assert_ne!(staged.events[1].event.id, staged.events[2].event.id);
    let history = appended(&staged, at("2030-01-01T00:00:00Z"));
    let more = format!("{text}2024-01-05,A-1,1.00,EUR,,tea\n2024-01-06,A-1,1.00,EUR,,tea\n");
    let again = stage_in_chunks(more.as_bytes(), &simple(), facts_of(&history), 1000, 2000);
    assert_eq!((again.report.duplicates, again.report.rows_good, again.events.len()), (2, 2, 2));
}

#[test]
fn a_file_with_the_newest_row_first_is_taken_from_its_end() {
    let text =
        "Date,Account,Amount,Currency,Balance,Text\n2024-01-07,A-1,-2.00,EUR,1.00,b\n2024-01-06,A-1,3.00,EUR,3.00,a\n";
    let mapping = guess(text).mapping;
    assert!(mapping.newest_first);
    let staged = stage_in_chunks(text.as_bytes(), &mapping, LedgerFacts::default(), 5, 1);
    assert_eq!(events(&staged).iter().map(AccountEvent::change).collect::<Vec<_>>(), [0, 300, -200]);
    assert_eq!((staged.report.differences.count(), staged.report.flagged.count()), (0, 0));
}

#[test]
fn times_without_a_zone_get_the_callers() {
    let mapping =
        Mapping { dialect: Dialect { delimiter: b',', encoding: Encoding::Utf8, rows_before_header: 0 }, ..simple() };
    let text = "Date,Account,Amount,Currency,Balance,Text\n2024-01-05,A-1,1,EUR,,\n2024-07-05 14:03,A-1,1,EUR,,\n2024-07-05T14:03:12-05:00,A-1,1,EUR,,\n";
    let oslo: Zone = Box::new(|local| if (4..10).contains(&chrono::Datelike::month(&local)) { 120 } else { 60 });
    let mut import = CsvImport::new(mapping, LedgerFacts::default(), oslo, "".into(), None).unwrap();
    import.feed(text.as_bytes());
    let times: Vec<String> =
        import.finish().events.iter().skip(1).map(|staged| staged.event.occurred_at.to_string()).collect();
    assert_eq!(times, ["2024-01-04T23:00:00Z", "2024-07-05T12:03:00Z", "2024-07-05T19:03:12Z"]);
}

#[test]
fn columns_are_guessed_by_their_names_and_what_is_in_them() {
    let german = guess("Buchungstag;Betrag;Saldo;Verwendungszweck;IBAN\n05.01.2024;-1.234,50;3,00;Miete;DE02\n28.01.2024;7,00;10,00;Lohn;DE02\n").mapping;
    assert_eq!(german.amounts, Amounts::Signed { amount: 1 });
    assert_eq!(
        (german.date_order, german.decimal, german.balance),
        (DateOrder::DayMonthYear, DecimalMark::Comma, Some(2))
    );
    assert_eq!((german.account, german.description), (AccountFrom::Column(4), vec![3]));

    let split =
        guess("Transaction Date\tDescription\tPaid out\tPaid in\n01/31/2024\trent\t5.00\t\n02/01/2024\tpay\t\t9.00\n");
    assert_eq!(split.mapping.amounts, Amounts::Split { credit: 3, debit: 2 });
    assert_eq!((split.mapping.date_order, split.mapping.dialect.delimiter), (DateOrder::MonthDayYear, b'\t'));
    assert_eq!(split.mapping.check(), Err(MappingError::NoAccount));
    assert_eq!((split.confidence, split.doubts.len()), (55, 2), "{:?}", split.doubts);
    let mapping = Mapping { account: AccountFrom::Fixed("A-1".to_owned()), ..split.mapping };
    let staged = stage(
        "Transaction Date\tDescription\tPaid out\tPaid in\n01/31/2024\trent\t5.00\t\n02/01/2024\tpay\t0.00\t9.00\n02/01/2024\tboth\t1\t9.00\n",
        &mapping,
    );
    assert_eq!(events(&staged).iter().map(AccountEvent::change).collect::<Vec<_>>(), [0, -500, 900]);
    assert!(
        staged.report.rows_bad.first()[0].to_string().starts_with("row 4, Paid out: money in and money out in one row")
    );

    let directed = guess("date|account|type|amount\n2024-01-05|A|CR|5\n2024-01-06|A|DR|3\n").mapping;
    let (words_in, words_out) = (vec!["CR".to_owned()], vec!["DR".to_owned()]);
    assert_eq!(directed.amounts, Amounts::Directed { amount: 3, direction: 2, words_in, words_out });
    assert_eq!(directed.currency, CurrencyFrom::Fixed(Currency::EUR));
    let staged = stage("date|account|type|amount\n2024-01-05|A|CR|5\n2024-01-06|A|dr|3\n2024-01-06|A|X|3\n", &directed);
    assert_eq!(events(&staged).iter().map(AccountEvent::change).collect::<Vec<_>>(), [0, 500, -300]);
    assert_eq!(staged.report.rows_bad.first()[0].column, "type");
    assert_eq!(Preview::of(b"a,b\n1,2\n", true).guess(Currency::EUR), None);
}

#[test]
fn a_mapping_is_checked_and_can_be_remembered() {
    let mapping = simple();
    let json = serde_json::to_string(&mapping).unwrap();
    assert_eq!(serde_json::from_str::<Mapping>(&json).unwrap(), mapping);
    assert_eq!(mapping.signature(), "date\u{1f}account\u{1f}amount\u{1f}currency\u{1f}balance\u{1f}text");
    let bad = |change: fn(&mut Mapping)| {
        let mut mapping = simple();
        change(&mut mapping);
        mapping.check().unwrap_err()
    };
    assert_eq!(bad(|m| m.date = 9), MappingError::NoSuchColumn { column: 9, columns: 6 });
    assert_eq!(bad(|m| m.source = vec![6]), MappingError::NoSuchColumn { column: 6, columns: 6 });
    assert!(matches!(bad(|m| m.balance = Some(2)), MappingError::UsedTwice { .. }));
    assert_eq!(bad(|m| m.dialect.delimiter = b'x'), MappingError::Delimiter);
}

#[test]
fn a_file_with_another_heading_is_refused_whole() {
    let staged = stage("Day,Account,Amount,Currency,Balance,Text\n2024-01-05,A-1,1.00,EUR,,tea\n", &simple());
    assert_eq!((staged.events.len(), staged.report.rows_good, staged.report.rows_bad.count()), (0, 0, 1));
    assert!(staged.report.rows_bad.first()[0].reason.starts_with("the heading is not the one"));
    assert!(stage("", &simple()).report.rows_bad.first()[0].reason.contains("no heading"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..300), chunk in 1usize..50) {
        let preview = Preview::of(&bytes, true);
        if let Some(guess) = preview.guess(Currency::EUR) {
            prop_assert_eq!(guess.mapping.header, preview.header);
        }
        let mut file = golden("mistakes.csv").lines().next().unwrap().as_bytes().to_vec();
        file.push(b'\n');
        file.extend(bytes);
        let mapping = guess(&golden("mistakes.csv")).mapping;
        let staged = stage_in_chunks(&file, &mapping, LedgerFacts::default(), chunk, 3);
        prop_assert_eq!(staged, stage_in_chunks(&file, &mapping, LedgerFacts::default(), 10_000, 2000));
    }

    #[test]
    fn no_change_of_a_valid_file_is_too_odd(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..6),
        chunk in 1usize..50,
    ) {
        let text = golden("mistakes.csv");
        let mapping = guess(&text).mapping;
        let mut bytes = text.into_bytes();
        for (place, byte, insert) in edits {
            let place = place.index(bytes.len());
            if insert { bytes.insert(place, byte) } else { bytes[place] = byte }
        }
        let staged = stage_in_chunks(&bytes, &mapping, LedgerFacts::default(), chunk, 3);
        prop_assert_eq!(&staged, &stage_in_chunks(&bytes, &mapping, LedgerFacts::default(), 10_000, 2000));
        if let Some(guess) = Preview::of(&bytes, true).guess(Currency::EUR) {
            drop(guess.mapping.check());
        }
    }
}

#[test]
fn the_border_of_a_chunk_may_fall_anywhere() {
    let text = golden("mistakes.csv");
    let mapping = guess(&text).mapping;
    let whole = stage(&text, &mapping);
    for border in 0..text.len() {
        let mut import = CsvImport::new(mapping.clone(), LedgerFacts::default(), utc(), "Åse".into(), None).unwrap();
        let (first, second) = text.as_bytes().split_at(border);
        import.feed(first);
        while !import.step(1).is_idle {}
        import.feed(second);
        assert_eq!(import.finish(), whole, "border at {border}");
    }
}

/// A row of the Berka file, read without our code: account, change in hellers, stated balance.
fn naive_rows(text: &str) -> Vec<(String, String, i64, i64)> {
    let hellers = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let sign = if cells[4] == "PRIJEM" { 1 } else { -1 };
            (cells[2].to_owned(), cells[4].to_owned(), sign * hellers(cells[6]), hellers(cells[7]))
        })
        .collect()
}

#[test]
fn the_berka_file_is_imported_whole() {
    let Some(bytes) = shared_data("bank-berka/trans_1993-01-01_1994-03-30.csv") else { return };
    let guess = Preview::of(&bytes[..65_536], false).guess(Currency::EUR).unwrap();
    assert_eq!((guess.confidence, guess.doubts.len()), (100, 0));
    let mapping = Mapping { tolerance: 100, ..guess.mapping };
    let began = began();
    let staged = stage_in_chunks(&bytes, &mapping, LedgerFacts::default(), 64 * 1024, 2000);
    report_speed("staged", &staged, began);

    let report = &staged.report;
    assert_eq!((report.rows_good, report.rows_bad.count(), report.duplicates), (46_997, 0, 0));
    assert_eq!((report.accounts_opened.count(), staged.events.len()), (1_229, 46_997 + 1_229));
    assert_eq!(report.differences.count(), 0, "no stated balance is more than 1.00 CZK off");
    assert_eq!(report.span, Some((at("1993-01-01T00:00:00Z"), at("1994-03-30T00:00:00Z"))));

    let history = appended(&staged, at("2030-01-01T00:00:00Z"));
    assert!(history.unreadable().is_empty());
    let balances = balances(&history);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let rows = naive_rows(&text);
    let (mut folded, mut last_stated) = (BTreeMap::new(), BTreeMap::new());
    for (account, _, change, balance) in &rows {
        *folded.entry(account.clone()).or_insert(0) += change;
        last_stated.insert(account.clone(), *balance);
    }
    let ours: BTreeMap<String, i64> =
        balances.iter().map(|(id, row)| (history.stream(id).unwrap().name.id().to_owned(), row.balance)).collect();
    assert_eq!(ours, folded);
    assert!(ours.iter().all(|(account, balance)| balance.abs_diff(last_stated[account]) <= 100));
    assert!(ours.iter().any(|(account, balance)| *balance != last_stated[account]), "the bank rounded differently");

    // Row by row: the events of the file, in its order, without the openings.
    let changes: Vec<i64> = (1..=history.head().get())
        .map(|n| history.fact(Position::new(n)).unwrap().event.clone())
        .filter(|event| !matches!(event, AccountEvent::Opened(_)))
        .map(|event| event.change())
        .collect();
    assert_eq!(changes, rows.iter().map(|row| row.2).collect::<Vec<_>>());
    let withdrawals = rows.iter().zip(&changes).filter(|(row, change)| row.1 == "VYBER" && **change < 0).count();
    assert_eq!(withdrawals, 646, "all rows of the type VYBER are debits");
    kinds_of_berka(&history);
    goes_out_and_in_as_cloud_events(&history);

    let again = stage_in_chunks(&bytes, &mapping, facts_of(&history), 64 * 1024, 2000);
    assert_eq!((again.report.duplicates, again.report.rows_good, again.events.len()), (46_997, 0, 0));
}

fn goes_out_and_in_as_cloud_events(history: &History<BankCodec>) {
    let source = LedgerSource::of_ledger("Berka");
    let mut exporter = Exporter::new(history, Selection::All, Form::Lines, Envelope::Whole, source);
    let mut import = CloudEventsImport::new(SeenIds::new(), codec(), at("2030-01-01T00:00:00Z"), RecordedTimes::Keep);
    let began = began();
    while let Some(chunk) = exporter.next_chunk(history, 2000) {
        import.feed(chunk.as_bytes());
        while !import.step(2000).is_idle {}
    }
    let staged = import.finish();
    report_speed("written and read as CloudEvents", &staged, began);
    assert_eq!((staged.report.rows_good, staged.report.rows_bad.count()), (46_997 + 1_229, 0));
    for (staged, n) in staged.events.iter().zip(1..) {
        let event = history.event(Position::new(n)).unwrap();
        assert_eq!((&staged.event, staged.recorded_at), (&event.event, Some(event.recorded_at)));
    }
}

fn kinds_of_berka(history: &History<BankCodec>) {
    let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
    for n in 1..=history.head().get() {
        let kind = match history.fact(Position::new(n)).unwrap().event {
            AccountEvent::Interest(event) => format!("interest at {}", event.rate.0),
            AccountEvent::Fee(event) => format!("fee: {}", event.reason),
            AccountEvent::Deposited(event) => format!("from {}", event.source),
            AccountEvent::Withdrawn(event) => format!("to {}", event.atm_location),
            AccountEvent::Opened(_) => continue,
            other => panic!("{other:?}"),
        };
        *kinds.entry(kind).or_default() += 1;
    }
    let kinds: Vec<(&str, u32)> = kinds.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(
        kinds,
        [
            ("fee: penalty interest", 55),
            ("fee: statement fee", 4563),
            ("from cash deposit", 9744),
            ("from transfer from another bank", 3772),
            ("interest at 0", 8305),
            ("to card withdrawal", 12),
            ("to cash withdrawal", 14_203),
            ("to transfer to another bank", 6343),
        ]
    );
    let reasons: Vec<_> = (1..=40).map(|n| history.event(Position::new(n)).unwrap().event.reason).collect();
    assert!(reasons.iter().any(|reason| *reason == "pension, counterparty YZ/62457513"), "{reasons:?}");
}

#[expect(clippy::disallowed_methods, reason = "a native test may look at the clock")]
fn began() -> std::time::Instant {
    std::time::Instant::now()
}

fn report_speed(what: &str, staged: &StagedImport, began: std::time::Instant) {
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{what} {} rows in {seconds:.3} s: {:.0} rows/s",
        staged.report.rows_good,
        f64::from(staged.report.rows_good) / seconds
    );
}
