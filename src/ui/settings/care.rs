use crate::{
    app::{Progress, RebuildError, VerifyError, advice, format},
    ui::{
        backend::PageEnv,
        session::Session,
        start::{Work, WorkMeter, bytes, share},
    },
};
use leptos::{prelude::*, task::spawn_local};

/// What is done for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    Verify,
    Rebuild,
}

impl Task {
    fn title(self) -> &'static str {
        match self {
            Self::Verify => "Verifying the log",
            Self::Rebuild => "Rebuilding all read models",
        }
    }

    /// How far it has come; `at` goes on with the date that it has come to, or is empty.
    fn progress(self, done: &str, total: &str, at: &str) -> String {
        match self {
            Self::Verify => format!("Event {done} of {total}{at}."),
            Self::Rebuild => {
                format!("Folding {done} of {total}{at}: each event, for each read model, on each clock.")
            }
        }
    }
}

/// Where the care for the log stands.
#[derive(Clone, Debug, Default, PartialEq)]
enum State {
    /// Nothing was begun.
    #[default]
    Idle,
    /// It goes on: what is done, and how far it has come.
    Working(Task, Work),
    /// It is over, well: what was found.
    Good(String),
    /// Something is wrong: what, and what to do.
    Bad(String),
}

/// What can be done for the open log. A bundle of handles, passed by copy.
#[derive(Clone, Copy)]
struct Care {
    session: Session,
    state: RwSignal<State>,
    is_cancelled: StoredValue<bool>,
}

impl Care {
    /// Begins, unless something goes on.
    fn begin(self, work: impl AsyncFnOnce(Self) -> Option<State> + 'static) {
        if matches!(self.state.get_untracked(), State::Working(..)) {
            return;
        }
        self.is_cancelled.set_value(false);
        spawn_local(async move {
            let state = work(self).await.unwrap_or_default();
            // Where the screen is gone, so is what would show it.
            self.state.try_set(state);
        });
    }

    /// Shows how far it has come; `false` when it is to stop, or nobody is there to see it.
    fn goes_on(self, task: Task, progress: Progress) -> bool {
        let at = progress.reached.map(|at| format!(", at {}", format::date(at, self.session.zone.get_untracked())));
        let (done, total) = (format::int(progress.done), format::int(progress.total));
        let text = task.progress(&done, &total, &at.unwrap_or_default());
        let share = Some(share(progress.done.into(), progress.total.into()));
        let is_gone = self.state.try_set(State::Working(task, Work { text, share, count: progress.done })).is_some();
        !is_gone && self.is_cancelled.try_get_value() == Some(false)
    }

    async fn verify(self) -> Option<State> {
        let ledger = self.session.ledger()?;
        self.state.set(State::Working(Task::Verify, Work::default()));
        let found = ledger.verify(&PageEnv, |progress| self.goes_on(Task::Verify, progress)).await;
        Some(match found {
            Ok(found) => State::Good(format!(
                "All {} events are as they were written: the checksums of {} blocks ({}), every event's hash in the chain, and the end.",
                format::int(found.events),
                format::int(found.blocks),
                bytes(found.bytes)
            )),
            Err(VerifyError::Cancelled) => State::Good("Cancelled. Nothing was changed.".to_owned()),
            Err(error) => {
                let told = advice::of_verify_error(&error);
                State::Bad(format!("{} {}", told.title, told.text))
            }
        })
    }

    async fn rebuild(self) -> Option<State> {
        let session = self.session;
        let ledger = session.ledger()?;
        self.state.set(State::Working(Task::Rebuild, Work::default()));
        let outcome = ledger.rebuild(&PageEnv, |progress| self.goes_on(Task::Rebuild, progress)).await;
        // What is shown was folded anew, though the head is where it was.
        session.head.notify();
        if outcome.is_ok() {
            // What was kept of the old ones goes too; where it does not, a next start finds it out.
            ledger.clear_checkpoints().await.unwrap_or_default();
            session.tidy();
        }
        Some(match outcome {
            Ok(true) => State::Good(format!(
                "Balances, sources and alerts were folded again from all {} events, on both clocks. They say the same as before.",
                format::int(ledger.tail().position.get())
            )),
            Ok(false) => State::Bad(
                "The read models that were shown did not say what the events give. They were replaced by new ones; no event was touched. Verify the log, and report this."
                    .to_owned(),
            ),
            Err(RebuildError::Cancelled) => State::Good("Cancelled. What is shown stayed as it was.".to_owned()),
            Err(RebuildError::Fetch(error)) => {
                let told = advice::of_fetch_error(&error);
                State::Bad(format!("{} {}", told.title, told.text))
            }
        })
    }
}

/// Verifying the log, and folding its read models anew.
#[component]
pub fn LogCare(session: Session) -> impl IntoView {
    let care = Care { session, state: RwSignal::new(State::Idle), is_cancelled: StoredValue::new(false) };
    let state = care.state;
    let is_working = Memo::new(move |_| state.with(|state| matches!(state, State::Working(..))));
    let title = Memo::new(move |_| {
        state.with(|state| match state {
            State::Working(task, _) => task.title().to_owned(),
            State::Idle | State::Good(_) | State::Bad(_) => String::new(),
        })
    });
    let work = Memo::new(move |_| {
        state.with(|state| match state {
            State::Working(_, work) => work.clone(),
            State::Idle | State::Good(_) | State::Bad(_) => Work::default(),
        })
    });
    let outcome = move || {
        state.with(|state| match state {
            State::Good(text) | State::Bad(text) => text.clone(),
            State::Idle | State::Working(..) => String::new(),
        })
    };
    view! {
        <section class="set" aria-labelledby="set-care">
            <h2 id="set-care">"The log"</h2>
            <p class="sub">
                "Verifying reads every stored event and checks it against its checksum and the hash chain. Rebuilding throws away every read model and folds it again from the events. Neither changes an event."
            </p>
            <div class="row">
                <button class="btn" type="button" disabled=is_working on:click=move |_| care.begin(Care::verify)>
                    "Verify the log"
                </button>
                <button class="btn" type="button" disabled=is_working on:click=move |_| care.begin(Care::rebuild)>
                    "Rebuild all read models"
                </button>
            </div>
            <Show when=move || is_working.get()>
                <WorkMeter title work unit="events" can_cancel=true on_cancel=move || care.is_cancelled.set_value(true) />
            </Show>
            <p role="status" data-testid="care-outcome" class:err=move || state.with(|state| matches!(state, State::Bad(_)))>
                {outcome}
            </p>
        </section>
    }
}
