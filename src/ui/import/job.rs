mod append;
mod columns;
mod found;

use super::{
    sample::Sample,
    stage::{self, Stop, zone_of},
    target::{Target, takes_events},
};
use crate::{
    app::{
        advice::Advice,
        files::{
            FileKind, Staged, StagedImport,
            cloud_events::SeenIds,
            csv_import::{Doubt, LedgerFacts, Mapping},
        },
        format::Zone,
    },
    kernel::Position,
    ui::{backend, session::Session, start::Work},
};
pub(super) use found::{Found, State};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// One file on its way into a ledger. A bundle of handles, passed by copy.
#[derive(Clone, Copy)]
pub(super) struct Job {
    pub(super) session: Session,
    pub(super) sample: RwSignal<Option<Sample>>,
    /// How a table is read; `None` for CloudEvents.
    pub(super) mapping: RwSignal<Option<Mapping>>,
    /// What the person should look at.
    pub(super) doubts: RwSignal<Vec<Doubt>>,
    /// Whether times without a zone are of UTC, rather than of the wall clock here.
    pub(super) is_utc: RwSignal<bool>,
    pub(super) target: RwSignal<Target>,
    /// What a new ledger is called.
    pub(super) name: RwSignal<String>,
    pub(super) state: RwSignal<State>,
    /// Why the last attempt to append failed.
    pub(super) failure: RwSignal<Option<Advice>>,
    /// Whether the next file is to become a ledger of its own.
    pub(super) is_restoring: StoredValue<bool>,
    staged: StoredValue<Option<StagedImport>, LocalStorage>,
    /// Whether it was said how the letters are encoded; until then it is a guess that rows may disprove.
    are_letters_chosen: StoredValue<bool>,
    /// Counts what was begun: work that finds another number here stops.
    run: StoredValue<u32>,
}

impl Job {
    pub(super) fn new(session: Session) -> Self {
        let job = Self {
            session,
            sample: RwSignal::new(None),
            mapping: RwSignal::new(None),
            doubts: RwSignal::new(Vec::new()),
            is_utc: RwSignal::new(false),
            target: RwSignal::new(Target::New),
            name: RwSignal::new(String::new()),
            state: RwSignal::new(State::Looking),
            failure: RwSignal::new(None),
            is_restoring: StoredValue::new(false),
            staged: StoredValue::new_local(None),
            are_letters_chosen: StoredValue::new(false),
            run: StoredValue::new(0),
        };
        // Every change of what decides the events reads the file again.
        Effect::new(move |_| {
            let has_sample = job.sample.with(Option::is_some);
            job.mapping.track();
            job.is_utc.track();
            job.target.track();
            if has_sample {
                job.stage();
            }
        });
        job
    }

    fn next_run(&self) -> u32 {
        self.run.update_value(|run| *run = run.wrapping_add(1));
        self.run.get_value()
    }

    /// Whether work that was begun as `run` is still wanted.
    pub(super) fn is_current(&self, run: u32) -> bool {
        self.run.get_value() == run
    }

    /// The wall clock of times that state no zone.
    pub(super) fn zone(&self) -> Zone {
        if self.is_utc.get() { Zone::UTC } else { backend::local_zone() }
    }

    /// What is wrong with the name of the new ledger.
    pub(super) fn name_problem(&self) -> Option<String> {
        let is_missing = self.target.get() == Target::New && self.name.with(|name| name.trim().is_empty());
        is_missing.then(|| "Give the new ledger a name.".to_owned())
    }

    /// Looks at the session's file.
    pub(super) fn begin(&self) {
        let job = *self;
        let Some(file) = job.session.file.get_untracked() else { return };
        let run = job.next_run();
        let is_restoring = job.is_restoring.get_value();
        job.is_restoring.set_value(false);
        job.reset();
        job.target.set(job.usual_target(is_restoring));
        let name = file.name();
        job.name.set(name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).chars().take(60).collect());
        spawn_local(async move {
            let sample = Sample::of(&file).await;
            if !job.is_current(run) {
                return;
            }
            match sample {
                Ok(sample) => {
                    if let FileKind::Csv(preview) = &sample.kind {
                        job.match_columns(preview);
                    }
                    job.sample.set(Some(sample));
                }
                Err(advice) => job.state.set(State::Unusable(advice)),
            }
        });
    }

    /// The open ledger if it takes events, a new one otherwise. What is restored is not mixed with anything.
    fn usual_target(&self, is_restoring: bool) -> Target {
        let fits_here = untrack(|| takes_events(self.session)) && (!is_restoring || is_empty(self.session));
        if fits_here { Target::Here } else { Target::New }
    }

    fn reset(&self) {
        self.sample.set(None);
        self.mapping.set(None);
        self.doubts.set(Vec::new());
        self.failure.set(None);
        self.are_letters_chosen.set_value(false);
        self.staged.set_value(None);
        self.state.set(State::Looking);
    }

    /// Reads the whole file and stages its events.
    fn stage(&self) {
        let job = *self;
        let run = job.next_run();
        job.state.set(State::Staging(Work::default()));
        spawn_local(async move {
            match stage::stage(job, run).await {
                Ok(staged) if job.is_current(run) => {
                    let found = Found {
                        events: u32::try_from(staged.events.len()).unwrap_or(u32::MAX),
                        report: staged.report.clone(),
                        first: staged.events.iter().take(20).cloned().collect(),
                    };
                    job.staged.set_value(Some(staged));
                    job.state.set(State::Staged(Arc::new(found)));
                }
                Ok(_) | Err(Stop::Superseded) => {}
                Err(Stop::NotUtf8(row)) => job.read_as_windows_1252(row),
                Err(Stop::Failed(advice)) => job.state.set(State::Unusable(advice)),
            }
        });
    }

    /// Closes the dialog; what is under way stops and leaves the ledger as it was.
    pub(super) fn leave(&self) {
        self.session.file.set(None);
    }

    /// The dialog was closed.
    pub(super) fn end(&self) {
        self.next_run();
        if self.session.file.with_untracked(Option::is_some) {
            self.session.file.set(None);
        }
        self.reset();
    }

    /// Reads the first rows by a mapping, to show what becomes of them.
    pub(super) fn first_events(&self) -> Vec<Staged> {
        let zone = self.zone();
        let from_sample = self.sample.with(|sample| {
            self.mapping.with(|mapping| {
                let (sample, mapping) = (sample.as_ref()?, mapping.as_ref()?);
                // An account that the ledger has is not opened by its first row.
                let facts = match self.target.get() {
                    Target::New => LedgerFacts::default(),
                    Target::Here => stage::facts(*self, SeenIds::new()),
                };
                Some(stage::first_events(sample, mapping, facts, zone_of(zone)))
            })
        });
        match from_sample {
            Some(events) => events,
            None => self.state.with(|state| match state {
                State::Staged(found) => found.first.clone(),
                State::Looking | State::Staging(_) | State::Appending(_) | State::Unusable(_) => Vec::new(),
            }),
        }
    }
}

/// The start of a log: nothing was appended before.
pub(super) fn is_empty(session: Session) -> bool {
    session.head.get_untracked() == Position::ZERO
}
