//! CloudEvents 1.0 as JSON: one event a line (JSON Lines), or all in one array (the JSON batch format).
//!
//! # How an event is written
//!
//! An event of ours has `id`, `source` (`/annals/<ledger>`), `type` (the stored type behind [`TYPE_PREFIX`]), `subject`
//! (the stream), `time` (when it happened), `datacontenttype`, `data`, and the extensions `recordedtime`, `sequence`
//! (the position) and `streamversion` as strings, since integers are 32-bit signed there, `schemaversion`, `actor`,
//! `reason`, `correlationid` and `causationid`.
//!
//! Events of any ledger of Annals are ours: they take the source of the ledger they are in, and an id is the same event
//! in all of them. So a whole ledger that was exported and imported into an empty one is the same ledger, to the chain
//! hash.
//!
//! A foreign event is given back as it came. What its envelope here does not say is kept in
//! [`NewEvent::attributes`](crate::kernel::NewEvent::attributes): a JSON object of its attributes in alphabetical
//! order, and under [`ABSENT`] the names of those it did not have although we would write them. What we know of it
//! beyond is added in extensions that begin with `annals`, so that nothing of its own is overwritten.

mod attribute;
mod export;
mod import;
mod object;
mod reader;
mod seen;
mod splitter;

pub use export::{Envelope, Exporter, Form, Selection, to_cloud_event};
pub use import::{CloudEventsImport, RecordedTimes};
pub use reader::{EventReader, ImportedEvent};
pub use seen::SeenIds;

use crate::kernel::{EventId, NewEvent, SchemaVersion, Timestamp};
use attribute::Attribute;
use object::Json;
use std::fmt::Write as _;

/// What our types begin with outside of the app.
pub const TYPE_PREFIX: &str = "annals.bank.";

/// The key in a foreign event's kept attributes that lists what it did not have. No attribute is called so.
pub const ABSENT: &str = "-";

const SOURCE_PREFIX: &str = "/annals/";

/// The `source` of a ledger's own events: `/annals/<name>`, percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerSource(String);

impl LedgerSource {
    /// The source of the ledger of this name.
    pub fn of_ledger(name: &str) -> Self {
        let mut source = SOURCE_PREFIX.to_owned();
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                source.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                write!(source, "%{byte:02X}").unwrap_or_default();
            }
        }
        Self(source)
    }

    /// The URI reference.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a source is a ledger of Annals.
fn is_ours(source: &str) -> bool {
    source.starts_with(SOURCE_PREFIX)
}

/// The type as it is stored.
fn stored_type(outside: &str) -> &str {
    outside.strip_prefix(TYPE_PREFIX).filter(|rest| !rest.is_empty()).unwrap_or(outside)
}

/// What an attribute of the envelope is written as.
enum Written<'a> {
    Text(&'a str),
    /// A stored type, which stands behind [`TYPE_PREFIX`].
    Type(&'a str),
    Id(&'a EventId),
    Time(Timestamp),
    Schema(SchemaVersion),
    /// JSON as it stands.
    Data(&'a str),
    Nothing,
}

impl<'a> Written<'a> {
    fn text_unless_empty(text: &'a str) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text) }
    }

    /// Whether a member that an event was read from would be written again as it came.
    fn is(&self, member: Json<'_>) -> bool {
        match self {
            Self::Text(text) => member.text().is_some_and(|given| given == *text),
            Self::Type(name) => member.text().is_some_and(|given| given.strip_prefix(TYPE_PREFIX) == Some(name)),
            // Each id is written as it was read.
            Self::Id(_) => member.text().is_some_and(|given| !given.is_empty()),
            Self::Time(time) => member.text().is_some_and(|given| time.is_written(&given)),
            Self::Schema(schema) => member.as_str().parse() == Ok(schema.0),
            Self::Data(_) => true,
            Self::Nothing => false,
        }
    }
}

/// What is written for an attribute of [`Attribute::ENVELOPE`]. `ours` is the ledger's source for events of ours.
fn written<'a>(attribute: Attribute, event: &'a NewEvent, ours: Option<&'a str>) -> Written<'a> {
    let id = |id: &'a Option<EventId>| id.as_ref().map_or(Written::Nothing, Written::Id);
    match attribute {
        Attribute::SpecVersion => Written::Text("1.0"),
        Attribute::Id => Written::Id(&event.id),
        Attribute::Source => ours.map_or(Written::Nothing, Written::Text),
        Attribute::Type if ours.is_some() => Written::Type(&event.event_type),
        Attribute::Type => Written::Text(&event.event_type),
        Attribute::Subject => Written::Text(event.stream.as_str()),
        Attribute::Time => Written::Time(event.occurred_at),
        Attribute::DataContentType => Written::Text("application/json"),
        Attribute::SchemaVersion if ours.is_some() || event.schema.0 != 1 => Written::Schema(event.schema),
        Attribute::Actor => Written::text_unless_empty(&event.actor),
        Attribute::Reason => Written::text_unless_empty(&event.reason),
        Attribute::CorrelationId => id(&event.correlation_id),
        Attribute::CausationId => id(&event.causation_id),
        Attribute::Data => Written::Data(event.data.as_str()),
        _ => Written::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledgers_source_is_a_uri_reference() {
        assert_eq!(LedgerSource::of_ledger("Hüs 1/2").as_str(), "/annals/H%C3%BCs%201%2F2");
    }

    #[test]
    fn a_type_is_stored_without_our_prefix() {
        assert_eq!(stored_type("annals.bank.MoneyDeposited"), "MoneyDeposited");
        assert_eq!(stored_type("com.github.pull.create"), "com.github.pull.create");
        assert_eq!(stored_type("annals.bank."), "annals.bank.");
    }
}
