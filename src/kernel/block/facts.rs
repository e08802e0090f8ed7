//! Reads what facts are decoded from, and nothing else of a block, from any event on that has a mark.

use super::{
    super::{
        Block, BlockError, EVENT_BYTES_MAX, Payload, PayloadView, SchemaVersion, Version,
        columns::{Column, Reader},
        payload::{Flat, Kind, Shape},
    },
    BAD_PLACE,
    header::HEADER_BYTES,
    reader::{read_shapes, read_texts, read_types, read_versions},
};

/// Between the columns *type* and *shape*.
const COLUMNS_BETWEEN: usize = 8;

/// The columns from which facts are decoded. Of a block that was read before, it can be opened alone: that costs its
/// tables, and reading from a mark on costs the events behind it, wherever it lies.
#[derive(Debug)]
pub(in crate::kernel) struct FactReader<'a> {
    pub(super) dictionary: Vec<&'a str>,
    types: Vec<(&'a str, SchemaVersion)>,
    shapes: Vec<Shape<'a>>,
    columns: Columns<'a>,
    /// The same at the first event.
    whole: Columns<'a>,
    /// The table of streams, not taken apart.
    streams: Reader<'a>,
    /// Of the event that was read last.
    slot: usize,
    event_type: (&'a str, SchemaVersion),
    /// The place of its payload's shape, and 1; 0 where it is a text.
    shape: usize,
    values: Vec<i64>,
}

#[derive(Clone, Debug)]
pub(super) struct Columns<'a> {
    pub(super) stream: Column<'a>,
    pub(super) kind: Column<'a>,
    pub(super) shape: Column<'a>,
    pub(super) values: Reader<'a>,
}

/// Where an event stands in the columns: how many bytes of each are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kernel) struct Mark {
    stream: u32,
    kind: u32,
    shape: u32,
    values: u32,
}

impl Mark {
    /// Of how many bytes are left of the columns *stream*, *type*, *shape* and *values*.
    pub(in crate::kernel) fn of([stream, kind, shape, values]: [u32; 4]) -> Self {
        Self { stream, kind, shape, values }
    }

    /// How many bytes are left of each.
    pub(in crate::kernel) fn bytes_left(self) -> [u32; 4] {
        [self.stream, self.kind, self.shape, self.values]
    }
}

/// What a fact is decoded from, beside the name of its stream.
#[derive(Clone, Copy, Debug)]
pub(in crate::kernel) struct FactView<'a> {
    pub(in crate::kernel) stream_slot: usize,
    pub(in crate::kernel) event_type: &'a str,
    pub(in crate::kernel) schema: SchemaVersion,
    pub(in crate::kernel) data: PayloadView<'a>,
}

impl<'a> FactReader<'a> {
    pub(super) fn new(
        dictionary: Vec<&'a str>,
        types: Vec<(&'a str, SchemaVersion)>,
        shapes: Vec<Shape<'a>>,
        streams: Reader<'a>,
        columns: Columns<'a>,
    ) -> Self {
        let (whole, event_type) = (columns.clone(), ("", SchemaVersion(0)));
        Self { dictionary, types, shapes, columns, whole, streams, slot: 0, event_type, shape: 0, values: Vec::new() }
    }

    /// Opens a block at its first event.
    pub(in crate::kernel) fn open(block: &'a Block) -> Result<Self, BlockError> {
        let mut body = Reader::new(block.bytes().get(HEADER_BYTES..).unwrap_or_default());
        let dictionary = read_texts(&mut body)?;
        let streams = body.section()?;
        let types = read_types(&mut body, &dictionary)?;
        let shapes = read_shapes(&mut body, &dictionary)?;
        let (stream, kind) = (Column::new(body.section()?), Column::new(body.section()?));
        for _ in 0..COLUMNS_BETWEEN {
            body.section()?;
        }
        let (shape, values) = (Column::new(body.section()?), body.section()?);
        Ok(Self::new(dictionary, types, shapes, streams, Columns { stream, kind, shape, values }))
    }

    /// The version that is due in each stream of the block, behind its first `events` ones.
    pub(in crate::kernel) fn due_behind(&self, events: usize) -> Result<Vec<Version>, BlockError> {
        let mut due = read_versions(self.streams.clone())?;
        let mut streams = self.whole.stream.clone();
        for _ in 0..events {
            let slot = due.get_mut(streams.len()?).ok_or(BAD_PLACE)?;
            *slot = slot.next();
        }
        Ok(due)
    }

    /// Where the next event stands.
    pub(in crate::kernel) fn mark(&self) -> Mark {
        let Columns { stream, kind, shape, values } = &self.columns;
        // A block is far shorter than 4 GiB: its length was read as one.
        let left = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        Mark {
            stream: left(stream.left()),
            kind: left(kind.left()),
            shape: left(shape.left()),
            values: left(values.left()),
        }
    }

    /// Goes to the event that stands at a mark of this block.
    pub(in crate::kernel) fn go_to(&mut self, mark: Mark) {
        let Columns { stream, kind, shape, values } = &self.whole;
        self.columns = Columns {
            stream: stream.last(mark.stream as usize),
            kind: kind.last(mark.kind as usize),
            shape: shape.last(mark.shape as usize),
            values: values.last(mark.values as usize),
        };
    }

    /// Reads the next event; gives the bytes that the text of its payload has at least.
    pub(super) fn advance(&mut self) -> Result<usize, BlockError> {
        let bytes = self.read_payload()?;
        self.slot = self.columns.stream.len()?;
        self.event_type = *self.types.get(self.columns.kind.len()?).ok_or(BAD_PLACE)?;
        Ok(bytes)
    }

    /// The stream's slot and the type of what was read last.
    pub(super) fn place(&self) -> (usize, &'a str) {
        (self.slot, self.event_type.0)
    }

    /// What was read last.
    pub(super) fn current(&self) -> Result<FactView<'_>, BlockError> {
        let (event_type, schema) = self.event_type;
        Ok(FactView { stream_slot: self.slot, event_type, schema, data: self.payload()? })
    }

    /// The next event.
    pub(in crate::kernel) fn next_fact(&mut self) -> Result<FactView<'_>, BlockError> {
        self.advance()?;
        self.current()
    }

    pub(super) fn is_at_end(&self) -> bool {
        let Columns { stream, kind, shape, values } = &self.columns;
        stream.is_at_end() && kind.is_at_end() && shape.is_at_end() && values.is_empty()
    }

    /// Reads the shape and the values of the next payload.
    fn read_payload(&mut self) -> Result<usize, BlockError> {
        let Self { dictionary, shapes, columns: Columns { shape, values, .. }, values: read, .. } = self;
        let text = |values: &mut Reader<'_>| {
            let place = values.len()?;
            let length = dictionary.get(place).map(|text| text.len()).ok_or(BAD_PLACE)?;
            Ok::<_, BlockError>((i64::try_from(place).map_err(|_| BAD_PLACE)?, length))
        };
        read.clear();
        self.shape = shape.len()?;
        let Some(shape) = self.shape.checked_sub(1) else {
            let (place, length) = text(values)?;
            read.push(place);
            return Ok(length);
        };
        let shape = shapes.get(shape).ok_or(BAD_PLACE)?;
        let mut bytes = shape.bytes_min;
        for (_, kind) in &shape.fields {
            match kind {
                Kind::Int => read.push(values.i64()?),
                Kind::Text => {
                    let (place, length) = text(values)?;
                    bytes += length;
                    read.push(place);
                }
                Kind::True | Kind::False | Kind::Null => {}
            }
        }
        // A few bytes that point at long texts again and again must not grow into a payload without bound.
        if bytes > EVENT_BYTES_MAX {
            return Err(BlockError::Malformed { what: "has a payload longer than an event may be" });
        }
        Ok(bytes)
    }

    fn payload(&self) -> Result<PayloadView<'_>, BlockError> {
        let Self { shapes, values, dictionary, .. } = self;
        if let Some(shape) = self.shape.checked_sub(1) {
            let shape = shapes.get(shape).ok_or(BAD_PLACE)?;
            return Ok(PayloadView::Flat(Flat { shape, values, dictionary }));
        }
        let place = values.first().and_then(|place| usize::try_from(*place).ok());
        let text = place.and_then(|place| dictionary.get(place)).copied().ok_or(BAD_PLACE)?;
        Payload::check(text).map_err(|_| BlockError::Malformed { what: "has a payload that is not JSON" })?;
        Ok(PayloadView::Text(text))
    }
}
