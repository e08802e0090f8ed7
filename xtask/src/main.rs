//! The project's commands: `cargo xtask --help`.
fn main() {}
