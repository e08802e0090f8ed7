//! Blocks in pieces: what lets damage get past the lengths, the checksum and what the header says of the events.

use annals::kernel::{Block, Timestamp};

/// Bytes before the first section.
const HEADER_BYTES: usize = 116;
/// The checksum stands before this, and is of all behind it.
const CHECKED_FROM: usize = 12;

/// The header of a block, and its sections without their lengths.
pub struct Pieces {
    /// The bytes before the first section.
    pub header: Vec<u8>,
    /// What stands in each section.
    pub sections: Vec<Vec<u8>>,
}

impl Pieces {
    /// Takes bytes apart; `None` where the lengths of the sections do not add up.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let (header, mut rest) = bytes.split_at_checked(HEADER_BYTES)?;
        let mut sections = Vec::new();
        while !rest.is_empty() {
            let (mut length, mut shift) = (0usize, 0u32);
            loop {
                let (byte, after) = rest.split_first()?;
                rest = after;
                length |= usize::from(byte & 0x7f).checked_shl(shift)?;
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            let (section, after) = rest.split_at_checked(length)?;
            sections.push(section.to_vec());
            rest = after;
        }
        Some(Self { header: header.to_vec(), sections })
    }

    /// The bytes, with the right lengths and the right checksum.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.header.clone();
        for section in &self.sections {
            let mut length = section.len();
            while length >= 0x80 {
                bytes.push(length.to_le_bytes()[0] | 0x80);
                length >>= 7;
            }
            bytes.push(length.to_le_bytes()[0]);
            bytes.extend(section);
        }
        with_checksum(bytes)
    }
}

/// The same bytes with the checksum that they should have.
pub fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some((start, checked)) = bytes.split_at_mut_checked(CHECKED_FROM) {
        start[CHECKED_FROM - 4..].copy_from_slice(&crc32fast::hash(checked).to_le_bytes());
    }
    bytes
}

/// The same bytes with the times and the chain hash that the events give, where all of these can be read: what is left
/// is a block that a writer could have made.
pub fn with_true_header(bytes: &[u8]) -> Option<Vec<u8>> {
    let block = Block::from_bytes(bytes).ok()?;
    let mut reader = block.read().ok()?;
    let mut times: Vec<(Timestamp, Timestamp)> = Vec::new();
    while times.len() < block.header().count as usize {
        let event = reader.next_event().ok()??;
        times.push((event.recorded_at, event.occurred_at));
    }
    let occurred = times.iter().map(|(_, occurred)| *occurred);
    let recorded = [times.first()?.0, times.last()?.0];
    let stated = [occurred.clone().min()?, occurred.max()?, recorded[0], recorded[1]];
    // The chain up to the last event is computed without a look at what the header says behind it.
    let chain = block.chain_at(block.header().last()).ok()??.to_string();
    let mut bytes = bytes.to_vec();
    for (place, time) in (20..).step_by(8).zip(stated) {
        bytes[place..place + 8].copy_from_slice(&time.as_micros().to_le_bytes());
    }
    for (place, digits) in (84..HEADER_BYTES).zip((0..64).step_by(2)) {
        bytes[place] = u8::from_str_radix(&chain[digits..digits + 2], 16).ok()?;
    }
    Some(with_checksum(bytes))
}
