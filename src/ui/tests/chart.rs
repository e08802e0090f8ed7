use super::{
    act::press,
    board::{frame, settle, until},
    find::{Find as _, attribute},
    patch::{Patch, run},
    pointer::Mouse,
    stage::Stage,
};
use crate::{app::Travel, kernel::Position, ui::bank::BankScreen};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// Writes down what is written on canvases.
const LISTEN: &str = "
    const canvas = CanvasRenderingContext2D.prototype;
    const original = canvas.fillText;
    window.written = [];
    canvas.fillText = function (text, ...rest) {
        window.written.push(text);
        return original.call(this, text, ...rest);
    };
    return () => { canvas.fillText = original; delete window.written; };";

/// The bank, and what is written on its chart from here on.
async fn bank() -> (Stage, Patch) {
    let mut stage = Stage::with_books().await;
    let patch = Patch::new(LISTEN);
    stage.show(|session| view! { <BankScreen session /> });
    settle().await;
    (stage, patch)
}

/// What is written on the chart when it is drawn at a moment.
async fn written_at(stage: &Stage, travel: Travel) -> Vec<String> {
    run("window.written.length = 0;");
    stage.session.travel(travel);
    until("it is drawn", || run("return window.written.length > 0;").as_bool().filter(|is_drawn| *is_drawn)).await;
    frame().await;
    let texts = run("return window.written.join('\\n');").as_string().expect("a text");
    texts.lines().map(str::to_owned).collect()
}

fn label(stage: &Stage) -> String {
    attribute(&stage.test_id("balance-chart"), "aria-label")
}

#[wasm_bindgen_test]
async fn it_is_a_picture_that_says_what_it_shows() {
    let (stage, _patch) = bank().await;
    assert_eq!(attribute(&stage.test_id("balance-chart"), "role"), "img");
    assert_eq!(
        label(&stage),
        "Balance of ACC-0001 from 2024-01-01 to 2024-01-06 09:00:00: between 95.00 and 150.00, 100.00 EUR at the \
         playhead. The audit timeline holds the same figures."
    );
}

#[wasm_bindgen_test]
async fn of_what_is_not_yet_it_says_nothing_in_words_and_that_in_the_picture() {
    let (stage, _patch) = bank().await;
    let written = written_at(&stage, Travel::ToPosition(Position::new(2))).await;
    assert!(written.iter().any(|text| text == "not yet"), "{written:?}");
    assert!(written.iter().any(|text| text == "150.00"), "the balance stands beside the plot: {written:?}");
    assert_eq!(
        label(&stage),
        "Balance of ACC-0001 from 2024-01-01 to 2024-01-02 09:00:00: between 100.00 and 150.00, 150.00 EUR at the \
         playhead. The audit timeline holds the same figures."
    );
    let written = written_at(&stage, Travel::GoLive).await;
    assert!(written.iter().all(|text| text != "not yet"), "live, all has happened: {written:?}");
}

#[wasm_bindgen_test]
async fn of_an_account_that_is_not_open_yet_it_says_so() {
    let (stage, _patch) = bank().await;
    let list = stage.role("list", "Accounts by number. Arrow keys choose one.");
    press(&list, "ArrowDown").await;
    stage.session.travel(Travel::ToPosition(Position::new(2)));
    settle().await;
    assert_eq!(
        label(&stage),
        "Balance of ACC-0002 from 2024-01-01: nothing has happened in this range yet, not open yet at the playhead."
    );
}

#[wasm_bindgen_test]
async fn dragged_on_the_playhead_goes_along() {
    let (stage, _patch) = bank().await;
    // Once it is drawn it knows where its plot ends: the values stand beside it.
    written_at(&stage, Travel::ToPosition(Position::new(6))).await;
    let chart = stage.test_id("balance-chart");
    let mouse = Mouse(&chart);
    mouse.press(0.0);
    settle().await;
    assert_eq!(stage.position(), 1);
    mouse.move_to(0.3);
    mouse.release(0.3);
    settle().await;
    assert_eq!(stage.position(), 2, "a third of the picture lies between the second and the third day");
    mouse.press(0.99);
    settle().await;
    assert_eq!(stage.position(), 2, "the values beside the plot are no times");
}
