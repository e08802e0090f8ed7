//! Checkpoints that are kept beside the log: a next start shows the balances from them, before the history is read.

use super::{Env, Ledger};
use crate::{
    bank::{Balances, BankCodec},
    kernel::{Block, Checkpoint, CheckpointStore, Clock, EventLog, LogError, Position, Rank},
};

/// When checkpoints are kept, and when they are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavingPolicy {
    /// How many events a log has at least that keeps any: a shorter one is read as quickly.
    pub events_min: u32,
    /// How many events are added before the next one is kept.
    pub every: u32,
    /// The most events behind a checkpoint that are folded at a start.
    pub tail_max: u32,
    /// The most blocks in which they may lie.
    pub blocks_max: u32,
    /// How many events a run of the index that is kept has: a multiple of 1,024.
    pub run_events: u32,
}

impl Default for SavingPolicy {
    fn default() -> Self {
        Self { events_min: 16_384, every: 4_096, tail_max: 8_192, blocks_max: 256, run_events: 65_536 }
    }
}

/// The balances at the end of a log, from the checkpoint that was kept along `clock` and the few blocks behind it. It is
/// of this very log: the chain's hash says so.
///
/// `None` where there is none, or it is not to be used: it is damaged, other code wrote it, the log is not the one that it
/// was made of, too much was appended since. Then the history has to be read first.
pub async fn look_ahead<L: EventLog + CheckpointStore>(
    log: &L,
    clock: Clock,
    policy: SavingPolicy,
) -> Option<Checkpoint<Balances>> {
    let codec = BankCodec::new().ok()?;
    let bytes = log.load(key(clock)).await.ok()??;
    let mut checkpoint = Checkpoint::<Balances>::decode(&bytes, &codec).ok().filter(|kept| kept.clock() == clock)?;
    let kept = checkpoint.tail().position;
    let last = log.last().await.ok()?;
    if last.get().checked_sub(kept.get())? > policy.tail_max {
        return None;
    }
    // The first block is the one that holds the last event counted: it shows that this is the log.
    let blocks = log.read(kept.previous(), policy.blocks_max).await.ok()?;
    let mut reached = Position::ZERO;
    for stored in blocks {
        checkpoint.advance(&Block::from_bytes(stored.bytes).ok()?, &codec).ok()?;
        reached = stored.last;
    }
    (reached >= last).then_some(checkpoint)
}

/// Under which key the checkpoint along a clock is kept.
fn key(clock: Clock) -> &'static str {
    match clock {
        Clock::Recorded => "balances recorded",
        Clock::Occurred => "balances occurred",
    }
}

impl<L: EventLog + CheckpointStore> Ledger<L> {
    /// Whether a checkpoint says the same as the history that has been read now; `None` where the history has come
    /// further in a way that cannot be compared, cannot be read as far, or a block is needed that is not in memory.
    ///
    /// One that says the same counts as saved.
    pub fn confirms(&self, checkpoint: &Checkpoint<Balances>) -> Option<bool> {
        let (clock, position) = (checkpoint.clock(), checkpoint.tail().position);
        let same = self.read_at_hand(|read| {
            let head = read.history().head();
            // On the clock of what happened, later events may have come in between.
            if head < position || (clock == Clock::Occurred && head > position) {
                return None;
            }
            let same_streams = checkpoint.streams().all(|(id, name, version)| {
                let entry = read.history().stream(id).filter(|entry| entry.name == *name);
                entry.is_some_and(|entry| version == entry.version() || head > position)
            });
            Some(same_streams && read.balances_at(clock, Rank::new(position.get())) == checkpoint.state())
        });
        let same = same.flatten();
        if same == Some(true) {
            self.saved.borrow_mut().insert(clock, position);
        }
        same
    }

    /// Keeps a checkpoint of the balances along a clock, if the log has grown enough since the last one. Returns whether it
    /// did.
    ///
    /// # Errors
    /// [`LogError`] when the storage fails: the next start takes longer then, nothing else.
    pub async fn save_checkpoint(&self, clock: Clock, policy: SavingPolicy, env: &impl Env) -> Result<bool, LogError> {
        let due = match self.saved.borrow().get(&clock) {
            None => policy.events_min,
            Some(saved) => saved.get().saturating_add(policy.every),
        };
        if self.tail().position.get() < due || self.damage().is_some() {
            return Ok(false);
        }
        self.fold_on(clock, env).await;
        let (position, encoded) = self.read(|read| {
            let state = read.balances_at(clock, Rank::new(u32::MAX)).clone();
            let checkpoint = Checkpoint::of(read.history(), clock, state);
            (read.history().head(), checkpoint.map(|checkpoint| checkpoint.encode(read.history().codec())))
        });
        if let Some(bytes) = encoded {
            self.log().save(&[(key(clock), &bytes)]).await?;
        }
        self.saved.borrow_mut().insert(clock, position);
        Ok(true)
    }

    /// Deletes all checkpoints that are kept. Nothing changes but the time of the next start.
    ///
    /// # Errors
    /// [`LogError`] when the storage fails.
    pub async fn clear_checkpoints(&self) -> Result<(), LogError> {
        self.saved.borrow_mut().clear();
        self.kept.take();
        self.log().clear().await
    }
}
