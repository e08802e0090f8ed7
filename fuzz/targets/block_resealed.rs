//! Damaged blocks under a right checksum: with the header as it is, and with one that tells the truth of the events.
//! Damage is done within a section more often than across, since else nearly all of it would be to the lengths.
#![no_main]

use annals_fuzz::{
    block, memory,
    repair::{Pieces, with_checksum, with_true_header},
};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

fuzz_target!(|bytes: &[u8]| {
    let resealed = with_checksum(bytes.to_vec());
    memory::in_proportion(&resealed, block::check);
    if let Some(truthful) = with_true_header(&resealed).filter(|truthful| *truthful != resealed) {
        memory::in_proportion(&truthful, block::check);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let within = Pieces::of(&data[..size]).filter(|_| !seed.is_multiple_of(8));
    let changed = within.and_then(|pieces| changed(pieces, seed as usize / 8)).filter(|bytes| bytes.len() <= max_size);
    match changed {
        Some(bytes) => {
            data[..bytes.len()].copy_from_slice(&bytes);
            bytes.len()
        }
        None => fuzzer_mutate(data, size, max_size),
    }
});

/// A block with one of its sections changed, or how many events it says it has, and where they begin.
fn changed(mut pieces: Pieces, choice: usize) -> Option<Vec<u8>> {
    const ROOM: usize = 64;
    let place = choice % (pieces.sections.len() + 1);
    match pieces.sections.get_mut(place) {
        Some(section) => {
            let length = section.len();
            section.resize(length + ROOM, 0);
            let length = fuzzer_mutate(section, length, length + ROOM);
            section.truncate(length);
        }
        None => {
            fuzzer_mutate(pieces.header.get_mut(12..20)?, 8, 8);
        }
    }
    Some(pieces.bytes())
}
