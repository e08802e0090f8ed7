//! What every event of a log did to the balance of its account: all that the history of an account takes, in a few bytes
//! an event, so that no event has to be decoded for it.

use super::{AccountEvent, BankCodec, EventKind};
use crate::kernel::{Clock, Facts as _, History, PackedColumn, Position, Rank, StateReader, StateWriter};

/// By position, what an event was and by how much it changed a balance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Postings {
    /// The place of its kind among [`EventKind::ALL`], from 1 on; 0 for an event that is none of the bank's.
    kinds: PackedColumn,
    /// By how much it changes the balance or, where it sets an overdraft limit, that limit.
    numbers: PackedColumn,
}

/// What an event did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// What happened.
    pub kind: EventKind,
    /// By how much the balance changes, in minor units.
    pub change: i64,
    /// The overdraft limit that it sets.
    pub limit: Option<i64>,
}

impl Posting {
    fn of(event: &AccountEvent) -> Self {
        let limit = match event {
            AccountEvent::OverdraftLimitSet(set) => Some(set.limit),
            _ => None,
        };
        Self { kind: event.kind(), change: event.change(), limit }
    }

    /// Whether it says anything of money that moved: as [`AccountEvent::moves_money`].
    pub fn moves_money(&self) -> bool {
        match self.kind {
            EventKind::Opened => self.change != 0,
            EventKind::OverdraftLimitSet | EventKind::Closed => false,
            EventKind::Deposited
            | EventKind::Withdrawn
            | EventKind::TransferSent
            | EventKind::TransferReceived
            | EventKind::Interest
            | EventKind::Fee => true,
        }
    }
}

impl Postings {
    /// Raised whenever the same events would be noted in another way, and whenever there is a new kind of event.
    pub const REVISION: u32 = 1;

    /// How many events are noted.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Notes all further events of a history. They have just been added, and are in memory.
    pub fn extend(&mut self, history: &History<BankCodec>) {
        let rank = |count: usize| Rank::new(u32::try_from(count).unwrap_or(u32::MAX));
        let (noted, head) = (rank(self.len()), history.head());
        history.visit(Clock::Recorded, noted, Rank::new(head.get()), |recorded| {
            self.skip_to(recorded.position.previous());
            let Posting { kind, change, limit } = Posting::of(recorded.event);
            self.kinds.push(number_of(kind));
            self.numbers.push(limit.unwrap_or(change));
        });
        self.skip_to(head);
    }

    /// Notes events that are none of the bank's, up to a position.
    fn skip_to(&mut self, position: Position) {
        while self.len() < position.as_usize() {
            self.kinds.push(0);
            self.numbers.push(0);
        }
    }

    /// What an event did; `None` where it is none of the bank's, or not noted.
    pub fn get(&self, position: Position) -> Option<Posting> {
        let index = position.index()?;
        let kind = kind_of(self.kinds.get(index)?)?;
        let number = self.numbers.get(index)?;
        Some(match kind {
            EventKind::OverdraftLimitSet => Posting { kind, change: 0, limit: Some(number) },
            _ => Posting { kind, change: number, limit: None },
        })
    }

    /// Whether what is noted of the events behind `from`, up to `to`, is what they say; `None` where one is not in memory.
    pub fn check(&self, history: &History<BankCodec>, from: Position, to: Position) -> Option<bool> {
        let mut same = true;
        let mut noted = 0usize;
        let (after, up_to) = (Rank::new(from.get()), Rank::new(to.get()));
        let reached = history.visit(Clock::Recorded, after, up_to, |recorded| {
            same &= self.get(recorded.position) == Some(Posting::of(recorded.event));
            noted += 1;
        });
        let all = (from.get()..to.get()).filter(|index| self.get(Position::new(index + 1)).is_some()).count();
        (reached >= up_to).then_some(same && noted == all)
    }

    /// Writes what is noted of the events behind the first `from`, up to the first `to`: see [`PackedColumn::write`].
    pub fn write(&self, from: usize, to: usize, out: &mut StateWriter) {
        self.kinds.write(from, to, out);
        self.numbers.write(from, to, out);
    }

    /// Adds what [`Postings::write`] has written; `None` where that cannot be read.
    pub fn read(&mut self, from: &mut StateReader<'_>) -> Option<()> {
        self.kinds.read(from)?;
        self.numbers.read(from)?;
        (self.kinds.len() == self.numbers.len()).then_some(())
    }
}

fn number_of(kind: EventKind) -> i64 {
    (1..).zip(EventKind::ALL).find(|(_, other)| *other == kind).map_or(0, |(number, _)| number)
}

fn kind_of(number: i64) -> Option<EventKind> {
    EventKind::ALL.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}
