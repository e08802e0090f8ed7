//! Writes the sections of a block.

use super::{
    super::{
        EventId, NewEvent, RecordedEvent, SchemaVersion, Timestamp, Version,
        columns::Writer,
        payload::{Kind, Part, take_apart},
    },
    ids, times,
};
use rustc_hash::FxHashMap;
use std::{borrow::Cow, collections::hash_map::Entry};

/// The columns of a block while it is written.
#[derive(Default)]
pub(super) struct Body<'a> {
    words: Words<'a>,
    streams: Streams<'a>,
    types: FxHashMap<(&'a str, SchemaVersion), usize>,
    type_table: Writer,
    shapes: FxHashMap<Vec<(usize, Kind)>, usize>,
    shape_table: Writer,
    recorded: Vec<Timestamp>,
    occurred: Vec<Timestamp>,
    columns: Columns,
    id_before: Option<&'a EventId>,
    refs_before: [Option<&'a EventId>; 2],
}

/// All columns but those of times.
#[derive(Default)]
struct Columns {
    stream: Writer,
    kind: Writer,
    actor: Writer,
    reason: Writer,
    id: Writer,
    correlation: Writer,
    causation: Writer,
    attributes: Writer,
    shape: Writer,
    values: Writer,
}

/// The dictionary, in the order in which its texts were first met.
#[derive(Default)]
struct Words<'a> {
    places: FxHashMap<Cow<'a, str>, usize>,
    table: Writer,
}

impl<'a> Words<'a> {
    fn place(&mut self, text: impl Into<Cow<'a, str>>) -> usize {
        let count = self.places.len();
        match self.places.entry(text.into()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(fresh) => {
                self.table.text(fresh.key());
                *fresh.insert(count)
            }
        }
    }
}

#[derive(Default)]
struct Streams<'a> {
    /// Place in the table and last version of each.
    known: FxHashMap<&'a str, (usize, Version)>,
    table: Writer,
    /// The name that was written last.
    before: &'a str,
}

impl<'a> Streams<'a> {
    /// The place of a stream; `None` when `version` does not follow its last one.
    fn place(&mut self, stream: &'a str, version: Version) -> Option<usize> {
        if let Some((place, last)) = self.known.get_mut(stream) {
            let follows = last.get().checked_add(1) == Some(version.get());
            *last = version;
            return follows.then_some(*place);
        }
        let shared: usize = stream
            .chars()
            .zip(self.before.chars())
            .take_while(|(one, other)| one == other)
            .map(|(c, _)| c.len_utf8())
            .sum();
        self.table.len(shared);
        self.table.text(stream.get(shared..).unwrap_or_default());
        self.table.u64(u64::from(version.get()));
        self.before = stream;
        let place = self.known.len();
        self.known.insert(stream, (place, version));
        (version > Version::ZERO).then_some(place)
    }
}

impl<'a> Body<'a> {
    /// Adds the next event; `None` when its version does not follow.
    pub(super) fn push(&mut self, recorded: &'a RecordedEvent) -> Option<()> {
        let event = &recorded.event;
        if recorded.version.get() > recorded.position.get() {
            return None;
        }
        let stream = self.streams.place(event.stream.as_str(), recorded.version)?;
        self.columns.stream.len(stream);
        let kind = self.type_place(event);
        self.columns.kind.len(kind);
        self.recorded.push(recorded.recorded_at);
        self.occurred.push(event.occurred_at);
        self.columns.actor.len(self.words.place(&*event.actor));
        self.columns.reason.len(self.words.place(&*event.reason));
        ids::write(&mut self.columns.id, &event.id, recorded.recorded_at, |text| self.words.place(text));
        self.references(recorded);
        let attributes = event.attributes.as_deref().map_or(0, |text| self.words.place(text) + 1);
        self.columns.attributes.len(attributes);
        self.payload(event.data.as_str());
        self.id_before = Some(&event.id);
        self.refs_before = [event.correlation_id.as_ref(), event.causation_id.as_ref()];
        Some(())
    }

    fn type_place(&mut self, event: &'a NewEvent) -> usize {
        let count = self.types.len();
        match self.types.entry((event.event_type.as_str(), event.schema)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(fresh) => {
                self.type_table.len(self.words.place(event.event_type.as_str()));
                self.type_table.u64(u64::from(event.schema.0));
                *fresh.insert(count)
            }
        }
    }

    /// Adds to the two columns of references.
    fn references(&mut self, recorded: &'a RecordedEvent) {
        let event = &recorded.event;
        let [correlation_before, causation_before] = self.refs_before;
        for (column, id, before, correlation) in [
            (&mut self.columns.correlation, event.correlation_id.as_ref(), correlation_before, None),
            (&mut self.columns.causation, event.causation_id.as_ref(), causation_before, event.correlation_id.as_ref()),
        ] {
            let Some(id) = id else {
                column.len(ids::NONE);
                continue;
            };
            let code = [
                (ids::OWN, Some(&event.id)),
                (ids::AS_BEFORE, before),
                (ids::EVENT_BEFORE, self.id_before),
                (ids::CORRELATION, correlation),
            ];
            match code.iter().find(|(_, known)| *known == Some(id)) {
                Some((code, _)) => column.len(*code),
                None => ids::write(column, id, recorded.recorded_at, |text| self.words.place(text)),
            }
        }
    }

    /// Adds to the two columns of payloads.
    fn payload(&mut self, text: &'a str) {
        let Some(fields) = take_apart(text) else {
            self.columns.shape.len(0);
            self.columns.values.len(self.words.place(text));
            return;
        };
        let mut kinds = Vec::with_capacity(fields.len());
        for (key, part) in fields {
            kinds.push((self.words.place(key), part.kind()));
            match part {
                Part::Int(number) => self.columns.values.i64(number),
                Part::Text(text) => self.columns.values.len(self.words.place(text)),
                Part::Bool(_) | Part::Null => {}
            }
        }
        let shape = self.shape_place(kinds);
        self.columns.shape.len(shape + 1);
    }

    fn shape_place(&mut self, fields: Vec<(usize, Kind)>) -> usize {
        let count = self.shapes.len();
        match self.shapes.entry(fields) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(fresh) => {
                self.shape_table.len(fresh.key().len());
                for (key, kind) in fresh.key() {
                    self.shape_table.len(*key);
                    self.shape_table.bytes.push(*kind as u8);
                }
                *fresh.insert(count)
            }
        }
    }

    /// The sections; the events were recorded in the order in which they were pushed.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut out = Writer::default();
        let tables = [
            (self.words.places.len(), self.words.table),
            (self.streams.known.len(), self.streams.table),
            (self.types.len(), self.type_table),
            (self.shapes.len(), self.shape_table),
        ];
        for (count, table) in tables {
            let mut section = Writer::default();
            section.len(count);
            section.bytes.extend_from_slice(&table.bytes);
            out.section(&section.bytes);
        }
        let count = self.recorded.len();
        let [recorded, occurred] = times::write(&self.recorded, &self.occurred);
        let Columns { stream, kind, actor, reason, id, correlation, causation, attributes, shape, values } =
            self.columns;
        out.column(count, &stream.bytes);
        out.column(count, &kind.bytes);
        out.section(&recorded);
        out.section(&occurred);
        out.column(count, &actor.bytes);
        out.column(count, &reason.bytes);
        out.section(&id.bytes);
        out.column(count, &correlation.bytes);
        out.column(count, &causation.bytes);
        out.column(count, &attributes.bytes);
        out.column(count, &shape.bytes);
        out.section(&values.bytes);
        out.bytes
    }
}
