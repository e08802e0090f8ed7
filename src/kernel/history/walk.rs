//! From event to event, each decoded if it is not in the cache.

use super::{
    super::{Codec, Content, Decoded, Position, Recorded, Version, block::FactReader},
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
    /// The block that was opened last, by its place.
    reader: Option<(usize, FactReader<'a>)>,
    /// How many pages it had to decode.
    decoded: u32,
}

impl<'a, C: Codec> Walk<'a, C> {
    pub(super) fn of(history: &'a History<C>) -> Self {
        Self { history, block: 0, page: None, reader: None, decoded: 0 }
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
        let history = self.history;
        self.entry(position).and_then(|entry| recorded(history, position, entry))
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
        while next <= up_to {
            let Some(page) = self.page_of(next).filter(|page| page.get(next).is_some()) else { break };
            let skipped = next.get().saturating_sub(page.first.get()) as usize;
            for (entry, position) in page.entries.iter().skip(skipped).zip(next.get()..=up_to.get()) {
                next = Position::new(position).next();
                if let Some(recorded) = recorded(self.history, Position::new(position), entry) {
                    visitor(&recorded);
                }
            }
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
            let page = Rc::new(self.decode(page as usize, first, count)?);
            self.history.pages.borrow_mut().insert(Rc::clone(&page));
            Some(page)
        })
    }

    /// Decodes a page of the block. It was read once before it came to be here, so it can be read again.
    fn decode(&mut self, page: usize, first: Position, count: u32) -> Option<Page<C::Event>> {
        let history = self.history;
        if self.reader.as_ref().is_none_or(|(block, _)| *block != self.block) {
            self.reader = Some((self.block, FactReader::open(history.block(self.block)?).ok()?));
        }
        let (_, reader) = self.reader.as_mut()?;
        self.decoded += 1;
        history.pages.borrow_mut().decoded += 1;
        let BlockIndex { slots, marks } = history.blocks.get(self.block)?.index();
        reader.go_to(*marks.get(page)?);
        let mut reached = vec![Version::ZERO; slots.len()];
        let mut entries = Vec::with_capacity(count as usize);
        for position in (first.get()..).take(count as usize).map(Position::new) {
            let view = reader.next_fact().ok()?;
            let stream = *slots.get(view.stream_slot)?;
            let known = history.stream(stream)?;
            let version = reached.get_mut(view.stream_slot)?;
            *version = if *version == Version::ZERO { known.version_at(position) } else { version.next() };
            let content = Content {
                stream: known.name.as_str(),
                event_type: view.event_type,
                schema: view.schema,
                data: view.data,
            };
            let fact = match history.codec.decode(&content) {
                Decoded::Known(fact) => Some(fact),
                Decoded::Foreign | Decoded::Unreadable(_) => None,
            };
            entries.push(Entry { fact, stream, version: *version });
        }
        Some(Page { first, entries: entries.into() })
    }
}

fn recorded<'a, C: Codec>(
    history: &History<C>,
    position: Position,
    entry: &'a Entry<C::Event>,
) -> Option<Recorded<'a, C::Event>> {
    let Entry { fact, stream, version } = entry;
    let (recorded_at, occurred_at) = (history.recorded.time_of(position)?, history.occurred.time_of(position)?);
    Some(Recorded { position, stream: *stream, version: *version, occurred_at, recorded_at, event: fact.as_ref()? })
}
