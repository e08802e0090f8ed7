//! Which events are known already.

use super::{LedgerSource, is_ours, object::Object};
use crate::kernel::{Block, BlockError, Codec, History};
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;

/// The ids of events, each with its source, as 128 bits of their hash.
#[derive(Clone, Debug, Default)]
pub struct SeenIds {
    hashes: HashSet<u128>,
}

impl SeenIds {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// All of a history, at once. Over a long one, rather [`SeenIds::add_block`] in slices.
    ///
    /// # Errors
    /// [`BlockError`] when a block cannot be read.
    pub fn of<C: Codec>(history: &History<C>) -> Result<Self, BlockError> {
        let mut seen = Self::new();
        for block in history.blocks() {
            seen.add_block(block)?;
        }
        Ok(seen)
    }

    /// Adds the events of a block, some thousands at most.
    ///
    /// # Errors
    /// [`BlockError`] when it cannot be read.
    pub fn add_block(&mut self, block: &Block) -> Result<(), BlockError> {
        let mut reader = block.read()?;
        while let Some(event) = reader.next_event()? {
            let id = event.id.to_string();
            let kept = event.attributes.and_then(|text| Object::parse(text).ok());
            match kept.and_then(|object| object.text("source")) {
                Some(source) => self.insert(&source, &id),
                None => self.insert_ours(&id),
            };
        }
        Ok(())
    }

    /// Adds an event; tells whether it is new.
    pub fn insert(&mut self, source: &str, id: &str) -> bool {
        self.hashes.insert(hash(if is_ours(source) { "" } else { source }, id))
    }

    /// Adds an event of ours; tells whether it is new.
    pub fn insert_ours(&mut self, id: &str) -> bool {
        self.hashes.insert(hash("", id))
    }

    /// Whether an event is among them.
    pub fn contains(&self, source: &str, id: &str) -> bool {
        self.hashes.contains(&hash(if is_ours(source) { "" } else { source }, id))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }
}

impl LedgerSource {
    /// Whether events of this source are ours: those of any ledger of Annals are.
    pub fn is_ours(source: &str) -> bool {
        is_ours(source)
    }
}

fn hash(source: &str, id: &str) -> u128 {
    let digest = Sha256::new().chain_update(source).chain_update([0]).chain_update(id).finalize();
    digest.iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_seen_once_in_each_source_and_once_in_all_ledgers_of_ours() {
        let mut seen = SeenIds::new();
        assert!(seen.insert("/a", "1") && seen.insert("/b", "1") && seen.insert("/a", "2"));
        assert!(!seen.insert("/a", "1"));
        assert!(seen.insert_ours("1") && !seen.insert("/annals/home", "1") && seen.contains("/annals/other", "1"));
        assert!(seen.insert("ab", "c") && seen.insert("a", "bc"), "the border between the two counts");
    }
}
