//! The ledger as an hledger journal: plain-text accounting that other programs check and reckon with.
//!
//! One transaction for each event that moves money, dated by when it happened in the caller's zone. Money comes from
//! `equity:opening`, `income:…` or another account and goes to `expenses:…` or another account; what was sent and not
//! yet received lies in `assets:in-transit`. The balances of `assets:accounts:…` at any date are those of the read
//! model on the occurred clock: what is said of an account before it opened counts in neither.

use crate::bank::{AccountEvent, BankCodec, Currency, Money};
use crate::kernel::{Clock, EventId, History, Position, Rank, RecordedEvent, StreamId, Timestamp};
use chrono::{Datelike as _, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// How many minutes the clock on the wall is ahead of UTC at an instant.
pub type ZoneAt = Box<dyn Fn(Timestamp) -> i32>;

/// Gives a journal in chunks. What is appended after it was made is not in it.
pub struct HledgerExport {
    zone: ZoneAt,
    next: Rank,
    last: Rank,
    currencies: BTreeMap<StreamId, Currency>,
    declared: BTreeSet<Currency>,
    has_begun: bool,
    is_finished: bool,
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
    /// A journal of a history, with dates in a zone.
    pub fn new(history: &History<BankCodec>, zone: ZoneAt) -> Self {
        Self {
            zone,
            next: Rank::ZERO.next(),
            last: Rank::new(history.head().get()),
            currencies: BTreeMap::new(),
            declared: BTreeSet::new(),
            has_begun: false,
            is_finished: false,
        }
    }

    /// The transactions of the next `events_max` events; `None` once the journal is complete.
    pub fn next_chunk(&mut self, history: &History<BankCodec>, events_max: u32) -> Option<String> {
        if self.is_finished {
            return None;
        }
        let mut out = String::new();
        if !self.has_begun {
            self.has_begun = true;
            out.push_str("; Written by Annals: one transaction for each event that moved money.\ndecimal-mark .\n");
        }
        for _ in 0..events_max.max(1) {
            if self.next > self.last {
                self.is_finished = true;
                break;
            }
            self.write_event(history, &mut out);
        }
        Some(out)
    }

    fn write_event(&mut self, history: &History<BankCodec>, out: &mut String) {
        let rank = self.next;
        self.next = rank.next();
        let Some(movement) = self.movement(history, rank, out) else { return };
        match self.received(history, &movement) {
            Some((other, position)) => write_transaction(&movement, &other, Some(position), out),
            None => write_transaction(&movement, &movement.other, None, out),
        }
    }

    /// The movement at a rank of the occurred clock; opens the account if that is what happened.
    fn movement(&mut self, history: &History<BankCodec>, rank: Rank, out: &mut String) -> Option<Move> {
        let position = history.timeline(Clock::Occurred).position_at(rank)?;
        let fact = history.fact(position)?;
        let account = format!("assets:accounts:{}", segment(history.stream(fact.stream)?.name.id()));
        if let (AccountEvent::Opened(opened), false) = (fact.event, self.currencies.contains_key(&fact.stream)) {
            self.currencies.insert(fact.stream, opened.currency);
            self.declare(opened.currency, out);
            // Writing to a String cannot fail.
            writeln!(out, "\naccount {account}").unwrap_or_default();
        }
        let currency = *self.currencies.get(&fact.stream)?;
        let change = fact.event.change();
        if change == 0 {
            return None;
        }
        let other = other_side(fact.event);
        let date = self.date(fact.occurred_at);
        Some(Move { position, account, currency, change, other, date, recorded: history.event(position)? })
    }

    /// The account that a transfer went to, if its other half is the next event and says just the opposite; that event
    /// is done with, then.
    fn received(&mut self, history: &History<BankCodec>, sent: &Move) -> Option<(String, Position)> {
        let sender = history.fact(sent.position)?;
        let AccountEvent::TransferSent(from) = sender.event else { return None };
        let position = history.timeline(Clock::Occurred).position_at(self.next).filter(|_| self.next <= self.last)?;
        let received = history.fact(position).filter(|_| position == sent.position.next())?;
        let AccountEvent::TransferReceived(to) = received.event else { return None };
        let other = &history.stream(received.stream)?.name;
        let is_same_money = from.amount == to.amount
            && self.currencies.get(&received.stream) == Some(&sent.currency)
            && self.date(received.occurred_at) == sent.date;
        let correlation = |event: &RecordedEvent| -> Option<EventId> { event.event.correlation_id.clone() };
        let is_one_intention = correlation(&sent.recorded)
            .is_some_and(|id| history.event(position).as_ref().and_then(correlation) == Some(id));
        if !(is_same_money && is_one_intention) {
            return None;
        }
        self.next = self.next.next();
        Some((format!("assets:accounts:{}", segment(other.id())), position))
    }

    fn declare(&mut self, currency: Currency, out: &mut String) {
        if self.declared.insert(currency) {
            let decimals = usize::from(currency.exponent());
            writeln!(out, "\ncommodity 1000.{:0<decimals$} {currency}", "").unwrap_or_default();
        }
    }

    fn date(&self, instant: Timestamp) -> NaiveDate {
        let minutes = i64::from((self.zone)(instant));
        instant.plus_micros(minutes.saturating_mul(60 * Timestamp::MICROS_PER_SECOND)).to_utc().date_naive()
    }
}

fn other_side(event: &AccountEvent) -> String {
    match event {
        AccountEvent::Opened(_) => "equity:opening".to_owned(),
        AccountEvent::Deposited(event) => format!("income:{}", segment(&event.source)),
        AccountEvent::Withdrawn(event) => format!("expenses:{}", segment(&event.atm_location)),
        AccountEvent::Interest(_) => "income:interest".to_owned(),
        AccountEvent::Fee(event) => format!("expenses:fees:{}", segment(&event.reason)),
        AccountEvent::TransferSent(_) | AccountEvent::TransferReceived(_) => "assets:in-transit".to_owned(),
        AccountEvent::OverdraftLimitSet(_) | AccountEvent::Closed(_) => "equity:nothing".to_owned(),
    }
}

fn write_transaction(movement: &Move, other: &str, received: Option<Position>, out: &mut String) {
    let Move { position, account, currency, change, date, recorded, .. } = movement;
    let event = &recorded.event;
    let text = if event.reason.trim().is_empty() { &event.event_type } else { &event.reason };
    let (year, month, day) = (date.year(), date.month(), date.day());
    let received = received.map_or_else(String::new, |position| format!(", received:{position}"));
    let id = tag_value(&event.id.to_string());
    let amount = Money::new(*change, *currency).to_decimal();
    // By its sign, since the smallest number has no opposite in 64 bits.
    let opposite = match amount.strip_prefix('-') {
        Some(positive) => positive.to_owned(),
        None => format!("-{amount}"),
    };
    // Writing to a String cannot fail.
    write!(
        out,
        "\n{year:04}-{month:02}-{day:02} ({position}) {}\n    ; position:{position}, id:{id}{received}\n    {account}  {amount} {currency}\n    {other}  {opposite} {currency}\n",
        description(text),
    )
    .unwrap_or_default();
}

/// A text as one segment of an account's name. What would end the name, part it or be trimmed off it is written as
/// `%` and its code, and so is `%`, so that different texts stay different.
fn segment(text: &str) -> String {
    if text.trim().is_empty() {
        return if text.is_empty() { "unknown".to_owned() } else { escaped(text) };
    }
    escaped(text)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (index, character) in text.chars().enumerate() {
        let is_inner_blank = character == ' ' && index > 0 && index < last && !out.ends_with(' ');
        let is_odd = (character.is_whitespace() && !is_inner_blank)
            || character.is_control()
            || matches!(character, ':' | ';' | '%' | '|' | '"')
            || is_format(character);
        if is_odd {
            write!(out, "%{:02X}", u32::from(character)).unwrap_or_default();
        } else {
            out.push(character);
        }
    }
    out
}

/// Characters that show nothing and that programs treat as they like.
fn is_format(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A text as the description of a transaction: on one line, without what begins a comment or parts payee and note.
fn description(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|character| match character {
            ';' => ',',
            '|' => '/',
            odd if odd.is_whitespace() || odd.is_control() || is_format(odd) => ' ',
            other => other,
        })
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as the value of a tag, which a comma would end.
fn tag_value(text: &str) -> String {
    description(text).replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_segment_and_stay_different() {
        for (text, written) in [
            ("ACC-1", "ACC-1"),
            ("a b", "a b"),
            ("a  b", "a %20b"),
            (" a ", "%20a%20"),
            ("a:b", "a%3Ab"),
            ("a%3Ab", "a%253Ab"),
            ("a;b\nc", "a%3Bb%0Ac"),
            ("a\u{a0}b", "a%A0b"),
            ("", "unknown"),
            ("  ", "%20%20"),
        ] {
            assert_eq!(segment(text), written);
        }
    }

    #[test]
    fn a_description_is_one_line_without_comment() {
        assert_eq!(description(" rent; May | *late*\r\n\tsecond  line "), "rent, May / *late* second line");
        assert_eq!(tag_value("a,b\nc"), "a%2Cb c");
    }
}
