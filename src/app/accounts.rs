//! The accounts of a ledger: from its read side or, while the history is still being read, from a checkpoint of its end.

use super::{Moment, ReadSide, route::Screen};
use crate::{
    bank::{Account, AccountState, Balances},
    kernel::{Aggregate as _, Checkpoint, Rank, StreamEntry, StreamId, StreamName, Version, Versions},
};

/// Where the accounts are looked up.
#[derive(Debug)]
pub enum Accounts<'a> {
    /// The history has been read: at any moment.
    Read(&'a mut ReadSide),
    /// It is being read: at its end only.
    Ahead(&'a Checkpoint<Balances>),
}

impl Accounts<'_> {
    /// The balances of all accounts at a moment; where the history is still being read, those at its end.
    pub fn balances(&mut self, moment: &Moment) -> &Balances {
        match self {
            Self::Read(read) => read.balances(moment),
            Self::Ahead(checkpoint) => checkpoint.state(),
        }
    }

    /// What every account is called and stands for, by number.
    pub fn by_number(&self) -> Vec<(StreamName, StreamId)> {
        let mut accounts: Vec<_> = self.all().map(|(name, id)| (name.clone(), id)).collect();
        accounts.sort_unstable();
        accounts
    }

    /// The account that a screen is about: the one that it names, or else the first of them by number.
    pub fn chosen(&self, screen: &Screen) -> Option<StreamId> {
        match screen {
            Screen::Account { number, .. } => {
                StreamName::new(Account::CATEGORY, number).ok().and_then(|name| self.id(&name))
            }
            Screen::Home | Screen::Log { .. } | Screen::Settings | Screen::Start => self.all().min().map(|(_, id)| id),
        }
    }

    /// What every account is called, in no order that means anything.
    pub fn names(&self) -> impl Iterator<Item = &StreamName> {
        self.all().map(|(name, _)| name)
    }

    /// Every account, in no order that means anything.
    fn all(&self) -> Box<dyn Iterator<Item = (&StreamName, StreamId)> + '_> {
        let is_account = |(name, _): &(&StreamName, _)| name.category() == Account::CATEGORY;
        match self {
            Self::Read(read) => {
                Box::new(read.history().streams().map(|(id, entry)| (&entry.name, id)).filter(is_account))
            }
            Self::Ahead(checkpoint) => {
                Box::new(checkpoint.streams().map(|(id, name, _)| (name, id)).filter(is_account))
            }
        }
    }

    /// What an account is called.
    pub fn name(&self, id: StreamId) -> Option<&StreamName> {
        match self {
            Self::Read(read) => read.history().stream(id).map(|entry| &entry.name),
            Self::Ahead(checkpoint) => checkpoint.stream(id).map(|(name, _)| name),
        }
    }

    fn id(&self, name: &StreamName) -> Option<StreamId> {
        match self {
            Self::Read(read) => read.history().stream_id(name),
            Self::Ahead(checkpoint) => checkpoint.stream_id(name),
        }
    }

    /// The state of an account as a command meets it.
    pub fn state(&mut self, name: &StreamName) -> AccountState {
        match self {
            Self::Read(read) => read.account_state(name),
            Self::Ahead(checkpoint) => {
                checkpoint.stream_id(name).map_or_else(Account::initial, |id| checkpoint.state().state(id))
            }
        }
    }

    /// How many events an account holds.
    pub fn version(&self, id: StreamId) -> Option<Version> {
        match self {
            Self::Read(read) => read.history().stream(id).map(StreamEntry::version),
            Self::Ahead(checkpoint) => checkpoint.stream(id).map(|(_, version)| version),
        }
    }
}

impl Versions for Accounts<'_> {
    fn version_of(&self, name: &StreamName) -> Version {
        match self {
            Self::Read(read) => read.history().version_of(name),
            Self::Ahead(checkpoint) => checkpoint.version_of(name),
        }
    }
}

impl Moment {
    /// The end of a log, from a checkpoint of it.
    pub fn at_the_end_of(checkpoint: &Checkpoint<Balances>) -> Self {
        let (clock, position) = (checkpoint.clock(), checkpoint.tail().position);
        let head = Rank::new(position.get());
        Self { clock, rank: head, head, position, at: Some(checkpoint.span(clock).1) }
    }
}
