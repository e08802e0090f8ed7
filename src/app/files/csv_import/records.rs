//! Cuts a stream of bytes into the cells of rows, whatever the borders of the chunks.

use super::{
    Dialect, Encoding,
    letters::{Letters, letter},
    quotes::Quotes,
};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The longest row that is taken, in bytes of its cells.
const ROW_BYTES_MAX: usize = 64 * 1024;
/// The most cells that a row may have.
const CELLS_MAX: usize = 1024;

const TOO_LONG: &str = "the row is longer than 64 KiB or has more than 1024 cells: is there a quote too many?";
const NOT_UTF8: &str = "the letters are not UTF-8: correct them, or choose Windows-1252";

const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The cells of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// Number of the row, from 1; rows that are empty lines are not counted.
    pub(super) row: u32,
    text: String,
    ends: Vec<usize>,
}

impl Record {
    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell; empty where there is none.
    pub(super) fn cell(&self, column: usize) -> &str {
        let start = column.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.ends.get(column).and_then(|end| self.text.get(start..*end)).unwrap_or_default()
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|column| self.cell(column))
    }

    /// Whether all cells are blank.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// What a row is, if it is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadRecord {
    pub(super) row: u32,
    /// The cell that is bad; `None` where the whole row is.
    pub(super) column: Option<usize>,
    pub(super) text: String,
    pub(super) reason: &'static str,
}

/// Cuts bytes into rows.
pub(super) struct Records {
    reader: Box<Reader>,
    encoding: Encoding,
    pending: Vec<u8>,
    at: usize,
    has_ended: bool,
    bytes: u64,
    rows: u32,
    bom_checked: bool,
    cells: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    ends_filled: usize,
    is_too_long: bool,
    quotes: Quotes,
    letters: Letters,
}

impl Records {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            reader: Box::new(ReaderBuilder::new().delimiter(dialect.delimiter).build()),
            encoding: dialect.encoding,
            pending: Vec::new(),
            at: 0,
            has_ended: false,
            bytes: 0,
            rows: 0,
            bom_checked: false,
            cells: vec![0; ROW_BYTES_MAX],
            filled: 0,
            ends: vec![0; CELLS_MAX],
            ends_filled: 0,
            is_too_long: false,
            quotes: Quotes::new(dialect.delimiter),
            letters: Letters::default(),
        }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.pending.drain(..self.at);
        self.at = 0;
        self.pending.extend_from_slice(bytes);
    }

    pub(super) fn end(&mut self) {
        self.has_ended = true;
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The first row that cannot be UTF-8, in a file that no letter has shown to be UTF-8.
    pub(super) fn not_utf8_from(&self) -> Option<u32> {
        self.letters.not_utf8_from()
    }

    /// The next row; `None` until more is fed, or for good after the end.
    pub(super) fn next(&mut self) -> Option<Result<Record, BadRecord>> {
        if !self.bom_checked {
            // Whether a file begins with a byte order mark is known at its third byte.
            if self.pending.len() < BOM.len() && !self.has_ended {
                return None;
            }
            self.bom_checked = true;
            if self.pending.starts_with(&BOM) {
                self.at = BOM.len();
                self.bytes = BOM.len() as u64;
            }
        }
        loop {
            let input = self.pending.get(self.at..).unwrap_or_default();
            // An empty input tells the reader that the file has ended.
            if input.is_empty() && !self.has_ended {
                return None;
            }
            let room = self.cells.get_mut(self.filled..).unwrap_or_default();
            let ends = self.ends.get_mut(self.ends_filled..).unwrap_or_default();
            let (result, read, written, ended) = self.reader.read_record(input, room, ends);
            self.quotes.pass(input.get(..read).unwrap_or_default());
            self.at += read;
            self.bytes += read as u64;
            self.filled += written;
            self.ends_filled += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    // The rest of the row is read over what came before it.
                    self.is_too_long = true;
                    self.filled = 0;
                    self.ends_filled = 0;
                }
                ReadRecordResult::Record => return Some(self.take_row()),
                ReadRecordResult::End => return None,
            }
        }
    }

    fn take_row(&mut self) -> Result<Record, BadRecord> {
        self.rows = self.rows.saturating_add(1);
        let row = self.rows;
        let bytes = self.cells.get(..self.filled).unwrap_or_default();
        let ends = self.ends.get(..self.ends_filled).unwrap_or_default();
        let is_too_long = std::mem::take(&mut self.is_too_long);
        // The last cell is the one with the quote.
        let torn = |reason| {
            let start = ends.len().checked_sub(2).and_then(|before| ends.get(before)).copied().unwrap_or_default();
            Err(BadRecord { row, column: None, text: lossy(bytes.get(start..).unwrap_or_default()), reason })
        };
        let taken = match (self.quotes.take_fault(), is_too_long, self.encoding) {
            (Some(reason), false, _) => torn(reason),
            // Of what is too long only the end is there.
            (Some(reason), true, _) => Err(BadRecord { row, column: None, text: String::new(), reason }),
            (None, true, _) => Err(BadRecord { row, column: None, text: String::new(), reason: TOO_LONG }),
            (None, false, Encoding::Windows1252) => Ok(from_windows_1252(row, bytes, ends)),
            (None, false, Encoding::Utf8) => match self.letters.read(row, bytes) {
                Ok(text) => Ok(Record { row, text: text.to_owned(), ends: ends.to_vec() }),
                Err(error) => Err(not_utf8(row, bytes, ends, error.valid_up_to())),
            },
        };
        self.filled = 0;
        self.ends_filled = 0;
        taken
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The cell with the first letter that is not UTF-8.
fn not_utf8(row: u32, bytes: &[u8], ends: &[usize], valid_up_to: usize) -> BadRecord {
    let column = ends.iter().position(|end| *end > valid_up_to);
    let start = column.and_then(|column| ends.get(column.checked_sub(1)?)).copied().unwrap_or_default();
    let end = column.and_then(|column| ends.get(column)).copied().unwrap_or(bytes.len());
    let text = lossy(bytes.get(start..end).unwrap_or_default());
    BadRecord { row, column, text, reason: NOT_UTF8 }
}

fn from_windows_1252(row: u32, bytes: &[u8], ends: &[usize]) -> Record {
    let mut record = Record { row, text: String::with_capacity(bytes.len()), ends: Vec::with_capacity(ends.len()) };
    let mut start = 0;
    for end in ends {
        record.text.extend(bytes.get(start..*end).unwrap_or_default().iter().copied().map(letter));
        record.ends.push(record.text.len());
        start = *end;
    }
    record
}

/// The delimiter with which most of the first rows have the same number of cells, the most cells.
pub(super) fn sniff(sample: &[u8], is_whole: bool) -> Dialect {
    let encoding = match std::str::from_utf8(sample) {
        Ok(_) => Encoding::Utf8,
        // A letter that the end of the sample cuts in two is no reason to doubt.
        Err(error) if error.error_len().is_none() && !is_whole => Encoding::Utf8,
        Err(_) => Encoding::Windows1252,
    };
    let mut best = (0, Dialect { delimiter: b',', encoding, rows_before_header: 0 });
    for delimiter in [b',', b';', b'\t', b'|'] {
        let mut dialect = Dialect { delimiter, encoding, rows_before_header: 0 };
        let widths: Vec<usize> = rows_of(sample, dialect, is_whole, 64).iter().map(Record::len).collect();
        let usual = widths.iter().copied().max_by_key(|width| {
            (widths.iter().filter(|other| *other == width).count() * usize::from(*width > 1), *width)
        });
        let Some(usual) = usual.filter(|width| *width > 1) else { continue };
        let before = widths.iter().position(|width| *width == usual).unwrap_or_default();
        dialect.rows_before_header = u32::try_from(before).unwrap_or_default();
        let score = widths.iter().filter(|width| **width == usual).count() * 1000 + usual;
        if score > best.0 {
            best = (score, dialect);
        }
    }
    best.1
}

/// The first rows of a sample; the last one only if the sample is the whole file.
pub(super) fn rows_of(sample: &[u8], dialect: Dialect, is_whole: bool, rows_max: usize) -> Vec<Record> {
    let mut records = Records::new(dialect);
    records.feed(sample);
    if is_whole {
        records.end();
    }
    std::iter::from_fn(|| records.next()).take(rows_max).filter_map(Result::ok).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::quotes, *};

    fn rows(bytes: &[u8], chunk: usize, delimiter: u8, encoding: Encoding) -> Vec<Vec<String>> {
        let mut records = Records::new(Dialect { delimiter, encoding, rows_before_header: 0 });
        let mut found = Vec::new();
        let mut take = |records: &mut Records| {
            while let Some(row) = records.next() {
                found.push(match row {
                    Ok(record) => record.cells().map(str::to_owned).collect(),
                    Err(bad) => vec![bad.reason.to_owned()],
                });
            }
        };
        for chunk in bytes.chunks(chunk) {
            records.feed(chunk);
            take(&mut records);
        }
        records.end();
        take(&mut records);
        found
    }

    #[test]
    fn rows_are_found_whatever_the_chunks() {
        let text = "\u{feff}a,\"b\"\"c\",d\r\n\r\n\"x\r\ny\",,é\nlast,1,";
        for chunk in 1..=text.len() {
            assert_eq!(
                rows(text.as_bytes(), chunk, b',', Encoding::Utf8),
                [["a", "b\"c", "d"], ["x\r\ny", "", "é"], ["last", "1", ""]],
                "chunks of {chunk}"
            );
        }
    }

    #[test]
    fn old_letters_are_read() {
        assert_eq!(rows(b"\xc5se;\x80 5\n", 1, b';', Encoding::Windows1252), [["Åse", "€ 5"]]);
        assert_eq!(rows(b"a,\xc5\nb,c\n", 1, b',', Encoding::Utf8)[0], [NOT_UTF8]);
        let bad = not_utf8(3, b"abc\xe9d", &[2, 5], 3);
        assert_eq!((bad.column, bad.text.as_str()), (Some(1), "c\u{fffd}d"));
    }

    #[test]
    fn a_quote_that_is_left_open_is_told_and_not_taken_for_a_long_text() {
        let found = rows(b"a,b\n1,\"x\n2,y\n", 3, b',', Encoding::Utf8);
        assert_eq!(found, [vec!["a", "b"], vec![quotes::LEFT_OPEN]]);
        let found = rows(b"1,\"x\n2,y\n3,\"z\"\n4,w\n", 3, b',', Encoding::Utf8);
        assert_eq!(found, [vec![quotes::TORN], vec!["4", "w"]]);
        let long = format!("a,\"{}\nc,d\n", "x".repeat(200_000));
        assert_eq!(rows(long.as_bytes(), 4096, b',', Encoding::Utf8), [[quotes::LEFT_OPEN]]);
        for fine in ["\"x\r\ny\",\"a \"\"b\"\"\"\n", "\"the \"best\" shop\",2\n", "5\" pipe,2", "\"\",\"x\""] {
            assert_eq!(rows(fine.as_bytes(), 2, b',', Encoding::Utf8)[0].len(), 2, "{fine}");
        }
    }

    #[test]
    fn a_row_without_an_end_does_not_fill_the_memory() {
        let long = format!("a,b\n\"{}\"\nc,d\n", "x".repeat(200_000));
        let found = rows(long.as_bytes(), 4096, b',', Encoding::Utf8);
        assert_eq!(found.len(), 3);
        assert!(found[1][0].contains("longer than 64 KiB"));
        assert_eq!(found[2], ["c", "d"]);
    }

    #[test]
    fn the_delimiter_and_what_stands_before_the_heading_are_found() {
        for (text, delimiter, before) in [
            ("a,b\n1,2\n", b',', 0),
            ("a;b;c\n1,5;2;3\n1,6;2;3\n", b';', 0),
            ("a\tb\n1,0\t2\n", b'\t', 0),
            ("a|b\n1|2\n", b'|', 0),
            ("Account 7, all movements\nfrom 1 May\na;b;c\n1,5;2;3\n1,6;2;3\n", b';', 2),
        ] {
            let dialect = sniff(text.as_bytes(), true);
            assert_eq!((dialect.delimiter, dialect.rows_before_header), (delimiter, before), "{text}");
        }
        assert_eq!(sniff(b"a;b\n\xe9;2\n", true).encoding, Encoding::Windows1252);
        assert_eq!(sniff("a;b\né".as_bytes().get(..5).unwrap(), false).encoding, Encoding::Utf8);
    }
}
