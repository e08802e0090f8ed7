//! The witness: what a page remembers of a log in another place than the log.
//!
//! A browser that loses a database, whole or in part, opens what is left of it without an error: an empty database
//! looks like a first visit. A witness written after each commit tells the two apart.

use crate::kernel::{ChainHash, Position, Tail, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How a log ended when it was last seen whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// How many events it held.
    pub events: u32,
    /// The chain up to the last of them.
    #[serde(serialize_with = "write_chain", deserialize_with = "read_chain")]
    pub chain: ChainHash,
    /// When the last of them was recorded.
    pub recorded_at: Timestamp,
}

/// What a log is, compared with what was witnessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WitnessVerdict {
    /// It ends as it was last seen.
    Intact,
    /// It holds what was witnessed and more: another tab wrote, or this one was closed before it wrote its witness.
    Ahead,
    /// Its last events are gone.
    Shorter {
        /// How many events were witnessed.
        expected: u32,
        /// How many there are.
        found: u32,
    },
    /// All its events are gone.
    Empty {
        /// How many events were witnessed.
        expected: u32,
    },
    /// It is long enough, and it is not the history that was witnessed.
    Different,
}

impl Witness {
    /// The witness of a log that ends at `tail`, its last event recorded at `recorded_at`.
    pub fn of(tail: Tail, recorded_at: Timestamp) -> Self {
        Self { events: tail.position.get(), chain: tail.chain, recorded_at }
    }

    /// Compares a log, which ends at `tail`, with this witness.
    ///
    /// `chain_at` gives the chain up to an event of the log. It is asked at most once, only when the log holds more
    /// than was witnessed. Where it knows no answer, the log counts as different.
    pub fn compare(&self, tail: Tail, chain_at: impl FnOnce(Position) -> Option<ChainHash>) -> WitnessVerdict {
        let (expected, found) = (self.events, tail.position.get());
        if found < expected {
            return match found {
                0 => WitnessVerdict::Empty { expected },
                found => WitnessVerdict::Shorter { expected, found },
            };
        }
        let (then, verdict) = if found == expected {
            (Some(tail.chain), WitnessVerdict::Intact)
        } else if expected == 0 {
            (Some(ChainHash::START), WitnessVerdict::Ahead)
        } else {
            (chain_at(Position::new(expected)), WitnessVerdict::Ahead)
        };
        if then == Some(self.chain) { verdict } else { WitnessVerdict::Different }
    }
}

fn write_chain<S: Serializer>(chain: &ChainHash, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(chain)
}

fn read_chain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ChainHash, D::Error> {
    let text = String::deserialize(deserializer)?;
    ChainHash::parse(&text).ok_or_else(|| de::Error::custom("not 64 hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(digit: char) -> ChainHash {
        ChainHash::parse(&digit.to_string().repeat(64)).unwrap()
    }

    fn tail(events: u32, digit: char) -> Tail {
        Tail { position: Position::new(events), chain: chain(digit) }
    }

    fn witness(events: u32, digit: char) -> Witness {
        Witness::of(tail(events, digit), Timestamp::from_millis(1))
    }

    fn not_asked(_: Position) -> Option<ChainHash> {
        panic!("the chain was looked up without need")
    }

    #[test]
    fn a_log_that_ends_as_witnessed_is_intact() {
        assert_eq!(witness(7, 'a').compare(tail(7, 'a'), not_asked), WitnessVerdict::Intact);
        assert_eq!(Witness::of(Tail::START, Timestamp::MIN).compare(Tail::START, not_asked), WitnessVerdict::Intact);
    }

    #[test]
    fn a_log_that_went_on_is_ahead() {
        let lookup = |position| (position == Position::new(7)).then(|| chain('a'));
        assert_eq!(witness(7, 'a').compare(tail(9, 'c'), lookup), WitnessVerdict::Ahead);
        let nothing_yet = Witness::of(Tail::START, Timestamp::MIN);
        assert_eq!(nothing_yet.compare(tail(9, 'c'), not_asked), WitnessVerdict::Ahead);
    }

    #[test]
    fn lost_events_are_counted() {
        let verdict = WitnessVerdict::Shorter { expected: 300, found: 270 };
        assert_eq!(witness(300, 'a').compare(tail(270, 'b'), not_asked), verdict);
    }

    #[test]
    fn an_empty_database_is_not_a_first_visit() {
        assert_eq!(witness(300, 'a').compare(Tail::START, not_asked), WitnessVerdict::Empty { expected: 300 });
    }

    #[test]
    fn another_history_of_any_length_is_different() {
        assert_eq!(witness(7, 'a').compare(tail(7, 'b'), not_asked), WitnessVerdict::Different);
        assert_eq!(witness(7, 'a').compare(tail(9, 'c'), |_| Some(chain('b'))), WitnessVerdict::Different);
        assert_eq!(witness(7, 'a').compare(tail(9, 'c'), |_| None), WitnessVerdict::Different);
    }

    #[test]
    fn the_stored_form_of_a_witness_stays() {
        let hex = "a".repeat(64);
        let stored = format!(r#"{{"events":7,"chain":"{hex}","recorded_at":"1970-01-01T00:00:00.001Z"}}"#);
        assert_eq!(serde_json::to_string(&witness(7, 'a')).unwrap(), stored);
        assert_eq!(serde_json::from_str::<Witness>(&stored).unwrap(), witness(7, 'a'));
        assert!(serde_json::from_str::<Witness>(&stored.replace('a', "g")).is_err());
    }
}
