//! Events in, one by one.

use super::{
    super::report::RowError,
    ABSENT, Written,
    attribute::Attribute,
    is_ours,
    object::{Json, Object, on_one_line, push_text, scan},
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
            let members = Members::parse(row, text).map_err(|why| {
                let reason = if text.starts_with('{') {
                    format!("not a JSON object: {why}")
                } else {
                    "not a JSON object".to_owned()
                };
                RowError::new(row, "", text, reason)
            })?;
            members.read(fallback)
        }
        Err(_) => Err(RowError::new(row, "", &String::from_utf8_lossy(&bytes), "the text is not UTF-8")),
    }
}

/// The members of one event's object.
struct Members<'a> {
    row: u32,
    known: [Option<Json<'a>>; Attribute::COUNT],
    others: Object<'a>,
    /// The place behind the attribute that was added last.
    next: usize,
}

impl<'a> Members<'a> {
    fn of(row: u32) -> Self {
        Self { row, known: [None; Attribute::COUNT], others: Object::default(), next: 0 }
    }

    fn parse(row: u32, text: &'a str) -> Result<Self, String> {
        let mut members = Self::of(row);
        if !scan(text, &mut |name, value| members.push(name.into(), value)) {
            members = Self::of(row);
            for (name, value) in Object::parse_odd(text)?.into_members() {
                members.push(name, value);
            }
        }
        Ok(members)
    }

    /// Adds a member; tells whether its name is new.
    fn push(&mut self, name: Cow<'a, str>, value: Json<'a>) -> bool {
        let Some(attribute) = Attribute::named(&name, self.next) else { return self.others.push(name, value) };
        let place = attribute as usize;
        self.next = place + 1;
        self.known.get_mut(place).is_some_and(|known| known.replace(value).is_none())
    }

    fn value(&self, attribute: Attribute) -> Option<Json<'a>> {
        self.known.get(attribute as usize).copied().flatten()
    }

    /// A member's JSON, unless that says that there is none.
    fn stated(&self, attribute: Attribute) -> Option<Json<'a>> {
        self.value(attribute).filter(|json| json.as_str() != "null")
    }

    fn text(&self, attribute: Attribute) -> Option<Cow<'a, str>> {
        self.value(attribute).and_then(Json::text)
    }

    fn error(&self, attribute: Attribute, reason: impl Into<String>) -> RowError {
        let json = self.value(attribute).map_or("", Json::as_str);
        RowError::new(self.row, attribute.name(), json, reason)
    }

    /// A text that must be there and not be empty.
    fn required(&self, attribute: Attribute) -> Result<Cow<'a, str>, RowError> {
        match self.optional(attribute)? {
            Some(text) => Ok(text),
            None => Err(self.error(attribute, "the attribute is required")),
        }
    }

    /// A text that may be absent or null, and must not be empty.
    fn optional(&self, attribute: Attribute) -> Result<Option<Cow<'a, str>>, RowError> {
        match self.stated(attribute).map(Json::text) {
            None => Ok(None),
            Some(Some(text)) if !text.is_empty() => Ok(Some(text)),
            Some(Some(_)) => Err(self.error(attribute, "the attribute is empty")),
            Some(None) => Err(self.error(attribute, "the attribute is not a text")),
        }
    }

    fn time(&self, attribute: Attribute) -> Result<Option<Timestamp>, RowError> {
        match self.optional(attribute)? {
            None => Ok(None),
            Some(text) => match Timestamp::parse(&text) {
                Ok(time) => Ok(Some(time)),
                Err(_) => Err(self.error(attribute, "not a time of RFC 3339 such as 2024-01-05T14:03:12Z")),
            },
        }
    }

    fn id(&self, attribute: Attribute) -> Result<Option<EventId>, RowError> {
        match self.text(attribute) {
            Some(text) if text.len() > ID_BYTES_MAX => {
                Err(self.error(attribute, format!("longer than {ID_BYTES_MAX} bytes")))
            }
            Some(text) if !text.is_empty() => Ok(Some(EventId::parse(&text))),
            Some(_) | None => Ok(None),
        }
    }

    fn schema(&self) -> Result<SchemaVersion, RowError> {
        match self.stated(Attribute::SchemaVersion).map(|json| json.as_str().parse()) {
            None => Ok(SchemaVersion::FIRST),
            Some(Ok(schema @ 1..)) => Ok(SchemaVersion(schema)),
            Some(_) => Err(self.error(Attribute::SchemaVersion, "not a whole number from 1 to 65535")),
        }
    }

    fn label(&self, attribute: Attribute) -> Label {
        self.text(attribute).as_deref().unwrap_or_default().into()
    }

    fn data(&self) -> Result<Payload, RowError> {
        // A null in `data` may be a payload (JSON format of CloudEvents 1.0, section 3.1.1). Beside `data_base64`, which it
        // excludes, it can only be how a program writes what is unset, as attributes may be (section 2.2) and the
        // specification's schema allows. Either way the event is kept to the letter.
        if self.stated(Attribute::DataBase64).is_some() && self.stated(Attribute::Data).is_some() {
            return Err(self.error(Attribute::DataBase64, "an event has data or data_base64, not both"));
        }
        let json = self.value(Attribute::Data).map_or("null", Json::as_str);
        Payload::parse(&on_one_line(json)).map_err(|error| self.error(Attribute::Data, error.to_string()))
    }

    fn read(&self, fallback: Timestamp) -> Result<ImportedEvent, RowError> {
        if self.required(Attribute::SpecVersion)? != "1.0" {
            return Err(self.error(Attribute::SpecVersion, "only CloudEvents 1.0 are read"));
        }
        if self.value(Attribute::Absent).is_some() {
            return Err(self.error(Attribute::Absent, "no attribute can be called so"));
        }
        self.required(Attribute::Id)?;
        let id = self.id(Attribute::Id)?.ok_or_else(|| self.error(Attribute::Id, "the attribute is required"))?;
        let source = self.required(Attribute::Source)?;
        let event_type = self.required(Attribute::Type)?;
        let subject = self.optional(Attribute::Subject)?;
        let time = match self.time(Attribute::Time)? {
            None => self.time(Attribute::AnnalsOccurred)?,
            known => known,
        };
        let ours = is_ours(&source);
        let stream = stream_of(&source, subject.as_deref())
            .map_err(|error| self.error(Attribute::Subject, error.to_string()))?;
        let mut event = NewEvent {
            id,
            stream,
            event_type: stored_type(&event_type).into(),
            schema: self.schema()?,
            data: self.data()?,
            occurred_at: time.unwrap_or(fallback),
            actor: self.label(Attribute::Actor),
            reason: self.label(Attribute::Reason),
            correlation_id: self.id(Attribute::CorrelationId)?,
            causation_id: self.id(Attribute::CausationId)?,
            attributes: None,
        };
        event.attributes = self.beyond(&event, ours.then_some(&*source))?;
        self.check_size(&event)?;
        let (recorded, sequence) = if ours {
            (Attribute::RecordedTime, Attribute::Sequence)
        } else {
            (Attribute::AnnalsRecorded, Attribute::AnnalsSequence)
        };
        let recorded_at = match self.time(recorded)? {
            // Nothing more is asked of what is the foreign publisher's own.
            None => self.text(Attribute::RecordedTime).and_then(|text| Timestamp::parse(&text).ok()),
            known => known,
        };
        let sequence = self.text(sequence).or_else(|| self.text(Attribute::Sequence));
        let sequence = sequence.and_then(|text| text.parse().ok());
        Ok(ImportedEvent { event, recorded_at, sequence, source: source.into_owned(), row: self.row })
    }

    /// What the event carries beyond the envelope, as [`NewEvent::attributes`] keeps it.
    fn beyond<'b>(&'b self, event: &NewEvent, ours: Option<&str>) -> Result<Option<Label>, RowError> {
        let mut kept: BTreeMap<&str, Cow<'_, str>> = BTreeMap::new();
        let mut keep = |name: &'b str, json: &'a str| match Payload::parse(json) {
            Ok(_) => {
                kept.insert(name, on_one_line(json));
                Ok(())
            }
            Err(error) => Err(RowError::new(self.row, name, json, error.to_string())),
        };
        let mut absent = Vec::new();
        for (attribute, member) in Attribute::ALL.into_iter().zip(&self.known) {
            let written = written(attribute, event, ours);
            match member {
                Some(json) if is_known(attribute, *json, &written, ours.is_some()) => {}
                Some(json) => keep(attribute.name(), json.as_str())?,
                None if matches!(written, Written::Nothing) || (ours.is_some() && attribute.is_forgiven()) => {}
                None => absent.push(attribute.name()),
            }
        }
        for (name, json) in self.others.members() {
            keep(name, json.as_str())?;
        }
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

/// Whether a member is told by the envelope.
fn is_known(attribute: Attribute, json: Json<'_>, written: &Written<'_>, is_ours: bool) -> bool {
    match written {
        // The subject of an event of ours is its stream: one that names none would, in another ledger, name another.
        Written::Text(_) if is_ours && attribute == Attribute::Subject => true,
        Written::Nothing => attribute.is_added() || (is_ours && attribute.is_made_anew()),
        known => known.is(json),
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
