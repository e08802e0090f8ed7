//! The port through which a log is kept: in a browser's database, in memory, anywhere.

use super::{Block, BlockError, BlockHeader, ChainHash, Position};
use std::sync::Arc;

/// The end of a log: what a writer must know to append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    /// Position of the last event.
    pub position: Position,
    /// The chain up to it.
    pub chain: ChainHash,
}

impl Tail {
    /// The end of an empty log.
    pub const START: Self = Self { position: Position::ZERO, chain: ChainHash::START };

    /// The end after a block.
    pub fn after(header: &BlockHeader) -> Self {
        Self { position: header.last(), chain: header.chain_after }
    }

    /// Checks that a block continues the log that ends here.
    ///
    /// # Errors
    /// [`BlockError::OutOfPlace`] and [`BlockError::BrokenChain`].
    pub fn check_next(&self, header: &BlockHeader) -> Result<(), BlockError> {
        let expected = self.position.next();
        if header.first != expected {
            return Err(BlockError::OutOfPlace { expected, found: header.first });
        }
        if header.chain_before != self.chain {
            return Err(BlockError::BrokenChain { at: header.first });
        }
        Ok(())
    }
}

/// A block as the log gives it back: its key and its bytes, not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBlock {
    /// The position it is kept under: that of its last event.
    pub last: Position,
    /// Its bytes, which [`Block::from_bytes`] checks.
    pub bytes: Arc<[u8]>,
}

/// Keeps blocks. Implementations pass one contract, in `tests/support/log_contract.rs`.
#[expect(async_fn_in_trait, reason = "one thread: in a browser these futures are never sent")]
pub trait EventLog {
    /// Position of the last event, as it is stored now; zero while there is none. No block is looked into, so that a
    /// damaged one does not hide how long the log is.
    ///
    /// # Errors
    /// [`LogError`] when the storage does not answer.
    async fn last(&self) -> Result<Position, LogError>;

    /// Makes `blocks` durable, all or none, if the log ends at `expected`.
    ///
    /// The blocks must follow `expected` and each other. When this returns `Ok` a crash of the browser loses nothing.
    ///
    /// # Errors
    /// [`AppendError::Conflict`] when the log has moved on; nothing was written then. [`AppendError::Log`] when the
    /// storage fails; nothing was written then either.
    async fn append(&self, expected: Tail, blocks: &[Block]) -> Result<(), AppendError>;

    /// The first blocks, up to `blocks_max` of them, whose last event is after `after`, in order. The first may begin
    /// before `after`, since blocks may have been merged meanwhile: see [`Block::part_after`].
    ///
    /// # Errors
    /// [`LogError`] when the storage does not answer.
    async fn read(&self, after: Position, blocks_max: u32) -> Result<Vec<StoredBlock>, LogError>;

    /// Puts `merged`, which holds the same events, in the place of the blocks that are kept under `parts`. A crash leaves
    /// the old blocks or the new one.
    ///
    /// Returns `false`, with nothing changed, where the log does not hold exactly these blocks there, or another
    /// history: somebody else has merged.
    ///
    /// # Errors
    /// [`LogError`] when the storage fails; nothing is changed then.
    async fn merge(&self, parts: &[Position], merged: &Block) -> Result<bool, LogError>;
}

/// Why an append did not happen. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Somebody else appended first.
    #[error("the log ends at event {actual}, expected was {}", expected.position)]
    Conflict {
        /// Where the writer believed the log to end.
        expected: Tail,
        /// Where it ends: at another event, or at one of this number in another history.
        actual: Position,
    },
    /// The storage failed.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// How the storage can fail, by what one can do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The browser gives no more room.
    #[error("the storage quota is used up")]
    QuotaExceeded,
    /// There is no storage: a private window, or it is switched off.
    #[error("there is no storage here: {why}")]
    Unavailable {
        /// What the browser says.
        why: String,
    },
    /// Another tab holds an older version of the database open.
    #[error("another tab holds an older version of the database open")]
    Blocked,
    /// The database was written by a newer program.
    #[error("the database has version {found}, newer than this program's {known}")]
    Newer {
        /// The database's version; 0 where the browser does not say.
        found: u32,
        /// The newest version this program knows.
        known: u32,
    },
    /// The connection is gone and did not come back.
    #[error("the connection to the storage was lost, {attempts} attempts to open it again failed: {why}")]
    ConnectionLost {
        /// How often it was tried.
        attempts: u32,
        /// What the browser says.
        why: String,
    },
    /// The log was deleted while it was open. What was read of it may be all that is left.
    #[error("the log was deleted while it was open")]
    Gone,
    /// Anything else.
    #[error("the storage failed: {why}")]
    Backend {
        /// What the browser says.
        why: String,
    },
}
