use super::{
    sample::{Kind, Sample},
    stage::{self, Stop, zone_of},
    target::{Target, takes_events},
};
use crate::{
    app::{
        ImportError, Playhead, Progress, Stand,
        advice::{self, Advice},
        files::{
            ImportReport, Staged, StagedImport,
            cloud_events::SeenIds,
            csv_import::{AccountFrom, Amounts, CurrencyFrom, DateOrder, DecimalMark, LedgerFacts, Mapping, Preview},
        },
        format::{self, Zone},
        route::Screen,
    },
    bank::Currency,
    kernel::{Clock, NewEvent, Position, Timestamp},
    store::LedgerKind,
    ui::{
        backend::{self, PageEnv},
        session::{Notice, Session},
        start::{Beside, Work, begin_here, share, show},
    },
};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// How many events are moved between two turns of the page.
const EVENTS_PER_MOVE: usize = 1 << 14;

/// Where the import stands.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// The beginning of the file is being read.
    Looking,
    /// The file is being read and checked.
    Staging(Work),
    /// It was read: this is what would be appended.
    Staged(Arc<Found>),
    /// The events are being appended.
    Appending(Work),
    /// The file, or the mapping, is of no use.
    Unusable(Advice),
}

/// What was found in a file.
#[derive(Debug)]
pub(super) struct Found {
    /// How many events would be appended.
    pub(super) events: u32,
    /// The rest.
    pub(super) report: ImportReport,
    /// The first events, for files that are read without a mapping.
    pub(super) first: Vec<Staged>,
}

impl Found {
    /// What the person has to know before they agree, in a sentence.
    pub(super) fn summary(&self) -> String {
        let ImportReport { rows_good, rows_bad, duplicates, flagged, differences, .. } = &self.report;
        if self.events == 0 && *duplicates > 0 && rows_bad.count() == 0 {
            return "There is nothing to import: the ledger has all of it already.".to_owned();
        }
        let mut parts = vec![format!("{} can be imported", rows(*rows_good))];
        for (count, what) in [
            (rows_bad.count(), "unreadable"),
            (*duplicates, "there already"),
            (flagged.count(), "against a rule"),
            (differences.count(), "stating another balance"),
        ] {
            if count > 0 {
                parts.push(format!("{} {what}", format::int(count)));
            }
        }
        format!("{}. Nothing is imported before you say so.", parts.join(", "))
    }
}

/// How a table was matched, kept for the next file with the same heading.
#[derive(Serialize, Deserialize)]
struct Remembered {
    mapping: Mapping,
    is_utc: bool,
}

/// One file on its way into a ledger. A bundle of handles, passed by copy.
#[derive(Clone, Copy)]
pub(super) struct Job {
    pub(super) session: Session,
    pub(super) sample: RwSignal<Option<Sample>>,
    /// How a table is read; `None` for CloudEvents.
    pub(super) mapping: RwSignal<Option<Mapping>>,
    /// What the person should look at.
    pub(super) doubts: RwSignal<Vec<String>>,
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
                    if let Kind::Csv(preview) = &sample.kind {
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

    /// Takes the mapping of the last file with this heading, or guesses one.
    fn match_columns(&self, preview: &Preview) {
        let guess = preview.guess(Currency::EUR);
        let (guessed, doubts) = match guess {
            Some(guess) => (guess.mapping, guess.doubts),
            None => (bare_mapping(preview), vec!["No column looks like a date or an amount: choose them.".to_owned()]),
        };
        let kept = self
            .session
            .preferences
            .with_untracked(|preferences| preferences.csv_mappings.get(&guessed.signature()).cloned());
        let kept = kept.and_then(|kept| serde_json::from_value::<Remembered>(kept).ok());
        let (mapping, doubts, is_utc) = match kept {
            Some(kept) => {
                let mapping = Mapping { dialect: guessed.dialect, header: guessed.header, ..kept.mapping };
                (mapping, vec!["The columns are matched as they were the last time.".to_owned()], kept.is_utc)
            }
            None => (guessed, doubts, false),
        };
        self.is_utc.set(is_utc);
        self.doubts.set(doubts);
        self.mapping.set(Some(mapping));
    }

    fn reset(&self) {
        self.sample.set(None);
        self.mapping.set(None);
        self.doubts.set(Vec::new());
        self.failure.set(None);
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

    /// Appends what was staged.
    pub(super) fn confirm(&self) {
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
                show(self.session, beside.info(), Screen::Home, clock(is_occurred));
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
        session.grown(&ledger);
        session.pause();
        session.playhead.set(Playhead { clock: clock(is_occurred), stand: Stand::Live });
        session.fit();
        session.go(Screen::Home);
        Ok(info.name)
    }

    fn remember_mapping(&self) {
        let Some(mapping) = self.mapping.get_untracked() else { return };
        let signature = mapping.signature();
        if let Ok(kept) = serde_json::to_value(Remembered { mapping, is_utc: self.is_utc.get_untracked() }) {
            self.session.preferences.update(|preferences| drop(preferences.csv_mappings.insert(signature, kept)));
            self.session.save_preferences();
        }
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

type Batch = Vec<(NewEvent, Option<Timestamp>)>;

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

/// What came of it, for a notice that stays.
fn outcome(found: &Found, file: &str, ledger: &str) -> Advice {
    let ImportReport { rows_good, rows_bad, duplicates, flagged, differences, .. } = &found.report;
    let mut text = format!("{} from {file} went into {ledger}.", rows(*rows_good));
    for (count, what) in [
        (rows_bad.count(), "Left out as unreadable"),
        (*duplicates, "Skipped as duplicates"),
        (flagged.count(), "Taken as facts although they break a rule"),
        (differences.count(), "Stating another balance than the events give"),
    ] {
        if count > 0 {
            text.push_str(&format!(" {what}: {}.", format::int(count)));
        }
    }
    let title = if found.events == 1 {
        "Imported 1 event.".to_owned()
    } else {
        format!("Imported {} events.", format::int(found.events))
    };
    Advice { title, text }
}

fn rows(count: u32) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{} rows", format::int(count)) }
}

/// A mapping that only says that there is one, where nothing could be guessed.
fn bare_mapping(preview: &Preview) -> Mapping {
    Mapping {
        dialect: preview.dialect,
        header: preview.header.clone(),
        account: AccountFrom::Fixed(String::new()),
        date: 0,
        time: None,
        date_order: DateOrder::YearMonthDay,
        amounts: Amounts::Signed { amount: 1 },
        decimal: DecimalMark::Point,
        currency: CurrencyFrom::Fixed(Currency::EUR),
        source: Vec::new(),
        description: Vec::new(),
        counterparty: Vec::new(),
        reference: None,
        balance: None,
        tolerance: 0,
        kinds: None,
        words: BTreeMap::new(),
        newest_first: false,
        open_with_stated: false,
    }
}

/// The start of a log: nothing was appended before.
pub(super) fn is_empty(session: Session) -> bool {
    session.head.get_untracked() == Position::ZERO
}
