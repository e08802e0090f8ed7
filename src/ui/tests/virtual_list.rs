use super::{
    board::{Board, until},
    find::{Find as _, Found},
};
use crate::ui::parts::VirtualList;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen_test::wasm_bindgen_test;

/// A list of a hundred thousand rows of 20 px in a box of 400 px, and the signal that brings one into view.
fn long_list() -> (Board, RwSignal<Option<usize>>) {
    let mut board = Board::new();
    let reveal = board.with(|| RwSignal::new(None));
    board.show(move || {
        let row = |index: usize| view! { <div data-testid="line" style="height: 20px">{index}</div> }.into_any();
        view! {
            <VirtualList
                count=Signal::derive(|| 100_000)
                row_height=Signal::derive(|| 20.0)
                key=Arc::new(|index| index)
                row=Arc::new(row)
                reveal
                class="scroll"
                label="Numbers"
                role="list"
            />
        }
    });
    (board, reveal)
}

/// The line of a number, where it is in the page.
fn line(board: &Board, number: &str) -> Option<Found> {
    board.test_ids("line").into_iter().find(|line| line.text_content().as_deref() == Some(number))
}

#[wasm_bindgen_test]
async fn of_a_hundred_thousand_rows_only_those_in_view_are_in_the_page() {
    let (board, _) = long_list();
    until("the rows are drawn", || line(&board, "0")).await;
    let lines = until("the box is measured", || Some(board.test_ids("line")).filter(|lines| lines.len() < 100)).await;
    assert!(lines.len() >= 20, "the box is full: {}", lines.len());
    let list = board.role("list", "Numbers");
    assert_eq!(list.scroll_height(), 2_000_000, "it scrolls as if all were there");
}

#[wasm_bindgen_test]
async fn a_row_that_is_asked_for_is_scrolled_into_view() {
    let (board, reveal) = long_list();
    until("the rows are drawn", || line(&board, "0")).await;
    reveal.set(Some(73_500));
    let wanted = until("the row is there", || line(&board, "73500")).await;
    let (row, list) = (wanted.get_bounding_client_rect(), board.role("list", "Numbers").get_bounding_client_rect());
    assert!(row.top() >= list.top() && row.bottom() <= list.bottom(), "it is within the box");
    assert!(line(&board, "0").is_none(), "what is out of sight is gone");
}
