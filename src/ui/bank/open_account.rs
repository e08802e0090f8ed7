use super::past_notice::PastNotice;
use crate::{
    app::{
        BankCommand, Intent,
        advice::{self, Advice},
        route::{Pane, Screen},
    },
    bank::{AccountCommand, Currency, Money},
    kernel::Label,
    ui::{parts::close_dialog, session::Session, start::money_problem},
};
use leptos::{html, prelude::*, task::spawn_local};

/// The form that opens a further account.
#[expect(clippy::too_many_lines, reason = "most of them are markup")]
#[component]
pub(super) fn OpenAccountDialog(session: Session, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let field = |text: &str| RwSignal::new(text.to_owned());
    let (owner, name, currency, deposit) = (field(""), field(""), field("EUR"), field("0.00"));
    let who = RwSignal::new(session.preferences.get_untracked().actor);
    let refused = RwSignal::new(None::<Advice>);
    let number = Memo::new(move |_| next_number(session));
    let chosen = move || Currency::parse(&currency.get()).unwrap_or(Currency::EUR);
    let amount = move || Money::parse(&deposit.get(), chosen());
    let past = Memo::new(move |_| !session.moment.get().is_live());
    let is_named = move || !owner.get().trim().is_empty() && !who.get().trim().is_empty();
    let ready = move || !past.get() && is_named() && amount().is_ok();
    let send = move || {
        let Ok(initial_balance) = amount() else { return };
        let command = AccountCommand::Open {
            owner: Label::new(owner.get_untracked().trim()),
            name: Label::new(name.get_untracked().trim()),
            initial_balance,
        };
        let number = number.get_untracked();
        let intent = Intent {
            actor: Label::new(who.get_untracked().trim()),
            reason: Label::new("Account opened"),
            occurred_at: None,
            command: BankCommand::Account { number: Label::new(&number), command },
        };
        spawn_local(async move {
            match session.dispatch(intent).await {
                Ok(_) => {
                    owner.set(String::new());
                    name.set(String::new());
                    refused.set(None);
                    close_dialog(dialog);
                    session.go(Screen::Account { number, pane: Pane::Timeline });
                }
                Err(error) => refused.set(Some(advice::of_dispatch_error(&error))),
            }
        });
    };
    let text = move |label: &'static str, class: &'static str, value: RwSignal<String>| {
        view! {
            <label class=class>
                <span>{label}</span>
                <input class="in" autocomplete="off" prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event)) />
            </label>
        }
    };
    view! {
        <dialog node_ref=dialog class="form" aria-labelledby="open-account-title">
            <form on:submit=move |event| { event.prevent_default(); send(); }>
                <h2 id="open-account-title">{move || format!("Open account {}", number.get())}</h2>
                <Show when=move || past.get()>
                    <PastNotice session id="open-account-off" />
                </Show>
                <fieldset class="grid" prop:disabled=move || past.get() aria-describedby=move || past.get().then_some("open-account-off")>
                    {text("Owner", "fld w", owner)}
                    {text("Name of the account", "fld w", name)}
                    <label class="fld">
                        <span>"Currency"</span>
                        <select class="in" prop:value=move || currency.get() on:change=move |event| currency.set(event_target_value(&event))>
                            <option>"EUR"</option>
                            {Currency::all().into_iter().filter(|code| *code != Currency::EUR).map(|code| view! { <option>{code.to_string()}</option> }).collect_view()}
                        </select>
                    </label>
                    <label class="fld">
                        <span>"Opening deposit"</span>
                        <span class="money">
                            <input class="in" inputmode="decimal" aria-invalid=move || amount().err().map(|_| "true") prop:value=move || deposit.get() on:input=move |event| deposit.set(event_target_value(&event)) />
                            <em>{move || currency.get()}</em>
                        </span>
                        {move || amount().err().map(|error| view! { <span class="err">{money_problem(&error)}</span> })}
                    </label>
                    {text("Who", "fld w", who)}
                </fieldset>
                {move || refused.get().map(|advice| view! { <div class="notice bad" role="alert"><p><b>{advice.title}</b> " " {advice.text}</p></div> })}
                {move || if is_named() {
                    view! { <p class="then">"Appends " <b>"AccountOpened"</b> {format!(" as version 1 of {}.", number.get())}</p> }.into_any()
                } else {
                    view! { <p class="then">"Say who owns it, and who opens it."</p> }.into_any()
                }}
                <div class="acts">
                    <button class="btn pri" type="submit" prop:disabled=move || !ready()>"Open account"</button>
                    <button class="btn" type="button" on:click=move |_| close_dialog(dialog)>"Cancel"</button>
                </div>
            </form>
        </dialog>
    }
}

/// The first free number of the form `ACC-0001`.
pub(crate) fn next_number(session: Session) -> String {
    let taken = session
        .accounts(|accounts| {
            let numbers = accounts.names().filter_map(|name| name.id().strip_prefix("ACC-")?.parse::<u32>().ok());
            numbers.max().unwrap_or(0)
        })
        .unwrap_or(0);
    format!("ACC-{:04}", taken.saturating_add(1))
}
