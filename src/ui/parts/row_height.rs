use leptos::prelude::*;
use std::cell::Cell;

/// What a row's height goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// At most 860 px wide, as in the style sheets: one column.
    pub(crate) is_column: bool,
    /// At least 1900 px wide, as in the style sheets: larger letters.
    pub(crate) is_wide: bool,
    /// Touched by fingers.
    pub(crate) is_coarse: bool,
}

/// The height of a list's rows in pixels, from a number of rem: it follows the page, the pointer and the size of the
/// letters. The list needs the number; the style sheets take it from there.
pub(crate) fn row_height(rems: fn(Page) -> f64) -> Signal<f64> {
    let height = RwSignal::new(measured(rems));
    let resized = window_event_listener(leptos::ev::resize, move |_| {
        let now = measured(rems);
        if (height.get_untracked() - now).abs() > 0.1 {
            height.set(now);
        }
    });
    on_cleanup(move || resized.remove());
    height.into()
}

fn measured(rems: fn(Page) -> f64) -> f64 {
    let matches = |query: &str| window().match_media(query).ok().flatten().is_some_and(|list| list.matches());
    let page = Page {
        is_column: matches("(max-width: 860px)"),
        is_wide: matches("(min-width: 1900px)"),
        is_coarse: matches("(pointer: coarse)"),
    };
    (rems(page) * rem()).round()
}

/// How wide the window is, and how large its pixels.
type Frame = (Option<f64>, f64);

thread_local! {
    static REM: Cell<Option<(Frame, f64)>> = const { Cell::new(None) };
}

/// The size of the letters of the page in pixels. To ask for it lays out a page that is being changed, so it is asked
/// for again only where the window is another.
fn rem() -> f64 {
    let frame = (window().inner_width().ok().and_then(|width| width.as_f64()), window().device_pixel_ratio());
    if let Some((_, rem)) = REM.get().filter(|(before, _)| *before == frame) {
        return rem;
    }
    let rem = document()
        .document_element()
        .and_then(|root| window().get_computed_style(&root).ok().flatten())
        .and_then(|style| style.get_property_value("font-size").ok())
        // The browser's reading of numbers, which passes over the unit: Rust's brings tables of 10 KB.
        .map(|size| js_sys::parse_float(&size))
        .filter(|size| size.is_finite())
        .unwrap_or(16.0);
    REM.set(Some((frame, rem)));
    rem
}
