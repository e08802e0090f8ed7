use super::{
    chain::ChainState,
    types::{Names, categories, event_types},
    view::LogView,
};
use crate::app::{LogFilter, format};
use leptos::prelude::*;
use std::time::Duration;

/// How long typing rests before the filter follows it.
const REST: Duration = Duration::from_millis(200);

/// The filter, how much it lets through, and the state of the chain.
#[component]
pub(super) fn LogBar(
    /// What the parts of the log share.
    log: LogView,
) -> impl IntoView {
    let rested = StoredValue::new_local(debounce(REST, move |text: String| log.set_query(text)));
    let typed = move |text: String| {
        rested.try_update_value(|rested| rested(text));
    };
    view! {
        <div class="lbar" role="search" aria-label="Events">
            <input
                class="in q"
                type="search"
                aria-label="Filter events"
                placeholder="type:FeeCharged who:batch from:2024-01-01 to:2024-01-31 fuel"
                spellcheck="false"
                autocomplete="off"
                data-testid="log-query"
                aria-invalid=move || log.error.get().is_some().to_string()
                aria-describedby="log-error"
                prop:value=move || log.query.get()
                on:input=move |event| typed(event_target_value(&event))
            />
            <Choice log key="type" all="All types" label="Type" names=event_types(log.session()) />
            <Choice log key="category" all="All categories" label="Category" names=categories(log.session()) />
            <span class="count nw" role="status" data-testid="log-count">
                {move || counted(log)}
            </span>
            <ChainState session=log.session() />
            <p id="log-error" class="err" role="alert">
                {move || log.error.get()}
            </p>
        </div>
    }
}

/// `41 of 1,056,320 events`; on the way how far the search has come.
fn counted(log: LogView) -> String {
    let (found, head) = (log.found.get(), log.session().head.get());
    let count = |count: usize| format::int(u32::try_from(count).unwrap_or(u32::MAX));
    let all = format::int(head.get());
    match &found.positions {
        None => format!("{all} events"),
        Some(positions) if found.is_done => format!("{} of {all} events", count(positions.len())),
        Some(positions) => {
            format!("{} so far, {} of {all} events looked at", count(positions.len()), format::int(found.reached.get()))
        }
    }
}

/// A quick filter: one key of the line, from the values that occur.
#[component]
fn Choice(
    /// What the parts of the log share.
    log: LogView,
    /// The key in the line.
    key: &'static str,
    /// What no choice is called.
    all: &'static str,
    /// What is chosen.
    label: &'static str,
    /// The values that occur.
    #[prop(into)]
    names: Signal<Names>,
) -> impl IntoView {
    let chosen = Memo::new(move |_| LogFilter::value_of(&log.query.get(), key).unwrap_or_default());
    let option = move |(name, count): (String, u32)| {
        let text = format!("{name} ({})", format::int(count));
        let value = name.clone();
        view! {
            <option value=value prop:selected=move || chosen.get().eq_ignore_ascii_case(&name)>
                {text}
            </option>
        }
    };
    let choose = move |value: String| {
        log.set_query(LogFilter::with_value(&log.query.get_untracked(), key, &value));
    };
    view! {
        <select class="in" aria-label=label on:change=move |event| choose(event_target_value(&event))>
            <option value="" prop:selected=move || chosen.get().is_empty()>
                {all}
            </option>
            {move || names.get().into_iter().map(option).collect_view()}
        </select>
    }
}
