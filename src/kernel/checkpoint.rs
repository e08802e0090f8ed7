//! Checkpoints that outlive the page: the state of a fold at the head of a log, with what it takes to go on from there
//! without the history.
//!
//! # Format 2, byte by byte
//!
//! Numbers as in a block: `u` is an unsigned LEB128 number, `i` a zigzag one, `text` a `u` length and UTF-8.
//!
//! | what | |
//! |---|---|
//! | 4 bytes | `ANNC` |
//! | 4 bytes | CRC-32 (IEEE) of everything behind it, little-endian |
//! | `text` | the fingerprint: the fold, its revision, how events are read, and the formats |
//! | 1 byte | the clock: 0 recorded, 1 occurred |
//! | `u`, 32 bytes | position of the last event that is counted, the chain's hash after it |
//! | 4 `i` | first and last `recorded_at`, earliest and latest `occurred_at`, microseconds since 1970 |
//! | `u`, and for each | how many streams, in the order of their first events: `text` name, `u` version |
//! | the rest | the state, as the fold writes what it differs in from the empty one |
//!
//! It is derived: whatever is odd about one, it is not used, and the history is read instead.

mod state;

pub use state::{StateReader, StateWriter};

use super::{
    Block, BlockError, ChainHash, Clock, Codec, Commit, Committed, ConflictError, Decoded, FORMAT_VERSION, History,
    LogError, Position, Projection, Recorded, Sealer, StreamId, StreamName, Tail, Timestamp, Version, Versions,
    checksum::crc32,
};
use rustc_hash::FxHashMap;
use std::sync::Arc;

const MAGIC: [u8; 4] = *b"ANNC";
/// Raised whenever what stands before the state changes, or how all folds write theirs.
const CHECKPOINT_FORMAT: u16 = 2;
const CHECKED_FROM: usize = 8;

/// Keeps what is derived from a log, beside it. All of it can be deleted at any time.
///
/// Implementations pass one contract, in `tests/support/log_contract.rs`.
#[expect(async_fn_in_trait, reason = "one thread: in a browser these futures are never sent")]
pub trait CheckpointStore {
    /// What was saved last under `key`; `None` where nothing was, or it has been deleted.
    ///
    /// # Errors
    /// [`LogError`] when the storage does not answer.
    async fn load(&self, key: &str) -> Result<Option<Arc<[u8]>>, LogError>;

    /// Saves bytes under their keys, in the place of what was there, all or none. A crash leaves the one or the other.
    ///
    /// # Errors
    /// [`LogError`] when the storage fails; what was there stays then.
    async fn save(&self, records: &[(&str, &[u8])]) -> Result<(), LogError>;

    /// Deletes everything that was saved here. The log stays what it is.
    ///
    /// # Errors
    /// [`LogError`] when the storage fails.
    async fn clear(&self) -> Result<(), LogError>;
}

/// A projection whose state can be kept outside of the memory.
pub trait Storable: Projection {
    /// Writes in what the state differs from `since`, an earlier state of the same fold or the empty one.
    fn write(&self, since: &Self, out: &mut StateWriter);

    /// Makes the state of `since` and what [`Storable::write`] has written of their difference; `None` where that cannot
    /// be. What has not changed is shared with `since`.
    fn read(since: &Self, from: &mut StateReader<'_>) -> Option<Self>;
}

/// The state of a fold along a clock, at the end of a log; it goes on block by block.
#[derive(Clone, Debug)]
pub struct Checkpoint<P> {
    clock: Clock,
    tail: Tail,
    recorded: (Timestamp, Timestamp),
    occurred: (Timestamp, Timestamp),
    /// By [`StreamId`].
    streams: Vec<(StreamName, Version)>,
    ids: FxHashMap<StreamName, StreamId>,
    state: P,
}

/// Why bytes are no checkpoint that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// They do not begin as one does.
    #[error("these bytes are not a checkpoint")]
    NotACheckpoint,
    /// They are not what was written.
    #[error("the checkpoint's checksum does not match")]
    Checksum,
    /// It was written by other code: of another fold, or one that read the events differently.
    #[error("the checkpoint is of another fold")]
    OtherFold,
    /// The checksum is right and the contents are not.
    #[error("the checkpoint cannot be read")]
    Malformed,
}

/// Why a checkpoint does not go on with a block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdvanceError {
    /// The block cannot be read, or is none of the log that the checkpoint is of.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// On the clock of what happened, it takes its place before events that are counted already.
    #[error("the block holds an event that happened before the checkpoint")]
    BackDated,
}

impl<P: Storable> Checkpoint<P> {
    /// Of a history and the state of a fold at its end; `None` while it is empty.
    pub fn of<C: Codec<Event = P::Event>>(history: &History<C>, clock: Clock, state: P) -> Option<Self> {
        let span = |clock| history.timeline(clock).span();
        let streams: Vec<_> = history.streams().map(|(_, entry)| (entry.name.clone(), entry.version())).collect();
        let ids = ids_of(&streams);
        let (recorded, occurred) = (span(Clock::Recorded)?, span(Clock::Occurred)?);
        Some(Self { clock, tail: history.tail(), recorded, occurred, streams, ids, state })
    }

    /// The bytes to keep.
    pub fn encode(&self, codec: &impl Codec<Event = P::Event>) -> Vec<u8> {
        let mut out = StateWriter::default();
        out.text(&fingerprint::<P>(codec));
        out.number(match self.clock {
            Clock::Recorded => 0,
            Clock::Occurred => 1,
        });
        out.number(self.tail.position.get().into());
        out.bytes(self.tail.chain.as_bytes());
        for time in [self.recorded.0, self.recorded.1, self.occurred.0, self.occurred.1] {
            out.time(time);
        }
        out.number(self.streams.len() as u64);
        for (name, version) in &self.streams {
            out.text(name.as_str());
            out.number(version.get().into());
        }
        self.state.write(&P::default(), &mut out);
        let body = out.into_bytes();
        [&MAGIC[..], &crc32(&body).to_le_bytes(), &body].concat()
    }

    /// Reads what [`Checkpoint::encode`] has made.
    ///
    /// # Errors
    /// [`CheckpointError`]: it is not to be used then.
    pub fn decode(bytes: &[u8], codec: &impl Codec<Event = P::Event>) -> Result<Self, CheckpointError> {
        const BAD: CheckpointError = CheckpointError::Malformed;
        let body = bytes.get(CHECKED_FROM..).ok_or(CheckpointError::NotACheckpoint)?;
        let (magic, checksum) = bytes.split_at_checked(MAGIC.len()).ok_or(CheckpointError::NotACheckpoint)?;
        if magic != MAGIC {
            return Err(CheckpointError::NotACheckpoint);
        }
        if !checksum.starts_with(&crc32(body).to_le_bytes()) {
            return Err(CheckpointError::Checksum);
        }
        let mut from = StateReader::over(body);
        if from.text() != Some(&*fingerprint::<P>(codec)) {
            return Err(CheckpointError::OtherFold);
        }
        Self::read(&mut from).filter(|_| from.is_empty()).ok_or(BAD)
    }

    fn read(from: &mut StateReader<'_>) -> Option<Self> {
        let clock = match from.number()? {
            0 => Clock::Recorded,
            1 => Clock::Occurred,
            _ => return None,
        };
        let position = Position::new(from.small()?);
        let chain = ChainHash::from_bytes(from.array()?);
        let (recorded, occurred) = ((from.time()?, from.time()?), (from.time()?, from.time()?));
        let count = from.count()?;
        let mut streams = Vec::with_capacity(count);
        for _ in 0..count {
            let name = StreamName::parse(from.text()?).ok()?;
            streams.push((name, Version::new(from.small()?)));
        }
        let ids = ids_of(&streams);
        let state = P::read(&P::default(), from)?;
        let right = ids.len() == streams.len() && position != Position::ZERO;
        right.then_some(Self { clock, tail: Tail { position, chain }, recorded, occurred, streams, ids, state })
    }

    /// Goes on with a block of the log, whose first events may be counted already. What it says of the chain must be what
    /// this has come to.
    ///
    /// # Errors
    /// [`AdvanceError`]; this is of no use any more then.
    pub fn advance<C: Codec<Event = P::Event>>(&mut self, block: &Block, codec: &C) -> Result<(), AdvanceError> {
        const GAP: BlockError = BlockError::Malformed { what: "does not continue a stream where it ended" };
        let (header, before) = (block.header(), self.tail.position);
        let out_of_place = || BlockError::OutOfPlace { expected: before.next(), found: header.first };
        // Where the two ends are the same, the events need not be hashed to know.
        let chain = if header.last() == before { Some(header.chain_after) } else { block.chain_at(before)? };
        if chain.ok_or_else(out_of_place)? != self.tail.chain {
            return Err(BlockError::BrokenChain { at: header.first }.into());
        }
        if header.last() == before {
            return Ok(());
        }
        let mut reader = block.read()?;
        let names: Vec<StreamName> = reader
            .streams()
            .map(|(name, _)| StreamName::parse(name))
            .collect::<Result<_, _>>()
            .map_err(|_| BlockError::Malformed { what: "names a stream that cannot be" })?;
        let mut slots = Vec::new();
        for name in names {
            let next = StreamId::new(u32::try_from(self.streams.len() + 1).unwrap_or(u32::MAX));
            let id = *self.ids.entry(name.clone()).or_insert(next);
            if id == next {
                self.streams.push((name, Version::ZERO));
            }
            slots.push(id);
        }
        let mut facts = Vec::new();
        while let Some(event) = reader.next_event()? {
            if event.position <= before {
                continue;
            }
            let stream = slots.get(event.stream_slot).copied().ok_or(GAP)?;
            let reached = stream.index().and_then(|index| self.streams.get_mut(index)).ok_or(GAP)?;
            if event.version != reached.1.next() {
                return Err(GAP.into());
            }
            reached.1 = event.version;
            let (position, occurred_at, recorded_at) = (event.position, event.occurred_at, event.recorded_at);
            if let Decoded::Known(fact) = codec.decode_of(event.stream, &event.content()) {
                facts.push((position, stream, event.version, occurred_at, recorded_at, fact));
            }
            if self.clock == Clock::Occurred && occurred_at < self.occurred.1 {
                return Err(AdvanceError::BackDated);
            }
        }
        if self.clock == Clock::Occurred {
            facts.sort_by_key(|(_, _, _, occurred_at, ..)| *occurred_at);
        }
        for (position, stream, version, occurred_at, recorded_at, event) in &facts {
            let (position, stream, version) = (*position, *stream, *version);
            let (occurred_at, recorded_at) = (*occurred_at, *recorded_at);
            self.state.apply(&Recorded { position, stream, version, occurred_at, recorded_at, event });
        }
        self.tail = Tail::after(header);
        self.recorded.1 = header.recorded.1;
        self.occurred = (self.occurred.0.min(header.occurred.0), self.occurred.1.max(header.occurred.1));
        Ok(())
    }
}

impl<P> Checkpoint<P> {
    /// The clock along which it was folded.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The end of the log that it is of.
    pub fn tail(&self) -> Tail {
        self.tail
    }

    /// The times of the first and the last event on a clock.
    pub fn span(&self, clock: Clock) -> (Timestamp, Timestamp) {
        match clock {
            Clock::Recorded => self.recorded,
            Clock::Occurred => self.occurred,
        }
    }

    /// All streams, by the order of their first events.
    pub fn streams(&self) -> impl Iterator<Item = (StreamId, &StreamName, Version)> {
        self.streams.iter().zip(1..).map(|((name, version), id)| (StreamId::new(id), name, *version))
    }

    /// The stream that `id` stands for, and how many events it holds.
    pub fn stream(&self, id: StreamId) -> Option<(&StreamName, Version)> {
        self.streams.get(id.index()?).map(|(name, version)| (name, *version))
    }

    /// What stands for the stream of this name.
    pub fn stream_id(&self, name: &StreamName) -> Option<StreamId> {
        self.ids.get(name).copied()
    }

    /// The state of the fold.
    pub fn state(&self) -> &P {
        &self.state
    }

    /// Seals a commit behind this, as [`History::seal`] does behind a history.
    ///
    /// # Errors
    /// [`ConflictError`] when a stream is not at the version that the writer believes, or an event is too large.
    pub fn seal(&self, commit: Commit, now: Timestamp) -> Result<(Vec<Block>, Committed), ConflictError> {
        Sealer::behind(self.tail, self.recorded.1, &[]).seal_commit(self, commit, now)
    }
}

impl<P> Versions for Checkpoint<P> {
    fn version_of(&self, name: &StreamName) -> Version {
        self.stream_id(name).and_then(|id| self.stream(id)).map_or(Version::ZERO, |(_, version)| version)
    }
}

/// A text that changes whenever the same log would give another state, or the same state other bytes.
fn fingerprint<P: Projection>(codec: &impl Codec) -> String {
    let (fold, revision, events) = (P::NAME, P::REVISION, codec.fingerprint());
    format!("{fold} {revision}, events {events}, formats {FORMAT_VERSION} {CHECKPOINT_FORMAT}")
}

fn ids_of(streams: &[(StreamName, Version)]) -> FxHashMap<StreamName, StreamId> {
    streams.iter().zip(1..).map(|((name, _), id)| (name.clone(), StreamId::new(id))).collect()
}
