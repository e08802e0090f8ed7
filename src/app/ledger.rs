//! A ledger: one log with everything read from it, and the way of a command into it.

mod ahead;
mod checkpoints;
mod deciding;
mod fetching;
mod kept;
mod merging;
mod verifying;

pub use ahead::Ahead;
pub use checkpoints::{SavingPolicy, look_ahead};
pub use fetching::{FetchError, HeldBlocks};
pub use verifying::{RebuildError, Verified, VerifyError};

use super::{
    Accounts, ReadSide,
    slices::{EVENTS_PER_LOOK, Slices},
};
use crate::{
    bank::{AccountCommand, AccountEvent, BankCodec, Money, Refusal, TransferRefusal},
    kernel::{
        AppendError, Block, BlockError, Clock, Committed, ConflictError, EventId, EventLog, KeptIndex, Label, LogError,
        NewEvent, PayloadError, Position, RecordedEvent, StoredBlock, StreamId, StreamName, StreamNameError, Tail,
        Timestamp, Version,
    },
};
use futures_util::future::join;
use std::{cell::RefCell, collections::BTreeMap};

/// What a ledger needs of the world outside.
#[expect(async_fn_in_trait, reason = "one thread: in a browser these futures are never sent")]
pub trait Env {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// A fresh id.
    fn new_id(&self) -> EventId;
    /// Microseconds since some moment; they never go back. Slices of work are measured by them.
    fn elapsed_micros(&self) -> u64;
    /// Gives the page back to the browser for a moment, so that long work holds nothing up.
    async fn breathe(&self);
}

/// A log and what was read from it. No method holds a borrow while it waits.
#[derive(Debug)]
pub struct Ledger<L> {
    log: L,
    read_side: RefCell<ReadSide>,
    damage: RefCell<Option<Damage>>,
    /// Up to where the checkpoints are kept that a next start begins from.
    saved: RefCell<BTreeMap<Clock, Position>>,
    /// The index that is kept, as this has found or written it.
    kept: RefCell<Option<KeptIndex>>,
    is_from_index: bool,
}

/// Blocks that cannot be read: the events before them stay usable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The first event that cannot be read.
    pub first: Position,
    /// What is wrong.
    pub error: BlockError,
    /// The last event that the log says it holds.
    pub tail: Position,
}

/// Why a ledger could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The storage failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The program is at odds with itself.
    #[error("the program's upcasts have a gap: {0}")]
    Codec(#[from] crate::kernel::ChainError),
}

/// How far long work has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Events done.
    pub done: u32,
    /// Events there are to do; 0 where nobody knows.
    pub total: u32,
    /// The time of the event that was reached.
    pub reached: Option<Timestamp>,
}

/// A command with who sends it and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Who.
    pub actor: Label,
    /// Why.
    pub reason: Label,
    /// When it happened, if that was earlier: a back-dated entry.
    pub occurred_at: Option<Timestamp>,
    /// What.
    pub command: BankCommand,
}

/// What a person can want of the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankCommand {
    /// Something of one account.
    Account {
        /// Its number.
        number: Label,
        /// What.
        command: AccountCommand,
    },
    /// Money from one account to another, in one commit.
    Transfer {
        /// The number of the account it comes from.
        from: Label,
        /// The number of the account it goes to.
        to: Label,
        /// How much.
        amount: Money,
    },
}

/// What a command would do, told before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// For each event it would append: its stream, its version there, and what it says.
    pub events: Vec<(StreamName, Version, AccountEvent)>,
    /// What the balance of the first stream's account becomes; `None` where it would be closed.
    pub balance: Option<Money>,
}

/// What became of a command that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was made durable; `None` where there was nothing to do.
    pub committed: Option<Committed>,
    /// Events that others appended to the same streams while this was on its way; it was decided again after them.
    pub overtaken_by: Vec<RecordedEvent>,
}

/// The rule that refuses a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusalReason {
    /// An account's.
    #[error(transparent)]
    Account(#[from] Refusal),
    /// A transfer's.
    #[error(transparent)]
    Transfer(#[from] TransferRefusal),
}

/// Why a command appended nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DispatchError {
    /// A rule refuses it.
    #[error("{reason}")]
    Refused {
        /// Which.
        reason: RefusalReason,
        /// Events that others appended to the same streams while it was on its way, after which it is refused.
        overtaken_by: Vec<RecordedEvent>,
    },
    /// Others were quicker, [`ATTEMPTS_MAX`] times.
    #[error("others wrote first {ATTEMPTS_MAX} times in a row")]
    Contended {
        /// What they appended to the same streams.
        overtaken_by: Vec<RecordedEvent>,
    },
    /// The log ends where this ledger has read nothing, and there is nothing more to read: it was cleared or replaced.
    #[error("the stored log does not continue what was read of it")]
    Diverged,
    /// An account's number makes no stream.
    #[error(transparent)]
    Number(#[from] StreamNameError),
    /// A text is too long.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// It cannot be sealed.
    #[error(transparent)]
    Conflict(#[from] ConflictError),
    /// The storage failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Blocks of this log cannot be read, so nothing is appended behind them.
    #[error("the log cannot be read from event {} on", .0.first)]
    Damaged(Damage),
    /// There is no ledger to send it to: one is just being opened.
    #[error("no ledger is open")]
    NotOpen,
}

/// Why staged events were not appended. Nothing was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// They cannot be sealed.
    #[error(transparent)]
    Conflict(#[from] ConflictError),
    /// The append failed.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// Blocks of this log cannot be read, so nothing is appended behind them.
    #[error("the log cannot be read from event {} on", .0.first)]
    Damaged(Damage),
    /// The person cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// How often a command is decided again after others wrote first.
pub const ATTEMPTS_MAX: usize = 4;
/// How many entries of an account's history are made between two looks at the clock.
const ENTRIES_PER_LOOK: usize = 2048;
/// The most bytes of blocks that are kept in memory: those of some two hundred sealed ones, which is more than the rows of one
/// of many accounts lie in. What was decoded stays beside them.
const BLOCK_BYTES_MAX: usize = 12 << 20;
/// How many blocks are read in one go.
const BLOCKS_PER_READ: u32 = 8;

impl<L: EventLog> Ledger<L> {
    /// Opens a log: reads all of it, in slices.
    ///
    /// # Errors
    /// [`OpenError`] when the storage does not answer. Blocks that cannot be read are no error: see
    /// [`Ledger::damage`].
    pub async fn open(log: L, env: &impl Env, progress: impl FnMut(Progress)) -> Result<Self, OpenError> {
        let ledger = Self::of(log, ReadSide::new(BankCodec::new()?));
        ledger.read_to_the_end(env, progress).await?;
        Ok(ledger)
    }

    fn of(log: L, mut read_side: ReadSide) -> Self {
        read_side.keep_blocks_up_to(BLOCK_BYTES_MAX);
        let read_side = RefCell::new(read_side);
        let (damage, saved, kept) = Default::default();
        Self { log, read_side, damage, saved, kept, is_from_index: false }
    }

    async fn read_to_the_end(&self, env: &impl Env, mut progress: impl FnMut(Progress)) -> Result<(), LogError> {
        let total = self.log.last().await?.get();
        let mut tell = |ledger: &Self| {
            let reached = ledger.read(|read| read.history().timeline(Clock::Recorded).span().map(|(_, last)| last));
            progress(Progress { done: ledger.tail().position.get(), total, reached });
        };
        self.read_on(&mut Slices::begin(env), &mut tell).await.map(drop)
    }

    /// Folds what the projections lack, in slices: none is left to be folded at once when a screen asks for it.
    pub async fn fold(&self, env: &impl Env) {
        let mut slices = Slices::begin(env);
        for clock in [Clock::Recorded, Clock::Occurred] {
            self.fold_along(clock, &mut slices).await;
        }
    }

    /// The same along one clock: for the screen that is about to show it.
    pub async fn fold_on(&self, clock: Clock, env: &impl Env) {
        self.fold_along(clock, &mut Slices::begin(env)).await;
    }

    /// Folds the history of an account along a clock, in slices: for the screen that is about to show it.
    pub async fn fold_account(&self, id: StreamId, clock: Clock, env: &impl Env) {
        let mut slices = Slices::begin(env);
        while !self.read(|read| read.prepare_account(id, clock, ENTRIES_PER_LOOK)) {
            if slices.is_over() {
                slices.rest().await;
            }
        }
    }

    async fn fold_along(&self, clock: Clock, slices: &mut Slices<'_, impl Env>) {
        loop {
            let is_folded = self.read_at_hand(|read| read.catch_up(clock, EVENTS_PER_LOOK));
            // Whoever looks at what is not folded asks for the same blocks, and tells why they do not come.
            if is_folded == Some(true) || is_folded.is_none() && self.fetch().await.is_err() {
                return;
            }
            if slices.is_over() {
                slices.rest().await;
            }
        }
    }

    /// Looks at the read side.
    pub fn read<R>(&self, look: impl FnOnce(&mut ReadSide) -> R) -> R {
        look(&mut self.read_side.borrow_mut())
    }

    /// Where the log ends, as far as it was read.
    pub fn tail(&self) -> Tail {
        self.read(|read| read.history().tail())
    }

    /// The log beneath.
    pub fn log(&self) -> &L {
        &self.log
    }

    /// Blocks that cannot be read, if there are any.
    pub fn damage(&self) -> Option<Damage> {
        self.damage.borrow().clone()
    }

    /// Reads what others have appended; returns whether there was anything.
    ///
    /// # Errors
    /// [`LogError`] when the storage does not answer.
    pub async fn catch_up(&self, env: &impl Env) -> Result<bool, LogError> {
        self.read_on(&mut Slices::begin(env), &mut |_| {}).await
    }

    /// Reads all blocks behind what is known and folds them along the recorded clock; `tell` is called before each rest.
    /// Returns whether there were any.
    async fn read_on(&self, slices: &mut Slices<'_, impl Env>, tell: &mut impl FnMut(&Self)) -> Result<bool, LogError> {
        if self.damage.borrow().is_some() {
            return Ok(false);
        }
        let mut any = false;
        let mut stored = self.log.read(self.tail().position, BLOCKS_PER_READ).await?;
        while let Some(last) = stored.last().map(|block| block.last) {
            // The storage looks for the next ones while these are decoded.
            let next = self.log.read(last, BLOCKS_PER_READ);
            let (next, is_whole) = join(next, self.take_in(stored, slices, tell, &mut any)).await;
            if !is_whole {
                break;
            }
            stored = next?;
        }
        Ok(any)
    }

    /// Adds blocks as they were stored; returns whether all of them could be read.
    async fn take_in(
        &self,
        stored: Vec<StoredBlock>,
        slices: &mut Slices<'_, impl Env>,
        tell: &mut impl FnMut(&Self),
        any: &mut bool,
    ) -> bool {
        for stored in stored {
            let head = self.tail().position;
            if stored.last <= head {
                continue; // Another reader was quicker while this one waited.
            }
            // The block may begin with events that are known: another tab merges blocks.
            let block = Block::from_bytes(stored.bytes).and_then(|block| block.part_after(head));
            let read = block.and_then(|block| self.read(|read| read.extend(block)));
            if let Err(error) = read {
                let tail = self.log.last().await.unwrap_or(stored.last);
                *self.damage.borrow_mut() = Some(Damage { first: head.next(), error, tail: tail.max(stored.last) });
                return false;
            }
            *any = true;
            tell(self);
            if slices.is_over() {
                slices.rest().await;
            }
            self.fold_along(Clock::Recorded, slices).await;
        }
        true
    }

    /// Tells what a command would append now.
    ///
    /// # Errors
    /// [`DispatchError`] with the rule that refuses it, or [`DispatchError::Damaged`].
    pub fn preview(&self, command: &BankCommand) -> Result<Preview, DispatchError> {
        self.refuse_if_damaged()?;
        self.read(|read| deciding::preview(&mut Accounts::Read(read), command))
    }

    fn refuse_if_damaged(&self) -> Result<(), DispatchError> {
        self.damage().map_or(Ok(()), |damage| Err(DispatchError::Damaged(damage)))
    }

    /// Sends a command: decides it, appends what it causes, and shows it to every projection.
    ///
    /// Where another writer was quicker, this catches up and decides again, at most [`ATTEMPTS_MAX`] times in all.
    ///
    /// # Errors
    /// [`DispatchError`]; nothing was appended then.
    pub async fn dispatch(&self, intent: &Intent, env: &impl Env) -> Result<Outcome, DispatchError> {
        let command_id = env.new_id();
        let mut overtaken_by = Vec::new();
        for _ in 0..ATTEMPTS_MAX {
            self.refuse_if_damaged()?;
            let decided = self.read(|read| deciding::decide(&mut Accounts::Read(read), &intent.command));
            let decided = match decided {
                Err(DispatchError::Refused { reason, .. }) => {
                    return Err(DispatchError::Refused { reason, overtaken_by });
                }
                other => other?,
            };
            if decided.is_empty() {
                return Ok(Outcome { committed: None, overtaken_by });
            }
            let streams: Vec<StreamName> = decided.iter().map(|(stream, _)| stream.clone()).collect();
            let commit =
                self.read(|read| deciding::commit(&Accounts::Read(read), intent, &command_id, decided, env))?;
            let tail = self.tail();
            let (blocks, committed) = self.read(|read| read.history().seal(commit, env.now()))?;
            match self.log.append(tail, &blocks).await {
                Ok(()) => {
                    self.absorb(blocks, env).await;
                    self.fold(env).await;
                    return Ok(Outcome { committed: Some(committed), overtaken_by });
                }
                Err(AppendError::Conflict { .. }) => {
                    self.catch_up(env).await?;
                    if self.tail() == tail && self.damage().is_none() {
                        return Err(DispatchError::Diverged);
                    }
                    overtaken_by.extend(self.events_since(tail.position, &streams));
                }
                Err(AppendError::Log(error)) => return Err(error.into()),
            }
        }
        Err(DispatchError::Contended { overtaken_by })
    }

    /// Shows what was just appended to the projections. Others may have appended since: then the log is read. Where
    /// that fails, what was appended is saved all the same, and shown once the log can be read.
    async fn absorb(&self, blocks: Vec<Block>, env: &impl Env) {
        for block in blocks {
            if block.header().first <= self.tail().position {
                continue;
            }
            if self.read(|read| read.extend(block)).is_err() {
                self.catch_up(env).await.unwrap_or_default();
            }
        }
    }

    fn events_since(&self, position: Position, streams: &[StreamName]) -> Vec<RecordedEvent> {
        self.read(|read| {
            let history = read.history();
            (position.next().get()..=history.head().get())
                .filter_map(|number| history.event(Position::new(number)))
                .filter(|event| streams.contains(&event.event.stream))
                .collect()
        })
    }

    /// Appends staged events, all or none, in slices with progress. `recorded_at` is kept where it is given and does
    /// not go back, and is the time now elsewhere. They are sealed as they come, so that events which are made on the way
    /// need no room of their own.
    ///
    /// # Errors
    /// [`ImportError`]; nothing was appended then.
    pub async fn append_staged(
        &self,
        staged: impl IntoIterator<Item = (NewEvent, Option<Timestamp>)>,
        env: &impl Env,
        progress: impl FnMut(Progress) -> bool,
    ) -> Result<Position, ImportError> {
        self.append_each(&mut staged.into_iter(), env, progress).await
    }

    async fn append_each(
        &self,
        staged: &mut dyn Iterator<Item = (NewEvent, Option<Timestamp>)>,
        env: &impl Env,
        mut progress: impl FnMut(Progress) -> bool,
    ) -> Result<Position, ImportError> {
        if let Some(damage) = self.damage() {
            return Err(ImportError::Damaged(damage));
        }
        let tail = self.tail();
        let total = u32::try_from(staged.size_hint().0).unwrap_or(u32::MAX);
        let now = env.now();
        let mut staged = staged.peekable();
        let mut sealing = self.read(|read| read.history().sealer());
        let (mut blocks, mut done) = (Vec::new(), 0u32);
        let mut slices = Slices::begin(env);
        while staged.peek().is_some() {
            let mut reached = None;
            for (event, recorded_at) in staged.by_ref().take(EVENTS_PER_LOOK as usize) {
                reached = Some(event.occurred_at);
                let recorded_at = recorded_at.unwrap_or(now).max(sealing.earliest());
                blocks.extend(self.read(|read| sealing.push(read.history(), event, recorded_at))?);
                done += 1;
            }
            if slices.is_over() || staged.peek().is_none() {
                if !progress(Progress { done, total, reached }) {
                    return Err(ImportError::Cancelled);
                }
                slices.rest().await;
            }
        }
        let (last, _) = sealing.finish();
        blocks.extend(last);
        self.log.append(tail, &blocks).await?;
        for block in blocks {
            self.absorb(vec![block], env).await;
            self.fold_along(Clock::Recorded, &mut slices).await;
            if slices.is_over() {
                slices.rest().await;
            }
        }
        Ok(self.tail().position)
    }
}
