use super::{Form, value_of};
use crate::ui::import::choice::Choice;
use leptos::prelude::*;

/// Where from and why.
#[component]
pub fn TextFields(form: Form) -> impl IntoView {
    view! {
        <Choice
            label="Source or place"
            options=form.columns(Some("none"))
            value=form.get(|mapping| value_of(mapping.source.first().copied()))
            on_choose=move |value: String| form.change(|mapping| mapping.source = value.parse().into_iter().collect())
        />
        <Choice
            label="Description"
            options=form.columns(Some("none"))
            value=form.get(|mapping| value_of(mapping.description.first().copied()))
            on_choose=move |value: String| form.change(|mapping| mapping.description = value.parse().into_iter().collect())
        />
    }
}
