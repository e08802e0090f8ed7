//! Odd files through the public interface: each gets an error that names the row and what is wrong, and none panics.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "files_support/support.rs"]
mod support;

use annals::app::files::cloud_events::{CloudEventsImport, RecordedTimes, SeenIds};
use annals::app::files::csv_import::{About, CsvImport, Encoding, LedgerFacts, Mapping, Preview};
use annals::app::files::{FileKind, StagedImport};
use annals::bank::Currency;
use serde_json::{Value, json};
use support::*;

const HEADING: &str = "Date,Account,Amount,Currency,Balance,Text\n";

/// The smallest picture in PNG: one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

fn mapping_of(text: &str) -> Mapping {
    Preview::of(text.as_bytes(), true).guess(Currency::EUR).unwrap().mapping
}

fn simple() -> Mapping {
    mapping_of(&format!("{HEADING}2024-01-31,A-1,-1.00,EUR,3.00,x\n"))
}

/// The staged import, the same whatever the chunks.
fn csv_by(mapping: &Mapping, bytes: &[u8]) -> StagedImport {
    let stage = |chunk: usize| {
        let mut import =
            CsvImport::new(mapping.clone(), LedgerFacts::default(), Box::new(|_| 0), "Åse".into(), None).unwrap();
        for chunk in bytes.chunks(chunk) {
            import.feed(chunk);
            while !import.step(3).is_idle {}
        }
        import.finish()
    };
    let whole = stage(1 << 20);
    assert_eq!(whole, stage(7));
    whole
}

fn csv(bytes: &[u8]) -> StagedImport {
    csv_by(&simple(), bytes)
}

fn cloud_events(bytes: &[u8]) -> StagedImport {
    let stage = |chunk: usize| {
        let now = at("2030-01-01T00:00:00Z");
        let mut import = CloudEventsImport::new(SeenIds::new(), codec(), now, RecordedTimes::Keep);
        for chunk in bytes.chunks(chunk) {
            import.feed(chunk);
            while !import.step(3).is_idle {}
        }
        import.finish()
    };
    let whole = stage(1 << 20);
    assert_eq!(whole, stage(7));
    whole
}

/// How many events are staged, and what is said of the rows that are not.
fn found(staged: &StagedImport) -> (usize, Vec<String>) {
    (staged.events.len(), staged.report.rows_bad.first().iter().map(ToString::to_string).collect())
}

fn event(id: &str) -> Value {
    json!({"specversion": "1.0", "id": id, "source": "/s", "type": "t", "time": "2024-01-05T14:03:12Z", "data": {"x": 1}})
}

fn refused(bytes: &[u8], is_whole: bool) -> String {
    let advice = FileKind::of(bytes, is_whole).unwrap_err();
    assert!(advice.text.ends_with("Nothing was imported."), "{}", advice.text);
    advice.title
}

#[test]
fn what_is_no_file_of_events_is_refused_by_how_it_begins() {
    for (bytes, title) in [
        (&b""[..], "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b" \r\n\t\n", "The file is empty."),
        (HEADING.as_bytes(), "The file has a heading and no rows."),
        (b"\xef\xbb\xbfDate;Amount\r\n", "The file has a heading and no rows."),
        (PNG, "This is not a text file."),
        (b"{\"id\":\"\0\"}", "This is not a text file."),
        (b"\xff\xfeD\0a\0t\0e\0", "The file is written in UTF-16."),
        (b"just a text\nof two lines\n", "This is neither CSV nor CloudEvents."),
    ] {
        assert_eq!(refused(bytes, true), title, "{bytes:?}");
    }
    let endless = format!("{HEADING}2024-01-05,A-1,1.00,EUR,,\"{}", "x\n".repeat(40_000));
    assert_eq!(refused(&endless.as_bytes()[..65_536], false), "The first row of the file has no end.");
    assert_eq!(FileKind::of(b"\xef\xbb\xbf [{", true), Ok(FileKind::CloudEvents));
}

#[test]
fn odd_bytes_stage_nothing_and_say_where() {
    let no_heading = (0, vec!["row 0: the file has no heading".to_owned()]);
    for nothing in [&b""[..], b"\xef\xbb\xbf"] {
        assert_eq!(found(&csv(nothing)), no_heading);
        assert_eq!(found(&cloud_events(nothing)), (0, Vec::new()));
    }
    assert_eq!(found(&csv(HEADING.as_bytes())), (0, Vec::new()));
    let (events, errors) = found(&csv(PNG));
    assert!(
        events == 0 && errors.len() == 1 && errors[0].starts_with("row 1: the letters are not UTF-8"),
        "{errors:?}"
    );
    let (events, errors) = found(&cloud_events(PNG));
    assert!(events == 0 && errors[0].starts_with("row 1: the text is not UTF-8"), "{errors:?}");
}

#[test]
fn a_batch_that_is_cut_off_or_goes_on_is_told_with_the_event_where_it_stops() {
    let batch = format!("[{},\n{},\n{}]", event("1"), event("2"), event("3"));
    for cut in 2..batch.len() {
        let (events, errors) = found(&cloud_events(&batch.as_bytes()[..cut]));
        let is_told = errors.last().is_some_and(|error| error.ends_with("the file ends before its array is closed"));
        assert!(events <= 3 && is_told, "cut at {cut}: {errors:?}");
    }
    let cut = batch.find("\"id\":\"3\"").unwrap();
    let (events, errors) = found(&cloud_events(&batch.as_bytes()[..cut]));
    assert_eq!((events, errors.len()), (2, 2), "{errors:?}");
    assert!(errors[0].starts_with("row 3: not a JSON object: EOF while parsing"), "{errors:?}");
    assert_eq!(errors[1], "row 3: the file ends before its array is closed");
    for garbage in ["x", "]", "{}", "[]", "\n,{}"] {
        let (events, errors) = found(&cloud_events(format!("{batch}{garbage}").as_bytes()));
        assert_eq!(
            (events, errors),
            (3, vec!["row 3: there is text after the end of the array".to_owned()]),
            "{garbage}"
        );
    }
}

#[test]
fn depth_33_is_one_too_deep() {
    let nested = |depth: usize| -> Value { (1..depth).fold(json!([]), |inner, _| json!([inner])) };
    for (depth, is_taken) in [(32, true), (33, false)] {
        let mut event = event("1");
        event["data"] = nested(depth);
        let (events, errors) = found(&cloud_events(event.to_string().as_bytes()));
        assert_eq!(events, usize::from(is_taken), "{depth}");
        assert!(is_taken || errors[0].starts_with("row 1, data: nested more than 32 deep"), "{errors:?}");
    }
    let bomb = format!("[{}]", "[".repeat(100_000));
    assert_eq!(found(&cloud_events(bomb.as_bytes())).0, 0);
}

#[test]
fn lines_end_with_lf_crlf_or_cr() {
    let rows = "2024-01-05,A-1,1.00,EUR,,tea\n2024-01-06,A-1,-0.50,EUR,,cake\n";
    let lines = format!("{}\n{}\n\n{{\"id\":1}}\n", event("1"), event("2"));
    for end in ["\n", "\r\n", "\r"] {
        let staged = csv(format!("{HEADING}{rows}").replace('\n', end).as_bytes());
        assert_eq!((staged.report.rows_good, staged.report.rows_bad.count()), (2, 0), "{end:?}");
        let (events, errors) = found(&cloud_events(lines.replace('\n', end).as_bytes()));
        assert_eq!(events, 2, "{end:?}: {errors:?}");
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].starts_with("row 4, specversion: the attribute is required"), "{end:?}: {errors:?}");
    }
}

#[test]
fn an_enormous_line_is_one_bad_row_and_the_next_is_read() {
    let long = "x".repeat(70_000);
    let staged = csv(format!("{HEADING}2024-01-05,A-1,1.00,EUR,,{long}\n2024-01-06,A-1,2.00,EUR,,tea\n").as_bytes());
    let (events, errors) = found(&staged);
    assert_eq!((events, staged.report.rows_good), (2, 1));
    assert!(errors[0].starts_with("row 2: the row is longer than 64 KiB"), "{errors:?}");
    let mut first = event("1");
    first["data"] = json!(long);
    let (events, errors) = found(&cloud_events(format!("{first}\n{}\n", event("2")).as_bytes()));
    assert_eq!(events, 1);
    assert!(errors[0].starts_with("row 1, data: 70002 bytes long, more than 65536 are not taken"), "{errors:?}");
}

#[test]
fn ragged_rows_and_open_quotes_are_told_by_row() {
    let open = "a quote is opened in this row";
    for (rows, good, told) in [
        ("2024-01-05,A-1,1.00\n2024-01-06,A-1,1.00,EUR,,b\n", 1, "row 2: the row has 3 cells, the heading has 6"),
        ("2024-01-05,A-1,1.00,EUR,,a,more\n2024-01-06,A-1,1.00,EUR,,b\n", 1, "row 2: the row has 7 cells"),
        ("2024-01-05,A-1,1.00,EUR,,\"a\n2024-01-06,A-1,1.00,EUR,,b\n", 0, &format!("row 2: {open} and never closed")),
        (
            "2024-01-04,A-1,1.00,EUR,,a\n2024-01-05,A-1,1.00,EUR,,\"b\n2024-01-06,A-1,1.00,EUR,,\"c\"\n",
            1,
            &format!("row 3: {open} and closed in the midst of a later line"),
        ),
    ] {
        let staged = csv(format!("{HEADING}{rows}").as_bytes());
        let (_, errors) = found(&staged);
        assert_eq!((staged.report.rows_good, errors.len()), (good, 1), "{rows}: {errors:?}");
        assert!(errors[0].starts_with(told), "{errors:?}");
    }
    let fine = "2024-01-05,A-1,1.00,EUR,,\"over\ntwo lines\"\n2024-01-06,A-1,1.00,EUR,,the \"best\" tea\n";
    assert_eq!(csv(format!("{HEADING}{fine}").as_bytes()).report.rows_good, 2);
}

#[test]
fn of_columns_with_the_same_name_the_first_is_taken_and_that_is_told() {
    let text = "Date,Account,Amount,Currency,amount\n2024-01-05,A-1,-1.00,EUR,-7.00\n";
    let guess = Preview::of(text.as_bytes(), true).guess(Currency::EUR).unwrap();
    let told: Vec<_> = guess.doubts.iter().map(|doubt| (doubt.about, doubt.text.as_str())).collect();
    let expected = "More than one column is called “Amount”: the one that is column 3 is taken.";
    assert_eq!(told, [(About::Columns, expected)]);
    let staged = csv_by(&guess.mapping, text.as_bytes());
    assert!(staged.events[1].event.data.as_str().contains("\"amount\":100"), "{:?}", staged.events[1].event.data);
}

#[test]
fn a_letter_beyond_the_first_look_tells_that_the_file_is_not_utf8() {
    let row = |text: &str| format!("2024-01-05,A-1,1.00,EUR,,{text}\n");
    let mut bytes = format!("{HEADING}{}", row("tea").repeat(3000)).into_bytes();
    bytes.extend(b"2024-01-06,A-1,1.00,EUR,,Caf\xe9\n");
    let preview = Preview::of(&bytes[..65_536], false);
    assert_eq!(preview.dialect.encoding, Encoding::Utf8);
    let mapping = preview.guess(Currency::EUR).unwrap().mapping;
    let not_utf8_from = |mapping: &Mapping, bytes: &[u8]| {
        let zone = Box::new(|_| 0);
        let mut import = CsvImport::new(mapping.clone(), LedgerFacts::default(), zone, "".into(), None).unwrap();
        import.feed(bytes);
        import.end();
        while !import.step(1000).is_idle {}
        import.not_utf8_from()
    };
    assert_eq!(not_utf8_from(&mapping, &bytes), Some(3002));
    let (_, errors) = found(&csv_by(&mapping, &bytes));
    assert_eq!(
        errors,
        ["row 3002, Text: the letters are not UTF-8: correct them, or choose Windows-1252: \"Caf\u{fffd}\""]
    );
    let mut again = mapping.clone();
    again.dialect.encoding = Encoding::Windows1252;
    assert_eq!(not_utf8_from(&again, &bytes), None);
    let staged = csv_by(&again, &bytes);
    assert!(staged.report.rows_bad.count() == 0 && staged.events.last().unwrap().event.reason == "Café");
    // A file that has shown to be UTF-8 is so: the row is a mistake in it.
    bytes.extend(row("Café").into_bytes());
    assert_eq!(not_utf8_from(&mapping, &bytes), None);
}

#[test]
fn null_data_beside_data_base64_is_as_good_as_none() {
    let mut both = event("1");
    both["data"] = Value::Null;
    both["data_base64"] = json!("Zm9v");
    let staged = cloud_events(both.to_string().as_bytes());
    assert_eq!(found(&staged), (1, Vec::new()));
    both["data"] = json!(false);
    let (_, errors) = found(&cloud_events(both.to_string().as_bytes()));
    assert!(errors[0].starts_with("row 1, data_base64: an event has data or data_base64, not both"), "{errors:?}");
    both["data_base64"] = Value::Null;
    assert_eq!(found(&cloud_events(both.to_string().as_bytes())), (1, Vec::new()));
}
