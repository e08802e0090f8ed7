//! Searching the log: a filter as one line of text, a search that goes through the blocks in slices, and the rows that
//! the log's list shows.

mod caseless;
mod rows;
mod types;

pub use rows::{LogRow, LogRows};
pub use types::EventTypes;

use super::format::{Zone, parse_date, parse_moment};
use crate::kernel::{BlockHeader, Clock, Codec, EventView, History, Position, Timestamp};

/// What the log is filtered by. All parts that are given must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Which of an event's times `from` and `to` mean.
    pub clock: Clock,
    /// Positions, both ends included.
    pub positions: Option<(Position, Position)>,
    /// The type begins with this, in any case.
    pub event_type: Option<String>,
    /// The stream is of this category, in any case.
    pub category: Option<String>,
    /// The stream contains this, in any case.
    pub stream: Option<String>,
    /// The actor contains this, in any case.
    pub actor: Option<String>,
    /// Its time is this or later.
    pub from: Option<Timestamp>,
    /// Its time is this or earlier.
    pub to: Option<Timestamp>,
    /// These words stand in its type, stream, actor, reason or payload, in any case.
    pub words: Vec<String>,
}

impl LogFilter {
    /// Reads a line such as `type:FeeCharged stream:ACC-0417 who:"Ada Byron" from:2024-01-01 to:2024-01-31 seq:10..20
    /// fuel`. A key with nothing behind it is still being typed and filters nothing.
    ///
    /// # Errors
    /// A sentence that says which part cannot be read.
    pub fn parse(text: &str, zone: Zone) -> Result<Self, String> {
        let mut filter = Self::default();
        for word in words(text) {
            let word = unquoted(word);
            let (key, value) = match word.split_once(':') {
                Some((key, value)) => (key.to_ascii_lowercase(), value),
                None => (String::new(), ""),
            };
            let wanted = Some(value.to_lowercase());
            match key.as_str() {
                "type" | "category" | "stream" | "who" | "actor" | "from" | "to" | "seq" | "event"
                    if value.is_empty() => {}
                "type" => filter.event_type = wanted,
                "category" => filter.category = wanted,
                "stream" => filter.stream = wanted,
                "who" | "actor" => filter.actor = wanted,
                "from" => filter.from = Some(start_of(value, zone)?),
                "to" => filter.to = Some(parse_moment(value, zone).ok_or_else(|| no_time(value))?),
                "seq" | "event" => filter.positions = Some(positions(value)?),
                _ if word.is_empty() => {}
                _ => filter.words.push(word.to_lowercase()),
            }
        }
        match (filter.from, filter.to) {
            (Some(from), Some(to)) if from > to => Err("“from” is later than “to”: nothing lies between.".to_owned()),
            (_, _) => Ok(filter),
        }
    }

    /// The same filter with its times on a clock.
    #[must_use]
    pub fn on(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// What `key` says in a line, if it says anything.
    pub fn value_of(text: &str, key: &str) -> Option<String> {
        let value_in = |word: &str| {
            let word = unquoted(word);
            let (other, value) = word.split_once(':')?;
            (other.eq_ignore_ascii_case(key) && !value.is_empty()).then(|| value.to_owned())
        };
        words(text).filter_map(value_in).last()
    }

    /// A line in which `key` says `value`; an empty value takes the key out.
    pub fn with_value(text: &str, key: &str, value: &str) -> String {
        let is_key =
            |word: &&str| unquoted(word).split_once(':').is_some_and(|(other, _)| other.eq_ignore_ascii_case(key));
        let mut parts: Vec<String> = words(text).filter(|word| !is_key(word)).map(str::to_owned).collect();
        if !value.is_empty() {
            let value = value.replace('"', "");
            let quote = if value.contains(char::is_whitespace) { "\"" } else { "" };
            parts.insert(0, format!("{key}:{quote}{value}{quote}"));
        }
        parts.join(" ")
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        *self == Self { clock: self.clock, ..Self::default() }
    }

    /// Whether it says when.
    pub fn says_when(&self) -> bool {
        self.positions.is_some() || self.from.is_some() || self.to.is_some()
    }

    /// The same filter for all times.
    #[must_use]
    pub fn at_any_time(&self) -> Self {
        Self { positions: None, from: None, to: None, ..self.clone() }
    }

    /// Of events that match but for the time, the one nearest to the wanted time.
    pub fn nearest<C: Codec>(&self, found: &[Position], history: &History<C>) -> Option<Position> {
        let timeline = history.timeline(self.clock);
        let distance = |position: &Position| {
            let at = timeline.time_at(history.rank_of(self.clock, *position)).unwrap_or_default().as_micros();
            let micros = |time: Timestamp| time.as_micros();
            let early = self.from.map_or(0, |from| micros(from).saturating_sub(at).max(0));
            let late = self.to.map_or(0, |to| at.saturating_sub(micros(to)).max(0));
            let (first, last) = self.positions.unwrap_or((*position, *position));
            let before = first.get().saturating_sub(position.get());
            let after = position.get().saturating_sub(last.get());
            (early.max(late), before.max(after))
        };
        found.iter().copied().min_by_key(distance)
    }

    /// Whether a block can hold a match at all, by its header.
    pub fn can_match(&self, header: &BlockHeader) -> bool {
        let (earliest, latest) = match self.clock {
            Clock::Occurred => header.occurred,
            Clock::Recorded => header.recorded,
        };
        self.positions.is_none_or(|(from, to)| header.first <= to && from <= header.last())
            && self.from.is_none_or(|from| latest >= from)
            && self.to.is_none_or(|to| earliest <= to)
    }

    /// Whether an event matches.
    pub fn matches(&self, event: &EventView<'_>) -> bool {
        self.matches_with(event, &mut String::new())
    }

    /// The same with room for a payload's text, so that a search asks for memory once.
    fn matches_with(&self, event: &EventView<'_>, room: &mut String) -> bool {
        let at = match self.clock {
            Clock::Occurred => event.occurred_at,
            Clock::Recorded => event.recorded_at,
        };
        let category = || event.stream.split_once('/').map_or("", |(category, _)| category);
        let contains =
            |text: &str, part: &Option<String>| part.as_ref().is_none_or(|part| caseless::contains(text, part));
        self.positions.is_none_or(|(from, to)| (from..=to).contains(&event.position))
            && self.from.is_none_or(|from| at >= from)
            && self.to.is_none_or(|to| at <= to)
            && self.event_type.as_ref().is_none_or(|wanted| caseless::starts_with(event.event_type, wanted))
            && self.category.as_ref().is_none_or(|wanted| caseless::equals(category(), wanted))
            && contains(event.stream, &self.stream)
            && contains(event.actor, &self.actor)
            && (self.words.is_empty() || self.words_match(event, room))
    }

    fn words_match(&self, event: &EventView<'_>, room: &mut String) -> bool {
        let envelope = [event.event_type, event.stream, event.actor, event.reason];
        let mut is_written = false;
        self.words.iter().all(|word| {
            if envelope.iter().any(|text| caseless::contains(text, word)) {
                return true;
            }
            if !is_written {
                room.clear();
                event.data.write_json(room);
                is_written = true;
            }
            caseless::contains(room, word)
        })
    }
}

/// The words of a line; white space within double quotes does not part them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c: char| {
        quoted ^= c == '"';
        !quoted && c.is_whitespace()
    })
    .filter(|word| !word.is_empty())
}

fn unquoted(word: &str) -> String {
    word.replace('"', "")
}

fn start_of(value: &str, zone: Zone) -> Result<Timestamp, String> {
    match parse_date(value) {
        Some(date) => Ok(zone.midnight(date)),
        None => parse_moment(value, zone).ok_or_else(|| no_time(value)),
    }
}

fn no_time(value: &str) -> String {
    format!("“{value}” is no time. Write 2024-01-05 or 2024-01-05T14:03.")
}

/// `120`, `120..140`, and `120..` or `..140` without an end.
fn positions(value: &str) -> Result<(Position, Position), String> {
    let wrong = || format!("“{value}” is no range of events. Write 120 or 120..140.");
    let (from, to) = value.split_once("..").unwrap_or((value, value));
    let number = |text: &str, open: u32| match text.trim() {
        "" => Ok(Position::new(open)),
        text => text.replace(',', "").parse().map(Position::new).map_err(|_| wrong()),
    };
    if from.is_empty() && to.is_empty() {
        return Err(wrong());
    }
    let (from, to) = (number(from, 0)?, number(to, u32::MAX)?);
    if from <= to { Ok((from, to)) } else { Err(wrong()) }
}

/// A search on its way through the blocks.
#[derive(Clone, Debug)]
pub struct LogSearch {
    filter: LogFilter,
    next_block: usize,
    reached: Position,
    found: Vec<Position>,
    room: String,
}

impl LogSearch {
    /// Begins at the first block.
    pub fn new(filter: LogFilter) -> Self {
        Self { filter, next_block: 0, reached: Position::ZERO, found: Vec::new(), room: String::new() }
    }

    /// The filter.
    pub fn filter(&self) -> &LogFilter {
        &self.filter
    }

    /// What was found, in order.
    pub fn found(&self) -> &[Position] {
        &self.found
    }

    /// The last event that was looked at.
    pub fn reached(&self) -> Position {
        self.reached
    }

    /// Goes through blocks with up to about `events` events; returns whether all of the history is done. Called again it
    /// goes on where it was. It stops at a block that can match and is not in memory, which is wanted then with the next that can.
    pub fn step<C: Codec>(&mut self, history: &History<C>, events: u32) -> bool {
        let mut looked_at = 0u32;
        while let Some(kept) = history.blocks().get(self.next_block) {
            if looked_at >= events {
                return false;
            }
            let can_match = self.filter.can_match(kept.header());
            if can_match && !kept.is_here() {
                history.want_from(self.next_block, |header| self.filter.can_match(header));
                return false;
            }
            let place = self.next_block;
            self.next_block += 1;
            self.reached = kept.header().last();
            if !can_match {
                continue;
            }
            let Some(block) = history.block(place) else { continue };
            looked_at = looked_at.saturating_add(kept.header().count);
            let Ok(mut reader) = block.read() else { continue };
            while let Ok(Some(event)) = reader.next_event() {
                if self.filter.matches_with(&event, &mut self.room) {
                    self.found.push(event.position);
                }
            }
        }
        true
    }
}
