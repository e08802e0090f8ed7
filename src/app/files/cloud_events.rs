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

use crate::kernel::NewEvent;
use std::{borrow::Cow, fmt::Write as _};

/// What our types begin with outside of the app.
pub const TYPE_PREFIX: &str = "annals.bank.";

/// The key in a foreign event's kept attributes that lists what it did not have. No attribute is called so.
pub const ABSENT: &str = "-";

const SOURCE_PREFIX: &str = "/annals/";

/// The attributes that are written from the envelope, in the order they are written.
const ENVELOPE: [&str; 13] = [
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "schemaversion",
    "actor",
    "reason",
    "correlationid",
    "causationid",
    "data",
];

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
    Text(Cow<'a, str>),
    /// JSON as it stands.
    Json(Cow<'a, str>),
    Nothing,
}

impl<'a> Written<'a> {
    fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    fn text_unless_empty(text: &'a str) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::text(text) }
    }
}

/// What is written for an attribute of [`ENVELOPE`]. `ours` is the ledger's source for events of ours.
fn written<'a>(name: &str, event: &'a NewEvent, ours: Option<&'a LedgerSource>) -> Written<'a> {
    let id = |id: &Option<crate::kernel::EventId>| match id {
        Some(id) => Written::text(id.to_string()),
        None => Written::Nothing,
    };
    match name {
        "specversion" => Written::text("1.0"),
        "id" => Written::text(event.id.to_string()),
        "source" => ours.map_or(Written::Nothing, |source| Written::text(source.as_str())),
        "type" if ours.is_some() => Written::text(format!("{TYPE_PREFIX}{}", event.event_type)),
        "type" => Written::text(event.event_type.as_str()),
        "subject" => Written::text(event.stream.as_str()),
        "time" => Written::text(event.occurred_at.to_string()),
        "datacontenttype" => Written::text("application/json"),
        "schemaversion" if ours.is_some() || event.schema.0 != 1 => Written::Json(event.schema.to_string().into()),
        "actor" => Written::text_unless_empty(&event.actor),
        "reason" => Written::text_unless_empty(&event.reason),
        "correlationid" => id(&event.correlation_id),
        "causationid" => id(&event.causation_id),
        "data" => Written::Json(event.data.as_str().into()),
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
