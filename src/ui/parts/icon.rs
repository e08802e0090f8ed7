use leptos::prelude::*;

/// A drawing from the page's sprite. It says nothing to screen readers: the control around it has the name.
#[component]
pub(crate) fn Icon(
    /// The name after `i-` in the sprite.
    #[prop(into)]
    name: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <svg class="i" aria-hidden="true">
            <use href=move || format!("#i-{}", name.get())></use>
        </svg>
    }
}
