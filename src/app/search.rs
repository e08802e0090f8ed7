//! Searching the log: a filter as one line of text, and a search that goes through the blocks in slices.

use super::format::{Zone, parse_moment};
use crate::kernel::{Block, EventView, Position, Timestamp};

/// What the log is filtered by. All parts that are given must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Positions, both ends included.
    pub positions: Option<(Position, Position)>,
    /// The type begins with this, in any case.
    pub event_type: Option<String>,
    /// The stream contains this, in any case.
    pub stream: Option<String>,
    /// The actor contains this, in any case.
    pub actor: Option<String>,
    /// It happened at or after.
    pub from: Option<Timestamp>,
    /// It happened at or before.
    pub to: Option<Timestamp>,
    /// These words stand in its type, stream, actor, reason or payload, in any case.
    pub words: Vec<String>,
}

impl LogFilter {
    /// Reads a line such as `type:FeeCharged stream:ACC-0417 who:batch from:2024-01-01 to:2024-01-31 seq:10..20 fuel`.
    ///
    /// # Errors
    /// A sentence that says which part cannot be read.
    pub fn parse(text: &str, zone: Zone) -> Result<Self, String> {
        let mut filter = Self::default();
        for word in text.split_whitespace() {
            let Some((key, value)) = word.split_once(':').filter(|(_, value)| !value.is_empty()) else {
                filter.words.push(word.to_lowercase());
                continue;
            };
            let wanted = Some(value.to_lowercase());
            match key.to_lowercase().as_str() {
                "type" => filter.event_type = wanted,
                "stream" => filter.stream = wanted,
                "who" | "actor" => filter.actor = wanted,
                "from" => filter.from = Some(start_of(value, zone)?),
                "to" => filter.to = Some(parse_moment(value, zone).ok_or_else(|| no_time(value))?),
                "seq" | "event" => filter.positions = Some(positions(value)?),
                _ => filter.words.push(word.to_lowercase()),
            }
        }
        Ok(filter)
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a block can hold a match at all, by its header.
    pub fn can_match(&self, block: &Block) -> bool {
        let header = block.header();
        self.positions.is_none_or(|(from, to)| header.first <= to && from <= header.last())
            && self.from.is_none_or(|from| header.occurred.1 >= from)
            && self.to.is_none_or(|to| header.occurred.0 <= to)
    }

    /// Whether an event matches.
    pub fn matches(&self, event: &EventView<'_>) -> bool {
        let contains =
            |text: &str, part: &Option<String>| part.as_ref().is_none_or(|part| text.to_lowercase().contains(part));
        self.positions.is_none_or(|(from, to)| (from..=to).contains(&event.position))
            && self.from.is_none_or(|from| event.occurred_at >= from)
            && self.to.is_none_or(|to| event.occurred_at <= to)
            && self.event_type.as_ref().is_none_or(|wanted| event.event_type.to_lowercase().starts_with(wanted))
            && contains(event.stream, &self.stream)
            && contains(event.actor, &self.actor)
            && (self.words.is_empty() || self.words_match(event))
    }

    fn words_match(&self, event: &EventView<'_>) -> bool {
        let mut text = format!("{} {} {} {} ", event.event_type, event.stream, event.actor, event.reason);
        event.data.write_json(&mut text);
        let text = text.to_lowercase();
        self.words.iter().all(|word| text.contains(word))
    }
}

fn start_of(value: &str, zone: Zone) -> Result<Timestamp, String> {
    match super::format::parse_date(value) {
        Some(date) => Ok(zone.midnight(date)),
        None => parse_moment(value, zone).ok_or_else(|| no_time(value)),
    }
}

fn no_time(value: &str) -> String {
    format!("“{value}” is no time. Write 2024-01-05 or 2024-01-05T14:03.")
}

fn positions(value: &str) -> Result<(Position, Position), String> {
    let wrong = |_| format!("“{value}” is no range of events. Write 120 or 120..140.");
    let (from, to) = value.split_once("..").unwrap_or((value, value));
    let number = |text: &str| text.replace(',', "").parse::<u32>().map(Position::new).map_err(wrong);
    Ok((number(from)?, number(to)?))
}

/// A search on its way through the blocks.
#[derive(Clone, Debug)]
pub struct LogSearch {
    filter: LogFilter,
    next_block: usize,
    found: Vec<Position>,
}

impl LogSearch {
    /// Begins at the first block.
    pub fn new(filter: LogFilter) -> Self {
        Self { filter, next_block: 0, found: Vec::new() }
    }

    /// The filter.
    pub fn filter(&self) -> &LogFilter {
        &self.filter
    }

    /// What was found, in order.
    pub fn found(&self) -> &[Position] {
        &self.found
    }

    /// Goes through blocks with up to about `events` events; returns whether all of `blocks` is done. Called again with
    /// more blocks, it goes on where it was.
    pub fn step(&mut self, blocks: &[Block], events: u32) -> bool {
        let mut looked_at = 0;
        while let Some(block) = blocks.get(self.next_block) {
            if looked_at >= events {
                return false;
            }
            self.next_block += 1;
            if !self.filter.can_match(block) {
                continue;
            }
            looked_at += block.header().count;
            let Ok(mut reader) = block.read() else { continue };
            while let Ok(Some(event)) = reader.next_event() {
                if self.filter.matches(&event) {
                    self.found.push(event.position);
                }
            }
        }
        true
    }
}
