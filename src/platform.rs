//! The browser, behind small typed doors: storage, channels, locks, clock and files.
//!
//! Nothing here knows an event's meaning. Everything runs on the page's one thread.

pub mod channel;
pub mod clock;
pub mod files;
pub mod idb;
mod indexed_db_log;
mod js;
mod local;
pub mod locks;
pub mod preferences;
pub mod registry;
pub mod storage;
mod yield_now;

pub use indexed_db_log::IndexedDbLog;
pub use local::LocalError;
pub use yield_now::{sleep, yield_now};
