use super::is_named;
use crate::{
    app::{Moment, Travel, format},
    kernel::{Clock, Position, Rank, StreamId, Timestamp},
    ui::{parts::Icon, session::Session},
};
use leptos::prelude::*;
use std::sync::Arc;

/// What is said instead of the list where it would be empty; and the account that will match, with the way there.
#[component]
pub(super) fn NoMatch(session: Session, filter: RwSignal<String>, sorted: Memo<Arc<Vec<StreamId>>>) -> impl IntoView {
    let text = move || match filter.get().trim() {
        "" => "No account is open yet at this moment.".to_owned(),
        typed if session.moment.get().is_live() => format!("No account matches “{typed}”."),
        typed => format!("No account that is open at this moment matches “{typed}”."),
    };
    let later = Memo::new(move |_| later_one(session, &filter.get(), &sorted.get()));
    view! {
        <div class="scroll none" role="status">
            <p>{text}</p>
            {move || later.get().map(|later| view! { <LaterOne session later /> })}
        </div>
    }
}

/// An account that opens later.
#[derive(Clone, Debug, PartialEq)]
struct Later {
    name: String,
    position: Position,
    opens_at: Timestamp,
}

#[component]
fn LaterOne(session: Session, later: Later) -> impl IntoView {
    let position = later.position;
    view! {
        <p>{format!("{} opens {}.", later.name, format::time(later.opens_at, session.zone.get()))}</p>
        <button type="button" class="btn s" on:click=move |_| session.travel(Travel::ToPosition(position))>
            <Icon name="travel" />
            "Travel there"
        </button>
    }
}

/// The first account by number that matches and is not open yet.
fn later_one(session: Session, filter: &str, sorted: &[StreamId]) -> Option<Later> {
    let (moment, wanted) = (session.moment.get(), filter.trim().to_lowercase());
    let live = Moment { rank: Rank::new(u32::MAX), clock: Clock::Recorded, ..Moment::default() };
    session.read(|read| {
        let rows = read.balances(&live).clone();
        let name_of = |id: &StreamId| read.history().stream(*id).map(|entry| entry.name.id().to_owned());
        let matches = |id: &&StreamId| {
            let Some(row) = rows.get(**id) else { return false };
            name_of(id).is_some_and(|number| number.to_lowercase().contains(&wanted)) || is_named(&row, &wanted)
        };
        let id = *sorted.iter().find(matches)?;
        let position = *read.history().stream(id)?.positions(moment.clock).first()?;
        let opens_at = read.history().timeline(moment.clock).time_of(position)?;
        let name = format!("{} {}", name_of(&id)?, rows.get(id)?.title());
        Some(Later { name, position, opens_at })
    })?
}
