//! From event to event, each decoded if it is not in the cache.

use super::{
    super::{
        Block, BlockError, Codec, Content, Decoded, Position, Recorded, Timestamp, Version,
        block::{FactReader, Mark},
    },
    Entry, History, KeptBlock, PAGE_EVENTS, Page,
    kept::BlockIndex,
};
use std::rc::Rc;

/// A walk over a history. It holds on to the page and to the block where it stands: the next event mostly lies there.
pub(super) struct Walk<'a, C: Codec> {
    history: &'a History<C>,
    /// The place of the block in which the last page lies.
    block: usize,
    page: Option<Rc<Page<C::Event>>>,
    /// The block that was opened last.
    open: Option<OpenBlock<'a>>,
    /// How many pages it had to decode.
    decoded: u32,
}

/// A block whose pages are being decoded.
struct OpenBlock<'a> {
    place: usize,
    reader: FactReader<'a>,
    /// The page that comes next, and the version that is due there in each stream of the block. The history knows them too,
    /// but to look one up for each event costs more than decoding it: the streams of a large log lie far apart in memory.
    next: usize,
    due: Vec<Version>,
}

impl<'a> OpenBlock<'a> {
    fn open(place: usize, block: &'a Block) -> Result<Self, BlockError> {
        let reader = FactReader::open(block)?;
        let due = reader.due_behind(0)?;
        Ok(Self { place, reader, next: 0, due })
    }

    /// Goes to where a page begins.
    fn go_to(&mut self, page: usize, mark: Mark) -> Result<(), BlockError> {
        if page != self.next {
            self.due = self.reader.due_behind(page * PAGE_EVENTS as usize)?;
        }
        self.next = page + 1;
        self.reader.go_to(mark);
        Ok(())
    }
}

impl<'a, C: Codec> Walk<'a, C> {
    pub(super) fn of(history: &'a History<C>) -> Self {
        Self { history, block: 0, page: None, open: None, decoded: 0 }
    }

    /// What is decoded of an event.
    pub(super) fn entry(&mut self, position: Position) -> Option<&Entry<C::Event>> {
        if self.page.as_ref().is_none_or(|page| page.get(position).is_none()) {
            self.page = Some(self.page_of(position)?);
        }
        self.page.as_ref()?.get(position)
    }

    /// The typed event at a position.
    pub(super) fn recorded(&mut self, position: Position) -> Option<Recorded<'_, C::Event>> {
        let History { recorded: of_recorded, occurred, .. } = self.history;
        let (recorded_at, occurred_at) = (of_recorded.time_of(position)?, occurred.time_of(position)?);
        recorded(position, self.entry(position)?, recorded_at, occurred_at)
    }

    /// Shows the typed events after `after`, up to and with `up_to`, in the order of positions. Returns the last position
    /// that it came to.
    pub(super) fn run(
        &mut self,
        after: Position,
        up_to: Position,
        mut visitor: impl FnMut(&Recorded<'_, C::Event>),
    ) -> Position {
        let mut next = after.next();
        let (mut recorded_times, mut occurred_times) = (Vec::new(), Vec::new());
        while next <= up_to {
            let Some(page) = self.page_of(next).filter(|page| page.get(next).is_some()) else { break };
            let skipped = next.get().saturating_sub(page.first.get()) as usize;
            let count = u32::try_from(page.entries.len() - skipped).unwrap_or(u32::MAX);
            let end = up_to.min(next.previous().plus(count));
            self.history.recorded.times_between(next.previous(), end, &mut recorded_times);
            self.history.occurred.times_between(next.previous(), end, &mut occurred_times);
            let times = recorded_times.iter().zip(&occurred_times);
            for (entry, (recorded_at, occurred_at)) in page.entries.iter().skip(skipped).zip(times) {
                let [recorded_at, occurred_at] = [*recorded_at, *occurred_at].map(Timestamp::from_micros);
                if let Some(recorded) = recorded(next, entry, recorded_at, occurred_at) {
                    visitor(&recorded);
                }
                next = next.next();
            }
            next = end.next();
        }
        next.previous()
    }

    /// Lets more be kept after a walk of `count` events, if the cache was of little help to it.
    ///
    /// In most logs the two orders run alike, and a walk along the other one decodes hardly more pages than it passes.
    /// Where they cross, as when the books of many accounts were imported one after the other, each event lies in another
    /// page than the one before, and time would be paid for memory without end.
    pub(super) fn make_room(self, count: u32) {
        const FEW: u32 = 16;
        const EVENTS_PER_PAGE_MIN: u32 = 32;
        if self.decoded > FEW + count / EVENTS_PER_PAGE_MIN {
            let mut pages = self.history.pages.borrow_mut();
            pages.bytes_max = pages.bytes_max.saturating_mul(2);
        }
    }

    fn page_of(&mut self, position: Position) -> Option<Rc<Page<C::Event>>> {
        let holds = |place: &usize| {
            let header = self.history.blocks.get(*place).map(KeptBlock::header);
            header.is_some_and(|header| header.first <= position && position <= header.last())
        };
        let near = [self.block, self.block + 1].into_iter().find(holds);
        self.block = near.unwrap_or_else(|| self.history.place_of_block(position));
        let header = self.history.blocks.get(self.block)?.header();
        let page = position.get().checked_sub(header.first.get())? / PAGE_EVENTS;
        let first = header.first.plus(page * PAGE_EVENTS);
        let kept = self.history.pages.borrow_mut().get(first);
        kept.or_else(|| {
            let count = PAGE_EVENTS.min(header.last().next().get().saturating_sub(first.get()));
            let decoded = self.decode(page as usize, first, count);
            if decoded.is_none() {
                // Where it stands, and which versions are due there, is not known any more.
                self.open = None;
            }
            let page = Rc::new(decoded?);
            self.history.pages.borrow_mut().insert(Rc::clone(&page));
            Some(page)
        })
    }

    /// Decodes a page of the block. It was read once before it came to be here, so it can be read again.
    fn decode(&mut self, page: usize, first: Position, count: u32) -> Option<Page<C::Event>> {
        let history = self.history;
        if self.open.as_ref().is_none_or(|open| open.place != self.block) {
            self.open = Some(OpenBlock::open(self.block, history.block(self.block)?).ok()?);
        }
        let open = self.open.as_mut()?;
        self.decoded += 1;
        history.pages.borrow_mut().decoded += 1;
        let BlockIndex { slots, marks } = history.blocks.get(self.block)?.index();
        open.go_to(page, *marks.get(page)?).ok()?;
        let mut entries = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let view = open.reader.next_fact().ok()?;
            let stream = *slots.get(view.stream_slot)?;
            let due = open.due.get_mut(view.stream_slot)?;
            let version = std::mem::replace(due, due.next());
            let content = Content { event_type: view.event_type, schema: view.schema, data: view.data };
            let is_read = *history.is_read.get(stream.index()?)?;
            let decoded = if is_read { history.codec.decode(&content) } else { Decoded::Foreign };
            let fact = match decoded {
                Decoded::Known(fact) => Some(fact),
                Decoded::Foreign | Decoded::Unreadable(_) => None,
            };
            entries.push(Entry { fact, stream, version });
        }
        Some(Page { first, entries: entries.into() })
    }
}

fn recorded<E>(
    position: Position,
    entry: &Entry<E>,
    recorded_at: Timestamp,
    occurred_at: Timestamp,
) -> Option<Recorded<'_, E>> {
    let Entry { fact, stream, version } = entry;
    Some(Recorded { position, stream: *stream, version: *version, occurred_at, recorded_at, event: fact.as_ref()? })
}
