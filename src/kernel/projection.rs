//! Projections: read models, each a fold over the log.

use super::{Clock, Position, Rank, StreamId, Timestamp, Version};

/// A typed event with the part of its envelope that folds need; texts such as who and why stay in the log.
#[derive(Debug)]
pub struct Recorded<'a, E> {
    /// Its number in the whole log.
    pub position: Position,
    /// Its stream.
    pub stream: StreamId,
    /// Its number in its stream.
    pub version: Version,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was appended.
    pub recorded_at: Timestamp,
    /// What happened.
    pub event: &'a E,
}

impl<E> Clone for Recorded<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Recorded<'_, E> {}

impl<E: Clone> Recorded<'_, E> {
    /// The same, owned.
    pub fn to_fact(self) -> Fact<E> {
        let Self { position, stream, version, occurred_at, recorded_at, event } = self;
        Fact { position, stream, version, occurred_at, recorded_at, event: event.clone() }
    }
}

/// The same, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<E> {
    /// Its number in the whole log.
    pub position: Position,
    /// Its stream.
    pub stream: StreamId,
    /// Its number in its stream.
    pub version: Version,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was appended.
    pub recorded_at: Timestamp,
    /// What happened.
    pub event: E,
}

impl<E> Fact<E> {
    /// The same, borrowed: for a fold.
    pub fn as_recorded(&self) -> Recorded<'_, E> {
        let Self { position, stream, version, occurred_at, recorded_at, event } = self;
        Recorded {
            position: *position,
            stream: *stream,
            version: *version,
            occurred_at: *occurred_at,
            recorded_at: *recorded_at,
            event,
        }
    }
}

/// A read model: a fold over the log, small, wide or sensitive to order. It can be thrown away and made again.
///
/// Events arrive in the order of one [`Clock`], each once; on *occurred* a stream's versions need not rise. The same
/// events in the same order must give the same state: no clock, no chance, no map order.
pub trait Projection: Clone + Default {
    /// The alphabet it folds.
    type Event;
    /// Its name, for people and for the key of stored checkpoints.
    const NAME: &'static str;
    /// Raised whenever the same events would fold to another state.
    const REVISION: u32;

    /// About how many bytes it has for itself; what it shares with clones of it is divided among them. Checkpoints are
    /// spaced by it.
    fn weight(&self) -> usize {
        size_of::<Self>()
    }

    /// Takes one event into account.
    fn apply(&mut self, recorded: &Recorded<'_, Self::Event>);
}

/// Typed events in the order of a clock: what projections are folded from.
pub trait Facts {
    /// The alphabet.
    type Event;

    /// How many events there are, foreign ones counted.
    fn head(&self) -> Rank;

    /// Shows every event of the alphabet after `after`, up to and with `up_to`, in the order of `clock`. Returns up to
    /// which rank it has come: less than `up_to` where an event is not in memory, or there are no more.
    fn visit(&self, clock: Clock, after: Rank, up_to: Rank, visitor: impl FnMut(&Recorded<'_, Self::Event>)) -> Rank;
}
