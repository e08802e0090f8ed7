//! From stored events to the domain's alphabet.

use super::{PayloadView, SchemaVersion};

/// What a codec made of a stored event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded<E> {
    /// One of the alphabet's events, read as its newest schema.
    Known(E),
    /// Nobody's here: kept, shown in the log, ignored by every fold.
    Foreign,
    /// One of ours by its name, but it cannot be read; the text says why. It is kept and ignored like a foreign one.
    Unreadable(String),
}

/// What a fact is decoded from: what a stored event says, without where, who, why and when.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// What happened.
    pub event_type: &'a str,
    /// The schema it was written with.
    pub schema: SchemaVersion,
    /// What it says.
    pub data: PayloadView<'a>,
}

/// Reads stored events as the alphabet `Event`: picks the type, lifts old schemas, parses the payload.
pub trait Codec {
    /// The alphabet: one sum over all aggregates' events.
    type Event: Clone;

    /// Whether the events of a stream of this name can be of the alphabet; those of others are foreign. Where many events are
    /// read, a stream is asked for once and not with each of its events.
    fn reads(&self, stream: &str) -> bool;

    /// Reads one event of such a stream. Must depend on nothing but its argument and the code.
    fn decode(&self, event: &Content<'_>) -> Decoded<Self::Event>;

    /// Reads one event of any stream.
    fn decode_of(&self, stream: &str, event: &Content<'_>) -> Decoded<Self::Event> {
        if self.reads(stream) { self.decode(event) } else { Decoded::Foreign }
    }

    /// A text that changes whenever the same bytes would be read differently: part of the key of everything derived.
    fn fingerprint(&self) -> String;
}
