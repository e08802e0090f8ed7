//! Events out.

use super::{
    ABSENT, LedgerSource, TYPE_PREFIX, Written,
    attribute::Attribute,
    object::{Object, compact, push_text},
    written,
};
use crate::kernel::{Clock, Codec, History, Position, RecordedEvent, StreamName};

/// How the events lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One a line: `.jsonl`.
    Lines,
    /// In one array, the JSON batch format: `.json`.
    Batch,
}

/// How much of what we know of foreign events is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// All of it, so that the ledger can be imported again as it is.
    Whole,
    /// Nothing that they did not come with.
    AsReceived,
}

/// Which events are exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All.
    All,
    /// Those of one stream.
    Stream(StreamName),
    /// Those at these positions, in this order: what a filter left.
    Positions(Vec<Position>),
}

/// Gives the text of a file in chunks. What is appended after it was made is not in it.
#[derive(Debug)]
pub struct Exporter {
    form: Form,
    envelope: Envelope,
    source: LedgerSource,
    /// `None` for all up to `count`.
    positions: Option<Vec<Position>>,
    count: usize,
    next: usize,
    is_finished: bool,
}

impl Exporter {
    /// An export of a part of a history.
    pub fn new<C: Codec>(
        history: &History<C>,
        selection: Selection,
        form: Form,
        envelope: Envelope,
        source: LedgerSource,
    ) -> Self {
        let positions = match selection {
            Selection::All => None,
            Selection::Stream(name) => Some(
                history
                    .stream_id(&name)
                    .and_then(|id| history.stream(id))
                    .map(|entry| entry.positions(Clock::Recorded).to_vec())
                    .unwrap_or_default(),
            ),
            Selection::Positions(positions) => Some(positions),
        };
        let count = positions.as_ref().map_or(history.head().as_usize(), Vec::len);
        Self { form, envelope, source, positions, count, next: 0, is_finished: false }
    }

    /// How many events are exported.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many of them have been written.
    pub fn written(&self) -> usize {
        self.next
    }

    /// The next `events_max` events; `None` once the file is complete.
    pub fn next_chunk<C: Codec>(&mut self, history: &History<C>, events_max: usize) -> Option<String> {
        if self.is_finished {
            return None;
        }
        let mut out = String::new();
        if self.next == 0 && self.form == Form::Batch {
            out.push('[');
        }
        let end = self.count.min(self.next.saturating_add(events_max.max(1)));
        for index in self.next..end {
            let Some(event) = self.position(index).and_then(|position| history.event(position)) else { continue };
            let json = to_cloud_event(&event, &self.source, self.envelope);
            match self.form {
                Form::Lines => {
                    out.push_str(&json);
                    out.push('\n');
                }
                Form::Batch => {
                    out.push_str(if index == 0 { "\n" } else { ",\n" });
                    out.push_str(&json);
                }
            }
        }
        self.next = end;
        if self.next >= self.count {
            self.is_finished = true;
            if self.form == Form::Batch {
                out.push_str("\n]\n");
            }
        }
        Some(out)
    }

    fn position(&self, index: usize) -> Option<Position> {
        match &self.positions {
            Some(positions) => positions.get(index).copied(),
            None => u32::try_from(index).ok().map(|index| Position::new(index).next()),
        }
    }
}

/// Writes one event as a JSON object on one line.
pub fn to_cloud_event(event: &RecordedEvent, source: &LedgerSource, envelope: Envelope) -> String {
    let kept = event.event.attributes.as_ref().and_then(|text| Object::parse(text).ok()).unwrap_or_default();
    let absent: Vec<String> = kept.get(ABSENT).and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default();
    let is_absent = |name: &str| absent.iter().any(|other| other == name);
    let is_ours = kept.get("source").is_none();
    let mut out = Members { text: String::with_capacity(512) };
    for attribute in Attribute::ENVELOPE {
        let name = attribute.name();
        match kept.get(name) {
            Some(json) => out.json(name, json),
            None if is_absent(name) => {}
            None => out.written(name, &written(attribute, &event.event, is_ours.then_some(source.as_str()))),
        }
    }
    let is_written = |name| Attribute::named(name, 0).is_some_and(|known| Attribute::ENVELOPE.contains(&known));
    for (name, json) in kept.members().filter(|(name, _)| *name != ABSENT && !is_written(name)) {
        out.json(name, json.as_str());
    }
    let recorded = event.recorded_at.to_string();
    let (position, version) = (event.position.to_string(), event.version.to_string());
    if is_ours {
        out.text("recordedtime", &recorded);
        out.text("sequence", &position);
        out.text("streamversion", &version);
    } else if envelope == Envelope::Whole {
        out.text("annalsrecorded", &recorded);
        out.text("annalssequence", &position);
        out.text("annalsversion", &version);
    }
    if envelope == Envelope::Whole && (is_absent("time") || kept.get("time") == Some("null")) {
        out.text("annalsoccurred", &event.event.occurred_at.to_string());
    }
    out.finish()
}

/// A JSON object under way.
struct Members {
    text: String,
}

impl Members {
    fn name(&mut self, name: &str) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        push_text(&mut self.text, name);
        self.text.push(':');
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        push_text(&mut self.text, text);
    }

    fn json(&mut self, name: &str, json: &str) {
        self.name(name);
        self.text.push_str(json);
    }

    fn written(&mut self, name: &str, written: &Written<'_>) {
        match written {
            Written::Text(text) => self.text(name, text),
            Written::Type(stored) => self.text(name, &format!("{TYPE_PREFIX}{stored}")),
            Written::Id(id) => self.text(name, &id.to_string()),
            Written::Time(time) => self.text(name, &time.to_string()),
            Written::Schema(schema) => self.json(name, &schema.to_string()),
            Written::Data(json) => self.json(name, json),
            Written::Nothing => {}
        }
    }

    fn finish(mut self) -> String {
        self.text.push('}');
        // A payload that another program wrote over several lines must not break the line.
        if self.text.bytes().any(|byte| matches!(byte, b'\n' | b'\r')) { compact(&self.text) } else { self.text }
    }
}
