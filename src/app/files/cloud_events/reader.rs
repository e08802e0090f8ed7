//! Events in, one by one.

use super::{
    super::report::RowError,
    ABSENT, ENVELOPE, LedgerSource, Written, is_ours,
    object::{Object, on_one_line, push_text, text_of},
    splitter::{Item, Splitter},
    stored_type, written,
};
use crate::kernel::{
    EVENT_BYTES_MAX, EventId, Label, NewEvent, Payload, SchemaVersion, StreamName, StreamNameError, Timestamp,
};
use sha2::{Digest as _, Sha256};
use std::{borrow::Cow, collections::BTreeMap};

/// The longest id that is taken, in bytes.
const ID_BYTES_MAX: usize = 1024;

/// How long the id of a stream may be that is made of a source, in bytes.
const DERIVED_BYTES_MAX: usize = 200;

/// What we add to foreign events, and take off them again.
const ADDED: [&str; 4] = ["annalsrecorded", "annalssequence", "annalsversion", "annalsoccurred"];

/// What is written of our events beside the envelope; it is made anew whenever they are written.
const MADE_ANEW: [&str; 3] = ["recordedtime", "sequence", "streamversion"];

/// One event of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedEvent {
    /// The event.
    pub event: NewEvent,
    /// When the ledger that exported it had recorded it.
    pub recorded_at: Option<Timestamp>,
    /// Its position there, if that is a number.
    pub sequence: Option<u32>,
    /// Who published it.
    pub source: String,
    /// Its row: the line it begins on, or its number in an array.
    pub row: u32,
}

/// Reads events out of bytes that arrive in chunks: JSON Lines, an array, or an object alone.
#[derive(Debug)]
pub struct EventReader {
    splitter: Splitter,
    fallback: Timestamp,
    has_ended: bool,
}

impl EventReader {
    /// A reader that gives `fallback` as the time of events without one.
    pub fn new(fallback: Timestamp) -> Self {
        Self { splitter: Splitter::new(), fallback, has_ended: false }
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.splitter.feed(bytes);
    }

    /// Says that nothing more is fed.
    pub fn end(&mut self) {
        self.has_ended = true;
    }

    /// How many bytes have been worked on.
    pub fn bytes(&self) -> u64 {
        self.splitter.bytes()
    }

    /// The next event; `None` until more is fed, or for good once [`EventReader::end`] was said.
    ///
    /// # Errors
    /// [`RowError`] for an event that cannot be taken; the next one can be.
    pub fn next_event(&mut self) -> Option<Result<ImportedEvent, RowError>> {
        let item = match self.splitter.next() {
            None if self.has_ended => self.splitter.end(),
            found => found,
        };
        item.map(|item| read_item(item, self.fallback))
    }
}

fn read_item(item: Item, fallback: Timestamp) -> Result<ImportedEvent, RowError> {
    let (row, bytes) = item?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => {
            let object = Object::parse(text).map_err(|why| {
                let reason = if text.starts_with('{') {
                    format!("not a JSON object: {why}")
                } else {
                    "not a JSON object".to_owned()
                };
                RowError::new(row, "", text, reason)
            })?;
            Members { row, object }.read(fallback)
        }
        Err(_) => Err(RowError::new(row, "", &String::from_utf8_lossy(&bytes), "the text is not UTF-8")),
    }
}

/// The members of one event's object.
struct Members<'a> {
    row: u32,
    object: Object<'a>,
}

impl<'a> Members<'a> {
    fn error(&self, name: &str, reason: impl Into<String>) -> RowError {
        RowError::new(self.row, name, self.object.get(name).unwrap_or_default(), reason)
    }

    /// A text that must be there and not be empty.
    fn required(&self, name: &str) -> Result<Cow<'a, str>, RowError> {
        match self.optional(name)? {
            Some(text) => Ok(text),
            None => Err(self.error(name, "the attribute is required")),
        }
    }

    /// A text that may be absent or null, and must not be empty.
    fn optional(&self, name: &str) -> Result<Option<Cow<'a, str>>, RowError> {
        match self.object.get(name) {
            None | Some("null") => Ok(None),
            Some(json) => match text_of(json) {
                Some(text) if !text.is_empty() => Ok(Some(text)),
                Some(_) => Err(self.error(name, "the attribute is empty")),
                None => Err(self.error(name, "the attribute is not a text")),
            },
        }
    }

    fn time(&self, name: &str) -> Result<Option<Timestamp>, RowError> {
        match self.optional(name)? {
            None => Ok(None),
            Some(text) => match Timestamp::parse(&text) {
                Ok(time) => Ok(Some(time)),
                Err(_) => Err(self.error(name, "not a time of RFC 3339 such as 2024-01-05T14:03:12Z")),
            },
        }
    }

    fn id(&self, name: &str) -> Result<Option<EventId>, RowError> {
        match self.object.text(name) {
            Some(text) if text.len() > ID_BYTES_MAX => {
                Err(self.error(name, format!("longer than {ID_BYTES_MAX} bytes")))
            }
            Some(text) if !text.is_empty() => Ok(Some(EventId::parse(&text))),
            Some(_) | None => Ok(None),
        }
    }

    fn schema(&self) -> Result<SchemaVersion, RowError> {
        match self.object.get("schemaversion") {
            None | Some("null") => Ok(SchemaVersion::FIRST),
            Some(json) => match json.parse() {
                Ok(schema @ 1..) => Ok(SchemaVersion(schema)),
                Ok(_) | Err(_) => Err(self.error("schemaversion", "not a whole number from 1 to 65535")),
            },
        }
    }

    fn label(&self, name: &str) -> Label {
        self.object.text(name).as_deref().unwrap_or_default().into()
    }

    fn data(&self) -> Result<Payload, RowError> {
        // A null in `data` may be a payload (JSON format of CloudEvents 1.0, section 3.1.1). Beside `data_base64`, which it
        // excludes, it can only be how a program writes what is unset, as attributes may be (section 2.2) and the
        // specification's schema allows. Either way the event is kept to the letter.
        let has = |name: &str| self.object.get(name).is_some_and(|json| json != "null");
        if has("data_base64") && has("data") {
            return Err(self.error("data_base64", "an event has data or data_base64, not both"));
        }
        let json = self.object.get("data").unwrap_or("null");
        Payload::parse(&on_one_line(json)).map_err(|error| self.error("data", error.to_string()))
    }

    fn read(&self, fallback: Timestamp) -> Result<ImportedEvent, RowError> {
        if self.required("specversion")? != "1.0" {
            return Err(self.error("specversion", "only CloudEvents 1.0 are read"));
        }
        if self.object.get(ABSENT).is_some() {
            return Err(self.error(ABSENT, "no attribute can be called so"));
        }
        self.required("id")?;
        let id = self.id("id")?.ok_or_else(|| self.error("id", "the attribute is required"))?;
        let source = self.required("source")?;
        let event_type = self.required("type")?;
        let subject = self.optional("subject")?;
        let time = match self.time("time")? {
            None => self.time("annalsoccurred")?,
            known => known,
        };
        let ours = is_ours(&source);
        let stream =
            stream_of(&source, subject.as_deref()).map_err(|error| self.error("subject", error.to_string()))?;
        let mut event = NewEvent {
            id,
            stream,
            event_type: stored_type(&event_type).into(),
            schema: self.schema()?,
            data: self.data()?,
            occurred_at: time.unwrap_or(fallback),
            actor: self.label("actor"),
            reason: self.label("reason"),
            correlation_id: self.id("correlationid")?,
            causation_id: self.id("causationid")?,
            attributes: None,
        };
        event.attributes = self.beyond(&event, ours.then(|| LedgerSource(source.clone().into_owned())).as_ref())?;
        self.check_size(&event)?;
        let (recorded, sequence) =
            if ours { ("recordedtime", "sequence") } else { ("annalsrecorded", "annalssequence") };
        let recorded_at = match self.time(recorded)? {
            // Nothing more is asked of what is the foreign publisher's own.
            None => self.object.text("recordedtime").and_then(|text| Timestamp::parse(&text).ok()),
            known => known,
        };
        let sequence = self.object.text(sequence).or_else(|| self.object.text("sequence"));
        let sequence = sequence.and_then(|text| text.parse().ok());
        Ok(ImportedEvent { event, recorded_at, sequence, source: source.into_owned(), row: self.row })
    }

    /// What the event carries beyond the envelope, as [`NewEvent::attributes`] keeps it.
    fn beyond(&self, event: &NewEvent, ours: Option<&LedgerSource>) -> Result<Option<Label>, RowError> {
        let mut kept: BTreeMap<&str, Cow<'_, str>> = BTreeMap::new();
        for (name, json) in self.object.members() {
            let is_known = match written(name, event, ours) {
                Written::Text(text) => text_of(json).is_some_and(|other| other == text),
                // The payload is written as it came; the schema was read from here.
                Written::Json(_) => name == "data" || json == event.schema.to_string(),
                Written::Nothing => ADDED.contains(&name) || (ours.is_some() && MADE_ANEW.contains(&name)),
            };
            // The subject of an event of ours is its stream: one that names none would, in another ledger, name another.
            let is_stream = ours.is_some() && name == "subject";
            if !is_known && !is_stream {
                Payload::parse(json).map_err(|error| self.error(name, error.to_string()))?;
                kept.insert(name, on_one_line(json));
            }
        }
        let forgiven: &[&str] = if ours.is_some() { &["subject", "datacontenttype", "schemaversion"] } else { &[] };
        let absent: Vec<&str> = ENVELOPE
            .into_iter()
            .filter(|name| self.object.get(name).is_none() && !forgiven.contains(name))
            .filter(|name| !matches!(written(name, event, ours), Written::Nothing))
            .collect();
        if !absent.is_empty() {
            kept.insert(ABSENT, serde_json::to_string(&absent).unwrap_or_default().into());
        }
        Ok((!kept.is_empty()).then(|| Label::from(object_of(&kept))))
    }

    fn check_size(&self, event: &NewEvent) -> Result<(), RowError> {
        let bytes = event.text_bytes();
        if bytes > EVENT_BYTES_MAX {
            let id = event.id.to_string();
            let reason = format!("the event has {bytes} bytes, more than {EVENT_BYTES_MAX} are not taken");
            return Err(RowError::new(self.row, "", &id, reason));
        }
        Ok(())
    }
}

fn object_of(members: &BTreeMap<&str, Cow<'_, str>>) -> String {
    let mut out = String::from("{");
    for (name, json) in members {
        if out.len() > 1 {
            out.push(',');
        }
        push_text(&mut out, name);
        out.push(':');
        out.push_str(json);
    }
    out.push('}');
    out
}

/// The stream of an event: its subject where that is the name of a stream, else one for its source and subject.
fn stream_of(source: &str, subject: Option<&str>) -> Result<StreamName, StreamNameError> {
    if let Some(stream) = subject.and_then(|subject| StreamName::parse(subject).ok()) {
        return Ok(stream);
    }
    let whole = subject.map_or_else(|| source.to_owned(), |subject| format!("{source}#{subject}"));
    let clean: String = whole.chars().map(|c| if c.is_control() { '_' } else { c }).collect();
    let id = if clean == whole && clean.len() <= DERIVED_BYTES_MAX { clean } else { shortened(&clean, &whole) };
    StreamName::new("cloudevents", &id)
}

/// The beginning of a text, and a hash of the whole so that different texts stay apart.
fn shortened(clean: &str, whole: &str) -> String {
    let end =
        (0..=DERIVED_BYTES_MAX.min(clean.len())).rev().find(|end| clean.is_char_boundary(*end)).unwrap_or_default();
    let digest = Sha256::digest(whole);
    let hash = digest.iter().take(8).fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    format!("{}~{hash:016x}", clean.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_subject_or_made_of_source_and_subject() {
        let of = |source: &str, subject: Option<&str>| stream_of(source, subject).unwrap().as_str().to_owned();
        assert_eq!(of("/x", Some("account/7")), "account/7");
        assert_eq!(of("/x", Some("7")), "cloudevents//x#7");
        assert_eq!(of("urn:a", None), "cloudevents/urn:a");
        assert!(of("a\nb", None).starts_with("cloudevents/a_b~"));
        let long = |end: &str| of(&format!("{}{end}", "ø".repeat(400)), None);
        assert!(long("1").len() <= StreamName::BYTES_MAX);
        assert_ne!(long("1"), long("2"));
    }
}
