//! Files in and out: pure functions and state machines over bytes, text and the kernel's types. No browser.
//!
//! Everything is sliced. An import takes bytes as they arrive (`feed`) and works on them in bounded steps (`step`); an
//! export gives its text in chunks (`next_chunk`). The caller decides when to let the page breathe.
//!
//! Nothing here touches a log: an import ends in a [`StagedImport`], which the application seals and appends once the
//! person has seen the report and agreed. A file records facts, so nothing is refused for breaking a rule of the
//! business; what breaks one is flagged.

pub mod audit;
pub mod cloud_events;
pub mod csv_export;
pub mod csv_import;
pub mod hledger;
mod kind;
mod report;
mod rules;

pub use kind::FileKind;
pub use report::{
    Difference, Flag, FlagReason, ImportReport, LISTED_MAX, Listed, Progress, RowError, Staged, StagedImport,
};
pub use rules::KnownAccount;
