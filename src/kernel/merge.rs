//! Merging: neighbouring small blocks become one, so that what reading a log costs follows its events and not its
//! commits.

use super::{KeptBlock, SEALED_BYTES, SEALED_EVENTS_MAX};
use std::ops::Range;

/// Which blocks are worth merging.
///
/// A log is merged in two steps, so that an event is written three times at most, whatever the length of the log:
/// `fan_in` small blocks at its end become one of middle size, and those become a sealed block once they fill one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergePolicy {
    /// How many small blocks at the end of the log are left before they are merged; a block with fewer events than this
    /// is small.
    pub fan_in: u32,
    /// How many events a sealed block has at most.
    pub sealed_events: u32,
    /// How many bytes the blocks that make a sealed one have together at most.
    pub sealed_bytes: usize,
}

impl Default for MergePolicy {
    fn default() -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "4,096")]
        Self { fan_in: 64, sealed_events: SEALED_EVENTS_MAX as u32, sealed_bytes: SEALED_BYTES }
    }
}

impl MergePolicy {
    /// The first run of neighbours that is worth merging, of those that begin at block `from` or later.
    ///
    /// Where nothing is worth it any more, a log of *n* events has at most 2 *n* / `sealed_events` blocks, and beside
    /// them `sealed_events` / `fan_in` + `fan_in` at its end, as long as `sealed_bytes` does not end one earlier.
    pub fn run(&self, blocks: &[KeptBlock], from: usize) -> Option<Range<usize>> {
        let mut start = from;
        while start < blocks.len() {
            let group = start..start + self.group(blocks.get(start..)?);
            if group.end == blocks.len() {
                return self.small_at_the_end(blocks, group);
            }
            // Nothing more fits in, so this is what they will stay.
            if group.len() > 1 {
                return Some(group);
            }
            start += group.len().max(1);
        }
        None
    }

    /// How many of the first blocks fit into a sealed one.
    fn group(&self, blocks: &[KeptBlock]) -> usize {
        let (mut events, mut bytes) = (0u32, 0usize);
        let fits = |block: &&KeptBlock| {
            events = events.saturating_add(block.header().count);
            bytes = bytes.saturating_add(block.size());
            events <= self.sealed_events && bytes <= self.sealed_bytes
        };
        blocks.iter().take_while(fits).count()
    }

    fn small_at_the_end(&self, blocks: &[KeptBlock], group: Range<usize>) -> Option<Range<usize>> {
        let small = |block: &&KeptBlock| block.header().count < self.fan_in;
        let count = blocks.get(group.clone())?.iter().rev().take_while(small).count();
        (count >= self.fan_in.max(2) as usize).then_some(group.end - count..group.end)
    }
}
