//! The read side: the history and everything folded from it, for any moment.

mod stored;

pub use stored::{KeptReadSide, PartCheck};

use super::{Moment, Playhead, Progress};
use crate::{
    bank::{Account, AccountHistory, AccountState, Alert, Alerts, Balances, BankCodec, Posting, Postings, Sources},
    kernel::{
        Aggregate as _, Block, BlockError, CheckpointPolicy, Clock, History, Kept, Position, Projection, Rank, Replay,
        StreamId, StreamName,
    },
};
use std::{num::NonZeroU32, rc::Rc};

/// A history with its read models, current to its head.
#[derive(Debug)]
pub struct ReadSide {
    history: History<BankCodec>,
    postings: Postings,
    models: Models,
    /// Those that are being folded anew.
    fresh: Option<Models>,
    /// The last rank, on either clock, of which all that could be kept is what it was when that was kept last.
    changed_from: Rank,
    /// The histories that were asked for last.
    accounts: Vec<KeptAccount>,
}

/// An account's history along a clock; it goes on when it is asked for.
#[derive(Debug)]
struct KeptAccount {
    id: StreamId,
    account: Rc<AccountHistory>,
}

/// How many accounts' histories are kept.
const ACCOUNTS_MAX: usize = 4;
/// How many entries they have together at most; one is kept, however long it is.
const ENTRIES_MAX: usize = 1 << 20;

/// How far the checkpoints of the alerts lie apart at least.
const ALERTS_EVERY: NonZeroU32 = NonZeroU32::new(4096).unwrap();
/// How far those of the sources do.
const SOURCES_EVERY: NonZeroU32 = NonZeroU32::new(1024).unwrap();
/// How many bytes the checkpoints of the alerts have at most.
const ALERT_BYTES_MAX: usize = 2 << 20;
/// How many bytes those of the sources have.
const SOURCE_BYTES_MAX: usize = 4 << 20;

/// How far the checkpoints of the balances, the sources and the alerts lie apart.
fn policies() -> [CheckpointPolicy; 3] {
    let policy = CheckpointPolicy::default();
    // Sources are shown in one pane, and an event costs them little: their checkpoints may lie further apart.
    let sparse = CheckpointPolicy { every: SOURCES_EVERY, bytes_max: SOURCE_BYTES_MAX, bytes_per_event: 4 };
    // Alerts are asked for at the head only: their checkpoints serve back-dated events, not the time bar.
    let seldom = CheckpointPolicy { every: ALERTS_EVERY, bytes_max: ALERT_BYTES_MAX, bytes_per_event: 0 };
    [policy, sparse, seldom]
}

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
        let [policy, sparse, seldom] = policies();
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

    /// Whether both clocks have the same order, as far as these have seen.
    fn have_one_order(&self) -> bool {
        self.balances.occurred.is_none()
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
        let postings = Postings::default();
        Self { history, postings, models, fresh: None, changed_from: Rank::ZERO, accounts: Vec::new() }
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
        // What the block says is decoded just now.
        self.postings.extend(&self.history);
        let had_one_order = self.models.have_one_order();
        self.models.rewind(&self.history, kept);
        let unchanged = if had_one_order && !self.models.have_one_order() { Rank::ZERO } else { kept.occurred };
        self.changed_from = self.changed_from.min(unchanged);
        if let Some(fresh) = &mut self.fresh {
            fresh.rewind(&self.history, kept);
        }
        Ok(())
    }

    /// Takes a block in which others were merged, in their place: see [`History::adopt`].
    pub fn adopt(&mut self, merged: Block) -> bool {
        let before = Rank::new(merged.header().first.previous().get());
        self.changed_from = self.changed_from.min(before);
        self.history.adopt(merged)
    }

    /// Takes a block that was wanted: see [`History::arrive`].
    ///
    /// # Errors
    /// [`BlockError`] where it is not of this history or cannot be read; nothing is changed then.
    pub fn arrive(&mut self, block: Block) -> Result<(), BlockError> {
        let (before, blocks) = (Rank::new(block.header().first.previous().get()), self.history.blocks().len());
        self.history.arrive(block)?;
        if self.history.blocks().len() != blocks {
            self.changed_from = self.changed_from.min(before);
        }
        Ok(())
    }

    /// Bounds the blocks that are in memory: see [`History::keep_blocks_up_to`].
    pub fn keep_blocks_up_to(&mut self, bytes_max: usize) {
        self.history.keep_blocks_up_to(bytes_max);
    }

    /// Keeps all blocks that come: see [`History::hold_blocks`].
    pub fn hold_blocks(&mut self) {
        self.history.hold_blocks();
    }

    /// The end of that.
    pub fn release_blocks(&mut self) {
        self.history.release_blocks();
    }

    /// Lets go of all blocks and of what is decoded: see [`History::forget_blocks`].
    pub fn forget_events(&mut self) {
        self.history.forget_blocks();
        self.history.forget_decoded();
    }

    /// Folds what a playhead shows of the whole ledger, so that it can be moved there at once.
    pub fn prepare(&mut self, playhead: Playhead) {
        let moment = self.moment(playhead);
        self.balances(&moment);
        self.sources(&moment);
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
        self.changed_from = Rank::ZERO;
        self.accounts.clear();
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
            || Rc::make_mut(&mut kept.account).extend(&self.history, &self.postings, id, count);
        self.accounts.push(kept);
        let entries = |kept: &KeptAccount| kept.account.entries().len();
        while self.accounts.len() > 1
            && (self.accounts.len() > ACCOUNTS_MAX || self.accounts.iter().map(entries).sum::<usize>() > ENTRIES_MAX)
        {
            self.accounts.remove(0);
        }
        is_whole
    }

    /// What an event did to the balance of its account; `None` where it is none of the bank's.
    pub fn posting(&self, position: Position) -> Option<Posting> {
        self.postings.get(position)
    }

    /// How many entries of an account's history a moment has reached.
    pub fn reached(&self, account: &AccountHistory, moment: &Moment) -> usize {
        account.entries().count_while(|position| self.history.rank_of(moment.clock, position) <= moment.rank)
    }

    /// The state of an account as a command meets it: all its events, in the order of versions. The balances at the head
    /// say the same.
    pub fn account_state(&mut self, name: &StreamName) -> AccountState {
        let Some(id) = self.history.stream_id(name) else { return Account::initial() };
        self.balances_at(Clock::Recorded, Rank::new(u32::MAX)).state(id)
    }
}
