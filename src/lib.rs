//! Annals: books kept as events, wholly in the browser.
//!
//! | Word | Meaning |
//! |---|---|
//! | aggregate | a thing with rules; it decides and evolves |
//! | stream | the events of one aggregate: `category/id` |
//! | command, refusal | an intention; a typed reason why not |
//! | event | something that happened, past tense, immutable |
//! | recorded event | an event with its envelope |
//! | version | 1-based number of an event in its stream |
//! | position | 1-based number of an event in the whole log |
//! | commit | the events that one append makes durable together, all or nothing |
//! | block | how the log is stored: a run of consecutive events in one record |
//! | projection | a read model: a fold over the log |
//! | checkpoint | a saved state of a fold at a position |
//! | upcast | reading an old event schema as the current one |
//! | playhead, moment, clock | where the screen stands: an event, in the order of a clock (occurred or recorded) |
//! | tense | live or past |

pub mod app;
pub mod bank;
pub mod kernel;
#[cfg(target_arch = "wasm32")]
pub mod platform;
pub mod store;
#[cfg(target_arch = "wasm32")]
pub mod ui;
