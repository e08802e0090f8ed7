//! What is kept of a long log beside it, so that a start need not read its history: the index of its events in runs, the
//! checkpoints of every fold, and here what they are of.
//!
//! # Format 1, byte by byte
//!
//! Numbers and texts as in a checkpoint.
//!
//! | what | |
//! |---|---|
//! | 4 bytes | `ANNI` |
//! | 4 bytes | CRC-32 (IEEE) of everything behind it, little-endian |
//! | `text` | the fingerprint: all folds and their revisions, how events are read, and the formats |
//! | `u`, 32 bytes | position of the last event that is counted, the chain's hash after it |
//! | `u` | how many events a run has, a multiple of 1,024; the last one has what is left |
//! | `u`, and that many `u` | how many runs there are, and the CRC-32 of each |
//! | `u` | the CRC-32 of the states at the end |
//! | `u`, and that many `u` | how many folds there are, and the spacing of the checkpoints of each; 0 for one that is not |
//!
//! It is derived: whatever is odd about it, it is not used, and the history is read instead.

use super::{ChainHash, FORMAT_VERSION, PackedColumn, Position, StateReader, StateWriter, Tail, checksum::crc32};

const MAGIC: [u8; 4] = *b"ANNI";
/// Raised whenever this, a run or the states at the end are written differently.
const INDEX_FORMAT: u16 = 1;
const CHECKED_FROM: usize = 8;

/// What the index that is kept of a log is made of. It is valid for these very runs and states, and for one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptIndex {
    /// Where the log ended.
    pub tail: Tail,
    /// How many events each run has, but for the last one.
    pub run_events: u32,
    /// The checksum of each run.
    pub runs: Vec<u32>,
    /// The checksum of the states at the end.
    pub heads: u32,
    /// The spacing of the checkpoints of each fold.
    pub spacings: Vec<u32>,
}

impl KeptIndex {
    /// The checksum of a run, or of the states at the end.
    pub fn checksum(bytes: &[u8]) -> u32 {
        crc32(bytes)
    }

    /// How many runs of `run_events` the index of so many events has.
    pub fn runs_of(events: Position, run_events: u32) -> u32 {
        if run_events == 0 { 0 } else { events.get().div_ceil(run_events) }
    }

    /// The bytes to keep. `folds` names all folds with their revisions, and how events are read.
    pub fn encode(&self, folds: &str) -> Vec<u8> {
        let mut out = StateWriter::default();
        out.text(&fingerprint(folds));
        out.number(self.tail.position.get().into());
        out.bytes(self.tail.chain.as_bytes());
        out.number(self.run_events.into());
        out.number(self.runs.len() as u64);
        self.runs.iter().for_each(|checksum| out.number((*checksum).into()));
        out.number(self.heads.into());
        out.number(self.spacings.len() as u64);
        self.spacings.iter().for_each(|spacing| out.number((*spacing).into()));
        let body = out.into_bytes();
        [&MAGIC[..], &crc32(&body).to_le_bytes(), &body].concat()
    }

    /// Reads what [`KeptIndex::encode`] has made; `None` where it is damaged, or other code wrote it.
    pub fn decode(bytes: &[u8], folds: &str) -> Option<Self> {
        let body = bytes.get(CHECKED_FROM..)?;
        let (magic, checksum) = bytes.get(..CHECKED_FROM)?.split_at_checked(MAGIC.len())?;
        if magic != MAGIC || checksum != crc32(body).to_le_bytes() {
            return None;
        }
        let mut from = StateReader::over(body);
        if from.text()? != fingerprint(folds) {
            return None;
        }
        let position = Position::new(from.small()?);
        let chain = ChainHash::from_bytes(from.bytes(32)?.try_into().ok()?);
        let run_events = from.small().filter(|events| (*events as usize).is_multiple_of(PackedColumn::CHUNK))?;
        let runs = (0..from.count()?).map(|_| from.small()).collect::<Option<Vec<_>>>()?;
        let heads = from.small()?;
        let spacings = (0..from.count()?).map(|_| from.small()).collect::<Option<Vec<_>>>()?;
        let is_whole = from.is_empty() && runs.len() == Self::runs_of(position, run_events) as usize;
        is_whole.then_some(Self { tail: Tail { position, chain }, run_events, runs, heads, spacings })
    }
}

fn fingerprint(folds: &str) -> String {
    format!("{folds}, formats {FORMAT_VERSION} {INDEX_FORMAT}")
}
