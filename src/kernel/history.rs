//! The history in memory: what was read of a log, decoded once and indexed.

use super::{
    Block, BlockError, ChainHash, Clock, Codec, Commit, Committed, ConflictError, Decoded, EventView, Facts, NewEvent,
    Position, Rank, Recorded, RecordedEvent, StreamId, StreamName, Tail, Timeline, Timestamp, Version,
    chunked::Chunked, timeline::interleave,
};
use rustc_hash::FxHashMap;
use std::{cell::RefCell, collections::HashMap};

/// The most bytes that the texts and the payload of one event may have together: 64 KiB.
pub const EVENT_BYTES_MAX: usize = 64 * 1024;
/// How many events a sealed block holds at most.
pub const SEALED_EVENTS_MAX: usize = 4096;
/// A block is sealed when its events' texts have this many bytes together, however few they are: 4 MiB.
const SEALED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How many pages are kept as owned events for the screen's rows.
const OPENED_MAX: usize = 16;
/// How many events a page has: enough for a screen's rows, few enough to be read within a frame.
const PAGE_EVENTS: u32 = 512;

/// A log's events in memory. Blocks are added at the end, whole or not at all.
#[derive(Debug)]
pub struct History<C: Codec> {
    codec: C,
    blocks: Vec<Block>,
    recorded: Timeline,
    occurred: Timeline,
    rows: Chunked<Row>,
    facts: Chunked<Option<C::Event>>,
    streams: Vec<StreamEntry>,
    ids: FxHashMap<StreamName, StreamId>,
    unreadable: Vec<(Position, String)>,
    opened: RefCell<Vec<Page>>,
}

/// A part of a block as owned events.
#[derive(Debug)]
struct Page {
    first: Position,
    events: Vec<RecordedEvent>,
}

/// What is kept of every event beside its fact and, in the timelines, its times.
#[derive(Clone, Copy, Debug)]
struct Row {
    stream: StreamId,
    version: Version,
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
        Self {
            codec,
            blocks: Vec::new(),
            recorded: Timeline::default(),
            occurred: Timeline::default(),
            rows: Chunked::default(),
            facts: Chunked::default(),
            streams: Vec::new(),
            ids: FxHashMap::default(),
            unreadable: Vec::new(),
            opened: RefCell::default(),
        }
    }

    /// What reads its events.
    pub fn codec(&self) -> &C {
        &self.codec
    }

    /// Position of the last event.
    pub fn head(&self) -> Position {
        Position::new(u32::try_from(self.rows.len()).unwrap_or(u32::MAX))
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
            self.streams.push(StreamEntry { name: name.clone(), positions: Vec::new(), occurred: None });
            self.ids.insert(name, StreamId::new(u32::try_from(self.streams.len()).unwrap_or(u32::MAX)));
        }
        self.facts.extend(read.facts);
        self.unreadable.extend(read.unreadable);
        let touched: Vec<(StreamId, usize)> =
            read.slots.iter().map(|id| (*id, self.stream(*id).map_or(0, |entry| entry.positions.len()))).collect();
        for (row, position) in read.rows.iter().zip(header.first.get()..) {
            if let Some(entry) = row.stream.index().and_then(|index| self.streams.get_mut(index)) {
                entry.positions.push(Position::new(position));
            }
        }
        self.rows.extend(read.rows);
        let occurred = &self.occurred;
        let happened = |position: Position| occurred.time_of(position);
        for (id, before) in touched {
            if let Some(entry) = id.index().and_then(|index| self.streams.get_mut(index)) {
                entry.put_in_order(before, happened);
            }
        }
        self.blocks.push(block);
        Ok(kept)
    }

    fn decode(&self, block: &Block) -> Result<ReadBlock<C::Event>, BlockError> {
        let mut reader = block.read()?;
        let mut read = ReadBlock::default();
        read.slots = reader
            .streams()
            .map(|(name, first)| self.stream_slot(name, first, &mut read.new_streams))
            .collect::<Result<Vec<_>, _>>()?;
        while let Some(event) = reader.next_event()? {
            let stream = read.slots.get(event.stream_slot).copied().unwrap_or_default();
            let EventView { version, occurred_at, recorded_at, position, .. } = event;
            read.rows.push(Row { stream, version });
            read.recorded.push(recorded_at);
            read.occurred.push(occurred_at);
            read.facts.push(match self.codec.decode(&event) {
                Decoded::Known(fact) => Some(fact),
                Decoded::Foreign => None,
                Decoded::Unreadable(why) => {
                    read.unreadable.push((position, why));
                    None
                }
            });
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

    /// How many events a stream holds.
    pub fn version_of(&self, name: &StreamName) -> Version {
        self.stream_id(name).and_then(|id| self.stream(id)).map_or(Version::ZERO, StreamEntry::version)
    }

    /// The rank of an event on a clock.
    pub fn rank_of(&self, clock: Clock, position: Position) -> Rank {
        self.timeline(clock).rank_of(position)
    }

    /// The stream and the version of an event.
    pub fn place_of(&self, position: Position) -> Option<(StreamId, Version)> {
        self.row(position).map(|row| (row.stream, row.version))
    }

    /// The typed event at a position; `None` where it is foreign, unreadable or not there.
    pub fn fact(&self, position: Position) -> Option<Recorded<'_, C::Event>> {
        let event = self.facts.get(position.index()?)?.as_ref()?;
        let Row { stream, version } = *self.row(position)?;
        let (recorded_at, occurred_at) = (self.recorded.time_of(position)?, self.occurred.time_of(position)?);
        Some(Recorded { position, stream, version, occurred_at, recorded_at, event })
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
    pub fn visit_stream(
        &self,
        id: StreamId,
        clock: Clock,
        up_to: Rank,
        mut visitor: impl FnMut(&Recorded<'_, C::Event>),
    ) {
        let Some(entry) = self.stream(id) else { return };
        let count = self.stream_version_at(id, clock, up_to).as_usize();
        for position in entry.positions(clock).iter().take(count) {
            if let Some(recorded) = self.fact(*position) {
                visitor(&recorded);
            }
        }
    }

    /// The whole event at a position, as it is stored. `None` where there is none.
    pub fn event(&self, position: Position) -> Option<RecordedEvent> {
        let mut opened = self.opened.borrow_mut();
        let page = match opened.iter().position(|page| page.event(position).is_some()) {
            Some(place) => opened.remove(place),
            None => self.open_page(position)?,
        };
        let event = page.event(position).cloned();
        if opened.len() >= OPENED_MAX {
            opened.remove(0);
        }
        opened.push(page);
        event
    }

    fn block_of(&self, position: Position) -> Option<&Block> {
        self.blocks.get(self.blocks.partition_point(|block| block.header().last() < position))
    }

    fn open_page(&self, position: Position) -> Option<Page> {
        let block = self.block_of(position)?;
        let offset = position.get().checked_sub(block.header().first.get())?;
        let first = block.header().first.plus(offset / PAGE_EVENTS * PAGE_EVENTS);
        let end = first.plus(PAGE_EVENTS);
        let mut page = Page { first, events: Vec::new() };
        // The block was read once before it came here, so it can be read again.
        let mut reader = block.read().ok()?;
        while let Some(event) = reader.next_event().ok()?.filter(|event| event.position < end) {
            if event.position >= first {
                page.events.push(event.to_recorded().ok()?);
            }
        }
        Some(page)
    }

    /// All blocks, as they are stored.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Takes a block in which others were merged, in their place. Returns `false`, with nothing changed, where it does
    /// not hold exactly the events of some of the blocks.
    pub fn adopt(&mut self, merged: Block) -> bool {
        let header = merged.header();
        let start = self.blocks.binary_search_by_key(&header.first, |block| block.header().first);
        let last = self.blocks.binary_search_by_key(&header.last(), |block| block.header().last());
        let (Ok(start), Ok(last)) = (start, last) else { return false };
        let chain = |index: usize| self.blocks.get(index).map(Block::header);
        let before = chain(start).map(|header| header.chain_before);
        let after = chain(last).map(|header| header.chain_after);
        if before != Some(header.chain_before) || after != Some(header.chain_after) {
            return false;
        }
        self.blocks.splice(start..=last, [merged]);
        true
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
        for expectation in &commit.expectations {
            let actual = self.version_of(&expectation.stream);
            if !expectation.expected.admits(actual) {
                let (stream, expected) = (expectation.stream.clone(), expectation.expected);
                return Err(ConflictError::Version { stream, expected, actual });
            }
        }
        let mut sealer = self.sealer();
        let mut blocks = Vec::new();
        let now = sealer.earliest.max(now);
        for event in commit.events {
            blocks.extend(sealer.push(self, event, now)?);
        }
        let (last, committed) = sealer.finish();
        blocks.extend(last);
        Ok((blocks, committed))
    }

    /// Seals many events behind this history, a block at a time.
    pub fn sealer(&self) -> Sealer {
        Sealer {
            tail: self.tail(),
            earliest: self.recorded.span().map_or(Timestamp::MIN, |(_, last)| last),
            versions: Vec::new(),
            places: HashMap::new(),
            pending: Vec::new(),
            pending_bytes: 0,
            count: 0,
        }
    }

    fn row(&self, position: Position) -> Option<&Row> {
        self.rows.get(position.index()?)
    }
}

impl<C: Codec> Facts for History<C> {
    type Event = C::Event;

    fn head(&self) -> Rank {
        Rank::new(History::head(self).get())
    }

    fn visit(&self, clock: Clock, after: Rank, up_to: Rank, mut visitor: impl FnMut(&Recorded<'_, C::Event>)) {
        let timeline = self.timeline(clock);
        for rank in after.get()..up_to.get() {
            let Some(position) = timeline.position_at(Rank::new(rank + 1)) else { return };
            if let Some(recorded) = self.fact(position) {
                visitor(&recorded);
            }
        }
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

impl Page {
    fn event(&self, position: Position) -> Option<&RecordedEvent> {
        self.events.get(position.get().checked_sub(self.first.get())? as usize)
    }
}

struct ReadBlock<E> {
    new_streams: Vec<StreamName>,
    /// What stands for each of the block's streams.
    slots: Vec<StreamId>,
    rows: Vec<Row>,
    recorded: Vec<Timestamp>,
    occurred: Vec<Timestamp>,
    facts: Vec<Option<E>>,
    unreadable: Vec<(Position, String)>,
}

impl<E> Default for ReadBlock<E> {
    fn default() -> Self {
        Self {
            new_streams: Vec::new(),
            slots: Vec::new(),
            rows: Vec::new(),
            recorded: Vec::new(),
            occurred: Vec::new(),
            facts: Vec::new(),
            unreadable: Vec::new(),
        }
    }
}

/// Gives events their positions and versions and seals them into blocks, behind the history it was made from.
#[derive(Clone, Debug)]
pub struct Sealer {
    tail: Tail,
    earliest: Timestamp,
    /// The streams touched so far, with the versions they have reached.
    versions: Vec<(StreamName, Version)>,
    places: HashMap<StreamName, usize>,
    pending: Vec<RecordedEvent>,
    pending_bytes: usize,
    count: usize,
}

impl Sealer {
    /// The earliest time that the next event can be recorded at.
    pub fn earliest(&self) -> Timestamp {
        self.earliest
    }

    /// Takes the next event, recorded at `recorded_at`; gives a block whenever one is full. `history` is the one that
    /// the sealer was made from, unchanged; its streams' versions are asked of it.
    ///
    /// # Errors
    /// [`ConflictError::TooLarge`], [`ConflictError::TimeGoesBack`], [`ConflictError::LogFull`].
    pub fn push<C: Codec>(
        &mut self,
        history: &History<C>,
        event: NewEvent,
        recorded_at: Timestamp,
    ) -> Result<Option<Block>, ConflictError> {
        self.count += 1;
        let bytes = event.text_bytes();
        if bytes > EVENT_BYTES_MAX {
            return Err(ConflictError::TooLarge { index: self.count, bytes });
        }
        if recorded_at < self.earliest {
            return Err(ConflictError::TimeGoesBack { index: self.count, found: recorded_at, earliest: self.earliest });
        }
        let last = self.pending.last().map_or(self.tail.position, |event| event.position);
        if last.get() >= u32::MAX - 1 {
            return Err(ConflictError::LogFull { count: last });
        }
        self.earliest = recorded_at;
        let version = self.next_version(history, &event.stream);
        self.pending.push(RecordedEvent { position: last.next(), version, recorded_at, event });
        self.pending_bytes += bytes;
        let full = self.pending.len() >= SEALED_EVENTS_MAX || self.pending_bytes >= SEALED_BYTES_MAX;
        Ok(if full { self.seal() } else { None })
    }

    /// The last block, if there is one, and what was committed.
    pub fn finish(mut self) -> (Option<Block>, Committed) {
        let block = self.seal();
        (block, Committed { position: self.tail.position, versions: self.versions })
    }

    fn next_version<C: Codec>(&mut self, history: &History<C>, stream: &StreamName) -> Version {
        let known = self.places.get(stream).and_then(|place| self.versions.get_mut(*place));
        if let Some((_, version)) = known {
            *version = version.next();
            return *version;
        }
        let version = history.version_of(stream).next();
        self.places.insert(stream.clone(), self.versions.len());
        self.versions.push((stream.clone(), version));
        version
    }

    fn seal(&mut self) -> Option<Block> {
        let block = Block::seal(&self.pending, self.tail.chain)?;
        self.tail = Tail::after(block.header());
        self.pending.clear();
        self.pending_bytes = 0;
        Some(block)
    }
}
