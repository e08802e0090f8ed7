use crate::ui::canvas::SizeObserver;
use leptos::{html::Div, prelude::*, task};
use std::{hash::Hash, sync::Arc};

/// Browsers cut elements off beyond some ten million pixels; a longer list is scaled into this height.
const HEIGHT_MAX: f64 = 8_000_000.0;
/// How many rows are made beyond what is seen, at either end.
const OVERSCAN: usize = 8;

/// What draws one row, by its index.
pub type RowView = Arc<dyn Fn(usize) -> AnyView + Send + Sync>;
/// What a row shows, by its index: rows of one key are the same row, wherever they stand.
pub type RowKey<K> = Arc<dyn Fn(usize) -> K + Send + Sync>;

/// A list of which only the rows that are seen exist: a million rows scroll as ten do.
///
/// All rows have one height, but for one that may be open; the style sheets know both as `--vl-row` and `--vl-open`. A
/// row whose key stays in view stays in the page: what changes within it is for the row itself to follow. No two rows
/// in view have one key.
///
/// The page is not asked for its layout while it is being changed, which would cost a layout each time: the browser
/// tells the size and the place, and both are remembered.
#[component]
pub fn VirtualList<K: Eq + Hash + Clone + Send + Sync + 'static>(
    /// How many rows there are.
    #[prop(into)]
    count: Signal<usize>,
    /// The height of a row in pixels.
    #[prop(into)]
    row_height: Signal<f64>,
    /// What a row shows; signals that it looks at are followed.
    key: RowKey<K>,
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
    // Where a shorter list puts the place back, the browser tells that as scrolling too.
    let scrolled = move || {
        if let Some(node) = node.get_untracked() {
            scroll.set(f64::from(node.scroll_top()));
        }
    };
    let observer = StoredValue::new_local(None::<SizeObserver>);
    Effect::new(move |_| {
        let Some(node) = node.get() else { return };
        observer.set_value(SizeObserver::of(&node, move |node| {
            let height = f64::from(node.client_height()).max(100.0);
            // The last call can come while the page is taken apart.
            if seen.try_get_untracked().is_some_and(|before| (before - height).abs() >= 1.0) {
                seen.set(height);
            }
        }));
    });
    let shape = Memo::new(move |_| Shape {
        count: count.get(),
        row: row_height.get(),
        open: open.get().filter(|row| *row < count.get()).map(|row| (row, open_height.get())),
    });
    // The first row, the one after the last, and where the window of rows begins in pixels.
    let window = Memo::new(move |_| shape.get().window(scroll.get(), seen.get()));
    Effect::new(move |_| {
        // Where the rows change their height, what was in view is elsewhere.
        row_height.track();
        let Some(index) = reveal.get() else { return };
        // A list that has just grown has its new height in the page only once this turn is over.
        node.track();
        request_animation_frame(move || {
            let place = scroll.try_get_untracked().zip(seen.try_get_untracked());
            let Some((shape, (top, seen))) = shape.try_get_untracked().zip(place) else { return };
            let Some(wanted) = shape.reveal(index, top, seen).map(f64::floor) else { return };
            // The rows of the new place are made first, so that the page is laid out once for both.
            scroll.set(wanted);
            task::spawn_local(async move {
                task::tick().await;
                if let Some(Some(node)) = node.try_get_untracked() {
                    #[expect(clippy::cast_possible_truncation, reason = "at most HEIGHT_MAX")]
                    node.set_scroll_top(wanted as i32);
                }
            });
        });
    });
    let keys = move || {
        let (first, last, _) = window.get();
        (first..last).map(|index| (index, key(index))).collect::<Vec<_>>()
    };
    // The scrolling box itself is the group of rows: a region between a table and its rows would part them.
    view! {
        <div
            class=class
            node_ref=node
            tabindex="0"
            role=role
            aria-label=move || label.get()
            style=("--vl-row", move || format!("{}px", row_height.get()))
            style=("--vl-open", move || format!("{}px", open_height.get()))
            on:scroll=move |_| scrolled()
        >
            <div class="vl" role="presentation" style:height=move || format!("{}px", shape.with(Shape::height))>
                <div
                    class="vl-in tb"
                    role="presentation"
                    style:transform=move || format!("translateY({}px)", window.get().2)
                >
                    <For each=keys key=|(_, key)| key.clone() children=move |(index, _)| row(index) />
                </div>
            </div>
        </div>
    }
}

/// What the rows measure, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shape {
    count: usize,
    row: f64,
    /// A row that is open, and by how much it is higher.
    open: Option<(usize, f64)>,
}

impl Shape {
    /// The height of all rows.
    fn full(&self) -> f64 {
        to_pixels(self.count) * self.row + self.open.map_or(0.0, |(_, extra)| extra)
    }

    /// The height that the page sees.
    fn height(&self) -> f64 {
        self.full().min(HEIGHT_MAX)
    }

    /// How far down all rows one is, where the box is scrolled to `scroll`.
    fn offset(&self, scroll: f64, seen: f64) -> f64 {
        let (full, height) = (self.full(), self.height());
        let travel = (height - seen).max(1.0);
        if full > height { scroll.min(travel) / travel * (full - seen) } else { scroll }
    }

    fn top_of(&self, row: usize) -> f64 {
        let extra = self.open.filter(|(open, _)| *open < row).map_or(0.0, |(_, extra)| extra);
        to_pixels(row) * self.row + extra
    }

    fn row_at(&self, offset: f64) -> usize {
        match self.open {
            Some((open, extra)) if offset > to_pixels(open + 1) * self.row => {
                to_index((offset - extra) / self.row).max(open)
            }
            Some(_) | None => to_index(offset / self.row),
        }
    }

    fn window(&self, scroll: f64, seen: f64) -> (usize, usize, f64) {
        let offset = self.offset(scroll, seen);
        let first = self.row_at(offset).saturating_sub(OVERSCAN).min(self.count);
        let last = (self.row_at(offset + seen) + 1 + OVERSCAN).min(self.count);
        (first, last, scroll + (self.top_of(first) - offset))
    }

    /// Where to scroll to so that a row is seen; `None` where it is.
    fn reveal(&self, row: usize, scroll: f64, seen: f64) -> Option<f64> {
        let (at, now) = (self.top_of(row), self.offset(scroll, seen));
        if at >= now && at + self.row <= now + seen {
            return None;
        }
        let wanted = (at - seen * 0.38).max(0.0);
        let (full, height) = (self.full(), self.height());
        Some(if full > height { wanted / (full - seen).max(1.0) * (height - seen) } else { wanted })
    }
}

#[expect(clippy::cast_precision_loss, reason = "rows are counted in a u32")]
fn to_pixels(rows: usize) -> f64 {
    rows as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a pixel offset, held at zero and above")]
fn to_index(rows: f64) -> usize {
    rows.max(0.0) as usize
}
