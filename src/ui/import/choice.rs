use leptos::prelude::*;

/// A labelled choice of a few, by value and text.
#[component]
pub fn Choice(
    /// What is chosen.
    label: &'static str,
    /// Each with its value and what it is called.
    options: Vec<(String, String)>,
    /// The value of the chosen one.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the value of another one.
    #[prop(into)]
    on_choose: Callback<String>,
) -> impl IntoView {
    let options = options
        .into_iter()
        .map(|(of, text)| {
            let this = of.clone();
            view! {
                <option value=of prop:selected=move || value.with(|value| *value == this)>
                    {text}
                </option>
            }
        })
        .collect_view();
    view! {
        <label class="fld">
            <span>{label}</span>
            <select class="in" on:change=move |event| on_choose.run(event_target_value(&event))>
                {options}
            </select>
        </label>
    }
}
