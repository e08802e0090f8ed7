//! Events as a block shows them.

use super::super::{
    BlockError, Content, EventId, Label, NewEvent, PayloadView, Position, RecordedEvent, SchemaVersion, StreamName,
    Timestamp, Version,
};

/// An event as a block shows it: everything borrowed, nothing copied that need not be.
#[derive(Clone, Debug)]
pub struct EventView<'a> {
    /// Its number in the whole log.
    pub position: Position,
    /// Its number in its stream.
    pub version: Version,
    /// Place of its stream in [`super::BlockReader::streams`].
    pub stream_slot: usize,
    /// The name of its stream.
    pub stream: &'a str,
    /// What happened.
    pub event_type: &'a str,
    /// The schema it was written with.
    pub schema: SchemaVersion,
    /// What it says.
    pub data: PayloadView<'a>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was appended.
    pub recorded_at: Timestamp,
    /// Who.
    pub actor: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Who it is, in the whole world.
    pub id: &'a EventId,
    /// What it belongs to.
    pub correlation_id: Option<&'a EventId>,
    /// What set it off.
    pub causation_id: Option<&'a EventId>,
    /// What a foreign event carried beyond all this.
    pub attributes: Option<&'a str>,
}

impl EventView<'_> {
    /// What a codec reads of it.
    pub fn content(&self) -> Content<'_> {
        Content { event_type: self.event_type, schema: self.schema, data: self.data }
    }

    /// The same event, owned.
    ///
    /// # Errors
    /// [`BlockError::Malformed`] when the stream's name is none.
    pub fn to_recorded(&self) -> Result<RecordedEvent, BlockError> {
        let stream = StreamName::parse(self.stream)
            .map_err(|_| BlockError::Malformed { what: "names a stream that cannot be" })?;
        Ok(RecordedEvent {
            position: self.position,
            version: self.version,
            recorded_at: self.recorded_at,
            event: NewEvent {
                id: self.id.clone(),
                stream,
                event_type: self.event_type.into(),
                schema: self.schema,
                data: self.data.to_payload(),
                occurred_at: self.occurred_at,
                actor: self.actor.into(),
                reason: self.reason.into(),
                correlation_id: self.correlation_id.cloned(),
                causation_id: self.causation_id.cloned(),
                attributes: self.attributes.map(Label::new),
            },
        })
    }
}

/// The view of an event that is not in a block yet.
pub(super) fn view_of(recorded: &RecordedEvent) -> EventView<'_> {
    let event = &recorded.event;
    EventView {
        position: recorded.position,
        version: recorded.version,
        stream_slot: 0,
        stream: event.stream.as_str(),
        event_type: &event.event_type,
        schema: event.schema,
        data: event.data.view(),
        occurred_at: event.occurred_at,
        recorded_at: recorded.recorded_at,
        actor: &event.actor,
        reason: &event.reason,
        id: &event.id,
        correlation_id: event.correlation_id.as_ref(),
        causation_id: event.causation_id.as_ref(),
        attributes: event.attributes.as_deref(),
    }
}
