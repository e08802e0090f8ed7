use super::parts::text_of;
use crate::kernel::{EventId, RecordedEvent};

/// The envelope of an event as JSON; the payload stands in it to the letter.
pub(crate) fn envelope(
    recorded: &RecordedEvent,
    // Whether the ids are in it, or stand beside it on the screen.
    with_ids: bool,
) -> String {
    let event = &recorded.event;
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
    ];
    if with_ids {
        let id = |id: &Option<EventId>| id.as_ref().map_or_else(|| "null".to_owned(), |id| text_of(&id.to_string()));
        members.push(("id", text_of(&event.id.to_string())));
        members.push(("correlation_id", id(&event.correlation_id)));
        members.push(("causation_id", id(&event.causation_id)));
    }
    members.extend(event.attributes.as_ref().map(|attributes| ("attributes", attributes.to_string())));
    let members: Vec<String> = members.into_iter().map(|(name, json)| format!("{}:{json}", text_of(name))).collect();
    format!("{{{}}}", members.join(","))
}
