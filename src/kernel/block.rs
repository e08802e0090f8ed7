//! Blocks: how a log is stored. One record holds a run of consecutive events, a commit's or some thousands.
//!
//! # Format 1, byte by byte
//!
//! Numbers in the header are little-endian; `u` is an unsigned LEB128 number, `i` a zigzag LEB128 number, `text` a `u`
//! length and UTF-8, `section` a `u` length and that many bytes.
//!
//! | offset | size | what |
//! |---|---|---|
//! | 0 | 4 | `ANNB` |
//! | 4 | 2 | format version, 1 |
//! | 6 | 2 | flags, 0 |
//! | 8 | 4 | CRC-32 (IEEE) of everything from offset 12 to the end |
//! | 12 | 4 | how many events, 1 to 65,536 |
//! | 16 | 4 | position of the first event |
//! | 20 | 8 + 8 | earliest and latest `occurred_at`, microseconds since 1970 |
//! | 36 | 8 + 8 | first and last `recorded_at` |
//! | 52 | 32 | chain hash before the first event |
//! | 84 | 32 | chain hash after the last event |
//! | 116 | | sections |
//!
//! First four sections that are tables, each of a `u` count and that many entries, which are counted from 0:
//!
//! - *dictionary*: `text`s, in no order.
//! - *streams*: `u` how many bytes of the name before it begins with, `text` the rest of its name, `u` the version of
//!   its first event here; each name once, and with an event at least.
//! - *types*: `u` name, in the dictionary; `u` schema.
//! - *shapes* of flat payloads: `u` field count, at most 64; each `u` key, in the dictionary and no key twice, and one
//!   byte: 0 whole number, 1 text, 2 true, 3 false, 4 null.
//!
//! Then twelve sections that are columns, one entry an event. Where one marked with a star is a single byte, below 128,
//! that byte is the entry of every event.
//!
//! | column | entry |
//! |---|---|
//! | *stream*\* | `u` in streams |
//! | *type*\* | `u` in types |
//! | *recorded* | before all entries `u` unit, at least 1; each `u` units after the event before, the first after the header's first. Empty where all are 0 |
//! | *occurred* | before all entries `u` base and `u` unit; each `i` units after: base 0, its `recorded_at`; base 1, the `occurred_at` of the event before (the first after its `recorded_at`). Empty where each is its `recorded_at` |
//! | *actor*\*, *reason*\* | `u` in the dictionary |
//! | *id* | an id of code 5 or more |
//! | *correlation*\*, *causation*\* | an id |
//! | *attributes*\* | `u`: 0 none, else dictionary + 1 |
//! | *shape*\* | `u`: 0 the payload is a text, else shapes + 1 |
//! | *values* | for a text `u` in the dictionary; for a flat payload one entry a whole number, `i`, or text, `u` in the dictionary |
//!
//! Units are microseconds. An id is a `u` code, and what follows it:
//!
//! | code | id |
//! |---|---|
//! | 0 | none |
//! | 1 | the event's own |
//! | 2 | what the event before has in this column |
//! | 3 | that of the event before |
//! | 4 | what the event has as its correlation; in *causation* only |
//! | 5 | a UUID: 16 bytes |
//! | 8 + 4 *d* + *r* | a UUID of version 7, *d* 0 to 15 ms before the event's `recorded_at` (rounded down to milliseconds); *r* the highest 2 of its 74 random bits, then 9 bytes of the others, highest first |
//! | 72 + *r* | the same, *d* as an `i` before the 9 bytes |
//! | 76 + *n* | a text: *n* in the dictionary |
//!
//! Versions are not stored: those of a stream run without gap. The texts of all events together, but for the names of
//! their streams, have at most 8 MiB.

mod facts;
mod header;
mod ids;
mod reader;
mod times;
mod view;
mod writer;

pub(super) use facts::{FactReader, Mark};
pub use reader::BlockReader;
pub use view::EventView;

use super::{ChainHash, EVENT_BYTES_MAX, Position, RecordedEvent, Timestamp};
use std::sync::Arc;
use view::view_of;
use writer::Body;

/// The format that this program writes, and the newest that it reads.
pub const FORMAT_VERSION: u16 = 1;
/// The most events that a block can hold.
const BLOCK_EVENTS_MAX: usize = 1 << 16;
/// The most bytes that the texts of a block's events have together: few bytes that point at long texts again and again
/// do not grow without bound.
const BLOCK_TEXT_BYTES_MAX: usize = 8 << 20;

const BAD_PLACE: BlockError = BlockError::Malformed { what: "points outside of one of its tables" };

/// What a block says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockHeader {
    /// How many events it holds, at least 1.
    pub count: u32,
    /// Position of its first event.
    pub first: Position,
    /// The earliest and the latest `occurred_at` in it.
    pub occurred: (Timestamp, Timestamp),
    /// `recorded_at` of its first and its last event.
    pub recorded: (Timestamp, Timestamp),
    /// The chain before its first event.
    pub chain_before: ChainHash,
    /// The chain after its last event.
    pub chain_after: ChainHash,
}

impl BlockHeader {
    /// Position of its last event.
    pub fn last(&self) -> Position {
        self.first.plus(self.count.saturating_sub(1))
    }
}

/// A block as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    header: BlockHeader,
    bytes: Arc<[u8]>,
}

/// Why bytes are not a block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// They do not begin as a block does.
    #[error("these bytes are not a block of events")]
    NotABlock,
    /// A newer program wrote it.
    #[error("the block has format {found}; this program reads up to format {FORMAT_VERSION}")]
    UnknownFormat {
        /// The format it states.
        found: u16,
    },
    /// The bytes are not what was written.
    #[error("the block's checksum does not match: stored {stored:08x}, computed {computed:08x}")]
    Checksum {
        /// What the block says.
        stored: u32,
        /// What its bytes give.
        computed: u32,
    },
    /// The checksum is right and the contents are not: a writer's mistake.
    #[error("the block {what}")]
    Malformed {
        /// What is wrong, as the end of a sentence.
        what: &'static str,
    },
    /// It is not the block that follows.
    #[error("the block begins at event {found}, event {expected} was due")]
    OutOfPlace {
        /// The position that was due.
        expected: Position,
        /// The position it begins at.
        found: Position,
    },
    /// It follows another history.
    #[error("the block at event {at} does not continue the chain before it")]
    BrokenChain {
        /// The position it begins at.
        at: Position,
    },
}

impl Block {
    /// Seals consecutive events, `chain` being the hash before the first.
    ///
    /// `None` where there are no events, or they are not consecutive: positions and the versions of each stream must
    /// run without gap, `recorded_at` must not go back, and no event may be larger than [`EVENT_BYTES_MAX`]. Nor may
    /// there be more than 65,536 events or 8 MiB of texts.
    pub fn seal(events: &[RecordedEvent], chain: ChainHash) -> Option<Self> {
        let (first, last) = (events.first()?, events.last()?);
        let mut body = Body::default();
        let (mut after, mut text_bytes) = (chain, 0);
        for (event, due) in events.iter().zip(first.position.get()..=u32::MAX) {
            let bytes = event.event.text_bytes();
            text_bytes += bytes;
            if event.position.get() != due || bytes > EVENT_BYTES_MAX {
                return None;
            }
            body.push(event)?;
            after = after.link(&view_of(event));
        }
        if text_bytes > BLOCK_TEXT_BYTES_MAX || !events.is_sorted_by_key(|event| event.recorded_at) {
            return None;
        }
        let occurred = events.iter().map(|event| event.event.occurred_at);
        let header = BlockHeader {
            count: u32::try_from(events.len()).ok()?,
            first: first.position,
            occurred: (occurred.clone().min()?, occurred.max()?),
            recorded: (first.recorded_at, last.recorded_at),
            chain_before: chain,
            chain_after: after,
        };
        let bytes = header::assemble(&header, &body.finish());
        // What could not be read again, such as a position of zero, is not sealed.
        (header::read(&bytes).as_ref() == Ok(&header)).then_some(Self { header, bytes })
    }

    /// Takes stored bytes; everything but the contents of the columns is checked.
    ///
    /// # Errors
    /// [`BlockError`] when they are not a whole, undamaged block of a known format.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self, BlockError> {
        let bytes = bytes.into();
        let header = header::read(&bytes)?;
        Ok(Self { header, bytes })
    }

    /// What it says of itself.
    pub fn header(&self) -> &BlockHeader {
        &self.header
    }

    /// The bytes to store.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Opens the columns.
    ///
    /// # Errors
    /// [`BlockError::Malformed`] when the tables cannot be read.
    pub fn read(&self) -> Result<BlockReader<'_>, BlockError> {
        BlockReader::new(self)
    }

    /// All its events, owned.
    ///
    /// # Errors
    /// [`BlockError::Malformed`] when a column cannot be read.
    pub fn events(&self) -> Result<Vec<RecordedEvent>, BlockError> {
        let mut reader = self.read()?;
        let mut events = Vec::new();
        while let Some(event) = reader.next_event()? {
            events.push(event.to_recorded()?);
        }
        Ok(events)
    }

    /// The chain up to one of its events, or to the one before its first; `None` for others. Computed from the events.
    ///
    /// # Errors
    /// [`BlockError::Malformed`] when a column cannot be read.
    pub fn chain_at(&self, position: Position) -> Result<Option<ChainHash>, BlockError> {
        let mut chain = self.header.chain_before;
        let mut reached = self.header.first.previous();
        let mut reader = self.read()?;
        while reached != position {
            let Some(event) = reader.next_event()? else { return Ok(None) };
            chain = chain.link(&event);
            reached = event.position;
        }
        Ok(Some(chain))
    }

    /// The part of it behind `position`, as a block of its own: for a reader that knows the events up to there.
    /// The whole where it begins behind.
    ///
    /// # Errors
    /// [`BlockError::Malformed`] when it cannot be read or nothing of it is behind; [`BlockError::BrokenChain`] when
    /// its events do not give the hash that it states.
    pub fn part_after(self, position: Position) -> Result<Self, BlockError> {
        const NOTHING: BlockError = BlockError::Malformed { what: "has no events behind those that are known" };
        if position < self.header.first {
            return Ok(self);
        }
        let chain = self.chain_at(position)?.ok_or(NOTHING)?;
        let events = self.events()?;
        let known = position.get().saturating_sub(self.header.first.previous().get()) as usize;
        let part = Self::seal(events.get(known..).unwrap_or_default(), chain).ok_or(NOTHING)?;
        if part.header.chain_after == self.header.chain_after {
            Ok(part)
        } else {
            Err(BlockError::BrokenChain { at: self.header.first })
        }
    }

    /// Recomputes the chain over the contents.
    ///
    /// # Errors
    /// [`BlockError::BrokenChain`] when they do not give the hash that the block states.
    pub fn verify_chain(&self) -> Result<(), BlockError> {
        let mut reader = self.read()?;
        let mut chain = self.header.chain_before;
        while let Some(event) = reader.next_event()? {
            chain = chain.link(&event);
        }
        if chain == self.header.chain_after { Ok(()) } else { Err(BlockError::BrokenChain { at: self.header.first }) }
    }
}
