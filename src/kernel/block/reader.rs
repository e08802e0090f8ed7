//! Reads the sections of a block.

use super::{
    super::{
        Block, BlockError, BlockHeader, EVENT_BYTES_MAX, EventId, Position, SchemaVersion, StreamName, Timestamp,
        Version,
        columns::{Column, Reader},
        payload::{Kind, Shape},
    },
    BAD_PLACE, BLOCK_TEXT_BYTES_MAX, EventView,
    facts::{Columns, FactReader, FactView, Mark},
    header::HEADER_BYTES,
    ids,
    times::TimeReader,
};
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::iter;

/// Reads a block's events one after the other.
#[derive(Debug)]
pub struct BlockReader<'a> {
    facts: FactReader<'a>,
    streams: Streams,
    /// The version that is due in each stream.
    due: Vec<Version>,
    times: TimeReader<'a>,
    actor: Column<'a>,
    reason: Column<'a>,
    id: Reader<'a>,
    references: [Column<'a>; 2],
    attributes: Column<'a>,
    header: &'a BlockHeader,
    position: Position,
    left: u32,
    /// How many bytes of text the events that are left may have.
    text_left: usize,
    /// The times of what was read so far.
    seen: Option<Times>,
    id_before: Option<EventId>,
    refs_before: [Option<EventId>; 2],
}

/// First and last `recorded_at`, earliest and latest `occurred_at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Times {
    recorded: (Timestamp, Timestamp),
    occurred: (Timestamp, Timestamp),
}

impl<'a> BlockReader<'a> {
    pub(super) fn new(block: &'a Block) -> Result<Self, BlockError> {
        let header = block.header();
        let mut body = Reader::new(block.bytes().get(HEADER_BYTES..).unwrap_or_default());
        let dictionary = read_texts(&mut body)?;
        let table = body.clone().section()?;
        let streams = Streams::read(&mut body, header.count as usize)?;
        let types = read_types(&mut body, &dictionary)?;
        let shapes = read_shapes(&mut body, &dictionary)?;
        let mut column = || body.section();
        let (stream, kind) = (Column::new(column()?), Column::new(column()?));
        let times = TimeReader::new(column()?, column()?, header.recorded.0)?;
        let (actor, reason, id) = (Column::new(column()?), Column::new(column()?), column()?);
        let references = [Column::new(column()?), Column::new(column()?)];
        let attributes = Column::new(column()?);
        let (shape, values) = (Column::new(column()?), column()?);
        let reader = Self {
            facts: FactReader::new(dictionary, types, shapes, table, Columns { stream, kind, shape, values }),
            due: streams.iter().map(|(_, first)| first).collect(),
            streams,
            times,
            actor,
            reason,
            id,
            references,
            attributes,
            header,
            position: header.first,
            left: header.count,
            text_left: BLOCK_TEXT_BYTES_MAX,
            seen: None,
            id_before: None,
            refs_before: [None, None],
        };
        if !body.is_empty() {
            return Err(BlockError::Malformed { what: "has bytes after its last column" });
        }
        Ok(reader)
    }

    /// The streams that the block touches, and the version that each begins at here.
    pub fn streams(&self) -> impl Iterator<Item = (&str, Version)> {
        self.streams.iter()
    }

    /// The next event; `None` after the last.
    ///
    /// # Errors
    /// [`BlockError::Malformed`] when a column cannot be read.
    pub fn next_event(&mut self) -> Result<Option<EventView<'_>>, BlockError> {
        if self.left == 0 {
            return self.check_end().map(|()| None);
        }
        let payload_bytes = self.facts.advance()?;
        let (stream_slot, event_type) = self.facts.place();
        let version = self.next_version(stream_slot)?;
        let (recorded_at, occurred_at) = self.read_times()?;
        let word = |place: usize| self.facts.dictionary.get(place).copied().ok_or(BAD_PLACE);
        let (actor, reason) = (word(self.actor.len()?)?, word(self.reason.len()?)?);
        let attributes = self.attributes.len()?.checked_sub(1).map(word).transpose()?;
        let id = ids::read(self.id.len()?, &mut self.id, recorded_at, &self.facts.dictionary)?;
        self.read_references(&id, recorded_at)?;
        let [correlation_id, causation_id] = self.refs_before.each_ref().map(Option::as_ref);
        let id_bytes = |id: Option<&EventId>| id.map_or(0, EventId::text_bytes);
        let ids = id.text_bytes() + id_bytes(correlation_id) + id_bytes(causation_id);
        let texts = event_type.len() + actor.len() + reason.len() + attributes.map_or(0, str::len);
        self.text_left = self
            .text_left
            .checked_sub(payload_bytes + texts + ids)
            .ok_or(BlockError::Malformed { what: "has more text than a block may have" })?;
        let position = self.position;
        self.position = position.next();
        self.left -= 1;
        self.id_before = Some(id);
        let id = self.id_before.as_ref().ok_or(BAD_PLACE)?;
        let [correlation_id, causation_id] = self.refs_before.each_ref().map(Option::as_ref);
        let stream = self.streams.name(stream_slot).ok_or(BAD_PLACE)?;
        let FactView { stream_slot, event_type, schema, data } = self.facts.current()?;
        Ok(Some(EventView {
            position,
            version,
            stream_slot,
            stream,
            event_type,
            schema,
            data,
            occurred_at,
            recorded_at,
            actor,
            reason,
            id,
            correlation_id,
            causation_id,
            attributes,
        }))
    }

    /// The version of the next event in the stream of a slot.
    fn next_version(&mut self, slot: usize) -> Result<Version, BlockError> {
        let due = self.due.get_mut(slot).ok_or(BAD_PLACE)?;
        let version = *due;
        *due = version.next();
        if version.get() > self.position.get() {
            return Err(BlockError::Malformed { what: "has a version above its position" });
        }
        Ok(version)
    }

    /// Where the next event stands, for a [`FactReader`].
    pub(in crate::kernel) fn mark(&self) -> Mark {
        self.facts.mark()
    }

    /// When the next event was recorded, and when it occurred.
    fn read_times(&mut self) -> Result<(Timestamp, Timestamp), BlockError> {
        let (recorded, occurred) = self.times.next()?;
        let seen = self.seen.unwrap_or(Times { recorded: (recorded, recorded), occurred: (occurred, occurred) });
        self.seen = Some(Times {
            recorded: (seen.recorded.0, recorded),
            occurred: (seen.occurred.0.min(occurred), seen.occurred.1.max(occurred)),
        });
        Ok((recorded, occurred))
    }

    /// Reads the correlation and the causation of the event `id` into `self.refs_before`.
    fn read_references(&mut self, id: &EventId, recorded_at: Timestamp) -> Result<(), BlockError> {
        let (id_before, dictionary) = (&self.id_before, &self.facts.dictionary);
        let read = |column: &mut Column<'_>, before: Option<EventId>, correlation: Option<&EventId>| {
            Ok(Some(match column.len()? {
                ids::NONE => return Ok(None),
                ids::OWN => id.clone(),
                ids::AS_BEFORE => before.ok_or(BAD_PLACE)?,
                ids::EVENT_BEFORE => id_before.clone().ok_or(BAD_PLACE)?,
                ids::CORRELATION => correlation.cloned().ok_or(BAD_PLACE)?,
                code => ids::read(code, column.reader(), recorded_at, dictionary)?,
            }))
        };
        let ([of_correlation, of_causation], [correlation, causation]) = (&mut self.references, &mut self.refs_before);
        *correlation = read(of_correlation, correlation.take(), None)?;
        *causation = read(of_causation, causation.take(), correlation.as_ref())?;
        Ok(())
    }

    /// After the last event: nothing is left over, and the header told the truth.
    fn check_end(&self) -> Result<(), BlockError> {
        let [correlation, causation] = &self.references;
        let columns = [&self.actor, &self.reason, correlation, causation, &self.attributes];
        let are_at_end = columns.iter().all(|column| column.is_at_end()) && self.id.is_empty();
        if !(are_at_end && self.facts.is_at_end() && self.times.is_at_end()) {
            return Err(BlockError::Malformed { what: "has more entries than events" });
        }
        if self.streams.iter().zip(&self.due).any(|((_, first), due)| first == *due) {
            return Err(BlockError::Malformed { what: "names a stream without an event" });
        }
        if self.seen != Some(Times { recorded: self.header.recorded, occurred: self.header.occurred }) {
            return Err(BlockError::Malformed { what: "states other times than its events have" });
        }
        Ok(())
    }
}

/// A table: a section of a count and that many entries.
fn read_table<'a, T>(
    body: &mut Reader<'a>,
    mut entry: impl FnMut(&mut Reader<'a>) -> Result<T, BlockError>,
) -> Result<Vec<T>, BlockError> {
    let mut table = body.section()?;
    let entries = (0..table.count()?).map(|_| entry(&mut table)).collect::<Result<Vec<_>, _>>()?;
    if table.is_empty() {
        Ok(entries)
    } else {
        Err(BlockError::Malformed { what: "has bytes after the end of a table" })
    }
}

/// The streams that a block touches: their names one behind the other, and where each ends, with its first version.
#[derive(Debug, Default)]
struct Streams {
    names: String,
    entries: Vec<(usize, Version)>,
}

impl Streams {
    /// Each stream has an event at least, so that there are `count_max` at most: few bytes that begin as the name before
    /// them do not grow without bound.
    fn read(body: &mut Reader<'_>, count_max: usize) -> Result<Self, BlockError> {
        let (mut names, mut name, mut left) = (String::new(), String::new(), count_max);
        let entries = read_table(body, |table| {
            left =
                left.checked_sub(1).ok_or(BlockError::Malformed { what: "names more streams than it has events" })?;
            let shared = table.len()?;
            if !name.is_char_boundary(shared) {
                return Err(BAD_PLACE);
            }
            name.truncate(shared);
            name.push_str(table.text()?);
            if !StreamName::is_name(&name) {
                return Err(BlockError::Malformed { what: "names a stream that cannot be" });
            }
            names.push_str(&name);
            Ok((names.len(), Version::new(table.u32()?)))
        })?;
        let streams = Self { names, entries };
        let mut known = FxHashSet::with_capacity_and_hasher(streams.entries.len(), FxBuildHasher);
        if streams.iter().any(|(name, first)| first == Version::ZERO || !known.insert(name)) {
            return Err(BlockError::Malformed { what: "has a stream twice or from version 0" });
        }
        Ok(streams)
    }

    fn iter(&self) -> impl Iterator<Item = (&str, Version)> {
        let begins = iter::once(0).chain(self.entries.iter().map(|(end, _)| *end));
        begins.zip(&self.entries).map(|(begin, (end, first))| (self.names.get(begin..*end).unwrap_or_default(), *first))
    }

    fn name(&self, slot: usize) -> Option<&str> {
        let begin = slot.checked_sub(1).map_or(Some(0), |before| Some(self.entries.get(before)?.0))?;
        self.names.get(begin..self.entries.get(slot)?.0)
    }
}

/// The versions at which the streams of a block begin there, of its table of streams without their names.
pub(super) fn read_versions(mut table: Reader<'_>) -> Result<Vec<Version>, BlockError> {
    let version = |table: &mut Reader<'_>| {
        table.len()?;
        let length = table.len()?;
        table.bytes(length)?;
        table.u32().map(Version::new)
    };
    (0..table.count()?).map(|_| version(&mut table)).collect()
}

/// The table of texts.
pub(super) fn read_texts<'a>(body: &mut Reader<'a>) -> Result<Vec<&'a str>, BlockError> {
    let dictionary = read_table(body, Reader::text)?;
    if dictionary.iter().any(|text| text.len() > EVENT_BYTES_MAX) {
        return Err(BlockError::Malformed { what: "has a text longer than an event may be" });
    }
    Ok(dictionary)
}

/// The table of types of events.
pub(super) fn read_types<'a>(
    body: &mut Reader<'a>,
    dictionary: &[&'a str],
) -> Result<Vec<(&'a str, SchemaVersion)>, BlockError> {
    read_table(body, |table| {
        let name = dictionary.get(table.len()?).copied().ok_or(BAD_PLACE)?;
        let schema =
            u16::try_from(table.u64()?).map_err(|_| BlockError::Malformed { what: "has a schema above 65535" })?;
        Ok((name, SchemaVersion(schema)))
    })
}

/// The table of shapes of payloads.
pub(super) fn read_shapes<'a>(body: &mut Reader<'a>, dictionary: &[&'a str]) -> Result<Vec<Shape<'a>>, BlockError> {
    read_table(body, |table| read_shape(table, dictionary))
}

fn read_shape<'a>(table: &mut Reader<'a>, dictionary: &[&'a str]) -> Result<Shape<'a>, BlockError> {
    let fields = (0..table.count()?)
        .map(|_| {
            let key = dictionary.get(table.len()?).copied().ok_or(BAD_PLACE)?;
            let kind = match table.array::<1>()? {
                [0] => Kind::Int,
                [1] => Kind::Text,
                [2] => Kind::True,
                [3] => Kind::False,
                [4] => Kind::Null,
                _ => return Err(BlockError::Malformed { what: "has a field of an unknown kind" }),
            };
            Ok((key, kind))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Shape::new(fields).ok_or(BlockError::Malformed { what: "has a payload with too many fields or one twice" })
}
