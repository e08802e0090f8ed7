/// The rows in the page, from the top: which one each is, and what it shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pool<K> {
    rows: Vec<(u32, K)>,
    /// The number of the row that was made last.
    next: u32,
}

impl<K: PartialEq> Pool<K> {
    /// Rows that show `keys`. Where most of them are new, rows that are there are written again, from the top, and none
    /// is made or moved; where few are, what stays in view stays in its row, and what is new gets rows of its own. Rows
    /// `can_be_lent` unless the keyboard is at one: it must not show something else of a sudden.
    pub(super) fn after(before: Option<&Self>, keys: Vec<K>, can_be_lent: impl FnOnce() -> bool) -> Self {
        let old = before.map(|pool| pool.rows.as_slice()).unwrap_or_default();
        let mut slots: Vec<Option<u32>> = Vec::with_capacity(keys.len());
        for key in &keys {
            let same = old.iter().find(|(slot, shown)| shown == key && !slots.contains(&Some(*slot)));
            slots.push(same.map(|(slot, _)| *slot));
        }
        if slots.iter().flatten().count() * 2 < keys.len() && can_be_lent() {
            slots = old.iter().map(|(slot, _)| Some(*slot)).chain(std::iter::repeat(None)).take(keys.len()).collect();
        }
        let mut next = before.map_or(0, |pool| pool.next);
        let mut made = || {
            next = next.wrapping_add(1);
            next
        };
        let rows = slots.into_iter().zip(keys).map(|(slot, key)| (slot.unwrap_or_else(&mut made), key)).collect();
        Self { rows, next }
    }

    /// The rows from the top.
    pub(super) fn slots(&self) -> Vec<u32> {
        self.rows.iter().map(|(slot, _)| *slot).collect()
    }

    /// What a row shows; `None` for one that is not in the page any more.
    pub(super) fn shown(&self, slot: u32) -> Option<&K> {
        self.rows.iter().find(|(other, _)| *other == slot).map(|(_, key)| key)
    }
}
