//! The ledger as an hledger journal: plain-text accounting that other programs check and reckon with.
//!
//! One transaction for each event that moves money, dated by when it happened in the caller's zone. Money comes from
//! `equity:opening`, `income:…` or another account and goes to `expenses:…` or another account; what was sent and not
//! yet received lies in `assets:in-transit`. The balances of `assets:accounts:…` at any date are those of the read
//! model on the occurred clock: what happened to an account before it opened counts from the opening on, and is dated so.
//!
//! A part of the ledger balances too ([`Part`]): in the journal of one account, the other side of a transfer is
//! `equity:transfers:…`; a journal that begins later begins with what all accounts hold then, from `equity:opening`.

mod text;
mod walk;

use crate::bank::{AccountEvent, BankCodec, Currency, Money};
use crate::kernel::{Clock, EventId, History, Position, Rank, Recorded, RecordedEvent, StreamId, Timestamp, Version};
use chrono::{Datelike as _, NaiveDate};
use std::{fmt::Write as _, iter};
use text::{description, segment, tag_value};
use walk::Walk;

pub use walk::Part;

/// How many minutes the clock on the wall is ahead of UTC at an instant.
pub type ZoneAt = Box<dyn Fn(Timestamp) -> i32>;

/// What was sent and not yet received.
const IN_TRANSIT: &str = "assets:in-transit";
/// Where a journal's first balances come from.
const OPENING: &str = "equity:opening";

/// Gives a journal in chunks. What is appended after it was made is not in it.
pub struct HledgerExport {
    zone: ZoneAt,
    walk: Walk,
    /// Which event of the walk is next, from 0.
    next: usize,
    /// So many of its events came before the journal begins: they are only summed up.
    before: usize,
    /// When it begins, if not with the ledger.
    begins: Option<Timestamp>,
    /// By [`StreamId`]; `None` for what is no open account.
    accounts: Vec<Option<Holding>>,
    /// The currencies that were declared, and what of each is on its way when the journal begins.
    currencies: Vec<(Currency, i64)>,
    /// What happened to accounts before they were opened.
    early: Vec<(StreamId, Position)>,
    is_finished: bool,
}

/// An account that was opened.
struct Holding {
    name: String,
    /// The version of its opening.
    opened_as: Version,
    currency: Currency,
    /// What it holds when the journal begins.
    opening: i64,
}

impl Holding {
    /// By how much an event changes what it holds: what was recorded before the opening counts nowhere, and a second
    /// opening changes nothing.
    fn change(&self, fact: &Recorded<'_, AccountEvent>) -> i64 {
        let counts = match fact.event {
            AccountEvent::Opened(_) => fact.version == self.opened_as,
            _ => fact.version > self.opened_as,
        };
        if counts { fact.event.change() } else { 0 }
    }
}

/// An event that moves money, as far as a journal needs it.
struct Move {
    position: Position,
    account: String,
    currency: Currency,
    /// By how much the account's balance changes.
    change: i64,
    other: String,
    date: NaiveDate,
    recorded: RecordedEvent,
}

impl HledgerExport {
    /// A journal of a part of a history, with dates in a zone.
    pub fn new(history: &History<BankCodec>, part: &Part, zone: ZoneAt) -> Self {
        let timeline = history.timeline(Clock::Occurred);
        let before_instant = |instant: Timestamp| timeline.rank_at(instant.plus_micros(-1));
        let (walk, before, begins) = match part {
            Part::Whole => (Walk::All(timeline.len()), Rank::ZERO, None),
            Part::Account(name) => {
                let entry = history.stream_id(name).and_then(|id| history.stream(id));
                let positions = entry.map(|entry| entry.positions(Clock::Occurred).to_vec()).unwrap_or_default();
                (Walk::Account(positions), Rank::ZERO, None)
            }
            Part::Between(from, to) => (Walk::All(timeline.rank_at(*to)), before_instant(*from), Some(*from)),
        };
        Self {
            zone,
            walk,
            next: 0,
            before: before.as_usize(),
            begins,
            accounts: Vec::new(),
            currencies: Vec::new(),
            early: Vec::new(),
            is_finished: false,
        }
    }

    /// How many events were passed, of how many.
    pub fn progress(&self) -> (u32, u32) {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (count(self.next), count(self.walk.count()))
    }

    /// The transactions of the next `events_max` events; `None` once the journal is complete.
    pub fn next_chunk(&mut self, history: &History<BankCodec>, events_max: u32) -> Option<String> {
        if self.is_finished {
            return None;
        }
        let mut out = String::new();
        if self.next == 0 {
            out.push_str("; Written by Annals: one transaction for each event that moved money.\ndecimal-mark .\n");
            if let Walk::Account(_) = self.walk {
                out.push_str("; Of one account: the other side of a transfer is in equity:transfers.\n");
            }
        }
        for _ in 0..events_max.max(1) {
            if self.next == self.before {
                self.write_opening(&mut out);
            }
            if self.next >= self.walk.count() {
                self.is_finished = true;
                break;
            }
            self.pass(history, &mut out);
        }
        Some(out)
    }

    fn pass(&mut self, history: &History<BankCodec>, out: &mut String) {
        let is_before = self.next < self.before;
        let found = self.walk.position(history, self.next);
        self.next += 1;
        let Some(position) = found else { return };
        let Some(fact) = history.fact(position) else { return };
        let early = self.open(&fact.as_recorded(), history, out);
        if self.holding(fact.stream).is_none() {
            self.early.push((fact.stream, position));
            return;
        }
        if is_before {
            for position in iter::once(position).chain(early) {
                self.sum_up(history, position);
            }
            return;
        }
        let date = self.date(fact.occurred_at);
        if let Some(movement) = self.movement(history, position, date) {
            match self.received(history, &movement) {
                Some((other, position)) => write_transaction(&movement, &other, Some(position), out),
                None => write_transaction(&movement, &movement.other, None, out),
            }
        }
        for movement in early.into_iter().filter_map(|position| self.movement(history, position, date)) {
            write_transaction(&movement, &movement.other, None, out);
        }
    }

    /// Takes an event that happened before the journal begins.
    fn sum_up(&mut self, history: &History<BankCodec>, position: Position) {
        let Some(fact) = history.fact(position) else { return };
        let index = fact.stream.index().unwrap_or(usize::MAX);
        let Some(holding) = self.accounts.get_mut(index).and_then(Option::as_mut) else { return };
        let change = holding.change(&fact.as_recorded());
        holding.opening = holding.opening.saturating_add(change);
        let on_its_way = self.currencies.iter_mut().find(|(currency, _)| *currency == holding.currency);
        if let (AccountEvent::TransferSent(_) | AccountEvent::TransferReceived(_), Some((_, minor))) =
            (fact.event, on_its_way)
        {
            *minor = minor.saturating_sub(change);
        }
    }

    /// What all accounts hold, and what is on its way, when the journal begins.
    fn write_opening(&mut self, out: &mut String) {
        let Some(begins) = self.begins.take() else { return };
        let accounts = self.accounts.iter().flatten();
        let accounts = accounts.map(|holding| (holding.name.as_str(), holding.opening, holding.currency));
        let on_its_way = self.currencies.iter().map(|(currency, minor)| (IN_TRANSIT, *minor, *currency));
        let mut is_first = true;
        for (account, minor, currency) in accounts.chain(on_its_way).filter(|(_, minor, _)| *minor != 0) {
            if std::mem::take(&mut is_first) {
                // Writing to a String cannot fail.
                writeln!(out, "\n{} opening balances", self.date(begins)).unwrap_or_default();
            }
            write_postings(account, OPENING, Money::new(minor, currency), out);
        }
    }

    /// Opens the account of an event, if that is what happened; gives what happened to it before.
    fn open(
        &mut self,
        fact: &Recorded<'_, AccountEvent>,
        history: &History<BankCodec>,
        out: &mut String,
    ) -> Vec<Position> {
        let AccountEvent::Opened(opened) = fact.event else { return Vec::new() };
        let (Some(entry), Some(index), None) =
            (history.stream(fact.stream), fact.stream.index(), self.holding(fact.stream))
        else {
            return Vec::new();
        };
        let name = format!("assets:accounts:{}", segment(entry.name.id()));
        self.declare(opened.currency, out);
        writeln!(out, "\naccount {name}").unwrap_or_default();
        if self.accounts.len() <= index {
            self.accounts.resize_with(index + 1, || None);
        }
        if let Some(slot) = self.accounts.get_mut(index) {
            *slot = Some(Holding { name, opened_as: fact.version, currency: opened.currency, opening: 0 });
        }
        self.early.extract_if(.., |(stream, _)| *stream == fact.stream).map(|(_, position)| position).collect()
    }

    fn holding(&self, id: StreamId) -> Option<&Holding> {
        self.accounts.get(id.index()?)?.as_ref()
    }

    /// The movement of an event of an open account, if it is one.
    fn movement(&self, history: &History<BankCodec>, position: Position, date: NaiveDate) -> Option<Move> {
        let fact = history.fact(position)?;
        let holding = self.holding(fact.stream)?;
        let change = holding.change(&fact.as_recorded());
        if change == 0 {
            return None;
        }
        let other = self.other_side(&fact.event);
        let (account, currency) = (holding.name.clone(), holding.currency);
        Some(Move { position, account, currency, change, other, date, recorded: history.event(position)? })
    }

    /// The account that a transfer went to, if its other half is the next event and says just the opposite; that event
    /// is done with, then.
    fn received(&mut self, history: &History<BankCodec>, sent: &Move) -> Option<(String, Position)> {
        let sender = history.fact(sent.position)?;
        let AccountEvent::TransferSent(from) = sender.event else { return None };
        let position = self.walk.position(history, self.next)?;
        let received = history.fact(position).filter(|_| position == sent.position.next())?;
        let AccountEvent::TransferReceived(to) = received.event else { return None };
        let holding = self.holding(received.stream)?;
        let is_same_money = from.amount == to.amount
            && holding.currency == sent.currency
            && self.date(received.occurred_at) == sent.date;
        let correlation = |event: &RecordedEvent| -> Option<EventId> { event.event.correlation_id.clone() };
        let is_one_intention = correlation(&sent.recorded)
            .is_some_and(|id| history.event(position).as_ref().and_then(correlation) == Some(id));
        if !(is_same_money && is_one_intention) {
            return None;
        }
        let name = holding.name.clone();
        self.next += 1;
        Some((name, position))
    }

    fn declare(&mut self, currency: Currency, out: &mut String) {
        if !self.currencies.iter().any(|(other, _)| *other == currency) {
            self.currencies.push((currency, 0));
            let decimals = usize::from(currency.exponent());
            writeln!(out, "\ncommodity 1000.{:0<decimals$} {currency}", "").unwrap_or_default();
        }
    }

    fn date(&self, instant: Timestamp) -> NaiveDate {
        let minutes = i64::from((self.zone)(instant));
        instant.plus_micros(minutes.saturating_mul(60 * Timestamp::MICROS_PER_SECOND)).to_utc().date_naive()
    }

    fn other_side(&self, event: &AccountEvent) -> String {
        let transfer = |number: &str| match self.walk {
            Walk::All(_) => IN_TRANSIT.to_owned(),
            Walk::Account(_) => format!("equity:transfers:{}", segment(number)),
        };
        match event {
            AccountEvent::Opened(_) => OPENING.to_owned(),
            AccountEvent::Deposited(event) => format!("income:{}", segment(&event.source)),
            AccountEvent::Withdrawn(event) => format!("expenses:{}", segment(&event.atm_location)),
            AccountEvent::Interest(_) => "income:interest".to_owned(),
            AccountEvent::Fee(event) => format!("expenses:fees:{}", segment(&event.reason)),
            AccountEvent::TransferSent(event) => transfer(&event.to),
            AccountEvent::TransferReceived(event) => transfer(&event.from),
            AccountEvent::OverdraftLimitSet(_) | AccountEvent::Closed(_) => "equity:nothing".to_owned(),
        }
    }
}

fn write_transaction(movement: &Move, other: &str, received: Option<Position>, out: &mut String) {
    let Move { position, account, currency, change, date, recorded, .. } = movement;
    let event = &recorded.event;
    let text = if event.reason.trim().is_empty() { &event.event_type } else { &event.reason };
    let (year, month, day) = (date.year(), date.month(), date.day());
    let received = received.map_or_else(String::new, |position| format!(", received:{position}"));
    let id = tag_value(&event.id.to_string());
    // Writing to a String cannot fail.
    write!(
        out,
        "\n{year:04}-{month:02}-{day:02} ({position}) {}\n    ; position:{position}, id:{id}{received}\n",
        description(text),
    )
    .unwrap_or_default();
    write_postings(account, other, Money::new(*change, *currency), out);
}

/// An amount on an account, and its opposite on another.
fn write_postings(account: &str, other: &str, money: Money, out: &mut String) {
    let (amount, currency) = (money.to_decimal(), money.currency);
    // By its sign, since the smallest number has no opposite in 64 bits.
    let opposite = match amount.strip_prefix('-') {
        Some(positive) => positive.to_owned(),
        None => format!("-{amount}"),
    };
    write!(out, "    {account}  {amount} {currency}\n    {other}  {opposite} {currency}\n").unwrap_or_default();
}
