//! The first bytes of a block.

use super::{
    super::{BlockError, BlockHeader, ChainHash, Position, checksum::crc32, columns::Reader},
    BLOCK_EVENTS_MAX, FORMAT_VERSION,
    times::instant,
};
use std::sync::Arc;

const MAGIC: [u8; 4] = *b"ANNB";
pub(super) const HEADER_BYTES: usize = 116;
const CHECKED_FROM: usize = 12;

/// A block's bytes.
pub(super) fn assemble(header: &BlockHeader, body: &[u8]) -> Arc<[u8]> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + body.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    bytes.extend_from_slice(&0u16.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&header.count.to_le_bytes());
    bytes.extend_from_slice(&header.first.get().to_le_bytes());
    for time in [header.occurred.0, header.occurred.1, header.recorded.0, header.recorded.1] {
        bytes.extend_from_slice(&time.as_micros().to_le_bytes());
    }
    bytes.extend_from_slice(header.chain_before.as_bytes());
    bytes.extend_from_slice(header.chain_after.as_bytes());
    bytes.extend_from_slice(body);
    let checksum = crc32(bytes.get(CHECKED_FROM..).unwrap_or_default());
    if let Some(place) = bytes.get_mut(CHECKED_FROM - 4..CHECKED_FROM) {
        place.copy_from_slice(&checksum.to_le_bytes());
    }
    bytes.into()
}

/// What a block says of itself, if its bytes are what was written.
pub(super) fn read(bytes: &[u8]) -> Result<BlockHeader, BlockError> {
    let mut reader = Reader::new(bytes);
    if reader.array::<4>().ok() != Some(MAGIC) {
        return Err(BlockError::NotABlock);
    }
    let format = u16::from_le_bytes(reader.array()?);
    if format == 0 || format > FORMAT_VERSION {
        return Err(BlockError::UnknownFormat { found: format });
    }
    let flags = u16::from_le_bytes(reader.array()?);
    let stored = u32::from_le_bytes(reader.array()?);
    let computed = crc32(bytes.get(CHECKED_FROM..).unwrap_or_default());
    if stored != computed {
        return Err(BlockError::Checksum { stored, computed });
    }
    if flags != 0 {
        return Err(BlockError::Malformed { what: "has flags that mean nothing" });
    }
    let count = u32::from_le_bytes(reader.array()?);
    let first = Position::new(u32::from_le_bytes(reader.array()?));
    let mut time = || instant(i64::from_le_bytes(reader.array()?));
    let (occurred, recorded) = ((time()?, time()?), (time()?, time()?));
    let chain_before = ChainHash::from_bytes(reader.array()?);
    let chain_after = ChainHash::from_bytes(reader.array()?);
    // An event takes a byte at least.
    let possible = (1..=BLOCK_EVENTS_MAX.min(bytes.len())).contains(&(count as usize));
    if !possible || first == Position::ZERO || first.get().checked_add(count).is_none() {
        return Err(BlockError::Malformed { what: "has an impossible count or position" });
    }
    Ok(BlockHeader { count, first, occurred, recorded, chain_before, chain_after })
}
