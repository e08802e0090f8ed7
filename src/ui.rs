//! The screens: Leptos components. They render what the application says and send commands; they hold no rules.

#![expect(unreachable_pub, reason = "the component macro makes the structs of props public")]

mod app;
mod backend;
mod bank;
mod canvas;
mod envelope;
mod import;
mod log;
mod loss;
mod palette;
mod parts;
mod session;
mod settings;
mod start;
#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
mod timebar;
mod wish;

pub use app::App;
