//! One account's history: each event with the balance it left, in the order of a clock.

use super::{BankCodec, EventKind, Posting, Postings};
use crate::kernel::{Clock, History, PackedColumn, Position, StreamEntry, StreamId, Timestamp, Version};
use chrono::NaiveDate;

/// An account's events in the order of a clock, with running balances, and what a chart of it needs.
///
/// It goes on with what the account's stream gains, so that one more event of a million costs one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountHistory {
    clock: Clock,
    entries: Entries,
    /// The lowest and highest balance of each run of [`RUN`] entries, then of each run of those, and so on.
    extremes: Vec<Vec<(i64, i64)>>,
    /// How many of the stream's events are counted: foreign ones have no entry.
    counted: usize,
    /// The last of them.
    last: Option<Position>,
    /// The version of the account's first opening; zero while it has none.
    opening: Version,
    /// Among how many of the stream's events that was looked for.
    looked_at: usize,
    overdraft_limit: i64,
}

/// One event of an account. By how much it changed the balance, says [`AccountHistory::change`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the log.
    pub position: Position,
    /// Its time on the history's clock.
    pub at: Timestamp,
    /// The balance after it, in minor units.
    pub balance: i64,
    /// What happened.
    pub kind: EventKind,
    /// Whether it moved money at all.
    pub moves_money: bool,
    /// Whether the balance after it lies beyond the agreed overdraft: a fact that breaks a rule.
    pub beyond_limit: bool,
}

/// The entries of an account, the first event first. A busy account has a million of them, so they are packed: some 10
/// bytes each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    positions: PackedColumn,
    /// Microseconds.
    times: PackedColumn,
    balances: PackedColumn,
    marks: Vec<Mark>,
}

/// What an entry says beside its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    kind: EventKind,
    moves_money: bool,
    beyond_limit: bool,
}

impl Entries {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The entry at an index.
    pub fn get(&self, index: usize) -> Option<Entry> {
        let Mark { kind, moves_money, beyond_limit } = *self.marks.get(index)?;
        Some(Entry {
            position: Position::new(u32::try_from(self.positions.get(index)?).ok()?),
            at: self.at(index)?,
            balance: self.balance(index)?,
            kind,
            moves_money,
            beyond_limit,
        })
    }

    /// The last one.
    pub fn last(&self) -> Option<Entry> {
        self.get(self.len().checked_sub(1)?)
    }

    /// All of them.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Entry> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// What kinds of events they are, in their order.
    pub fn kinds(&self) -> impl ExactSizeIterator<Item = EventKind> {
        self.marks.iter().map(|mark| mark.kind)
    }

    /// When the entry at an index was, on the history's clock.
    pub fn at(&self, index: usize) -> Option<Timestamp> {
        self.times.get(index).map(Timestamp::from_micros)
    }

    /// How many entries lie before an instant.
    pub fn count_before(&self, instant: Timestamp) -> usize {
        self.times.partition_point(|micros| micros < instant.as_micros())
    }

    /// How many positions come before the first for which `is_before` is false, where all that satisfy it come first.
    pub fn count_while(&self, is_before: impl Fn(Position) -> bool) -> usize {
        let position = |number: i64| Position::new(u32::try_from(number).unwrap_or(u32::MAX));
        self.positions.partition_point(|number| is_before(position(number)))
    }

    /// The balance after the entry at an index, as the lowest and the highest.
    fn both(&self, index: usize) -> Option<(i64, i64)> {
        self.balance(index).map(|balance| (balance, balance))
    }

    /// The balance after the entry at an index.
    pub fn balance(&self, index: usize) -> Option<i64> {
        self.balances.get(index)
    }

    /// Room for all of them at first, and then by parts: what grows by doubling is half empty.
    fn make_room(&mut self, count: usize) {
        if self.marks.capacity() < count {
            let room = if self.is_empty() { count } else { count + count / 16 };
            self.marks.reserve_exact(room - self.marks.len());
        }
    }

    fn push(&mut self, entry: Entry) {
        let Entry { position, at, balance, kind, moves_money, beyond_limit } = entry;
        self.positions.push(i64::from(position.get()));
        self.times.push(at.as_micros());
        self.balances.push(balance);
        self.marks.push(Mark { kind, moves_money, beyond_limit });
    }
}

const RUN: usize = 32;

impl AccountHistory {
    /// Of no event yet, in the order of a clock.
    pub fn new(clock: Clock) -> Self {
        Self { clock, ..Self::default() }
    }

    /// Folds the whole stream, in the order of a clock; the history's events are in memory.
    pub fn of(history: &History<BankCodec>, id: StreamId, clock: Clock) -> Self {
        let (mut folded, mut postings) = (Self::new(clock), Postings::default());
        postings.extend(history);
        folded.extend(history, &postings, id, usize::MAX);
        folded
    }

    /// Whether it counts all events of the stream.
    pub fn is_whole(&self, history: &History<BankCodec>, id: StreamId) -> bool {
        history.stream(id).map_or(0, |entry| entry.version().as_usize()) == self.counted
    }

    /// Folds up to `count` further events of the stream; returns whether that is all of them. Where an event took its
    /// place before those that are counted, it begins anew.
    pub fn extend(&mut self, history: &History<BankCodec>, postings: &Postings, id: StreamId, count: usize) -> bool {
        let Some(stream) = history.stream(id) else { return true };
        let positions = stream.positions(self.clock);
        let is_continued = self.counted == 0 || positions.get(self.counted - 1).copied() == self.last;
        let is_opened_now = self.look_for_opening(stream, postings);
        if !is_continued || is_opened_now {
            *self = Self { opening: self.opening, looked_at: self.looked_at, ..Self::new(self.clock) };
        }
        let end = positions.len().min(self.counted.saturating_add(count));
        let changed = self.entries.len();
        self.entries.make_room(positions.len());
        let timeline = history.timeline(self.clock);
        let in_order = std::ptr::eq(positions, stream.positions(Clock::Recorded));
        let fresh = positions.get(self.counted..end).unwrap_or_default();
        for (position, place) in fresh.iter().zip(self.counted + 1..) {
            let version = match u32::try_from(place) {
                Ok(place) if in_order => Version::new(place),
                Ok(_) | Err(_) => stream.version_at(*position),
            };
            if let (Some(posting), Some(at)) = (postings.get(*position), timeline.time_of(*position)) {
                self.push(*position, version, at, &posting);
            }
        }
        self.counted = end;
        self.last = end.checked_sub(1).and_then(|last| positions.get(last).copied());
        self.find_extremes(changed);
        end == positions.len()
    }

    /// Looks for the opening among the events that are new; returns whether it was found there.
    fn look_for_opening(&mut self, stream: &StreamEntry, postings: &Postings) -> bool {
        let positions = stream.positions(Clock::Recorded);
        let fresh = positions.get(self.looked_at..).filter(|_| self.opening == Version::ZERO).unwrap_or_default();
        let is_opening =
            |position: &&Position| postings.get(**position).is_some_and(|posting| posting.kind == EventKind::Opened);
        let found = fresh.iter().find(is_opening).map(|position| stream.version_at(*position));
        self.opening = found.unwrap_or(self.opening);
        self.looked_at = positions.len();
        found.is_some()
    }

    fn push(&mut self, position: Position, version: Version, at: Timestamp, posting: &Posting) {
        // What was recorded before the opening is a fact of an account that there was not, and a second opening changes
        // nothing.
        let counts = match posting.kind {
            EventKind::Opened => version == self.opening,
            _ => version > self.opening,
        };
        let change = if counts { posting.change } else { 0 };
        let balance = self.balance_after(self.entries.len()).saturating_add(change);
        self.overdraft_limit = posting.limit.unwrap_or(self.overdraft_limit);
        self.entries.push(Entry {
            position,
            at,
            balance,
            kind: posting.kind,
            moves_money: posting.moves_money(),
            beyond_limit: change < 0 && balance < self.overdraft_limit.saturating_neg(),
        });
    }

    /// Brings the extremes up to date after the entries from `changed` on are new.
    fn find_extremes(&mut self, changed: usize) {
        let mut start = changed / RUN;
        let entries = &self.entries;
        let runs = (start * RUN..entries.len()).step_by(RUN).map(|first| first..(first + RUN).min(entries.len()));
        let fresh = runs.filter_map(|run| extremes_of(run.filter_map(|index| entries.both(index))));
        let mut level = self.extremes.first_mut().map(std::mem::take).unwrap_or_default();
        level.truncate(start);
        level.extend(fresh);
        let mut depth = 0;
        loop {
            let is_top = level.len() <= 1;
            start /= RUN;
            let next = self.extremes.get_mut(depth + 1).map(std::mem::take).unwrap_or_default();
            let next = (!is_top).then(|| {
                let fresh = level.get(start * RUN..).unwrap_or_default().chunks(RUN);
                let kept = next.into_iter().take(start);
                kept.chain(fresh.filter_map(|run| extremes_of(run.iter().copied()))).collect::<Vec<_>>()
            });
            match self.extremes.get_mut(depth) {
                Some(slot) => *slot = level,
                None => self.extremes.push(level),
            }
            depth += 1;
            let Some(next) = next else { break };
            level = next;
        }
        self.extremes.truncate(depth);
    }

    /// The clock whose order it has.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// All entries, the first event first.
    pub fn entries(&self) -> &Entries {
        &self.entries
    }

    /// How many entries lie at or before an instant of the history's clock.
    pub fn count_at(&self, instant: Timestamp) -> usize {
        self.entries.times.partition_point(|micros| micros <= instant.as_micros())
    }

    /// The balance after the first `count` entries.
    pub fn balance_after(&self, count: usize) -> i64 {
        count.checked_sub(1).and_then(|index| self.entries.balance(index)).unwrap_or(0)
    }

    /// By how much the entry at `index` changed the balance, in minor units.
    pub fn change(&self, index: usize) -> i64 {
        self.balance_after(index.saturating_add(1)).saturating_sub(self.balance_after(index))
    }

    /// The balance at the end of each day on which something happened, the first day first; `day_of` says on which day
    /// an instant lies.
    pub fn closing_balances(&self, day_of: impl Fn(Timestamp) -> NaiveDate) -> Vec<(NaiveDate, i64)> {
        let mut closing: Vec<(NaiveDate, i64)> = Vec::new();
        for entry in self.entries.iter() {
            let day = day_of(entry.at);
            match closing.last_mut() {
                Some((last, balance)) if *last == day => *balance = entry.balance,
                Some(_) | None => closing.push((day, entry.balance)),
            }
        }
        closing
    }

    /// The lowest and the highest balance left by the entries `from ≤ index < to`, exactly; `None` where there are
    /// none. Costs O(log n).
    pub fn extremes(&self, from: usize, to: usize) -> Option<(i64, i64)> {
        let (mut from, mut to) = (from, to.min(self.entries.len()));
        let mut found: Option<(i64, i64)> = None;
        let mut take = |low: i64, high: i64| {
            found = Some(found.map_or((low, high), |(a, b): (i64, i64)| (a.min(low), b.max(high))));
        };
        while from < to && (from % RUN != 0 || to - from < RUN) {
            if let Some(balance) = self.entries.balance(from) {
                take(balance, balance);
            }
            from += 1;
        }
        while from < to && to % RUN != 0 {
            to -= 1;
            if let Some(balance) = self.entries.balance(to) {
                take(balance, balance);
            }
        }
        let (mut from, mut to) = (from / RUN, to / RUN);
        for level in &self.extremes {
            while from < to && (from % RUN != 0 || to - from < RUN) {
                if let Some((low, high)) = level.get(from) {
                    take(*low, *high);
                }
                from += 1;
            }
            while from < to && to % RUN != 0 {
                to -= 1;
                if let Some((low, high)) = level.get(to) {
                    take(*low, *high);
                }
            }
            (from, to) = (from / RUN, to / RUN);
        }
        found
    }
}

fn extremes_of(values: impl Iterator<Item = (i64, i64)>) -> Option<(i64, i64)> {
    values.reduce(|(low, high), (other_low, other_high)| (low.min(other_low), high.max(other_high)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn history_of(balances: &[i64]) -> AccountHistory {
        let mut history = AccountHistory::new(Clock::Recorded);
        add(&mut history, balances);
        history
    }

    /// Adds entries, the nth of them n microseconds after 1970.
    fn add(history: &mut AccountHistory, balances: &[i64]) {
        let before = history.entries.len();
        for (balance, n) in balances.iter().zip(u32::try_from(before).unwrap() + 1..) {
            history.entries.push(Entry {
                position: Position::new(n),
                at: Timestamp::from_micros(i64::from(n)),
                balance: *balance,
                kind: EventKind::Deposited,
                moves_money: true,
                beyond_limit: false,
            });
        }
        history.find_extremes(before);
    }

    #[test]
    fn a_day_closes_with_its_last_balance() {
        let day = |number| NaiveDate::from_num_days_from_ce_opt(number).unwrap();
        // Two entries a day: the times of the entries are 1, 2, 3 … microseconds.
        let two_a_day = |at: Timestamp| day(i32::try_from((at.as_micros() + 1) / 2).unwrap());
        let history = history_of(&[5, 7, -3, 4, 9]);
        assert_eq!(history.closing_balances(two_a_day), [(day(1), 7), (day(2), 4), (day(3), 9)]);
        assert_eq!(history_of(&[]).closing_balances(two_a_day), []);
    }

    #[test]
    fn an_entry_changes_the_balance_by_the_way_from_the_one_before() {
        let history = history_of(&[5, 7, -3, i64::MIN]);
        let changes: Vec<i64> = (0..4).map(|index| history.change(index)).collect();
        assert_eq!(changes, [5, 2, -10, i64::MIN + 3]);
        assert_eq!(history_of(&[]).change(0), 0);
    }

    proptest! {
        #[test]
        fn extremes_are_those_of_every_entry_in_between(balances in prop::collection::vec(-1000i64..1000, 0..2500), ends in prop::array::uniform2(0usize..2600)) {
            let history = history_of(&balances);
            let (from, to) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
            let slice = &balances[from.min(balances.len())..to.min(balances.len())];
            let naive = slice.iter().min().copied().zip(slice.iter().max().copied());
            prop_assert_eq!(history.extremes(from, to), naive);
        }

        #[test]
        fn extremes_that_grow_are_those_found_at_once(balances in prop::collection::vec(-1000i64..1000, 0..2500), cuts in prop::collection::vec(0usize..2500, 0..6)) {
            let whole = history_of(&balances);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(balances.len())).chain([balances.len()]).collect();
            cuts.sort_unstable();
            let mut grown = history_of(&[]);
            for cut in cuts {
                let before = grown.entries.len();
                add(&mut grown, &balances[before..cut]);
            }
            prop_assert_eq!(grown, whole);
        }
    }
}
