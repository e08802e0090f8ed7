//! Upcasting: reading an old event schema as the current one.
//!
//! Stored events are never rewritten. A step lifts a payload from one schema to the next, JSON to JSON; a chain of
//! steps is checked for gaps when it is built, so that a missing step is found at the start and not in a year.

use super::{Label, SchemaVersion};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Turns a payload of one schema into one of the next; the text of a failure names what is missing or odd.
pub type Lift = fn(Map<String, Value>) -> Result<Map<String, Value>, String>;

/// One step: how a payload of `event_type` at schema `from` becomes one at the schema after it.
#[derive(Clone, Copy, Debug)]
pub struct UpcastStep {
    /// The stored type.
    pub event_type: &'static str,
    /// The schema that the step reads.
    pub from: SchemaVersion,
    /// The lift.
    pub lift: Lift,
}

/// All steps of a log's alphabet.
#[derive(Clone, Debug, Default)]
pub struct UpcastChain {
    /// By type. There are few of them: to look through them costs less than to search, and each event that is read asks.
    steps: Vec<(&'static str, Vec<UpcastStep>)>,
}

/// Why a set of steps is no chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A schema between the first and the newest cannot be lifted.
    #[error("no step lifts {event_type} from schema {missing}")]
    Gap {
        /// The stored type.
        event_type: &'static str,
        /// The schema without a step.
        missing: SchemaVersion,
    },
    /// Two steps start from one schema.
    #[error("two steps lift {event_type} from schema {from}")]
    Repeated {
        /// The stored type.
        event_type: &'static str,
        /// The schema with two steps.
        from: SchemaVersion,
    },
}

/// Why a payload could not be read as the current schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpcastError {
    /// The payload was written by a newer program.
    #[error("{event_type} schema {found} is newer than schema {newest}, the newest this program knows")]
    Newer {
        /// The stored type.
        event_type: Label,
        /// The schema it was written with.
        found: SchemaVersion,
        /// The newest known one.
        newest: SchemaVersion,
    },
    /// A step did not find what it needs.
    #[error("{event_type} schema {from} cannot be lifted: {why}")]
    Failed {
        /// The stored type.
        event_type: Label,
        /// The schema that the step reads.
        from: SchemaVersion,
        /// What is missing or odd.
        why: String,
    },
}

impl UpcastChain {
    /// Builds the chains from steps in any order.
    ///
    /// # Errors
    /// [`ChainError`] when the steps of a type do not run 1, 2, 3 … without gap or repeat.
    pub fn new(steps: impl IntoIterator<Item = UpcastStep>) -> Result<Self, ChainError> {
        let mut chains: BTreeMap<&'static str, Vec<UpcastStep>> = BTreeMap::new();
        for step in steps {
            chains.entry(step.event_type).or_default().push(step);
        }
        for (event_type, chain) in &mut chains {
            chain.sort_by_key(|step| step.from);
            let mut due = SchemaVersion::FIRST;
            for step in chain.iter() {
                if step.from < due {
                    return Err(ChainError::Repeated { event_type, from: step.from });
                }
                if step.from > due {
                    return Err(ChainError::Gap { event_type, missing: due });
                }
                due = due.next();
            }
        }
        Ok(Self { steps: chains.into_iter().collect() })
    }

    fn chain(&self, event_type: &str) -> &[UpcastStep] {
        self.steps.iter().find(|(other, _)| *other == event_type).map_or(&[], |(_, chain)| chain)
    }

    /// The schema that the events of a type are read as.
    pub fn newest(&self, event_type: &str) -> SchemaVersion {
        self.chain(event_type).last().map_or(SchemaVersion::FIRST, |step| step.from.next())
    }

    /// Lifts a payload to the newest schema, step by step.
    ///
    /// # Errors
    /// [`UpcastError::Newer`] when it was written by a newer program, [`UpcastError::Failed`] when a step refuses it.
    pub fn lift(
        &self,
        event_type: &str,
        from: SchemaVersion,
        mut data: Map<String, Value>,
    ) -> Result<Map<String, Value>, UpcastError> {
        let newest = self.newest(event_type);
        if from > newest {
            return Err(UpcastError::Newer { event_type: event_type.into(), found: from, newest });
        }
        for step in self.chain(event_type).iter().filter(|step| step.from >= from) {
            data = (step.lift)(data).map_err(|why| UpcastError::Failed {
                event_type: event_type.into(),
                from: step.from,
                why,
            })?;
        }
        Ok(data)
    }

    /// A text that changes whenever a type gains a schema: part of the key of everything derived.
    pub fn fingerprint(&self) -> String {
        let newest: Vec<String> =
            self.steps.iter().map(|(event_type, chain)| format!("{event_type}:{}", chain.len())).collect();
        newest.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn step(from: u16) -> UpcastStep {
        UpcastStep {
            event_type: "Moved",
            from: SchemaVersion(from),
            lift: |mut data| {
                let steps = data.get("steps").and_then(Value::as_u64).ok_or("no steps")?;
                data.insert("steps".to_owned(), json!(steps + 1));
                Ok(data)
            },
        }
    }

    #[test]
    fn a_payload_takes_every_step_from_where_it_was_written() {
        let chain = UpcastChain::new([step(2), step(1)]).unwrap();
        assert_eq!(chain.newest("Moved"), SchemaVersion(3));
        for (from, taken) in [(1, 2), (2, 1), (3, 0)] {
            let lifted =
                chain.lift("Moved", SchemaVersion(from), json!({"steps": 0}).as_object().unwrap().clone()).unwrap();
            assert_eq!(lifted["steps"], taken);
        }
        assert_eq!(chain.newest("Other"), SchemaVersion::FIRST);
    }

    #[test]
    fn gaps_repeats_and_newer_schemas_are_refused() {
        assert_eq!(
            UpcastChain::new([step(2)]).unwrap_err(),
            ChainError::Gap { event_type: "Moved", missing: SchemaVersion(1) }
        );
        assert_eq!(
            UpcastChain::new([step(1), step(1)]).unwrap_err(),
            ChainError::Repeated { event_type: "Moved", from: SchemaVersion(1) }
        );
        let chain = UpcastChain::new([step(1)]).unwrap();
        assert!(matches!(chain.lift("Moved", SchemaVersion(3), Map::new()), Err(UpcastError::Newer { .. })));
        assert!(matches!(chain.lift("Moved", SchemaVersion(1), Map::new()), Err(UpcastError::Failed { .. })));
    }
}
