//! The log: all events, filtered, and what each one changed.

mod bar;
mod causes;
mod chain;
mod detail;
mod finder;
mod list;
mod no_match;
mod raw;
mod row;
mod state_diff;
mod summary;
mod types;
mod view;

use self::{bar::LogBar, detail::EventDetail, list::LogList, view::LogView};
use super::session::Session;
use leptos::prelude::*;

/// The log: all events, filtered, and what each one changed.
#[component]
pub(crate) fn LogScreen(
    /// The open ledger.
    session: Session,
) -> impl IntoView {
    let log = LogView::new(session);
    view! {
        <section id="log" class="screen" aria-label="Event log">
            <LogBar log />
            <LogList log />
            <EventDetail log />
        </section>
    }
}
