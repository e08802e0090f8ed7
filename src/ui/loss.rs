//! Why a ledger shows no event although it is no first visit.

use super::{backend, session::Session};
use crate::{app::format, kernel::Position};
use leptos::prelude::*;

/// Why a ledger shows no event although it is no first visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// It could not be opened.
    Closed,
    /// No event of it can be read.
    Unreadable,
    /// This many events were there when it was last open here.
    Lost(u32),
}

impl Loss {
    /// In a few words, for a badge.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Closed => "not open".to_owned(),
            Self::Unreadable => "no event can be read".to_owned(),
            Self::Lost(1) => "1 event lost".to_owned(),
            Self::Lost(count) => format!("{} events lost", format::int(count)),
        }
    }

    /// As the title of the screen that offers a way out.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Closed => "This ledger is not open.",
            Self::Unreadable => "No event of this ledger can be read.",
            Self::Lost(_) => "The events of this ledger are lost.",
        }
    }

    /// What can be begun on that screen.
    pub(crate) fn lead(self) -> String {
        match self {
            Self::Closed | Self::Unreadable => {
                "It stays as it is. What begins here becomes a ledger of its own.".to_owned()
            }
            Self::Lost(count) => format!(
                "It held {} when it was last open here. Open a file that you exported to restore them, or begin anew.",
                if count == 1 { "1 event".to_owned() } else { format!("{} events", format::int(count)) }
            ),
        }
    }

    /// Of the ledger of this page; `None` where it shows events, or never had any.
    pub(crate) fn of(session: Session) -> Option<Self> {
        if session.head.get() != Position::ZERO {
            return None;
        }
        let Some(ledger) = session.ledger() else { return Some(Self::Closed) };
        if ledger.damage().is_some() {
            return Some(Self::Unreadable);
        }
        let info = session.current.get().filter(|_| !session.in_memory.get())?;
        backend::witness(&info.id).filter(|witness| witness.events > 0).map(|witness| Self::Lost(witness.events))
    }
}
