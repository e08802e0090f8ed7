//! The whole page, as it opens at an address.

use super::{
    board::{Board, until},
    find::{Find, Found, attribute, words},
    stage::Stage,
};
use crate::{store::LedgerId, ui::App};
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};

/// The whole page. It says what it is by itself: nothing of it is looked at but what is shown.
pub(super) struct Page(Board);

impl Page {
    /// Opens an address; the ledger is still being read.
    pub(super) fn at(address: &str) -> Self {
        let history = window().history().expect("a history");
        history.replace_state_with_url(&JsValue::NULL, "", Some(address)).expect("an address");
        let mut board = Board::new();
        board.show(|| view! { <App /> });
        Self(board)
    }

    /// Opens an address of a ledger with the books of [`Stage::with_books`]: `%` stands for its id.
    pub(super) async fn of_books(address: &str) -> (Self, LedgerId) {
        let stage = Stage::with_books().await;
        let id = stage.id();
        drop(stage);
        let page = Self::at(&address.replace('%', id.as_str()));
        page.opened(7).await;
        (page, id)
    }

    /// Waits until a ledger of so many events is open.
    pub(super) async fn opened(&self, events: u32) {
        let is_open = || self.test_ids("work").is_empty() && self.head() == events;
        until("the ledger is open", || is_open().then_some(())).await;
    }

    /// How many events the page says are saved.
    pub(super) fn head(&self) -> u32 {
        attribute(&self.test_id("head"), "data-position").parse().expect("a number")
    }

    /// Where the page says it stands.
    pub(super) fn state(&self) -> String {
        let parts = self.role("group", "Point in time").all("b, time, span:not(.dot)");
        parts.iter().map(|part| words(&part.inner_text())).collect::<Vec<_>>().join(" ")
    }
}

impl Find for Page {
    fn root(&self) -> Found {
        self.0.root()
    }
}

/// The part of the address from `#` on.
pub(super) fn address() -> String {
    window().location().hash().expect("an address")
}

/// Goes back, as the browser's button does.
pub(super) fn go_back() {
    window().history().expect("a history").back().expect("it goes back");
}

/// `empty`, `live` or `past`, as the style sheets see it.
pub(super) fn tense() -> String {
    attribute(&document().document_element().expect("a page"), "data-tense")
}

/// What has the keyboard.
pub(super) fn focused() -> Found {
    document().active_element().expect("something").unchecked_into()
}
