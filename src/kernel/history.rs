//! The history: an index of all events, the blocks of the log as far as they are in memory, and what was decoded last.

mod kept;
mod pages;
mod runs;
mod sealer;
mod walk;

pub use kept::KeptBlock;
pub use sealer::{SEALED_BYTES, Sealer};

use super::{
    Block, BlockError, ChainHash, Clock, Codec, Commit, Committed, ConflictError, Decoded, EventView, Fact, Facts,
    Position, Rank, Recorded, RecordedEvent, StreamId, StreamName, Tail, Timeline, Timestamp, Version, Versions,
    block::Mark, timeline::interleave,
};
use kept::{BlockIndex, Room, Wanted};
use pages::{Entry, PAGE_EVENTS, Page, Pages};
use rustc_hash::FxHashMap;
use std::{cell::RefCell, rc::Rc};
use walk::Walk;

/// The most bytes that the texts and the payload of one event may have together: 64 KiB.
pub const EVENT_BYTES_MAX: usize = 64 * 1024;
/// How many events a sealed block holds at most.
pub const SEALED_EVENTS_MAX: usize = 4096;
/// How many runs are kept as whole events for the screen's rows.
const OPENED_MAX: usize = 48;
/// How many events they have together, one run aside.
const OPENED_EVENTS_MAX: usize = 8192;
/// How many events such a run has where one reads on from another.
const OPENED_EVENTS: u32 = 512;
/// How many it has elsewhere: the rows of one of many accounts lie in as many blocks, and are read within a frame.
const OPENED_APART: u32 = 32;
/// The most bytes of decoded facts that are kept.
const DECODED_BYTES_MAX: usize = 32 << 20;

/// A log's events in memory. Blocks are added at the end, whole or not at all.
///
/// Of every event, its times and its place in its stream are kept. What it says is decoded when it is asked for, a page
/// of up to 256 events at a time, and the pages that were read last are kept, up to a bound that does not grow with the
/// log.
///
/// A history that begins from an index that was kept ([`History::read_run`]) has no blocks yet. Where one is needed that
/// is not here, the answer is as if the event were not there, [`History::misses`] rises, and the block is noted as wanted:
/// then the answer does not count. The blocks of [`History::take_wanted`] are fetched, they [arrive](History::arrive), and
/// one looks again.
#[derive(Debug)]
pub struct History<C: Codec> {
    codec: C,
    blocks: Vec<KeptBlock>,
    wanted: Wanted,
    room: Room,
    recorded: Timeline,
    occurred: Timeline,
    streams: Vec<StreamEntry>,
    /// Of each stream, whether the codec reads its events: side by side, since every event that is decoded asks.
    is_read: Vec<bool>,
    ids: FxHashMap<StreamName, StreamId>,
    unreadable: Vec<(Position, String)>,
    pages: RefCell<Pages<C::Event>>,
    opened: RefCell<Vec<Opened>>,
}

/// A run of a block's events, whole and owned.
#[derive(Debug)]
struct Opened {
    first: Position,
    events: Vec<RecordedEvent>,
}

/// What is known of one stream.
#[derive(Clone, Debug)]
pub struct StreamEntry {
    /// Its name.
    pub name: StreamName,
    /// The positions of its events, in the order of versions.
    positions: Vec<Position>,
    /// The same in the order in which they happened; `None` while that is the same order.
    occurred: Option<Vec<Position>>,
}

impl StreamEntry {
    /// How many events it holds.
    pub fn version(&self) -> Version {
        Version::new(u32::try_from(self.positions.len()).unwrap_or(u32::MAX))
    }

    /// How many of its events lie at or before a position, in the order of the log: the version of the last of them.
    pub fn version_at(&self, position: Position) -> Version {
        let count = self.positions.partition_point(|other| *other <= position);
        Version::new(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// The positions of its events in the order of a clock.
    pub fn positions(&self, clock: Clock) -> &[Position] {
        match (clock, &self.occurred) {
            (Clock::Occurred, Some(order)) => order,
            (Clock::Occurred | Clock::Recorded, _) => &self.positions,
        }
    }

    /// Brings the order of occurrence up to date after events were added behind the first `before`.
    fn put_in_order(&mut self, before: usize, happened: impl Fn(Position) -> Option<Timestamp>) {
        let (known, added) = self.positions.split_at_checked(before).unwrap_or_default();
        let latest = self.occurred.as_deref().unwrap_or(known).last().copied().and_then(&happened);
        let rising = added.is_sorted_by_key(|position| happened(*position))
            && added.first().is_none_or(|first| happened(*first) >= latest);
        if rising {
            if let Some(order) = &mut self.occurred {
                order.extend_from_slice(added);
            }
            return;
        }
        let order = self.occurred.get_or_insert_with(|| known.to_vec());
        let mut added = added.to_vec();
        added.sort_by_key(|position| happened(*position));
        let places: Vec<usize> = added
            .iter()
            .map(|position| order.partition_point(|other| happened(*other) <= happened(*position)))
            .collect();
        interleave(order, added.into_iter(), &places);
    }
}

impl<C: Codec> History<C> {
    /// An empty history.
    pub fn new(codec: C) -> Self {
        Self::keeping(codec, DECODED_BYTES_MAX)
    }

    /// An empty history that keeps so many bytes of decoded facts.
    pub fn keeping(codec: C, decoded_bytes_max: usize) -> Self {
        Self {
            codec,
            blocks: Vec::new(),
            wanted: Wanted::default(),
            room: Room::default(),
            recorded: Timeline::default(),
            occurred: Timeline::default(),
            streams: Vec::new(),
            is_read: Vec::new(),
            ids: FxHashMap::default(),
            unreadable: Vec::new(),
            pages: RefCell::new(Pages::new(decoded_bytes_max)),
            opened: RefCell::default(),
        }
    }

    /// What reads its events.
    pub fn codec(&self) -> &C {
        &self.codec
    }

    /// Position of the last event.
    pub fn head(&self) -> Position {
        self.blocks.last().map_or(Position::ZERO, |block| block.header().last())
    }

    /// Where it ends: what the next append expects.
    pub fn tail(&self) -> Tail {
        self.blocks.last().map_or(Tail::START, |block| Tail::after(block.header()))
    }

    /// The order of a clock.
    pub fn timeline(&self, clock: Clock) -> &Timeline {
        match clock {
            Clock::Recorded => &self.recorded,
            Clock::Occurred => &self.occurred,
        }
    }

    /// Adds the block that follows. Returns, for each clock, the last rank that kept its event.
    ///
    /// # Errors
    /// [`BlockError`] when the block does not follow or cannot be read; nothing is changed then.
    pub fn extend(&mut self, block: Block) -> Result<Kept, BlockError> {
        let header = block.header();
        self.tail().check_next(header)?;
        let read = self.decode(&block)?;
        let kept =
            Kept { recorded: self.recorded.extend(&read.recorded), occurred: self.occurred.extend(&read.occurred) };
        for name in read.new_streams {
            self.begin_stream(name);
        }
        self.unreadable.extend(read.unreadable);
        self.add_to_streams(&read.slots, header.first, read.entries.iter().map(|entry| entry.stream));
        let pages = self.pages.get_mut();
        let mut entries = read.entries.into_iter();
        for first in (header.first.get()..=header.last().get()).step_by(PAGE_EVENTS as usize) {
            let entries = entries.by_ref().take(PAGE_EVENTS as usize).collect();
            pages.insert(Rc::new(Page { first: Position::new(first), entries }));
        }
        let (first, size) = (block.header().first, block.bytes().len());
        self.blocks.push(KeptBlock::new(block, BlockIndex { slots: read.slots.into(), marks: read.marks.into() }));
        self.came(first, size);
        Ok(kept)
    }

    /// Gives a new stream its id; returns whether there was none of this name.
    fn begin_stream(&mut self, name: StreamName) -> bool {
        self.is_read.push(self.codec.reads(name.as_str()));
        self.streams.push(StreamEntry { name: name.clone(), positions: Vec::new(), occurred: None });
        let id = StreamId::new(u32::try_from(self.streams.len()).unwrap_or(u32::MAX));
        self.ids.insert(name, id).is_none()
    }

    /// Notes the events from `first` on in their streams, which are those of `touched`.
    fn add_to_streams(&mut self, touched: &[StreamId], first: Position, streams: impl Iterator<Item = StreamId>) {
        let length = |id: &StreamId| self.stream(*id).map_or(0, |entry| entry.positions.len());
        let touched: Vec<(StreamId, usize)> = touched.iter().map(|id| (*id, length(id))).collect();
        for (stream, position) in streams.zip(first.get()..) {
            if let Some(entry) = stream.index().and_then(|index| self.streams.get_mut(index)) {
                entry.positions.push(Position::new(position));
            }
        }
        let occurred = &self.occurred;
        let happened = |position: Position| occurred.time_of(position);
        for (id, before) in touched {
            if let Some(entry) = id.index().and_then(|index| self.streams.get_mut(index)) {
                entry.put_in_order(before, happened);
            }
        }
    }

    fn decode(&self, block: &Block) -> Result<ReadBlock<C::Event>, BlockError> {
        let mut reader = block.read()?;
        let mut read = ReadBlock::default();
        read.slots = reader
            .streams()
            .map(|(name, first)| self.stream_slot(name, first, &mut read.new_streams))
            .collect::<Result<Vec<_>, _>>()?;
        let is_read: Vec<bool> = reader.streams().map(|(name, _)| self.codec.reads(name)).collect();
        for index in 0.. {
            let mark = reader.mark();
            let Some(event) = reader.next_event()? else { break };
            if index % PAGE_EVENTS == 0 {
                read.marks.push(mark);
            }
            let stream = read.slots.get(event.stream_slot).copied().unwrap_or_default();
            let EventView { version, occurred_at, recorded_at, position, .. } = event;
            read.recorded.push(recorded_at);
            read.occurred.push(occurred_at);
            let is_read = is_read.get(event.stream_slot).copied().unwrap_or_default();
            let decoded = if is_read { self.codec.decode(&event.content()) } else { Decoded::Foreign };
            let fact = match decoded {
                Decoded::Known(fact) => Some(fact),
                Decoded::Foreign => None,
                Decoded::Unreadable(why) => {
                    read.unreadable.push((position, why));
                    None
                }
            };
            read.entries.push(Entry { fact, stream, version });
        }
        // Within itself a block does not go back, its reader saw to that.
        if read.recorded.first().copied() < self.recorded.span().map(|(_, last)| last) {
            return Err(BlockError::Malformed { what: "goes back in recorded time" });
        }
        Ok(read)
    }

    fn stream_slot(&self, name: &str, first: Version, fresh: &mut Vec<StreamName>) -> Result<StreamId, BlockError> {
        let known = self.ids.get(name).copied();
        let due = known.and_then(|id| self.stream(id)).map_or(Version::FIRST, |entry| entry.version().next());
        if first != due {
            return Err(BlockError::Malformed { what: "does not continue a stream where it ended" });
        }
        if let Some(known) = known {
            return Ok(known);
        }
        // The names of a block are all different.
        let name =
            StreamName::parse(name).map_err(|_| BlockError::Malformed { what: "names a stream that cannot be" })?;
        fresh.push(name);
        Ok(StreamId::new(u32::try_from(self.streams.len() + fresh.len()).unwrap_or(u32::MAX)))
    }

    /// Why events of ours could not be read, by position.
    pub fn unreadable(&self) -> &[(Position, String)] {
        &self.unreadable
    }

    /// All streams, by the order of their first events.
    pub fn streams(&self) -> impl Iterator<Item = (StreamId, &StreamEntry)> {
        self.streams.iter().zip(1..).map(|(entry, id)| (StreamId::new(id), entry))
    }

    /// The stream that `id` stands for.
    pub fn stream(&self, id: StreamId) -> Option<&StreamEntry> {
        self.streams.get(id.index()?)
    }

    /// What stands for the stream of this name; `None` while it has no events.
    pub fn stream_id(&self, name: &StreamName) -> Option<StreamId> {
        self.ids.get(name).copied()
    }

    /// The rank of an event on a clock.
    pub fn rank_of(&self, clock: Clock, position: Position) -> Rank {
        self.timeline(clock).rank_of(position)
    }

    /// The stream and the version of an event.
    pub fn place_of(&self, position: Position) -> Option<(StreamId, Version)> {
        Walk::of(self).entry(position).map(|entry| (entry.stream, entry.version))
    }

    /// The typed event at a position; `None` where it is foreign, unreadable or not there.
    pub fn fact(&self, position: Position) -> Option<Fact<C::Event>> {
        Walk::of(self).recorded(position).map(Recorded::to_fact)
    }

    /// Shows the typed events at some positions, in their order.
    pub fn visit_positions(&self, positions: &[Position], mut visitor: impl FnMut(&Recorded<'_, C::Event>)) {
        let mut walk = Walk::of(self);
        for position in positions {
            if let Some(recorded) = walk.recorded(*position) {
                visitor(&recorded);
            }
        }
    }

    /// Lets go of all decoded facts: they are decoded again when they are asked for.
    pub fn forget_decoded(&self) {
        self.pages.borrow_mut().clear();
    }

    /// How many bytes of decoded facts are kept.
    pub fn decoded_bytes(&self) -> usize {
        self.pages.borrow().bytes()
    }

    /// How many pages of facts have been decoded since this was made, those not counted that came with a block.
    pub fn pages_decoded(&self) -> u64 {
        self.pages.borrow().decoded
    }

    /// How many events of a stream had happened at a rank of a clock.
    pub fn stream_version_at(&self, id: StreamId, clock: Clock, rank: Rank) -> Version {
        let positions = self.stream(id).map_or(&[][..], |entry| entry.positions(clock));
        let count = match (clock, self.timeline(clock).position_at(rank)) {
            (_, None) => {
                if rank == Rank::ZERO {
                    0
                } else {
                    positions.len()
                }
            }
            (Clock::Recorded, Some(shown)) => positions.partition_point(|position| *position <= shown),
            (Clock::Occurred, Some(shown)) => {
                let place = |position: Position| (self.occurred.time_of(position), position);
                positions.partition_point(|position| place(*position) <= place(shown))
            }
        };
        Version::new(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Shows the typed events of one stream up to a rank of a clock, in that clock's order.
    pub fn visit_stream(&self, id: StreamId, clock: Clock, up_to: Rank, visitor: impl FnMut(&Recorded<'_, C::Event>)) {
        let Some(entry) = self.stream(id) else { return };
        let count = self.stream_version_at(id, clock, up_to).as_usize();
        self.visit_positions(entry.positions(clock).get(..count).unwrap_or_default(), visitor);
    }

    /// The whole event at a position, as it is stored. `None` where there is none.
    pub fn event(&self, position: Position) -> Option<RecordedEvent> {
        let mut opened = self.opened.borrow_mut();
        let run = match opened.iter().position(|run| run.event(position).is_some()) {
            Some(place) => opened.remove(place),
            None => self.open_run(position, opened.last())?,
        };
        let event = run.event(position).cloned();
        let events = |opened: &[Opened]| opened.iter().map(|run| run.events.len()).sum::<usize>();
        while opened.len() >= OPENED_MAX || events(&opened) > OPENED_EVENTS_MAX {
            opened.remove(0);
        }
        opened.push(run);
        event
    }

    /// The same if it lies in a run that was opened lately: what costs nothing to show.
    pub fn event_near_by(&self, position: Position) -> Option<RecordedEvent> {
        self.opened.borrow().iter().find_map(|run| run.event(position)).cloned()
    }

    /// The place of the block that holds an event, or would.
    fn place_of_block(&self, position: Position) -> usize {
        self.blocks.partition_point(|block| block.header().last() < position)
    }

    fn block_of(&self, position: Position) -> Option<&Block> {
        self.block(self.place_of_block(position))
    }

    /// Opens the run of an event; `last` is the one that was asked for before.
    fn open_run(&self, position: Position, last: Option<&Opened>) -> Option<Opened> {
        let block = self.block_of(position)?;
        let offset = position.get().checked_sub(block.header().first.get())?;
        let length = if last.is_some_and(|last| last.is_beside(position)) { OPENED_EVENTS } else { OPENED_APART };
        let first = block.header().first.plus(offset / length * length);
        let end = first.plus(length);
        let mut run = Opened { first, events: Vec::new() };
        // The block was read once before it came here, so it can be read again.
        let mut reader = block.read().ok()?;
        while let Some(event) = reader.next_event().ok()?.filter(|event| event.position < end) {
            if event.position >= first {
                run.events.push(event.to_recorded().ok()?);
            }
        }
        Some(run)
    }

    /// The chain's hash before and after an event.
    pub fn hashes(&self, position: Position) -> Option<(ChainHash, ChainHash)> {
        let block = self.block_of(position)?;
        let mut reader = block.read().ok()?;
        let mut before = block.header().chain_before;
        while let Some(event) = reader.next_event().ok()? {
            let after = before.link(&event);
            if event.position == position {
                return Some((before, after));
            }
            before = after;
        }
        None
    }

    /// Seals a commit behind this history, as recorded at `now` or, if that is earlier, when the last event was.
    ///
    /// # Errors
    /// [`ConflictError`] when a stream is not at the version that the writer believes, or an event is too large.
    pub fn seal(&self, commit: Commit, now: Timestamp) -> Result<(Vec<Block>, Committed), ConflictError> {
        self.sealer().seal_commit(self, commit, now)
    }

    /// Seals many events behind this history, a block at a time.
    pub fn sealer(&self) -> Sealer {
        Sealer::behind(self.tail(), self.recorded.span().map_or(Timestamp::MIN, |(_, last)| last), &self.blocks)
    }
}

impl<C: Codec> Versions for History<C> {
    fn version_of(&self, name: &StreamName) -> Version {
        self.stream_id(name).and_then(|id| self.stream(id)).map_or(Version::ZERO, StreamEntry::version)
    }
}

impl<C: Codec> Facts for History<C> {
    type Event = C::Event;

    fn head(&self) -> Rank {
        Rank::new(History::head(self).get())
    }

    fn visit(&self, clock: Clock, after: Rank, up_to: Rank, mut visitor: impl FnMut(&Recorded<'_, C::Event>)) -> Rank {
        let timeline = self.timeline(clock);
        let mut walk = Walk::of(self);
        let reached = if timeline.is_as_recorded() {
            Rank::new(walk.run(Position::new(after.get()), Position::new(up_to.get()), visitor).get())
        } else {
            let mut reached = after;
            while reached < up_to {
                let Some(position) = timeline.position_at(reached.next()) else { break };
                if walk.entry(position).is_none() && !self.has_block_of(position) {
                    break;
                }
                if let Some(recorded) = walk.recorded(position) {
                    visitor(&recorded);
                }
                reached = reached.next();
            }
            walk.make_room(reached.get().saturating_sub(after.get()));
            reached
        };
        let next = timeline.position_at(reached.next());
        if reached < up_to && next.is_some_and(|next| !self.has_block_of(next)) {
            self.want_ranks(clock, reached, up_to);
            return reached;
        }
        up_to.min(timeline.len())
    }
}

/// For each clock, the last rank that kept its event when a block was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// On the recorded clock: always the length before.
    pub recorded: Rank,
    /// On the occurred clock.
    pub occurred: Rank,
}

impl Kept {
    /// On a clock.
    pub fn on(self, clock: Clock) -> Rank {
        match clock {
            Clock::Recorded => self.recorded,
            Clock::Occurred => self.occurred,
        }
    }
}

impl Opened {
    /// Whether an event is the one before its first or after its last.
    fn is_beside(&self, position: Position) -> bool {
        let end = self.first.get().saturating_add(u32::try_from(self.events.len()).unwrap_or(u32::MAX));
        position.next() == self.first || position.get() == end
    }

    fn event(&self, position: Position) -> Option<&RecordedEvent> {
        self.events.get(position.get().checked_sub(self.first.get())? as usize)
    }
}

struct ReadBlock<E> {
    new_streams: Vec<StreamName>,
    /// What stands for each of the block's streams.
    slots: Vec<StreamId>,
    marks: Vec<Mark>,
    entries: Vec<Entry<E>>,
    recorded: Vec<Timestamp>,
    occurred: Vec<Timestamp>,
    unreadable: Vec<(Position, String)>,
}

impl<E> Default for ReadBlock<E> {
    fn default() -> Self {
        Self {
            new_streams: Vec::new(),
            slots: Vec::new(),
            marks: Vec::new(),
            entries: Vec::new(),
            recorded: Vec::new(),
            occurred: Vec::new(),
            unreadable: Vec::new(),
        }
    }
}
