//! Timelines: the same events in the order of a clock.

use super::{PackedColumn, Position, StateReader, StateWriter, Timestamp, version::counter};
use serde::{Deserialize, Serialize};

/// Which of an event's two times orders the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// When it was appended: the order of positions.
    #[default]
    Recorded,
    /// When it happened, then position: a back-dated event takes its place.
    Occurred,
}

counter! {
    /// 1-based number of an event in the order of a clock; [`Rank::ZERO`] is before everything.
    ///
    /// On the recorded clock it is the event's position.
    Rank
}

/// The order that one clock gives a log. Looking up costs O(log n).
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// The time of each position, in microseconds.
    times: PackedColumn,
    /// The position at each rank; `None` while every rank is its own position.
    order: Option<Vec<Position>>,
}

impl Timeline {
    /// How many events it orders.
    pub fn len(&self) -> Rank {
        rank(self.times.len())
    }

    /// Whether it orders none.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Whether its order is that of the log: no event was dated back behind another.
    pub fn is_as_recorded(&self) -> bool {
        self.order.is_none()
    }

    /// Adds the events that follow in the log, by their times on this clock.
    ///
    /// ```
    /// # use annals::kernel::{Position, Rank, Timeline, Timestamp};
    /// let day = |day: i64| Timestamp::from_micros(day * Timestamp::MICROS_PER_DAY);
    /// let mut timeline = Timeline::default();
    /// timeline.extend(&[day(1), day(3)]);
    /// assert_eq!(timeline.extend(&[day(2)]), Rank::new(1), "the first event kept its rank");
    /// assert_eq!(timeline.position_at(Rank::new(2)), Some(Position::new(3)));
    /// ```
    ///
    /// Returns the last rank that kept its event: the length before, or less where an event took an earlier place.
    pub fn extend(&mut self, times: &[Timestamp]) -> Rank {
        let before = self.times.len();
        for time in times {
            self.times.push(time.as_micros());
        }
        self.give_places(before)
    }

    /// Gives the events behind the first `before` their places in the order.
    fn give_places(&mut self, before: usize) -> Rank {
        let times = &self.times;
        let time_of = |position: Position| position.index().and_then(|index| times.get(index));
        let latest = match &self.order {
            Some(order) => order.last().copied().and_then(time_of),
            None => before.checked_sub(1).and_then(|last| times.get(last)),
        };
        let added = || (before + 1..=times.len()).map(position);
        if added().map(time_of).is_sorted() && added().next().is_none_or(|first| time_of(first) >= latest) {
            if let Some(order) = &mut self.order {
                order.extend(added());
            }
            return rank(before);
        }
        let mut order = self.order.take().unwrap_or_else(|| (1..).take(before).map(position).collect());
        let mut added: Vec<(Option<i64>, Position)> = added().map(|position| (time_of(position), position)).collect();
        added.sort_by_key(|(time, _)| *time);
        // Older events come first where times are equal, so each stands behind the last time not above its own, and the
        // kept part ends where the earliest one stands.
        let place = |time: Option<i64>| order.partition_point(|other| time_of(*other) <= time);
        let places: Vec<usize> = added.iter().map(|(time, _)| place(*time)).collect();
        let kept = places.first().copied().unwrap_or(before);
        interleave(&mut order, added.iter().map(|(_, position)| *position), &places);
        self.order = Some(order);
        rank(kept)
    }

    /// Writes the times of the events behind the first `from`, up to the first `to`; `from` is a multiple of
    /// [`PackedColumn::CHUNK`].
    pub(super) fn write(&self, from: usize, to: usize, out: &mut StateWriter) {
        self.times.write(from, to, out);
    }

    /// Adds what [`Timeline::write`] has written; `None` where that cannot be read.
    pub(super) fn read(&mut self, from: &mut StateReader<'_>) -> Option<()> {
        let before = self.times.len();
        self.times.read(from)?;
        self.give_places(before);
        Some(())
    }

    /// Adds times that lie before those which another timeline has behind the last one here, each by how much `lags` says;
    /// `None` where there are not as many of them.
    pub(super) fn extend_behind(&mut self, other: &Self, lags: &PackedColumn) -> Option<()> {
        let before = self.times.len();
        if other.times.len() != before.checked_add(lags.len())? {
            return None;
        }
        for index in 0..lags.len() {
            self.times.push(other.times.get(before + index)?.checked_sub(lags.get(index)?)?);
        }
        self.give_places(before);
        Some(())
    }

    /// The event at a rank; `None` for rank zero and beyond the end.
    pub fn position_at(&self, rank: Rank) -> Option<Position> {
        let index = rank.index()?;
        match &self.order {
            Some(order) => order.get(index).copied(),
            None => self.times.get(index).map(|_| Position::new(rank.get())),
        }
    }

    /// The time at a rank; `None` for rank zero and beyond the end.
    pub fn time_at(&self, rank: Rank) -> Option<Timestamp> {
        self.time_of(self.position_at(rank)?)
    }

    /// The times of the events behind `after`, up to `up_to`, in the order of positions and in microseconds, in place of what
    /// is in the list.
    pub(super) fn times_between(&self, after: Position, up_to: Position, list: &mut Vec<i64>) {
        list.clear();
        self.times.copy(after.as_usize(), up_to.as_usize(), list);
    }

    /// The time of an event on this clock; `None` where there is none.
    pub fn time_of(&self, position: Position) -> Option<Timestamp> {
        self.times.get(position.index()?).map(Timestamp::from_micros)
    }

    /// The rank of an event; [`Rank::ZERO`] where there is none.
    pub fn rank_of(&self, position: Position) -> Rank {
        let Some(time) = self.time_of(position) else { return Rank::ZERO };
        let Some(order) = &self.order else { return Rank::new(position.get()) };
        let place = |other: Position| (self.time_of(other), other);
        rank(order.partition_point(|other| place(*other) < (Some(time), position)) + 1)
    }

    /// How many events had happened at an instant, those of the instant counted: the rank to stand at.
    pub fn rank_at(&self, instant: Timestamp) -> Rank {
        self.rank_before(|time| time <= instant)
    }

    /// How many events lie in `from ≤ time < to`.
    pub fn count_between(&self, from: Timestamp, to: Timestamp) -> u32 {
        let before = |instant: Timestamp| self.rank_before(|time| time < instant).get();
        before(to).saturating_sub(before(from))
    }

    /// The times of the first and the last event; `None` where there are no events.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.time_at(Rank::FIRST)?, self.time_at(self.len())?))
    }

    /// The last rank whose time satisfies `is_before`, where those that satisfy it come first.
    fn rank_before(&self, is_before: impl Fn(Timestamp) -> bool) -> Rank {
        rank(match &self.order {
            Some(order) => order.partition_point(|position| self.time_of(*position).is_some_and(&is_before)),
            None => self.times.partition_point(|micros| is_before(Timestamp::from_micros(micros))),
        })
    }
}

/// Puts `added` among `items`, each behind as many of them as `places` says; places rise. What has to make room is moved
/// once, in runs, however many are added.
pub(super) fn interleave<T: Copy + Default>(
    items: &mut Vec<T>,
    added: impl DoubleEndedIterator<Item = T> + ExactSizeIterator,
    places: &[usize],
) {
    let mut end = items.len();
    items.resize(end + places.len(), T::default());
    for (before, (item, place)) in added.zip(places).enumerate().rev() {
        items.copy_within(*place..end, place + before + 1);
        if let Some(slot) = items.get_mut(place + before) {
            *slot = item;
        }
        end = *place;
    }
}

fn rank(count: usize) -> Rank {
    Rank::new(u32::try_from(count).unwrap_or(u32::MAX))
}

fn position(number: usize) -> Position {
    Position::new(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * Timestamp::MICROS_PER_SECOND)
    }

    fn positions(timeline: &Timeline) -> Vec<u32> {
        (1..=timeline.len().get()).map(|n| timeline.position_at(Rank::new(n)).unwrap().get()).collect()
    }

    #[test]
    fn a_back_dated_event_takes_its_place_behind_those_of_the_same_time() {
        let mut timeline = Timeline::default();
        assert_eq!(timeline.extend(&[at(1), at(2), at(2), at(5)]), Rank::ZERO);
        assert_eq!(timeline.extend(&[at(2)]), Rank::new(3));
        assert_eq!(positions(&timeline), [1, 2, 3, 5, 4]);
        assert_eq!(timeline.extend(&[at(9)]), Rank::new(5), "one that is later than all moves nothing");
        assert_eq!(timeline.rank_of(Position::new(5)), Rank::new(4));
        assert_eq!(timeline.rank_at(at(2)), Rank::new(4));
        assert_eq!(timeline.count_between(at(2), at(5)), 3);
        assert_eq!(timeline.position_at(Rank::ZERO), None);
        assert_eq!((timeline.rank_of(Position::ZERO), timeline.rank_of(Position::new(7))), (Rank::ZERO, Rank::ZERO));
    }

    proptest! {
        #[test]
        fn any_way_of_adding_gives_the_order_of_a_naive_sort(parts in prop::collection::vec(prop::collection::vec(0i64..20, 0..8), 0..8)) {
            let mut timeline = Timeline::default();
            let mut all: Vec<(i64, u32)> = Vec::new();
            for part in parts {
                let before = positions(&timeline);
                for time in &part {
                    all.push((*time, u32::try_from(all.len()).unwrap() + 1));
                }
                let kept = timeline.extend(&part.iter().map(|time| at(*time)).collect::<Vec<_>>()).as_usize();
                prop_assert_eq!(&before[..kept], &positions(&timeline)[..kept], "the part said to be kept is kept");
            }
            let mut naive = all.clone();
            naive.sort_unstable();
            prop_assert_eq!(positions(&timeline), naive.iter().map(|(_, position)| *position).collect::<Vec<_>>());
            for (rank, (time, position)) in naive.iter().enumerate() {
                prop_assert_eq!(timeline.time_of(Position::new(*position)), Some(at(*time)));
                prop_assert_eq!(timeline.rank_of(Position::new(*position)).as_usize(), rank + 1);
            }
            for instant in -1..21 {
                prop_assert_eq!(timeline.rank_at(at(instant)).as_usize(), naive.iter().filter(|(time, _)| *time <= instant).count());
            }
        }
    }
}
