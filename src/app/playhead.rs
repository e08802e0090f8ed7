//! The playhead: where the screen stands. Live is just the playhead at the head.

use crate::kernel::{Clock, Codec, History, Position, Rank, Timestamp};

/// Where the screen stands, and on which clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Playhead {
    /// The clock whose order it moves in.
    pub clock: Clock,
    /// Where on it.
    pub stand: Stand,
}

/// A place on a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stand {
    /// At the head, and staying there when the head moves.
    #[default]
    Live,
    /// Just after this event. It is an event and not a number, so that a back-dated newcomer does not move it.
    At(Position),
}

/// What a person can ask of the playhead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Travel {
    /// To an event by its number in the order of the clock.
    ToRank(Rank),
    /// To an event by its number in the log.
    ToPosition(Position),
    /// To the last event at or before an instant.
    ToInstant(Timestamp),
    /// So many events on (back, where negative).
    Step(i64),
    /// To the head.
    GoLive,
    /// To the same event in the order of another clock.
    UseClock(Clock),
}

/// The playhead, looked up in a history: all that a screen needs to know of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// The clock.
    pub clock: Clock,
    /// How many events have happened here, in the order of the clock.
    pub rank: Rank,
    /// How many have been recorded at all.
    pub head: Rank,
    /// The event it stands after; [`Position::ZERO`] in an empty log.
    pub position: Position,
    /// Its time on the clock; `None` in an empty log.
    pub at: Option<Timestamp>,
}

impl Moment {
    /// Whether it is the head.
    pub fn is_live(&self) -> bool {
        self.rank >= self.head
    }

    /// How many events are later.
    pub fn newer(&self) -> u32 {
        self.head.get().saturating_sub(self.rank.get())
    }
}

impl Playhead {
    /// Looks the playhead up.
    pub fn moment<C: Codec>(self, history: &History<C>) -> Moment {
        let head = crate::kernel::Facts::head(history);
        let rank = match self.stand {
            Stand::Live => head,
            Stand::At(position) => history.rank_of(self.clock, position).min(head),
        };
        let timeline = history.timeline(self.clock);
        let position = timeline.position_at(rank).unwrap_or_default();
        let position = if rank == head { history.head() } else { position };
        Moment { clock: self.clock, rank, head, position, at: timeline.time_at(rank) }
    }

    /// Where the playhead stands after a command. It stays within the log; landing on the head is live again.
    #[must_use]
    pub fn after<C: Codec>(self, travel: Travel, history: &History<C>) -> Self {
        let moment = self.moment(history);
        let timeline = history.timeline(self.clock);
        let rank = match travel {
            Travel::GoLive => return Self { stand: Stand::Live, ..self },
            Travel::UseClock(clock) if moment.is_live() => return Self { clock, stand: Stand::Live },
            Travel::UseClock(clock) => return Self { clock, ..self }.held(history),
            // An address may name an event that is not there any more, or not yet.
            Travel::ToPosition(position) if position > history.head() => return Self { stand: Stand::Live, ..self },
            Travel::ToPosition(position) => history.rank_of(self.clock, position),
            Travel::ToRank(rank) => rank,
            Travel::ToInstant(instant) => timeline.rank_at(instant),
            Travel::Step(count) => {
                let to = i64::from(moment.rank.get()).saturating_add(count);
                Rank::new(u32::try_from(to.max(0)).unwrap_or(u32::MAX))
            }
        };
        // There is nothing to see before the first event, so the first is the earliest stand.
        let rank = rank.max(Rank::FIRST);
        match timeline.position_at(rank) {
            Some(position) if rank < moment.head => Self { stand: Stand::At(position), ..self },
            Some(_) | None => Self { stand: Stand::Live, ..self },
        }
    }

    fn held<C: Codec>(self, history: &History<C>) -> Self {
        if self.moment(history).rank >= history.timeline(self.clock).len() {
            Self { stand: Stand::Live, ..self }
        } else {
            self
        }
    }
}

/// How fast the playhead plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speed {
    /// As fast as it happened.
    X1,
    /// Ten times as fast.
    #[default]
    X10,
    /// A hundred times as fast.
    X100,
    /// A thousand times as fast.
    X1000,
    /// One event after the other, whatever lies between.
    ByEvent,
}

impl Speed {
    /// All of them, slowest first.
    pub const ALL: [Self; 5] = [Self::X1, Self::X10, Self::X100, Self::X1000, Self::ByEvent];
    /// Events a second when playing by event.
    const EVENTS_PER_SECOND: i64 = 4;

    /// What the button says.
    pub fn label(self) -> &'static str {
        match self {
            Self::X1 => "1x",
            Self::X10 => "10x",
            Self::X100 => "100x",
            Self::X1000 => "1000x",
            Self::ByEvent => "by event",
        }
    }

    fn factor(self) -> Option<i64> {
        match self {
            Self::X1 => Some(1),
            Self::X10 => Some(10),
            Self::X100 => Some(100),
            Self::X1000 => Some(1000),
            Self::ByEvent => None,
        }
    }
}

/// A run of playing: pure, it is told how much real time has passed.
///
/// Played time is counted from where the run began and not from event to event, so that slow frames lose nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playback {
    speed: Speed,
    from: Moment,
}

impl Playback {
    /// Begins at a moment.
    pub fn new(speed: Speed, from: Moment) -> Self {
        Self { speed, from }
    }

    /// Where the playhead belongs after `elapsed` microseconds of playing.
    pub fn travel(&self, elapsed: i64) -> Travel {
        match (self.speed.factor(), self.from.at) {
            (Some(factor), Some(at)) => Travel::ToInstant(at.plus_micros(elapsed.saturating_mul(factor))),
            (Some(_) | None, _) => {
                let count = elapsed / (Timestamp::MICROS_PER_SECOND / Speed::EVENTS_PER_SECOND);
                Travel::ToRank(self.from.rank.plus(u32::try_from(count.max(0)).unwrap_or(u32::MAX)))
            }
        }
    }
}
