use super::{CommandForm, fields::Fields, kind::Kind};
use crate::{
    bank::{DayCount, Money},
    kernel::StreamId,
    ui::start::money_problem,
};
use leptos::prelude::*;

/// How many accounts are suggested for a transfer; any other can be typed.
const SUGGESTED_MAX: usize = 500;

/// The commands of every day, side by side. They can be looked at in the past too.
#[component]
pub(super) fn KindChoice(fields: Fields) -> impl IntoView {
    let option = move |kind: Kind| {
        view! {
            <label>
                <input type="radio" name="command" value=kind.title() prop:checked=move || fields.kind.get() == kind on:change=move |_| fields.kind.set(kind) />
                <span>{kind.title()}</span>
            </label>
        }
    };
    view! { <div class="seg full" role="radiogroup" aria-label="Command">{Kind::DAILY.map(option).collect_view()}</div> }
}

/// What is needed seldom: a time that is not now, and the commands that are not of every day.
#[component]
pub(super) fn Seldom(fields: Fields) -> impl IntoView {
    let command = move |kind: Kind| {
        let is_chosen = move || fields.kind.get() == kind;
        view! {
            <button
                type="button"
                class="link"
                aria-pressed=move || is_chosen().to_string()
                on:click=move |_| fields.kind.set(if is_chosen() { Kind::Deposit } else { kind })
            >
                {kind.title()}
            </button>
        }
    };
    view! {
        <div class="seldom">
            <button
                type="button"
                class="link"
                aria-expanded=move || fields.is_dated.get().to_string()
                on:click=move |_| {
                    fields.is_dated.update(|is_dated| *is_dated = !*is_dated);
                    fields.when.set(String::new());
                }
            >
                "Happened earlier"
            </button>
            <span class="end" role="group" aria-label="Further commands">{Kind::SELDOM.map(command).collect_view()}</span>
        </div>
    }
}

/// The fields of the chosen command.
#[component]
pub(super) fn FormFields(form: CommandForm) -> impl IntoView {
    let CommandForm { fields, past, .. } = form;
    view! {
        <fieldset prop:disabled=move || past.get() aria-describedby=move || past.get().then_some("why-off")>
            <Show when=move || fields.kind.get().has_amount()>
                <Amount form />
            </Show>
            <Show when=move || fields.kind.get() == Kind::Interest>
                <InterestFields fields />
            </Show>
            {move || fields.kind.get().extra().map(|label| {
                let list = (label == "To account").then_some("accounts-list");
                view! { <Text label value=fields.extra list /> }
            })}
            <Text label="Who" value=fields.who list=None />
            <Text label="Why" value=fields.why list=None />
            <Show when=move || fields.is_dated.get()>
                <When form />
            </Show>
            <OtherAccounts form />
        </fieldset>
    }
}

#[component]
fn Text(label: &'static str, value: RwSignal<String>, list: Option<&'static str>) -> impl IntoView {
    view! {
        <label class="fld">
            <span>{label}</span>
            <input class="in" list=list autocomplete="off" prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event)) />
        </label>
    }
}

#[component]
fn Amount(form: CommandForm) -> impl IntoView {
    let CommandForm { fields, currency, .. } = form;
    let error = move || {
        let text = fields.amount.get();
        let error = (!text.trim().is_empty()).then(|| Money::parse(&text, currency.get()).err()).flatten();
        error.as_ref().map(money_problem)
    };
    view! {
        <label class="fld">
            <span>{move || if fields.kind.get() == Kind::Overdraft { "Limit" } else { "Amount" }}</span>
            <span class="money">
                <input
                    class="in"
                    id="cmd-amount"
                    inputmode="decimal"
                    autocomplete="off"
                    aria-invalid=move || error().map(|_| "true")
                    aria-describedby="cmd-amount-error"
                    prop:value=move || fields.amount.get()
                    on:input=move |event| fields.amount.set(event_target_value(&event))
                />
                <em>{move || currency.get().to_string()}</em>
            </span>
            <span class="err" id="cmd-amount-error">{error}</span>
        </label>
    }
}

#[component]
fn InterestFields(fields: Fields) -> impl IntoView {
    let choose = move |event| {
        let is_360 = event_target_value(&event) == "Actual/360";
        fields.day_count.set(if is_360 { DayCount::Actual360 } else { DayCount::Actual365 });
    };
    view! {
        <Text label="Rate, % a year" value=fields.rate list=None />
        <label class="fld">
            <span>"Day count"</span>
            <select class="in" on:change=choose>
                <option>"Actual/365"</option>
                <option prop:selected=move || fields.day_count.get() == DayCount::Actual360>"Actual/360"</option>
            </select>
        </label>
        <Text label="From day" value=fields.from list=None />
        <Text label="To day, not counted" value=fields.to list=None />
    }
}

#[component]
fn When(form: CommandForm) -> impl IntoView {
    let CommandForm { fields, session, .. } = form;
    let error = move || fields.occurred_at(session.zone.get()).err();
    view! {
        <label class="fld w">
            <span>"When it happened"</span>
            <input
                class="in"
                placeholder="2024-01-05 14:03"
                autocomplete="off"
                aria-invalid=move || error().map(|_| "true")
                aria-describedby="cmd-when-error"
                prop:value=move || fields.when.get()
                on:input=move |event| fields.when.set(event_target_value(&event))
            />
            <span class="err" id="cmd-when-error">{error}</span>
        </label>
    }
}

/// The accounts that a transfer can go to: open, and of the same currency.
#[component]
fn OtherAccounts(form: CommandForm) -> impl IntoView {
    let CommandForm { session, fields, chosen, currency, .. } = form;
    let others = move || {
        let (moment, own, currency) = (session.moment.get(), chosen.get(), currency.get());
        let open = session.accounts(|accounts| {
            let others = accounts.by_number().into_iter().filter(|(_, id)| Some(*id) != own);
            let balances = accounts.balances(&moment);
            let open = |id: StreamId| balances.get(id).filter(|row| !row.is_closed() && row.currency() == currency);
            let named = others.filter_map(|(name, id)| Some((name.id().to_owned(), open(id)?.title().to_string())));
            named.take(SUGGESTED_MAX).collect::<Vec<_>>()
        });
        open.unwrap_or_default()
    };
    let option = |(number, title): (String, String)| view! { <option value=number>{title}</option> };
    view! {
        <datalist id="accounts-list">
            {move || (fields.kind.get() == Kind::Transfer).then(|| others().into_iter().map(option).collect_view())}
        </datalist>
    }
}
