//! The index that is kept beside a long log, with the checkpoints of every fold: a start reads it in place of the history.
//!
//! Three kinds of records: `run 0`, `run 1` …, each of 65,536 events; `heads`, the states at the end; `index`, which tells
//! what they are of and is written last, in one transaction with what changed at the end.

use super::{Env, FetchError, Ledger, OpenError, Progress, SavingPolicy};
use crate::{
    app::{KeptReadSide, ReadSide, slices::Slices},
    bank::BankCodec,
    kernel::{Block, CheckpointStore, EventLog, KeptIndex, LogError, Position},
};
use futures_util::future::join;

const INDEX: &str = "index";
const HEADS: &str = "heads";

/// How many events are folded again between two rests.
const EVENTS_PER_CHECK: u32 = 512;

fn run_key(run: usize) -> String {
    format!("run {run}")
}

impl<L: EventLog + CheckpointStore> Ledger<L> {
    /// Opens a log from the index that was kept of it, and reads only the blocks behind that. Where there is none, or it is
    /// not of this log and this code, all of the log is read.
    ///
    /// # Errors
    /// [`OpenError`] when the storage does not answer. Blocks that cannot be read are no error: see [`Ledger::damage`].
    pub async fn open_kept(log: L, env: &impl Env, progress: impl FnMut(Progress)) -> Result<Self, OpenError> {
        let kept = read_kept(&log, env).await;
        let ledger = match kept {
            Some((index, read_side)) => {
                let ledger = Self { is_from_index: true, ..Self::of(log, read_side) };
                *ledger.kept.borrow_mut() = Some(index);
                ledger
            }
            None => Self::of(log, ReadSide::new(BankCodec::new()?)),
        };
        ledger.read_to_the_end(env, progress).await?;
        Ok(ledger)
    }

    /// Whether it was opened from an index that was kept: then blocks have been read and checked as they were needed, and not
    /// all of them.
    pub fn is_from_index(&self) -> bool {
        self.is_from_index
    }

    /// Whether it was opened from an index that was kept, or one has been kept of it since.
    pub fn has_kept_index(&self) -> bool {
        self.kept.borrow().is_some()
    }

    /// Keeps the index and the checkpoints of every fold, if the log has grown enough since that was done last. Returns
    /// whether it did. Only runs that have changed are written, in slices.
    ///
    /// # Errors
    /// [`LogError`] when the storage fails: the next start takes longer then, nothing else.
    pub async fn keep_index(&self, policy: SavingPolicy, env: &impl Env) -> Result<bool, LogError> {
        let kept_up_to = self.kept.borrow().as_ref().map(|kept| kept.tail.position);
        let due = match kept_up_to {
            None => policy.events_min,
            Some(position) => position.get().saturating_add(policy.every),
        };
        if self.tail().position.get() < due || self.damage().is_some() {
            return Ok(false);
        }
        self.fold(env).await;
        let folds = self.read(|read| ReadSide::folds(read.history().codec()));
        // Where another tab has kept its own since, its runs are others.
        let stored = self.log.load(INDEX).await?;
        let run_events = policy.run_events.max(1);
        let is_known =
            |kept: &KeptIndex| kept.run_events == run_events && stored.as_deref() == Some(&*kept.encode(&folds));
        let known = self.kept.take().filter(is_known);
        let mut runs = known.map(|kept| kept.runs).unwrap_or_default();
        let mut slices = Slices::begin(env);
        let border = |run: usize| Position::new(u32::try_from(run).unwrap_or(u32::MAX).saturating_mul(run_events));
        loop {
            let (changed, head) = self.read(|read| (read.take_changed_from(), read.history().head()));
            // The last one has grown, or may.
            let whole = KeptIndex::runs_of(head, run_events).saturating_sub(1);
            runs.truncate(whole.min(changed.get() / run_events) as usize);
            let run = runs.len();
            if run >= whole as usize {
                break;
            }
            let bytes = self.read(|read| read.write_run(border(run), border(run + 1)));
            self.log.save(&[(&run_key(run), &bytes)]).await?;
            runs.push(KeptIndex::checksum(&bytes));
            if slices.is_over() {
                slices.rest().await;
            }
        }
        let last = runs.len();
        let (is_folded, tail, run, heads, spacings) = self.read(|read| {
            let tail = read.history().tail();
            let run = read.write_run(border(last), tail.position);
            (read.is_folded(), tail, run, read.write_heads(), read.spacings())
        });
        if !is_folded || self.damage().is_some() {
            return Ok(false);
        }
        runs.push(KeptIndex::checksum(&run));
        let index = KeptIndex { tail, run_events, runs, heads: KeptIndex::checksum(&heads), spacings };
        let records: [(&str, &[u8]); 3] = [(&run_key(last), &run), (HEADS, &heads), (INDEX, &index.encode(&folds))];
        self.log.save(&records).await?;
        *self.kept.borrow_mut() = Some(index);
        Ok(true)
    }

    /// Folds a part of the history again and compares it with what was kept of it; `part` says which, and may be any number.
    /// Where they differ, all that was kept is deleted: the next start reads the history.
    ///
    /// # Errors
    /// [`FetchError`] where a block cannot be had.
    pub async fn check_part(&self, part: u32, env: &impl Env) -> Result<bool, FetchError> {
        for check in 0..ReadSide::CHECKS {
            let Some(mut check) = self.read(|read| read.begin_check(check, part)) else { continue };
            loop {
                let left = check.left();
                match self.read(|read| read.check_on(&mut check, EVENTS_PER_CHECK)) {
                    Some(true) => break,
                    Some(false) => {
                        self.clear_checkpoints().await?;
                        return Ok(false);
                    }
                    None => {}
                }
                let has_fetched = self.fetch().await?;
                if !has_fetched && check.left() == left {
                    break; // What cannot be read at all is told by whoever looks at it.
                }
                // Whatever else is to be done comes first: nobody waits for this.
                env.breathe().await;
            }
        }
        Ok(true)
    }
}

/// Reads what was kept of a log; `None` where there is nothing that can be used.
async fn read_kept(log: &(impl EventLog + CheckpointStore), env: &impl Env) -> Option<(KeptIndex, ReadSide)> {
    let codec = BankCodec::new().ok()?;
    let index = KeptIndex::decode(&log.load(INDEX).await.ok()??, &ReadSide::folds(&codec))?;
    // The block that holds the last event counted shows that this is the log.
    let last = log.read(index.tail.position.previous(), 1).await.ok()?.pop()?;
    let last = Block::from_bytes(last.bytes).ok()?;
    let is_end = last.header().last() == index.tail.position;
    let chain = if is_end { last.header().chain_after } else { last.chain_at(index.tail.position).ok()?? };
    if chain != index.tail.chain {
        return None;
    }
    let load = async |key: &str, checksum: u32| {
        let bytes = log.load(key).await.ok()??;
        (KeptIndex::checksum(&bytes) == checksum).then_some(bytes)
    };
    let mut kept = KeptReadSide::of(codec, &index)?;
    let mut slices = Slices::begin(env);
    let mut runs = index.runs.iter().zip(0..);
    let mut loaded = match runs.next() {
        Some((checksum, run)) => load(&run_key(run), *checksum).await,
        None => None,
    };
    while let Some(bytes) = loaded {
        // The storage looks for the next one while this is read.
        let next = async {
            match runs.next() {
                Some((checksum, run)) => load(&run_key(run), *checksum).await.map(Some),
                None => Some(None),
            }
        };
        let read = async { kept.read_run(&bytes) };
        let (next, read) = join(next, read).await;
        read?;
        loaded = next?;
        if slices.is_over() {
            slices.rest().await;
        }
    }
    let heads = load(HEADS, index.heads).await?;
    let mut read_side = kept.finish(&heads, &index)?;
    if is_end {
        read_side.arrive(last).ok()?;
    }
    Some((index, read_side))
}
