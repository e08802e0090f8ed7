//! Sealing many events behind a history.

use super::{
    super::{Block, Codec, Committed, ConflictError, NewEvent, RecordedEvent, StreamName, Tail, Timestamp, Version},
    EVENT_BYTES_MAX, History, SEALED_EVENTS_MAX,
};
use std::collections::HashMap;

/// A block is sealed when its events' texts have this many bytes together, however few they are: 4 MiB.
const SEALED_BYTES_MAX: usize = 4 * 1024 * 1024;

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
    /// Behind a tail, of events that are recorded at `earliest` or later.
    pub(super) fn behind(tail: Tail, earliest: Timestamp) -> Self {
        Self {
            tail,
            earliest,
            versions: Vec::new(),
            places: HashMap::new(),
            pending: Vec::new(),
            pending_bytes: 0,
            count: 0,
        }
    }

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
