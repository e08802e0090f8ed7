use crate::{
    app::format,
    bank::{Currency, Money},
};
use leptos::prelude::*;

/// The one large figure of a screen, under the bookkeeper's double rule: a derived sum.
#[component]
pub(crate) fn BigMoney(
    /// The sum; `None` shows `missing` instead.
    #[prop(into)]
    sum: Signal<Option<Money>>,
    /// What stands there where there is no sum yet.
    missing: &'static str,
) -> impl IntoView {
    let parts = move || {
        sum.get().map(|sum| {
            let text = format::money(sum.minor, sum.currency);
            let cut = text.find('.').unwrap_or(text.len());
            let (whole, cents) = text.split_at(cut);
            (sum.currency.to_string(), whole.to_owned(), cents.to_owned())
        })
    };
    view! {
        <div
            class="big"
            class:fold=move || sum.get().is_some()
            class:neg=move || sum.get().is_some_and(|sum| sum.minor < 0)
            data-testid="balance"
            data-minor=move || sum.get().map(|sum| sum.minor.to_string())
            data-currency=move || sum.get().map(|sum: Money| Currency::code(&sum.currency).to_owned())
        >
            {move || match parts() {
                Some((currency, whole, cents)) => {
                    view! {
                        <span class="cur">{currency}</span>
                        <span>{whole}</span>
                        <span class="cents">{cents}</span>
                    }
                        .into_any()
                }
                None => view! { <span class="dim">{missing}</span> }.into_any(),
            }}
        </div>
    }
}
