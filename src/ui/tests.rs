#![cfg(test)]
//! Components in a real browser: mounted, clicked and typed into, and asked by role, label and `data-testid` what they
//! show. `cargo xtask test browser ui::tests` runs these alone.

mod accounts;
mod act;
mod ahead;
mod alerts;
mod board;
mod chart;
mod command;
mod delete;
mod event_log;
mod export;
mod find;
mod first_run;
mod import;
mod import_doubts;
mod kept;
mod overview;
mod page;
mod palette;
mod patch;
mod pointer;
mod preferences;
mod settings;
mod sources;
mod stage;
mod statement;
mod time_bar;
mod timeline;
mod track;
mod virtual_list;
mod whole_page;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
