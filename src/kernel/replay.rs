//! Replay: the state of a projection at any moment, from checkpoints, at a bounded cost.

mod stored;

pub use stored::ReadRun;

use super::{Clock, Facts, Projection, Rank};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// When checkpoints are taken, and how much of the memory they may have.
///
/// "A snapshot every 100 events" is `every: 100`. Once they would weigh more than there is room for, every second one is
/// dropped and the spacing doubles. So the cost of a seek stays at `every` events for as long as there is room: for a
/// small projection that is some millions of events. For one of thousands of accounts it grows to what `bytes_max`
/// allows, and no further than to where a checkpoint takes `bytes_per_event` for each event before the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointPolicy {
    /// The first spacing, in events.
    pub every: NonZeroU32,
    /// The most bytes that the checkpoints have together, by [`Projection::weight`]. One is kept, however large it is.
    pub bytes_max: usize,
    /// Where that is more, the most bytes for each event of the log: with it, a seek in a long log costs what it costs
    /// in a shorter one.
    pub bytes_per_event: u32,
}

impl CheckpointPolicy {
    /// How many bytes the checkpoints of so many events may have together.
    pub fn room(&self, events: Rank) -> usize {
        self.bytes_max.max(events.as_usize().saturating_mul(self.bytes_per_event as usize))
    }
}

impl Default for CheckpointPolicy {
    fn default() -> Self {
        Self { every: const { NonZeroU32::new(256).unwrap() }, bytes_max: 28 << 20, bytes_per_event: 16 }
    }
}

/// A projection along one clock: its state at the head, and checkpoints from which any earlier state is near.
#[derive(Clone, Debug)]
pub struct Replay<P> {
    clock: Clock,
    policy: CheckpointPolicy,
    spacing: u32,
    /// The state at rank `(index + 1) * spacing`.
    checkpoints: Vec<P>,
    /// What they weigh together, but for the last one: that still shares with the head what it will soon have for itself.
    bytes: usize,
    head: P,
    head_rank: Rank,
    /// Where the last question was answered: dragging and playing go on from here.
    cursor: Option<(Rank, P)>,
    folded: u32,
}

/// What lies between two checkpoints, while it is folded again: see [`Replay::begin_check`].
#[derive(Clone, Debug)]
pub struct Check<P> {
    /// The place of the checkpoint that it must come to, among all.
    index: usize,
    reached: Rank,
    end: Rank,
    state: P,
    /// What the replay was when it began.
    of: (u32, usize, Rank),
}

impl<P> Check<P> {
    /// How many events are still to be folded.
    pub fn left(&self) -> u32 {
        self.end.get().saturating_sub(self.reached.get())
    }
}

impl<P: Projection> Replay<P> {
    /// Nothing folded yet.
    pub fn new(clock: Clock, policy: CheckpointPolicy) -> Self {
        Self {
            clock,
            policy,
            spacing: policy.every.get(),
            checkpoints: Vec::new(),
            bytes: 0,
            head: P::default(),
            head_rank: Rank::ZERO,
            cursor: None,
            folded: 0,
        }
    }

    /// The same along another clock, whose order has been the same as far as this has folded.
    #[must_use]
    pub fn on(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The clock whose order it folds in.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// How far it has folded.
    pub fn reached(&self) -> Rank {
        self.head_rank
    }

    /// The state as far as it has folded.
    pub fn head(&self) -> &P {
        &self.head
    }

    /// How many checkpoints it holds.
    pub fn checkpoints(&self) -> usize {
        self.checkpoints.len()
    }

    /// What its checkpoints weigh together, by [`Projection::weight`]: at most the policy's room, or one checkpoint.
    pub fn checkpoint_bytes(&self) -> usize {
        self.bytes.saturating_add(self.checkpoints.last().map_or(0, Projection::weight))
    }

    /// The most events that [`Replay::state_at`] folds, once this has caught up.
    pub fn replay_max(&self) -> u32 {
        self.spacing
    }

    /// How many events the last [`Replay::state_at`] folded.
    pub fn folded(&self) -> u32 {
        self.folded
    }

    /// Folds up to `count` further events; returns whether it has reached the head. It stops before an event that is not
    /// in memory.
    pub fn catch_up(&mut self, facts: &impl Facts<Event = P::Event>, count: u32) -> bool {
        let goal = facts.head().min(self.head_rank.plus(count));
        while self.head_rank < goal {
            let border = (self.head_rank.get() / self.spacing).saturating_add(1).saturating_mul(self.spacing);
            let next = goal.min(Rank::new(border));
            let head = &mut self.head;
            self.head_rank = facts.visit(self.clock, self.head_rank, next, |recorded| head.apply(recorded));
            if self.head_rank < next {
                return false;
            }
            if next.get() == border {
                self.bytes = self.checkpoint_bytes();
                self.checkpoints.push(self.head.clone());
                self.thin_out();
            }
        }
        self.head_rank >= facts.head()
    }

    /// Forgets everything after `rank`: an event took a place there.
    ///
    /// What lies between the checkpoint before it and `rank` is folded again by the next [`Replay::catch_up`].
    pub fn rewind(&mut self, rank: Rank) {
        // The cursor may stand beyond the head, which an earlier rewind put back to a checkpoint.
        self.cursor = self.cursor.take().filter(|(at, _)| *at <= rank);
        if rank >= self.head_rank {
            return;
        }
        self.checkpoints.truncate((rank.get() / self.spacing) as usize);
        self.weigh();
        let (from, state) = self.nearest(rank);
        self.head = state;
        self.head_rank = from;
    }

    /// The state at `rank`; beyond what has been folded, the state there. Where an event on the way is not in memory it is
    /// the state before that one, and the next question goes on from there.
    pub fn state_at(&mut self, facts: &impl Facts<Event = P::Event>, rank: Rank) -> &P {
        self.folded = 0;
        if rank >= self.head_rank {
            return &self.head;
        }
        let checkpoint = Rank::new(rank.get() / self.spacing * self.spacing);
        let (from, mut state) = match self.cursor.take() {
            Some((at, state)) if at >= checkpoint && at <= rank => (at, state),
            _ => self.nearest(rank),
        };
        let reached = facts.visit(self.clock, from, rank, |recorded| state.apply(recorded));
        self.folded = reached.get().saturating_sub(from.get());
        let (_, state) = self.cursor.insert((reached, state));
        state
    }

    /// Begins to fold the events between two neighbouring checkpoints again, or between the last one and the head. `None`
    /// where there is no such checkpoint.
    pub fn begin_check(&self, index: usize) -> Option<Check<P>> {
        let rank = |count: usize| Rank::new(u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(self.spacing));
        let state = match index.checked_sub(1) {
            Some(before) => self.checkpoints.get(before)?.clone(),
            None => P::default(),
        };
        let end = if index < self.checkpoints.len() { rank(index + 1) } else { self.head_rank };
        Some(Check { index, reached: rank(index), end, state, of: self.extent() })
    }

    /// Folds up to `count` further events of a check; returns whether that comes to the same, once all are folded. `None`
    /// before, and where an event is not in memory. Where anything was folded since it began, there is nothing to compare.
    pub fn check_on(&self, facts: &impl Facts<Event = P::Event>, check: &mut Check<P>, count: u32) -> Option<bool>
    where
        P: PartialEq,
    {
        if check.of != self.extent() {
            return Some(true);
        }
        if check.end > facts.head() || check.reached > check.end {
            return Some(false);
        }
        let goal = check.end.min(check.reached.plus(count));
        check.reached = facts.visit(self.clock, check.reached, goal, |recorded| check.state.apply(recorded));
        (check.reached == check.end).then(|| check.state == *self.checkpoints.get(check.index).unwrap_or(&self.head))
    }

    /// What changes whenever its checkpoints or its head do.
    fn extent(&self) -> (u32, usize, Rank) {
        (self.spacing, self.checkpoints.len(), self.head_rank)
    }

    fn nearest(&self, rank: Rank) -> (Rank, P) {
        let count = (rank.get() / self.spacing) as usize;
        let kept = self.checkpoints.get(..count).unwrap_or(&self.checkpoints);
        match kept.last() {
            Some(state) => {
                (Rank::new(u32::try_from(kept.len()).unwrap_or(0).saturating_mul(self.spacing)), state.clone())
            }
            None => (Rank::ZERO, P::default()),
        }
    }

    fn thin_out(&mut self) {
        let room = self.policy.room(self.head_rank);
        if self.checkpoint_bytes() > room {
            // Those that were weighed earlier may share what they have with more by now.
            self.weigh();
        }
        while self.checkpoint_bytes() > room && self.checkpoints.len() > 1 {
            let mut index = 0usize;
            self.checkpoints.retain(|_| {
                index += 1;
                index.is_multiple_of(2)
            });
            self.spacing = self.spacing.saturating_mul(2);
            self.weigh();
        }
    }

    fn weigh(&mut self) {
        let all_but_last = self.checkpoints.split_last().map_or(&[][..], |(_, others)| others);
        self.bytes = all_but_last.iter().map(Projection::weight).fold(0, usize::saturating_add);
    }
}
