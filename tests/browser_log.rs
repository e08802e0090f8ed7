#![cfg(test)]
//! What only a browser can prove: the log in IndexedDB, and the browser's other doors.
//!
//! `cargo test --target wasm32-unknown-unknown --test browser_log`, with `WASM_BINDGEN_TEST_TIMEOUT=300`.

#[cfg(target_arch = "wasm32")]
#[path = "support/browser_log.rs"]
mod browser_log;
#[cfg(target_arch = "wasm32")]
#[path = "support/browser_platform.rs"]
mod browser_platform;
#[cfg(target_arch = "wasm32")]
#[path = "support/log_contract.rs"]
mod log_contract;
#[cfg(target_arch = "wasm32")]
#[path = "support/page.rs"]
mod page;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
