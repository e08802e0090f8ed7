use super::{LIST, PaletteView};
use crate::ui::parts::Icon;
use leptos::{ev::KeyboardEvent, prelude::*};

/// Where a time, an event, an account or a command is typed.
#[component]
pub(super) fn Field(
    /// What the parts of the palette share.
    view: PaletteView,
) -> impl IntoView {
    let steer = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => view.mark(1),
            "ArrowUp" => view.mark(-1),
            // While a letter is being composed, Enter only ends that.
            "Enter" if !event.is_composing() => view.take(view.marked.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    let marked = move || {
        let is_any = view.items.with(|items| !items.is_empty());
        is_any.then(|| format!("{LIST}-{}", view.marked.get()))
    };
    view! {
        <div class="pal-in">
            <Icon name="search" />
            <input
                id="pal-q"
                role="combobox"
                aria-expanded=move || view.items.with(|items| !items.is_empty()).to_string()
                aria-controls=LIST
                aria-autocomplete="list"
                aria-activedescendant=marked
                aria-label="Search or type a command"
                placeholder="Time, event number, account, command"
                autocomplete="off"
                spellcheck="false"
                autofocus
                data-testid="palette-query"
                prop:value=move || view.line.get()
                on:input=move |event| {
                    view.line.set(event_target_value(&event));
                    view.marked.set(0);
                }
                on:keydown=steer
            />
        </div>
    }
}
