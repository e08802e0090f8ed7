use super::{detail::full_time, view::LogView};
use crate::{
    app::format::Zone,
    bank::BankCodec,
    kernel::{History, Position, RecordedEvent, SchemaVersion},
    ui::{
        envelope::envelope,
        parts::{Hash, Json},
    },
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
    let json = Signal::derive(move || {
        event.with(|event| event.as_ref().map(|event| envelope(event, true)).unwrap_or_default())
    });
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
                {move || hashes.get().map(|(before, after)| view! { <dt>"Hash"</dt> <dd><Hash hash=after /></dd> <dt>"Previous hash"</dt> <dd><Hash hash=before /></dd> })}
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
