use super::{
    act::{press, type_into},
    board::{frame, settle, until},
    find::{Find as _, Found, attribute},
    pointer::Mouse,
    stage::Stage,
};
use crate::{app::TimeRange, ui::timebar::TimeBar};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// The time bar, and the picture of the whole ledger: 1 to 6 January, and a hundredth more.
async fn overview() -> (Stage, Found) {
    let mut stage = Stage::with_books().await;
    stage.show(|session| view! { <TimeBar session /> });
    let canvas =
        until("it has its size", || stage.all("#tb-over canvas").into_iter().next().filter(|at| at.offset_width() > 0))
            .await;
    frame().await;
    (stage, canvas)
}

/// The visible range, as the fields state it.
fn range(stage: &Stage) -> (String, String) {
    (stage.field("Range from").value(), stage.field("Range to").value())
}

fn texts(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

async fn drag(canvas: &Found, from: f64, to: f64) {
    Mouse(canvas).drag(from, to);
    settle().await;
}

#[wasm_bindgen_test]
async fn a_bracket_that_is_dragged_takes_that_end_of_the_range_along() {
    let (stage, canvas) = overview().await;
    assert_eq!(range(&stage), texts("2024-01-01", "2024-01-06"));
    drag(&canvas, 0.0, 0.5).await;
    assert_eq!(range(&stage), texts("01-03 21:36", "01-06 10:12"));
    drag(&canvas, 1.0, 0.75).await;
    assert_eq!(range(&stage), texts("01-03 21:36", "01-05 03:54"));
    assert_eq!(attribute(&stage.role("slider", "Range to"), "aria-valuetext"), "01-05 03:54");
}

#[wasm_bindgen_test]
async fn a_bracket_does_not_pass_the_other_one() {
    let (stage, canvas) = overview().await;
    drag(&canvas, 0.0, 0.5).await;
    drag(&canvas, 1.0, 0.1).await;
    assert_eq!(stage.session.range.get_untracked().width(), TimeRange::WIDTH_MIN);
    assert_eq!(range(&stage), texts("21:36:00", "21:36:01"));
}

#[wasm_bindgen_test]
async fn what_lies_between_the_brackets_moves_as_a_whole_and_stays_in_the_ledger() {
    let (stage, canvas) = overview().await;
    drag(&canvas, 0.0, 0.5).await;
    drag(&canvas, 0.75, 0.5).await;
    assert_eq!(range(&stage), texts("01-02 15:18", "01-05 03:54"));
    drag(&canvas, 0.5, 0.0).await;
    assert_eq!(range(&stage).0, "01-01 09:00");
}

#[wasm_bindgen_test]
async fn what_is_shown_comes_to_where_one_presses_beside_it() {
    let (stage, canvas) = overview().await;
    drag(&canvas, 1.0, 0.25).await;
    let before = stage.session.range.get_untracked().width();
    drag(&canvas, 0.5, 0.5).await;
    assert_eq!(range(&stage), texts("01-03 06:27", "01-04 12:45"));
    assert_eq!(stage.session.range.get_untracked().width(), before);
}

#[wasm_bindgen_test]
async fn a_pointer_that_holds_nothing_moves_nothing() {
    let (stage, canvas) = overview().await;
    let before = range(&stage);
    Mouse(&canvas).move_to(0.5);
    Mouse(&canvas).release(0.5);
    settle().await;
    assert_eq!(range(&stage), before);
}

#[wasm_bindgen_test]
async fn arrows_move_a_bracket_by_a_hundredth_and_page_keys_by_a_tenth_of_the_ledger() {
    let (stage, _) = overview().await;
    let whole = stage.session.range.get_untracked();
    let from = stage.role("slider", "Range from");
    let share = || (whole.share_of(stage.session.range.get_untracked().from) * 1000.0).round();
    let mut shares = Vec::new();
    for key in ["ArrowRight", "ArrowUp", "ArrowLeft", "PageUp", "PageDown", "ArrowLeft", "ArrowLeft"] {
        press(&from, key).await;
        shares.push(share());
    }
    assert_eq!(shares, [10.0, 20.0, 10.0, 110.0, 10.0, 0.0, 0.0], "thousandths of the ledger");
    let to = stage.role("slider", "Range to");
    press(&to, "PageDown").await;
    press(&to, "PageDown").await;
    assert_eq!(attribute(&to, "aria-valuetext"), "2024-01-05");
    press(&to, "End").await;
    assert_eq!(stage.session.range.get_untracked(), whole);
    press(&to, "a").await;
    assert_eq!(stage.session.range.get_untracked(), whole, "other keys are the page's");
}

#[wasm_bindgen_test]
async fn the_ranges_of_sliders_follow_what_is_typed() {
    let (stage, _) = overview().await;
    type_into(&stage.field("Range from"), "2024-01-03").await;
    press(&stage.field("Range from"), "Enter").await;
    assert_eq!(attribute(&stage.role("slider", "Range from"), "aria-valuetext"), "2024-01-03");
}
