//! Verifying a stored log, and folding its read models anew.

use super::{Damage, Env, FetchError, Ledger, Progress, ReadSide};
use crate::{
    app::slices::{EVENTS_PER_LOOK, Slices},
    kernel::{Block, BlockError, Clock, EventLog, LogError, Position, Tail},
};

/// What was found of a stored log that is as it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many events were read.
    pub events: u32,
    /// In how many blocks they lie.
    pub blocks: u32,
    /// How many bytes these have.
    pub bytes: u64,
}

/// Why a log was not verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A block is not as it was written, or does not follow the one before.
    #[error("the log cannot be read from event {} on: {}", .0.first, .0.error)]
    Damaged(Damage),
    /// It ends before the last event that this page has read.
    #[error("the stored log ends at event {stored}, this page has read {read}")]
    EndsEarly {
        /// Where it ends.
        stored: Position,
        /// Where it ended when it was read.
        read: Position,
    },
    /// It is another history than the one that this page has read.
    #[error("the stored log is not the one that this page has read")]
    Different,
    /// The storage failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The person cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// Why read models were not folded anew. Those that are shown stay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RebuildError {
    /// The person cancelled.
    #[error("cancelled")]
    Cancelled,
    /// A block cannot be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

impl<L: EventLog> Ledger<L> {
    /// Reads the stored log from its first block to its last and checks everything that can be: checksums, order, the
    /// chain's hash of each event, and that it ends where this page has read it to end. Changes nothing.
    ///
    /// `progress` is told how far it has come, and says whether to go on.
    ///
    /// # Errors
    /// [`VerifyError`] with what is wrong.
    pub async fn verify(
        &self,
        env: &impl Env,
        mut progress: impl FnMut(Progress) -> bool,
    ) -> Result<Verified, VerifyError> {
        let known = self.tail();
        let total = self.log.last().await?.max(known.position);
        let mut found = Verified::default();
        let (mut tail, mut at_known) = (Tail::START, Some(Tail::START).filter(|tail| *tail == known));
        let mut slices = Slices::begin(env);
        while let Some(stored) = self.log.read(tail.position, 1).await?.pop() {
            let first = tail.position.next();
            let damaged = |error| VerifyError::Damaged(Damage { first, error, tail: total.max(stored.last) });
            let block = Block::from_bytes(stored.bytes.clone()).map_err(damaged)?;
            check(&block, tail, stored.last).map_err(damaged)?;
            let header = block.header();
            tail = Tail::after(header);
            if tail.position == known.position {
                at_known = Some(tail);
            } else if (header.first..tail.position).contains(&known.position) {
                let chain = block.chain_at(known.position).map_err(damaged)?;
                at_known = chain.map(|chain| Tail { chain, ..known });
            }
            found.events = tail.position.get();
            found.blocks += 1;
            found.bytes += stored.bytes.len() as u64;
            let reached = Some(header.recorded.1);
            if !progress(Progress { done: found.events, total: total.get(), reached }) {
                return Err(VerifyError::Cancelled);
            }
            if slices.is_over() {
                slices.rest().await;
            }
        }
        if tail.position < known.position {
            return Err(VerifyError::EndsEarly { stored: tail.position, read: known.position });
        }
        if at_known == Some(known) { Ok(found) } else { Err(VerifyError::Different) }
    }

    /// Folds all read models anew, along both clocks and with all their checkpoints, and shows them in place of those
    /// that were shown. Returns whether they say the same: they always should.
    ///
    /// # Errors
    /// [`RebuildError`] when `progress` says not to go on, or a block cannot be had.
    pub async fn rebuild(
        &self,
        env: &impl Env,
        mut progress: impl FnMut(Progress) -> bool,
    ) -> Result<bool, RebuildError> {
        let mut slices = Slices::begin(env);
        self.read(ReadSide::begin_rebuild);
        for clock in [Clock::Recorded, Clock::Occurred] {
            loop {
                let Some(reached) = self.read_at_hand(|read| read.rebuild_on(clock, EVENTS_PER_LOOK)) else {
                    if let Err(error) = self.fetch().await {
                        self.read(ReadSide::cancel_rebuild);
                        return Err(error.into());
                    }
                    continue;
                };
                let Some(reached) = reached else { break };
                if !slices.is_over() {
                    continue;
                }
                if !progress(reached) {
                    self.read(ReadSide::cancel_rebuild);
                    return Err(RebuildError::Cancelled);
                }
                slices.rest().await;
            }
        }
        Ok(self.read(ReadSide::end_rebuild))
    }
}

fn check(block: &Block, tail: Tail, key: Position) -> Result<(), BlockError> {
    tail.check_next(block.header())?;
    if block.header().last() != key {
        return Err(BlockError::Malformed { what: "lies under another key than that of its last event" });
    }
    block.verify_chain()
}
