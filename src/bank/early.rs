//! What happened to accounts before they were opened. On the clock of what happened an opening may come late: an old
//! table, read into an account that was opened yesterday, comes before it.

use super::{AccountEvent, BankCodec, encode};
use crate::kernel::{
    Codec as _, Content, Decoded, PayloadView, Position, Recorded, SchemaVersion, SharedVec, StateReader, StateWriter,
    StreamId, Timestamp, Version,
};
use std::collections::BTreeMap;

/// An event that waits for the opening of its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    position: Position,
    version: Version,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    event: AccountEvent,
}

impl Waiting {
    /// As it was shown, before its time.
    pub(super) fn recorded(&self, stream: StreamId) -> Recorded<'_, AccountEvent> {
        let Self { position, version, occurred_at, recorded_at, ref event } = *self;
        Recorded { position, stream, version, occurred_at, recorded_at, event }
    }

    fn write(&self, out: &mut StateWriter) {
        out.number(self.position.get().into());
        out.number(self.version.get().into());
        out.time(self.occurred_at);
        out.time(self.recorded_at);
        match encode(&self.event) {
            Ok(body) => {
                out.text(&body.event_type);
                out.number(body.schema.0.into());
                out.text(body.data.as_str());
            }
            // It became too long when it was lifted. No event has this type: the state is not read then.
            Err(_) => out.text(""),
        }
    }

    fn read(codec: &BankCodec, from: &mut StateReader<'_>) -> Option<Self> {
        let (position, version) = (Position::new(from.small()?), Version::new(from.small()?));
        let (occurred_at, recorded_at) = (from.time()?, from.time()?);
        let event_type = from.text()?;
        let schema = SchemaVersion(u16::try_from(from.number()?).ok()?);
        let data = PayloadView::Text(from.text()?);
        match codec.decode(&Content { event_type, schema, data }) {
            Decoded::Known(event) => Some(Self { position, version, occurred_at, recorded_at, event }),
            Decoded::Foreign | Decoded::Unreadable(_) => None,
        }
    }
}

/// What waits for the openings of accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Early {
    waiting: BTreeMap<StreamId, SharedVec<Waiting>>,
}

impl Early {
    pub(super) fn wait(&mut self, recorded: &Recorded<'_, AccountEvent>) {
        let Recorded { position, stream, version, occurred_at, recorded_at, event } = *recorded;
        let waiting = Waiting { position, version, occurred_at, recorded_at, event: event.clone() };
        self.waiting.entry(stream).or_default().push(waiting);
    }

    /// What happened before an account was opened and counts all the same: what was recorded after the opening. What was
    /// recorded before it is a fact of an account that there was not.
    pub(super) fn of_opened(&mut self, stream: StreamId, opening: Version) -> Vec<Waiting> {
        let Some(waiting) = self.waiting.remove(&stream) else { return Vec::new() };
        waiting.iter().filter(|waiting| waiting.version > opening).cloned().collect()
    }

    /// Writes all that waits, which is hardly ever anything: how many streams, and for each its number, how many events,
    /// and for each its position, version, two times, type, schema and payload as they are stored.
    pub(super) fn write(&self, out: &mut StateWriter) {
        out.number(self.waiting.len() as u64);
        for (stream, events) in &self.waiting {
            out.number(stream.get().into());
            out.number(events.len() as u64);
            for waiting in events.iter() {
                waiting.write(out);
            }
        }
    }

    /// Reads what [`Early::write`] has written.
    pub(super) fn read(from: &mut StateReader<'_>) -> Option<Self> {
        let mut early = Self::default();
        let streams = from.count()?;
        if streams == 0 {
            return Some(early);
        }
        let codec = BankCodec::new().ok()?;
        for _ in 0..streams {
            let stream = StreamId::new(from.small()?);
            let mut events = SharedVec::default();
            for _ in 0..from.count()? {
                events.push(Waiting::read(&codec, from)?);
            }
            early.waiting.insert(stream, events);
        }
        Some(early)
    }
}
