use leptos::prelude::*;

/// A type of event with its sign: in (green), out (ink), of the system (dashed).
#[component]
pub(crate) fn EventChip(
    /// The stored type.
    #[prop(into)]
    event_type: Signal<String>,
) -> impl IntoView {
    let sign = Memo::new(move |_| event_type.with(|event_type| sign(event_type)));
    view! {
        <span class=move || format!("chip {}", sign.get().0)>
            <span class="g" aria-hidden="true">{move || sign.get().1}</span>
            <span class="el">{event_type}</span>
        </span>
    }
}

/// The class and the glyph of a type; a foreign one gets a dot.
fn sign(event_type: &str) -> (&'static str, &'static str) {
    match event_type {
        "MoneyDeposited" => ("cr", "+"),
        "TransferReceived" => ("cr", "←"),
        "InterestCalculated" => ("cr", "%"),
        "MoneyWithdrawn" => ("dr", "\u{2212}"),
        "TransferSent" => ("dr", "→"),
        "FeeCharged" => ("dr", "×"),
        "AccountOpened" => ("sys", "○"),
        "AccountClosed" => ("sys", "●"),
        "OverdraftLimitSet" => ("sys", "≡"),
        _ => ("sys", "·"),
    }
}
