//! A list that grows without being moved.

/// Items that lie together in one allocation.
const CHUNK: usize = 4096;

/// A list for a million small items: it grows a chunk at a time.
///
/// A `Vec` that grows is copied into room of twice its size, and for that moment there are three times its items; what
/// is once allocated stays with a WebAssembly page. This one never holds more than a chunk too many.
#[derive(Debug)]
pub(super) struct Chunked<T> {
    /// All but the last are full.
    chunks: Vec<Vec<T>>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T> Chunked<T> {
    pub(super) fn len(&self) -> usize {
        let last = self.chunks.last().map_or(0, Vec::len);
        self.chunks.len().saturating_sub(1) * CHUNK + last
    }

    pub(super) fn get(&self, index: usize) -> Option<&T> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    pub(super) fn extend(&mut self, items: impl IntoIterator<Item = T>) {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let room = self.chunks.last().map_or(0, |chunk| CHUNK - chunk.len());
            match self.chunks.last_mut().filter(|_| room > 0) {
                Some(chunk) => chunk.extend(items.by_ref().take(room)),
                None => self.chunks.push(Vec::with_capacity(CHUNK)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_back_in_their_order_and_no_chunk_moves() {
        let mut list = Chunked::default();
        assert_eq!((list.len(), list.get(0)), (0, None));
        let mut next = 0;
        let mut places = Vec::new();
        for count in [1, CHUNK - 1, 3, 2 * CHUNK, 0, CHUNK] {
            list.extend(next..next + count);
            next += count;
            assert_eq!(list.len(), next);
            let found: Vec<usize> = (0..=next).filter_map(|index| list.get(index).copied()).collect();
            assert_eq!(found, (0..next).collect::<Vec<_>>());
            let now: Vec<*const usize> = list.chunks.iter().map(Vec::as_ptr).collect();
            assert_eq!(now[..places.len()], places[..]);
            assert!(list.chunks.iter().all(|chunk| chunk.capacity() == CHUNK));
            places = now;
        }
    }
}
