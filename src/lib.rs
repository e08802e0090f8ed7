//! Annals: books kept as events, wholly in the browser.
pub mod app;
pub mod bank;
pub mod kernel;
