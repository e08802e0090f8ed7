use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

/// Moves the keyboard to what a selector names, once the page has been laid out; an empty one leaves it.
pub(crate) fn focus_on(selector: &'static str) {
    if selector.is_empty() {
        return;
    }
    request_animation_frame(move || {
        let found = document().query_selector(selector).ok().flatten();
        if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            // Only an element that is not in the page cannot be focused.
            element.focus().unwrap_or_default();
        }
    });
}
