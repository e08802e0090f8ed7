use leptos::{html::Div, prelude::*};
use std::sync::Arc;

/// Browsers cut elements off beyond some ten million pixels; a longer list is scaled into this height.
const HEIGHT_MAX: f64 = 8_000_000.0;
/// How many rows are made beyond what is seen, at either end.
const OVERSCAN: usize = 8;

/// What draws one row, by its index.
pub(crate) type RowView = Arc<dyn Fn(usize) -> AnyView + Send + Sync>;

/// A list of which only the rows that are seen exist: a million rows scroll as ten do.
///
/// All rows have one height. `window` says what may change what a row shows: when it changes, the visible rows are
/// drawn again.
#[component]
pub(crate) fn VirtualList<W: PartialEq + Clone + Send + Sync + 'static>(
    /// How many rows there are.
    #[prop(into)]
    count: Signal<usize>,
    /// The height of a row in pixels.
    #[prop(into)]
    row_height: Signal<f64>,
    /// What the rows are drawn from.
    version: Signal<W>,
    /// Draws a row.
    row: RowView,
    /// The row to bring into view when it changes.
    #[prop(optional, into)]
    reveal: Signal<Option<usize>>,
    /// The row that is open, if one is: it is higher by `open_height`.
    #[prop(optional, into)]
    open: Signal<Option<usize>>,
    /// By how many pixels an open row is higher.
    #[prop(optional, into)]
    open_height: Signal<f64>,
    /// The class of the scrolling box.
    class: &'static str,
    /// The name of the scrolling box.
    #[prop(into)]
    label: Signal<String>,
    /// `rowgroup` in a table, `list` elsewhere.
    #[prop(default = "rowgroup")]
    role: &'static str,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let scroll = RwSignal::new(0.0);
    let seen = RwSignal::new(800.0);
    let measure = move || {
        if let Some(node) = node.get_untracked() {
            scroll.set(f64::from(node.scroll_top()));
            seen.set(f64::from(node.client_height()).max(100.0));
        }
    };
    // The row that is open, and by how much it is higher.
    let opened = move || open.get().filter(|row| *row < count.get()).map(|row| (row, open_height.get()));
    let total = Memo::new(move |_| {
        let extra = opened().map_or(0.0, |(_, extra)| extra);
        (count.get() as f64 * row_height.get() + extra, row_height.get())
    });
    let height = Memo::new(move |_| total.get().0.min(HEIGHT_MAX));
    // The first row, and where the window of rows begins in pixels.
    let window = Memo::new(move |_| {
        let (full, row_height) = total.get();
        let (height, scroll, seen, count) = (height.get(), scroll.get(), seen.get(), count.get());
        let travel = (height - seen).max(1.0);
        let offset = if full > height { scroll.min(travel) / travel * (full - seen) } else { scroll };
        let opened = opened();
        let row_at = |offset: f64| match opened {
            Some((row, extra)) if offset > (row + 1) as f64 * row_height => {
                to_index((offset - extra) / row_height).max(row)
            }
            Some(_) | None => to_index(offset / row_height),
        };
        let top_of = |index: usize| {
            index as f64 * row_height + opened.filter(|(row, _)| *row < index).map_or(0.0, |(_, extra)| extra)
        };
        let first = row_at(offset).saturating_sub(OVERSCAN).min(count);
        let last = (row_at(offset + seen) + 1 + OVERSCAN).min(count);
        let top = scroll + (top_of(first) - offset);
        (first, last, top)
    });
    Effect::new(move |_| {
        let Some(index) = reveal.get() else { return };
        let (full, row_height) = total.get_untracked();
        let Some(node) = node.get() else { return };
        let (height, seen) = (height.get_untracked(), f64::from(node.client_height()));
        let (at, now) = (index as f64 * row_height, f64::from(node.scroll_top()));
        if full <= height && at >= now && at + 2.0 * row_height <= now + seen {
            return;
        }
        let wanted = (at - seen * 0.38).max(0.0);
        let wanted = if full > height { wanted / (full - seen).max(1.0) * (height - seen) } else { wanted };
        #[expect(clippy::cast_possible_truncation, reason = "at most HEIGHT_MAX")]
        node.set_scroll_top(wanted as i32);
    });
    Effect::new(move |_| {
        count.track();
        measure();
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    let indices = move || {
        let (first, last, _) = window.get();
        let version = version.get();
        (first..last).map(move |index| (index, version.clone())).collect::<Vec<_>>()
    };
    view! {
        <div class=class node_ref=node tabindex="0" role="region" aria-label=move || label.get() on:scroll=move |_| measure()>
            <div class="vl" style:height=move || format!("{}px", height.get())>
                <div class="vl-in tb" role=role style:transform=move || format!("translateY({}px)", window.get().2)>
                    {move || {
                        let row = Arc::clone(&row);
                        indices().into_iter().map(|(index, _)| row(index)).collect_view()
                    }}
                </div>
            </div>
        </div>
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a pixel offset, held at zero and above")]
fn to_index(rows: f64) -> usize {
    rows.max(0.0) as usize
}
