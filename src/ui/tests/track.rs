use super::{
    act::press,
    board::{frame, settle, until},
    find::{Find as _, Found, attribute},
    page::{address, focused, go_back},
    pointer::Mouse,
    stage::Stage,
};
use crate::ui::timebar::TimeBar;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// The whole ledger on the track is 5.05 days wide.
const DAY: f64 = 1.0 / 5.05;

async fn track() -> (Stage, Found) {
    let mut stage = Stage::with_books().await;
    stage.show(|session| view! { <TimeBar session /> });
    let is_drawn = |canvas: &Found| canvas.offset_width() > 0;
    let canvas = until("it has its size", || stage.all("#tb-track canvas").into_iter().next().filter(is_drawn)).await;
    // With a frame the browser tells how large it is.
    frame().await;
    (stage, canvas)
}

fn stands_at(stage: &Stage) -> String {
    attribute(&stage.role("slider", "Playhead"), "aria-valuenow")
}

fn range(stage: &Stage) -> (String, String) {
    (stage.field("Range from").value(), stage.field("Range to").value())
}

#[wasm_bindgen_test]
async fn the_playhead_comes_to_where_the_track_is_pressed_and_takes_the_keyboard() {
    let (stage, canvas) = track().await;
    Mouse(&canvas).press(2.5 * DAY);
    settle().await;
    assert_eq!(stands_at(&stage), "3");
    let playhead = stage.role("slider", "Playhead");
    assert_eq!(focused().id(), playhead.id());
    Mouse(&canvas).release(2.5 * DAY);
    press(&playhead, "ArrowLeft").await;
    assert_eq!(stands_at(&stage), "2", "the keys go on from there");
}

#[wasm_bindgen_test]
async fn dragged_the_playhead_follows_with_the_next_frame_and_the_range_stays() {
    let (stage, canvas) = track().await;
    let before = range(&stage);
    let mouse = Mouse(&canvas);
    mouse.press(2.5 * DAY);
    for (place, event) in [(3.5 * DAY, "4"), (4.5 * DAY, "6"), (1.5 * DAY, "2")] {
        mouse.move_to(place);
        frame().await;
        assert_eq!(stands_at(&stage), event);
    }
    mouse.release(0.5 * DAY);
    settle().await;
    assert_eq!((stands_at(&stage).as_str(), range(&stage)), ("2", before), "it stands where the pointer last was");
    mouse.move_to(3.5 * DAY);
    frame().await;
    assert_eq!(stands_at(&stage), "2", "once let go it follows no more");
}

#[wasm_bindgen_test]
async fn a_drag_to_the_end_is_live_and_beyond_the_beginning_the_first_event_is_not_passed() {
    let (stage, canvas) = track().await;
    Mouse(&canvas).drag(2.5 * DAY, 1.0);
    settle().await;
    assert!(attribute(&stage.role("slider", "Playhead"), "aria-valuetext").ends_with("live"));
    Mouse(&canvas).drag(2.5 * DAY, -0.2);
    settle().await;
    assert_eq!(stands_at(&stage), "1");
}

#[wasm_bindgen_test]
async fn a_drag_becomes_one_step_of_the_address_once_the_playhead_rests() {
    let (stage, canvas) = track().await;
    let before = address();
    let mouse = Mouse(&canvas);
    mouse.press(4.5 * DAY);
    for step in [3.5, 2.5, 1.5, 0.5] {
        mouse.move_to(step * DAY);
    }
    mouse.release(0.5 * DAY);
    settle().await;
    assert_eq!((stands_at(&stage).as_str(), address()), ("1", before.clone()), "it has not rested yet");
    until("the address follows", || address().ends_with("?at=1").then_some(())).await;
    go_back();
    until("back leads to before the drag", || (address() == before).then_some(())).await;
    until("and the playhead goes along", || (stands_at(&stage) == "7").then_some(())).await;
}

#[wasm_bindgen_test]
async fn the_wheel_shows_less_or_more_and_the_instant_under_the_pointer_stays() {
    let (stage, canvas) = track().await;
    let whole = stage.session.range.get_untracked();
    let place = 0.25;
    let pointed = whole.instant_at(place);
    Mouse(&canvas).turn(place, -200.0, false);
    settle().await;
    let near = stage.session.range.get_untracked();
    assert!(near.width() < whole.width() * 3 / 4, "less is shown");
    // The mouse stands on whole pixels.
    assert!((near.share_of(pointed) - place).abs() < 0.004, "{}", near.share_of(pointed));
    assert_eq!(range(&stage), ("2024-01-01".to_owned(), "2024-01-05".to_owned()), "the fields follow");
    Mouse(&canvas).turn(place, 200.0, false);
    settle().await;
    assert!((stage.session.range.get_untracked().width() - whole.width()).abs() < whole.width() / 100);
    Mouse(&canvas).turn(place, 2000.0, false);
    settle().await;
    assert_eq!(stage.session.range.get_untracked(), whole, "there is no more than all of it");
}

#[wasm_bindgen_test]
async fn the_wheel_with_shift_shows_what_is_later_and_as_much_of_it() {
    let (stage, canvas) = track().await;
    Mouse(&canvas).turn(0.0, -200.0, false);
    settle().await;
    let before = stage.session.range.get_untracked();
    Mouse(&canvas).turn(0.5, 100.0, true);
    settle().await;
    let after = stage.session.range.get_untracked();
    assert!(after.from > before.from && after.to > before.to);
    assert!((after.width() - before.width()).abs() < 2);
    assert_eq!(stands_at(&stage), "7", "the playhead stays");
}
