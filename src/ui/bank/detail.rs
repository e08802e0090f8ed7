use crate::{
    app::{
        Travel,
        files::cloud_events::{Envelope, LedgerSource, to_cloud_event},
        route::Screen,
    },
    kernel::{RecordedEvent, SchemaVersion},
    ui::{
        envelope::envelope,
        parts::{Hash, Icon, Json},
        session::Session,
    },
};
use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;

/// The raw event under its row: all of the envelope, its hashes, and where it leads.
#[expect(clippy::needless_pass_by_value, reason = "the component macro hands properties over")]
#[component]
pub(super) fn EventDetail(session: Session, event: RecordedEvent) -> impl IntoView {
    let position = event.position;
    let here = move || session.moment.get().position == position && !session.moment.get().is_live();
    let hashes = session.read_untracked(|read| read.history().hashes(position)).flatten();
    let read_as = read_as(session, &event);
    let schema = match &read_as {
        Some((written, lifted)) => {
            format!("{} schema {written}, read as {}: {lifted}", event.event.event_type, written.next())
        }
        None => format!("{} schema {}, read as written", event.event.event_type, event.event.schema),
    };
    let copied = RwSignal::new(None::<String>);
    let raw = envelope(&event, false);
    let ledger = session.route.get_untracked().ledger;
    let text = to_cloud_event(&event, &LedgerSource::of_ledger(&ledger), Envelope::Whole);
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            copied.set(Some(match crate::ui::backend::copy_text(&text).await {
                Ok(()) => "Copied.".to_owned(),
                Err(why) => why,
            }));
        });
    };
    let pair =
        |name: &'static str, value: String, class: &'static str| view! { <dt>{name}</dt><dd class=class>{value}</dd> };
    view! {
        <div role="row" class="xrow">
            <div class="x" role="cell" aria-colspan="7">
                <Json text=raw label="Raw event" />
                <div class="r">
                    <dl class="kv">
                        {pair("Event id", event.event.id.to_string(), "hash")}
                        {pair("Schema", schema, "")}
                        {hashes.map(|(before, after)| view! {
                            <dt>"Hash"</dt><dd><Hash hash=after.to_string() /></dd>
                            <dt>"Previous hash"</dt><dd><Hash hash=before.to_string() /></dd>
                        })}
                        {event.event.correlation_id.as_ref().map(|id| pair("Correlation id", id.to_string(), "hash"))}
                        {event.event.causation_id.as_ref().map(|id| pair("Causation id", id.to_string(), "hash"))}
                    </dl>
                    <div class="acts">
                        <button class="btn s pri" prop:disabled=here on:click=move |_| session.travel(Travel::ToPosition(position))>
                            {move || if here() { view! { "You are here" }.into_any() } else { view! { <Icon name="travel" /> "Travel here" }.into_any() }}
                        </button>
                        <button class="btn s" on:click=copy><Icon name="copy" />"Copy as CloudEvent"</button>
                        <a class="btn s" href=move || session.href(Screen::Log { event: Some(position) })>"Show in the log"</a>
                        <span class="dim" role="status">{move || copied.get()}</span>
                    </div>
                </div>
            </div>
        </div>
    }
}

/// The schema that an event was written with and its payload as it is read today, where that is not the same.
pub(super) fn read_as(session: Session, event: &RecordedEvent) -> Option<(SchemaVersion, String)> {
    let (written, event_type) = (event.event.schema, &event.event.event_type);
    session
        .read_untracked(|read| {
            let upcasts = read.history().codec().upcasts();
            if upcasts.newest(event_type) == written {
                return None;
            }
            let Value::Object(data) = event.event.data.to_value() else { return None };
            upcasts.lift(event_type, written, data).ok().map(|lifted| (written, Value::Object(lifted).to_string()))
        })
        .flatten()
}
