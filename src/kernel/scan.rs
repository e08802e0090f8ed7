//! Looking through bytes, eight at a time: texts of files are long and what ends them is rare.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGHS: u64 = ONES << 7;
const LINE_FEEDS: u64 = u64::from_le_bytes([b'\n'; 8]);
const RETURNS: u64 = u64::from_le_bytes([b'\r'; 8]);
const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);
const SPACES: u64 = u64::from_le_bytes([b' '; 8]);

/// How many bytes stand before the first end of a line, be it LF or CR.
pub(crate) fn line_run(bytes: &[u8]) -> usize {
    run(bytes, |word| less(word ^ LINE_FEEDS, ONES) | less(word ^ RETURNS, ONES))
}

/// How many bytes stand before the first that a JSON text cannot hold as it is: a quote, a backslash, a control
/// character.
pub(crate) fn plain_run(bytes: &[u8]) -> usize {
    run(bytes, |word| less(word ^ QUOTES, ONES) | less(word ^ BACKSLASHES, ONES) | less(word, SPACES))
}

/// Raises the high bit of the first byte that is below its limit, and of none before it.
fn less(word: u64, limits: u64) -> u64 {
    word.wrapping_sub(limits) & !word
}

/// How many bytes stand before the first whose high bit `stops` raises in eight of them; a space must not stop.
fn run(bytes: &[u8], stops: impl Fn(u64) -> u64) -> usize {
    let mut run = 0;
    loop {
        let rest = bytes.get(run..).unwrap_or_default();
        let word = rest.first_chunk().map_or_else(|| filled(rest), |eight| u64::from_le_bytes(*eight));
        let plain = (stops(word) & HIGHS).trailing_zeros() as usize / 8;
        run += plain;
        if plain < 8 || run >= bytes.len() {
            return run.min(bytes.len());
        }
    }
}

/// Fewer than eight bytes, and spaces behind them.
fn filled(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(SPACES, |word, byte| word << 8 | u64::from(*byte))
}

/// A JSON text without escapes at the start, without its quotes, and what follows it.
pub(super) fn split_plain_text(json: &str) -> Option<(&str, &str)> {
    let inside = behind(json, b'"')?;
    let (text, rest) = inside.split_at_checked(plain_run(inside.as_bytes()))?;
    Some((text, behind(rest, b'"')?))
}

/// What stands behind an ASCII character, if the text begins with it.
pub(super) fn behind(text: &str, character: u8) -> Option<&str> {
    if text.as_bytes().first() == Some(&character) { text.get(1..) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_that_stops_is_found_wherever_it_stands() {
        let stops_text = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
        for before in 0..20 {
            for byte in 0..=u8::MAX {
                let bytes = [vec![b'~'; before], vec![byte], b"\"\n".to_vec(), vec![0xff; before]].concat();
                let expected = if stops_text(byte) { before } else { before + 1 };
                assert_eq!(plain_run(&bytes), expected, "{byte} behind {before}");
                let expected = if byte == b'\n' || byte == b'\r' { before } else { before + 2 };
                assert_eq!(line_run(&bytes), expected, "{byte} behind {before}");
            }
        }
        assert_eq!((line_run(b""), line_run(b"abc"), line_run(b"12345678")), (0, 3, 8));
    }

    #[test]
    fn a_text_with_escapes_or_without_an_end_is_not_plain() {
        assert_eq!(split_plain_text("\"a\u{f8}\":1"), Some(("a\u{f8}", ":1")));
        assert_eq!(split_plain_text("\"\""), Some(("", "")));
        for other in ["", "a", "\"a", "\"a\\n\"", "\"a\u{1}\""] {
            assert_eq!(split_plain_text(other), None, "{other:?}");
        }
    }
}
