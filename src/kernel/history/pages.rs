//! Decoded facts, a page at a time, in a bounded cache.

use super::super::{Position, StreamId, Version};
use lru::LruCache;
use rustc_hash::FxBuildHasher;
use std::{fmt, rc::Rc};

/// How many events a page has at most: as many as lie between two checkpoints of a small fold, so that a seek reads one.
pub(super) const PAGE_EVENTS: u32 = 256;

/// About what a page takes beside its events.
const PAGE_BYTES: usize = 128;

/// A part of a block, decoded.
#[derive(Debug)]
pub(super) struct Page<E> {
    pub(super) first: Position,
    pub(super) entries: Box<[Entry<E>]>,
}

/// What is decoded of an event; its times lie in the timelines.
#[derive(Debug)]
pub(super) struct Entry<E> {
    /// `None` where it is foreign or unreadable.
    pub(super) fact: Option<E>,
    pub(super) stream: StreamId,
    pub(super) version: Version,
}

impl<E> Page<E> {
    pub(super) fn get(&self, position: Position) -> Option<&Entry<E>> {
        self.entries.get(position.get().checked_sub(self.first.get())? as usize)
    }

    fn bytes(&self) -> usize {
        PAGE_BYTES + size_of_val(&*self.entries)
    }
}

/// The pages that were read last, up to so many bytes.
pub(super) struct Pages<E> {
    /// By the positions of their first events.
    kept: LruCache<Position, Rc<Page<E>>, FxBuildHasher>,
    bytes: usize,
    pub(super) bytes_max: usize,
    /// How many were decoded since it was made, beside those that came with a block.
    pub(super) decoded: u64,
}

impl<E> Pages<E> {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { kept: LruCache::unbounded_with_hasher(FxBuildHasher), bytes: 0, bytes_max, decoded: 0 }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn get(&mut self, first: Position) -> Option<Rc<Page<E>>> {
        self.kept.get(&first).map(Rc::clone)
    }

    /// Keeps a page, and lets those go that were not asked for the longest.
    pub(super) fn insert(&mut self, page: Rc<Page<E>>) {
        self.bytes += page.bytes();
        if let Some(before) = self.kept.put(page.first, page) {
            self.bytes -= before.bytes();
        }
        while self.bytes > self.bytes_max && self.kept.len() > 1 {
            let Some((_, oldest)) = self.kept.pop_lru() else { break };
            self.bytes -= oldest.bytes();
        }
    }

    /// Lets all pages go.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.bytes = 0;
    }

    /// Lets a page go, if it is there.
    pub(super) fn forget(&mut self, first: Position) {
        if let Some(page) = self.kept.pop(&first) {
            self.bytes -= page.bytes();
        }
    }
}

impl<E> fmt::Debug for Pages<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kept, bytes, bytes_max, decoded } = self;
        let pages = kept.len();
        f.debug_struct("Pages")
            .field("pages", &pages)
            .field("bytes", bytes)
            .field("bytes_max", bytes_max)
            .field("decoded", decoded)
            .finish()
    }
}
