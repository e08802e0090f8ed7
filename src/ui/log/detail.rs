use super::{causes::Causes, raw::RawEvent, state_diff::StateDiff, view::LogView};
use crate::{
    app::{
        Travel,
        files::cloud_events::{Envelope, LedgerSource, to_cloud_event},
        format::{self, Zone},
    },
    kernel::{Clock, Position, RecordedEvent, Timestamp},
    ui::parts::{EventChip, Icon},
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast as _;

const HEADING: &str = "log-event";

/// One event: what it changed, what set it off, and all that is stored of it.
#[component]
pub(super) fn EventDetail(
    /// What the parts of the log share.
    log: LogView,
) -> impl IntoView {
    let event = Memo::new(move |_| {
        let position = log.chosen.get();
        log.session().read(|read| read.history().event(position)).flatten()
    });
    view! {
        <section class="pane ldet" aria-labelledby=HEADING tabindex="0" data-testid="log-detail">
            <div class="hd">
                <div class="ttl">
                    <h1 id=HEADING tabindex="-1">
                        {move || format!("Event {}", format::int(log.chosen.get().get()))}
                    </h1>
                    {move || event.get().map(|event| view! { <Head log event /> })}
                </div>
                <Actions log event />
                <Later log />
            </div>
            <Show
                when=move || event.with(Option::is_some)
                fallback=|| view! { <section><p class="sub">"The log has no such event."</p></section> }
            >
                <StateDiff log />
                <Causes log />
                <RawEvent log event />
            </Show>
        </section>
    }
}

/// Moves the keyboard to the detail.
pub(super) fn focus_heading() {
    let heading =
        document().get_element_by_id(HEADING).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(heading) = heading {
        // Only an element that is not in the page cannot be focused.
        heading.focus().unwrap_or_default();
    }
}

#[component]
fn Head(log: LogView, event: RecordedEvent) -> impl IntoView {
    let at = move || {
        let at = match log.session().playhead.get().clock {
            Clock::Occurred => event.event.occurred_at,
            Clock::Recorded => event.recorded_at,
        };
        full_time(at, log.session().zone.get())
    };
    view! {
        <EventChip event_type=event.event.event_type.to_string() />
        <span class="sub nw">{at}</span>
    }
}

/// `2024-01-05 14:03:12.418 +01:00`
pub(super) fn full_time(at: Timestamp, zone: Zone) -> String {
    let minutes = (zone.offset_minutes)(at);
    let sign = if minutes < 0 { format::MINUS } else { '+' };
    let offset = minutes.unsigned_abs();
    format!("{} {} {sign}{:02}:{:02}", format::date(at, zone), format::clock_time(at, zone), offset / 60, offset % 60)
}

/// What became of copying.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Copied {
    /// An event was copied.
    Done(Position),
    /// It was not, and why.
    Failed(String),
}

#[component]
fn Actions(log: LogView, event: Memo<Option<RecordedEvent>>) -> impl IntoView {
    let session = log.session();
    let is_here = Memo::new(move |_| session.moment.get().position == log.chosen.get());
    let travel = move |_| session.travel(Travel::ToPosition(log.chosen.get_untracked()));
    let copied = RwSignal::new(None::<Copied>);
    let copy = move |_| {
        let Some(event) = event.get_untracked() else { return };
        let ledger = session.route.with_untracked(|route| route.ledger.clone());
        spawn_local(async move {
            let text = to_cloud_event(&event, &LedgerSource::of_ledger(&ledger), Envelope::Whole);
            copied.try_set(Some(match crate::ui::backend::copy_text(&text).await {
                Ok(()) => Copied::Done(event.position),
                Err(text) => Copied::Failed(text),
            }));
        });
    };
    let outcome = move || match copied.get()? {
        Copied::Done(position) => (position == log.chosen.get()).then(|| "Copied.".to_owned()),
        Copied::Failed(text) => Some(text),
    };
    view! {
        <div class="acts">
            <Show
                when=move || is_here.get()
                fallback=move || {
                    view! {
                        <button class="btn s pri" on:click=travel>
                            <Icon name="travel" />
                            "Travel here"
                        </button>
                    }
                }
            >
                <button class="btn s" disabled>
                    "You are here"
                </button>
            </Show>
            <button class="btn s" on:click=copy>
                <Icon name="copy" />
                "Copy as CloudEvent"
            </button>
            <span class="sub" role="status">
                {outcome}
            </span>
        </div>
    }
}

/// Says that the event has not happened at the moment shown.
#[component]
fn Later(log: LogView) -> impl IntoView {
    let is_later = Memo::new(move |_| {
        let (moment, chosen) = (log.session().moment.get(), log.chosen.get());
        log.session().read(|read| read.history().rank_of(moment.clock, chosen) > moment.rank).unwrap_or_default()
    });
    move || {
        is_later
            .get()
            .then(|| view! { <p class="later">"Later than the playhead: at the moment shown it has not happened."</p> })
    }
}
