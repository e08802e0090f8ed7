//! Which types of events occur.

use crate::{
    app::ReadSide,
    kernel::{Label, Position},
};
use std::collections::BTreeMap;

/// The types that occur in a log and how often, collected in slices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventTypes {
    counts: BTreeMap<Label, u32>,
    reached: Position,
}

impl EventTypes {
    /// The types, by name, with how many events each has.
    pub fn iter(&self) -> impl Iterator<Item = (&Label, u32)> {
        self.counts.iter().map(|(name, count)| (name, *count))
    }

    /// Looks at up to `events` more events; returns whether the head is reached. Called again later, it goes on.
    ///
    /// What the bank can read costs a look at memory; of other events the blocks are opened, and it stops before one that is
    /// not in memory.
    pub fn step(&mut self, read: &ReadSide, events: u32) -> bool {
        let history = read.history();
        let goal = history.head().min(self.reached.plus(events));
        while self.reached < goal {
            let position = self.reached.next();
            if let Some(posting) = read.posting(position) {
                self.count(posting.kind.type_name());
            } else {
                let misses = history.misses();
                let event = history.event(position);
                if history.misses() != misses {
                    return false;
                }
                if let Some(event) = event {
                    self.count(&event.event.event_type);
                }
            }
            self.reached = position;
        }
        self.reached >= history.head()
    }

    fn count(&mut self, name: &str) {
        match self.counts.get_mut(name) {
            Some(count) => *count += 1,
            None => {
                self.counts.insert(Label::new(name), 1);
            }
        }
    }
}
