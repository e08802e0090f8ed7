//! Whole numbers in few bytes: the times of all events, the balances of an account.

use super::{StateReader, StateWriter};

const CHUNK: usize = PackedColumn::CHUNK;

/// A list of numbers that grows without being moved. Those that lie near each other take few bytes.
///
/// Events that were recorded together lie near each other in time, few clocks tell microseconds apart, and a balance is
/// not far from the one before: what a chunk has in common, its least number and its unit, is kept once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedColumn {
    packed: Vec<Packed>,
    /// The last ones, fewer than a chunk.
    open: Vec<i64>,
}

/// A whole chunk: how many units each number is above the least.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Packed {
    /// Each is as far above the one before.
    Even { first: i64, step: i64 },
    /// In one byte each.
    Close { least: i64, unit: i64, steps: Box<[u8]> },
    /// In two bytes each.
    Near { least: i64, unit: i64, steps: Box<[u16]> },
    /// In four bytes each.
    Far { least: i64, unit: i64, steps: Box<[u32]> },
    /// Those that are too far apart.
    Whole(Box<[i64]>),
}

impl PackedColumn {
    /// How many numbers are packed together.
    pub const CHUNK: usize = 1024;

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.packed.len() * CHUNK + self.open.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at an index; `None` beyond the end.
    pub fn get(&self, index: usize) -> Option<i64> {
        match self.packed.get(index / CHUNK) {
            Some(packed) => packed.get(index % CHUNK),
            None => self.open.get(index.checked_sub(self.packed.len() * CHUNK)?).copied(),
        }
    }

    /// Appends the numbers behind the first `from`, up to the first `to`, to a list: a run of them costs less than one by one.
    pub fn copy(&self, from: usize, to: usize, list: &mut Vec<i64>) {
        let to = to.min(self.len());
        let mut next = from;
        while next < to {
            let (chunk, start) = (next / CHUNK, next % CHUNK);
            let end = to.min((chunk + 1) * CHUNK) - chunk * CHUNK;
            match self.packed.get(chunk) {
                Some(packed) => packed.copy(start, end, list),
                None => list.extend_from_slice(self.open.get(start..end).unwrap_or_default()),
            }
            next = chunk * CHUNK + end;
        }
    }

    /// Adds a number at the end.
    pub fn push(&mut self, number: i64) {
        self.open.push(number);
        if self.open.len() == CHUNK {
            self.packed.push(Packed::of(&self.open));
            self.open.clear();
        }
    }

    /// Writes the numbers behind the first `from`, up to the first `to`; `from` is a multiple of [`PackedColumn::CHUNK`].
    ///
    /// First how many they are, and then chunk by chunk a number and what it says:
    ///
    /// - 0: the first, and by how much each is above the one before.
    /// - 1 and 2: the least, the unit, and for each in so many bytes how many units it is above the least.
    /// - 3: the least, the unit, and for each how many units it is above zero, but for what the least has above whole ones.
    /// - 4: the least, the unit, and for each how many units it is above the one before; the first, above the least.
    /// - 8: the first, and for each how much it is above the one before; the sum turns around at the end of its 64 bits.
    pub fn write(&self, from: usize, to: usize, out: &mut StateWriter) {
        let to = to.min(self.len());
        out.number(to.saturating_sub(from) as u64);
        for start in (from..to).step_by(CHUNK) {
            match self.packed.get(start / CHUNK).filter(|_| start.is_multiple_of(CHUNK) && to - start >= CHUNK) {
                Some(packed) => packed.write(out),
                None => {
                    let end = to.min(start + CHUNK);
                    let numbers: Vec<i64> = (start..end).filter_map(|index| self.get(index)).collect();
                    Packed::of(&numbers).write(out);
                }
            }
        }
    }

    /// Adds what [`PackedColumn::write`] has written; `None` where that cannot be read.
    pub fn read(&mut self, from: &mut StateReader<'_>) -> Option<()> {
        let mut left = usize::try_from(from.number()?).ok()?;
        while left > 0 {
            let count = left.min(CHUNK);
            let packed = Packed::read(count, from)?;
            if count == CHUNK && self.open.is_empty() {
                self.packed.push(packed);
            } else {
                (0..count).filter_map(|index| packed.get(index)).for_each(|number| self.push(number));
            }
            left -= count;
        }
        Some(())
    }

    /// How many numbers lie before the first for which `is_before` is false, where all that satisfy it come first.
    pub fn partition_point(&self, is_before: impl Fn(i64) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle).is_some_and(&is_before) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

impl Packed {
    fn of(numbers: &[i64]) -> Self {
        // The largest unit that they are whole numbers of.
        let steps = || [1_000_000, 1_000, 1].into_iter().find_map(|unit| steps(numbers, unit));
        even(numbers).or_else(steps).unwrap_or_else(|| Self::Whole(numbers.into()))
    }

    fn get(&self, index: usize) -> Option<i64> {
        let above = |least: &i64, unit: &i64, steps: i64| least.wrapping_add(unit.wrapping_mul(steps));
        match self {
            Self::Even { first, step } => Some(above(first, step, i64::try_from(index).ok()?)),
            Self::Close { least, unit, steps } => Some(above(least, unit, i64::from(*steps.get(index)?))),
            Self::Near { least, unit, steps } => Some(above(least, unit, i64::from(*steps.get(index)?))),
            Self::Far { least, unit, steps } => Some(above(least, unit, i64::from(*steps.get(index)?))),
            Self::Whole(numbers) => numbers.get(index).copied(),
        }
    }
}

impl Packed {
    /// Appends those from `start` to before `end` to a list.
    fn copy(&self, start: usize, end: usize, list: &mut Vec<i64>) {
        fn above<T: Copy + Into<i64>>(least: i64, unit: i64, steps: Option<&[T]>, list: &mut Vec<i64>) {
            let steps = steps.unwrap_or_default().iter();
            list.extend(steps.map(|step| least.wrapping_add(unit.wrapping_mul((*step).into()))));
        }
        match self {
            Self::Even { .. } => list.extend((start..end).filter_map(|index| self.get(index))),
            Self::Close { least, unit, steps } => above(*least, *unit, steps.get(start..end), list),
            Self::Near { least, unit, steps } => above(*least, *unit, steps.get(start..end), list),
            Self::Far { least, unit, steps } => above(*least, *unit, steps.get(start..end), list),
            Self::Whole(numbers) => list.extend_from_slice(numbers.get(start..end).unwrap_or_default()),
        }
    }

    fn write(&self, out: &mut StateWriter) {
        let mut head = |kind: u64, first: i64, second: i64| {
            out.number(kind);
            out.signed(first);
            out.signed(second);
        };
        match self {
            Self::Even { first, step } => head(0, *first, *step),
            Self::Close { least, unit, steps } => {
                head(1, *least, *unit);
                out.bytes(steps);
            }
            Self::Near { least, unit, steps } => {
                head(2, *least, *unit);
                steps.iter().for_each(|step| out.bytes(&step.to_le_bytes()));
            }
            Self::Far { least, unit, steps } => {
                let from_zero = least.div_euclid(*unit);
                let (mut above_zero, mut above_last) = (StateWriter::default(), StateWriter::default());
                let mut last = 0;
                for step in steps {
                    let step = i64::from(*step);
                    above_zero.signed(from_zero.saturating_add(step));
                    above_last.signed(step - last);
                    last = step;
                }
                let (above_zero, above_last) = (above_zero.into_bytes(), above_last.into_bytes());
                let (kind, shorter) =
                    if above_zero.len() < above_last.len() { (3, above_zero) } else { (4, above_last) };
                head(kind, *least, *unit);
                out.bytes(&shorter);
            }
            Self::Whole(numbers) => {
                let first = numbers.first().copied().unwrap_or_default();
                head(8, first, 0);
                let mut last = first;
                for number in numbers {
                    out.signed(number.wrapping_sub(last));
                    last = *number;
                }
            }
        }
    }

    fn read(count: usize, from: &mut StateReader<'_>) -> Option<Self> {
        let (kind, first, second) = (from.number()?, from.signed()?, from.signed()?);
        Some(match kind {
            0 => Self::Even { first, step: second },
            1 => Self::Close { least: first, unit: second, steps: from.bytes(count)?.into() },
            2 => {
                let (steps, _) = from.bytes(count.checked_mul(2)?)?.as_chunks();
                let steps = steps.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
                Self::Near { least: first, unit: second, steps }
            }
            3 | 4 => {
                let mut last = if kind == 3 { first.checked_div_euclid(second)?.checked_neg()? } else { 0 };
                let steps = (0..count).map(|_| {
                    let step = last.checked_add(from.signed()?)?;
                    if kind == 4 {
                        last = step;
                    }
                    u32::try_from(step).ok()
                });
                Self::Far { least: first, unit: second, steps: steps.collect::<Option<_>>()? }
            }
            8 => {
                let mut last = first;
                let numbers = (0..count).map(|_| {
                    last = last.wrapping_add(from.signed()?);
                    Some(last)
                });
                Self::Whole(numbers.collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }
}

fn even(numbers: &[i64]) -> Option<Packed> {
    let first = *numbers.first()?;
    let step = numbers.get(1).unwrap_or(&first).checked_sub(first)?;
    let follows = |pair: &[i64]| matches!(pair, [one, next] if one.checked_add(step) == Some(*next));
    numbers.windows(2).all(follows).then_some(Packed::Even { first, step })
}

fn narrow<T: TryFrom<u32>>(steps: &[u32]) -> Option<Box<[T]>> {
    steps.iter().map(|step| T::try_from(*step).ok()).collect()
}

/// The numbers in steps of a unit; `None` where that cannot tell all of them.
fn steps(numbers: &[i64], unit: i64) -> Option<Packed> {
    let (least, most) = (*numbers.iter().min()?, *numbers.iter().max()?);
    u32::try_from(most.checked_sub(least)? / unit).ok()?;
    let step = |number: &i64| {
        let above = number - least;
        u32::try_from(above / unit).ok().filter(|step| i64::from(*step) * unit == above)
    };
    let steps = numbers.iter().map(step).collect::<Option<Box<[u32]>>>()?;
    Some(match (narrow(&steps), narrow(&steps)) {
        (Some(steps), _) => Packed::Close { least, unit, steps },
        (None, Some(steps)) => Packed::Near { least, unit, steps },
        (None, None) => Packed::Far { least, unit, steps },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers of a chunk's length and some more, in one unit within some reach, by chance or evenly.
    fn some_numbers() -> impl Strategy<Value = Vec<i64>> {
        let unit = prop_oneof![Just(1i64), Just(1_000), Just(1_000_000)];
        let reach = prop_oneof![Just(0i64), Just(5_000), Just(1 << 33), Just(i64::MAX / 2_000_000)];
        let by_chance = (unit, reach, -1_000_000i64..1_000_000).prop_flat_map(|(unit, reach, start)| {
            prop::collection::vec((-reach..=reach).prop_map(move |step| start + step * unit), 0..3 * CHUNK)
        });
        let evenly = (0i64..3_072, -1_000i64..1_000, any::<i32>())
            .prop_map(|(count, step, start)| (0..count).map(|index| i64::from(start) + index * step).collect());
        prop_oneof![3 => by_chance, 1 => evenly]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_number_comes_back(
            numbers in some_numbers(),
            odd in prop::collection::vec((0usize..3 * CHUNK, any::<i64>()), 0..3),
            places in any::<[prop::sample::Index; 2]>(),
        ) {
            let mut all = numbers;
            for (index, number) in odd {
                if let Some(slot) = all.get_mut(index) {
                    *slot = number;
                }
            }
            for is_sorted in [false, true] {
                if is_sorted {
                    all.sort_unstable();
                }
                let mut column = PackedColumn::default();
                for number in &all {
                    column.push(*number);
                }
                prop_assert_eq!((column.len(), column.is_empty()), (all.len(), all.is_empty()));
                let found: Vec<i64> = (0..=all.len()).filter_map(|index| column.get(index)).collect();
                prop_assert_eq!(&found, &all);
                let [from, to] = places.map(|place| place.index(all.len() + 1));
                let mut copied = vec![7];
                column.copy(from, to, &mut copied);
                prop_assert_eq!(&copied[1..], all.get(from..to).unwrap_or_default());
                if is_sorted {
                    for sought in all.iter().step_by(97) {
                        prop_assert_eq!(column.partition_point(|number| number < *sought), all.partition_point(|number| number < sought));
                    }
                }
            }
        }
    }

    fn column_of(numbers: &[i64]) -> PackedColumn {
        let mut column = PackedColumn::default();
        for number in numbers {
            column.push(*number);
        }
        column
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_written_in_parts_is_read_as_the_whole(
            numbers in some_numbers(),
            odd in prop::collection::vec((0usize..3 * CHUNK, any::<i64>()), 0..3),
            cut in 0usize..4,
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let mut numbers = numbers;
            for (index, number) in odd {
                if let Some(slot) = numbers.get_mut(index) {
                    *slot = number;
                }
            }
            let whole = column_of(&numbers);
            let cut = (cut * CHUNK).min(whole.len() / CHUNK * CHUNK);
            let (mut first, mut rest) = (StateWriter::default(), StateWriter::default());
            whole.write(0, cut, &mut first);
            whole.write(cut, usize::MAX, &mut rest);
            let (first, rest) = (first.into_bytes(), rest.into_bytes());
            let mut read = PackedColumn::default();
            for bytes in [&first, &rest] {
                let mut from = StateReader::over(bytes);
                prop_assert_eq!(read.read(&mut from), Some(()));
                prop_assert!(from.is_empty());
            }
            prop_assert_eq!(&read, &whole);
            // Behind others that fill no chunk, they are the same numbers.
            let mut behind = column_of(&[7; 5]);
            behind.read(&mut StateReader::over(&first)).unwrap();
            behind.read(&mut StateReader::over(&rest)).unwrap();
            let found: Vec<i64> = (5..behind.len()).filter_map(|index| behind.get(index)).collect();
            prop_assert_eq!(&found, &numbers);
            let mut bad = rest;
            for (place, byte) in damage {
                let place = place.index(bad.len());
                bad[place] ^= byte;
            }
            let mut read = PackedColumn::default();
            if read.read(&mut StateReader::over(&bad)).is_some() {
                prop_assert!((0..read.len().min(4 * CHUNK)).all(|index| read.get(index).is_some()));
            }
        }
    }

    #[test]
    fn numbers_that_lie_together_take_few_bytes() {
        let packed = |numbers: &mut dyn Iterator<Item = i64>| Packed::of(&numbers.take(CHUNK).collect::<Vec<_>>());
        assert!(matches!(packed(&mut (0..).map(|index| 7 - index * 3)), Packed::Even { .. }), "evenly spaced");
        let wobble = |index: i64| index * index % 7;
        assert!(matches!(packed(&mut (0..).map(|i| 9 + wobble(i) * 30)), Packed::Close { .. }), "close");
        assert!(matches!(packed(&mut (0..).map(|i| 9 + i * 60 + wobble(i))), Packed::Near { .. }), "near");
        let minutes = |index: i64| (index + wobble(index)) * 60_000_000;
        assert!(
            matches!(packed(&mut (0..).map(minutes)), Packed::Near { unit: 1_000_000, .. }),
            "minutes to the second"
        );
        let micros = |index: i64| (index + wobble(index)) * 1_000_001;
        assert!(matches!(packed(&mut (0..).map(micros)), Packed::Far { unit: 1, .. }), "microseconds in the hour");
        let far = |index: i64| index * index + index * 86_400_000_000;
        assert!(matches!(packed(&mut (0..).map(far)), Packed::Whole(_)), "anything else is kept whole");
    }
}
