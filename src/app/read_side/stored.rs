//! The read side, kept outside of the memory: what a start begins from in place of the history.

use super::{Models, PerClock, ReadSide, policies};
use crate::{
    bank::{AccountEvent, Alerts, Balances, BankCodec, Postings, Sources},
    kernel::{
        Check, CheckpointPolicy, Clock, Codec as _, History, KeptIndex, Position, Projection, Rank, ReadRun, Replay,
        StateReader, StateWriter, Storable,
    },
};

/// A read side that is being read from what was kept of it.
#[derive(Debug)]
pub struct KeptReadSide {
    read: ReadSide,
    balances: ReadRuns<Balances>,
    sources: ReadRuns<Sources>,
    alerts: ReadRuns<Alerts>,
}

/// A part of what was kept, while it is compared with what happened: see [`ReadSide::begin_check`].
#[derive(Debug)]
pub enum PartCheck {
    /// The balances between two checkpoints.
    Balances(Clock, Check<Balances>),
    /// The totals by source.
    Sources(Clock, Check<Sources>),
    /// The alerts.
    Alerts(Clock, Check<Alerts>),
    /// The block at a place, with what is known of its events.
    Block(usize),
}

impl PartCheck {
    /// How many events are still to be folded.
    pub fn left(&self) -> u32 {
        match self {
            Self::Balances(_, check) => check.left(),
            Self::Sources(_, check) => check.left(),
            Self::Alerts(_, check) => check.left(),
            Self::Block(_) => 0,
        }
    }
}

/// How many events are folded again in one check of a fold, in the long run.
const CHECKED_EVENTS_MAX: u32 = 65_536;

/// The run that was read last, along each clock.
type ReadRuns<P> = [ReadRun<P>; 2];

impl ReadSide {
    /// Names all that is folded, with its revisions, and how events are read: what was kept by other code is not used.
    pub fn folds(codec: &BankCodec) -> String {
        fn fold<P: Projection>() -> String {
            format!("{} {}", P::NAME, P::REVISION)
        }
        let [balances, sources, alerts] = [fold::<Balances>(), fold::<Sources>(), fold::<Alerts>()];
        let postings = Postings::REVISION;
        format!("{balances}, {sources}, {alerts}, postings {postings}, events {}", codec.fingerprint())
    }

    /// Writes the index of the events behind `from`, up to `to`, and the checkpoints of all folds there, on either clock.
    pub fn write_run(&self, from: Position, to: Position) -> Vec<u8> {
        let mut out = StateWriter::default();
        self.history.write_run(from, to, &mut out);
        self.postings.write(from.as_usize(), to.as_usize(), &mut out);
        let (from, to) = (Rank::new(from.get()), Rank::new(to.get()));
        self.models.balances.write_run(from, to, &mut out);
        self.models.sources.write_run(from, to, &mut out);
        self.models.alerts.write_run(from, to, &mut out);
        out.into_bytes()
    }

    /// Writes the states of all folds at the head.
    pub fn write_heads(&self) -> Vec<u8> {
        let mut out = StateWriter::default();
        self.models.balances.write_head(&mut out);
        self.models.sources.write_head(&mut out);
        self.models.alerts.write_head(&mut out);
        out.into_bytes()
    }

    /// The spacings of all checkpoints, for [`KeptIndex::spacings`].
    pub fn spacings(&self) -> Vec<u32> {
        let Models { balances, sources, alerts } = &self.models;
        [balances.spacings(), sources.spacings(), alerts.spacings()].concat()
    }

    /// Whether every fold has reached the head, along both clocks.
    pub fn is_folded(&self) -> bool {
        let Models { balances, sources, alerts } = &self.models;
        let head = Rank::new(self.history.head().get());
        [balances.reached(), sources.reached(), alerts.reached()].iter().all(|reached| *reached >= head)
    }

    /// The last rank, on either clock, up to which all that could be kept is what it was when this was asked last.
    pub fn take_changed_from(&mut self) -> Rank {
        std::mem::replace(&mut self.changed_from, Rank::new(u32::MAX))
    }

    /// How many checks there are of a part: of a block, and of three folds along two clocks.
    pub const CHECKS: u32 = 7;

    /// Begins to read the events of a block again, or to fold those between two checkpoints again. `check` says which check
    /// it is, `part` which block or checkpoint, and may be any number. `None` where there is nothing to check, or that would
    /// take long and its turn has not come.
    pub fn begin_check(&self, check: u32, part: u32) -> Option<PartCheck> {
        let Models { balances, sources, alerts } = &self.models;
        let clock = if check.is_multiple_of(2) { Clock::Recorded } else { Clock::Occurred };
        match check / 2 {
            0 => balances.begin_check(clock, part).map(|check| PartCheck::Balances(clock, check)),
            1 => sources.begin_check(clock, part).map(|check| PartCheck::Sources(clock, check)),
            2 => alerts.begin_check(clock, part).map(|check| PartCheck::Alerts(clock, check)),
            _ => (part as usize).checked_rem(self.history.blocks().len()).map(PartCheck::Block),
        }
    }

    /// Goes on with a check by up to `count` events, or with a whole block; returns whether all comes to what is known.
    /// `None` where that is not all yet, or a block is needed that is not in memory.
    pub fn check_on(&self, check: &mut PartCheck, count: u32) -> Option<bool> {
        let (history, Models { balances, sources, alerts }) = (&self.history, &self.models);
        match check {
            PartCheck::Balances(clock, check) => balances.look_along(*clock)?.check_on(history, check, count),
            PartCheck::Sources(clock, check) => sources.look_along(*clock)?.check_on(history, check, count),
            PartCheck::Alerts(clock, check) => alerts.look_along(*clock)?.check_on(history, check, count),
            PartCheck::Block(place) => {
                let header = history.blocks().get(*place)?.header();
                let is_noted = self.postings.check(history, header.first.previous(), header.last())?;
                Some(is_noted && history.check_block(*place)?)
            }
        }
    }
}

impl KeptReadSide {
    /// Nothing of it is read yet; `None` where it cannot be what was kept.
    pub fn of(codec: BankCodec, index: &KeptIndex) -> Option<Self> {
        let &[balances, other_balances, sources, other_sources, alerts, other_alerts] = &*index.spacings else {
            return None;
        };
        let [policy, sparse, seldom] = policies();
        let mut read = ReadSide::new(codec);
        read.models = Models {
            balances: PerClock::kept(policy, [balances, other_balances])?,
            sources: PerClock::kept(sparse, [sources, other_sources])?,
            alerts: PerClock::kept(seldom, [alerts, other_alerts])?,
        };
        let (balances, sources, alerts) = Default::default();
        Some(Self { read, balances, sources, alerts })
    }

    /// Adds what [`ReadSide::write_run`] has written of the run that follows; `None` where that cannot be: then this is of
    /// no use any more.
    pub fn read_run(&mut self, bytes: &[u8]) -> Option<()> {
        let mut from = StateReader::over(bytes);
        let ReadSide { history, postings, models, .. } = &mut self.read;
        let run = history.timeline(Clock::Recorded).len();
        history.read_run(&mut from)?;
        postings.read(&mut from)?;
        models.balances.read_run(run, &mut self.balances, &mut from)?;
        models.sources.read_run(run, &mut self.sources, &mut from)?;
        models.alerts.read_run(run, &mut self.alerts, &mut from)?;
        from.is_empty().then_some(())
    }

    /// The whole, once the states at the head are read; `None` where they are not of the end that the runs come to, or that
    /// is not the one of `index`.
    pub fn finish(mut self, heads: &[u8], index: &KeptIndex) -> Option<ReadSide> {
        let mut from = StateReader::over(heads);
        let ReadSide { history, postings, models, .. } = &mut self.read;
        models.balances.read_head(history, &mut from)?;
        models.sources.read_head(history, &mut from)?;
        models.alerts.read_head(history, &mut from)?;
        let is_right = from.is_empty()
            && history.is_complete()
            && history.tail() == index.tail
            && postings.len() == history.head().as_usize()
            && self.read.is_folded();
        self.read.changed_from = Rank::new(u32::MAX);
        is_right.then_some(self.read)
    }
}

impl<P: Storable<Event = AccountEvent> + PartialEq> PerClock<P> {
    /// The spacings along both clocks; 0 along the second where both have the same order.
    fn spacings(&self) -> [u32; 2] {
        [self.recorded.spacing(), self.occurred.as_ref().map_or(0, Replay::spacing)]
    }

    fn kept(policy: CheckpointPolicy, [recorded, occurred]: [u32; 2]) -> Option<Self> {
        let recorded = Replay::kept(Clock::Recorded, policy, recorded)?;
        let occurred = match occurred {
            0 => None,
            spacing => Some(Replay::kept(Clock::Occurred, policy, spacing)?),
        };
        Some(Self { recorded, occurred })
    }

    fn replays(&self) -> impl Iterator<Item = &Replay<P>> {
        std::iter::once(&self.recorded).chain(&self.occurred)
    }

    fn replays_mut(&mut self) -> impl Iterator<Item = &mut Replay<P>> {
        std::iter::once(&mut self.recorded).chain(&mut self.occurred)
    }

    fn reached(&self) -> Rank {
        self.replays().map(Replay::reached).min().unwrap_or_default()
    }

    fn write_run(&self, from: Rank, to: Rank, out: &mut StateWriter) {
        self.recorded.write_run(from, to, None, out);
        if let Some(occurred) = &self.occurred {
            occurred.write_run(from, to, Some(&self.recorded), out);
        }
    }

    fn write_head(&self, out: &mut StateWriter) {
        self.replays().for_each(|replay| replay.write_head(out));
    }

    fn read_run(&mut self, run: Rank, read: &mut ReadRuns<P>, from: &mut StateReader<'_>) -> Option<()> {
        let [recorded, occurred] = read;
        *recorded = self.recorded.read_run(run, std::mem::take(recorded), None, from)?;
        if let Some(replay) = &mut self.occurred {
            *occurred = replay.read_run(run, std::mem::take(occurred), Some(recorded), from)?;
        }
        Some(())
    }

    fn read_head(&mut self, history: &History<BankCodec>, from: &mut StateReader<'_>) -> Option<()> {
        self.replays_mut().try_for_each(|replay| replay.read_head(from))?;
        let is_one_order = history.timeline(Clock::Occurred).is_as_recorded();
        (is_one_order == self.occurred.is_none()).then_some(())
    }

    fn look_along(&self, clock: Clock) -> Option<&Replay<P>> {
        match clock {
            Clock::Recorded => Some(&self.recorded),
            Clock::Occurred => self.occurred.as_ref(),
        }
    }

    fn begin_check(&self, clock: Clock, part: u32) -> Option<Check<P>> {
        let replay = self.look_along(clock)?;
        let parts = u32::try_from(replay.checkpoints()).unwrap_or(u32::MAX).saturating_add(1);
        let check = replay.begin_check((part % parts) as usize)?;
        // The longer it is, the more seldom it is done.
        let times = check.left() / CHECKED_EVENTS_MAX + 1;
        (part / parts).is_multiple_of(times).then_some(check)
    }
}
