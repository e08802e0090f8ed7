//! Annals: books kept as events, wholly in the browser.
pub mod bank;
pub mod kernel;
