//! Any bytes as a CSV file.
#![no_main]

use annals_fuzz::{files, memory};
use libfuzzer_sys::fuzz_target;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

fuzz_target!(|bytes: &[u8]| memory::in_proportion(bytes, files::csv));
