//! Keeping ledgers, as far as it needs no browser: the log in memory, and the plain data kept beside a log.
//!
//! What needs a browser is in `platform`, which exists on wasm32 only.

mod ledger;
mod memory;
mod preferences;
mod witness;

pub use ledger::{LedgerId, LedgerIdError, LedgerInfo, LedgerKind};
pub use memory::MemoryLog;
pub use preferences::{Preferences, Theme, ZoneChoice};
pub use witness::{Witness, WitnessVerdict};

use crate::kernel::{Block, LogError, Tail};

/// Where a log ends that ended at `expected`, once `blocks` are appended.
///
/// # Errors
/// [`LogError::Backend`] when the blocks do not follow `expected` and each other: they were sealed for another log.
pub fn tail_after(expected: Tail, blocks: &[Block]) -> Result<Tail, LogError> {
    let mut tail = expected;
    for block in blocks {
        let header = block.header();
        if tail.check_next(header).is_err() {
            let why = format!("the block at event {} does not follow event {}", header.first, tail.position);
            return Err(LogError::Backend { why });
        }
        tail = Tail::after(header);
    }
    Ok(tail)
}
