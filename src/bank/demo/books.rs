//! The demo's books: commands are decided on the folded state, and what comes of them is written down.

use super::{
    DemoEvent,
    calendar::{Day, SCHEMA_2_MILLIS, instant},
    holders::{Holder, Role},
    names::TOWNS,
    random::SplitMix64,
};
use crate::{
    bank::{Account, AccountCommand, AccountEvent, Currency, EventBody, Money, encode, transfer},
    kernel::{Aggregate as _, EventId, Label, NewEvent, Payload, PayloadError, SchemaVersion, Timestamp},
};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::VecDeque;
use uuid::Builder;

/// All accounts as they stand, and the events that are written and not handed out yet.
#[derive(Clone, Debug)]
pub(super) struct Books {
    pub(super) holders: Vec<Holder>,
    pub(super) random: SplitMix64,
    /// How many events may still be written.
    pub(super) left: u32,
    pub(super) today: NaiveDate,
    /// The places of [`TOWNS`], each `Town, place`.
    places: Vec<Vec<Label>>,
    written: VecDeque<DemoEvent>,
    recorded_at: Timestamp,
    /// Open accounts, each as often as it is used: whoever is drawn comes in.
    urn: Vec<usize>,
    /// Who pays whom: people and companies of each currency.
    partners: Vec<(Currency, [Vec<usize>; 2])>,
    /// How many events transfers have made beyond the one that was planned.
    pub(super) owed: u32,
    invoices: i64,
    run: Option<(Label, NaiveDate, EventId)>,
}

/// Who did something, when and why.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) at: i64,
    pub(super) actor: Label,
    pub(super) reason: Label,
    /// When it happened, where that is not when it was written down.
    pub(super) happened: Option<i64>,
}

impl Note {
    pub(super) fn new(at: i64, actor: &Label, reason: impl Into<Label>) -> Self {
        Self { at, actor: actor.clone(), reason: reason.into(), happened: None }
    }
}

/// What an event belongs to.
#[derive(Clone, Debug)]
pub(super) enum Link {
    /// A command of its own.
    Own,
    /// A run of the batch that the note names as actor.
    Run,
    /// What another event set off: that event's correlation and its id.
    After(EventId, EventId),
}

/// What `MoneyDeposited` said in schema 1.
#[derive(Serialize)]
struct DepositedSchema1 {
    amount: i64,
}

impl Books {
    pub(super) fn new(holders: Vec<Holder>, random: SplitMix64, left: u32) -> Self {
        let place = |(town, streets): &(&str, [&str; 4])| {
            streets.iter().map(|street| Label::from(format!("{town}, {street}"))).collect()
        };
        let mut partners: Vec<(Currency, [Vec<usize>; 2])> = Vec::new();
        for (place, holder) in holders.iter().enumerate() {
            let side = match holder.role {
                Role::Person => 0,
                Role::Company => 1,
                Role::Landlord | Role::Surveyor | Role::Payroll | Role::Scripted => continue,
            };
            if !partners.iter().any(|(currency, _)| *currency == holder.currency) {
                partners.push((holder.currency, Default::default()));
            }
            let sides = partners.iter_mut().find(|(currency, _)| *currency == holder.currency);
            if let Some(list) = sides.and_then(|(_, sides)| sides.get_mut(side)) {
                list.push(place);
            }
        }
        Self {
            holders,
            random,
            left,
            today: NaiveDate::default(),
            places: TOWNS.iter().map(place).collect(),
            written: VecDeque::new(),
            recorded_at: Timestamp::MIN,
            urn: Vec::new(),
            partners,
            owed: 0,
            invoices: 0,
            run: None,
        }
    }

    pub(super) fn begin(&mut self, day: Day) {
        self.today = day.date;
    }

    /// How many events are written and not taken yet.
    pub(super) fn waiting(&self) -> usize {
        self.written.len()
    }

    /// Whether the next planned customer stays away, since a transfer made two events of one.
    pub(super) fn skip_customer(&mut self) -> bool {
        let skips = self.owed > 0;
        self.owed = self.owed.saturating_sub(1);
        skips
    }

    /// Somebody with an open account.
    pub(super) fn next_customer(&mut self) -> Option<usize> {
        let drawn = self.random.pick(&self.urn).copied();
        drawn.or_else(|| self.holders.iter().position(Holder::is_open))
    }

    /// Sees to it that nobody comes in for this account any more.
    pub(super) fn dismiss(&mut self, who: usize) {
        self.urn.retain(|other| *other != who);
    }

    /// Another open account of the same currency, mostly the same one for the same `seed`.
    pub(super) fn partner(&self, who: usize, role: Role, seed: u32) -> Option<usize> {
        let currency = self.holders.get(who)?.currency;
        let (_, [people, companies]) = self.partners.iter().find(|(other, _)| *other == currency)?;
        let list = if role == Role::Person { people } else { companies };
        let start = usize::try_from(seed).ok()?.checked_rem(list.len())?;
        let others = list.iter().cycle().skip(start).take(list.len().min(8));
        others.copied().find(|other| *other != who && self.holder(*other).is_some_and(Holder::is_open))
    }

    /// The number of the next survey's invoice.
    pub(super) fn next_invoice(&mut self, day: &Day) -> i64 {
        self.invoices = (self.invoices + 1).max(1960 + i64::from(day.number) * 9 / 10);
        // Some numbers belong to the story.
        while [2077, 2109, 2188, 2291].contains(&self.invoices) {
            self.invoices += 1;
        }
        self.invoices
    }

    pub(super) fn take(&mut self) -> Option<DemoEvent> {
        self.written.pop_front()
    }

    pub(super) fn holder(&self, who: usize) -> Option<&Holder> {
        self.holders.get(who)
    }

    /// The account of a number, `ACC-0417`.
    pub(super) fn find(&self, number: &str) -> Option<usize> {
        self.holders.iter().position(|holder| &*holder.number == number)
    }

    /// Decides a command and writes down what comes of it. Gives the id of its first event, if there is one.
    pub(super) fn submit(&mut self, who: usize, command: &AccountCommand, note: &Note, link: Link) -> Option<EventId> {
        let events = Account::decide(&self.holders.get(who)?.state, command).ok()?;
        self.write(who, events, note, link)
    }

    /// Decides a transfer and writes down both sides, or nothing.
    pub(super) fn transfer(&mut self, from: usize, to: usize, minor: i64, note: &Note) -> Option<EventId> {
        if self.left < 2 {
            return None;
        }
        let (payer, other) = (self.holders.get(from)?, self.holders.get(to)?);
        let amount = Money::new(minor, payer.currency);
        let sides = transfer((&payer.number, &payer.state), (&other.number, &other.state), amount);
        let (sent, received) = sides.ok()?;
        let id = self.write(from, sent, note, Link::Own)?;
        let link = Link::After(id.clone(), id.clone());
        self.append(to, received, note, link)?;
        Some(id)
    }

    /// Writes down a fact that nobody asked the account about.
    pub(super) fn record(&mut self, who: usize, event: AccountEvent, note: &Note) -> Option<EventId> {
        self.write(who, vec![event], note, Link::Run)
    }

    /// A place where a card is used next: near home, seldom elsewhere, and never too far from the last one.
    pub(super) fn place(&mut self, who: usize, at: i64) -> Option<Label> {
        const TRAVEL_MILLIS: i64 = 45 * 60_000;
        let holder = self.holders.get_mut(who)?;
        let (town, towns) = holder.market.towns;
        let near = holder.taken.last().is_some_and(|last| at - last < TRAVEL_MILLIS);
        if !near {
            let away = self.random.chance(7);
            holder.last_town = if away { town + self.random.below(towns) } else { holder.home };
        }
        let places = self.places.get(usize::try_from(holder.last_town).ok()?)?;
        self.random.pick(places).cloned()
    }

    /// Writes events down as recorded a moment after they happened.
    fn write(&mut self, who: usize, events: Vec<AccountEvent>, note: &Note, link: Link) -> Option<EventId> {
        let lag_micros = self.random.between(20_000, 900_000);
        self.recorded_at = self.recorded_at.max(instant(note.at).plus_micros(lag_micros));
        self.append(who, events, note, link)
    }

    /// Writes events down as recorded when the one before was.
    fn append(&mut self, who: usize, events: Vec<AccountEvent>, note: &Note, link: Link) -> Option<EventId> {
        let (mut first, mut link) = (None, link);
        for event in events {
            let id = self.push(who, &event, note, &link)?;
            link = Link::After(first.get_or_insert_with(|| id.clone()).clone(), id);
        }
        first
    }

    fn push(&mut self, who: usize, event: &AccountEvent, note: &Note, link: &Link) -> Option<EventId> {
        let happened = note.happened.unwrap_or(note.at);
        // What an account says is short, so that it can always be encoded.
        let body = body_of(event, happened).ok()?;
        self.left = self.left.checked_sub(1)?;
        let id = self.fresh_id();
        let (correlation, causation) = match link {
            Link::Own => (id.clone(), self.fresh_id()),
            Link::Run => {
                let run = self.run_of(&note.actor);
                (run.clone(), run)
            }
            Link::After(correlation, causation) => (correlation.clone(), causation.clone()),
        };
        let today = self.today;
        let holder = self.holders.get_mut(who)?;
        holder.pass(event, note.at, today);
        match event {
            AccountEvent::Opened(_) => {
                self.urn.extend(std::iter::repeat_n(who, usize::try_from(holder.weight).unwrap_or(0)));
            }
            AccountEvent::Closed(_) => self.urn.retain(|other| *other != who),
            AccountEvent::Deposited(_)
            | AccountEvent::Withdrawn(_)
            | AccountEvent::TransferSent(_)
            | AccountEvent::TransferReceived(_)
            | AccountEvent::Interest(_)
            | AccountEvent::Fee(_)
            | AccountEvent::OverdraftLimitSet(_) => {}
        }
        self.written.push_back(DemoEvent {
            event: NewEvent {
                id: id.clone(),
                stream: holder.stream.clone(),
                event_type: body.event_type,
                schema: body.schema,
                data: body.data,
                occurred_at: instant(happened),
                actor: note.actor.clone(),
                reason: note.reason.clone(),
                correlation_id: Some(correlation),
                causation_id: Some(causation),
                attributes: None,
            },
            recorded_at: self.recorded_at,
        });
        Some(id)
    }

    /// A UUID of version 7 for the moment of recording (RFC 9562).
    fn fresh_id(&mut self) -> EventId {
        let millis = u64::try_from(self.recorded_at.as_millis()).unwrap_or(0);
        EventId::Uuid(Builder::from_unix_timestamp_millis(millis, &self.random.ten_bytes()).into_uuid())
    }

    /// The id of today's run of a batch.
    fn run_of(&mut self, batch: &Label) -> EventId {
        if let Some((name, date, id)) = &self.run
            && (name, *date) == (batch, self.today)
        {
            return id.clone();
        }
        let id = self.fresh_id();
        self.run = Some((batch.clone(), self.today, id.clone()));
        id
    }
}

impl Holder {
    /// Moves the account past an event, and remembers what interest and caution need.
    fn pass(&mut self, event: &AccountEvent, at: i64, today: NaiveDate) {
        let before = std::mem::replace(&mut self.state, Account::initial());
        self.state = Account::evolve(before, event);
        let balance = self.balance();
        match self.closings.last_mut() {
            Some((date, closing)) if *date == today => *closing = balance,
            Some(_) | None => self.closings.push((today, balance)),
        }
        match event {
            AccountEvent::Withdrawn(_) => {
                let [_, second, third, fourth] = self.taken;
                self.taken = [second, third, fourth, at];
                self.last_out = at;
            }
            AccountEvent::TransferSent(_) | AccountEvent::Opened(_) => self.last_out = at,
            AccountEvent::Deposited(_)
            | AccountEvent::TransferReceived(_)
            | AccountEvent::Interest(_)
            | AccountEvent::Fee(_)
            | AccountEvent::OverdraftLimitSet(_)
            | AccountEvent::Closed(_) => {}
        }
    }
}

/// The event as it was written in its time.
fn body_of(event: &AccountEvent, happened: i64) -> Result<EventBody, PayloadError> {
    match event {
        AccountEvent::Deposited(deposited) if happened < SCHEMA_2_MILLIS => Ok(EventBody {
            event_type: event.type_name().into(),
            schema: SchemaVersion::FIRST,
            data: Payload::of(&DepositedSchema1 { amount: deposited.amount })?,
        }),
        AccountEvent::Opened(_)
        | AccountEvent::Deposited(_)
        | AccountEvent::Withdrawn(_)
        | AccountEvent::TransferSent(_)
        | AccountEvent::TransferReceived(_)
        | AccountEvent::Interest(_)
        | AccountEvent::Fee(_)
        | AccountEvent::OverdraftLimitSet(_)
        | AccountEvent::Closed(_) => encode(event),
    }
}
