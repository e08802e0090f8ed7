//! Annals: books kept as events, wholly in the browser.

pub mod app;
pub mod bank;
pub mod kernel;
#[cfg(target_arch = "wasm32")]
pub mod platform;
pub mod store;
#[cfg(target_arch = "wasm32")]
pub mod ui;
