use super::{Job, State, found::outcome};
use crate::{
    app::{
        ImportError, Playhead, Progress, Stand,
        advice::{self, Advice},
        files::{Staged, StagedImport},
        format,
        route::Screen,
    },
    kernel::{Clock, NewEvent, Timestamp},
    store::LedgerKind,
    ui::{
        backend::{self, PageEnv},
        import::target::Target,
        session::Notice,
        start::{Beside, Work, begin_here, share, show},
    },
};
use leptos::{prelude::*, task::spawn_local};

/// How many events are moved between two turns of the page.
const EVENTS_PER_MOVE: usize = 1 << 14;

type Batch = Vec<(NewEvent, Option<Timestamp>)>;

impl Job {
    /// Appends what was staged.
    pub(in crate::ui::import) fn confirm(&self) {
        let job = *self;
        let State::Staged(found) = job.state.get_untracked() else { return };
        let Some(staged) = job.staged.try_update_value(Option::take).flatten() else { return };
        let run = job.next_run();
        job.failure.set(None);
        job.state.set(State::Appending(Work::default()));
        spawn_local(async move {
            let (events, is_occurred) = into_batch(staged).await;
            let appended = match job.target.get_untracked() {
                Target::Here => job.append_here(run, events, is_occurred).await,
                Target::New => job.append_new(run, events, is_occurred).await,
            };
            match appended {
                Ok(ledger) => {
                    let file = job.session.file.with_untracked(|file| file.as_ref().map(web_sys::File::name));
                    job.remember_mapping();
                    job.leave();
                    let advice = outcome(&found, &file.unwrap_or_else(|| "the file".to_owned()), &ledger);
                    job.session.tell(Notice { advice, bad: false, restore: false });
                }
                Err(advice) if job.is_current(run) => {
                    job.failure.set(Some(advice));
                    job.stage();
                }
                Err(advice) => job.session.tell(Notice { advice, bad: false, restore: false }),
            }
        });
    }

    fn goes_on(&self, run: u32, progress: Progress) -> bool {
        let is_current = self.is_current(run);
        if is_current {
            let at = progress.reached.map(|at| format!(", at {}", format::date(at, self.session.zone.get_untracked())));
            let (done, total) = (format::int(progress.done), format::int(progress.total));
            self.state.set(State::Appending(Work {
                text: format!("Event {done} of {total}{}.", at.unwrap_or_default()),
                share: Some(share(progress.done.into(), progress.total.into())),
                count: progress.done,
            }));
        }
        is_current
    }

    async fn append_new(&self, run: u32, events: Batch, is_occurred: bool) -> Result<String, Advice> {
        let name = self.name.get_untracked().trim().to_owned();
        let beside = Beside::make(self.session, &name, LedgerKind::Own).await?;
        match beside.append(events, |progress| self.goes_on(run, progress)).await {
            Ok(_) => {
                show(self.session, &beside.hand_over(self.session), Screen::Home, clock(is_occurred));
                Ok(name)
            }
            Err(error) => {
                beside.discard(self.session).await;
                Err(advice::of_import_error(&error))
            }
        }
    }

    async fn append_here(&self, run: u32, events: Batch, is_occurred: bool) -> Result<String, Advice> {
        let session = self.session;
        let (Some(ledger), Some(info)) = (session.ledger(), session.current.get_untracked()) else {
            return Err(advice::of_import_error(&ImportError::Cancelled));
        };
        let forgotten = begin_here(session);
        if let Err(error) = ledger.append_staged(events, &PageEnv, |progress| self.goes_on(run, progress)).await {
            if let Some((id, witness)) = forgotten {
                backend::save_witness(&id, &witness);
            }
            return Err(advice::of_import_error(&error));
        }
        // In slices, before the screen asks for all of it at once.
        ledger.fold_on(clock(is_occurred), &PageEnv).await;
        session.pause();
        session.playhead.set(Playhead { clock: clock(is_occurred), stand: Stand::Live });
        session.grown(&ledger);
        session.fit();
        session.go(Screen::Home);
        Ok(info.name)
    }
}

/// The staged events as a ledger takes them, and whether any of them is recorded only now: then the clock of what
/// happened is the one that tells the story.
async fn into_batch(staged: StagedImport) -> (Batch, bool) {
    let mut batch = Vec::with_capacity(staged.events.len());
    let mut is_occurred = false;
    let mut events = staged.events.into_iter();
    while events.len() > 0 {
        for Staged { event, recorded_at } in events.by_ref().take(EVENTS_PER_MOVE) {
            is_occurred |= recorded_at.is_none();
            batch.push((event, recorded_at));
        }
        backend::breathe().await;
    }
    (batch, is_occurred)
}

fn clock(is_occurred: bool) -> Clock {
    if is_occurred { Clock::Occurred } else { Clock::Recorded }
}
