use super::view::LogView;
use crate::{
    app::{Travel, format},
    kernel::{Clock, Position},
    ui::parts::Icon,
};
use leptos::prelude::*;

/// What stands in place of the list where nothing matches: the line again, the nearest event that does, a way out.
#[component]
pub(super) fn NoMatch(
    /// What the parts of the log share.
    log: LogView,
) -> impl IntoView {
    let nearest = move || log.found.with(|found| found.nearest);
    view! {
        <div class="lnone" role="status">
            <h2>"No event matches"</h2>
            <p>
                <code>{move || log.query.get()}</code>
            </p>
            {move || nearest().map(|position| view! { <Nearest log position /> })}
            <div class="acts">
                <button class="btn s" on:click=move |_| log.set_query(String::new())>
                    <Icon name="x" />
                    "Clear filter"
                </button>
            </div>
        </div>
    }
}

/// The nearest event that matches but for the time, and the way there.
#[component]
fn Nearest(log: LogView, position: Position) -> impl IntoView {
    let session = log.session();
    let described = move || {
        let clock = session.playhead.get().clock;
        let event = session.read(|read| read.history().event(position)).flatten()?;
        let at = match clock {
            Clock::Occurred => event.event.occurred_at,
            Clock::Recorded => event.recorded_at,
        };
        Some(format!("{} at {}", event.event.event_type, format::time(at, session.zone.get())))
    };
    view! {
        <p>
            "At another time, the nearest that matches is "
            <a href=move || log.href(position)>{format!("event {}", format::int(position.get()))}</a>
            ", "
            {described}
            "."
        </p>
        <div class="acts">
            <button
                class="btn s pri"
                on:click=move |_| {
                    session.travel(Travel::ToPosition(position));
                    log.choose(position);
                }
            >
                <Icon name="travel" />
                "Travel there"
            </button>
        </div>
    }
}
