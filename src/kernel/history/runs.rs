//! The index of a history, kept outside of the memory in runs of events: all that is known of them without their blocks.
//!
//! # What a run is written as
//!
//! Numbers and texts as in a checkpoint; a column as [`PackedColumn::write`] writes it.
//!
//! | what | |
//! |---|---|
//! | streams | how many begin in the run, and their names, in the order of their first events |
//! | three columns | of each event when it was recorded, how long before that it occurred, and which stream it is of |
//! | blocks | how many end in the run, and of each: count, earliest and latest `occurred_at`, first and last `recorded_at`, the chain's hash after it, how many bytes it has; how many streams it has and which; how many pages, and where each begins in its four columns |
//! | unreadable | how many events of ours cannot be read, and of each its position and why |

use super::{
    super::{
        BlockHeader, ChainHash, Codec, PackedColumn, Position, StateReader, StateWriter, StreamId, StreamName, Tail,
        Timeline, Timestamp, block::Mark,
    },
    History, PAGE_EVENTS, StreamEntry,
    kept::{BlockIndex, KeptBlock},
};

impl<C: Codec> History<C> {
    /// Writes the index of the events behind `from`, up to `to`. A log is written run by run, from one position to the next;
    /// `from` is a multiple of [`PackedColumn::CHUNK`].
    pub fn write_run(&self, from: Position, to: Position, out: &mut StateWriter) {
        let (from, to) = (from.as_usize(), to.min(self.head()).as_usize());
        let is_within = |position: Position| (from + 1..=to).contains(&position.as_usize());
        let begins_before =
            |entry: &StreamEntry, end: usize| entry.positions.first().is_some_and(|first| first.as_usize() <= end);
        let first = self.streams.partition_point(|entry| begins_before(entry, from));
        let end = self.streams.partition_point(|entry| begins_before(entry, to));
        let names = self.streams.get(first..end).unwrap_or_default();
        out.number(names.len() as u64);
        for entry in names {
            out.text(entry.name.as_str());
        }
        self.recorded.write(from, to, out);
        self.lags(from, to).write(0, to.saturating_sub(from), out);
        let streams = self.streams_of(from, to);
        streams.write(0, streams.len(), out);
        let blocks = self.blocks.iter().filter(|kept| is_within(kept.header().last()));
        out.number(blocks.clone().count() as u64);
        blocks.for_each(|kept| write_block(kept, out));
        let unreadable = self.unreadable.iter().filter(|(position, _)| is_within(*position));
        out.number(unreadable.clone().count() as u64);
        for (position, why) in unreadable {
            out.number(position.get().into());
            out.text(why);
        }
    }

    /// How long each event had occurred when it was recorded. Mostly that is the same for all, and takes no room.
    fn lags(&self, from: usize, to: usize) -> PackedColumn {
        let mut lags = PackedColumn::default();
        for number in from + 1..=to {
            let position = Position::new(u32::try_from(number).unwrap_or(u32::MAX));
            let micros = |timeline: &Timeline| timeline.time_of(position).map_or(0, Timestamp::as_micros);
            // Timestamps have bounds far within those of an `i64`, and so have their differences.
            lags.push(micros(&self.recorded) - micros(&self.occurred));
        }
        lags
    }

    /// Which stream each event is of.
    fn streams_of(&self, from: usize, to: usize) -> PackedColumn {
        let mut ids = vec![0u32; to.saturating_sub(from)];
        for (id, entry) in self.streams() {
            let start = entry.positions.partition_point(|position| position.as_usize() <= from);
            for position in entry.positions.iter().skip(start).take_while(|position| position.as_usize() <= to) {
                if let Some(slot) = position.index().and_then(|index| ids.get_mut(index.checked_sub(from)?)) {
                    *slot = id.get();
                }
            }
        }
        let mut column = PackedColumn::default();
        for id in ids {
            column.push(id.into());
        }
        column
    }

    /// Adds what [`History::write_run`] has written of the run that follows; `None` where that cannot be: then this is of
    /// no use any more. Whether the last one was read to its end, and fits the log, is the caller's to see.
    pub fn read_run(&mut self, from: &mut StateReader<'_>) -> Option<()> {
        let before = self.recorded.len();
        for _ in 0..from.count()? {
            if !self.begin_stream(StreamName::parse(from.text()?).ok()?) {
                return None;
            }
        }
        self.recorded.read(from)?;
        let mut lags = PackedColumn::default();
        lags.read(from)?;
        self.occurred.extend_behind(&self.recorded, &lags)?;
        let mut streams = PackedColumn::default();
        streams.read(from)?;
        let count = self.recorded.len().as_usize() - before.as_usize();
        let same = self.occurred.len() == self.recorded.len() && streams.len() == count;
        if !same || count == 0 || !self.recorded.is_as_recorded() {
            return None;
        }
        let ids = (0..count).map(|index| u32::try_from(streams.get(index)?).ok().map(StreamId::new));
        let ids = ids.collect::<Option<Vec<StreamId>>>()?;
        let mut is_touched = vec![false; self.streams.len()];
        for id in &ids {
            *is_touched.get_mut(id.index()?)? = true;
        }
        let touched: Vec<StreamId> =
            self.streams().zip(is_touched).filter(|(_, touched)| *touched).map(|((id, _), _)| id).collect();
        self.add_to_streams(&touched, Position::new(before.next().get()), ids.into_iter());
        for _ in 0..from.count()? {
            let kept = self.read_block(from)?;
            self.blocks.push(kept);
        }
        for _ in 0..from.count()? {
            self.unreadable.push((Position::new(from.small()?), from.text()?.to_owned()));
        }
        Some(())
    }

    /// Whether its blocks hold just the events that it knows of: it was read to the end of the log that it was made of.
    pub fn is_complete(&self) -> bool {
        self.head().get() == self.recorded.len().get()
    }

    fn read_block(&self, from: &mut StateReader<'_>) -> Option<KeptBlock> {
        let Tail { position, chain } = self.tail();
        let count = from.small().filter(|count| *count > 0)?;
        let first = position.next();
        first.get().checked_add(count)?;
        let (occurred, recorded) = ((from.time()?, from.time()?), (from.time()?, from.time()?));
        let chain_after = ChainHash::from_bytes(from.bytes(32)?.try_into().ok()?);
        let header = BlockHeader { count, first, occurred, recorded, chain_before: chain, chain_after };
        let size = usize::try_from(from.number()?).ok()?;
        let slots = (0..from.count()?).map(|_| from.small().map(StreamId::new)).collect::<Option<_>>()?;
        let marks = (0..from.count()?).map(|_| {
            let bytes_left = [from.small()?, from.small()?, from.small()?, from.small()?];
            Some(Mark::of(bytes_left))
        });
        let marks = marks.collect::<Option<Box<[Mark]>>>()?;
        let is_whole = marks.len() == count.div_ceil(PAGE_EVENTS) as usize;
        is_whole.then(|| KeptBlock::away(header, size, BlockIndex { slots, marks }))
    }
}

fn write_block(kept: &KeptBlock, out: &mut StateWriter) {
    let (header, index) = (kept.header(), kept.index());
    out.number(header.count.into());
    for time in [header.occurred.0, header.occurred.1, header.recorded.0, header.recorded.1] {
        out.time(time);
    }
    out.bytes(header.chain_after.as_bytes());
    out.number(kept.size() as u64);
    out.number(index.slots.len() as u64);
    index.slots.iter().for_each(|id| out.number(id.get().into()));
    out.number(index.marks.len() as u64);
    for mark in &index.marks {
        mark.bytes_left().into_iter().for_each(|bytes| out.number(bytes.into()));
    }
}
