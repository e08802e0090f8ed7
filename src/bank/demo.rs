//! The demo ledger: a bank of made-up people and companies, written on the device from a fixed seed.
//!
//! The same size gives the same events, to the byte, on every machine: whole numbers only, no clock, one small
//! generator. Every event is what [`super::Account`] or [`super::transfer`] decided on the folded state, so that all rules
//! hold; the one exception is the fact planted in [`BEYOND_LIMIT_ACCOUNT`]. Events come in the order in which they were
//! recorded, and a day at a time is kept in memory, however long the ledger.
//!
//! Three things are planted for an auditor to find, in every ledger that [tells the story](DemoSize::tells_story):
//!
//! - **A fraud** in [`FRAUD_ACCOUNT`]: nothing was taken out for 133 days; then, between [`FRAUD_FROM`] and
//!   [`FRAUD_UNTIL`], a round sum and five more withdrawals, to and fro between Tromsø and Bergen.
//! - **A correction** in [`CORRECTED_ACCOUNT`]: a deposit that happened at [`CORRECTION_OCCURRED_AT`] and was recorded
//!   three weeks later, at [`CORRECTION_RECORDED_FROM`].
//! - **An account beyond its limit**, [`BEYOND_LIMIT_ACCOUNT`]: a batch settled off-line payments at [`BEYOND_LIMIT_AT`].
//!
//! Deposits before [`SCHEMA_2_FROM`] are stored in schema 1, as they were then.

mod books;
mod calendar;
mod customers;
mod holders;
mod names;
mod random;
mod schedule;
mod story;

use self::{
    books::Books,
    calendar::{DAYS, Day, END_MILLIS, SCHEMA_2_MILLIS, START_MILLIS},
    random::SplitMix64,
    schedule::{Item, Schedule, Task, perform},
};
use crate::kernel::{NewEvent, Timestamp};

/// The account that the story is told of: Solheim Marine Survey. The only one of a ledger of one account.
pub const STORY_ACCOUNT: &str = "ACC-0417";
/// The account with the fraud: Vågsøy Lighthouse Trust.
pub const FRAUD_ACCOUNT: &str = "ACC-0911";
/// When the fraud begins: 2024-02-17T02:13:08Z, with a round sum.
pub const FRAUD_FROM: Timestamp = Timestamp::from_millis(1_708_135_988_000);
/// When the last of its withdrawals happens: 2024-02-17T02:24:31Z.
pub const FRAUD_UNTIL: Timestamp = Timestamp::from_millis(1_708_136_671_000);
/// The account with the back-dated correction: Solheim Marine Survey.
pub const CORRECTED_ACCOUNT: &str = STORY_ACCOUNT;
/// When the corrected deposit happened: 2023-11-14T15:20:36Z.
pub const CORRECTION_OCCURRED_AT: Timestamp = Timestamp::from_millis(1_699_975_236_000);
/// When it was written down, but for less than a second: 2023-12-05T09:12:40Z.
pub const CORRECTION_RECORDED_FROM: Timestamp = Timestamp::from_millis(1_701_767_560_000);
/// The account that went below its limit: Eide Bicycle Repair.
pub const BEYOND_LIMIT_ACCOUNT: &str = "ACC-0590";
/// When it did: 2024-03-14T23:40:05Z.
pub const BEYOND_LIMIT_AT: Timestamp = Timestamp::from_millis(1_710_459_605_000);
/// When the first account opens: 2023-01-02T08:00:00Z.
pub const STARTS_AT: Timestamp = Timestamp::from_millis(START_MILLIS);
/// When the last event happens at the latest: 2024-03-18T09:41:07Z.
pub const ENDS_AT: Timestamp = Timestamp::from_millis(END_MILLIS);
/// From here on deposits are stored in schema 2: 2023-07-01T00:00:00Z.
pub const SCHEMA_2_FROM: Timestamp = Timestamp::from_millis(SCHEMA_2_MILLIS);

const SEED: u64 = 90_210;

/// How large a demo ledger is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoSize {
    /// How many events: exactly so many are made.
    pub events: u32,
    /// How many accounts: at least one, and no more than a quarter of the events.
    pub accounts: u32,
}

impl Default for DemoSize {
    fn default() -> Self {
        Self { events: 100_000, accounts: 250 }
    }
}

impl DemoSize {
    /// The size that is made where this one asks for more accounts than its events can fill.
    #[must_use]
    pub fn fitted(self) -> Self {
        Self { accounts: self.accounts.clamp(1, (self.events / 4).max(1)), ..self }
    }

    /// Whether there are enough accounts and events for the whole cast, and so for what is planted.
    pub fn tells_story(self) -> bool {
        self.accounts >= holders::CAST_COUNT && self.events >= 1000
    }
}

/// One event of the demo ledger, ready to be sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoEvent {
    /// The event.
    pub event: NewEvent,
    /// When it was recorded; never goes back.
    pub recorded_at: Timestamp,
}

/// The events of a demo ledger, in the order of the log.
#[derive(Clone, Debug)]
pub struct DemoLedger {
    size: DemoSize,
    books: Books,
    schedule: Schedule,
    /// How many events are due on each day at most, customers not counted.
    due: Vec<u32>,
    /// How busy each day is, against the others.
    busy: Vec<u64>,
    next_day: u32,
    today: Day,
    /// What happens today, the first last.
    plan: Vec<Item>,
}

impl DemoLedger {
    /// A ledger of that size, from its beginning.
    pub fn new(size: DemoSize) -> Self {
        let size = size.fitted();
        let mut random = SplitMix64::new(SEED);
        let holders = holders::holders(size, &mut random);
        let books = Books::new(holders, random, size.events);
        let mut schedule = Schedule::new(&books.holders, size.tells_story());
        let mut due = due_by_day(&schedule, &books);
        let room = size.events / 2;
        let wanted: u32 = due.iter().sum();
        if wanted > room {
            // Openings and the story stay; what comes every month shrinks to what room they leave.
            schedule.share = 0;
            let fixed: u32 = due_by_day(&schedule, &books).iter().sum();
            let share = u64::from(room.saturating_sub(fixed)) * 1000 / u64::from((wanted - fixed).max(1));
            schedule.share = u32::try_from(share).unwrap_or(0);
            due = due_by_day(&schedule, &books);
        }
        let busy = (0..DAYS).map(|number| Day::new(number).weight()).collect();
        Self { size, books, schedule, due, busy, next_day: 0, today: Day::new(0), plan: Vec::new() }
    }

    /// How many events the whole ledger has, exactly.
    pub fn total(&self) -> u32 {
        self.size.events
    }

    /// How many accounts there are; a few are closed again.
    pub fn accounts(&self) -> u32 {
        self.size.accounts
    }

    /// The next events, at most `count`; none at the end.
    pub fn next_slice(&mut self, count: usize) -> Vec<DemoEvent> {
        self.by_ref().take(count).collect()
    }

    fn plan_day(&mut self) {
        self.today = Day::new(self.next_day);
        self.next_day += 1;
        let day = self.today;
        self.books.begin(day);
        self.schedule.due(&day, &self.books.holders, &mut self.plan);
        let customers = self.customers_today(&day);
        for _ in 0..customers {
            let at = day.moment(&mut self.books.random);
            self.plan.push(Item { at, task: Task::Customer });
        }
        self.plan.sort_by_key(|item| std::cmp::Reverse(item.at));
        // The very last event happens at the very end.
        if self.next_day == DAYS
            && let Some(last) = self.plan.first_mut()
        {
            last.at = END_MILLIS;
        }
    }

    /// How many events today's customers make: their share, by how busy the day is, of what is left for customers. A
    /// day that brought more or fewer than planned is made up for by those after it, so that the total comes out.
    fn customers_today(&self, day: &Day) -> u32 {
        let from = usize::try_from(day.number).unwrap_or(0);
        let due: u64 = self.due.get(from..).unwrap_or_default().iter().copied().map(u64::from).sum();
        let left = u64::from(self.books.left).saturating_sub(due);
        let busy = self.busy.get(from..).unwrap_or_default();
        let (today, all): (u64, u64) = (busy.first().copied().unwrap_or(0), busy.iter().sum());
        u32::try_from(left * today / all.max(1)).unwrap_or(0)
    }
}

impl Iterator for DemoLedger {
    type Item = DemoEvent;

    fn next(&mut self) -> Option<DemoEvent> {
        loop {
            if let Some(event) = self.books.take() {
                return Some(event);
            }
            if self.books.left == 0 {
                return None;
            }
            match self.plan.pop() {
                Some(item) if matches!(item.task, Task::Customer) && self.books.skip_customer() => {}
                Some(item) => perform(&mut self.books, &self.today, &item),
                None if self.next_day < DAYS => self.plan_day(),
                None => {
                    // Should what was due have failed on the last day, customers make up for it.
                    perform(&mut self.books, &self.today, &Item { at: END_MILLIS, task: Task::Customer });
                    return self.books.take();
                }
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.books.left).unwrap_or(usize::MAX).saturating_add(self.books.waiting());
        (left, Some(left))
    }
}

fn due_by_day(schedule: &Schedule, books: &Books) -> Vec<u32> {
    let mut due = Vec::new();
    let count = |number| {
        due.clear();
        schedule.due(&Day::new(number), &books.holders, &mut due);
        due.iter().map(|item| item.task.events_max()).sum()
    };
    (0..DAYS).map(count).collect()
}
