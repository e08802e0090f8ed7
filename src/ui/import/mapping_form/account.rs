use super::{Form, value_of};
use crate::{
    app::files::csv_import::{About, AccountFrom},
    ui::{import::choice::Choice, start::Field},
};
use leptos::prelude::*;

/// Which account a row is of.
#[component]
pub fn AccountFields(form: Form) -> impl IntoView {
    let column = form.get(|mapping| match mapping.account {
        AccountFrom::Column(column) => value_of(Some(column)),
        AccountFrom::Fixed(_) => String::new(),
    });
    let number = form.get(|mapping| match &mapping.account {
        AccountFrom::Fixed(number) => Some(number.clone()),
        AccountFrom::Column(_) => None,
    });
    let problem = Signal::derive(move || {
        number.get().filter(|number| number.trim().is_empty()).map(|_| "Which account is the file of?".to_owned())
    });
    let is_fixed = Memo::new(move |_| number.with(Option::is_some));
    let choose = move |value: String| {
        form.job.settle(About::Account);
        form.change(|mapping| {
            mapping.account = match value.parse() {
                Ok(column) => AccountFrom::Column(column),
                Err(_) => AccountFrom::Fixed(String::new()),
            };
        });
    };
    view! {
        <Choice label="Account" options=form.columns(Some("no column: one account")) value=column on_choose=choose doubt=form.doubt(About::Account) />
        <Show when=move || is_fixed.get()>
            <Field label="Account number" problem_id="map-account-problem" problem>
                <input
                    class="in"
                    maxlength="100"
                    autocomplete="off"
                    prop:value=move || number.get().unwrap_or_default()
                    on:input=move |event| form.change(|mapping| mapping.account = AccountFrom::Fixed(event_target_value(&event)))
                    aria-invalid=move || problem.get().map(|_| "true")
                    aria-describedby="map-account-problem"
                />
            </Field>
        </Show>
    }
}
