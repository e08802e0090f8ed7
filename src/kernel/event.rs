//! Events and their envelope.

use super::{Label, Payload, Position, SchemaVersion, StreamName, Timestamp, Version};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use uuid::{Uuid, fmt::Hyphenated};

/// The id of an event or of a command: a UUID of ours, or whatever text a foreign event came with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventId {
    /// A UUID; ours are of version 7, so that they sort by time (RFC 9562).
    Uuid(Uuid),
    /// Any other text.
    Text(Label),
}

impl EventId {
    /// Reads an id. Only the usual lower-case form with hyphens is taken as a UUID, so that each id is written again
    /// just as it was read.
    ///
    /// ```
    /// # use annals::kernel::EventId;
    /// assert!(matches!(EventId::parse("0190a5d4-7e5a-7c3a-8f00-0123456789ab"), EventId::Uuid(_)));
    /// assert_eq!(EventId::parse("{0190A5D4-7E5A-7C3A-8F00-0123456789AB}").to_string(), "{0190A5D4-7E5A-7C3A-8F00-0123456789AB}");
    /// ```
    pub fn parse(text: &str) -> Self {
        let is_usual = text.len() == Hyphenated::LENGTH && !text.bytes().any(|byte| byte.is_ascii_uppercase());
        match Uuid::try_parse(text) {
            Ok(uuid) if is_usual => Self::Uuid(uuid),
            Ok(_) | Err(_) => Self::Text(Label::unshared(text)),
        }
    }
}

impl EventId {
    /// The bytes of its text, if it is one: a UUID has a place of its own in a block.
    pub(super) fn text_bytes(&self) -> usize {
        match self {
            Self::Uuid(_) => 0,
            Self::Text(text) => text.len(),
        }
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uuid(uuid) => uuid.hyphenated().fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl From<Uuid> for EventId {
    fn from(uuid: Uuid) -> Self {
        Self::Uuid(uuid)
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Label::deserialize(deserializer).map(|text| Self::parse(&text))
    }
}

/// An event on its way to the log: all of the envelope that its writer knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Who it is, in the whole world.
    pub id: EventId,
    /// The stream it belongs to.
    pub stream: StreamName,
    /// What happened, in the past tense: `MoneyDeposited`.
    pub event_type: Label,
    /// The schema of `data`.
    pub schema: SchemaVersion,
    /// What it says.
    pub data: Payload,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Who.
    pub actor: Label,
    /// Why.
    pub reason: Label,
    /// What it belongs to: the same for everything that one intention set off.
    pub correlation_id: Option<EventId>,
    /// What set it off: the id of a command or of an event.
    pub causation_id: Option<EventId>,
    /// What a foreign event carried beyond all this: a JSON object of `CloudEvents` attributes, to be given back.
    pub attributes: Option<Label>,
}

impl NewEvent {
    /// How many bytes its texts and its payload have together, [`super::EVENT_BYTES_MAX`] at most in a log; the name of
    /// its stream, which has a bound of its own, is not counted.
    pub fn text_bytes(&self) -> usize {
        let ids = [Some(&self.id), self.correlation_id.as_ref(), self.causation_id.as_ref()];
        let texts = [Some(&self.event_type), Some(&self.actor), Some(&self.reason), self.attributes.as_ref()];
        self.data.as_str().len()
            + ids.into_iter().flatten().map(EventId::text_bytes).sum::<usize>()
            + texts.into_iter().flatten().map(|text| text.len()).sum::<usize>()
    }
}

/// An event with its whole envelope, as the log holds it. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its number in the whole log.
    pub position: Position,
    /// Its number in its stream.
    pub version: Version,
    /// When it was appended; never goes back in a log.
    pub recorded_at: Timestamp,
    /// All that its writer said.
    pub event: NewEvent,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_it_was_read() {
        for text in [
            "0190a5d4-7e5a-7c3a-8f00-0123456789ab",
            "0190A5D4-7E5A-7C3A-8F00-0123456789AB",
            "C234-1234-1234",
            "0190a5d47e5a7c3a8f000123456789ab",
        ] {
            assert_eq!(EventId::parse(text).to_string(), text);
        }
        assert!(matches!(EventId::parse("0190a5d4-7e5a-7c3a-8f00-0123456789ab"), EventId::Uuid(_)));
    }
}
