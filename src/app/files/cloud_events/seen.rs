//! Which events are known already.

use super::{LedgerSource, is_ours, object::Object};
use crate::kernel::{Block, BlockError, Codec, EventId, History};
use rustc_hash::FxHashSet;
use sha2::{Digest as _, Sha256};

/// The ids of events, each with its source.
#[derive(Clone, Debug, Default)]
pub struct SeenIds {
    /// Those of our events that are UUIDs, as nearly all are.
    ours: FxHashSet<u128>,
    /// All others, as 128 bits of the hash of source and id.
    hashes: FxHashSet<u128>,
}

impl SeenIds {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// All of a history whose blocks are in memory, at once. Over a long one, rather [`SeenIds::add_block`] in slices.
    ///
    /// # Errors
    /// [`BlockError`] when a block cannot be read.
    pub fn of<C: Codec>(history: &History<C>) -> Result<Self, BlockError> {
        let mut seen = Self::new();
        for block in history.blocks_here() {
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
            let kept = event.attributes.and_then(|text| Object::parse(text).ok());
            match kept.and_then(|object| object.text("source")) {
                Some(source) => self.insert(&source, event.id),
                None => self.insert_ours(event.id),
            };
        }
        Ok(())
    }

    /// Adds an event; tells whether it is new.
    pub fn insert(&mut self, source: &str, id: &EventId) -> bool {
        if is_ours(source) { self.insert_ours(id) } else { self.hashes.insert(hash(source, id)) }
    }

    /// Adds an event of ours; tells whether it is new.
    pub fn insert_ours(&mut self, id: &EventId) -> bool {
        match id {
            EventId::Uuid(uuid) => self.ours.insert(uuid.as_u128()),
            EventId::Text(_) => self.hashes.insert(hash("", id)),
        }
    }

    /// Whether an event is among them.
    pub fn contains(&self, source: &str, id: &EventId) -> bool {
        match id {
            EventId::Uuid(uuid) if is_ours(source) => self.ours.contains(&uuid.as_u128()),
            EventId::Uuid(_) | EventId::Text(_) => {
                self.hashes.contains(&hash(if is_ours(source) { "" } else { source }, id))
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ours.len() + self.hashes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl LedgerSource {
    /// Whether events of this source are ours: those of any ledger of Annals are.
    pub fn is_ours(source: &str) -> bool {
        is_ours(source)
    }
}

fn hash(source: &str, id: &EventId) -> u128 {
    let digest = Sha256::new().chain_update(source).chain_update([0]).chain_update(id.to_string()).finalize();
    digest.iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_seen_once_in_each_source_and_once_in_all_ledgers_of_ours() {
        let ids @ [one, two, uuid] = &["1", "2", "0190a5d4-7e5a-7c3a-8f00-0123456789ab"].map(EventId::parse);
        let mut seen = SeenIds::new();
        assert!(ids.iter().all(|id| seen.insert("/a", id) && seen.insert("/b", id) && !seen.insert("/a", id)));
        for id in [one, uuid] {
            assert!(seen.insert_ours(id) && !seen.insert("/annals/home", id) && seen.contains("/annals/other", id));
        }
        assert!(!seen.contains("/annals/home", two) && !seen.contains("/c", uuid) && seen.len() == 8);
        let (c, bc) = (EventId::parse("c"), EventId::parse("bc"));
        assert!(seen.insert("ab", &c) && seen.insert("a", &bc), "the border between the two counts");
    }
}
