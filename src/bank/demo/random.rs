//! Chance that is the same everywhere: `SplitMix64`.

/// Guy Steele, Doug Lea and Christine Flood, *Fast splittable pseudorandom number generators* (OOPSLA 2014), with the
/// constants of Sebastiano Vigna's public-domain `splitmix64.c`. Whole numbers only, so that every machine agrees.
#[derive(Clone, Debug)]
pub(super) struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 where the bound is 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        // Lemire's multiply-shift; its bias is under 1 in 2^32 / bound, nothing a ledger would show.
        u32::try_from(((self.next() >> 32) * u64::from(bound)) >> 32).unwrap_or(0)
    }

    /// A number in `low ≤ n < high`, or `low`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u32::try_from(high.saturating_sub(low).max(1)).unwrap_or(u32::MAX);
        low.saturating_add(i64::from(self.below(span)))
    }

    /// A number in `low ≤ n < high` of which small ones come more often than large ones.
    pub(super) fn skewed(&mut self, low: i64, high: i64) -> i64 {
        let upper = self.between(0, high.saturating_sub(low).saturating_add(1));
        self.between(low, low.saturating_add(upper))
    }

    /// True in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of `things`, the first where chance fails; `None` where there are none.
    pub(super) fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let place = self.below(u32::try_from(things.len()).unwrap_or(u32::MAX));
        things.get(usize::try_from(place).unwrap_or(0))
    }

    /// Ten bytes, as a UUID of version 7 takes them.
    pub(super) fn ten_bytes(&mut self) -> [u8; 10] {
        let bytes = (u128::from(self.next()) << 64 | u128::from(self.next())).to_le_bytes();
        bytes.first_chunk().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_the_numbers_of_the_published_program() {
        let mut random = SplitMix64::new(1_234_567);
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
        ];
        assert_eq!([random.next(), random.next(), random.next(), random.next()], published);
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_them() {
        let mut random = SplitMix64::new(7);
        let mut seen = [false; 5];
        for _ in 0..200 {
            seen[random.below(5) as usize] = true;
            assert!((3..9).contains(&random.between(3, 9)));
            assert!((3..9).contains(&random.skewed(3, 9)));
        }
        assert_eq!(seen, [true; 5]);
        assert_eq!((random.below(0), random.between(4, 4), random.pick::<u8>(&[])), (0, 4, None));
    }
}
