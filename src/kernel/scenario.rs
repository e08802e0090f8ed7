//! Given, when, then: how the rules of any [`Aggregate`] are told as tests.
//!
//! ```
//! # use annals::kernel::{Aggregate, scenario::given};
//! # struct Door;
//! # #[derive(Debug, PartialEq)] struct Opened;
//! # #[derive(Debug, PartialEq)] struct Open;
//! # #[derive(Debug, PartialEq, thiserror::Error)] #[error("is open")] struct IsOpen;
//! # impl Aggregate for Door {
//! #   const CATEGORY: &'static str = "door";
//! #   type Command = Open; type Event = Opened; type State = bool; type Refusal = IsOpen;
//! #   fn initial() -> bool { false }
//! #   fn decide(open: &bool, _: &Open) -> Result<Vec<Opened>, IsOpen> { if *open { Err(IsOpen) } else { Ok(vec![Opened]) } }
//! #   fn evolve(_: bool, _: &Opened) -> bool { true }
//! # }
//! given::<Door>([]).when(Open).then([Opened]);
//! given::<Door>([Opened]).when(Open).then_refused(&IsOpen);
//! ```

use super::{Aggregate, fold};
use std::fmt::Debug;

/// A history that a scenario starts from.
#[derive(Debug)]
pub struct Given<A: Aggregate> {
    state: A::State,
}

/// What an aggregate made of a command.
#[derive(Debug)]
pub struct Outcome<A: Aggregate> {
    decision: Result<Vec<A::Event>, A::Refusal>,
}

/// Starts a scenario from what has happened.
pub fn given<A: Aggregate>(history: impl IntoIterator<Item = A::Event>) -> Given<A> {
    let history: Vec<A::Event> = history.into_iter().collect();
    Given { state: fold::<A>(&history) }
}

impl<A: Aggregate> Given<A> {
    /// Sends a command.
    #[expect(clippy::needless_pass_by_value, reason = "a scenario reads as a sentence")]
    pub fn when(self, command: A::Command) -> Outcome<A> {
        Outcome { decision: A::decide(&self.state, &command) }
    }
}

impl<A: Aggregate> Outcome<A>
where
    A::Event: Debug + PartialEq,
    A::Refusal: Debug + PartialEq,
{
    /// Exactly these events are the outcome.
    ///
    /// # Panics
    /// When they are not: that is a failed test.
    #[track_caller]
    pub fn then(self, events: impl IntoIterator<Item = A::Event>) {
        assert_eq!(self.decision, Ok(events.into_iter().collect()));
    }

    /// There was nothing to do.
    ///
    /// # Panics
    /// When there was: that is a failed test.
    #[track_caller]
    pub fn then_nothing(self) {
        assert_eq!(self.decision, Ok(vec![]));
    }

    /// Exactly this rule refused the command.
    ///
    /// # Panics
    /// When it did not: that is a failed test.
    #[track_caller]
    pub fn then_refused(self, refusal: &A::Refusal) {
        assert_eq!(self.decision.as_ref().err(), Some(refusal), "decided {:?}", self.decision);
    }
}
