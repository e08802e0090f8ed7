//! Aggregates: things with rules.

/// A thing with rules: an account, an order, an order book.
///
/// Both functions are pure. What they need of the outside (the time, an id, a rate) comes in the command or in the
/// event, so that replay is repetition.
pub trait Aggregate {
    /// First part of every stream name of this kind. It is stored: it must never change.
    const CATEGORY: &'static str;
    /// An intention.
    type Command;
    /// Something that happened.
    type Event;
    /// What has to be known to decide.
    type State;
    /// A typed reason why not.
    type Refusal: std::error::Error;

    /// The state before the first event.
    fn initial() -> Self::State;

    /// Turns a command into the events that it causes; none where there was nothing to do.
    ///
    /// # Errors
    /// The rule that refuses the command.
    fn decide(state: &Self::State, command: &Self::Command) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// Moves the state past one event. It cannot fail: the event happened. _No rule belongs here._
    fn evolve(state: Self::State, event: &Self::Event) -> Self::State;
}

/// The state after `events`, from nothing.
pub fn fold<'a, A: Aggregate>(events: impl IntoIterator<Item = &'a A::Event>) -> A::State
where
    A::Event: 'a,
{
    events.into_iter().fold(A::initial(), A::evolve)
}
