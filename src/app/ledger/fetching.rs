//! Fetching the blocks that a look needs and that are not in memory.

use super::{Damage, Env, Ledger, Progress};
use crate::{
    app::{ReadSide, slices::Slices},
    kernel::{Block, BlockError, Clock, EventLog, LogError, Position},
};

/// Why a block that is needed is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The storage failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// What is stored there is not what the index of the log was made of. Read from its first block, the log tells what it
    /// is.
    #[error("the block at event {first} is not the one that was indexed: {error}")]
    Different {
        /// The first event of the block.
        first: Position,
        /// What is wrong with it.
        error: BlockError,
    },
}

/// As long as this is there, all blocks of a ledger stay in memory.
#[derive(Debug)]
pub struct HeldBlocks<'a, L: EventLog> {
    ledger: &'a Ledger<L>,
}

impl<L: EventLog> Ledger<L> {
    /// Looks at the read side; `None` where a block is needed that is not in memory: once it is [fetched](Self::fetch), one
    /// looks again.
    pub fn read_at_hand<R>(&self, look: impl FnOnce(&mut ReadSide) -> R) -> Option<R> {
        self.read(|read| {
            let before = read.history().misses();
            let seen = look(read);
            (read.history().misses() == before).then_some(seen)
        })
    }

    /// Looks at the read side again and again, until all that it takes has been fetched.
    ///
    /// # Errors
    /// [`FetchError`] where a block cannot be had.
    pub async fn read_fetching<R>(&self, mut look: impl FnMut(&mut ReadSide) -> R) -> Result<R, FetchError> {
        loop {
            if let Some(seen) = self.read_at_hand(&mut look) {
                return Ok(seen);
            }
            self.fetch().await?;
        }
    }

    /// Fetches the blocks that were asked for and are not in memory; returns whether there were any.
    ///
    /// # Errors
    /// [`FetchError`] where one cannot be had.
    pub async fn fetch(&self) -> Result<bool, FetchError> {
        let wanted = self.read(|read| read.history().take_wanted());
        for (first, count) in &wanted {
            let found = self.log.read(first.previous(), *count).await?;
            let mut due = *first;
            for stored in found {
                let arrived = Block::from_bytes(stored.bytes).and_then(|block| self.take_back(due, block));
                due = arrived.map_err(|error| self.differs(due, error))?;
            }
            if due == *first {
                return Err(self.differs(due, BlockError::NotABlock));
            }
        }
        Ok(!wanted.is_empty())
    }

    /// From now on nothing is appended behind this ledger, and nothing is kept of it.
    fn differs(&self, first: Position, error: BlockError) -> FetchError {
        let damage = Damage { first, error: error.clone(), tail: self.tail().position };
        self.damage.borrow_mut().get_or_insert(damage);
        FetchError::Different { first, error }
    }

    /// Takes a block that holds the event that is due; returns which one is due next.
    fn take_back(&self, due: Position, block: Block) -> Result<Position, BlockError> {
        let (first, last) = (block.header().first, block.header().last());
        // Where it is gone, the next one is found.
        if first > due {
            return Err(BlockError::OutOfPlace { expected: due, found: first });
        }
        self.read(|read| read.arrive(block))?;
        Ok(last.next())
    }

    /// Fetches all blocks, in slices, and keeps them: for work that reads the whole history. `None` where `progress` says
    /// not to go on.
    ///
    /// # Errors
    /// [`FetchError`] where one cannot be had.
    pub async fn hold_all(
        &self,
        env: &impl Env,
        mut progress: impl FnMut(Progress) -> bool,
    ) -> Result<Option<HeldBlocks<'_, L>>, FetchError> {
        self.read(ReadSide::hold_blocks);
        let held = HeldBlocks { ledger: self };
        let mut slices = Slices::begin(env);
        let mut next = Some(0);
        while let Some(place) = next {
            next = self.read(|read| read.history().want_from(place, |_| true));
            self.fetch().await?;
            if slices.is_over() {
                let reached = self.read(|read| {
                    let total = read.history().head().get();
                    let done =
                        next.and_then(|place| Some(read.history().blocks().get(place)?.header().first.previous()));
                    let at = done.and_then(|done| read.history().timeline(Clock::Recorded).time_of(done));
                    Progress { done: done.map_or(total, Position::get), total, reached: at }
                });
                if !progress(reached) {
                    return Ok(None);
                }
                slices.rest().await;
            }
        }
        Ok(Some(held))
    }
}

impl<L: EventLog> Drop for HeldBlocks<'_, L> {
    fn drop(&mut self) {
        self.ledger.read(ReadSide::release_blocks);
    }
}
