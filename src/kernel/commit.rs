//! Commits: the events that one append makes durable together.

use super::{ExpectedVersion, NewEvent, Position, StreamName, Timestamp, Version};

/// What a writer wants made durable, all or nothing: events of one or several streams, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// What the writer believes of streams; a stream that is not named may be at any version.
    pub expectations: Vec<Expectation>,
    /// The events, in the order they are to stand in the log.
    pub events: Vec<NewEvent>,
}

/// What a writer believes of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The stream.
    pub stream: StreamName,
    /// Its version, as the writer believes.
    pub expected: ExpectedVersion,
}

/// Why a commit is not sealed. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConflictError {
    /// Somebody else wrote first.
    #[error("{stream} is at version {actual}, expected was {expected:?}")]
    Version {
        /// The stream.
        stream: StreamName,
        /// What the writer believed.
        expected: ExpectedVersion,
        /// What is.
        actual: Version,
    },
    /// An event is larger than [`super::EVENT_BYTES_MAX`].
    #[error("the event {index} of the commit has {bytes} bytes, more than {max} are not taken", max = super::EVENT_BYTES_MAX)]
    TooLarge {
        /// Which of the commit's events, from 1.
        index: usize,
        /// Its size.
        bytes: usize,
    },
    /// A time of recording that is to be kept lies before the one before it.
    #[error("the event {index} was recorded at {found}, before {earliest}, when the one before it was")]
    TimeGoesBack {
        /// Which of the commit's events, from 1.
        index: usize,
        /// Its time.
        found: Timestamp,
        /// The earliest possible.
        earliest: Timestamp,
    },
    /// Positions are 32-bit numbers.
    #[error("the log is full: it holds {count} events")]
    LogFull {
        /// How many it holds.
        count: Position,
    },
}

/// What an append made durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Position of the last event of the commit.
    pub position: Position,
    /// The version that each touched stream has reached, in the order the commit touched them.
    pub versions: Vec<(StreamName, Version)>,
}
