//! Doing what a person does: clicking, typing, choosing, pressing keys.

use super::{board::settle, find::Found};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, EventInit, HtmlInputElement, HtmlSelectElement, KeyboardEvent, KeyboardEventInit};

/// Clicks, also on a radio button or a link.
pub(super) async fn click(element: &Found) {
    element.click();
    settle().await;
}

/// Replaces what a field holds.
pub(super) async fn type_into(field: &HtmlInputElement, text: &str) {
    field.set_value(text);
    fire(field, "input");
    settle().await;
}

/// Chooses an option by its value.
pub(super) async fn choose(select: &Found, value: &str) {
    let select: &HtmlSelectElement = select.dyn_ref().expect("a select");
    select.set_value(value);
    assert_eq!(select.value(), value, "there is such an option");
    fire(select, "change");
    settle().await;
}

/// Presses a key: `ArrowLeft`, `Shift+ArrowLeft`, `Control+k`, ` `.
pub(super) async fn press(element: &Element, chord: &str) {
    let (modifiers, key) = match chord.rsplit_once('+') {
        Some((modifiers, key)) if !key.is_empty() => (modifiers, key),
        Some(_) | None => ("", chord),
    };
    let init = KeyboardEventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    init.set_key(key);
    init.set_shift_key(modifiers.contains("Shift"));
    init.set_ctrl_key(modifiers.contains("Control"));
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).expect("an event");
    element.dispatch_event(&event).expect("it is sent");
    settle().await;
}

fn fire(element: &Element, kind: &str) {
    let init = EventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = Event::new_with_event_init_dict(kind, &init).expect("an event");
    element.dispatch_event(&event).expect("it is sent");
}
