//! The read side: the history and everything folded from it, for any moment.

use super::{Moment, Playhead, Progress};
use crate::{
    bank::{Account, AccountHistory, AccountState, Alert, Alerts, Balances, BankCodec, Sources},
    kernel::{
        Aggregate as _, Block, BlockError, CheckpointPolicy, Clock, History, Kept, Projection, Rank, Replay, StreamId,
        StreamName, Version,
    },
};
use std::rc::Rc;

/// A history with its read models, current to its head.
#[derive(Debug)]
pub struct ReadSide {
    history: History<BankCodec>,
    models: Models,
    /// Those that are being folded anew.
    fresh: Option<Models>,
    /// The histories that were asked for last.
    accounts: Vec<KeptAccount>,
    /// The states that commands were decided on last.
    states: Vec<KeptState>,
}

/// An account's history along a clock; it goes on when it is asked for.
#[derive(Debug)]
struct KeptAccount {
    id: StreamId,
    account: Rc<AccountHistory>,
}

/// An account's state after so many events of its stream; it goes on when it is asked for.
#[derive(Debug)]
struct KeptState {
    id: StreamId,
    version: Version,
    state: AccountState,
}

/// How many accounts' histories are kept.
const ACCOUNTS_MAX: usize = 4;
/// How many entries they have together at most; one is kept, however long it is.
const ENTRIES_MAX: usize = 1 << 20;
/// How many accounts' states are kept.
const STATES_MAX: usize = 16;

/// How many bytes the checkpoints of the alerts have at most.
const ALERT_BYTES_MAX: usize = 2 << 20;
/// How many bytes those of the sources have.
const SOURCE_BYTES_MAX: usize = 4 << 20;

/// All read models that are folds of the whole log.
#[derive(Debug)]
struct Models {
    balances: PerClock<Balances>,
    sources: PerClock<Sources>,
    alerts: PerClock<Alerts>,
}

impl Models {
    /// How many they are.
    const COUNT: u32 = 3;

    fn new(history: &History<BankCodec>) -> Self {
        let policy = CheckpointPolicy::default();
        // Alerts are asked for at the head only: their checkpoints serve back-dated events, not the time bar.
        let seldom = CheckpointPolicy { bytes_max: ALERT_BYTES_MAX, bytes_per_event: 0, ..policy };
        // Sources are shown in one pane, and an event costs them little: their checkpoints may lie further apart.
        let sparse = CheckpointPolicy { bytes_max: SOURCE_BYTES_MAX, bytes_per_event: 4, ..policy };
        let mut models =
            Self { balances: PerClock::new(policy), sources: PerClock::new(sparse), alerts: PerClock::new(seldom) };
        models.rewind(history, Kept::default());
        models
    }

    fn rewind(&mut self, history: &History<BankCodec>, kept: Kept) {
        self.balances.rewind(history, kept);
        self.sources.rewind(history, kept);
        self.alerts.rewind(history, kept);
    }

    /// Folds up to `count` further events into one of them; returns how many events all of them have folded together,
    /// and how far that one has come; `None` once each has reached the head.
    fn catch_up(&mut self, history: &History<BankCodec>, clock: Clock, count: u32) -> Option<(u32, Rank)> {
        let (balances, sources, alerts) =
            (self.balances.along(clock), self.sources.along(clock), self.alerts.along(clock));
        let reached = [balances.reached(), sources.reached(), alerts.reached()];
        // The one that is behind comes next, so that all of them pass an event while it is decoded.
        let behind = reached.into_iter().min().filter(|reached| reached.get() < history.head().get())?;
        let one = if balances.reached() == behind {
            balances.catch_up(history, count);
            balances.reached()
        } else if sources.reached() == behind {
            sources.catch_up(history, count);
            sources.reached()
        } else {
            alerts.catch_up(history, count);
            alerts.reached()
        };
        let reached = [balances.reached(), sources.reached(), alerts.reached()].map(Rank::get);
        Some((reached.into_iter().fold(0, u32::saturating_add), one))
    }

    fn say_the_same_as(&self, other: &Self) -> bool {
        self.balances.says_the_same_as(&other.balances)
            && self.sources.says_the_same_as(&other.sources)
            && self.alerts.says_the_same_as(&other.alerts)
    }
}

/// A read model along both clocks. The occurred one is folded when it is first asked for.
#[derive(Debug)]
struct PerClock<P> {
    recorded: Replay<P>,
    /// `None` while both clocks have the same order, and so the same states.
    occurred: Option<Replay<P>>,
}

impl<P: Projection<Event = crate::bank::AccountEvent> + PartialEq> PerClock<P> {
    fn new(policy: CheckpointPolicy) -> Self {
        Self { recorded: Replay::new(Clock::Recorded, policy), occurred: None }
    }

    fn rewind(&mut self, history: &History<BankCodec>, kept: Kept) {
        if self.occurred.is_none() && !history.timeline(Clock::Occurred).is_as_recorded() {
            self.occurred = Some(self.recorded.clone().on(Clock::Occurred));
        }
        self.recorded.rewind(kept.recorded);
        if let Some(occurred) = &mut self.occurred {
            occurred.rewind(kept.occurred);
        }
    }

    fn along(&mut self, clock: Clock) -> &mut Replay<P> {
        match (clock, &mut self.occurred) {
            (Clock::Occurred, Some(occurred)) => occurred,
            (Clock::Occurred | Clock::Recorded, _) => &mut self.recorded,
        }
    }

    /// Whether two that have folded as far end alike; what one of them has not folded is not compared.
    fn says_the_same_as(&self, other: &Self) -> bool {
        let alike = |one: &Replay<P>, other: &Replay<P>| one.reached() != other.reached() || one.head() == other.head();
        alike(&self.recorded, &other.recorded)
            && self.occurred.iter().zip(&other.occurred).all(|(one, other)| alike(one, other))
    }

    fn at(&mut self, history: &History<BankCodec>, clock: Clock, rank: Rank) -> &P {
        let replay = self.along(clock);
        replay.catch_up(history, u32::MAX);
        replay.state_at(history, rank)
    }
}

impl ReadSide {
    /// Of an empty history.
    pub fn new(codec: BankCodec) -> Self {
        let history = History::new(codec);
        let models = Models::new(&history);
        Self { history, models, fresh: None, accounts: Vec::new(), states: Vec::new() }
    }

    /// The events.
    pub fn history(&self) -> &History<BankCodec> {
        &self.history
    }

    /// Adds the block that follows.
    ///
    /// # Errors
    /// [`BlockError`] when it does not follow or cannot be read; nothing is changed then.
    pub fn extend(&mut self, block: Block) -> Result<(), BlockError> {
        let kept = self.history.extend(block)?;
        self.models.rewind(&self.history, kept);
        if let Some(fresh) = &mut self.fresh {
            fresh.rewind(&self.history, kept);
        }
        Ok(())
    }

    /// Takes a block in which others were merged, in their place: see [`History::adopt`].
    pub fn adopt(&mut self, merged: Block) -> bool {
        self.history.adopt(merged)
    }

    /// Folds up to `count` further events into one of the projections along a clock; returns whether all of them have
    /// reached the head.
    pub fn catch_up(&mut self, clock: Clock, count: u32) -> bool {
        self.models.catch_up(&self.history, clock, count).is_none()
    }

    /// Begins to fold all read models anew, beside those that are shown.
    pub fn begin_rebuild(&mut self) {
        self.fresh = Some(Models::new(&self.history));
    }

    /// Folds up to `count` further events along a clock into the new read models; returns how far that has come, each
    /// event counted once for each read model and clock, and `None` once all have reached the head.
    pub fn rebuild_on(&mut self, clock: Clock, count: u32) -> Option<Progress> {
        let (done, rank) = self.fresh.as_mut()?.catch_up(&self.history, clock, count)?;
        let of_clock = self.history.head().get().saturating_mul(Models::COUNT);
        let before = if clock == Clock::Recorded { 0 } else { of_clock };
        let reached = self.history.timeline(clock).time_at(rank);
        let clocks = if self.history.timeline(Clock::Occurred).is_as_recorded() { 1 } else { 2 };
        Some(Progress { done: before.saturating_add(done), total: of_clock.saturating_mul(clocks), reached })
    }

    /// Shows the new read models in place of the old ones; returns whether they say the same.
    pub fn end_rebuild(&mut self) -> bool {
        let Some(fresh) = self.fresh.take() else { return true };
        let before = std::mem::replace(&mut self.models, fresh);
        self.accounts.clear();
        self.states.clear();
        self.models.say_the_same_as(&before)
    }

    /// Leaves the old ones.
    pub fn cancel_rebuild(&mut self) {
        self.fresh = None;
    }

    /// Looks a playhead up.
    pub fn moment(&self, playhead: Playhead) -> Moment {
        playhead.moment(&self.history)
    }

    /// The balances of all accounts at a moment.
    pub fn balances(&mut self, moment: &Moment) -> &Balances {
        self.balances_at(moment.clock, moment.rank)
    }

    /// The balances at a rank of a clock.
    pub fn balances_at(&mut self, clock: Clock, rank: Rank) -> &Balances {
        self.models.balances.at(&self.history, clock, rank)
    }

    /// How many events the last look at the balances along a clock had to fold.
    pub fn folded(&mut self, clock: Clock) -> u32 {
        self.models.balances.along(clock).folded()
    }

    /// The totals by source at a moment.
    pub fn sources(&mut self, moment: &Moment) -> &Sources {
        self.models.sources.at(&self.history, moment.clock, moment.rank)
    }

    /// How many alerts were raised up to a moment.
    pub fn alert_count(&mut self, moment: &Moment) -> usize {
        let history = &self.history;
        let all = self.models.alerts.at(history, moment.clock, Rank::new(u32::MAX));
        all.raised().partition_point(|alert| history.rank_of(moment.clock, alert.position) <= moment.rank)
    }

    /// The newest alerts raised up to a moment, at most `count_max`, the newest first.
    pub fn alerts(&mut self, moment: &Moment, count_max: usize) -> Vec<Alert> {
        let count = self.alert_count(moment);
        let raised = self.models.alerts.at(&self.history, moment.clock, Rank::new(u32::MAX)).raised();
        (0..count).rev().take(count_max).filter_map(|index| raised.get(index).cloned()).collect()
    }

    /// The whole history of an account in the order of a clock.
    pub fn account(&mut self, id: StreamId, clock: Clock) -> Rc<AccountHistory> {
        self.prepare_account(id, clock, usize::MAX);
        self.accounts.last().map(|kept| Rc::clone(&kept.account)).unwrap_or_default()
    }

    /// Folds up to `count` further events into the history of an account, so that [`ReadSide::account`] has little left to
    /// do; returns whether that is all of them.
    pub fn prepare_account(&mut self, id: StreamId, clock: Clock, count: usize) -> bool {
        let place = self.accounts.iter().position(|kept| kept.id == id && kept.account.clock() == clock);
        let mut kept = match place {
            Some(place) => self.accounts.remove(place),
            None => KeptAccount { id, account: Rc::new(AccountHistory::new(clock)) },
        };
        // One that is whole stays untouched: it may be in use, and would be copied.
        let is_whole = kept.account.is_whole(&self.history, id)
            || Rc::make_mut(&mut kept.account).extend(&self.history, id, count);
        self.accounts.push(kept);
        let entries = |kept: &KeptAccount| kept.account.entries().len();
        while self.accounts.len() > 1
            && (self.accounts.len() > ACCOUNTS_MAX || self.accounts.iter().map(entries).sum::<usize>() > ENTRIES_MAX)
        {
            self.accounts.remove(0);
        }
        is_whole
    }

    /// How many entries of an account's history a moment has reached.
    pub fn reached(&self, account: &AccountHistory, moment: &Moment) -> usize {
        account.entries().count_while(|position| self.history.rank_of(moment.clock, position) <= moment.rank)
    }

    /// The state of an account as a command meets it: all its events, in the order of versions. What was asked for lately
    /// goes on from there.
    pub fn account_state(&mut self, name: &StreamName) -> AccountState {
        let Some(id) = self.history.stream_id(name) else { return Account::initial() };
        self.prepare_state(id, usize::MAX);
        self.states.last().map_or_else(Account::initial, |kept| kept.state.clone())
    }

    /// Folds up to `count` further events into the state of an account; returns whether that is all of them.
    pub fn prepare_state(&mut self, id: StreamId, count: usize) -> bool {
        let place = self.states.iter().position(|kept| kept.id == id);
        let mut kept = match place {
            Some(place) => self.states.remove(place),
            None => KeptState { id, version: Version::ZERO, state: Account::initial() },
        };
        let positions = self.history.stream(id).map(|entry| entry.positions(Clock::Recorded)).unwrap_or_default();
        let fresh = positions.get(kept.version.as_usize()..).unwrap_or_default();
        let fresh = fresh.get(..count).unwrap_or(fresh);
        kept.version = kept.version.plus(u32::try_from(fresh.len()).unwrap_or(u32::MAX));
        self.history.visit_positions(fresh, |recorded| {
            let before = std::mem::replace(&mut kept.state, Account::initial());
            kept.state = Account::evolve(before, recorded.event);
        });
        let is_whole = kept.version.as_usize() == positions.len();
        if self.states.len() >= STATES_MAX {
            self.states.remove(0);
        }
        self.states.push(kept);
        is_whole
    }
}
