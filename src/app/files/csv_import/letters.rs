//! How the letters of a file are read, and what they tell of how they are encoded.

use std::str::Utf8Error;

/// What the letters of a file that is read as UTF-8 have told so far.
#[derive(Default)]
pub(super) struct Letters {
    /// Whether a row had letters beyond ASCII that are UTF-8.
    are_utf8: bool,
    /// The first row that is not UTF-8.
    first_broken: Option<u32>,
}

impl Letters {
    /// Reads the letters of a row.
    pub(super) fn read<'a>(&mut self, row: u32, bytes: &'a [u8]) -> Result<&'a str, Utf8Error> {
        let text = std::str::from_utf8(bytes);
        match text {
            Ok(text) => self.are_utf8 |= !text.is_ascii(),
            Err(_) => self.first_broken = self.first_broken.or(Some(row)),
        }
        text
    }

    /// The first row that cannot be UTF-8, in a file that no letter has shown to be UTF-8.
    pub(super) fn not_utf8_from(&self) -> Option<u32> {
        self.first_broken.filter(|_| !self.are_utf8)
    }
}

/// The letter of a byte in Windows-1252; the five bytes without one stay control characters.
pub(super) fn letter(byte: u8) -> char {
    const FROM_80: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    match byte {
        0x80..=0x9f => FROM_80.chars().nth(usize::from(byte - 0x80)).unwrap_or('\u{fffd}'),
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_not_utf8_unless_a_letter_shows_that_it_is() {
        for (rows, expected) in [
            (&[&b"a"[..], b"\xc5", b"\xe9"][..], Some(1)),
            (&[b"a", b"\xc5", b"\xc3\xa5"], None),
            (&[b"\xc3\xa5", b"\xe9"], None),
            (&[b"a", b"b"], None),
        ] {
            let mut letters = Letters::default();
            for (row, bytes) in (0..).zip(rows) {
                let is_read = letters.read(row, bytes).is_ok();
                assert_eq!(is_read, std::str::from_utf8(bytes).is_ok());
            }
            assert_eq!(letters.not_utf8_from(), expected, "{rows:?}");
        }
    }
}
