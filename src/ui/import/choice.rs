use leptos::prelude::*;

/// What is doubtful about a choice, beside it.
#[derive(Clone, Copy)]
pub struct Doubtful {
    /// The id of the text, for the control to name.
    pub id: &'static str,
    /// The text; `None` where nothing is doubtful.
    pub text: Signal<Option<String>>,
}

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
    /// What is doubtful about it.
    #[prop(optional)]
    doubt: Option<Doubtful>,
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
    let describes = move || doubt.filter(|doubt| doubt.text.with(Option::is_some)).map(|doubt| doubt.id);
    view! {
        <div class="field">
            <label class="fld">
                <span>{label}</span>
                <select
                    class="in"
                    aria-describedby=describes
                    on:change=move |event| on_choose.run(event_target_value(&event))
                >
                    {options}
                </select>
            </label>
            {move || {
                doubt
                    .and_then(|doubt| Some((doubt.id, doubt.text.get()?)))
                    .map(|(id, text)| view! { <p class="doubt" id=id>{text}</p> })
            }}
        </div>
    }
}
