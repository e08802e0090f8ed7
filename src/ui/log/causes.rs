use super::view::LogView;
use crate::{
    app::format,
    bank::BankCodec,
    kernel::{Clock, EventId, History, Position, RecordedEvent},
};
use leptos::prelude::*;

/// How far around an event its causes and effects are looked for.
const AROUND: u32 = 64;

/// The events that belong together by what set them off, each a link.
#[component]
pub(super) fn Causes(
    /// What the parts of the log share.
    log: LogView,
) -> impl IntoView {
    let related = Memo::new(move |_| {
        let position = log.chosen.get();
        log.session().read(|read| related(read.history(), position)).unwrap_or_default()
    });
    let positions =
        move || related.with(|related| related.events.iter().map(|event| event.position).collect::<Vec<_>>());
    view! {
        <section aria-labelledby="log-causes" data-testid="log-causes">
            <h2 id="log-causes">"Caused by"</h2>
            {move || related.with(|related| related.command.clone()).map(|id| view! { <p class="cmd-id">"Command " <span class="hash">{id}</span></p> })}
            {move || related.with(|related| related.events.is_empty()).then(|| view! { <p class="sub">"The event does not say."</p> })}
            <ol class="chain">
                <For each=positions key=|position| *position children=move |position| view! { <Link log related position /> } />
            </ol>
        </section>
    }
}

/// One event of the chain.
#[component]
fn Link(log: LogView, related: Memo<Related>, position: Position) -> impl IntoView {
    let Some(event) = related.with_untracked(|related| related.at(position).cloned()) else { return ().into_any() };
    let title = format!("{}, {}", event.event.event_type, event.event.stream);
    let at = move || {
        let at = match log.session().playhead.get().clock {
            Clock::Occurred => event.event.occurred_at,
            Clock::Recorded => event.recorded_at,
        };
        format::clock_time(at, log.session().zone.get())
    };
    view! {
        <li aria-current=move || (log.chosen.get() == position).then_some("true")>
            <span class="num">{format::int(position.get())}</span>
            <span class="nw">{at}</span>
            <a class="el" href=move || log.href(position)>
                {title}
            </a>
        </li>
    }
    .into_any()
}

/// What belongs to an event.
#[derive(Clone, Debug, Default, PartialEq)]
struct Related {
    /// The events, in the order of the log; none where the event stands alone and says of nothing that set it off.
    events: Vec<RecordedEvent>,
    /// What set the first of them off, where that is no event near by: a command.
    command: Option<String>,
}

impl Related {
    fn at(&self, position: Position) -> Option<&RecordedEvent> {
        self.events.iter().find(|event| event.position == position)
    }
}

/// The events near `position` of the same correlation, that it was set off by, or that it set off.
fn related(history: &History<BankCodec>, position: Position) -> Related {
    let Some(chosen) = history.event(position) else { return Related::default() };
    let first = position.get().saturating_sub(AROUND).max(1);
    let near: Vec<RecordedEvent> =
        (first..=position.plus(AROUND).get()).map_while(|number| history.event(Position::new(number))).collect();
    let mut causes: Vec<EventId> = chosen.event.causation_id.iter().cloned().collect();
    // Causes lie before their effects, so one walk back finds them all.
    for event in near.iter().rev().filter(|event| event.position < position) {
        if causes.contains(&event.event.id) {
            causes.extend(event.event.causation_id.clone());
        }
    }
    let belongs = |event: &&RecordedEvent| {
        let same = chosen.event.correlation_id.is_some() && event.event.correlation_id == chosen.event.correlation_id;
        let is_effect = event.event.causation_id.as_ref() == Some(&chosen.event.id);
        event.position == position || same || is_effect || causes.contains(&event.event.id)
    };
    let events: Vec<RecordedEvent> = near.iter().filter(belongs).cloned().collect();
    let is_near = |id: &EventId| near.iter().any(|event| event.event.id == *id);
    let command = events.first().and_then(|event| event.event.causation_id.as_ref()).filter(|id| !is_near(id));
    let command = command.map(EventId::to_string);
    let stands_alone = events.len() < 2 && command.is_none();
    Related { events: if stands_alone { Vec::new() } else { events }, command }
}
