//! How high a row of the log is: the list needs the number, the style sheet takes it from here.

use leptos::prelude::*;

/// The height in pixels; it follows the width of the page, the pointer and the size of the letters.
pub(super) fn row_height() -> Signal<f64> {
    let height = RwSignal::new(measured());
    let resized = window_event_listener(leptos::ev::resize, move |_| {
        let now = measured();
        if (height.get_untracked() - now).abs() > 0.1 {
            height.set(now);
        }
    });
    on_cleanup(move || resized.remove());
    height.into()
}

/// One line, a line to touch, or three lines where the page is one column.
fn measured() -> f64 {
    let matches = |query: &str| window().match_media(query).ok().flatten().is_some_and(|list| list.matches());
    let rem = document()
        .document_element()
        .and_then(|root| window().get_computed_style(&root).ok().flatten())
        .and_then(|style| style.get_property_value("font-size").ok())
        .and_then(|size| size.trim_end_matches("px").parse::<f64>().ok())
        .unwrap_or(16.0);
    let rems = match (matches("(max-width: 860px)"), matches("(pointer: coarse)")) {
        (true, _) => 4.5,
        (false, true) => 2.75,
        (false, false) => 1.75,
    };
    (rems * rem).round()
}
