use leptos::prelude::*;

/// Whether the page is one column: at most 860 px wide, as in the style sheets.
pub(crate) fn is_narrow() -> Signal<bool> {
    let width = || window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(1440.0);
    let narrow = RwSignal::new(width() <= 860.0);
    let resized = window_event_listener(leptos::ev::resize, move |_| {
        if narrow.get_untracked() != (width() <= 860.0) {
            narrow.set(width() <= 860.0);
        }
    });
    on_cleanup(move || resized.remove());
    narrow.into()
}
