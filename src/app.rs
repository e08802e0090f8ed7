//! The application: what the page can do, without markup.
pub mod files;
