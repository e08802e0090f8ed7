use crate::{
    app::{
        DispatchError, ImportError, Intent, Ledger, Outcome, Playhead, Progress, Stand,
        advice::{self, Advice},
        route::{Route, Screen},
    },
    kernel::{Clock, NewEvent, Position, Timestamp},
    store::{LedgerId, LedgerInfo, LedgerKind, Witness},
    ui::{
        backend::{self, BrowserLog, PageEnv},
        session::Session,
    },
};
use leptos::prelude::*;

/// A new ledger that is filled beside the open one: nothing is seen of it before it is whole, and nothing is left of it
/// when its filling fails or is cancelled.
pub(crate) struct Beside {
    info: LedgerInfo,
    ledger: Ledger<BrowserLog>,
}

/// How many ids are tried for a new ledger.
const IDS_MAX: usize = 8;

impl Beside {
    /// Makes an empty ledger of that name.
    ///
    /// # Errors
    /// [`Advice`] when the browser gives no room for it.
    pub(crate) async fn make(session: Session, name: &str, kind: LedgerKind) -> Result<Self, Advice> {
        for _ in 0..IDS_MAX {
            let Some(info) = session.create(name, kind) else { break };
            match Self::open(info.clone()).await {
                Ok(beside) if beside.is_empty() => return Ok(beside),
                Ok(_) => {}
                Err(advice) => {
                    backend::forget_ledger(&info.id);
                    session.ledgers.update(|known| known.retain(|other| other.id != info.id));
                    return Err(advice);
                }
            }
            // The browser still held a ledger of this id that was not listed. It is now; another id is taken.
        }
        Err(Advice {
            title: "No new ledger could be made.".to_owned(),
            text: "Every name that was tried is taken. Choose another name.".to_owned(),
        })
    }

    /// Opens a listed ledger without showing it.
    ///
    /// # Errors
    /// [`Advice`] when the storage does not answer.
    pub(crate) async fn open(info: LedgerInfo) -> Result<Self, Advice> {
        match backend::open_beside(&info.id).await {
            Ok(ledger) => Ok(Self { info, ledger }),
            Err(error) => Err(advice::of_open_error(&error)),
        }
    }

    /// Which ledger it is.
    pub(crate) fn info(&self) -> &LedgerInfo {
        &self.info
    }

    /// Whether nothing has happened in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.ledger.tail().position == Position::ZERO && self.ledger.damage().is_none()
    }

    /// Appends events to it, all or none.
    ///
    /// # Errors
    /// [`ImportError`]; nothing was appended then.
    pub(crate) async fn append(
        &self,
        staged: impl IntoIterator<Item = (NewEvent, Option<Timestamp>)>,
        progress: impl FnMut(Progress) -> bool,
    ) -> Result<Position, ImportError> {
        let end = self.ledger.append_staged(staged, &PageEnv, progress).await?;
        self.witness();
        Ok(end)
    }

    /// Sends it a command.
    ///
    /// # Errors
    /// [`DispatchError`]; nothing was appended then.
    pub(crate) async fn dispatch(&self, intent: &Intent) -> Result<Outcome, DispatchError> {
        let outcome = self.ledger.dispatch(intent, &PageEnv).await?;
        self.witness();
        Ok(outcome)
    }

    /// Gives it to the session, which shows it without reading it again when it is opened next.
    pub(crate) fn hand_over(self, session: Session) -> LedgerInfo {
        let Self { info, ledger } = self;
        session.hand_over(info.id.clone(), ledger);
        info
    }

    /// Leaves no trace of it.
    pub(crate) async fn discard(self, session: Session) {
        let Self { info, ledger } = self;
        drop(ledger);
        // Where it cannot be deleted an empty ledger stays listed, and can be deleted in the settings.
        if backend::delete_ledger(&info.id).await.is_ok() {
            session.ledgers.update(|known| known.retain(|other| other.id != info.id));
        }
    }

    fn witness(&self) {
        if matches!(self.ledger.log(), BrowserLog::Memory(_)) {
            return;
        }
        let span = self.ledger.read(|read| read.history().timeline(Clock::Recorded).span());
        if let Some((_, last)) = span {
            // What was lost under this id before is made up for.
            backend::forget_witness(&self.info.id);
            backend::save_witness(&self.info.id, &Witness::of(self.ledger.tail(), last));
        }
    }
}

/// Prepares the open, empty ledger for its first event. What was lost under its id, as the person was told, is forgotten:
/// it begins anew. Gives the forgotten witness, to be put back should the first event fail.
pub(crate) fn begin_here(session: Session) -> Option<(LedgerId, Witness)> {
    let info = session.current.get_untracked()?;
    if session.head.get_untracked() != Position::ZERO || session.in_memory.get_untracked() {
        return None;
    }
    // What an address opened has no date yet.
    if info.created_at == Timestamp::MIN {
        session.current.update(|info| info.iter_mut().for_each(|info| info.created_at = backend::now()));
    }
    let witness = backend::witness(&info.id)?;
    backend::forget_witness(&info.id);
    Some((info.id, witness))
}

/// Goes to a screen of a ledger that was filled beside the open one, with the whole of a clock on the time bar.
pub(crate) fn show(session: Session, info: &LedgerInfo, screen: Screen, clock: Clock) {
    let was_open = session.current.get_untracked().is_some_and(|open| open.id == info.id);
    session.go_to(Route { ledger: info.id.to_string(), screen, clock, ..Route::default() });
    if was_open {
        session.open(info.clone());
    }
    // Opening fits the time bar to the clock that the playhead is on when the ledger is there.
    session.playhead.set(Playhead { clock, stand: Stand::Live });
}
