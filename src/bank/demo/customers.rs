//! Whoever comes in: cash, cards, tills, invoices, favours.

use super::{
    books::{Books, Link, Note},
    calendar::{DAY_MILLIS, Day},
    holders::{Holder, Role},
    names::{ERRANDS, FAVOURS, INVOICES, SUPPLIES, SURVEY_SUPPLIES, SURVEYS, TELLERS, VESSELS},
};
use crate::{
    bank::{AccountCommand, Alerts, Money},
    kernel::{EventId, Label},
};

/// Who commissions surveys.
const CLIENTS: [&str; 5] = ["ACC-0088", "ACC-0231", "ACC-0672", "ACC-1190", "ACC-1544"];
/// From 2023-07-06 to 2023-09-04, in days of the ledger: few surveys, and two invoices are paid late.
const LULL: std::ops::Range<u32> = 185..245;

/// Lets one customer do something: one event, or two for a transfer.
pub(super) fn serve(books: &mut Books, day: &Day, at: i64) {
    let left = books.left;
    // Companies sleep at night and surveyors at weekends: mostly somebody else comes then.
    for _ in 0..4 {
        let Some(who) = books.next_customer() else { break };
        if books.holder(who).is_some_and(|holder| keeps_away(holder, day, at)) {
            continue;
        }
        let_in(books, who, day, at);
        break;
    }
    if books.left == left
        && let Some(who) = books.next_customer()
    {
        let_in(books, who, day, at);
    }
    // A day is planned in events: the second one of a transfer stands for a customer who then does not come.
    books.owed += left.saturating_sub(books.left).saturating_sub(1);
}

fn keeps_away(holder: &Holder, day: &Day, at: i64) -> bool {
    let hour = day.hour_of(at);
    match holder.role {
        Role::Person => false,
        Role::Surveyor => !day.is_working_day() || !(6..20).contains(&hour),
        Role::Company | Role::Landlord | Role::Payroll | Role::Scripted => !(6..23).contains(&hour),
    }
}

fn let_in(books: &mut Books, who: usize, day: &Day, at: i64) {
    let Some(holder) = books.holder(who) else { return };
    let role = holder.role;
    let pays_in = books.random.chance(percent_in(holder, day));
    let done = if pays_in {
        None
    } else {
        match role {
            Role::Person => spend_as_person(books, who, at),
            Role::Company | Role::Landlord => spend_as_company(books, who, at),
            Role::Surveyor | Role::Payroll | Role::Scripted => errand(books, who, at, &SURVEY_SUPPLIES),
        }
    };
    let done = done.or_else(|| if role == Role::Surveyor { invoice(books, who, day, at) } else { None });
    if done.is_none() {
        pay_in(books, who, day, at);
    }
}

/// How likely money comes in: the likelier, the less the holder has.
fn percent_in(holder: &Holder, day: &Day) -> u32 {
    let (balance, comfort) = (holder.balance(), holder.minor(holder.comfort));
    let [short, fair, good, rich] = match holder.role {
        Role::Person => [45, 16, 9, 4],
        Role::Surveyor if LULL.contains(&day.number) => [14; 4],
        Role::Surveyor => [46, 40, 34, 26],
        Role::Company | Role::Landlord | Role::Payroll | Role::Scripted => [74, 55, 40, 20],
    };
    match balance {
        _ if balance < comfort / 3 => short,
        _ if balance < comfort => fair,
        _ if balance < comfort.saturating_mul(2) => good,
        _ => rich,
    }
}

fn spend_as_person(books: &mut Books, who: usize, at: i64) -> Option<EventId> {
    if books.random.chance(16) {
        let reason = Label::new(books.random.pick(&FAVOURS)?);
        let cents = books.random.skewed(800, 24_000);
        return pay_somebody(books, who, at, cents, reason, Role::Person);
    }
    if books.random.chance(34) {
        return cash(books, who, at);
    }
    errand(books, who, at, &ERRANDS)
}

fn spend_as_company(books: &mut Books, who: usize, at: i64) -> Option<EventId> {
    if books.random.chance(46) {
        let reason = Label::new(books.random.pick(&INVOICES)?);
        let comfort = books.holder(who)?.comfort;
        let cents = books.random.skewed(comfort / 90, comfort / 9);
        return pay_somebody(books, who, at, cents, reason, Role::Company);
    }
    errand(books, who, at, &SUPPLIES)
}

/// Cash from a machine, in notes.
fn cash(books: &mut Books, who: usize, at: i64) -> Option<EventId> {
    let notes = books.random.skewed(2, 26);
    let holder = books.holder(who)?;
    let minor = notes * holder.market.note;
    let card = holder.card.clone();
    withdraw(books, who, minor, &Note::new(at, &card, "Cash"))
}

/// Something paid with a card.
fn errand(books: &mut Books, who: usize, at: i64, errands: &[(&'static str, i64, i64)]) -> Option<EventId> {
    let (reason, low, high) = *books.random.pick(errands)?;
    let cents = books.random.skewed(low, high);
    let holder = books.holder(who)?;
    // Whoever has far more than they like to keep spends on a larger scale.
    let rich = holder.balance() / holder.minor(holder.comfort).saturating_mul(4).max(1);
    let minor = holder.minor(cents).saturating_mul(1 + rich.clamp(0, 400));
    let card = holder.card.clone();
    withdraw(books, who, minor, &Note::new(at, &card, reason))
}

/// Takes money out where that would alarm nobody: the demo has one fraud, and it is planted.
fn withdraw(books: &mut Books, who: usize, minor: i64, note: &Note) -> Option<EventId> {
    let holder = books.holder(who)?;
    let [oldest, ..] = holder.taken;
    let burst_millis = (Alerts::BURST_MINUTES + 1) * 60_000;
    if note.at - oldest < burst_millis || minor > holder.available() {
        return None;
    }
    let asleep = note.at - holder.last_out >= Alerts::SLEEP_DAYS * DAY_MILLIS;
    let odd = if asleep { (minor / 70).max(1) } else { 0 };
    let amount = Money::new(minor - odd.min(minor - 1), holder.currency);
    let atm_location = books.place(who, note.at)?;
    books.submit(who, &AccountCommand::Withdraw { amount, atm_location }, note, Link::Own)
}

/// A transfer to somebody of the same currency: mostly one of a few they know.
fn pay_somebody(books: &mut Books, who: usize, at: i64, cents: i64, reason: Label, role: Role) -> Option<EventId> {
    let (known, stranger) = (books.random.below(6), books.random.below(u32::MAX));
    let is_known = books.random.chance(82);
    let holder = books.holder(who)?;
    let seed = if is_known { holder.habit.wrapping_add(known.wrapping_mul(7919)) } else { stranger };
    let minor = holder.minor(cents).min(holder.available() / 2);
    let actor = if role == Role::Person { holder.customer.clone() } else { Label::new("api:payments") };
    let to = books.partner(who, role, seed)?;
    books.transfer(who, to, minor, &Note::new(at, &actor, reason))
}

/// A survey is paid by one of the clients.
fn invoice(books: &mut Books, who: usize, day: &Day, at: i64) -> Option<EventId> {
    if LULL.contains(&day.number) || books.random.chance(40) {
        return None;
    }
    let client = *books.random.pick(&CLIENTS)?;
    let (survey, vessel) = (*books.random.pick(&SURVEYS)?, *books.random.pick(&VESSELS)?);
    let cents = books.random.skewed(1300, 6200) * 100;
    let from = books.find(client).filter(|from| *from != who)?;
    let number = books.next_invoice(day);
    let reason = format!("Invoice {number}, {survey}, {vessel}");
    books.transfer(from, who, cents, &Note::new(at, &"api:payments".into(), reason))
}

/// Money from outside. It never fails while the account is open.
fn pay_in(books: &mut Books, who: usize, day: &Day, at: i64) -> Option<EventId> {
    let at_counter = day.is_working_day() && (8..16).contains(&day.hour_of(at));
    let (kind, teller) = (books.random.below(100), *books.random.pick(&TELLERS)?);
    let amount_of = |books: &mut Books, low, high| books.random.skewed(low, high);
    let (role, comfort) = books.holder(who).map(|holder| (holder.role, holder.comfort))?;
    let (cents, source, reason, by_teller) = match role {
        Role::Person if at_counter && kind < 45 => {
            (amount_of(books, 2000, 60_000) / 500 * 500, "cash", "Cash paid in", true)
        }
        Role::Person if kind < 65 => (amount_of(books, 1500, 18_000), "card refund", "Goods returned", false),
        Role::Person if kind < 80 => (amount_of(books, 10_000, 45_000), "benefit", "Child benefit", false),
        Role::Person => (amount_of(books, 5000, 90_000), "transfer from abroad", "From family", false),
        Role::Surveyor => (amount_of(books, 300, 1200) * 100, "card terminal", "Card terminal, day total", false),
        Role::Company | Role::Landlord | Role::Payroll | Role::Scripted => {
            let cents = amount_of(books, comfort / 70, comfort / 8);
            match kind {
                _ if at_counter && kind < 18 => (cents / 500 * 500 / 2, "cash", "Cash from the till", true),
                _ if at_counter && kind < 62 => (cents, "invoice", "Invoice paid from another bank", false),
                _ => (cents / 2, "card terminal", "Card terminal, day total", false),
            }
        }
    };
    let holder = books.holder(who)?;
    // A till that rings every minute rings small sums.
    let busy = source == "card terminal" && holder.balance() > holder.minor(holder.comfort).saturating_mul(4);
    let reason = if busy { "Card terminal, sale" } else { reason };
    let minor = (holder.minor(cents) / if busy { 25 } else { 1 }).max(1);
    let command = AccountCommand::Deposit { amount: Money::new(minor, holder.currency), source: source.into() };
    let actor = match source {
        _ if by_teller => teller.into(),
        "card terminal" => holder.customer.clone(),
        _ => Label::new("api:payments"),
    };
    books.submit(who, &command, &Note::new(at, &actor, reason), Link::Own)
}
