//! The blocks of a history: those that are in memory, and those that have to be fetched.

use super::{
    super::{Block, BlockError, BlockHeader, Clock, Codec, Position, Rank, StreamId, block::Mark},
    History, PAGE_EVENTS,
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeSet, VecDeque},
};

/// How many of the blocks that were let go of last are known, and how many of them have to come again for more room.
const GONE_MAX: u32 = 64;
/// The most blocks that one look asks for ahead.
const WANTED_AHEAD_MAX: usize = 8;

/// A block of a log: what it says of itself, what it takes to decode any of its pages, and its bytes where they are in
/// memory.
#[derive(Debug)]
pub struct KeptBlock {
    header: BlockHeader,
    size: usize,
    index: BlockIndex,
    block: Option<Block>,
}

/// What it takes to decode any page of a block, and not those before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BlockIndex {
    /// What stands for each of its streams.
    pub(super) slots: Box<[StreamId]>,
    /// Where each page begins.
    pub(super) marks: Box<[Mark]>,
}

/// Which blocks were asked for and are not here, by the positions of their first events.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    firsts: RefCell<BTreeSet<Position>>,
    misses: Cell<u64>,
}

/// Which blocks are here, and how many bytes of them may be.
#[derive(Debug)]
pub(super) struct Room {
    /// The positions of their first events, in the order in which they came.
    firsts: VecDeque<Position>,
    bytes: usize,
    bytes_max: usize,
    /// How many need all of them to stay.
    holders: u32,
    /// Those that were let go of last.
    gone: VecDeque<Position>,
    /// How many of these have come again since there was more room.
    again: u32,
}

impl Default for Room {
    fn default() -> Self {
        let (firsts, gone) = (VecDeque::new(), VecDeque::new());
        Self { firsts, bytes: 0, bytes_max: usize::MAX, holders: 0, gone, again: 0 }
    }
}

impl KeptBlock {
    pub(super) fn new(block: Block, index: BlockIndex) -> Self {
        Self { header: block.header().clone(), size: block.bytes().len(), index, block: Some(block) }
    }

    pub(super) fn away(header: BlockHeader, size: usize, index: BlockIndex) -> Self {
        Self { header, size, index, block: None }
    }

    /// What it says of itself.
    pub fn header(&self) -> &BlockHeader {
        &self.header
    }

    /// How many bytes it has where it is stored.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether its bytes are in memory.
    pub fn is_here(&self) -> bool {
        self.block.is_some()
    }

    pub(super) fn index(&self) -> &BlockIndex {
        &self.index
    }
}

impl<C: Codec> History<C> {
    /// All blocks of the log, in memory or not.
    pub fn blocks(&self) -> &[KeptBlock] {
        &self.blocks
    }

    /// The block at a place among all blocks, as it is stored. `None` where there is none, or it is not here: then it is
    /// noted as wanted.
    pub fn block(&self, place: usize) -> Option<&Block> {
        let kept = self.blocks.get(place)?;
        if kept.block.is_none() {
            self.want(kept);
        }
        kept.block.as_ref()
    }

    /// All blocks, as they are stored; those that are not here are left out and noted as wanted.
    pub fn blocks_here(&self) -> impl Iterator<Item = &Block> {
        (0..self.blocks.len()).filter_map(|place| self.block(place))
    }

    /// Lets go of all blocks: they are fetched again when they are asked for. For a history whose log keeps them.
    pub fn forget_blocks(&mut self) {
        for kept in &mut self.blocks {
            kept.block = None;
        }
        (self.room.bytes, self.room.firsts) = (0, VecDeque::new());
    }

    /// From now on lets go of the blocks that came first, while all have more bytes than this together: they are fetched
    /// again when they are asked for. For a history whose log keeps them. The last one to come always stays.
    ///
    /// Where blocks come again and again that were just let go of, the bound gives way: the orders of the log cross, and
    /// time would be paid for memory without end.
    pub fn keep_blocks_up_to(&mut self, bytes_max: usize) {
        self.room.bytes_max = bytes_max;
        self.make_room();
    }

    /// Keeps all blocks that come, until [`History::release_blocks`] is called as often.
    pub fn hold_blocks(&mut self) {
        self.room.holders += 1;
    }

    /// The end of what [`History::hold_blocks`] began.
    pub fn release_blocks(&mut self) {
        self.room.holders = self.room.holders.saturating_sub(1);
        self.make_room();
    }

    /// How many bytes of blocks are in memory.
    pub fn block_bytes(&self) -> usize {
        self.room.bytes
    }

    /// Notes that a block is here now.
    pub(super) fn came(&mut self, first: Position, size: usize) {
        if self.room.gone.contains(&first) {
            self.room.again += 1;
        }
        if self.room.again >= GONE_MAX {
            self.room.bytes_max = self.room.bytes_max.saturating_mul(2);
            self.room.again = 0;
        }
        self.room.firsts.push_back(first);
        self.room.bytes = self.room.bytes.saturating_add(size);
        self.make_room();
    }

    fn make_room(&mut self) {
        let Room { firsts, bytes, bytes_max, holders, gone, .. } = &mut self.room;
        while *bytes > *bytes_max && *holders == 0 && firsts.len() > 1 {
            let Some(first) = firsts.pop_front() else { return };
            // One that was merged into another is not there any more.
            let place = self.blocks.binary_search_by_key(&first, |kept| kept.header.first);
            let kept = place.ok().and_then(|place| self.blocks.get_mut(place));
            // It may have come again since.
            if let Some(kept) = kept.filter(|kept| kept.is_here() && !firsts.contains(&kept.header.first)) {
                kept.block = None;
                *bytes = bytes.saturating_sub(kept.size);
                gone.push_back(first);
                if gone.len() > GONE_MAX as usize {
                    gone.pop_front();
                }
            }
        }
    }

    /// Asks for the next few blocks from a place on that are wanted and not here; returns the place behind them, and `None`
    /// where there are none from there on.
    pub fn want_from(&self, place: usize, is_wanted: impl Fn(&BlockHeader) -> bool) -> Option<usize> {
        let blocks = self.blocks.iter().enumerate().skip(place);
        let absent = blocks.filter(|(_, kept)| !kept.is_here() && is_wanted(&kept.header));
        let mut behind = None;
        for (place, kept) in absent.take(WANTED_AHEAD_MAX) {
            self.want(kept);
            behind = Some(place + 1);
        }
        behind
    }

    /// How often something was asked for that is not here. Where it rises during a look, what was seen does not count.
    pub fn misses(&self) -> u64 {
        self.wanted.misses.get()
    }

    /// The blocks that are wanted, in runs of neighbours: the position of the first event of each run, and how many blocks
    /// it has. From now on none is wanted.
    pub fn take_wanted(&self) -> Vec<(Position, u32)> {
        let mut runs: Vec<(Position, u32)> = Vec::new();
        let mut behind = None;
        for first in self.wanted.firsts.take() {
            let place = self.place_of_block(first);
            match runs.last_mut().filter(|_| behind == Some(place)) {
                Some((_, count)) => *count += 1,
                None => runs.push((first, 1)),
            }
            behind = Some(place + 1);
        }
        runs
    }

    fn want(&self, kept: &KeptBlock) {
        self.wanted.misses.set(self.wanted.misses.get().wrapping_add(1));
        self.wanted.firsts.borrow_mut().insert(kept.header.first);
    }

    pub(super) fn has_block_of(&self, position: Position) -> bool {
        self.blocks.get(self.place_of_block(position)).is_some_and(KeptBlock::is_here)
    }

    /// Asks for the blocks of the events after a rank, so that a walk over several is fetched at once.
    pub(super) fn want_ranks(&self, clock: Clock, after: Rank, up_to: Rank) {
        let timeline = self.timeline(clock);
        let (mut last, mut wanted) = (usize::MAX, 0);
        for rank in after.get()..up_to.get() {
            let Some(position) = timeline.position_at(Rank::new(rank.saturating_add(1))) else { return };
            if self.blocks.get(last).is_some_and(|kept| (kept.header.first..=kept.header.last()).contains(&position)) {
                continue;
            }
            last = self.place_of_block(position);
            if let Some(kept) = self.blocks.get(last).filter(|kept| !kept.is_here()) {
                self.want(kept);
                wanted += 1;
            }
            if wanted == WANTED_AHEAD_MAX {
                return;
            }
        }
    }

    /// Takes a block that was wanted, as it is stored now: others may have been merged into it.
    ///
    /// # Errors
    /// [`BlockError`] where it is not of this history or cannot be read; nothing is changed then.
    pub fn arrive(&mut self, block: Block) -> Result<(), BlockError> {
        let header = block.header();
        let place = self.place_of_block(header.first);
        let kept = self.blocks.get_mut(place);
        let Some(kept) = kept else {
            return Err(BlockError::OutOfPlace { expected: self.head().next(), found: header.first });
        };
        if kept.header == *header {
            let (first, size) = (header.first, kept.size);
            // What it holds was read when the index was made of it, and its checksum is right.
            if kept.block.replace(block).is_none() {
                self.came(first, size);
            }
            return Ok(());
        }
        let at = header.first;
        if self.adopt(block) { Ok(()) } else { Err(BlockError::BrokenChain { at }) }
    }

    /// Takes a block in which others were merged, in their place. Returns `false`, with nothing changed, where it does
    /// not hold exactly the events of some of the blocks.
    pub fn adopt(&mut self, merged: Block) -> bool {
        let header = merged.header();
        let start = self.blocks.binary_search_by_key(&header.first, |block| block.header.first);
        let last = self.blocks.binary_search_by_key(&header.last(), |block| block.header.last());
        let (Ok(start), Ok(last)) = (start, last) else { return false };
        let chain = |index: usize| self.blocks.get(index).map(KeptBlock::header);
        let before = chain(start).map(|header| header.chain_before);
        let after = chain(last).map(|header| header.chain_after);
        if before != Some(header.chain_before) || after != Some(header.chain_after) {
            return false;
        }
        let Ok(index) = self.index(&merged) else { return false };
        // What is decoded lies in the pages of the parts.
        let pages = self.pages.get_mut();
        for part in self.blocks.get(start..=last).unwrap_or_default() {
            let (first, last) = (part.header.first.get(), part.header.last().get());
            (first..=last).step_by(PAGE_EVENTS as usize).for_each(|first| pages.forget(Position::new(first)));
        }
        let merged = KeptBlock::new(merged, index);
        let (first, size) = (merged.header.first, merged.size);
        let parts = self.blocks.splice(start..=last, [merged]);
        let gone: usize = parts.filter(KeptBlock::is_here).map(|part| part.size).sum();
        self.room.bytes = self.room.bytes.saturating_sub(gone);
        self.came(first, size);
        true
    }

    /// Reads a block again, and compares it with what is known of its events; `None` where it is not here.
    pub fn check_block(&self, place: usize) -> Option<bool> {
        let (block, known) = (self.block(place)?, self.blocks.get(place)?.index());
        let is_same = || {
            if self.index(block)? != *known {
                return Ok(false);
            }
            let mut reader = block.read()?;
            while let Some(event) = reader.next_event()? {
                let position = event.position;
                let stream = known.slots.get(event.stream_slot).and_then(|id| self.stream(*id));
                let is_known = self.recorded.time_of(position) == Some(event.recorded_at)
                    && self.occurred.time_of(position) == Some(event.occurred_at)
                    && stream.is_some_and(|stream| stream.version_at(position) == event.version);
                if !is_known {
                    return Ok(false);
                }
            }
            Ok::<_, BlockError>(true)
        };
        Some(is_same().unwrap_or(false))
    }

    /// The index of a block whose streams are all known.
    fn index(&self, block: &Block) -> Result<BlockIndex, BlockError> {
        let mut reader = block.read()?;
        let slots = reader.streams().map(|(name, _)| self.ids.get(name).copied().unwrap_or_default()).collect();
        let mut marks = Vec::new();
        for index in 0.. {
            let mark = reader.mark();
            if reader.next_event()?.is_none() {
                break;
            }
            if index % PAGE_EVENTS == 0 {
                marks.push(mark);
            }
        }
        Ok(BlockIndex { slots, marks: marks.into() })
    }
}
