//! Doing what a person does with a mouse: pressing, dragging, letting go, turning the wheel.

use super::find::Found;
use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Event;

/// A mouse on an element. Places are shares of the element's width, from the left.
pub(super) struct Mouse<'a>(pub(super) &'a Found);

impl Mouse<'_> {
    /// Presses the button.
    pub(super) fn press(&self, share: f64) {
        self.point("pointerdown", share);
    }

    /// Moves, with the button as it is.
    pub(super) fn move_to(&self, share: f64) {
        self.point("pointermove", share);
    }

    /// Lets the button go.
    pub(super) fn release(&self, share: f64) {
        self.point("pointerup", share);
    }

    /// Presses the button at one place and lets it go at another.
    pub(super) fn drag(&self, from: f64, to: f64) {
        self.press(from);
        self.move_to(f64::midpoint(from, to));
        self.move_to(to);
        self.release(to);
    }

    /// Turns the wheel by so many pixels: away from the person, where below zero.
    pub(super) fn turn(&self, share: f64, by: f64, is_shifted: bool) {
        self.send("WheelEvent", "wheel", share, &[("deltaY", by.into()), ("shiftKey", is_shifted.into())]);
    }

    fn point(&self, kind: &str, share: f64) {
        let facts = [("pointerId", 1.into()), ("pointerType", "mouse".into()), ("button", 0.into())];
        self.send("PointerEvent", kind, share, &facts);
    }

    fn send(&self, class: &str, kind: &str, share: f64, facts: &[(&str, JsValue)]) {
        let place = self.0.get_bounding_client_rect();
        let facts_of_place = [
            ("clientX", (place.left() + place.width() * share).round().into()),
            ("clientY", f64::midpoint(place.top(), place.bottom()).round().into()),
            ("bubbles", true.into()),
            ("cancelable", true.into()),
        ];
        let init = Object::new();
        for (name, value) in facts_of_place.iter().chain(facts) {
            Reflect::set(&init, &(*name).into(), value).expect("an object");
        }
        let class: Function = Reflect::get(&window(), &class.into()).expect("a class").unchecked_into();
        let event = Reflect::construct(&class, &Array::of2(&kind.into(), &init)).expect("an event");
        self.0.dispatch_event(event.unchecked_ref::<Event>()).expect("it is sent");
    }
}
