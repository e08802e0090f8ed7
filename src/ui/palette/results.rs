use super::{LIST, PaletteView};
use crate::app::palette::Item;
use leptos::prelude::*;

/// What the line can mean, best first.
#[component]
pub(super) fn Results(
    /// What the parts of the palette share.
    view: PaletteView,
) -> impl IntoView {
    Effect::new(move |_| {
        let marked = format!("{LIST}-{}", view.marked.get());
        if let Some(option) = document().get_element_by_id(&marked) {
            option.scroll_into_view_with_bool(false);
        }
    });
    let is_nothing = move || view.items.with(Vec::is_empty);
    view! {
        <ul id=LIST role="listbox" aria-label="Results">
            {move || {
                view.items
                    .get()
                    .into_iter()
                    .enumerate()
                    .map(|(index, item)| view! { <ResultLine view index item /> })
                    .collect_view()
            }}
        </ul>
        <p class="pal-none" role="status">
            {move || is_nothing().then_some("Nothing matches. Try a date, an event number or an account.")}
        </p>
    }
}

#[component]
fn ResultLine(view: PaletteView, index: usize, item: Item) -> impl IntoView {
    view! {
        <li
            role="option"
            id=format!("{LIST}-{index}")
            aria-selected=move || (view.marked.get() == index).to_string()
            aria-disabled=item.is_blocked.to_string()
            data-testid="palette-result"
            on:click=move |_| view.take(index)
        >
            <span class="kind">{item.kind.word()}</span>
            <span class="el">{item.title}</span>
            <span class="dim">{item.hint}</span>
        </li>
    }
}
