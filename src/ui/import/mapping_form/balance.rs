use super::{Form, value_of};
use crate::{
    app::files::csv_import::{CurrencyFrom, Mapping},
    bank::{Currency, Money},
    ui::{
        import::choice::Choice,
        start::{Field, money_problem},
    },
};
use leptos::prelude::*;

/// What the file states of balances, and which row is the first.
#[component]
pub fn BalanceFields(form: Form) -> impl IntoView {
    let has_balance = Memo::new(move |_| {
        form.job.mapping.with(|mapping| mapping.as_ref().is_some_and(|mapping| mapping.balance.is_some()))
    });
    let problem = RwSignal::new(None::<String>);
    let currency_of = |mapping: &Mapping| match mapping.currency {
        CurrencyFrom::Fixed(currency) => currency,
        CurrencyFrom::Column(_) => Currency::EUR,
    };
    let tolerance = form.get(move |mapping| Money::new(mapping.tolerance, currency_of(mapping)).to_decimal());
    let set_tolerance = move |text: String| {
        let currency = form.job.mapping.with_untracked(|mapping| mapping.as_ref().map_or(Currency::EUR, currency_of));
        match Money::parse(&text, currency) {
            Ok(sum) if sum.minor < 0 => problem.set(Some("The tolerance must not be below zero.".to_owned())),
            Ok(sum) => {
                problem.set(None);
                form.change(|mapping| mapping.tolerance = sum.minor);
            }
            Err(error) => problem.set(Some(money_problem(&error))),
        }
    };
    let check = move |label: &'static str, get: fn(&Mapping) -> bool, set: fn(&mut Mapping, bool)| {
        let checked = form.get(get);
        view! {
            <label class="pick">
                <input
                    type="checkbox"
                    prop:checked=move || checked.get()
                    on:change=move |event| form.change(|mapping| set(mapping, event_target_checked(&event)))
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <Choice
            label="Balance"
            options=form.columns(Some("none"))
            value=form.get(|mapping| value_of(mapping.balance))
            on_choose=move |value: String| form.change(|mapping| mapping.balance = value.parse().ok())
        />
        <Show when=move || has_balance.get()>
            <Field label="Tolerance of balances" problem_id="map-tolerance-problem" problem>
                <input
                    class="in num"
                    inputmode="decimal"
                    autocomplete="off"
                    prop:value=move || tolerance.get()
                    on:change=move |event| set_tolerance(event_target_value(&event))
                    aria-invalid=move || problem.get().map(|_| "true")
                    aria-describedby="map-tolerance-problem"
                />
            </Field>
            {check(
                "Accounts begin with what their first stated balance leaves",
                |mapping| mapping.open_with_stated,
                |mapping, is_on| mapping.open_with_stated = is_on,
            )}
        </Show>
        {check(
            "The newest row comes first",
            |mapping| mapping.newest_first,
            |mapping, is_on| mapping.newest_first = is_on,
        )}
    }
}
