//! A list that is cheap to keep at many moments.

use std::sync::Arc;

/// About how many bytes lie together in one allocation: copied together when an item among them changes.
const CHUNK_BYTES: usize = 4096;
/// What an `Arc` has beside what it holds.
const COUNTS: usize = 2 * size_of::<usize>();

/// A list whose clones share what has not changed since.
///
/// A checkpoint is a clone of a projection. With a `Vec` in it every checkpoint holds every item; with this one it holds
/// only the chunks of a kilobyte in which something changed, and the clone costs one counted reference a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedVec<T> {
    chunks: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for SharedVec<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T> SharedVec<T> {
    /// How many items a chunk has.
    const CHUNK: usize = match CHUNK_BYTES.checked_div(size_of::<T>()) {
        Some(0) => 1,
        Some(count) => count,
        None => CHUNK_BYTES,
    };

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// How many bytes it has for itself: what it shares with clones is divided among them. So what all of them have
    /// together is the sum.
    pub fn bytes(&self) -> usize {
        let share = |chunk: &Arc<Vec<T>>| {
            let whole = COUNTS + size_of::<Vec<T>>() + chunk.capacity() * size_of::<T>();
            size_of::<Arc<Vec<T>>>() + whole / Arc::strong_count(chunk)
        };
        self.chunks.iter().map(share).sum()
    }

    /// How many bytes it has for itself beside items that every clone has: a reference a chunk.
    pub fn reference_bytes(&self) -> usize {
        self.chunks.len() * size_of::<Arc<Vec<T>>>()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The item at `index`, counted from 0.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.chunks.get(index / Self::CHUNK)?.get(index % Self::CHUNK)
    }

    /// All items in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// The items that are not what they were in an earlier list, each with its index and what it was. Chunks that the two
    /// share are not looked into.
    pub fn changes<'a>(&'a self, since: &'a Self) -> impl Iterator<Item = (usize, &'a T, &'a T)>
    where
        T: PartialEq,
    {
        let chunks = self.chunks.iter().zip(&since.chunks).zip((0..).step_by(Self::CHUNK));
        let copied = chunks.filter(|((now, before), _)| !Arc::ptr_eq(now, before));
        copied.flat_map(|((now, before), first)| {
            let items = (first..).zip(now.iter().zip(before.iter()));
            items.filter(|(_, (now, before))| now != before).map(|(index, (now, before))| (index, now, before))
        })
    }

    /// How many items lie before the first for which `is_before` is false, where all that satisfy it come first.
    /// Costs O(log n).
    pub fn partition_point(&self, is_before: impl Fn(&T) -> bool) -> usize {
        let whole = self.chunks.partition_point(|chunk| chunk.last().is_some_and(&is_before));
        match self.chunks.get(whole) {
            Some(chunk) => whole * Self::CHUNK + chunk.partition_point(&is_before),
            None => self.len,
        }
    }
}

impl<T: Clone> SharedVec<T> {
    /// The item at `index`, to be changed. Its chunk is copied first where another clone shares it.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        Arc::make_mut(self.chunks.get_mut(index / Self::CHUNK)?).get_mut(index % Self::CHUNK)
    }

    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        match self.chunks.last_mut().filter(|chunk| chunk.len() < Self::CHUNK) {
            Some(chunk) => Arc::make_mut(chunk).push(item),
            None => self.chunks.push(Arc::new(vec![item])),
        }
        self.len += 1;
    }
}

impl<T: Clone + Default> SharedVec<T> {
    /// The item at `index`, to be changed; the list grows by empty items to hold it.
    pub fn slot(&mut self, index: usize) -> Option<&mut T> {
        while self.len <= index {
            self.push(T::default());
        }
        self.get_mut(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHUNK: usize = SharedVec::<usize>::CHUNK;

    #[derive(Clone, Debug)]
    enum Step {
        Push(i32),
        Set(usize, i32),
        Keep,
    }

    fn a_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => any::<i32>().prop_map(Step::Push),
            3 => (0usize..900, any::<i32>()).prop_map(|(index, item)| Step::Set(index, item)),
            1 => Just(Step::Keep),
        ]
    }

    proptest! {
        #[test]
        fn whatever_is_done_to_a_list_its_earlier_clones_stay_what_they_were(steps in prop::collection::vec(a_step(), 0..400)) {
            let (mut shared, mut plain) = (SharedVec::default(), Vec::new());
            let mut kept = Vec::new();
            for step in steps {
                match step {
                    Step::Push(item) => {
                        shared.push(item);
                        plain.push(item);
                    }
                    Step::Set(index, item) => {
                        plain.resize(plain.len().max(index + 1), 0);
                        plain[index] = item;
                        *shared.slot(index).unwrap() = item;
                    }
                    Step::Keep => kept.push((shared.clone(), plain.clone())),
                }
            }
            kept.push((shared, plain));
            for (shared, plain) in kept {
                prop_assert_eq!(shared.iter().copied().collect::<Vec<_>>(), plain.clone());
                prop_assert_eq!((shared.len(), shared.is_empty()), (plain.len(), plain.is_empty()));
                for index in 0..=plain.len() {
                    prop_assert_eq!(shared.get(index), plain.get(index));
                }
            }
        }

        #[test]
        fn a_place_in_a_sorted_list_is_found(mut items in prop::collection::vec(0u32..50, 0..900), sought in 0u32..50) {
            items.sort_unstable();
            let mut shared = SharedVec::default();
            for item in &items {
                shared.push(*item);
            }
            prop_assert_eq!(shared.partition_point(|item| *item < sought), items.partition_point(|item| *item < sought));
        }
    }

    #[test]
    fn what_differs_from_an_earlier_list_is_found() {
        let mut list = SharedVec::default();
        for item in 0..3 * CHUNK {
            list.push(item);
        }
        let kept = list.clone();
        assert_eq!(list.changes(&kept).count(), 0);
        for place in [0, CHUNK, 2 * CHUNK - 1] {
            *list.get_mut(place).unwrap() += 1;
        }
        *list.get_mut(2 * CHUNK).unwrap() += 0;
        list.push(7);
        let found: Vec<_> = list.changes(&kept).collect();
        let at = |index| (index, list.get(index).unwrap(), kept.get(index).unwrap());
        assert_eq!(found, [at(0), at(CHUNK), at(2 * CHUNK - 1)], "new items have been nothing before");
    }

    #[test]
    fn one_change_after_a_clone_copies_one_chunk() {
        let mut list = SharedVec::default();
        for item in 0..10 * CHUNK {
            list.push(item);
        }
        let kept = list.clone();
        *list.get_mut(5 * CHUNK).unwrap() = 0;
        let copied = list.chunks.iter().zip(&kept.chunks).filter(|(new, old)| !Arc::ptr_eq(new, old)).count();
        assert_eq!(copied, 1);
    }

    #[test]
    fn what_clones_share_is_divided_among_them() {
        let mut list = SharedVec::default();
        for item in 0..10 * CHUNK {
            list.push(item);
        }
        let alone = list.bytes();
        assert!((10 * CHUNK * size_of::<usize>()..12 * CHUNK * size_of::<usize>()).contains(&alone), "{alone}");
        let references = 10 * size_of::<Arc<Vec<usize>>>();
        let kept = list.clone();
        assert_eq!((list.bytes(), kept.bytes()), ((alone - references) / 2 + references, list.bytes()));
        *list.get_mut(0).unwrap() = 1;
        let copied = (alone - references) / 10;
        assert_eq!(
            list.bytes() + kept.bytes(),
            alone + references + copied,
            "one chunk more, and the references to all"
        );
    }
}
