#![cfg(test)]
//! Components in a real browser: mounted, clicked and typed into, and asked by role, label and `data-testid` what they
//! show. `cargo xtask test browser ui::tests` runs these alone.

mod accounts;
mod act;
mod board;
mod command;
mod event_log;
mod find;
mod first_run;
mod palette;
mod settings;
mod stage;
mod time_bar;
mod timeline;
mod virtual_list;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
