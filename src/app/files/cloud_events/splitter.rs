//! Cuts a stream of bytes into the JSON texts of events, whatever the borders of the chunks.

use super::super::report::RowError;
use crate::kernel::{line_run, plain_run};

/// The longest text of one event that is kept while its end is looked for. A text of 64 KiB can take up to six times
/// its length when every character of it is escaped.
const ITEM_BYTES_MAX: usize = 8 * 64 * 1024;

const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];

/// How the events lie in the file, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// The first event has not ended yet.
    Unknown,
    /// One a line.
    Lines,
    /// Objects over several lines, one after the other: an event alone, printed for people.
    Document,
    /// In one array.
    Array,
    /// After the array.
    Closed,
    /// After the complaint about what stands after the array.
    Ignored,
}

/// The text of one event, or why there is none.
pub(super) type Item = Result<(u32, Vec<u8>), RowError>;

/// Cuts bytes into items.
#[derive(Debug)]
pub(super) struct Splitter {
    layout: Layout,
    pending: Vec<u8>,
    at: usize,
    bytes: u64,
    bom: usize,
    line: u32,
    is_after_cr: bool,
    items: u32,
    /// In an array: an event must come before the next comma.
    is_due: bool,
    item: Option<Open>,
}

/// Where in JSON a byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Between,
    InText,
    /// In a text, behind a backslash.
    Escaped,
}

/// An item whose end has not been met.
#[derive(Debug)]
struct Open {
    row: u32,
    text: Vec<u8>,
    is_too_long: bool,
    depth: u32,
    place: Place,
    /// The last byte that was not white space, and whether its line has ended.
    last: u8,
    line_ended: bool,
}

impl Splitter {
    pub(super) fn new() -> Self {
        Self {
            layout: Layout::Unknown,
            pending: Vec::new(),
            at: 0,
            bytes: 0,
            bom: 0,
            line: 1,
            is_after_cr: false,
            items: 0,
            is_due: true,
            item: None,
        }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.pending.drain(..self.at);
        self.at = 0;
        self.pending.extend_from_slice(bytes);
    }

    /// How many bytes have been worked on.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next item that ends in what was fed.
    pub(super) fn next(&mut self) -> Option<Item> {
        loop {
            self.take_plain();
            let &byte = self.pending.get(self.at)?;
            self.at += 1;
            self.bytes += 1;
            // A line ends with LF, CR LF or CR.
            if byte == b'\r' || (byte == b'\n' && !self.is_after_cr) {
                self.line = self.line.saturating_add(1);
            }
            self.is_after_cr = byte == b'\r';
            let found = match self.item.take() {
                Some(open) => self.inside(open, byte),
                None => self.between(byte),
            };
            if found.is_some() {
                return found;
            }
        }
    }

    /// Takes the bytes of the item that is open up to one which might end it, or begin another: nearly all of them, many
    /// at a time.
    fn take_plain(&mut self) {
        let Some(open) = &mut self.item else { return };
        let start = self.at;
        if self.layout == Layout::Lines {
            // Whatever stands in it, the event ends with its line.
            let rest = self.pending.get(self.at..).unwrap_or_default();
            let run = rest.get(..line_run(rest)).unwrap_or(rest);
            open.take_run(run);
            self.at += run.len();
        }
        while let Some(rest) = self.pending.get(self.at..).filter(|rest| !rest.is_empty()) {
            let run = open.plain_run(rest);
            let (run, rest) = rest.split_at_checked(run).unwrap_or((rest, &[]));
            open.take_run(run);
            self.at += run.len();
            match rest.first() {
                Some(byte) if open.goes_on_behind(*byte) => {
                    open.take(*byte);
                    self.at += 1;
                }
                Some(_) | None => break,
            }
        }
        if self.at > start {
            self.bytes += (self.at - start) as u64;
            self.is_after_cr = false;
        }
    }

    /// What is left when nothing more is fed; to be called until it gives none.
    pub(super) fn end(&mut self) -> Option<Item> {
        if let Some(open) = self.item.take() {
            return Some(Self::close(open));
        }
        if self.layout == Layout::Array {
            self.layout = Layout::Ignored;
            return Some(Err(RowError::new(self.items, "", "", "the file ends before its array is closed")));
        }
        None
    }

    fn between(&mut self, byte: u8) -> Option<Item> {
        if self.bytes <= 3 && BOM.get(self.bom) == Some(&byte) && self.bom as u64 + 1 == self.bytes {
            self.bom += 1;
            return None;
        }
        match (self.layout, byte) {
            (_, b' ' | b'\t' | b'\r' | b'\n') | (Layout::Ignored, _) => {}
            (Layout::Unknown, b'[') => self.layout = Layout::Array,
            (Layout::Array, b']') => self.layout = Layout::Closed,
            (Layout::Array, b',') => {
                let was_due = std::mem::replace(&mut self.is_due, true);
                if was_due {
                    self.items = self.items.saturating_add(1);
                    return Some(Err(RowError::new(self.items, "", "", "there is no event before the comma")));
                }
            }
            (Layout::Closed, _) => {
                self.layout = Layout::Ignored;
                return Some(Err(RowError::new(self.items, "", "", "there is text after the end of the array")));
            }
            (Layout::Unknown | Layout::Lines | Layout::Document | Layout::Array, _) => {
                let open = self.open();
                return self.inside(open, byte);
            }
        }
        None
    }

    fn open(&mut self) -> Open {
        self.items = self.items.saturating_add(1);
        self.is_due = false;
        let row = if self.layout == Layout::Array { self.items } else { self.line };
        let (text, last) = (Vec::with_capacity(512), b',');
        Open { row, text, is_too_long: false, depth: 0, place: Place::Between, last, line_ended: false }
    }

    fn inside(&mut self, mut open: Open, byte: u8) -> Option<Item> {
        if matches!(byte, b'\n' | b'\r') && self.ends_with_line(&mut open) {
            return Some(Self::close(open));
        }
        let in_array = self.layout == Layout::Array;
        if in_array && open.depth == 0 && open.place == Place::Between && (byte == b',' || byte == b']') {
            self.is_due = byte == b',';
            if byte == b']' {
                self.layout = Layout::Closed;
            }
            return Some(Self::close(open));
        }
        if !in_array && open.is_torn_before(byte) {
            self.layout = Layout::Unknown;
            let torn = Self::close(open);
            let mut next = self.open();
            next.take(byte);
            self.item = Some(next);
            return Some(torn);
        }
        let has_ended = open.take(byte);
        if has_ended && matches!(self.layout, Layout::Array | Layout::Document) {
            return Some(Self::close(open));
        }
        self.item = Some(open);
        None
    }

    /// Whether an item ends with its line. The first line's end tells how the events lie.
    fn ends_with_line(&mut self, open: &mut Open) -> bool {
        if self.layout == Layout::Unknown && open.place == Place::Between {
            self.layout = if open.depth == 0 { Layout::Lines } else { Layout::Document };
        }
        let ends = match self.layout {
            Layout::Lines | Layout::Unknown => true,
            Layout::Document => open.depth == 0 || open.place != Place::Between,
            Layout::Array | Layout::Closed | Layout::Ignored => false,
        };
        // No text of JSON goes over the end of a line: one that was left open is taken to end here.
        open.place = Place::Between;
        open.line_ended = true;
        ends
    }

    fn close(mut open: Open) -> Item {
        if open.is_too_long {
            let start = String::from_utf8_lossy(open.text.get(..128).unwrap_or_default()).into_owned();
            return Err(RowError::new(open.row, "", &start, "the event is too long: more than 64 KiB are not taken"));
        }
        while open.text.last().is_some_and(u8::is_ascii_whitespace) {
            open.text.pop();
        }
        Ok((open.row, open.text))
    }
}

impl Open {
    /// Whether an object begins where none can: the line before was cut off, and this is the next event.
    fn is_torn_before(&self, byte: u8) -> bool {
        byte == b'{'
            && self.line_ended
            && self.depth > 0
            && self.place == Place::Between
            && !b",:[".contains(&self.last)
    }

    /// How many bytes come before one that might change where in JSON the next one stands, or end the item.
    fn plain_run(&self, bytes: &[u8]) -> usize {
        let is_marked = |byte: &u8| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']' | b',' | b'\n' | b'\r');
        match self.place {
            Place::InText => plain_run(bytes),
            Place::Between => bytes.iter().position(is_marked).unwrap_or(bytes.len()),
            Place::Escaped => 0,
        }
    }

    /// Whether the item surely goes on behind a byte that a run stopped at.
    fn goes_on_behind(&self, byte: u8) -> bool {
        match (self.place, byte) {
            (_, b'\n' | b'\r') => false,
            (Place::InText | Place::Escaped, _) | (Place::Between, b'"') => true,
            (Place::Between, _) => byte == b',' && self.depth > 0,
        }
    }

    /// Takes bytes of which none says where in JSON the next one stands, or where that does not matter.
    fn take_run(&mut self, run: &[u8]) {
        let room = ITEM_BYTES_MAX.saturating_sub(self.text.len());
        self.text.extend_from_slice(run.get(..room).unwrap_or(run));
        self.is_too_long |= run.len() > room;
        if let Some(last) = run.iter().rev().find(|byte| !byte.is_ascii_whitespace()) {
            self.last = *last;
            self.line_ended = false;
        }
    }

    /// Takes a byte; tells whether it closed the outermost bracket.
    fn take(&mut self, byte: u8) -> bool {
        if self.text.len() < ITEM_BYTES_MAX {
            self.text.push(byte);
        } else {
            self.is_too_long = true;
        }
        self.place = match (self.place, byte) {
            (Place::InText, b'\\') => Place::Escaped,
            (Place::InText, b'"') => Place::Between,
            (Place::Between, b'"') | (Place::Escaped, _) => Place::InText,
            (place, _) => place,
        };
        if self.place == Place::Between {
            match byte {
                b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        if !byte.is_ascii_whitespace() {
            self.last = byte;
            self.line_ended = false;
        }
        self.depth == 0 && self.place == Place::Between && matches!(byte, b'}' | b']')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str, chunk: usize) -> Vec<String> {
        let mut splitter = Splitter::new();
        let mut found = Vec::new();
        let mut keep = |item: Item| match item {
            Ok((row, text)) => found.push(format!("{row} {}", String::from_utf8(text).unwrap())),
            Err(error) => found.push(error.to_string()),
        };
        for chunk in text.as_bytes().chunks(chunk) {
            splitter.feed(chunk);
            while let Some(item) = splitter.next() {
                keep(item);
            }
        }
        while let Some(item) = splitter.end() {
            keep(item);
        }
        found
    }

    #[test]
    fn events_are_found_however_they_lie_and_whatever_the_chunks() {
        for (text, expected) in [
            ("\u{feff}{\"a\":1}\r\n\r\n{\"b\":\"}\\\"\"}\n", &["1 {\"a\":1}", "3 {\"b\":\"}\\\"\"}"][..]),
            ("[{\"a\":[1]},\n {\"b\":2}]\n", &["1 {\"a\":[1]}", "2 {\"b\":2}"]),
            ("{\n \"a\": {\n }\n}\n{\n}", &["1 {\n \"a\": {\n }\n}", "5 {\n}"]),
            ("{\"a\":1", &["1 {\"a\":1"]),
            ("{\n{\"c\":3}", &["1 {", "2 {\"c\":3}"]),
            ("{\"a\":1}\n{\"b\"\n{\"c\":3}", &["1 {\"a\":1}", "2 {\"b\"", "3 {\"c\":3}"]),
            ("{\"a\":\"x\n{\"c\":3}", &["1 {\"a\":\"x", "2 {\"c\":3}"]),
            ("{\"a\":1\n{\"c\":3}\n{\"d\":4}\n", &["1 {\"a\":1", "2 {\"c\":3}", "3 {\"d\":4}"]),
            ("[1, {}", &["1 1", "2 {}", "row 2: the file ends before its array is closed"]),
            (
                "[{},,{}] x",
                &[
                    "1 {}",
                    "row 2: there is no event before the comma",
                    "3 {}",
                    "row 3: there is text after the end of the array",
                ],
            ),
            ("  \n", &[]),
            ("[]", &[]),
        ] {
            for chunk in [1, 2, 3, 5, 1000] {
                assert_eq!(items(text, chunk), expected, "{text:?} in chunks of {chunk}");
            }
        }
    }

    #[test]
    fn an_item_without_an_end_does_not_fill_the_memory() {
        let long = format!("[\"{}\"]", "x".repeat(2 * ITEM_BYTES_MAX));
        assert!(items(&long, 65_536).first().unwrap().contains("too long"));
    }
}
