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
    // Written again in place, part by part: while the playhead is dragged, the sum is another sixty times a second.
    let whole_and_cents = Memo::new(move |_| {
        sum.get().map(|sum| {
            let text = format::money(sum.minor, sum.currency);
            let cut = text.find('.').unwrap_or(text.len());
            let (whole, cents) = text.split_at(cut);
            (whole.to_owned(), cents.to_owned())
        })
    });
    let whole = move || whole_and_cents.get().map(|(whole, _)| whole);
    let cents = move || whole_and_cents.get().map(|(_, cents)| cents);
    let currency = Memo::new(move |_| sum.get().map(|sum| sum.currency));
    let is_known = Memo::new(move |_| sum.get().is_some());
    view! {
        <div
            class="big"
            class:fold=move || sum.get().is_some()
            class:neg=move || sum.get().is_some_and(|sum| sum.minor < 0)
            data-testid="balance"
            data-minor=move || sum.get().map(|sum| sum.minor.to_string())
            data-currency=move || sum.get().map(|sum: Money| Currency::code(&sum.currency).to_owned())
        >
            <Show when=move || is_known.get() fallback=move || view! { <span class="dim">{missing}</span> }>
                <span class="cur">{move || currency.get().map(|currency| currency.to_string())}</span>
                <span>{whole}</span>
                <span class="cents">{cents}</span>
            </Show>
        </div>
    }
}
