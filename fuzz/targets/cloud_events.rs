//! Any bytes as a file of CloudEvents.
#![no_main]

use annals_fuzz::{files, memory};
use libfuzzer_sys::fuzz_target;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

fuzz_target!(|bytes: &[u8]| memory::in_proportion(bytes, files::cloud_events));
