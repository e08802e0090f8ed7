//! Bytes of a block's columns: variable-length numbers (LEB128), zigzag for signed ones, texts with their length.

use super::BlockError;

/// Writes columns.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn u64(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push((number & 0x7f) as u8);
    }

    pub(super) fn len(&mut self, number: usize) {
        self.u64(number as u64);
    }

    pub(super) fn i64(&mut self, number: i64) {
        self.u64(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.len(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(super) fn section(&mut self, bytes: &[u8]) {
        self.len(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    /// A column of `count` entries for a [`Column`] to read: where all are the same byte only one is written.
    pub(super) fn column(&mut self, count: usize, column: &[u8]) {
        let same = column.first().filter(|first| column.len() == count && column.iter().all(|byte| byte == *first));
        self.section(same.map_or(column, std::slice::from_ref));
    }
}

/// Reads columns; every step is checked, nothing panics whatever the bytes are.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// What this reads when so many bytes are left.
    pub(super) fn last(&self, left: usize) -> Self {
        let start = self.rest.len().saturating_sub(left);
        Self { rest: self.rest.get(start..).unwrap_or_default() }
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], BlockError> {
        let (taken, rest) =
            self.rest.split_at_checked(count).ok_or(BlockError::Malformed { what: "ends too early" })?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], BlockError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(BlockError::Malformed { what: "ends too early" })?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn u64(&mut self) -> Result<u64, BlockError> {
        self.often()
    }

    /// The same where it is asked for each event: compiled for size a call took a fifth of decoding a page.
    #[expect(clippy::inline_always, reason = "most numbers are a single byte, and these are told from others at once")]
    #[inline(always)]
    pub(super) fn often(&mut self) -> Result<u64, BlockError> {
        if let [byte @ 0..0x80, rest @ ..] = self.rest {
            self.rest = rest;
            return Ok(u64::from(*byte));
        }
        self.longer()
    }

    /// A number of more than one byte.
    fn longer(&mut self) -> Result<u64, BlockError> {
        let (mut number, mut shift) = (0u64, 0u32);
        while let [byte, rest @ ..] = self.rest {
            self.rest = rest;
            // One bit of the tenth byte is left.
            if shift == 63 && *byte > 1 {
                return Err(BlockError::Malformed { what: "has a number of more than 64 bits" });
            }
            number |= u64::from(*byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
        }
        Err(BlockError::Malformed { what: "ends too early" })
    }

    pub(super) fn u32(&mut self) -> Result<u32, BlockError> {
        u32::try_from(self.u64()?).map_err(|_| BlockError::Malformed { what: "has a number of more than 32 bits" })
    }

    pub(super) fn len(&mut self) -> Result<usize, BlockError> {
        length_of(self.u64()?)
    }

    /// How many of something follow: never more than there are bytes left, so that a bad count cannot ask for memory.
    pub(super) fn count(&mut self) -> Result<usize, BlockError> {
        let count = self.len()?;
        if count > self.rest.len() {
            return Err(BlockError::Malformed { what: "has a count larger than itself" });
        }
        Ok(count)
    }

    pub(super) fn i64(&mut self) -> Result<i64, BlockError> {
        let number = self.u64()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    pub(super) fn text(&mut self) -> Result<&'a str, BlockError> {
        let length = self.len()?;
        std::str::from_utf8(self.bytes(length)?)
            .map_err(|_| BlockError::Malformed { what: "has a text that is not UTF-8" })
    }

    /// Skips to a sub-column of a stated length.
    pub(super) fn section(&mut self) -> Result<Reader<'a>, BlockError> {
        let length = self.len()?;
        Ok(Reader::new(self.bytes(length)?))
    }
}

fn length_of(number: u64) -> Result<usize, BlockError> {
    usize::try_from(number).map_err(|_| BlockError::Malformed { what: "has a length of more than 32 bits" })
}

/// Reads a column whose entries begin with a number. Where it is but one byte, that is every entry.
#[derive(Clone, Debug)]
pub(super) struct Column<'a> {
    reader: Reader<'a>,
    same: Option<usize>,
}

impl<'a> Column<'a> {
    pub(super) fn new(reader: Reader<'a>) -> Self {
        match reader.rest {
            [same @ 0..0x80] => Self { same: Some(usize::from(*same)), reader: Reader::new(&[]) },
            _ => Self { same: None, reader },
        }
    }

    pub(super) fn len(&mut self) -> Result<usize, BlockError> {
        match self.same {
            Some(same) => Ok(same),
            None => length_of(self.reader.often()?),
        }
    }

    /// What follows the number of an entry.
    pub(super) fn reader(&mut self) -> &mut Reader<'a> {
        &mut self.reader
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.reader.is_empty()
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.reader.left()
    }

    /// What this reads when so many bytes are left.
    pub(super) fn last(&self, left: usize) -> Self {
        Self { reader: self.reader.last(left), same: self.same }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let numbers = [0, 1, -1, 63, 64, -64, -65, i64::MAX, i64::MIN, 1 << 40];
        let mut writer = Writer::default();
        for number in numbers {
            writer.i64(number);
            writer.u64(number.cast_unsigned());
        }
        let mut reader = Reader::new(&writer.bytes);
        for number in numbers {
            assert_eq!(reader.i64().unwrap(), number);
            assert_eq!(reader.u64().unwrap(), number.cast_unsigned());
        }
        assert!(reader.is_empty());
        assert!(reader.u64().is_err());
        assert!(Reader::new(&[0xff; 11]).u64().is_err());
    }

    #[test]
    fn a_count_is_never_larger_than_the_bytes_that_follow() {
        assert_eq!(Reader::new(&[2, 0, 0]).count(), Ok(2));
        let refused = Err(BlockError::Malformed { what: "has a count larger than itself" });
        assert_eq!(Reader::new(&[3, 0, 0]).count(), refused);
        assert_eq!(Reader::new(&[0xff, 0xff, 0xff, 0xff, 0x0f]).count(), refused);
    }
}
