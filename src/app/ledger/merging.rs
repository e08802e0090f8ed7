//! Merging a ledger's blocks while nothing else is to be done.

use super::{Env, FetchError, Ledger};
use crate::{
    app::slices::Slices,
    kernel::{Block, EventLog, LogError, MergePolicy, Position},
};

impl<L: EventLog> Ledger<L> {
    /// Merges neighbouring small blocks, in slices, until nothing is worth merging; returns how many blocks fewer there
    /// are. No event changes, nor its position, nor the chain.
    ///
    /// One tab at a time should do so: several do no harm, and the same work.
    ///
    /// # Errors
    /// [`LogError`] when the storage does not answer. What was merged before stays so.
    pub async fn merge_blocks(&self, policy: MergePolicy, env: &impl Env) -> Result<u32, LogError> {
        let mut slices = Slices::begin(env);
        let (mut from, mut fewer) = (0, 0);
        while self.damage().is_none() {
            let run = self.read_at_hand(|read| {
                let history = read.history();
                let run = policy.run(history.blocks(), from)?;
                // All of them are asked for at once.
                let parts: Vec<_> = run.clone().map(|place| history.block(place).cloned()).collect();
                Some((run.start, parts.into_iter().collect::<Option<Vec<_>>>()?))
            });
            let Some(run) = run else {
                match self.fetch().await {
                    Ok(_) => continue,
                    Err(FetchError::Log(error)) => return Err(error),
                    // Whoever looks there tells what is wrong.
                    Err(FetchError::Different { .. }) => break,
                }
            };
            let Some((start, parts)) = run else { break };
            let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
            let merged = self.merge_run(&parts, &mut slices).await?;
            if merged {
                fewer += count.saturating_sub(1);
            }
            // What cannot be merged is left as it is; what was merged begins a new run.
            from = if merged { start } else { start + parts.len() };
            slices.rest().await;
        }
        Ok(fewer)
    }

    async fn merge_run(&self, parts: &[Block], slices: &mut Slices<'_, impl Env>) -> Result<bool, LogError> {
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return Ok(false) };
        let mut events = Vec::new();
        for part in parts {
            // They were read once before they came to be here.
            let Ok(more) = part.events() else { return Ok(false) };
            events.extend(more);
            if slices.is_over() {
                slices.rest().await;
            }
        }
        let merged = Block::seal(&events, first.header().chain_before);
        let same_chain = |merged: &Block| merged.header().chain_after == last.header().chain_after;
        let Some(merged) = merged.filter(same_chain) else { return Ok(false) };
        drop(events);
        slices.rest().await;
        let keys: Vec<Position> = parts.iter().map(|part| part.header().last()).collect();
        if self.log.merge(&keys, &merged).await? {
            return Ok(self.read(|read| read.adopt(merged)));
        }
        // Another tab was quicker. What it made of these blocks may be taken over.
        let found = self.log.read(first.header().first.previous(), 1).await?.pop();
        let theirs = found.and_then(|stored| Block::from_bytes(stored.bytes).ok());
        Ok(theirs.is_some_and(|theirs| self.read(|read| read.adopt(theirs))))
    }
}
