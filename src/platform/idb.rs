//! IndexedDB, small, typed and safe.
//!
//! The crates there are either lose why a transaction failed (so that a used-up quota cannot be told from anything
//! else), or cannot ask for strict durability, or take a finished request for a finished transaction. What is here:
//!
//! - A [`Database`] closes itself when another tab wants to change it, and knows when the browser has closed it.
//! - A transaction is `Ok` only after its `complete` event; one that fails, or whose future is dropped, is rolled back.
//! - Errors are [`IdbError`]s. A used-up quota shows in the transaction alone, never in a request.
//!
//! **Inside a transaction await nothing but its own requests.** The browser commits a transaction as soon as the page
//! goes back to its event loop without a request under way. So make everything that is to be written beforehand.

mod database;
mod error;
mod events;
mod settled;
mod transaction;

pub use database::{Database, Factory, Upgrade};
pub use error::IdbError;
pub use transaction::{Answer, Durability, Mode, Store, Transaction};
