//! Whole numbers in few bytes: the times of all events, the balances of an account.

/// Numbers that are packed together.
const CHUNK: usize = 1024;

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
    /// In two bytes each.
    Near { least: i64, unit: i64, steps: Box<[u16]> },
    /// In four bytes each.
    Far { least: i64, unit: i64, steps: Box<[u32]> },
    /// Those that are too far apart.
    Whole(Box<[i64]>),
}

impl PackedColumn {
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

    /// Adds a number at the end.
    pub fn push(&mut self, number: i64) {
        self.open.push(number);
        if self.open.len() == CHUNK {
            self.packed.push(Packed::of(&self.open));
            self.open.clear();
        }
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
            Self::Near { least, unit, steps } => Some(above(least, unit, i64::from(*steps.get(index)?))),
            Self::Far { least, unit, steps } => Some(above(least, unit, i64::from(*steps.get(index)?))),
            Self::Whole(numbers) => numbers.get(index).copied(),
        }
    }
}

fn even(numbers: &[i64]) -> Option<Packed> {
    let first = *numbers.first()?;
    let step = numbers.get(1)?.checked_sub(first)?;
    let follows = |pair: &[i64]| matches!(pair, [one, next] if one.checked_add(step) == Some(*next));
    numbers.windows(2).all(follows).then_some(Packed::Even { first, step })
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
    let near = steps.iter().map(|step| u16::try_from(*step).ok()).collect::<Option<Box<[u16]>>>();
    Some(match near {
        Some(steps) => Packed::Near { least, unit, steps },
        None => Packed::Far { least, unit, steps },
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
        fn every_number_comes_back(numbers in some_numbers(), odd in prop::collection::vec((0usize..3 * CHUNK, any::<i64>()), 0..3)) {
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
                if is_sorted {
                    for sought in all.iter().step_by(97) {
                        prop_assert_eq!(column.partition_point(|number| number < *sought), all.partition_point(|number| number < sought));
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_that_lie_together_take_few_bytes() {
        let packed = |numbers: &mut dyn Iterator<Item = i64>| Packed::of(&numbers.take(CHUNK).collect::<Vec<_>>());
        assert!(matches!(packed(&mut (0..).map(|index| 7 - index * 3)), Packed::Even { .. }), "evenly spaced");
        let wobble = |index: i64| index * index % 7;
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
