//! An event for the clipboard.

use super::json::text_of;
use crate::kernel::RecordedEvent;

/// The event as a `CloudEvent` 1.0, on one line.
pub(super) fn cloud_event_json(event: &RecordedEvent, ledger: &str) -> String {
    let inner = &event.event;
    let mut members = vec![
        ("specversion", text_of("1.0")),
        ("id", text_of(&inner.id.to_string())),
        ("source", text_of(&format!("/annals/{ledger}"))),
        ("type", text_of(&format!("annals.bank.{}", inner.event_type))),
        ("subject", text_of(inner.stream.as_str())),
        ("time", text_of(&inner.occurred_at.to_string())),
        ("datacontenttype", text_of("application/json")),
        ("schemaversion", text_of(&inner.schema.to_string())),
        ("actor", text_of(&inner.actor)),
        ("reason", text_of(&inner.reason)),
    ];
    let id = |name, id: &Option<crate::kernel::EventId>| id.as_ref().map(|id| (name, text_of(&id.to_string())));
    members.extend(id("correlationid", &inner.correlation_id));
    members.extend(id("causationid", &inner.causation_id));
    members.extend([
        ("data", inner.data.as_str().to_owned()),
        ("recordedtime", text_of(&event.recorded_at.to_string())),
        ("sequence", text_of(&event.position.to_string())),
        ("streamversion", text_of(&event.version.to_string())),
    ]);
    let members: Vec<String> = members.into_iter().map(|(name, json)| format!("\"{name}\":{json}")).collect();
    format!("{{{}}}", members.join(","))
}
