use super::{
    summary::{Summary, summary},
    view::LogView,
};
use crate::{
    app::{LogRow, format},
    kernel::{Clock, Position, Timestamp, Version},
    ui::parts::EventChip,
};
use leptos::{ev::MouseEvent, prelude::*};
use wasm_bindgen::JsCast as _;

/// One line of the list: an event, or the playhead. It follows what lies at its place, so that few lines change when
/// the playhead moves.
#[component]
pub(super) fn LogLine(
    /// What the parts of the log share.
    log: LogView,
    /// Its place from the top.
    index: usize,
) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let rows = log.rows.get();
        log.session().read_untracked(|read| rows.get(index, read.history())).flatten()
    });
    move || match shown.get() {
        Some(LogRow::Event(position)) => view! { <EventLine log index position /> }.into_any(),
        Some(LogRow::Playhead) => view! { <PlayheadLine log index /> }.into_any(),
        None => ().into_any(),
    }
}

/// The line between what has happened and what is later.
#[component]
fn PlayheadLine(log: LogView, index: usize) -> impl IntoView {
    let at = move || log.session().moment.get().at.map(|at| format::time(at, log.session().zone.get()));
    view! {
        <div class="phrow" role="row" aria-rowindex=(index + 2).to_string() data-testid="log-playhead">
            <span role="cell" aria-colspan="5">
                "playhead, "
                {at}
            </span>
        </div>
    }
}

#[component]
fn EventLine(log: LogView, index: usize, position: Position) -> impl IntoView {
    let Some(line) = Line::of(log, position) else { return ().into_any() };
    let is_later = move || log.rows.with(|rows| rows.is_later(index));
    let number = format::int(position.get());
    let name = {
        let number = number.clone();
        move || format!("Event {number}{}", if is_later() { ", later than the playhead" } else { "" })
    };
    let at = move || {
        let at = match log.session().playhead.get().clock {
            Clock::Occurred => line.occurred_at,
            Clock::Recorded => line.recorded_at,
        };
        format::time(at, log.session().zone.get())
    };
    view! {
        <div
            class="tr"
            class:ghost=is_later
            role="row"
            aria-rowindex=(index + 2).to_string()
            aria-selected=move || (log.chosen.get() == position).to_string()
            data-testid="log-row"
            data-position=position.to_string()
            data-version=line.version.to_string()
        >
            <span role="cell" class="num">
                <button
                    class="rowbtn"
                    tabindex="-1"
                    aria-label=name
                    on:click=move |event| {
                        focus_list(&event);
                        log.choose(position);
                    }
                ></button>
                {number}
            </span>
            <span role="cell" class="nw">{at}</span>
            <span role="cell" class="el"><EventChip event_type=line.event_type /></span>
            <span role="cell" class="el">{line.stream}</span>
            <span role="cell" class="el c-sum" class:dim=line.summary.is_raw>{line.summary.text}</span>
        </div>
    }
    .into_any()
}

/// Lines come and go; the keyboard stays with the list.
fn focus_list(event: &MouseEvent) {
    let target = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let list = target.and_then(|target| target.closest(".scroll").ok().flatten());
    if let Some(list) = list.and_then(|list| list.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Only an element that is not in the page cannot be focused.
        list.focus().unwrap_or_default();
    }
}

/// What a line shows.
struct Line {
    version: Version,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    event_type: String,
    stream: String,
    summary: Summary,
}

impl Line {
    /// What the bank can read costs a look at memory; of another event the block is opened.
    fn of(log: LogView, position: Position) -> Option<Self> {
        let look = |history: &crate::kernel::History<crate::bank::BankCodec>| {
            let summary = summary(history, position);
            if let Some(fact) = history.fact(position) {
                return Some(Self {
                    version: fact.version,
                    occurred_at: fact.occurred_at,
                    recorded_at: fact.recorded_at,
                    event_type: fact.event.type_name().to_owned(),
                    stream: history.stream(fact.stream).map(|stream| stream.name.to_string()).unwrap_or_default(),
                    summary,
                });
            }
            let recorded = history.event(position)?;
            Some(Self {
                version: recorded.version,
                occurred_at: recorded.event.occurred_at,
                recorded_at: recorded.recorded_at,
                event_type: recorded.event.event_type.to_string(),
                stream: recorded.event.stream.to_string(),
                summary,
            })
        };
        log.session().read_untracked(|read| look(read.history())).flatten()
    }
}
