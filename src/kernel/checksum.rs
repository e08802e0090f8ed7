//! The checksum of stored blocks.

use crc::{CRC_32_ISO_HDLC, Crc, Table};
use std::sync::LazyLock;

/// CRC-32 (IEEE), sixteen bytes a step. Its tables are computed at the first use: as constants they would be 16 KB of
/// download that no compression makes smaller.
static CRC_32: LazyLock<Box<Crc<u32, Table<16>>>> =
    LazyLock::new(|| Box::new(Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC)));

/// The CRC-32 (IEEE) of these bytes.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    CRC_32.checksum(bytes)
}
