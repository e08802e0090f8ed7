use crate::{
    app::format,
    bank::{Currency, CurrencyTotal},
    kernel::StreamId,
    ui::{parts::Icon, session::Session},
};
use leptos::prelude::*;

/// The sum of all accounts of the shown account's currency, those of the other currencies on demand, and whether the
/// books balance.
#[component]
pub(super) fn Totals(session: Session, chosen: Signal<Option<StreamId>>) -> impl IntoView {
    let totals = Memo::new(move |_| {
        let moment = session.moment.get();
        session.accounts(|accounts| accounts.balances(&moment).totals().to_vec()).unwrap_or_default()
    });
    let first = Memo::new(move |_| first_of(session, chosen, &totals.get()));
    let others = Memo::new(move |_| totals.with(|totals| totals.len().saturating_sub(1)));
    let are_all_shown = RwSignal::new(false);
    let line = move |currency: Currency| {
        let sum = move || {
            let sum = totals
                .with(|totals| totals.iter().find(|(code, _)| *code == currency).map(|(_, total)| total.balance))
                .unwrap_or_default();
            format::money(sum, currency)
        };
        view! {
            <span class="sub">{format!("Sum, {currency} accounts")}</span>
            <span class="num"><span class="fold">{sum}</span></span>
        }
    };
    let rest = Memo::new(move |_| {
        let first = first.get();
        totals
            .with(|totals| totals.iter().map(|(code, _)| *code).filter(|code| Some(*code) != first).collect::<Vec<_>>())
    });
    let rest = move || are_all_shown.get().then(|| rest.get().into_iter().map(line).collect_view());
    let is_balanced = Memo::new(move |_| totals.with(|totals| totals.iter().all(|(_, total)| total.is_balanced())));
    view! {
        <div class="acc-sum">
            {move || first.get().map(line)}
            {rest}
            <Show when=move || others.get() != 0>
                <button
                    type="button"
                    class="link more"
                    aria-expanded=move || are_all_shown.get().to_string()
                    on:click=move |_| are_all_shown.update(|shown| *shown = !*shown)
                >
                    {move || match (are_all_shown.get(), others.get()) {
                        (true, _) => "Only this currency".to_owned(),
                        (false, 1) => "and 1 other currency".to_owned(),
                        (false, others) => format!("and {others} other currencies"),
                    }}
                </button>
            </Show>
            <span class="dim">"Debits equal credits"</span>
            {move || if is_balanced.get() {
                view! { <span class="ok"><Icon name="check" />"balanced"</span> }.into_any()
            } else {
                view! { <span class="ok"><Icon name="warn" />"in transit"</span> }.into_any()
            }}
        </div>
    }
}

/// The currency that is shown first: the shown account's, where it is open.
fn first_of(
    session: Session,
    chosen: Signal<Option<StreamId>>,
    totals: &[(Currency, CurrencyTotal)],
) -> Option<Currency> {
    let moment = session.moment.get();
    let own = chosen
        .get()
        .and_then(|id| session.accounts(|accounts| accounts.balances(&moment).get(id).map(|row| row.currency())));
    own.flatten().or_else(|| totals.first().map(|(code, _)| *code))
}
