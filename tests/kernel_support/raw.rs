//! Blocks in pieces, so that tests can build those that no writer would write.
#![cfg(test)]
#![allow(dead_code, reason = "each test crate uses a part of it")]

use annals::kernel::{Block, BlockError};

/// Bytes before the first section.
pub(crate) const HEADER_BYTES: usize = 116;
/// Places of sections.
pub(crate) const DICTIONARY: usize = 0;
pub(crate) const STREAMS: usize = 1;
pub(crate) const SHAPES: usize = 3;
pub(crate) const STREAM: usize = 4;
pub(crate) const RECORDED: usize = 6;
pub(crate) const OCCURRED: usize = 7;
pub(crate) const ACTOR: usize = 8;
pub(crate) const ID: usize = 10;
pub(crate) const CORRELATION: usize = 11;
pub(crate) const CAUSATION: usize = 12;
pub(crate) const SHAPE: usize = 14;
pub(crate) const VALUES: usize = 15;

/// The header and the sections of a block.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    pub(crate) header: Vec<u8>,
    pub(crate) sections: Vec<Vec<u8>>,
}

impl Raw {
    pub(crate) fn of(block: &Block) -> Self {
        let (header, mut rest) = block.bytes().split_at(HEADER_BYTES);
        let mut sections = Vec::new();
        while !rest.is_empty() {
            let (mut length, mut shift) = (0usize, 0);
            while let Some((byte, after)) = rest.split_first() {
                rest = after;
                length |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte < &0x80 {
                    break;
                }
            }
            let (section, after) = rest.split_at(length);
            sections.push(section.to_vec());
            rest = after;
        }
        Self { header: header.to_vec(), sections }
    }

    /// The bytes, with the right lengths and the right checksum.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.header.clone();
        for section in &self.sections {
            bytes.extend(number(section.len()));
            bytes.extend(section);
        }
        with_checksum(bytes)
    }

    pub(crate) fn block(&self) -> Result<Block, BlockError> {
        Block::from_bytes(self.bytes())
    }
}

/// The same bytes with the checksum that they should have.
pub(crate) fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() >= 12 {
        let checksum = crc32fast::hash(&bytes[12..]).to_le_bytes();
        bytes[8..12].copy_from_slice(&checksum);
    }
    bytes
}

/// An unsigned LEB128 number.
pub(crate) fn number(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// A table of this many entries.
pub(crate) fn table(count: usize, entries: &[u8]) -> Vec<u8> {
    [number(count), entries.to_vec()].concat()
}

/// A dictionary's text.
pub(crate) fn text(text: &str) -> Vec<u8> {
    [number(text.len()), text.as_bytes().to_vec()].concat()
}
