//! What must hold whatever the bytes are. The targets in `targets/` feed these checks; `tests/fuzzed.rs` runs them over
//! the seeds in the usual build, so that they do not rot.

pub mod block;
pub mod files;
pub mod memory;
pub mod repair;
