//! Doing what a person does: clicking, typing, choosing, pressing keys, giving a file.

use super::{board::settle, find::Found};
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::JsCast as _;
use web_sys::{
    DataTransfer, Element, Event, EventInit, File, HtmlInputElement, HtmlSelectElement, KeyboardEvent,
    KeyboardEventInit,
};

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

/// Replaces what a field holds, and leaves it.
pub(super) async fn enter(field: &HtmlInputElement, text: &str) {
    type_into(field, text).await;
    fire(field, "change");
    settle().await;
}

/// Gives a file to a field for files.
pub(super) async fn give_file(field: &Found, name: &str, text: &str) {
    let field: &HtmlInputElement = field.dyn_ref().expect("a field");
    let file = File::new_with_str_sequence(&Array::of1(&text.into()), name).expect("a file");
    let files = DataTransfer::new().expect("it can be made");
    let items = Reflect::get(&files, &"items".into()).expect("it has items");
    let add: Function = Reflect::get(&items, &"add".into()).expect("they can be added to").unchecked_into();
    add.call1(&items, &file).expect("it is added");
    field.set_files(files.files().as_ref());
    fire(field, "change");
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
    strike(element, chord);
    settle().await;
}

/// Presses a key; what comes next comes in the same breath.
pub(super) fn strike(element: &Element, chord: &str) {
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
}

fn fire(element: &Element, kind: &str) {
    let init = EventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = Event::new_with_event_init_dict(kind, &init).expect("an event");
    element.dispatch_event(&event).expect("it is sent");
}
