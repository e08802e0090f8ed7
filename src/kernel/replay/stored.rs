//! The checkpoints of a replay, kept outside of the memory: run by run, each as what it differs in from another one.

use super::{
    super::{Clock, Rank, StateReader, StateWriter, Storable},
    CheckpointPolicy, Replay,
};

/// What a checkpoint is told from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    /// Nothing.
    Empty = 0,
    /// The one before.
    Before = 1,
    /// The one of the same rank along the other clock: the two orders mostly differ in little.
    Beside = 2,
}

/// A run of checkpoints as it was read last: those of the other clock, and of later runs, are told from it. Of an early
/// run it has more than are kept, where they lay closer together when it was written.
#[derive(Clone, Debug)]
pub struct ReadRun<P> {
    states: Vec<(Rank, P)>,
    /// The last one of each run before: where checkpoints lie further apart than a run is long, one is told from one that
    /// is several runs away.
    ends: Vec<(Rank, P)>,
}

impl<P> Default for ReadRun<P> {
    fn default() -> Self {
        Self { states: Vec::new(), ends: Vec::new() }
    }
}

impl<P> ReadRun<P> {
    /// One of this run.
    fn at(&self, rank: Rank) -> Option<&P> {
        let place = self.states.binary_search_by_key(&rank, |(at, _)| *at).ok()?;
        self.states.get(place).map(|(_, state)| state)
    }

    /// One of this run, or the last of an earlier one.
    fn before(&self, rank: Rank) -> Option<&P> {
        self.at(rank).or_else(|| {
            let place = self.ends.binary_search_by_key(&rank, |(at, _)| *at).ok()?;
            self.ends.get(place).map(|(_, state)| state)
        })
    }

    /// The next run begins.
    fn go_on(self) -> Self {
        let Self { states, mut ends } = self;
        ends.extend(states.into_iter().last());
        Self { states: Vec::new(), ends }
    }
}

impl<P: Storable> Replay<P> {
    /// The spacing of its checkpoints, for [`Replay::kept`].
    pub fn spacing(&self) -> u32 {
        self.spacing
    }

    /// The checkpoint at a rank, if there is one.
    fn checkpoint(&self, rank: Rank) -> Option<&P> {
        let index = (rank.get() / self.spacing).checked_sub(1)? as usize;
        self.checkpoints.get(index).filter(|_| rank.get().is_multiple_of(self.spacing))
    }

    /// Writes the checkpoints after `from`, up to `to`. Those of a long log are written run by run, from one rank to the
    /// next, and read in that order; those `beside` them along the other clock are written before.
    ///
    /// First the spacing, then how many there are, and each: 0 where it is told from nothing, 1 from the one before, 2 from
    /// the one beside it; and what [`Storable::write`] writes of it.
    pub fn write_run(&self, from: Rank, to: Rank, beside: Option<&Self>, out: &mut StateWriter) {
        let count = |rank: Rank| rank.get() / self.spacing;
        let run = count(from)..count(to).min(u32::try_from(self.checkpoints.len()).unwrap_or(u32::MAX));
        out.number(self.spacing.into());
        out.number(run.len() as u64);
        let mut before = run.start.checked_sub(1).and_then(|index| self.checkpoints.get(index as usize));
        for number in run {
            let rank = Rank::new((number + 1).saturating_mul(self.spacing));
            let Some(state) = self.checkpoint(rank) else { return };
            let beside = beside.and_then(|other| other.checkpoint(rank));
            let nothing = P::default();
            let (told, since) = match (beside, before) {
                (Some(beside), _) => (Since::Beside, beside),
                (None, Some(before)) => (Since::Before, before),
                (None, None) => (Since::Empty, &nothing),
            };
            out.number(told as u64);
            state.write(since, out);
            before = Some(state);
        }
    }

    /// Writes how far it has folded, and the state there.
    pub fn write_head(&self, out: &mut StateWriter) {
        out.number(self.head_rank.get().into());
        self.head.write(self.checkpoints.last().unwrap_or(&P::default()), out);
    }

    /// One that is to be read: its checkpoints had this spacing when they were written last. `None` where that cannot be.
    pub fn kept(clock: Clock, policy: CheckpointPolicy, spacing: u32) -> Option<Self> {
        let times = spacing.checked_div(policy.every.get())?;
        let is_one = times.is_power_of_two() && times.checked_mul(policy.every.get()) == Some(spacing);
        is_one.then(|| Self { spacing, ..Self::new(clock, policy) })
    }

    /// Adds the checkpoints that [`Replay::write_run`] has written of the run behind `run`; `before` is what this gave for
    /// the run before, and `beside` what it gave for this one along the other clock. `None` where that cannot be.
    pub fn read_run(
        &mut self,
        run: Rank,
        before: ReadRun<P>,
        beside: Option<&ReadRun<P>>,
        from: &mut StateReader<'_>,
    ) -> Option<ReadRun<P>> {
        let spacing = from.small().filter(|spacing| *spacing > 0)?;
        let mut read = before.go_on();
        let first = run.get() / spacing;
        for number in (first..).take(from.count()?) {
            let rank = Rank::new(number.checked_add(1)?.checked_mul(spacing)?);
            let state = match from.number()? {
                0 => P::read(&P::default(), from)?,
                1 => P::read(read.before(Rank::new(number.checked_mul(spacing)?))?, from)?,
                2 => P::read(beside?.at(rank)?, from)?,
                _ => return None,
            };
            if rank.get().is_multiple_of(self.spacing) {
                self.checkpoints.push(state.clone());
            }
            read.states.push((rank, state));
        }
        Some(read)
    }

    /// Reads what [`Replay::write_head`] has written, behind all runs; `None` where that cannot be, or a checkpoint is
    /// missing.
    pub fn read_head(&mut self, from: &mut StateReader<'_>) -> Option<()> {
        self.head_rank = Rank::new(from.small()?);
        self.head = P::read(self.checkpoints.last().unwrap_or(&P::default()), from)?;
        self.weigh();
        (self.checkpoints.len() == (self.head_rank.get() / self.spacing) as usize).then_some(())
    }
}
