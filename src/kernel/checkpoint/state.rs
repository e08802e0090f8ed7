//! The bytes of a fold's state: numbers, texts, and in what a list differs from an earlier one.
//!
//! A list that differs from an earlier one is written as three parts:
//!
//! | what | |
//! |---|---|
//! | `u` | how many items of the earlier list it goes on from: all, or none where it is not one that has grown from it |
//! | `u`, and for each | how many of those have changed: `u` how many unchanged ones lie before it, and the item |
//! | `u`, and for each | how many are new: the item |
//!
//! A list whose items never change leaves out the second part.

use super::super::{
    SharedVec, Timestamp,
    columns::{Reader, Writer},
};

/// Writes the state of a fold.
#[derive(Debug, Default)]
pub struct StateWriter {
    writer: Writer,
}

impl StateWriter {
    /// What has been written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.writer.bytes
    }

    /// Bytes as they are, without their number.
    pub(in crate::kernel) fn bytes(&mut self, bytes: &[u8]) {
        self.writer.bytes.extend_from_slice(bytes);
    }

    /// A number from zero on.
    pub fn number(&mut self, number: u64) {
        self.writer.u64(number);
    }

    /// A whole number.
    pub fn signed(&mut self, number: i64) {
        self.writer.i64(number);
    }

    /// A wide whole number, in as few bytes as it needs.
    pub fn wide(&mut self, number: i128) {
        let mut rest = ((number << 1) ^ (number >> 127)).cast_unsigned();
        while rest >= 0x80 {
            self.writer.bytes.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        self.writer.bytes.push((rest & 0x7f) as u8);
    }

    /// An instant.
    pub fn time(&mut self, time: Timestamp) {
        self.writer.i64(time.as_micros());
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.writer.text(text);
    }

    /// A number of 32 bits, as what it differs in from an earlier one.
    pub fn small_since(&mut self, number: u32, since: u32) {
        self.signed(i64::from(number) - i64::from(since));
    }

    /// A whole number, as what it differs in from an earlier one.
    pub fn signed_since(&mut self, number: i64, since: i64) {
        self.signed(number.wrapping_sub(since));
    }

    /// A wide whole number, as what it differs in from an earlier one.
    pub fn wide_since(&mut self, number: i128, since: i128) {
        self.wide(number.wrapping_sub(since));
    }

    /// An instant, as what it differs in from an earlier one.
    pub fn time_since(&mut self, time: Timestamp, since: Timestamp) {
        self.signed_since(time.as_micros(), since.as_micros());
    }

    /// In what a list differs from an earlier one. `write` is given an item and what it was, and writes a byte at least.
    pub fn changes<T: PartialEq>(
        &mut self,
        list: &SharedVec<T>,
        since: &SharedVec<T>,
        mut write: impl FnMut(&mut Self, &T, Option<&T>),
    ) {
        let kept = if list.len() < since.len() { 0 } else { since.len() };
        let changed: Vec<_> = list.changes(since).filter(|(index, ..)| *index < kept).collect();
        self.writer.len(kept);
        self.writer.len(changed.len());
        let mut next = 0;
        for (index, item, before) in changed {
            self.writer.len(index - next);
            write(self, item, Some(before));
            next = index + 1;
        }
        self.items_behind(list, kept, |out, item| write(out, item, None));
    }

    /// What a list whose items never change has more than an earlier one; all of it where the earlier one is no part of
    /// it, which its length and its last item tell. `write` writes a byte at least.
    pub fn added<T: PartialEq>(&mut self, list: &SharedVec<T>, since: &SharedVec<T>, write: impl FnMut(&mut Self, &T)) {
        let end = since.len().checked_sub(1);
        let is_part = end.is_none_or(|end| list.get(end).is_some() && list.get(end) == since.get(end));
        let kept = if is_part { since.len() } else { 0 };
        self.writer.len(kept);
        self.items_behind(list, kept, write);
    }

    fn items_behind<T>(&mut self, list: &SharedVec<T>, kept: usize, mut write: impl FnMut(&mut Self, &T)) {
        self.writer.len(list.len() - kept);
        for item in (kept..list.len()).filter_map(|index| list.get(index)) {
            write(self, item);
        }
    }
}

/// Reads the state of a fold. Every step is checked; `None` where something else was written.
#[derive(Debug)]
pub struct StateReader<'a> {
    reader: Reader<'a>,
}

impl<'a> StateReader<'a> {
    /// Reads what a [`StateWriter`] has written.
    pub fn over(bytes: &'a [u8]) -> Self {
        Self { reader: Reader::new(bytes) }
    }

    /// Whether everything has been read.
    pub fn is_empty(&self) -> bool {
        self.reader.is_empty()
    }

    /// Bytes as they are.
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.reader.array().ok()
    }

    /// Bytes as they are.
    pub(in crate::kernel) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        self.reader.bytes(count).ok()
    }

    /// A number from zero on.
    pub fn number(&mut self) -> Option<u64> {
        self.reader.u64().ok()
    }

    /// A number from zero on, of 32 bits.
    pub fn small(&mut self) -> Option<u32> {
        self.reader.u32().ok()
    }

    /// How many of something follow: never more than there are bytes left, so that a bad count asks for no memory.
    pub fn count(&mut self) -> Option<usize> {
        self.reader.count().ok()
    }

    /// A whole number.
    pub fn signed(&mut self) -> Option<i64> {
        self.reader.i64().ok()
    }

    /// A wide whole number.
    pub fn wide(&mut self) -> Option<i128> {
        let mut number = 0u128;
        for shift in (0..128).step_by(7) {
            let [byte] = self.array()?;
            let bits = u128::from(byte & 0x7f);
            if shift == 126 && bits > 3 {
                return None;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
            }
        }
        None
    }

    /// An instant.
    pub fn time(&mut self) -> Option<Timestamp> {
        self.time_since(Timestamp::from_micros(0))
    }

    /// A text.
    pub fn text(&mut self) -> Option<&'a str> {
        self.reader.text().ok()
    }

    /// A number of 32 bits that was written as what it differs in from an earlier one.
    pub fn small_since(&mut self, since: u32) -> Option<u32> {
        u32::try_from(i64::from(since).checked_add(self.signed()?)?).ok()
    }

    /// A whole number that was written as what it differs in from an earlier one.
    pub fn signed_since(&mut self, since: i64) -> Option<i64> {
        Some(since.wrapping_add(self.signed()?))
    }

    /// A wide whole number that was written as what it differs in from an earlier one.
    pub fn wide_since(&mut self, since: i128) -> Option<i128> {
        Some(since.wrapping_add(self.wide()?))
    }

    /// An instant that was written as what it differs in from an earlier one.
    pub fn time_since(&mut self, since: Timestamp) -> Option<Timestamp> {
        let micros = self.signed_since(since.as_micros())?;
        let time = Timestamp::from_micros(micros);
        (time.as_micros() == micros).then_some(time)
    }

    /// What something of `len` parts goes on from: from `since`, or from nothing.
    pub fn kept<T: Clone + Default>(&mut self, since: &T, len: usize) -> Option<T> {
        match usize::try_from(self.number()?).ok()? {
            kept if kept == len => Some(since.clone()),
            0 => Some(T::default()),
            _ => None,
        }
    }

    /// A list that [`StateWriter::changes`] has written. `read` is given what an item was.
    pub fn changes<T: Clone>(
        &mut self,
        since: &SharedVec<T>,
        mut read: impl FnMut(&mut Self, Option<&T>) -> Option<T>,
    ) -> Option<SharedVec<T>> {
        let mut list = self.kept(since, since.len())?;
        let mut next = 0usize;
        for _ in 0..self.count()? {
            let index = next.checked_add(usize::try_from(self.number()?).ok()?)?;
            let item = read(self, list.get(index))?;
            *list.get_mut(index)? = item;
            next = index.checked_add(1)?;
        }
        self.push_items(list, |from| read(from, None))
    }

    /// A list that [`StateWriter::added`] has written.
    pub fn added<T: Clone>(
        &mut self,
        since: &SharedVec<T>,
        read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<SharedVec<T>> {
        let list = self.kept(since, since.len())?;
        self.push_items(list, read)
    }

    fn push_items<T: Clone>(
        &mut self,
        mut list: SharedVec<T>,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<SharedVec<T>> {
        for _ in 0..self.count()? {
            list.push(read(self)?);
        }
        Some(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list_of(items: &[u32]) -> SharedVec<u32> {
        let mut list = SharedVec::default();
        for item in items {
            list.push(*item);
        }
        list
    }

    proptest! {
        #[test]
        fn wide_numbers_come_back(number in any::<i128>(), shift in 0u32..128) {
            let number = number >> shift;
            let mut out = StateWriter::default();
            out.wide(number);
            let bytes = out.into_bytes();
            prop_assert!(bytes.len() <= (128 - shift) as usize / 7 + 1, "{} bytes", bytes.len());
            let mut from = StateReader::over(&bytes);
            prop_assert_eq!((from.wide(), from.is_empty()), (Some(number), true));
        }

        /// Whatever two lists are: what was written of the one, and the other, make the one.
        #[test]
        fn lists_come_back(now in prop::collection::vec(0u32..3, 0..600), before in prop::collection::vec(0u32..3, 0..600)) {
            let (now, before) = (list_of(&now), list_of(&before));
            let mut out = StateWriter::default();
            out.changes(&now, &before, |out, item, since| out.small_since(*item, since.copied().unwrap_or(0)));
            let bytes = out.into_bytes();
            let mut from = StateReader::over(&bytes);
            let read = from.changes(&before, |from, since| from.small_since(since.copied().unwrap_or(0)));
            prop_assert_eq!((read.as_ref(), from.is_empty()), (Some(&now), true));
        }

        #[test]
        fn lists_that_grow_come_back(items in prop::collection::vec(any::<u32>(), 0..600), places in any::<[usize; 2]>()) {
            let [first, second] = places.map(|place| place % (items.len() + 1));
            let (now, before) = (list_of(&items[..first]), list_of(&items[..second]));
            let mut out = StateWriter::default();
            out.added(&now, &before, |out, item| out.number((*item).into()));
            let bytes = out.into_bytes();
            let mut from = StateReader::over(&bytes);
            let read = from.added(&before, StateReader::small);
            prop_assert_eq!((read.as_ref(), from.is_empty()), (Some(&now), true));
        }
    }

    #[test]
    fn a_list_that_ends_in_another_item_is_no_part() {
        let (now, before) = (list_of(&[1, 2, 9]), list_of(&[1, 5]));
        let mut out = StateWriter::default();
        out.added(&now, &before, |out, item| out.number((*item).into()));
        let bytes = out.into_bytes();
        assert_eq!(bytes, [0, 3, 1, 2, 9]);
        assert_eq!(StateReader::over(&bytes).added(&before, StateReader::small), Some(now));
    }

    #[test]
    fn a_number_of_more_than_128_bits_is_none() {
        let mut bytes = [0xff; 19];
        bytes[18] = 3;
        assert_eq!(StateReader::over(&bytes).wide(), Some(i128::MIN));
        bytes[18] = 4;
        assert_eq!(StateReader::over(&bytes).wide(), None);
        assert_eq!(StateReader::over(&[0xff; 20]).wide(), None);
    }

    #[test]
    fn an_instant_before_all_times_is_none() {
        let mut out = StateWriter::default();
        out.signed(-1);
        let bytes = out.into_bytes();
        assert_eq!(StateReader::over(&bytes).time_since(Timestamp::MIN), None);
    }
}
