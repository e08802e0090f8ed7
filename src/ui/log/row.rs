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

/// One line of the list: an event, or the playhead. It follows what lies at its place, and is written again in place:
/// while the playhead is dragged, all lines are others sixty times a second.
#[component]
pub(super) fn LogLine(
    /// What the parts of the log share.
    log: LogView,
    /// Its place from the top.
    index: Memo<usize>,
) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let (index, rows) = (index.get(), log.rows.get());
        log.session().read_untracked(|read| rows.get(index, read.history())).flatten()
    });
    let kind = Memo::new(move |_| shown.get().map(|row| row == LogRow::Playhead));
    let line = Memo::new(move |before: Option<&Option<Line>>| match shown.get() {
        Some(LogRow::Event(position)) => Line::of(log, position),
        Some(LogRow::Playhead) | None => before.cloned().flatten(),
    });
    move || match kind.get() {
        Some(false) => view! { <EventLine log index line /> }.into_any(),
        Some(true) => view! { <PlayheadLine log index /> }.into_any(),
        None => ().into_any(),
    }
}

/// The number of a row for those who do not see it; the first is the heads of the columns.
fn row_number(index: usize) -> String {
    (index + 2).to_string()
}

/// The line between what has happened and what is later.
#[component]
fn PlayheadLine(log: LogView, index: Memo<usize>) -> impl IntoView {
    let at = move || log.session().moment.get().at.map(|at| format::time(at, log.session().zone.get()));
    view! {
        <div class="phrow" role="row" aria-rowindex=move || row_number(index.get()) data-testid="log-playhead">
            <span role="cell" aria-colspan="5">
                "playhead, "
                {at}
            </span>
        </div>
    }
}

#[component]
fn EventLine(log: LogView, index: Memo<usize>, line: Memo<Option<Line>>) -> impl IntoView {
    let session = log.session();
    let text = move |of: fn(&Line) -> &str| {
        move || line.with(|line| line.as_ref().map(|line| of(line).to_owned()).unwrap_or_default())
    };
    let position = Memo::new(move |_| line.with(|line| line.as_ref().map(|line| line.position)).unwrap_or_default());
    let is_later = Memo::new(move |_| log.rows.with(|rows| rows.is_later(index.get())));
    let is_chosen = Memo::new(move |_| log.chosen.get() == position.get());
    let is_raw = move || line.with(|line| line.as_ref().is_some_and(|line| line.summary.is_raw));
    let number = move || format::int(position.get().get());
    let name = move || format!("Event {}{}", number(), if is_later.get() { ", later than the playhead" } else { "" });
    let at = move || {
        let clock = session.playhead.get().clock;
        let at = line.with(|line| line.as_ref().map(|line| line.at(clock)));
        at.map(|at| format::time(at, session.zone.get()))
    };
    let event_type = Memo::new(move |_| text(|line| &line.event_type)());
    view! {
        <div
            class="tr"
            class:ghost=move || is_later.get()
            role="row"
            aria-rowindex=move || row_number(index.get())
            aria-selected=move || is_chosen.get().to_string()
            data-testid="log-row"
            data-position=move || position.get().to_string()
            data-version=move || line.with(|line| line.as_ref().map(|line| line.version.to_string()))
        >
            <span role="cell" class="num">
                <button
                    class="rowbtn"
                    tabindex="-1"
                    aria-label=name
                    on:click=move |event| {
                        focus_list(&event);
                        log.choose(position.get_untracked());
                    }
                ></button>
                {number}
            </span>
            <span role="cell" class="nw">{at}</span>
            <span role="cell" class="el"><EventChip event_type /></span>
            <span role="cell" class="el">{text(|line| &line.stream)}</span>
            <span role="cell" class="el c-sum" class:dim=is_raw>{text(|line| &line.summary.text)}</span>
        </div>
    }
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
#[derive(Clone, Debug, PartialEq)]
struct Line {
    position: Position,
    version: Version,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    event_type: String,
    stream: String,
    summary: Summary,
}

impl Line {
    /// When it was, on a clock.
    fn at(&self, clock: Clock) -> Timestamp {
        match clock {
            Clock::Occurred => self.occurred_at,
            Clock::Recorded => self.recorded_at,
        }
    }

    /// What the bank can read costs a look at memory; of another event the block is opened.
    fn of(log: LogView, position: Position) -> Option<Self> {
        let look = |history: &crate::kernel::History<crate::bank::BankCodec>| {
            let summary = summary(history, position);
            if let Some(fact) = history.fact(position) {
                return Some(Self {
                    position,
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
                position,
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
