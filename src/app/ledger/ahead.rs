//! A ledger while its history is still being read: what it is now is known, and it takes commands.

use super::{BankCommand, DispatchError, Env, Intent, Outcome, Preview, SavingPolicy, deciding, look_ahead};
use crate::{
    app::{Accounts, Moment},
    bank::{Balances, BankCodec},
    kernel::{AppendError, Checkpoint, CheckpointStore, Clock, EventLog, Tail},
};
use std::cell::RefCell;

/// The end of a log, from the checkpoint that was kept of it and the blocks behind that.
///
/// It shows the accounts as they are, and takes commands: what a command is decided on, and where its events go, are all
/// at the end of a log. No method holds a borrow while it waits.
#[derive(Debug)]
pub struct Ahead<L> {
    log: L,
    codec: BankCodec,
    checkpoint: RefCell<Checkpoint<Balances>>,
}

impl<L: EventLog + CheckpointStore> Ahead<L> {
    /// Of a log, along a clock; `None` where there is no checkpoint to be used: see [`look_ahead`].
    pub async fn of(log: L, clock: Clock, policy: SavingPolicy) -> Option<Self> {
        let checkpoint = look_ahead(&log, clock, policy).await?;
        Some(Self { log, codec: BankCodec::new().ok()?, checkpoint: RefCell::new(checkpoint) })
    }

    /// Looks at the accounts as they are at the end.
    pub fn read<R>(&self, look: impl FnOnce(&mut Accounts<'_>) -> R) -> R {
        look(&mut Accounts::Ahead(&self.checkpoint.borrow()))
    }

    /// The state at the end, as it is now.
    pub fn checkpoint(&self) -> Checkpoint<Balances> {
        self.checkpoint.borrow().clone()
    }

    /// The end, as a moment.
    pub fn moment(&self) -> Moment {
        Moment::at_the_end_of(&self.checkpoint.borrow())
    }

    /// Where the log ends, as far as this has come.
    pub fn tail(&self) -> Tail {
        self.checkpoint.borrow().tail()
    }

    /// Whether it takes commands. They are decided in the order of the log, and on the clock of what happened the end may
    /// be another one: an overdraft limit that was dated back, for one.
    pub fn takes_commands(&self) -> bool {
        self.checkpoint.borrow().clock() == Clock::Recorded
    }

    /// Tells what a command would append now.
    ///
    /// # Errors
    /// [`DispatchError`] with the rule that refuses it; [`DispatchError::NotOpen`] where this takes none.
    pub fn preview(&self, command: &BankCommand) -> Result<Preview, DispatchError> {
        self.refuse_on_the_other_clock()?;
        self.read(|accounts| deciding::preview(accounts, command))
    }

    fn refuse_on_the_other_clock(&self) -> Result<(), DispatchError> {
        if self.takes_commands() { Ok(()) } else { Err(DispatchError::NotOpen) }
    }

    /// Sends a command: decides it, appends what it causes, and goes on with that. Tried once: where another writer was
    /// quicker, what that one wrote is not known here.
    ///
    /// # Errors
    /// [`DispatchError`]; nothing was appended then. [`DispatchError::Contended`] where others wrote first, and
    /// [`DispatchError::NotOpen`] where this takes no commands: once the history is read, its ledger does.
    pub async fn dispatch(&self, intent: &Intent, env: &impl Env) -> Result<Outcome, DispatchError> {
        self.refuse_on_the_other_clock()?;
        let command_id = env.new_id();
        let decided = self.read(|accounts| deciding::decide(accounts, &intent.command))?;
        if decided.is_empty() {
            return Ok(Outcome { committed: None, overtaken_by: Vec::new() });
        }
        let commit = self.read(|accounts| deciding::commit(accounts, intent, &command_id, decided, env))?;
        let tail = self.tail();
        let (blocks, committed) = self.checkpoint.borrow().seal(commit, env.now())?;
        match self.log.append(tail, &blocks).await {
            Ok(()) => {
                let mut checkpoint = self.checkpoint.borrow_mut();
                for block in &blocks {
                    // It was sealed behind this very end. Should it not go on, then it is read with the history.
                    checkpoint.advance(block, &self.codec).unwrap_or_default();
                }
                Ok(Outcome { committed: Some(committed), overtaken_by: Vec::new() })
            }
            Err(AppendError::Conflict { .. }) => Err(DispatchError::Contended { overtaken_by: Vec::new() }),
            Err(AppendError::Log(error)) => Err(error.into()),
        }
    }
}
