//! The way of a command and of what others write.

use super::{KnownEnd, Notice, OpenLedger, Phase, Session};
use crate::{
    app::{DispatchError, Env as _, Intent, Outcome, Progress, advice},
    kernel::{Clock, Position, Timestamp},
    store::{LedgerInfo, Witness},
    ui::backend::{self, PageEnv},
};
use futures_channel::oneshot;
use leptos::{prelude::*, task::spawn_local};
use std::rc::Rc;

impl Session {
    /// Sends a command and shows what it appended.
    ///
    /// # Errors
    /// [`DispatchError`]; nothing was appended then.
    pub(crate) async fn dispatch(&self, intent: Intent) -> Result<Outcome, DispatchError> {
        let outcome = match self.ledger() {
            Some(ledger) => self.send_to(&ledger, &intent).await,
            None => self.send_ahead(&intent).await,
        };
        if self.preferences.get_untracked().actor != intent.actor.as_str() && outcome.is_ok() {
            self.preferences.update(|preferences| preferences.actor = intent.actor.to_string());
            self.save_preferences();
        }
        outcome
    }

    async fn send_to(&self, ledger: &OpenLedger, intent: &Intent) -> Result<Outcome, DispatchError> {
        let outcome = ledger.dispatch(intent, &PageEnv).await;
        self.grown(ledger);
        outcome
    }

    /// Sends a command while the history is being read, to where the log is known to end; where that does not take it,
    /// once the history is read.
    async fn send_ahead(&self, intent: &Intent) -> Result<Outcome, DispatchError> {
        let (Some(ahead), Some(info)) = (self.ahead.get_value(), self.current.get_untracked()) else {
            return Err(DispatchError::NotOpen);
        };
        let outcome = ahead.dispatch(intent, &PageEnv).await;
        if let Err(DispatchError::NotOpen | DispatchError::Contended { .. }) = outcome {
            self.until_read().await;
            let ledger = self.ledger().filter(|_| self.is_current(&info)).ok_or(DispatchError::NotOpen)?;
            return self.send_to(&ledger, intent).await;
        }
        match self.ledger() {
            // Another ledger is shown by now.
            _ if outcome.is_err() || !self.is_current(&info) => {}
            // It was read meanwhile, perhaps up to the event before. Where that fails, what was appended is saved all the
            // same, and shown once the log can be read.
            Some(ledger) => {
                ledger.catch_up(&PageEnv).await.unwrap_or_default();
                ledger.fold(&PageEnv).await;
                self.grown(&ledger);
            }
            None => self.grown_ahead(&ahead, &info),
        }
        outcome
    }

    /// Waits until the ledger that is being read is open, or will not be.
    async fn until_read(&self) {
        if !self.phase.with_untracked(|phase| matches!(phase, Phase::Reading(_))) {
            return;
        }
        let (sender, read) = oneshot::channel();
        self.waiting.update_value(|waiting| waiting.push(sender));
        // Nothing is ever sent: to be let go is the news.
        read.await.unwrap_or_default();
    }

    /// Shows what an end that is known ahead of its history has come to.
    fn grown_ahead(&self, ahead: &KnownEnd, info: &LedgerInfo) {
        let tail = ahead.tail();
        self.head.set(tail.position);
        self.remember(info);
        self.tabs.with_value(|tabs| tabs.iter().for_each(|tabs| tabs.announce(tail.position)));
        if !self.in_memory.get_untracked() {
            backend::save_witness(&info.id, &Witness::of(tail, ahead.checkpoint().span(Clock::Recorded).1));
        }
    }

    /// Shows what the ledger holds now, and tells the other tabs and the witness.
    pub(crate) fn grown(&self, ledger: &OpenLedger) {
        let tail = ledger.tail();
        if self.head.get_untracked() == tail.position {
            return;
        }
        self.advance(tail.position);
        if let Some(info) = self.current.get_untracked() {
            self.remember(&info);
        }
        self.tabs.with_value(|tabs| tabs.iter().for_each(|tabs| tabs.announce(tail.position)));
        self.witness();
        self.tidy();
    }

    /// Merges what many small commits have left, and keeps checkpoints, while nobody waits for it.
    pub(crate) fn tidy(&self) {
        let session = *self;
        // The session may be gone since the ledger was opened.
        let Some(Some(info)) = session.current.try_get_untracked() else { return };
        let Some(ledger) = session.ledger() else { return };
        if session.is_tidying.get_value() {
            return;
        }
        session.is_tidying.set_value(true);
        spawn_local(async move {
            PageEnv.breathe().await;
            // What fails here costs the next start some time, and is tried again after the next commit.
            backend::tidy(&info.id, &ledger).await;
            session.is_tidying.try_set_value(false);
        });
    }

    /// Moves the head. A time bar that reached the end of the ledger still does; one that shows the past stays.
    fn advance(&self, head: Position) {
        let before = self.whole.get_value();
        if self.head.get_untracked() == Position::ZERO {
            // It is not empty any more, so what was told of that is over.
            self.notices.update(|notices| notices.retain(|notice| !notice.restore));
        }
        self.head.set(head);
        let now = self.whole_range();
        self.whole.set_value(now);
        match (before, now) {
            (Some(before), Some(now)) => self.range.update(|range| *range = range.grown(before, now)),
            (None, Some(now)) => self.range.set(now),
            (_, None) => {}
        }
    }

    pub(super) fn catch_up(&self) {
        let session = *self;
        let Some(ledger) = session.ledger() else { return };
        let was_damaged = ledger.damage().is_some();
        spawn_local(async move {
            match ledger.catch_up(&PageEnv).await {
                Ok(_) => {
                    let tail = ledger.tail().position;
                    if !session.ledger().is_some_and(|open| Rc::ptr_eq(&open, &ledger)) {
                        return;
                    }
                    if session.head.get_untracked() != tail {
                        session.advance(tail);
                        session.witness();
                    }
                    if let Some(info) = session.current.get_untracked().filter(|_| !was_damaged) {
                        session.tell_damage(&ledger, info.kind);
                    }
                }
                Err(error) => session.tell(Notice { advice: advice::of_log_error(&error), bad: true, restore: false }),
            }
        });
    }

    pub(super) fn witness(&self) {
        if self.in_memory.get_untracked() {
            return;
        }
        let (Some(info), Some(ledger)) = (self.current.get_untracked(), self.ledger()) else { return };
        let tail = ledger.tail();
        let recorded_at = ledger.read(|read| read.history().timeline(Clock::Recorded).span());
        if tail.position != Position::ZERO {
            backend::save_witness(&info.id, &Witness::of(tail, recorded_at.map_or(Timestamp::MIN, |(_, last)| last)));
        }
    }

    /// Shows long work; the page is usable again at [`Session::work_ends`].
    pub(crate) fn work_begins(&self, title: &str) {
        self.cancelled.set_value(false);
        let before = self.phase.get_untracked();
        if !matches!(before, Phase::Working(..)) {
            self.before_work.set_value(Some(before));
        }
        self.phase.set(Phase::Working(title.to_owned(), Progress::default()));
    }

    /// Shows how far long work has come; `false` when it is to stop.
    pub(crate) fn work_goes_on(&self, progress: Progress) -> bool {
        self.phase.update(|phase| {
            if let Phase::Working(_, shown) = phase {
                *shown = progress;
            }
        });
        !self.cancelled.get_value()
    }

    /// Long work is over; a ledger that could not be opened before is still not open.
    pub(crate) fn work_ends(&self) {
        let before = self.before_work.try_update_value(Option::take).flatten();
        self.phase.set(before.filter(|phase| matches!(phase, Phase::Failed(_))).unwrap_or(Phase::Ready));
    }

    /// Asks long work to stop.
    pub(crate) fn cancel(&self) {
        self.cancelled.set_value(true);
    }
}
