//! Blocks: how a log is stored. One record holds a run of consecutive events, a commit's or some thousands.
//!
//! # Format 1, byte by byte
//!
//! Numbers in the header are little-endian; `u` is an unsigned LEB128 number, `i` a zigzag LEB128 number, `text` a `u`
//! length and UTF-8, `section` a `u` length and that many bytes.
//!
//! | offset | size | what |
//! |---|---|---|
//! | 0 | 4 | `ANNB` |
//! | 4 | 2 | format version, 1 |
//! | 6 | 2 | flags, 0 |
//! | 8 | 4 | CRC-32 (IEEE) of everything from offset 12 to the end |
//! | 12 | 4 | how many events, at least 1 |
//! | 16 | 4 | position of the first event |
//! | 20 | 8 + 8 | earliest and latest `occurred_at`, microseconds since 1970 |
//! | 36 | 8 + 8 | first and last `recorded_at` |
//! | 52 | 32 | chain hash before the first event |
//! | 84 | 32 | chain hash after the last event |
//! | 116 | | sections |
//!
//! Sections, in this order. First four tables: *dictionary* (`u` count, `text`s); *streams* (`u` count; each `u` place
//! of its name in the dictionary, `u` version of its first event here; each name once, and with an event at least);
//! *types* (`u` count; each `u` name, `u` schema); *shapes* of flat payloads (`u` count; each `u` field count, at most
//! 64; each `u` key, no key twice, one byte 0 whole number, 1 text, 2 true, 3 false, 4 null). Then one section a column, one entry an event: *stream* (`u` in streams), *type* (`u` in types),
//! *recorded* and *occurred* (`i`, difference to the one before, in the first to 0), *actor* and *reason* (`u` in the
//! dictionary), *id* (`u`: 0 and 16 bytes of UUID, else dictionary + 1), *correlation* and *causation* (`u`: 0 none,
//! 1 the event's own id, 2 what the event before has in this column, 3 the id of the event before, 4 and 16 bytes of
//! UUID, else dictionary + 5), *attributes* (`u`: 0 none, else dictionary + 1), *shape* (`u`: 0 the payload is a text,
//! else shapes + 1), *values* (for a text `u` in the dictionary; for a flat payload one entry a whole number, `i`, or
//! text, `u` in the dictionary). Versions are not stored: those of a stream run without gap.

use super::checksum::crc32;
use super::{
    ChainHash, EVENT_BYTES_MAX, EventId, Label, NewEvent, Payload, PayloadView, Position, RecordedEvent, SchemaVersion,
    StreamName, Timestamp, Version,
    columns::{Reader, Writer},
    payload::{Flat, Kind, Part, Shape, take_apart},
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// The format that this program writes, and the newest that it reads.
pub const FORMAT_VERSION: u16 = 1;

const MAGIC: [u8; 4] = *b"ANNB";
const HEADER_BYTES: usize = 116;
const CHECKED_FROM: usize = 12;

/// What a block says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockHeader {
    /// How many events it holds, at least 1.
    pub count: u32,
    /// Position of its first event.
    pub first: Position,
    /// The earliest and the latest `occurred_at` in it.
    pub occurred: (Timestamp, Timestamp),
    /// `recorded_at` of its first and its last event.
    pub recorded: (Timestamp, Timestamp),
    /// The chain before its first event.
    pub chain_before: ChainHash,
    /// The chain after its last event.
    pub chain_after: ChainHash,
}

impl BlockHeader {
    /// Position of its last event.
    pub fn last(&self) -> Position {
        self.first.plus(self.count.saturating_sub(1))
    }
}

/// A block as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    header: BlockHeader,
    bytes: Arc<[u8]>,
}

/// Why bytes are not a block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// They do not begin as a block does.
    #[error("these bytes are not a block of events")]
    NotABlock,
    /// A newer program wrote it.
    #[error("the block has format {found}; this program reads up to format {FORMAT_VERSION}")]
    UnknownFormat {
        /// The format it states.
        found: u16,
    },
    /// The bytes are not what was written.
    #[error("the block's checksum does not match: stored {stored:08x}, computed {computed:08x}")]
    Checksum {
        /// What the block says.
        stored: u32,
        /// What its bytes give.
        computed: u32,
    },
    /// The checksum is right and the contents are not: a writer's mistake.
    #[error("the block {what}")]
    Malformed {
        /// What is wrong, as the end of a sentence.
        what: &'static str,
    },
    /// It is not the block that follows.
    #[error("the block begins at event {found}, event {expected} was due")]
    OutOfPlace {
        /// The position that was due.
        expected: Position,
        /// The position it begins at.
        found: Position,
    },
    /// It follows another history.
    #[error("the block at event {at} does not continue the chain before it")]
    BrokenChain {
        /// The position it begins at.
        at: Position,
    },
}

impl Block {
    /// Seals consecutive events, `chain` being the hash before the first.
    ///
    /// `None` where there are no events, or they are not consecutive: positions and the versions of each stream must
    /// run without gap, `recorded_at` must not go back, and no event may be larger than [`EVENT_BYTES_MAX`].
    pub fn seal(events: &[RecordedEvent], chain: ChainHash) -> Option<Self> {
        let (first, last) = (events.first()?, events.last()?);
        let mut body = Body::default();
        let mut after = chain;
        for (event, due) in events.iter().zip(first.position.get()..=u32::MAX) {
            if event.position.get() != due || event.event.text_bytes() > EVENT_BYTES_MAX {
                return None;
            }
            body.push(event)?;
            after = after.link(&view_of(event));
        }
        if !events.is_sorted_by_key(|event| event.recorded_at) {
            return None;
        }
        let occurred = events.iter().map(|event| event.event.occurred_at);
        let header = BlockHeader {
            count: u32::try_from(events.len()).ok()?,
            first: first.position,
            occurred: (occurred.clone().min()?, occurred.max()?),
            recorded: (first.recorded_at, last.recorded_at),
            chain_before: chain,
            chain_after: after,
        };
        let bytes = assemble(&header, &body.finish());
        // What could not be read again, such as a position of zero, is not sealed.
        (read_header(&bytes).as_ref() == Ok(&header)).then_some(Self { header, bytes })
    }

    /// Takes stored bytes; everything but the contents of the columns is checked.
    ///
    /// # Errors
    /// [`BlockError`] when they are not a whole, undamaged block of a known format.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self, BlockError> {
        let bytes = bytes.into();
        let header = read_header(&bytes)?;
        Ok(Self { header, bytes })
    }

    /// What it says of itself.
    pub fn header(&self) -> &BlockHeader {
        &self.header
    }

    /// The bytes to store.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Opens the columns.
    ///
    /// # Errors
    /// [`BlockError::Malformed`] when the tables cannot be read.
    pub fn read(&self) -> Result<BlockReader<'_>, BlockError> {
        BlockReader::new(self)
    }

    /// All its events, owned.
    ///
    /// # Errors
    /// [`BlockError::Malformed`] when a column cannot be read.
    pub fn events(&self) -> Result<Vec<RecordedEvent>, BlockError> {
        let mut reader = self.read()?;
        let mut events = Vec::with_capacity(self.header.count as usize);
        while let Some(event) = reader.next_event()? {
            events.push(event.to_recorded()?);
        }
        Ok(events)
    }

    /// Recomputes the chain over the contents.
    ///
    /// # Errors
    /// [`BlockError::BrokenChain`] when they do not give the hash that the block states.
    pub fn verify_chain(&self) -> Result<(), BlockError> {
        let mut reader = self.read()?;
        let mut chain = self.header.chain_before;
        while let Some(event) = reader.next_event()? {
            chain = chain.link(&event);
        }
        if chain == self.header.chain_after { Ok(()) } else { Err(BlockError::BrokenChain { at: self.header.first }) }
    }
}

fn assemble(header: &BlockHeader, body: &[u8]) -> Arc<[u8]> {
    let mut checked = Vec::with_capacity(HEADER_BYTES - CHECKED_FROM + body.len());
    checked.extend_from_slice(&header.count.to_le_bytes());
    checked.extend_from_slice(&header.first.get().to_le_bytes());
    for time in [header.occurred.0, header.occurred.1, header.recorded.0, header.recorded.1] {
        checked.extend_from_slice(&time.as_micros().to_le_bytes());
    }
    checked.extend_from_slice(header.chain_before.as_bytes());
    checked.extend_from_slice(header.chain_after.as_bytes());
    checked.extend_from_slice(body);
    let mut bytes = Vec::with_capacity(CHECKED_FROM + checked.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    bytes.extend_from_slice(&0u16.to_le_bytes());
    bytes.extend_from_slice(&crc32(&checked).to_le_bytes());
    bytes.extend_from_slice(&checked);
    bytes.into()
}

fn read_header(bytes: &[u8]) -> Result<BlockHeader, BlockError> {
    let mut reader = Reader::new(bytes);
    if reader.array::<4>().ok() != Some(MAGIC) {
        return Err(BlockError::NotABlock);
    }
    let format = u16::from_le_bytes(reader.array()?);
    if format == 0 || format > FORMAT_VERSION {
        return Err(BlockError::UnknownFormat { found: format });
    }
    let flags = u16::from_le_bytes(reader.array()?);
    let stored = u32::from_le_bytes(reader.array()?);
    let computed = crc32(bytes.get(CHECKED_FROM..).unwrap_or_default());
    if stored != computed {
        return Err(BlockError::Checksum { stored, computed });
    }
    if flags != 0 {
        return Err(BlockError::Malformed { what: "has flags that mean nothing" });
    }
    let count = u32::from_le_bytes(reader.array()?);
    let first = Position::new(u32::from_le_bytes(reader.array()?));
    let mut time = || instant(i64::from_le_bytes(reader.array()?));
    let (occurred, recorded) = ((time()?, time()?), (time()?, time()?));
    let chain_before = ChainHash::from_bytes(reader.array()?);
    let chain_after = ChainHash::from_bytes(reader.array()?);
    if count == 0 || first == Position::ZERO || first.get().checked_add(count).is_none() || count as usize > bytes.len()
    {
        return Err(BlockError::Malformed { what: "has an impossible count or position" });
    }
    Ok(BlockHeader { count, first, occurred, recorded, chain_before, chain_after })
}

/// An instant that can be written again as it was read.
fn instant(micros: i64) -> Result<Timestamp, BlockError> {
    let time = Timestamp::from_micros(micros);
    if time.as_micros() == micros { Ok(time) } else { Err(BlockError::Malformed { what: "has a time out of bounds" }) }
}

/// The columns of a block while it is written.
#[derive(Default)]
struct Body<'a> {
    places: HashMap<Cow<'a, str>, usize>,
    dictionary: Writer,
    /// Place in the table and last version of each stream.
    streams: HashMap<&'a str, (usize, Version)>,
    stream_table: Writer,
    types: HashMap<(&'a str, SchemaVersion), usize>,
    type_table: Writer,
    shapes: HashMap<Vec<(usize, Kind)>, usize>,
    shape_table: Writer,
    columns: [Writer; COLUMNS],
    recorded: i64,
    occurred: i64,
    id_before: Option<&'a EventId>,
    refs_before: [Option<&'a EventId>; 2],
}

const COLUMNS: usize = 12;

impl<'a> Body<'a> {
    fn place(&mut self, text: impl Into<Cow<'a, str>>) -> usize {
        let text = text.into();
        if let Some(place) = self.places.get(&text) {
            return *place;
        }
        let place = self.places.len();
        self.dictionary.text(&text);
        self.places.insert(text, place);
        place
    }

    /// Adds the next event; `None` when its version does not follow.
    fn push(&mut self, recorded: &'a RecordedEvent) -> Option<()> {
        let event = &recorded.event;
        if recorded.version.get() > recorded.position.get() {
            return None;
        }
        let stream = self.stream_place(event.stream.as_str(), recorded.version)?;
        let kind = self.type_place(event);
        let (actor, reason) = (self.place(&*event.actor), self.place(&*event.reason));
        let id = match &event.id {
            EventId::Uuid(_) => 0,
            EventId::Text(text) => self.place(&**text) + 1,
        };
        let correlation = self.reference(0, event, event.correlation_id.as_ref());
        let causation = self.reference(1, event, event.causation_id.as_ref());
        let attributes = event.attributes.as_deref().map_or(0, |text| self.place(text) + 1);
        self.payload(event.data.as_str());
        let [
            c_stream,
            c_type,
            c_recorded,
            c_occurred,
            c_actor,
            c_reason,
            c_id,
            c_correlation,
            c_causation,
            c_attributes,
            ..,
        ] = &mut self.columns;
        c_stream.len(stream);
        c_type.len(kind);
        c_recorded.i64(recorded.recorded_at.as_micros().wrapping_sub(self.recorded));
        c_occurred.i64(event.occurred_at.as_micros().wrapping_sub(self.occurred));
        c_actor.len(actor);
        c_reason.len(reason);
        c_id.len(id);
        if let EventId::Uuid(uuid) = &event.id {
            c_id.bytes.extend_from_slice(uuid.as_bytes());
        }
        for (column, code, value) in
            [(c_correlation, correlation, &event.correlation_id), (c_causation, causation, &event.causation_id)]
        {
            column.len(code);
            if let (4, Some(EventId::Uuid(uuid))) = (code, value) {
                column.bytes.extend_from_slice(uuid.as_bytes());
            }
        }
        c_attributes.len(attributes);
        self.recorded = recorded.recorded_at.as_micros();
        self.occurred = event.occurred_at.as_micros();
        self.id_before = Some(&event.id);
        self.refs_before = [event.correlation_id.as_ref(), event.causation_id.as_ref()];
        Some(())
    }

    /// The place of a stream; `None` when `version` does not follow its last one.
    fn stream_place(&mut self, stream: &'a str, version: Version) -> Option<usize> {
        if let Some((place, last)) = self.streams.get_mut(stream) {
            let follows = last.get().checked_add(1) == Some(version.get());
            *last = version;
            return follows.then_some(*place);
        }
        let name = self.place(stream);
        self.stream_table.len(name);
        self.stream_table.u64(u64::from(version.get()));
        let place = self.streams.len();
        self.streams.insert(stream, (place, version));
        (version > Version::ZERO).then_some(place)
    }

    fn type_place(&mut self, event: &'a NewEvent) -> usize {
        let key = (event.event_type.as_str(), event.schema);
        if let Some(place) = self.types.get(&key) {
            return *place;
        }
        let name = self.place(event.event_type.as_str());
        self.type_table.len(name);
        self.type_table.u64(u64::from(event.schema.0));
        let place = self.types.len();
        self.types.insert(key, place);
        place
    }

    fn reference(&mut self, column: usize, event: &NewEvent, id: Option<&'a EventId>) -> usize {
        let Some(id) = id else { return 0 };
        if *id == event.id {
            return 1;
        }
        if self.refs_before.get(column).is_some_and(|before| *before == Some(id)) {
            return 2;
        }
        if self.id_before == Some(id) {
            return 3;
        }
        match id {
            EventId::Uuid(_) => 4,
            EventId::Text(text) => self.place(&**text) + 5,
        }
    }

    /// Adds to the two columns of payloads.
    fn payload(&mut self, text: &'a str) {
        let mut values = Vec::new();
        let shape = if let Some(fields) = take_apart(text) {
            let mut kinds = Vec::with_capacity(fields.len());
            for (key, part) in fields {
                kinds.push((self.place(key), part.kind()));
                match part {
                    Part::Int(number) => values.push((Kind::Int, number)),
                    Part::Text(text) => values.push((Kind::Text, i64::try_from(self.place(text)).unwrap_or_default())),
                    Part::Bool(_) | Part::Null => {}
                }
            }
            self.shape_place(kinds) + 1
        } else {
            values.push((Kind::Text, i64::try_from(self.place(text)).unwrap_or_default()));
            0
        };
        let [.., c_shape, c_values] = &mut self.columns;
        c_shape.len(shape);
        for (kind, number) in values {
            if kind == Kind::Int { c_values.i64(number) } else { c_values.u64(number.unsigned_abs()) }
        }
    }

    fn shape_place(&mut self, fields: Vec<(usize, Kind)>) -> usize {
        if let Some(place) = self.shapes.get(&fields) {
            return *place;
        }
        self.shape_table.len(fields.len());
        for (key, kind) in &fields {
            self.shape_table.len(*key);
            self.shape_table.bytes.push(*kind as u8);
        }
        let place = self.shapes.len();
        self.shapes.insert(fields, place);
        place
    }

    fn finish(self) -> Vec<u8> {
        let mut out = Writer::default();
        let tables = [
            (self.places.len(), self.dictionary),
            (self.streams.len(), self.stream_table),
            (self.types.len(), self.type_table),
            (self.shapes.len(), self.shape_table),
        ];
        for (count, table) in tables {
            let mut section = Writer::default();
            section.len(count);
            section.bytes.extend_from_slice(&table.bytes);
            out.len(section.bytes.len());
            out.bytes.extend_from_slice(&section.bytes);
        }
        for column in &self.columns {
            out.len(column.bytes.len());
            out.bytes.extend_from_slice(&column.bytes);
        }
        out.bytes
    }
}

/// An event as a block shows it: everything borrowed, nothing copied that need not be.
#[derive(Clone, Debug)]
pub struct EventView<'a> {
    /// Its number in the whole log.
    pub position: Position,
    /// Its number in its stream.
    pub version: Version,
    /// Place of its stream in [`BlockReader::streams`].
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
    pub id: EventId,
    /// What it belongs to.
    pub correlation_id: Option<EventId>,
    /// What set it off.
    pub causation_id: Option<EventId>,
    /// What a foreign event carried beyond all this.
    pub attributes: Option<&'a str>,
}

impl EventView<'_> {
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
                correlation_id: self.correlation_id.clone(),
                causation_id: self.causation_id.clone(),
                attributes: self.attributes.map(Label::new),
            },
        })
    }
}

/// The view of an event that is not in a block yet.
fn view_of(recorded: &RecordedEvent) -> EventView<'_> {
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
        id: event.id.clone(),
        correlation_id: event.correlation_id.clone(),
        causation_id: event.causation_id.clone(),
        attributes: event.attributes.as_deref(),
    }
}

/// Reads a block's events one after the other.
#[derive(Debug)]
pub struct BlockReader<'a> {
    dictionary: Vec<&'a str>,
    streams: Vec<(&'a str, Version)>,
    /// The version that is due in each stream.
    due: Vec<Version>,
    types: Vec<(&'a str, SchemaVersion)>,
    shapes: Vec<Shape<'a>>,
    columns: [Reader<'a>; COLUMNS],
    values: Vec<i64>,
    header: &'a BlockHeader,
    position: Position,
    left: u32,
    recorded: i64,
    occurred: i64,
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

const BAD_PLACE: BlockError = BlockError::Malformed { what: "points outside of one of its tables" };

impl<'a> BlockReader<'a> {
    fn new(block: &'a Block) -> Result<Self, BlockError> {
        let mut body = Reader::new(block.bytes.get(HEADER_BYTES..).unwrap_or_default());
        let dictionary = read_table(&mut body, Reader::text)?;
        if dictionary.iter().any(|text| text.len() > EVENT_BYTES_MAX) {
            return Err(BlockError::Malformed { what: "has a text longer than an event may be" });
        }
        let word = |place: usize| dictionary.get(place).copied().ok_or(BAD_PLACE);
        let streams = read_table(&mut body, |table| Ok((word(table.len()?)?, Version::new(table.u32()?))))?;
        let mut names = HashSet::with_capacity(streams.len());
        if streams.iter().any(|(name, first)| *first == Version::ZERO || !names.insert(*name)) {
            return Err(BlockError::Malformed { what: "has a stream twice or from version 0" });
        }
        let types = read_table(&mut body, |table| {
            let name = word(table.len()?)?;
            let schema =
                u16::try_from(table.u64()?).map_err(|_| BlockError::Malformed { what: "has a schema above 65535" })?;
            Ok((name, SchemaVersion(schema)))
        })?;
        let shapes = read_table(&mut body, |table| read_shape(table, &word))?;
        let mut columns = [const { None }; COLUMNS];
        for column in &mut columns {
            *column = Some(body.section()?);
        }
        if !body.is_empty() {
            return Err(BlockError::Malformed { what: "has bytes after its last column" });
        }
        Ok(Self {
            due: streams.iter().map(|(_, first)| *first).collect(),
            dictionary,
            streams,
            types,
            shapes,
            columns: columns.map(|column| column.unwrap_or_else(|| Reader::new(&[]))),
            values: Vec::new(),
            header: &block.header,
            position: block.header.first,
            left: block.header.count,
            recorded: 0,
            occurred: 0,
            seen: None,
            id_before: None,
            refs_before: [None, None],
        })
    }

    /// The streams that the block touches, and the version that each begins at here.
    pub fn streams(&self) -> &[(&'a str, Version)] {
        &self.streams
    }

    /// The next event; `None` after the last.
    ///
    /// # Errors
    /// [`BlockError::Malformed`] when a column cannot be read.
    pub fn next_event(&mut self) -> Result<Option<EventView<'_>>, BlockError> {
        if self.left == 0 {
            return self.check_end().map(|()| None);
        }
        self.read_payload()?;
        let (stream_slot, stream, version) = self.read_stream()?;
        let (recorded_at, occurred_at) = self.read_times()?;
        let [_, c_type, _, _, c_actor, c_reason, c_id, c_correlation, c_causation, c_attributes, ..] =
            &mut self.columns;
        let word = |place: usize| self.dictionary.get(place).copied().ok_or(BAD_PLACE);
        let (event_type, schema) = *self.types.get(c_type.len()?).ok_or(BAD_PLACE)?;
        let (actor, reason) = (word(c_actor.len()?)?, word(c_reason.len()?)?);
        let id = match c_id.len()? {
            0 => EventId::Uuid(Uuid::from_bytes(c_id.array()?)),
            place => EventId::Text(Label::unshared(word(place - 1)?)),
        };
        for (column, before) in [c_correlation, c_causation].into_iter().zip(&mut self.refs_before) {
            *before = match column.len()? {
                0 => None,
                1 => Some(id.clone()),
                2 => Some(before.take().ok_or(BAD_PLACE)?),
                3 => Some(self.id_before.clone().ok_or(BAD_PLACE)?),
                4 => Some(EventId::Uuid(Uuid::from_bytes(column.array()?))),
                place => Some(EventId::Text(Label::unshared(word(place - 5)?))),
            };
        }
        let attributes = match c_attributes.len()? {
            0 => None,
            place => Some(word(place - 1)?),
        };
        let position = self.position;
        self.position = position.next();
        self.left -= 1;
        self.id_before = Some(id.clone());
        let [correlation_id, causation_id] = self.refs_before.clone();
        Ok(Some(EventView {
            position,
            version,
            stream_slot,
            stream,
            event_type,
            schema,
            data: self.payload()?,
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

    /// The slot and the name of the next event's stream, and its version there.
    fn read_stream(&mut self) -> Result<(usize, &'a str, Version), BlockError> {
        let [c_stream, ..] = &mut self.columns;
        let slot = c_stream.len()?;
        let (stream, _) = *self.streams.get(slot).ok_or(BAD_PLACE)?;
        let due = self.due.get_mut(slot).ok_or(BAD_PLACE)?;
        let version = *due;
        *due = version.next();
        if version.get() > self.position.get() {
            return Err(BlockError::Malformed { what: "has a version above its position" });
        }
        Ok((slot, stream, version))
    }

    /// When the next event was recorded, and when it occurred.
    fn read_times(&mut self) -> Result<(Timestamp, Timestamp), BlockError> {
        let [_, _, c_recorded, c_occurred, ..] = &mut self.columns;
        self.recorded = self.recorded.wrapping_add(c_recorded.i64()?);
        self.occurred = self.occurred.wrapping_add(c_occurred.i64()?);
        let (recorded, occurred) = (instant(self.recorded)?, instant(self.occurred)?);
        let seen = self.seen.unwrap_or(Times { recorded: (recorded, recorded), occurred: (occurred, occurred) });
        if recorded < seen.recorded.1 {
            return Err(BlockError::Malformed { what: "goes back in recorded time" });
        }
        self.seen = Some(Times {
            recorded: (seen.recorded.0, recorded),
            occurred: (seen.occurred.0.min(occurred), seen.occurred.1.max(occurred)),
        });
        Ok((recorded, occurred))
    }

    /// After the last event: nothing is left over, and the header told the truth.
    fn check_end(&self) -> Result<(), BlockError> {
        if !self.columns.iter().all(Reader::is_empty) {
            return Err(BlockError::Malformed { what: "has more entries than events" });
        }
        if self.streams.iter().zip(&self.due).any(|((_, first), due)| first == due) {
            return Err(BlockError::Malformed { what: "names a stream without an event" });
        }
        if self.seen != Some(Times { recorded: self.header.recorded, occurred: self.header.occurred }) {
            return Err(BlockError::Malformed { what: "states other times than its events have" });
        }
        Ok(())
    }

    /// Reads the values of the next payload into `self.values`; the first is the shape.
    fn read_payload(&mut self) -> Result<(), BlockError> {
        let [.., c_shape, c_values] = &mut self.columns;
        self.values.clear();
        let shape = c_shape.len()?;
        let in_bounds = |place: u64| i64::try_from(place).map_err(|_| BAD_PLACE);
        self.values.push(i64::try_from(shape).map_err(|_| BAD_PLACE)?);
        let Some(shape) = shape.checked_sub(1) else {
            self.values.push(in_bounds(c_values.u64()?)?);
            return Ok(());
        };
        let shape = self.shapes.get(shape).ok_or(BAD_PLACE)?;
        let mut bytes = shape.bytes_min;
        for (_, kind) in &shape.fields {
            match kind {
                Kind::Int => self.values.push(c_values.i64()?),
                Kind::Text => {
                    let place = c_values.len()?;
                    bytes += self.dictionary.get(place).ok_or(BAD_PLACE)?.len();
                    self.values.push(in_bounds(place as u64)?);
                }
                Kind::True | Kind::False | Kind::Null => {}
            }
        }
        // A few bytes that point at long texts again and again must not grow into a payload without bound.
        if bytes > EVENT_BYTES_MAX {
            return Err(BlockError::Malformed { what: "has a payload longer than an event may be" });
        }
        Ok(())
    }

    fn payload(&self) -> Result<PayloadView<'_>, BlockError> {
        let (shape, values) = self.values.split_first().ok_or(BAD_PLACE)?;
        let place = |number: i64| usize::try_from(number).map_err(|_| BAD_PLACE);
        match place(*shape)?.checked_sub(1) {
            None => {
                let text = values.first().copied().ok_or(BAD_PLACE).and_then(place)?;
                let text = self.dictionary.get(text).copied().ok_or(BAD_PLACE)?;
                Payload::check(text).map_err(|_| BlockError::Malformed { what: "has a payload that is not JSON" })?;
                Ok(PayloadView::Text(text))
            }
            Some(shape) => {
                let shape = self.shapes.get(shape).ok_or(BAD_PLACE)?;
                Ok(PayloadView::Flat(Flat { shape, values, dictionary: &self.dictionary }))
            }
        }
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

fn read_shape<'a>(
    table: &mut Reader<'a>,
    word: &impl Fn(usize) -> Result<&'a str, BlockError>,
) -> Result<Shape<'a>, BlockError> {
    let fields = (0..table.count()?)
        .map(|_| {
            let key = word(table.len()?)?;
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
