use super::{
    board::{Board, until},
    find::{Find as _, Found},
};
use crate::ui::parts::{Reveal, VirtualList};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen_test::wasm_bindgen_test;

/// A list of a hundred thousand rows of 20 px in a box of 400 px, and the signal that brings one into view.
fn long_list() -> (Board, RwSignal<Option<Reveal>>) {
    let mut board = Board::new();
    let reveal = board.with(|| RwSignal::new(None));
    board.show(move || {
        let row = |index: Memo<usize>| {
            view! { <div data-testid="line" tabindex="-1" style="height: 20px">{index}</div> }.into_any()
        };
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
    reveal.set(Some(Reveal { row: 73_500, turn: 0 }));
    let list = board.role("list", "Numbers").get_bounding_client_rect();
    let is_within = |row: Found| {
        let row = row.get_bounding_client_rect();
        (row.top() >= list.top() && row.bottom() <= list.bottom()).then_some(())
    };
    until("it is within the box", || line(&board, "73500").and_then(is_within)).await;
    assert!(line(&board, "0").is_none(), "what is out of sight is gone");
}

#[wasm_bindgen_test]
async fn far_away_the_rows_that_are_there_are_written_again() {
    let (board, reveal) = long_list();
    let first = until("the rows are drawn", || line(&board, "0")).await;
    reveal.set(Some(Reveal { row: 73_500, turn: 0 }));
    until("the row is there", || line(&board, "73500")).await;
    assert!(first.is_connected() && first.text_content().as_deref() != Some("0"), "{:?}", first.text_content());
}

#[wasm_bindgen_test]
async fn a_row_that_the_keyboard_is_at_never_shows_something_else() {
    let (board, reveal) = long_list();
    let first = until("the rows are drawn", || line(&board, "0")).await;
    first.focus().expect("it can have the focus");
    reveal.set(Some(Reveal { row: 73_500, turn: 0 }));
    until("the row is there", || line(&board, "73500")).await;
    assert!(!first.is_connected(), "it left the page: {:?}", first.text_content());
}

#[wasm_bindgen_test]
async fn around_a_row_that_is_asked_for_more_are_made_once_it_rests_there() {
    let (board, reveal) = long_list();
    until("the rows are drawn", || line(&board, "0")).await;
    reveal.set(Some(Reveal { row: 73_500, turn: 0 }));
    until("the row is there", || line(&board, "73500")).await;
    let top = board.role("list", "Numbers").get_bounding_client_rect().top();
    let is_above = |row: &Found| row.get_bounding_client_rect().bottom() <= top;
    let above = || board.test_ids("line").into_iter().filter(is_above).count();
    until("it has rested", || (above() >= 6).then_some(())).await;
}
