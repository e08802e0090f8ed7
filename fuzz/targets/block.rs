//! Any bytes as a block.
#![no_main]

use annals_fuzz::{block, memory};
use libfuzzer_sys::fuzz_target;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

fuzz_target!(|bytes: &[u8]| memory::in_proportion(bytes, block::check));
