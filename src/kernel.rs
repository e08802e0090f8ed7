//! The event-sourcing kernel: pure Rust that knows no browser, no view and no domain.
//!
//! Its words are the field's: an [`Aggregate`] decides and evolves; an accepted command becomes [`NewEvent`]s of a
//! [`Commit`]; the commit is sealed into a [`Block`] that an [`EventLog`] appends if the log's [`Tail`] is what the
//! writer believes; a [`History`] indexes what was read; [`Projection`]s fold it, on either [`Clock`]; a [`Replay`]
//! answers for any moment from checkpoints at a bounded cost.
//!
//! This module re-exports the whole vocabulary: other rooms write `use crate::kernel::…` and nothing deeper.

mod aggregate;
mod block;
mod chain;
mod checkpoint;
mod checksum;
mod codec;
mod columns;
mod commit;
mod event;
mod history;
mod kept_index;
mod label;
mod log;
mod merge;
mod packed;
mod payload;
mod projection;
mod replay;
mod scan;
pub mod scenario;
mod shared_vec;
mod stream;
mod time;
mod timeline;
mod upcast;
mod version;

pub use aggregate::{Aggregate, fold};
pub use block::{Block, BlockError, BlockHeader, BlockReader, EventView, FORMAT_VERSION};
pub use chain::ChainHash;
pub use checkpoint::{AdvanceError, Checkpoint, CheckpointError, CheckpointStore, StateReader, StateWriter, Storable};
pub use codec::{Codec, Content, Decoded};
pub use commit::{Commit, Committed, ConflictError, Expectation};
pub use event::{EventId, NewEvent, RecordedEvent};
pub use history::{EVENT_BYTES_MAX, History, Kept, KeptBlock, SEALED_BYTES, SEALED_EVENTS_MAX, Sealer, StreamEntry};
pub use kept_index::KeptIndex;
pub use label::Label;
pub use log::{AppendError, EventLog, LogError, StoredBlock, Tail};
pub use merge::MergePolicy;
pub use packed::PackedColumn;
pub use payload::{Flat, Payload, PayloadError, PayloadView};
pub use projection::{Fact, Facts, Projection, Recorded};
pub use replay::{Check, CheckpointPolicy, ReadRun, Replay};
pub(crate) use scan::{line_run, plain_run};
pub use shared_vec::SharedVec;
pub use stream::{StreamId, StreamName, StreamNameError, Versions};
pub use time::{TimeError, Timestamp};
pub use timeline::{Clock, Rank, Timeline};
pub use upcast::{ChainError, Lift, UpcastChain, UpcastError, UpcastStep};
pub use version::{ExpectedVersion, Position, SchemaVersion, Version};
