use super::{
    detail::full_time,
    json::{Json, text_of},
    view::LogView,
};
use crate::{
    app::format::Zone,
    bank::BankCodec,
    kernel::{History, Position, RecordedEvent, SchemaVersion},
};
use leptos::prelude::*;
use serde_json::Value;

/// All that is stored of an event.
#[component]
pub(super) fn RawEvent(
    /// What the parts of the log share.
    log: LogView,
    /// The event.
    event: Memo<Option<RecordedEvent>>,
) -> impl IntoView {
    let json = Signal::derive(move || event.with(|event| event.as_ref().map(envelope).unwrap_or_default()));
    let lifted = Memo::new(move |_| {
        let event = event.get()?;
        log.session().read(|read| lifted(read.history(), &event)).flatten()
    });
    let hashes = Memo::new(move |_| {
        let position = log.chosen.get();
        log.session().read(|read| hashes(read.history(), position)).flatten()
    });
    view! {
        <section aria-labelledby="log-raw" data-testid="log-raw">
            <h2 id="log-raw">"Event"</h2>
            <Json text=json label="Event as JSON" />
            {move || {
                lifted
                    .get()
                    .map(|(schema, text)| {
                        view! {
                            <h3>{format!("Data, read as schema {schema}")}</h3>
                            <Json text label="Data as it is read" />
                        }
                    })
            }}
            <dl class="kv">
                {move || event.get().map(|event| view! { <Facts event lifted zone=log.session().zone.get() /> })}
                {move || hashes.get().map(|(before, after)| view! { <Hash name="Hash" hash=after /> <Hash name="Previous hash" hash=before /> })}
            </dl>
        </section>
    }
}

#[component]
fn Facts(event: RecordedEvent, lifted: Memo<Option<(SchemaVersion, String)>>, zone: Zone) -> impl IntoView {
    let written = event.event.schema;
    let schema = move || match lifted.get() {
        Some((read, _)) => format!("{written}, read as {read}"),
        None => format!("{written}, read as written"),
    };
    view! {
        <dt>"Event id"</dt>
        <dd class="hash">{event.event.id.to_string()}</dd>
        <dt>"Schema"</dt>
        <dd>{schema}</dd>
        <dt>"Occurred"</dt>
        <dd>{full_time(event.event.occurred_at, zone)}</dd>
        <dt>"Recorded"</dt>
        <dd>{full_time(event.recorded_at, zone)}</dd>
    }
}

/// A hash in groups of eight digits; copied, it is in one piece.
#[component]
fn Hash(name: &'static str, hash: String) -> impl IntoView {
    let digits: Vec<char> = hash.chars().collect();
    let groups = digits.chunks(8).map(|group| view! { <i>{group.iter().collect::<String>()}</i> }).collect_view();
    view! {
        <dt>{name}</dt>
        <dd class="hash">{groups}</dd>
    }
}

fn hashes(history: &History<BankCodec>, position: Position) -> Option<(String, String)> {
    history.hashes(position).map(|(before, after)| (before.to_string(), after.to_string()))
}

/// The schema and the payload that an old event is read as; `None` where it is read as it was written.
fn lifted(history: &History<BankCodec>, event: &RecordedEvent) -> Option<(SchemaVersion, String)> {
    let (upcasts, written) = (history.codec().upcasts(), &event.event);
    let newest = upcasts.newest(&written.event_type);
    // Only what the bank reads is lifted: another's event may bear the same name.
    if written.schema >= newest || history.fact(event.position).is_none() {
        return None;
    }
    let Value::Object(data) = written.data.to_value() else { return None };
    let lifted = upcasts.lift(&written.event_type, written.schema, data).ok()?;
    Some((newest, Value::Object(lifted).to_string()))
}

/// The whole envelope as JSON; the payload stands in it to the letter.
fn envelope(recorded: &RecordedEvent) -> String {
    let event = &recorded.event;
    let id = |id: &Option<crate::kernel::EventId>| {
        id.as_ref().map_or_else(|| "null".to_owned(), |id| text_of(&id.to_string()))
    };
    let mut members = vec![
        ("position", recorded.position.to_string()),
        ("stream", text_of(event.stream.as_str())),
        ("version", recorded.version.to_string()),
        ("type", text_of(&event.event_type)),
        ("schema", event.schema.to_string()),
        ("occurred_at", text_of(&event.occurred_at.to_string())),
        ("recorded_at", text_of(&recorded.recorded_at.to_string())),
        ("data", event.data.as_str().to_owned()),
        ("actor", text_of(&event.actor)),
        ("reason", text_of(&event.reason)),
        ("id", text_of(&event.id.to_string())),
        ("correlation_id", id(&event.correlation_id)),
        ("causation_id", id(&event.causation_id)),
    ];
    members.extend(event.attributes.as_ref().map(|attributes| ("attributes", attributes.to_string())));
    let members: Vec<String> = members.into_iter().map(|(name, json)| format!("{}:{json}", text_of(name))).collect();
    format!("{{{}}}", members.join(","))
}
