use super::{no_match::NoMatch, row::LogLine, view::LogView};
use crate::{
    app::{LogRows, format},
    kernel::Clock,
    ui::parts::{Page, VirtualList, row_height},
};
use leptos::{ev::KeyboardEvent, prelude::*};
use std::sync::Arc;

/// How many rows a page is, on the keyboard.
const PAGE: i64 = 20;

/// All events that the filter lets through, newest first; what is later than the playhead is hatched.
#[component]
pub(super) fn LogList(
    /// What the parts of the log share.
    log: LogView,
) -> impl IntoView {
    let is_missed = Memo::new(move |_| {
        // A line that cannot be read leaves the list as it was.
        log.error.get().is_none()
            && log
                .found
                .with(|found| found.is_done && found.positions.as_ref().is_some_and(|positions| positions.is_empty()))
    });
    view! {
        <section class="pane llist" aria-label="Events" on:keydown=move |event| steer(log, &event)>
            <Show when=move || is_missed.get() fallback=move || view! { <Table log /> }>
                <NoMatch log />
            </Show>
            <p class="vh" role="status">
                {move || told(log)}
            </p>
        </section>
    }
}

#[component]
fn Table(log: LogView) -> impl IntoView {
    let height = row_height(rems);
    let time = move || match log.session().playhead.get().clock {
        Clock::Occurred => "Time, occurred",
        Clock::Recorded => "Time, recorded",
    };
    view! {
        <div
            class="lt"
            role="table"
            aria-label="Events"
            aria-rowcount=move || log.rows.with(|rows| rows.len() + 1).to_string()
        >
            <div class="tr th" role="row" aria-rowindex="1">
                <span role="columnheader" class="num">"Event"</span>
                <span role="columnheader">{time}</span>
                <span role="columnheader">"Type"</span>
                <span role="columnheader">"Stream"</span>
                <span role="columnheader" class="c-sum">"Summary"</span>
            </div>
            <VirtualList
                count=Signal::derive(move || log.rows.with(LogRows::len))
                row_height=height
                key=Arc::new(|index| index)
                row=Arc::new(move |index| view! { <LogLine log index /> }.into_any())
                reveal=Signal::derive(move || log.reveal.with(|reveal| reveal.row))
                class="scroll"
                label="Event rows, newest first. Arrow keys choose an event, Enter goes to its detail."
            />
        </div>
    }
}

/// One line, a line to touch, or three lines where the page is one column.
fn rems(page: Page) -> f64 {
    match page {
        Page { is_column: true, .. } => 4.5,
        Page { is_coarse: true, .. } => 2.75,
        Page { .. } => 1.75,
    }
}

/// The list by keyboard: arrows and pages choose a row, Enter goes to its detail.
fn steer(log: LogView, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let count = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        "PageDown" => PAGE,
        "PageUp" => -PAGE,
        "Home" => i64::MIN,
        "End" => i64::MAX,
        "Enter" => {
            event.prevent_default();
            return super::detail::focus_heading();
        }
        _ => return,
    };
    event.prevent_default();
    log.walk(count);
}

/// What is chosen, for those who do not see it.
fn told(log: LogView) -> String {
    let chosen = log.chosen.get();
    let rows = log.rows.get();
    let row = log.session().read_untracked(|read| rows.row_of(chosen, read.history())).flatten();
    match row {
        Some(row) if rows.is_later(row) => {
            format!("Event {}, later than the playhead, chosen", format::int(chosen.get()))
        }
        Some(_) => format!("Event {} chosen", format::int(chosen.get())),
        None => String::new(),
    }
}
