use leptos::{html::Div, prelude::*};
use std::sync::Arc;

/// Browsers cut elements off beyond some ten million pixels; a longer list is scaled into this height.
const HEIGHT_MAX: f64 = 8_000_000.0;
/// How many rows are made beyond what is seen, at either end.
const OVERSCAN: usize = 8;

/// What draws one row, by its index.
pub type RowView = Arc<dyn Fn(usize) -> AnyView + Send + Sync>;

/// A list of which only the rows that are seen exist: a million rows scroll as ten do.
///
/// All rows have one height, but for one that may be open. A row that stays in view stays in the page when the list is
/// scrolled; when `version` changes, the rows are drawn again. Rows that follow signals by themselves need no version.
#[component]
pub fn VirtualList<W: PartialEq + Clone + Send + Sync + 'static>(
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
        let top = f64::from(node.scroll_top());
        let now = if full > height { top / (height - seen).max(1.0) * (full - seen) } else { top };
        let at = index as f64 * row_height;
        if at >= now && at + 2.0 * row_height <= now + seen {
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
    // How often the version has changed: with the index the key of a row.
    let edition = Memo::new(move |before: Option<&(u32, W)>| {
        let version = version.get();
        match before {
            Some((count, old)) if *old == version => (*count, version),
            Some((count, _)) => (count.wrapping_add(1), version),
            None => (0, version),
        }
    });
    let keys = move || {
        let (first, last, _) = window.get();
        let edition = edition.with(|(count, _)| *count);
        (first..last).map(|index| (index, edition)).collect::<Vec<_>>()
    };
    // The scrolling box itself is the group of rows: a region between a table and its rows would part them.
    view! {
        <div
            class=class
            node_ref=node
            tabindex="0"
            role=role
            aria-label=move || label.get()
            on:scroll=move |_| measure()
        >
            <div class="vl" role="presentation" style:height=move || format!("{}px", height.get())>
                <div
                    class="vl-in tb"
                    role="presentation"
                    style:transform=move || format!("translateY({}px)", window.get().2)
                >
                    <For each=keys key=|key| *key children=move |(index, _)| row(index) />
                </div>
            </div>
        </div>
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a pixel offset, held at zero and above")]
fn to_index(rows: f64) -> usize {
    rows.max(0.0) as usize
}
