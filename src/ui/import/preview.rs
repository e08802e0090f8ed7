use super::job::Job;
use crate::{
    app::{files::Staged, format},
    bank::Currency,
    ui::parts::EventChip,
};
use leptos::prelude::*;

/// What becomes of the first rows.
#[component]
pub fn EventTable(job: Job) -> impl IntoView {
    let events = Memo::new(move |_| job.first_events());
    let rows = move || {
        let zone = job.session.zone.get();
        events.with(|events| {
            events
                .iter()
                .map(|staged| {
                    let event = &staged.event;
                    let (amount, currency) = amount_of(staged);
                    view! {
                        <div class="tr" role="row">
                            <time role="cell" class="nw">{format::minute(event.occurred_at, zone)}</time>
                            <span role="cell"><EventChip event_type=event.event_type.to_string() /></span>
                            <span role="cell" class="el">{event.stream.id().to_owned()}</span>
                            <span role="cell" class="num">{amount} " " <span class="dim">{currency}</span></span>
                            <span role="cell" class="el sub">{event.reason.to_string()}</span>
                        </div>
                    }
                })
                .collect_view()
        })
    };
    let is_empty = Memo::new(move |_| events.with(Vec::is_empty));
    view! {
        <Show when=move || !is_empty.get()>
            <section class="imp-p">
                <h3 id="imp-first">"The first rows become these events"</h3>
                <div class="scroll" tabindex="0" role="region" aria-labelledby="imp-first">
                    <div class="lt" role="table" aria-labelledby="imp-first">
                        <div class="tr th" role="row">
                            <span role="columnheader">"Happened"</span>
                            <span role="columnheader">"Type"</span>
                            <span role="columnheader">"Account"</span>
                            <span role="columnheader" class="num">"Amount"</span>
                            <span role="columnheader">"Why"</span>
                        </div>
                        {rows}
                    </div>
                </div>
            </section>
        </Show>
    }
}

/// What an event moves, with its sign, and in which currency; empty where it says neither.
fn amount_of(staged: &Staged) -> (String, String) {
    let Ok(data) = serde_json::from_str::<serde_json::Value>(staged.event.data.as_str()) else {
        return Default::default();
    };
    let currency = data.get("currency").and_then(|code| Currency::parse(code.as_str()?).ok());
    let minor = ["amount", "initial_balance"].iter().find_map(|name| data.get(*name)?.as_i64());
    let (Some(minor), Some(currency)) = (minor, currency) else { return Default::default() };
    let goes_out = matches!(&*staged.event.event_type, "MoneyWithdrawn" | "FeeCharged" | "TransferSent");
    let signed = if goes_out { minor.saturating_neg() } else { minor };
    (format::signed(signed, currency), currency.to_string())
}
