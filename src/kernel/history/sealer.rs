//! Sealing many events behind a history.

use super::{
    super::{
        Block, Commit, Committed, ConflictError, NewEvent, RecordedEvent, StreamName, Tail, Timestamp, Version,
        Versions,
    },
    EVENT_BYTES_MAX, KeptBlock, PAGE_EVENTS, SEALED_EVENTS_MAX,
};
use rustc_hash::FxHashMap;

/// How many bytes a sealed block has at most, as far as the one before tells. Chromium keeps a value of up to 64 KiB within
/// the database's own tree, and a larger one in a file of its own, from where fetching one takes twice as long.
pub const SEALED_BYTES: usize = 60_000;
/// A block is sealed when its events' texts have this many bytes together, however few they are: 4 MiB.
const SEALED_TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How many events a block is given where there is none yet to tell how large it will be.
const SEALED_EVENTS_FIRST: usize = 1024;
/// Among how many of the last blocks one is sought that tells.
const BLOCKS_LOOKED_AT: usize = 128;

/// Gives events their positions and versions and seals them into blocks, behind the end of a log.
#[derive(Clone, Debug)]
pub struct Sealer {
    tail: Tail,
    earliest: Timestamp,
    /// The streams touched so far, with the versions they have reached.
    versions: Vec<(StreamName, Version)>,
    places: FxHashMap<StreamName, usize>,
    pending: Vec<RecordedEvent>,
    pending_bytes: usize,
    /// The next block ends at a position that is a multiple of this.
    events_max: usize,
    count: usize,
}

/// How many events like those of a block make one of at most [`SEALED_BYTES`]: a power of two, as the spacings of checkpoints
/// are, so that what lies between two of them is found in as few blocks as can be. `None` where the block has too few to
/// tell.
fn events_like(count: usize, bytes: usize) -> Option<usize> {
    const PAGE: usize = PAGE_EVENTS as usize;
    let fitting = count.saturating_mul(SEALED_BYTES).checked_div(bytes)?.clamp(PAGE, SEALED_EVENTS_MAX);
    (count >= PAGE).then_some(1 << fitting.ilog2())
}

impl Sealer {
    /// Behind a tail, of events that are recorded at `earliest` or later and may be like those of the last blocks.
    pub(in crate::kernel) fn behind(tail: Tail, earliest: Timestamp, blocks: &[KeptBlock]) -> Self {
        let last = blocks.iter().rev().take(BLOCKS_LOOKED_AT);
        let alike = last.into_iter().find_map(|block| events_like(block.header().count as usize, block.size()));
        Self {
            tail,
            earliest,
            versions: Vec::new(),
            places: FxHashMap::default(),
            pending: Vec::new(),
            pending_bytes: 0,
            events_max: alike.unwrap_or(SEALED_EVENTS_FIRST),
            count: 0,
        }
    }

    /// The earliest time that the next event can be recorded at.
    pub fn earliest(&self) -> Timestamp {
        self.earliest
    }

    /// Seals a commit, as recorded at `now` or, if that is earlier, when the last event was.
    ///
    /// # Errors
    /// [`ConflictError`] when a stream is not at the version that the writer believes, or an event is too large.
    pub(in crate::kernel) fn seal_commit(
        mut self,
        known: &dyn Versions,
        commit: Commit,
        now: Timestamp,
    ) -> Result<(Vec<Block>, Committed), ConflictError> {
        for expectation in &commit.expectations {
            let actual = known.version_of(&expectation.stream);
            if !expectation.expected.admits(actual) {
                let (stream, expected) = (expectation.stream.clone(), expectation.expected);
                return Err(ConflictError::Version { stream, expected, actual });
            }
        }
        if commit.events.len() < PAGE_EVENTS as usize {
            // A small commit is one block, wherever it falls: small ones are merged in any case.
            self.events_max = usize::MAX;
        }
        let mut blocks = Vec::new();
        let now = self.earliest().max(now);
        for event in commit.events {
            blocks.extend(self.push(known, event, now)?);
        }
        let (last, committed) = self.finish();
        blocks.extend(last);
        Ok((blocks, committed))
    }

    /// Takes the next event, recorded at `recorded_at`; gives a block whenever one is full. `known` is what the sealer
    /// was made from, unchanged; its streams' versions are asked of it.
    ///
    /// # Errors
    /// [`ConflictError::TooLarge`], [`ConflictError::TimeGoesBack`], [`ConflictError::LogFull`].
    pub fn push(
        &mut self,
        known: &dyn Versions,
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
        let version = self.next_version(known, &event.stream);
        self.pending.push(RecordedEvent { position: last.next(), version, recorded_at, event });
        self.pending_bytes += bytes;
        let full =
            last.next().as_usize().is_multiple_of(self.events_max) || self.pending_bytes >= SEALED_TEXT_BYTES_MAX;
        Ok(if full { self.seal() } else { None })
    }

    /// The last block, if there is one, and what was committed.
    pub fn finish(mut self) -> (Option<Block>, Committed) {
        let block = self.seal();
        (block, Committed { position: self.tail.position, versions: self.versions })
    }

    fn next_version(&mut self, known: &dyn Versions, stream: &StreamName) -> Version {
        let touched = self.places.get(stream).and_then(|place| self.versions.get_mut(*place));
        if let Some((_, version)) = touched {
            *version = version.next();
            return *version;
        }
        let version = known.version_of(stream).next();
        self.places.insert(stream.clone(), self.versions.len());
        self.versions.push((stream.clone(), version));
        version
    }

    fn seal(&mut self) -> Option<Block> {
        let block = Block::seal(&self.pending, self.tail.chain)?;
        self.tail = Tail::after(block.header());
        let alike = events_like(self.pending.len(), block.bytes().len());
        self.events_max = alike.unwrap_or(self.events_max);
        self.pending.clear();
        self.pending_bytes = 0;
        Some(block)
    }
}
