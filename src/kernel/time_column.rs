//! The times of all events on one clock, by position.

use super::Timestamp;

/// Times that are packed together.
const CHUNK: usize = 1024;

/// A list of times that grows without being moved, most of them in four bytes.
///
/// Events that were recorded together lie near each other in time, and few clocks tell microseconds apart: what a chunk
/// has in common, its earliest time and its unit, is kept once.
#[derive(Clone, Debug, Default)]
pub(super) struct TimeColumn {
    packed: Vec<Packed>,
    /// The last ones, fewer than a chunk.
    open: Vec<Timestamp>,
}

/// A whole chunk.
#[derive(Clone, Debug)]
enum Packed {
    /// How many units each is later than the earliest.
    Steps { earliest: i64, unit_micros: i64, steps: Box<[u32]> },
    /// Those that are too far apart.
    Whole(Box<[Timestamp]>),
}

impl TimeColumn {
    pub(super) fn len(&self) -> usize {
        self.packed.len() * CHUNK + self.open.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<Timestamp> {
        match self.packed.get(index / CHUNK) {
            Some(packed) => packed.get(index % CHUNK),
            None => self.open.get(index.checked_sub(self.packed.len() * CHUNK)?).copied(),
        }
    }

    pub(super) fn extend(&mut self, times: &[Timestamp]) {
        let mut rest = times;
        while !rest.is_empty() {
            let room = CHUNK - self.open.len();
            let (now, later) = rest.split_at_checked(room).unwrap_or((rest, &[]));
            self.open.extend_from_slice(now);
            rest = later;
            if self.open.len() == CHUNK {
                self.packed.push(Packed::of(&self.open));
                self.open.clear();
            }
        }
    }

    /// How many times lie before the first for which `is_before` is false, where all that satisfy it come first.
    pub(super) fn partition_point(&self, is_before: impl Fn(Timestamp) -> bool) -> usize {
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
    fn of(times: &[Timestamp]) -> Self {
        // The units are constants so that the division by them is a multiplication.
        let steps = || steps::<1>(times).or_else(|| steps::<1_000>(times)).or_else(|| steps::<1_000_000>(times));
        steps().unwrap_or_else(|| Self::Whole(times.into()))
    }

    fn get(&self, index: usize) -> Option<Timestamp> {
        match self {
            Self::Steps { earliest, unit_micros, steps } => {
                let step = i64::from(*steps.get(index)?);
                Some(Timestamp::from_micros(earliest.wrapping_add(unit_micros.wrapping_mul(step))))
            }
            Self::Whole(times) => times.get(index).copied(),
        }
    }
}

/// The times in steps of a unit; `None` where that cannot tell all of them.
fn steps<const UNIT_MICROS: i64>(times: &[Timestamp]) -> Option<Packed> {
    let earliest = times.iter().min()?.as_micros();
    let latest = times.iter().max()?.as_micros();
    u32::try_from(latest.checked_sub(earliest)? / UNIT_MICROS).ok()?;
    let step = |time: &Timestamp| {
        let later = time.as_micros() - earliest;
        u32::try_from(later / UNIT_MICROS).ok().filter(|_| later % UNIT_MICROS == 0)
    };
    let steps = times.iter().map(step).collect::<Option<Box<[u32]>>>()?;
    Some(Packed::Steps { earliest, unit_micros: UNIT_MICROS, steps })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Times of a chunk's length and some more, in one unit within some reach.
    fn some_times() -> impl Strategy<Value = Vec<i64>> {
        let unit = prop_oneof![Just(1i64), Just(1_000), Just(1_000_000)];
        let reach = prop_oneof![Just(0i64), Just(5_000), Just(1 << 33), Just(i64::MAX / 2_000_000)];
        (unit, reach, -1_000_000i64..1_000_000).prop_flat_map(|(unit, reach, start)| {
            prop::collection::vec((-reach..=reach).prop_map(move |step| start + step * unit), 0..3 * CHUNK)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_time_comes_back_to_the_microsecond(times in some_times(), odd in prop::collection::vec((0usize..3 * CHUNK, any::<i64>()), 0..3), parts in 1usize..700) {
            let mut times = times;
            for (index, micros) in odd {
                if let Some(time) = times.get_mut(index) {
                    *time = micros;
                }
            }
            let mut all: Vec<Timestamp> = times.into_iter().map(Timestamp::from_micros).collect();
            for is_sorted in [false, true] {
                if is_sorted {
                    all.sort_unstable();
                }
                let mut column = TimeColumn::default();
                all.chunks(parts).for_each(|part| column.extend(part));
                prop_assert_eq!(column.len(), all.len());
                let found: Vec<Timestamp> = (0..=all.len()).filter_map(|index| column.get(index)).collect();
                prop_assert_eq!(&found, &all);
                if is_sorted {
                    for sought in all.iter().step_by(97) {
                        prop_assert_eq!(column.partition_point(|time| time < *sought), all.partition_point(|time| time < sought));
                    }
                }
            }
        }
    }

    #[test]
    fn times_that_lie_together_have_four_bytes_each() {
        let column = |times: &mut dyn Iterator<Item = i64>| {
            let mut column = TimeColumn::default();
            column.extend(&times.take(CHUNK).map(Timestamp::from_micros).collect::<Vec<_>>());
            matches!(column.packed[..], [Packed::Steps { .. }])
        };
        assert!(column(&mut (0..).map(|micros| 7 + micros * 1_001)), "microseconds within the hour");
        assert!(column(&mut (0..).map(|minutes| 7_777_777 + minutes * 60_000_000)), "minutes");
        assert!(column(&mut (0..).map(|days| 1 + days * Timestamp::MICROS_PER_DAY)), "days");
        assert!(
            !column(&mut (0..).map(|days| days * days + days * Timestamp::MICROS_PER_DAY)),
            "anything else is kept whole"
        );
    }
}
