use super::{
    act::{choose, click, enter, give_file, type_into},
    board::{settle, until},
    find::{Find as _, Found, attribute, description_of, words},
    page::Page,
    stage::fresh_id,
};
use wasm_bindgen_test::wasm_bindgen_test;

/// Two movements, and a day that does not exist.
const TABLE: &str = "date,account,amount,currency,description
2024-02-01 10:00:00,ACC-0001,25.00,EUR,Rent back
2024-02-02 10:00:00,ACC-0001,-10.00,EUR,Coffee
2024-02-30 10:00:00,ACC-0001,5.00,EUR,No such day
";

/// Days that may be months.
const UNCLEAR: &str = "date,account,amount,currency,description
01/02/2024,ACC-0001,25.00,EUR,Rent back
03/04/2024,ACC-0001,-10.00,EUR,Coffee
";

/// The page with the books, and the dialog for a file that was chosen.
async fn importing(name: &str, text: &str) -> Page {
    let (page, _) = Page::of_books("#/%/start").await;
    give_file(&page.test_id("open-file"), name, text).await;
    until("the file was read", || (!button(&page).is_empty() && is_told(&page)).then_some(())).await;
    page
}

/// Whether there is a result: a report, or what is wrong.
fn is_told(page: &Page) -> bool {
    !page.test_ids("import-report").is_empty() || !dialog(page).all(".notice.bad").is_empty()
}

fn dialog(page: &Page) -> Found {
    page.all("dialog.imp").remove(0)
}

fn is_open(page: &Page) -> bool {
    dialog(page).has_attribute("open")
}

/// The button that imports, where there is one.
fn button(page: &Page) -> Vec<Found> {
    page.all("dialog.imp .imp-a .pri")
}

fn is_disabled(page: &Page) -> bool {
    button(page).remove(0).matches(":disabled").expect("a selector")
}

/// A figure of the report.
fn found(page: &Page, what: &str) -> String {
    words(&page.test_id(what).inner_text())
}

/// What becomes of the first rows.
fn rows(page: &Page) -> Vec<String> {
    let row =
        |row: &Found| words(&row.all("[role='cell']").iter().map(|cell| cell.inner_text() + " ").collect::<String>());
    dialog(page).all(".imp-p .tr:not(.th)").iter().map(row).collect()
}

#[wasm_bindgen_test]
async fn a_chosen_table_is_looked_at_matched_and_reported_and_nothing_is_imported_yet() {
    let page = importing("february.csv", TABLE).await;
    assert!(is_open(&page));
    assert_eq!(page.roles("heading", "Import february.csv").len(), 1);
    let chosen = |label: &str| {
        let select = dialog(&page).role("combobox", label);
        let chosen = select.all("option:checked").remove(0);
        words(&chosen.text_content().unwrap_or_default())
    };
    let columns = ["Account", "Date", "Date format", "Amounts", "Amount", "Currency", "Description"].map(chosen);
    assert_eq!(
        columns,
        [
            "account",
            "date",
            "year, month, day: 2024-01-31",
            "one column, with a sign",
            "amount",
            "column currency",
            "description"
        ]
    );
    assert_eq!(
        rows(&page),
        [
            "2024-02-01 10:00 +MoneyDeposited ACC-0001 +25.00 EUR Rent back",
            "2024-02-02 10:00 −MoneyWithdrawn ACC-0001 −10.00 EUR Coffee",
        ]
    );
    assert_eq!(["events", "rows-good", "rows-bad"].map(|what| found(&page, what)), ["2", "2", "1"]);
    let bad = page.test_id("bad-rows").all("li span").iter().map(|part| words(&part.inner_text())).collect::<Vec<_>>();
    assert_eq!(bad, ["row 4", "date: there is no such day: year, month, day is expected: “2024-02-30 10:00:00”"]);
    assert!(page.says("2 rows can be imported, 1 unreadable. Nothing is imported before you say so."));
    assert_eq!(page.head(), 7);
}

#[wasm_bindgen_test]
async fn confirmed_the_events_are_appended_to_the_open_ledger_and_the_outcome_stays_told() {
    let page = importing("february.csv", TABLE).await;
    assert!(dialog(&page).says("The open ledger"));
    click(&page.role("button", "Import 2 events")).await;
    until("they are appended", || (page.head() == 9).then_some(())).await;
    until("the dialog is closed", || (!is_open(&page)).then_some(())).await;
    assert!(page.says("Imported 2 events."));
    assert!(page.says("2 rows from february.csv went into"));
    assert!(page.says("Left out as unreadable: 1."));
    until("the bank shows them", || page.test_ids("balance").pop()).await;
    assert_eq!(attribute(&page.test_id("balance"), "data-minor"), "11500");
}

#[wasm_bindgen_test]
async fn cancelled_nothing_is_imported_and_the_next_file_begins_anew() {
    let page = importing("february.csv", TABLE).await;
    click(&page.role("button", "Cancel")).await;
    assert!(!is_open(&page));
    assert_eq!(page.head(), 7);
    assert!(!page.says("Imported"));
    give_file(&page.test_id("open-file"), "march.csv", &TABLE.replace("2024-02", "2024-03")).await;
    until("the file was read", || page.test_ids("import-report").pop()).await;
    assert_eq!(page.roles("heading", "Import march.csv").len(), 1);
    assert!(rows(&page)[0].starts_with("2024-03-01"));
    assert_eq!(found(&page, "rows-bad"), "0", "there is a 30 March");
}

#[wasm_bindgen_test]
async fn dates_that_can_be_read_in_two_ways_are_doubted_and_another_choice_reads_the_file_again() {
    let page = importing("unclear.csv", UNCLEAR).await;
    assert!(page.says("“01/02/2024” may be 2024-02-01 or 2024-01-02: the first is taken."));
    let order = || dialog(&page).role("combobox", "Date format");
    choose(&order(), "dmy").await;
    until("it was read again", || rows(&page).first().filter(|row| row.starts_with("2024-02-01")).cloned()).await;
    choose(&order(), "mdy").await;
    until("it was read again", || rows(&page).first().filter(|row| row.starts_with("2024-01-02")).cloned()).await;
    until("it is reported", || page.test_ids("import-report").pop()).await;
    assert_eq!(found(&page, "span"), "2024-01-02 00:00 to 2024-03-04 00:00");
}

#[wasm_bindgen_test]
async fn columns_that_make_no_sense_are_named_and_nothing_can_be_imported_with_them() {
    let page = importing("february.csv", TABLE).await;
    choose(&dialog(&page).role("combobox", "Account"), "").await;
    until("it is refused", || dialog(&page).says("The columns are not matched yet.").then_some(())).await;
    assert!(is_disabled(&page));
    assert_eq!(description_of(&button(&page)[0]), "There is nothing to import.");
    assert_eq!(description_of(&dialog(&page).field("Account number")), "Which account is the file of?");
    type_into(&dialog(&page).field("Account number"), "ACC-0002").await;
    until("it is read", || page.test_ids("import-report").pop()).await;
    assert!(rows(&page).iter().all(|row| row.contains("ACC-0002")), "{:?}", rows(&page));
}

#[wasm_bindgen_test]
async fn a_new_ledger_needs_a_name_and_the_open_one_stays_as_it_is() {
    let page = importing("february.csv", TABLE).await;
    click(&dialog(&page).role("radio", "A new ledger")).await;
    until("it is read again", || page.test_ids("import-report").pop()).await;
    let name = dialog(&page).field("Name of the new ledger");
    assert_eq!(name.value(), "february", "the file's name is proposed");
    type_into(&name, " ").await;
    assert_eq!(description_of(&name), "Give the new ledger a name.");
    assert!(is_disabled(&page) && page.says("The new ledger needs a name."));
    let fresh = fresh_id().to_string();
    type_into(&name, &fresh).await;
    // The account is not there yet: it is opened first.
    assert_eq!(found(&page, "accounts-opened"), "1 (ACC-0001)");
    click(&page.role("button", "Import 3 events")).await;
    page.opened(3).await;
    assert!(page.says(&format!("2 rows from february.csv went into {fresh}.")));
    assert_eq!(page.all("[aria-label='Ledger'] option").len(), 2);
}

#[wasm_bindgen_test]
async fn what_the_ledger_has_already_is_skipped() {
    let page = importing("february.csv", TABLE).await;
    click(&page.role("button", "Import 2 events")).await;
    until("they are appended", || (page.head() == 9).then_some(())).await;
    click(&page.role("link", "New ledger")).await;
    until("a file can be chosen", || page.test_ids("open-file").pop()).await;
    give_file(&page.test_id("open-file"), "february.csv", TABLE).await;
    until("the file was read", || page.test_ids("import-report").pop()).await;
    assert!(page.says("The columns are matched as they were the last time."));
    assert_eq!(["events", "duplicates"].map(|what| found(&page, what)), ["0", "2"]);
    assert!(is_disabled(&page));
}

#[wasm_bindgen_test]
async fn events_are_read_without_a_mapping_and_what_is_wrong_is_named_with_its_row() {
    let event = r#"{"specversion":"1.0","id":"a-1","source":"/s","type":"annals.bank.MoneyDeposited","subject":"account/ACC-0001","time":"2024-02-01T10:00:00Z","datacontenttype":"application/json","schemaversion":2,"actor":"ada","reason":"May","data":{"amount":2500,"currency":"EUR","source":"rent"}}"#;
    let page = importing("events.jsonl", &format!("{event}\n{{\"specversion\":\"1.0\"}}\n")).await;
    assert!(dialog(&page).roles("combobox", "Date").is_empty(), "there are no columns");
    assert_eq!(rows(&page), ["2024-02-01 10:00 +MoneyDeposited ACC-0001 +25.00 EUR May"]);
    assert!(page.test_id("bad-rows").says("row 2"));
    click(&page.role("button", "Import 1 event")).await;
    until("it is appended", || (page.head() == 8).then_some(())).await;
}

#[wasm_bindgen_test]
async fn a_file_of_no_use_says_why_and_cannot_be_imported() {
    for (text, why) in [
        ("", "The file is empty."),
        ("one column\nonly\n", "This is neither CSV nor CloudEvents."),
        ("date,amount\n", "The file has a heading and no rows."),
    ] {
        let page = importing("useless.csv", text).await;
        assert!(dialog(&page).says(why), "{why}");
        assert!(is_disabled(&page), "{why}");
        assert_eq!(description_of(&button(&page)[0]), "There is nothing to import.", "{why}");
        click(&page.role("button", "Close")).await;
        assert!(!is_open(&page));
        settle().await;
    }
}

#[wasm_bindgen_test]
async fn a_tolerance_below_zero_says_so_and_another_takes_differences_as_none() {
    let table = "date,account,amount,currency,description,balance
2024-02-01 10:00:00,ACC-0001,25.00,EUR,Rent back,125.00
2024-02-02 10:00:00,ACC-0001,-10.00,EUR,Coffee,115.03
";
    let page = importing("february.csv", table).await;
    let differences = page.test_id("differences");
    click(&differences.all("summary").remove(0)).await;
    assert!(differences.says("ACC-0001: the file says EUR 115.03, the events give EUR 115.00"));
    let tolerance = dialog(&page).field("Tolerance of balances");
    enter(&tolerance, "-1").await;
    assert_eq!(description_of(&tolerance), "The tolerance must not be below zero.");
    enter(&tolerance, "0.05").await;
    until("it is read again", || {
        (page.test_ids("differences").is_empty() && !page.test_ids("import-report").is_empty()).then_some(())
    })
    .await;
}
