//! What is due on a day whoever comes in: openings, batches, standing orders, salaries, closings and the story.

use super::{
    books::{Books, Link, Note},
    calendar::{Day, HOUR_MILLIS, month_before},
    customers,
    holders::{Holder, Role},
    names::MONTHS,
    story::{SCENES, Scene},
};
use crate::{
    bank::{AccountCommand, DayCount, InterestQuote, Money, RateBps, interest},
    kernel::Label,
};
use chrono::Datelike as _;

/// Something that happens at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) at: i64,
    pub(super) task: Task,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Task {
    Open(usize),
    AgreeLimit(usize),
    Interest(usize),
    Fee(usize),
    Rent(usize),
    Salary(usize),
    Close(usize),
    Play(Scene),
    /// Somebody comes in.
    Customer,
}

impl Task {
    /// How many events it makes at most.
    pub(super) fn events_max(&self) -> u32 {
        match self {
            Self::Open(_) | Self::AgreeLimit(_) | Self::Interest(_) | Self::Fee(_) | Self::Customer => 1,
            Self::Rent(_) | Self::Salary(_) | Self::Close(_) => 2,
            Self::Play(scene) => scene.events(),
        }
    }
}

/// What is due when, but for customers.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    closings: Vec<(u32, usize)>,
    tells_story: bool,
    /// How many of 1,000 accounts take part in batches and standing orders: fewer where there are few events.
    pub(super) share: u32,
}

impl Schedule {
    pub(super) fn new(holders: &[Holder], tells_story: bool) -> Self {
        let days = ["2023-09-29", "2023-11-30", "2024-01-31", "2024-02-29"];
        let midnight = |day: &str| super::calendar::millis_of(&format!("{day}T00:00:00Z"));
        let people: Vec<usize> = (0..holders.len())
            .filter(|place| holders.get(*place).is_some_and(|holder| holder.role == Role::Person && holder.weight < 4))
            .collect();
        // Only where they are missed by nobody: a ledger of a few accounts keeps them all.
        let spacing = if holders.len() < 60 { usize::MAX } else { people.len() / 5 };
        let closings = days.into_iter().filter_map(midnight).map(super::calendar::day_of).zip(1usize..);
        let closings = closings.filter_map(|(day, nth)| Some((day, *people.get(nth.saturating_mul(spacing))?)));
        Self { closings: closings.collect(), tells_story, share: 1000 }
    }

    /// Everything that is due on a day, in no order.
    pub(super) fn due(&self, day: &Day, holders: &[Holder], due: &mut Vec<Item>) {
        let opened_before = holders.partition_point(|holder| holder.opened_day() < day.number);
        let opened_by_now = holders.partition_point(|holder| holder.opened_day() <= day.number);
        for (place, holder) in holders.iter().enumerate().take(opened_by_now).skip(opened_before) {
            due.push(Item { at: holder.opened, task: Task::Open(place) });
            let agrees = matches!(holder.role, Role::Company) && holder.habit % 11 == 0;
            if agrees && !self.tells_story_of(holder) {
                due.push(Item { at: holder.opened + 12 * 60_000, task: Task::AgreeLimit(place) });
            }
        }
        if day.is_first_of_month() {
            self.batches(day, holders.get(..opened_before).unwrap_or_default(), due);
        }
        if day.is_payday() {
            self.salaries(day, holders.get(..opened_before).unwrap_or_default(), due);
        }
        let closings = self.closings.iter().filter(|(closing, _)| *closing == day.number);
        due.extend(
            closings.map(|(_, who)| Item { at: day.midnight + 10 * HOUR_MILLIS + 1_211_000, task: Task::Close(*who) }),
        );
        if self.tells_story {
            for scene in SCENES {
                if let Some(at) = super::calendar::millis_of(scene.at)
                    && super::calendar::day_of(at) == day.number
                {
                    due.push(Item { at, task: Task::Play(scene) });
                }
            }
        }
    }

    fn tells_story_of(&self, holder: &Holder) -> bool {
        self.tells_story && SCENES.iter().any(|scene| *holder.number == *scene.account)
    }

    fn takes_part(&self, holder: &Holder) -> bool {
        holder.habit / 1000 % 1000 < self.share
    }

    fn batches(&self, day: &Day, holders: &[Holder], due: &mut Vec<Item>) {
        for (index, (place, holder)) in (0i64..).zip(holders.iter().enumerate()) {
            if !self.takes_part(holder) {
                continue;
            }
            due.push(Item { at: day.midnight + 331_000 + index * 37, task: Task::Interest(place) });
            if holder.role != Role::Scripted {
                due.push(Item { at: day.midnight + 1_202_000 + index * 37, task: Task::Fee(place) });
            }
            if holder.landlord.is_some() {
                due.push(Item { at: day.midnight + 6 * HOUR_MILLIS + 12_000 + index * 1100, task: Task::Rent(place) });
            }
        }
    }

    fn salaries(&self, day: &Day, holders: &[Holder], due: &mut Vec<Item>) {
        for (index, (place, holder)) in (0i64..).zip(holders.iter().enumerate()) {
            let earns = match holder.role {
                Role::Person => holder.habit % 100 < 78 || holder.employer.is_some(),
                Role::Payroll => true,
                Role::Company | Role::Landlord | Role::Surveyor | Role::Scripted => false,
            };
            if earns && self.takes_part(holder) {
                // The payroll account is filled before it is emptied.
                let start = if holder.role == Role::Payroll { 6 } else { 7 } * HOUR_MILLIS + 1_800_000;
                due.push(Item { at: day.midnight + start + index * 700, task: Task::Salary(place) });
            }
        }
    }
}

/// Does what is due.
pub(super) fn perform(books: &mut Books, day: &Day, item: &Item) {
    match item.task {
        Task::Open(who) => open(books, who, item.at),
        Task::AgreeLimit(who) => agree_limit(books, who, item.at),
        Task::Interest(who) => post_interest(books, who, day, item.at),
        Task::Fee(who) => charge_fee(books, who, item.at),
        Task::Rent(who) => pay_rent(books, who, day, item.at),
        Task::Salary(who) => pay_salary(books, who, day, item.at),
        Task::Close(who) => close(books, who, item.at),
        Task::Play(scene) => scene.play(books),
        Task::Customer => customers::serve(books, day, item.at),
    }
}

fn teller(books: &mut Books) -> Label {
    books.random.pick(&super::names::TELLERS).copied().unwrap_or_default().into()
}

fn open(books: &mut Books, who: usize, at: i64) {
    let mut teller = teller(books);
    let percent = books.random.between(60, 150);
    let Some(holder) = books.holder(who) else { return };
    if matches!(holder.role, Role::Surveyor | Role::Payroll) {
        teller = "teller:m.lind".into();
    }
    let initial = match holder.role {
        // Its first money is a scene of its own.
        Role::Surveyor => 0,
        Role::Scripted | Role::Payroll => holder.minor(holder.comfort),
        Role::Person | Role::Company | Role::Landlord => holder.minor(holder.comfort * percent / 100),
    };
    let reason = match holder.role {
        Role::Surveyor => "New business customer, application 5521",
        Role::Person => "New customer",
        Role::Company | Role::Landlord | Role::Payroll => "New business customer",
        Role::Scripted => "New customer, a trust",
    };
    let (owner, name) = (holder.owner.clone(), holder.name.clone());
    let command = AccountCommand::Open { owner, name, initial_balance: Money::new(initial, holder.currency) };
    books.submit(who, &command, &Note::new(at, &teller, reason), Link::Own);
}

fn agree_limit(books: &mut Books, who: usize, at: i64) {
    let teller = teller(books);
    let Some(holder) = books.holder(who) else { return };
    let limit = Money::new(holder.minor(holder.comfort / 800 * 100), holder.currency);
    let command = AccountCommand::SetOverdraftLimit { limit };
    books.submit(who, &command, &Note::new(at, &teller, "Overdraft agreed with the account"), Link::Own);
}

fn post_interest(books: &mut Books, who: usize, day: &Day, at: i64) {
    let Some(quote) = quote(books, who, day) else { return };
    let month = month_before(day.date);
    let percent = Money::new(i64::from(quote.rate.0), crate::bank::Currency::EUR).to_decimal();
    let reason = format!("Interest {:04}-{:02}, {percent} % a year", month.year(), month.month());
    let note = Note::new(at, &"batch:interest".into(), reason);
    books.submit(who, &AccountCommand::PostInterest { quote }, &note, Link::Run);
}

/// The interest of the month before; `None` where nothing was earned. The closings start anew.
fn quote(books: &mut Books, who: usize, day: &Day) -> Option<InterestQuote> {
    let holder = books.holders.get_mut(who).filter(|holder| holder.is_open())?;
    let opened = Day::new(holder.opened_day()).date;
    let period = (month_before(day.date).max(opened), day.date);
    let now = vec![(day.date, holder.balance())];
    let closings = std::mem::replace(&mut holder.closings, now);
    let rate = RateBps(holder.market.rate_bps);
    interest(&closings, period, rate, DayCount::Actual365, holder.currency).ok().filter(|quote| quote.minor > 0)
}

fn charge_fee(books: &mut Books, who: usize, at: i64) {
    let Some(holder) = books.holder(who) else { return };
    let (cents, reason) = match holder.role {
        _ if holder.balance() < 0 => (3500, "Overdraft fee"),
        Role::Person => (250, "Monthly account fee, tariff A"),
        Role::Company | Role::Landlord | Role::Surveyor | Role::Payroll | Role::Scripted => {
            (1200, "Monthly account fee, tariff B")
        }
    };
    let amount = Money::new(holder.minor(cents), holder.currency);
    let command = AccountCommand::ChargeFee { amount, reason: reason.into() };
    // An account that cannot pay is spared: the bank's rules refuse the fee.
    books.submit(who, &command, &Note::new(at, &"batch:fees".into(), reason), Link::Run);
}

fn pay_rent(books: &mut Books, who: usize, day: &Day, at: i64) {
    let Some(holder) = books.holder(who) else { return };
    let Some(landlord) = holder.landlord else { return };
    let habit = i64::from(holder.habit);
    let (cents, what) = match holder.role {
        Role::Surveyor => (185_000, "Quay office rent"),
        Role::Person => (55_000 + habit % 86 * 1000, "Rent"),
        Role::Company | Role::Landlord | Role::Payroll | Role::Scripted => {
            (70_000 + habit % 190 * 1000, "Premises, rent")
        }
    };
    let note = Note::new(at, &holder.order, format!("{what}, {}", month_name(day)));
    let minor = holder.minor(cents);
    books.transfer(who, landlord, minor, &note);
}

fn pay_salary(books: &mut Books, who: usize, day: &Day, at: i64) {
    let Some(holder) = books.holder(who) else { return };
    if holder.role == Role::Payroll {
        let surveyors = books.find(super::STORY_ACCOUNT);
        let note = Note::new(at, &"api:payroll".into(), format!("Salaries, {} {}", month_name(day), day.date.year()));
        if let Some(from) = surveyors {
            books.transfer(from, who, 980_000, &note);
        }
        return;
    }
    let at_surveyors = holder.employer.and_then(|employer| books.holder(employer)).map(|employer| employer.role);
    let cents = match at_surveyors {
        Some(Role::Payroll) => 318_000 + i64::from(holder.habit % 8) * 1000,
        Some(_) | None => 210_000 + i64::from(holder.habit % 250) * 1000,
    };
    let minor = holder.minor(cents);
    let note = Note::new(at, &"api:payroll".into(), format!("Salary, {}", month_name(day)));
    let command = AccountCommand::Deposit { amount: Money::new(minor, holder.currency), source: "payroll".into() };
    let paid = holder.employer.and_then(|employer| books.transfer(employer, who, minor, &note));
    // Whoever works elsewhere, or for somebody short of money, is paid through another bank.
    if paid.is_none() && at_surveyors != Some(Role::Payroll) {
        books.submit(who, &command, &note, Link::Own);
    }
}

fn close(books: &mut Books, who: usize, at: i64) {
    if books.left < 2 {
        return;
    }
    let teller = teller(books);
    let Some(place) = books.place(who, at) else { return };
    let Some(holder) = books.holder(who) else { return };
    let note = Note::new(at, &teller, "Customer moves away");
    let amount = Money::new(holder.balance().abs(), holder.currency);
    let settle = if holder.balance() > 0 {
        AccountCommand::Withdraw { amount, atm_location: place }
    } else {
        AccountCommand::Deposit { amount, source: "cash".into() }
    };
    let settled = books.submit(who, &settle, &note, Link::Own);
    let link = settled.map_or(Link::Own, |id| Link::After(id.clone(), id));
    books.submit(who, &AccountCommand::Close, &Note::new(at, &teller, "Account closed"), link);
}

fn month_name(day: &Day) -> &'static str {
    usize::try_from(day.date.month0()).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or("month")
}
