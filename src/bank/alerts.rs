//! Fraud alerts: rules replayed over the log.

mod stored;

use super::{
    AccountEvent, Currency,
    early::{Early, Waiting},
    sources::town,
};
use crate::kernel::{Label, Position, Projection, Recorded, SharedVec, StreamId, Timestamp, Version};
use std::collections::VecDeque;

/// Why an event looks wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertRule {
    /// Many withdrawals in a short time.
    ManyWithdrawals {
        /// How many, within [`Alerts::BURST_MINUTES`].
        count: usize,
    },
    /// Withdrawals in two towns, too close in time to travel between them.
    FarApart {
        /// The town before.
        before: Label,
        /// The town now.
        now: Label,
        /// Minutes in between.
        minutes: u32,
    },
    /// A round sum taken out of an account after a long sleep.
    RoundAfterSleep {
        /// How many days nothing was taken out.
        days: i64,
    },
    /// The balance went beyond the agreed overdraft.
    BeyondLimit {
        /// The balance, in minor units.
        balance: i64,
    },
}

/// An event that a rule points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The event.
    pub position: Position,
    /// Its account.
    pub stream: StreamId,
    /// Of which currency the account is.
    pub currency: Currency,
    /// The rule.
    pub rule: AlertRule,
}

/// All alerts that the rules raise over a log, in the order of the clock it is folded in.
///
/// An alert is raised by the event that completes the pattern, and later events never take it back. So the alerts at
/// an earlier moment are those whose event lies at or before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    /// There can be half a million of them: when it happened and what it changed is left to the event.
    raised: SharedVec<Alert>,
    /// By [`StreamId`]; `None` for streams that are no open account.
    accounts: SharedVec<Option<Watch>>,
    early: Early,
}

/// What the rules remember of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Watch {
    currency: Currency,
    /// The version of its opening; what was recorded before it does not count.
    opening: Version,
    balance: i64,
    overdraft_limit: i64,
    withdrawals: VecDeque<Timestamp>,
    last_out: Timestamp,
    last_place: Option<(Label, Timestamp)>,
}

impl Watch {
    /// Of an account that has just opened, and of what happened to it before.
    fn of(currency: Currency, recorded: &Recorded<'_, AccountEvent>, early: &[Waiting]) -> Self {
        let (opening, opened_at) = (recorded.version, recorded.occurred_at);
        let early = early.iter().map(|waiting| waiting.recorded(recorded.stream).event);
        let (balance, overdraft_limit) = early.fold((0i64, 0), |(balance, limit), event| match event {
            AccountEvent::OverdraftLimitSet(set) => (balance, set.limit),
            // A second opening changes nothing.
            AccountEvent::Opened(_) => (balance, limit),
            other => (balance.saturating_add(other.change()), limit),
        });
        let last_place = None;
        Self {
            currency,
            opening,
            balance,
            overdraft_limit,
            withdrawals: VecDeque::new(),
            last_out: opened_at,
            last_place,
        }
    }
}

const MICROS_PER_MINUTE: i64 = 60 * Timestamp::MICROS_PER_SECOND;

impl Alerts {
    /// So many withdrawals within [`Alerts::BURST_MINUTES`] are many.
    pub const BURST_COUNT: usize = 5;
    /// The time in which they are.
    pub const BURST_MINUTES: i64 = 15;
    /// Two towns within this time are too far apart.
    pub const TRAVEL_MINUTES: i64 = 30;
    /// So many days without a withdrawal are a long sleep.
    pub const SLEEP_DAYS: i64 = 120;

    /// The alerts, in the order of their events.
    pub fn raised(&self) -> &SharedVec<Alert> {
        &self.raised
    }

    fn withdrawal(
        watch: &mut Watch,
        recorded: &Recorded<'_, AccountEvent>,
        amount: i64,
        place: &Label,
    ) -> Vec<AlertRule> {
        let (at, mut rules) = (recorded.occurred_at, Vec::new());
        let since = |earlier: Timestamp| at.as_micros().saturating_sub(earlier.as_micros());
        let count = burst(&mut watch.withdrawals, at);
        if count >= Self::BURST_COUNT {
            rules.push(AlertRule::ManyWithdrawals { count });
        }
        let now = town(place);
        if place.contains(',') {
            let last = watch.last_place.clone();
            if let Some((before, then)) = last.clone().filter(|(before, _)| *before != now) {
                let apart = since(then).saturating_abs();
                if apart < Self::TRAVEL_MINUTES * MICROS_PER_MINUTE {
                    let minutes = u32::try_from(apart / MICROS_PER_MINUTE).unwrap_or(u32::MAX);
                    rules.push(AlertRule::FarApart { before, now: now.clone(), minutes });
                }
            }
            if last.is_none_or(|(_, then)| then <= at) {
                watch.last_place = Some((now, at));
            }
        }
        let days = since(watch.last_out) / Timestamp::MICROS_PER_DAY;
        let whole = 10i64.pow(u32::from(watch.currency.exponent()));
        if days >= Self::SLEEP_DAYS && amount >= 500 * whole && amount % (100 * whole) == 0 {
            rules.push(AlertRule::RoundAfterSleep { days });
        }
        rules
    }
}

/// Takes a withdrawal among the recent ones, in the order in which they happened, and counts the most that lie within
/// one burst with it. Usually it is the last; on the recorded clock a back-dated one may not be.
fn burst(recent: &mut VecDeque<Timestamp>, at: Timestamp) -> usize {
    const BURST: i64 = Alerts::BURST_MINUTES * MICROS_PER_MINUTE;
    let apart = |earlier: Timestamp, later: Timestamp| later.as_micros().saturating_sub(earlier.as_micros());
    while recent.front().is_some_and(|first| apart(*first, at) > BURST) {
        recent.pop_front();
    }
    let place = recent.partition_point(|other| *other <= at);
    recent.insert(place, at);
    let ends = recent.iter().enumerate().skip(place).take_while(|(_, last)| apart(at, **last) <= BURST);
    let counts = ends.map(|(end, last)| end + 1 - recent.partition_point(|first| apart(*first, *last) > BURST));
    counts.max().unwrap_or(0)
}

impl Projection for Alerts {
    type Event = AccountEvent;
    const NAME: &'static str = "alerts";
    const REVISION: u32 = 3;

    fn weight(&self) -> usize {
        // Alerts never change, and new ones come at the end: the newest state has them all in any case.
        size_of::<Self>() + self.accounts.bytes() + self.raised.reference_bytes()
    }

    fn apply(&mut self, recorded: &Recorded<'_, AccountEvent>) {
        let Some(index) = recorded.stream.index() else { return };
        let mut change = recorded.event.change();
        if let AccountEvent::Opened(opened) = recorded.event
            && let Some(slot) = self.accounts.slot(index)
        {
            if slot.is_none() {
                let early = self.early.of_opened(recorded.stream, recorded.version);
                *slot = Some(Watch::of(opened.currency, recorded, &early));
            } else {
                // A second opening changes nothing.
                change = 0;
            }
        }
        let Some(watch) = self.accounts.get_mut(index).and_then(Option::as_mut) else {
            self.early.wait(recorded);
            return;
        };
        if recorded.version < watch.opening {
            return;
        }
        let before = watch.balance;
        watch.balance = before.saturating_add(change);
        let mut rules = match recorded.event {
            AccountEvent::Withdrawn(event) => Self::withdrawal(watch, recorded, event.amount, &event.atm_location),
            AccountEvent::OverdraftLimitSet(set) => {
                watch.overdraft_limit = set.limit;
                Vec::new()
            }
            AccountEvent::Opened(_)
            | AccountEvent::Deposited(_)
            | AccountEvent::TransferSent(_)
            | AccountEvent::TransferReceived(_)
            | AccountEvent::Interest(_)
            | AccountEvent::Fee(_)
            | AccountEvent::Closed(_) => Vec::new(),
        };
        let lowest = watch.overdraft_limit.saturating_neg();
        if change < 0 && watch.balance < lowest && before >= lowest {
            rules.push(AlertRule::BeyondLimit { balance: watch.balance });
        }
        if matches!(recorded.event, AccountEvent::Withdrawn(_) | AccountEvent::TransferSent(_)) {
            watch.last_out = watch.last_out.max(recorded.occurred_at);
        }
        let (position, stream, currency) = (recorded.position, recorded.stream, watch.currency);
        for rule in rules {
            self.raised.push(Alert { position, stream, currency, rule });
        }
    }
}
