//! A log in memory, for tests and for pages that have no storage.

use crate::kernel::{AppendError, Block, CheckpointStore, EventLog, LogError, Position, StoredBlock, Tail};
use std::{cell::RefCell, collections::BTreeMap, ops::Bound, rc::Rc, sync::Arc};

/// Keeps blocks for as long as one of its handles lives. A clone is another handle on the same log.
#[derive(Clone, Debug, Default)]
pub struct MemoryLog {
    kept: Rc<RefCell<Kept>>,
}

#[derive(Debug)]
struct Kept {
    tail: Tail,
    blocks: BTreeMap<Position, Arc<[u8]>>,
    checkpoints: BTreeMap<String, Arc<[u8]>>,
}

impl Default for Kept {
    fn default() -> Self {
        Self { tail: Tail::START, blocks: BTreeMap::new(), checkpoints: BTreeMap::new() }
    }
}

impl MemoryLog {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }
}

impl EventLog for MemoryLog {
    async fn last(&self) -> Result<Position, LogError> {
        Ok(self.kept.borrow().tail.position)
    }

    async fn append(&self, expected: Tail, blocks: &[Block]) -> Result<(), AppendError> {
        let tail = super::tail_after(expected, blocks)?;
        let mut kept = self.kept.borrow_mut();
        if kept.tail != expected {
            return Err(AppendError::Conflict { expected, actual: kept.tail.position });
        }
        kept.blocks.extend(blocks.iter().map(|block| (block.header().last(), block.bytes().into())));
        kept.tail = tail;
        Ok(())
    }

    async fn read(&self, after: Position, blocks_max: u32) -> Result<Vec<StoredBlock>, LogError> {
        let kept = self.kept.borrow();
        let later = kept.blocks.range((Bound::Excluded(after), Bound::Unbounded));
        let stored = |(last, bytes): (&Position, &Arc<[u8]>)| StoredBlock { last: *last, bytes: Arc::clone(bytes) };
        Ok(later.take(blocks_max as usize).map(stored).collect())
    }

    async fn merge(&self, parts: &[Position], merged: &Block) -> Result<bool, LogError> {
        let header = merged.header();
        let mut kept = self.kept.borrow_mut();
        let run = kept.blocks.range(header.first..=header.last());
        let same_keys = run.clone().map(|(last, _)| last).eq(parts);
        let chain = run.last().and_then(|(_, bytes)| Block::from_bytes(Arc::clone(bytes)).ok());
        if !same_keys || chain.map(|block| block.header().chain_after) != Some(header.chain_after) {
            return Ok(false);
        }
        kept.blocks.retain(|last, _| !parts.contains(last));
        kept.blocks.insert(header.last(), merged.bytes().into());
        Ok(true)
    }
}

impl CheckpointStore for MemoryLog {
    async fn load(&self, key: &str) -> Result<Option<Arc<[u8]>>, LogError> {
        Ok(self.kept.borrow().checkpoints.get(key).cloned())
    }

    async fn save(&self, records: &[(&str, &[u8])]) -> Result<(), LogError> {
        let records = records.iter().map(|(key, bytes)| ((*key).to_owned(), (*bytes).into()));
        self.kept.borrow_mut().checkpoints.extend(records);
        Ok(())
    }

    async fn clear(&self) -> Result<(), LogError> {
        self.kept.borrow_mut().checkpoints.clear();
        Ok(())
    }
}
