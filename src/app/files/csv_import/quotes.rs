//! Watches the quotes of a row, since a reader of CSV takes whatever stands between two of them for one text.

/// Of a row in which a quote is opened and never closed.
pub(super) const LEFT_OPEN: &str =
    "a quote is opened in this row and never closed: all that follows it would be one text";
/// Of a row in which a quote is closed by the first quote of a later line.
pub(super) const TORN: &str =
    "a quote is opened in this row and closed in the midst of a later line: the lines between would be one text";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Plain,
    /// In quotes; and whether a line has ended there.
    Quoted {
        spans_lines: bool,
    },
    /// Behind a quote that closes, unless another one follows.
    Closed {
        spans_lines: bool,
    },
}

/// Where in a row's quotes the reader stands.
pub(super) struct Quotes {
    delimiter: u8,
    place: Place,
    is_torn: bool,
}

impl Quotes {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, place: Place::CellStart, is_torn: false }
    }

    /// Passes the bytes that the reader has read.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let ends_cell = byte == self.delimiter || matches!(byte, b'\n' | b'\r');
            self.place = match (self.place, byte) {
                (Place::Quoted { spans_lines }, b'"') => Place::Closed { spans_lines },
                (Place::Quoted { .. }, b'\n' | b'\r') => Place::Quoted { spans_lines: true },
                (Place::Closed { spans_lines }, b'"') => Place::Quoted { spans_lines },
                (Place::CellStart, b'"') => Place::Quoted { spans_lines: false },
                (Place::CellStart | Place::Plain | Place::Closed { .. }, _) if ends_cell => Place::CellStart,
                (Place::Closed { spans_lines }, _) => {
                    // On one line it is a quote in a text that somebody forgot to double.
                    self.is_torn |= spans_lines;
                    Place::Plain
                }
                (Place::CellStart | Place::Plain, _) => Place::Plain,
                (place @ Place::Quoted { .. }, _) => place,
            };
        }
    }

    /// What is wrong with the quotes of the row that has ended; the next one begins.
    pub(super) fn take_fault(&mut self) -> Option<&'static str> {
        let is_open = matches!(std::mem::replace(&mut self.place, Place::CellStart), Place::Quoted { .. });
        let is_torn = std::mem::take(&mut self.is_torn);
        match (is_open, is_torn) {
            (true, _) => Some(LEFT_OPEN),
            (false, true) => Some(TORN),
            (false, false) => None,
        }
    }
}
