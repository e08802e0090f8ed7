//! What a story needs: the built page on a server that can be stopped, and a real browser that can be killed.
//!
//! A story is an ordinary `#[tokio::test]` in `tests/`. It serves the page, opens a browser on a profile of its own,
//! acts as a person would, and waits for what the screen must show:
//!
//! ```no_run
//! use stories::{Browser, Profile, Result, Server};
//!
//! #[tokio::test]
//! async fn the_page_says_its_name() -> Result<()> {
//!     let server = Server::start()?;
//!     let profile = Profile::new()?;
//!     let browser = Browser::open(&profile).await?;
//!     let page = browser.page().await?;
//!     page.visit(&server.address()).await?;
//!     page.wait_for("the title", "return document.title.endsWith('Annals')").await?;
//!     browser.close().await
//! }
//! ```
//!
//! Nothing sleeps: [`wait_until`] and the methods built on it try again until a deadline, and then say what they
//! waited for, what the console said, and where the picture of the page is.
#![expect(clippy::disallowed_methods, reason = "stories run natively, where the clock may be read")]

mod books;
mod browser;
mod dist;
mod driver;
mod page;
mod processes;
mod raw_log;
mod screen;
mod server;
mod wait;
mod wire;

pub use anyhow::{self, Result};
pub use browser::{Browser, Profile};
pub use dist::{copy_of_dist, dist, real_data};
pub use fantoccini::key::Key;
pub use page::Page;
pub use server::Server;
pub use wait::{PATIENCE, wait_until};
pub use wire::ConsoleEntry;
