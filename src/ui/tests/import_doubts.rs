use super::{
    act::choose,
    board::until,
    find::{Find as _, Found, attribute, description_of, words},
    stage::Stage,
};
use crate::ui::import::ImportDialog;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{File, js_sys};

/// The dialog with a file of this name and these bytes, read to its end.
async fn importing(name: &str, bytes: &[u8]) -> Stage {
    let mut stage = Stage::empty().await;
    stage.show(|session| view! { <ImportDialog session /> });
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let file = File::new_with_u8_array_sequence(&parts, name).expect("a file");
    stage.session.file.set(Some(file));
    until("it is read", || (!stage.test_ids("import-report").is_empty() || has_alert(&stage)).then_some(())).await;
    stage
}

fn has_alert(stage: &Stage) -> bool {
    !stage.all(".notice.bad").is_empty()
}

/// The cells of the first movement, as the event that it becomes; before it the account is opened.
fn first_movement(stage: &Stage) -> Vec<String> {
    let row = stage.all(".imp-p .tr:not(.th)").remove(1);
    row.all(":scope > *").iter().filter_map(|cell| cell.text_content()).map(|text| words(&text)).collect()
}

/// What the report says of one thing.
fn report(stage: &Stage, of: &str) -> String {
    words(&stage.test_id(of).text_content().unwrap_or_default())
}

async fn chosen(stage: &Stage, select: &Found, value: &str) {
    choose(select, value).await;
    until("it is read again", || (!stage.test_ids("import-report").is_empty()).then_some(())).await;
}

#[wasm_bindgen_test]
async fn dates_that_fit_two_orders_are_told_beside_their_format_until_one_is_chosen() {
    let text = b"Date,Account,Amount,Currency\n01/02/2023,A-1,-5.00,EUR\n01/02/2023,A-1,-6.50,EUR\n";
    let stage = importing("months.csv", text).await;
    let format = stage.role("combobox", "Date format");
    let told =
        "“01/02/2023” may be 2023-02-01 or 2023-01-02: the first is taken. Choose another format if that is wrong.";
    assert_eq!(description_of(&format), told);
    assert!(first_movement(&stage)[0].starts_with("2023-02-01"), "{:?}", first_movement(&stage));
    chosen(&stage, &format, "mdy").await;
    assert_eq!(attribute(&format, "aria-describedby"), "", "it is doubtful no more");
    assert!(!stage.says(told));
    assert!(first_movement(&stage)[0].starts_with("2023-01-02"), "{:?}", first_movement(&stage));
}

#[wasm_bindgen_test]
async fn amounts_that_look_like_thousands_are_told_beside_their_mark() {
    let stage = importing("sums.csv", b"Date,Account,Amount,Currency\n2023-02-01,A-1,\"-1,234\",EUR\n").await;
    let mark = stage.role("combobox", "Decimal mark");
    assert_eq!(
        description_of(&mark),
        "“-1,234” may be -1234.00 or -1.234: the first is taken. Choose the other mark if that is wrong."
    );
    assert!(first_movement(&stage)[3].contains("1,234.00 EUR"), "{:?}", first_movement(&stage));
    chosen(&stage, &mark, "comma").await;
    until("the row is a mistake", || (report(&stage, "rows-bad") == "1").then_some(())).await;
    assert!(stage.says("Amount: at most 2 decimals for EUR: “-1,234”"));
}

#[wasm_bindgen_test]
async fn a_letter_far_down_has_the_whole_file_read_again_and_the_person_may_object() {
    let row = "2023-02-01,A-1,-5.00,EUR,tea\n";
    let mut bytes = format!("Date,Account,Amount,Currency,Text\n{}", row.repeat(3_000)).into_bytes();
    bytes.extend(b"2023-02-02,A-1,-5.00,EUR,Caf\xe9\n");
    let stage = importing("old.csv", &bytes).await;
    let letters = stage.role("combobox", "Letters");
    assert_eq!(
        description_of(&letters),
        "Row 3,002 is not UTF-8: the file is read as Windows-1252. Choose UTF-8 if that is wrong."
    );
    assert_eq!((report(&stage, "rows-good").as_str(), report(&stage, "rows-bad").as_str()), ("3,001", "0"));
    chosen(&stage, &letters, "utf-8").await;
    until("the row is a mistake", || (report(&stage, "rows-bad") == "1").then_some(())).await;
    assert!(stage.says("the letters are not UTF-8: correct them, or choose Windows-1252: “Caf"));
}

#[wasm_bindgen_test]
async fn a_row_in_another_currency_is_flagged_and_imported() {
    let rows = b"Date,Account,Amount,Currency\n2023-02-01,A-1,5.00,EUR\n2023-02-02,A-1,-1.00,USD\n";
    let stage = importing("mixed.csv", rows).await;
    assert_eq!((report(&stage, "rows-good").as_str(), report(&stage, "rows-bad").as_str()), ("2", "0"));
    let flagged = words(&stage.test_id("flagged").text_content().unwrap_or_default());
    assert!(
        flagged.contains("row 3A-1 is kept in EUR, the row is in USD; its amount counts as it stands"),
        "{flagged}"
    );
}

#[wasm_bindgen_test]
async fn what_is_no_file_of_events_says_what_it_is() {
    let stage = importing("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").await;
    assert!(stage.says("This is not a text file.") && stage.says("Nothing was imported."));
    assert!(stage.role("button", "Import").has_attribute("disabled"));
}
