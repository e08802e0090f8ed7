//! Looks at what is not in memory: the blocks are fetched, and the look is repeated.

use super::{Notice, OpenLedger, Session};
use crate::app::{FetchError, ReadSide, advice};
use leptos::{prelude::*, task::spawn_local};
use std::rc::Rc;

impl Session {
    /// Looks at the read side of a ledger; `None` where blocks are needed that are not in memory. They are fetched then, and
    /// whoever asks within an effect is asked again.
    pub(super) fn at_hand<R>(&self, ledger: &OpenLedger, look: impl FnOnce(&mut ReadSide) -> R) -> Option<R> {
        let seen = ledger.read_at_hand(look);
        if seen.is_none() {
            self.arrivals.track();
            self.fetch(ledger);
        }
        seen
    }

    fn fetch(&self, ledger: &OpenLedger) {
        if self.is_fetching.get_value() {
            return; // It takes what is wanted meanwhile too.
        }
        self.is_fetching.set_value(true);
        let (session, ledger) = (*self, Rc::clone(ledger));
        spawn_local(async move {
            let outcome = loop {
                match ledger.fetch().await {
                    Ok(true) => {}
                    other => break other,
                }
            };
            session.is_fetching.try_set_value(false);
            match outcome {
                Ok(_) => drop(session.arrivals.try_update(|arrivals| *arrivals = arrivals.wrapping_add(1))),
                Err(error) => session.cannot_fetch(&ledger, error),
            }
        });
    }

    /// Fetches what work in slices asked for and did not find in memory; `false` where it cannot be had, which is told.
    pub(crate) async fn fetch_wanted(&self) -> bool {
        let Some(ledger) = self.ledger() else { return true };
        match ledger.fetch().await {
            Ok(_) => true,
            Err(error) => {
                self.cannot_fetch(&ledger, error);
                false
            }
        }
    }

    /// Whether a ledger is the one that is open.
    pub(super) fn is_open(&self, ledger: &OpenLedger) -> bool {
        self.ledger.try_with_value(|open| open.as_ref().is_some_and(|open| Rc::ptr_eq(open, ledger))) == Some(true)
    }

    /// Tells that a block cannot be had. Where it is another one than was indexed, what was kept of the log is deleted and
    /// all of it is read again: then it is known what is there.
    pub(super) fn cannot_fetch(&self, ledger: &OpenLedger, error: FetchError) {
        if !self.is_open(ledger) {
            return;
        }
        match error {
            FetchError::Log(error) => {
                self.tell(Notice { advice: advice::of_log_error(&error), bad: true, restore: false });
            }
            FetchError::Different { .. } => {
                let (session, ledger) = (*self, Rc::clone(ledger));
                spawn_local(async move {
                    let cleared = ledger.clear_checkpoints().await;
                    if !session.is_open(&ledger) {
                        return;
                    }
                    match (cleared, session.current.get_untracked()) {
                        (Ok(()), Some(info)) => session.open(info),
                        (Ok(()), None) => {}
                        (Err(error), _) => {
                            session.tell(Notice { advice: advice::of_log_error(&error), bad: true, restore: false });
                        }
                    }
                });
            }
        }
    }
}
