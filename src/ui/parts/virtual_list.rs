mod pool;
mod shape;

use self::{
    pool::Pool,
    shape::{Place, Shape, Told, Window},
};
use crate::ui::canvas::SizeObserver;
use leptos::{html::Div, leptos_dom::helpers::TimeoutHandle, prelude::*, task};
use std::{sync::Arc, time::Duration};

/// How long a list that was taken to another place rests there before rows beyond what is seen are made.
const RESTS: Duration = Duration::from_millis(150);

/// What draws one row, by what it shows. It is called once for a row of the page, which then shows now this, now that.
pub type RowView<K> = Arc<dyn Fn(Memo<K>) -> AnyView + Send + Sync>;
/// What a row shows, by its index.
pub type RowKey<K> = Arc<dyn Fn(usize) -> K + Send + Sync>;

/// A row to bring into view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reveal {
    /// Its index.
    pub row: usize,
    /// The same row is brought into view again where this is another number.
    pub turn: u32,
}

/// A list of which only the rows that are seen exist: a million rows scroll as ten do.
///
/// All rows have one height, but for one that may be open; the style sheets know both as `--vl-row` and `--vl-open`.
///
/// Rows of the page are few and stay: what goes out of sight leaves its row to what comes into view, so a row follows
/// `Memo<K>` and writes again what is another. No two rows in view show the same.
///
/// The page is not asked for its layout while it is being changed, which would cost a layout each time: the browser
/// tells the size and the place, and both are remembered.
#[component]
pub fn VirtualList<K: PartialEq + Clone + Send + Sync + 'static>(
    /// How many rows there are.
    #[prop(into)]
    count: Signal<usize>,
    /// The height of a row in pixels.
    #[prop(into)]
    row_height: Signal<f64>,
    /// What a row shows; signals that it looks at are followed.
    key: RowKey<K>,
    /// Draws a row.
    row: RowView<K>,
    /// The row to bring into view when it changes.
    #[prop(optional, into)]
    reveal: Signal<Option<Reveal>>,
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
    let told = RwSignal::new(Told::default());
    let seen = RwSignal::new(800.0);
    // Where a shorter list puts the place back, the browser tells that as scrolling too.
    let scrolled = move || {
        if let Some(node) = node.get_untracked() {
            told.update(|told| *told = told.next(f64::from(node.scroll_top())));
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
    // The rows of another place are worked out in the same turn as the place, so that none is drawn where it is not seen.
    let place = Memo::new(move |before: Option<&Place>| {
        Place::after(before, told.get(), reveal.get(), &shape.get(), seen.get())
    });
    let rested = RwSignal::new(0u32);
    let window = Memo::new(move |before: Option<&Window>| {
        place.with(|place| Window::after(before, &shape.get(), place, seen.get(), rested.get()))
    });
    rest(window, rested);
    follow(node, place, told, scrolled);
    let pool = Memo::new(move |before: Option<&Pool<K>>| {
        let keys = window.with(|window| (window.first..window.last).map(|index| key(index)).collect());
        Pool::after(before, keys, || !has_focus(node))
    });
    let drawn = move |slot: u32| {
        let Some(first) = pool.with_untracked(|pool| pool.shown(slot).cloned()) else { return ().into_any() };
        // A row that is about to leave the page shows what it did.
        row(Memo::new(move |before: Option<&K>| {
            pool.with(|pool| pool.shown(slot).cloned()).unwrap_or_else(|| before.unwrap_or(&first).clone())
        }))
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
                    style:transform=move || format!("translateY({}px)", window.with(|window| window.top))
                >
                    <For each=move || pool.with(Pool::slots) key=|slot| *slot children=drawn />
                </div>
            </div>
        </div>
    }
}

/// Scrolls to where the list is taken.
fn follow(node: NodeRef<Div>, place: Memo<Place>, told: RwSignal<Told>, scrolled: impl Fn() + Copy + 'static) {
    Effect::new(move |_| {
        let top = place.with(|place| place.top);
        // A list that has just grown has its new height in the page only once this turn is over.
        node.track();
        task::spawn_local(async move {
            task::tick().await;
            let Some((Some(node), told)) = node.try_get_untracked().zip(told.try_get_untracked()) else { return };
            if (told.scroll - top).abs() >= 1.0 {
                #[expect(clippy::cast_possible_truncation, reason = "at most the height of a list in the page")]
                node.set_scroll_top(top as i32);
                // It goes no further than the list reaches.
                scrolled();
            }
        });
    });
}

/// Counts up `rested` once a list that was taken to another place has stayed there.
fn rest(window: Memo<Window>, rested: RwSignal<u32>) {
    let pending = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let is_lean = window.with(|window| window.is_lean);
        let fill = move || {
            // The list may be gone meanwhile.
            rested.try_update(|times| *times = times.wrapping_add(1));
        };
        let next = is_lean.then(|| set_timeout_with_handle(fill, RESTS).ok()).flatten();
        if let Some(Some(earlier)) = pending.try_update_value(|pending| std::mem::replace(pending, next)) {
            earlier.clear();
        }
    });
}

/// Whether the keyboard is at something in a row.
fn has_focus(node: NodeRef<Div>) -> bool {
    let active = document().active_element();
    node.get_untracked()
        .zip(active)
        .is_some_and(|(node, active)| node.contains(Some(&active)) && !node.is_same_node(Some(&active)))
}
