use super::{
    job::{Job, State, is_empty},
    sample::{Sample, unreadable},
    target::Target,
};
use crate::{
    app::{
        Env as _, OpenError, Playhead,
        advice::{self, Advice},
        files::{
            FileKind, Progress, Staged, StagedImport,
            cloud_events::{CloudEventsImport, RecordedTimes, SeenIds},
            csv_import::{self, CsvImport, LedgerFacts, Mapping},
        },
        format::{self, Zone},
    },
    bank::BankCodec,
    kernel::Label,
    ui::{
        backend::{self, FileReader, PageEnv},
        start::{Work, bytes, share},
    },
};
use leptos::prelude::*;
use std::iter::once;

/// How long rows are read before the page gets a turn, in milliseconds.
const SLICE_MILLIS: f64 = 10.0;
/// How many rows are read between two looks at the clock.
const ROWS_PER_LOOK: u32 = 32;
/// How much of the sample is read for the first rows, in bytes.
const FIRST_BYTES: usize = 1 << 14;
/// How many rows are shown before the import.
pub(super) const FIRST_ROWS: usize = 10;

/// Why staging ended early.
pub(super) enum Stop {
    /// Something was changed, or the dialog was closed.
    Superseded,
    /// It cannot be done.
    Failed(Advice),
    /// The file is not UTF-8 after all, from this row on.
    NotUtf8(u32),
}

impl Stop {
    fn failed(title: &str, text: String) -> Self {
        Self::Failed(Advice { title: title.to_owned(), text })
    }
}

/// Either reader of files.
enum Machine {
    Csv(Box<CsvImport>),
    CloudEvents(Box<CloudEventsImport>),
}

impl Machine {
    fn feed(&mut self, bytes: &[u8]) {
        match self {
            Self::Csv(import) => import.feed(bytes),
            Self::CloudEvents(import) => import.feed(bytes),
        }
    }

    fn end(&mut self) {
        match self {
            Self::Csv(import) => import.end(),
            Self::CloudEvents(import) => import.end(),
        }
    }

    fn step(&mut self) -> Progress {
        match self {
            Self::Csv(import) => import.step(ROWS_PER_LOOK),
            Self::CloudEvents(import) => import.step(ROWS_PER_LOOK),
        }
    }

    fn not_utf8_from(&self) -> Option<u32> {
        match self {
            Self::Csv(import) => import.not_utf8_from(),
            Self::CloudEvents(_) => None,
        }
    }

    fn finish(self) -> StagedImport {
        match self {
            Self::Csv(import) => import.finish(),
            Self::CloudEvents(import) => import.finish(),
        }
    }
}

/// Reads the session's file in slices and stages its events.
///
/// # Errors
/// [`Stop`].
pub(super) async fn stage(job: Job, run: u32) -> Result<StagedImport, Stop> {
    let file = job.session.file.get_untracked().ok_or(Stop::Superseded)?;
    let mut machine = machine(job, run).await?;
    let mut reader = FileReader::new(&file);
    loop {
        let read = reader.next().await.map_err(|error| Stop::Failed(unreadable(&error)))?;
        match &read {
            Some(bytes) => machine.feed(bytes),
            None => machine.end(),
        }
        while !slice(&mut machine, job, run, file.size())? {
            backend::breathe().await;
        }
        if read.is_none() {
            if let Some(row) = machine.not_utf8_from().filter(|_| !job.are_letters_chosen()) {
                return Err(Stop::NotUtf8(row));
            }
            return Ok(machine.finish());
        }
    }
}

/// Works for one slice of time; tells whether all that was fed is done.
fn slice(machine: &mut Machine, job: Job, run: u32, size: f64) -> Result<bool, Stop> {
    if !job.is_current(run) {
        return Err(Stop::Superseded);
    }
    let since = backend::performance_now();
    let progress = loop {
        let progress = machine.step();
        if progress.is_idle || backend::performance_now() - since > SLICE_MILLIS {
            break progress;
        }
    };
    #[expect(clippy::cast_precision_loss, reason = "for a progress bar")]
    let done = progress.bytes as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the size of a file")]
    let size_bytes = size as u64;
    let zone = job.session.zone.get_untracked();
    let at = progress.reached.map(|at| format!(" of {}", format::date(at, zone))).unwrap_or_default();
    job.state.set(State::Staging(Work {
        text: format!("Row {}{at}, {} of {}.", format::int(progress.rows), bytes(progress.bytes), bytes(size_bytes)),
        share: Some(share(done, size)),
        count: progress.rows,
    }));
    Ok(progress.is_idle)
}

async fn machine(job: Job, run: u32) -> Result<Machine, Stop> {
    let sample = job.sample.get_untracked().ok_or(Stop::Superseded)?;
    let seen = seen(job, run).await?;
    let target = job.target.get_untracked();
    match sample.kind {
        FileKind::CloudEvents => {
            let codec =
                BankCodec::new().map_err(|error| Stop::Failed(advice::of_open_error(&OpenError::Codec(error))))?;
            let keeps_times = target == Target::New || is_empty(job.session);
            let times = if keeps_times { RecordedTimes::Keep } else { RecordedTimes::Now };
            let accounts = match target {
                Target::New => LedgerFacts::default(),
                Target::Here => facts(job, SeenIds::new()),
            };
            let import = CloudEventsImport::new(seen, codec, backend::now(), times).knowing(accounts.accounts);
            Ok(Machine::CloudEvents(Box::new(import)))
        }
        FileKind::Csv(_) => {
            let mapping = job.mapping.get_untracked().ok_or(Stop::Superseded)?;
            let facts = match target {
                Target::New => LedgerFacts::default(),
                Target::Here => facts(job, seen),
            };
            let actor = job.session.preferences.with_untracked(|preferences| preferences.actor.clone());
            let actor = Label::new(if actor.is_empty() { "import" } else { &actor });
            let zone = zone_of(untrack(|| job.zone()));
            match CsvImport::new(mapping, facts, zone, actor, Some(PageEnv.new_id())) {
                Ok(import) => Ok(Machine::Csv(Box::new(import))),
                Err(error) => Err(Stop::failed(
                    "The columns are not matched yet.",
                    format!("{}. Change what the columns are.", sentence(&error.to_string())),
                )),
            }
        }
    }
}

/// The ids of what the ledger has already, block by block.
async fn seen(job: Job, run: u32) -> Result<SeenIds, Stop> {
    let mut seen = SeenIds::new();
    if job.target.get_untracked() == Target::New {
        return Ok(seen);
    }
    let not_compared = || {
        Stop::failed(
            "The open ledger cannot be compared.",
            "What the file repeats would not be seen. Nothing was imported. Import into a new ledger instead."
                .to_owned(),
        )
    };
    let Some(ledger) = job.session.ledger() else { return Ok(seen) };
    let Ok(held) = ledger.hold_all(&PageEnv, |_| job.is_current(run)).await else { return Err(not_compared()) };
    let Some(_held) = held else { return Err(Stop::Superseded) };
    for index in 0.. {
        match ledger.read(|read| read.history().block(index).map(|block| seen.add_block(block))) {
            None => break,
            Some(Ok(())) => {}
            Some(Err(_)) => return Err(not_compared()),
        }
        backend::breathe().await;
        if !job.is_current(run) {
            return Err(Stop::Superseded);
        }
    }
    Ok(seen)
}

/// What the ledger knows of its accounts, now and not at the playhead.
pub(super) fn facts(job: Job, seen: SeenIds) -> LedgerFacts {
    let facts = job.session.read_untracked(|read| {
        let now = read.moment(Playhead::default());
        let balances = read.balances(&now).clone();
        LedgerFacts::of(read.history(), &balances, seen)
    });
    facts.unwrap_or_default()
}

/// How far the wall clock is ahead when it shows a time.
pub(super) fn zone_of(zone: Zone) -> csv_import::Zone {
    Box::new(move |local| (zone.offset_minutes)(zone.instant(local)))
}

/// What becomes of the first rows of a table.
pub(super) fn first_events(
    sample: &Sample,
    mapping: &Mapping,
    facts: LedgerFacts,
    zone: csv_import::Zone,
) -> Vec<Staged> {
    // Rows that stand last come first; of them the sample knows nothing.
    let mapping = Mapping { newest_first: false, ..mapping.clone() };
    let Ok(mut import) = CsvImport::new(mapping, facts, zone, Label::default(), None) else {
        return Vec::new();
    };
    import.feed(sample.bytes.get(..FIRST_BYTES).unwrap_or(&sample.bytes));
    let is_row = |staged: &Staged| &*staged.event.event_type != "AccountOpened";
    let events = import.finish().events;
    let end = events.iter().enumerate().filter(|(_, staged)| is_row(staged)).nth(FIRST_ROWS - 1);
    let count = end.map_or(events.len(), |(index, _)| index + 1);
    events.into_iter().take(count).collect()
}

/// The text with a capital letter first; ours are English, so the large tables of all other letters can stay away.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| once(first.to_ascii_uppercase()).chain(letters).collect()).unwrap_or_default()
}
