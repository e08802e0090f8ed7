use crate::{
    app::{
        Progress, advice,
        files::{
            audit::AuditLog,
            cloud_events::{Envelope, Exporter, Form, LedgerSource, Selection},
            hledger::{HledgerExport, Part},
        },
        format,
    },
    bank::BankCodec,
    kernel::{Clock, History, Position, Rank, StreamName, Timestamp},
    ui::{
        backend::{self, Download, PageEnv},
        session::Session,
        start::{Work, WorkMeter, bytes, share},
    },
};
use leptos::{prelude::*, task::spawn_local};

/// How long is written before the page gets a turn, in milliseconds.
const SLICE_MILLIS: f64 = 10.0;
/// How many events are written between two looks at the clock.
const EVENTS_PER_LOOK: u32 = 128;

/// What an export is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `CloudEvents`, one a line.
    Lines,
    /// `CloudEvents`, all in one array.
    Batch,
    /// An hledger journal.
    Hledger,
    /// The audit log as CSV.
    Audit,
}

impl Format {
    /// All of them, the one that can be imported again first.
    pub(super) const ALL: [Self; 4] = [Self::Lines, Self::Batch, Self::Hledger, Self::Audit];

    /// Its name in the form.
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Lines => "jsonl",
            Self::Batch => "json",
            Self::Hledger => "journal",
            Self::Audit => "csv",
        }
    }

    /// What it is called.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Lines => "CloudEvents, JSON Lines: everything, to be restored",
            Self::Batch => "CloudEvents, JSON batch: everything, to be restored",
            Self::Hledger => "hledger journal: plain-text accounting",
            Self::Audit => "Audit log, CSV: who, what, when, why",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Lines => "application/jsonl",
            Self::Batch => "application/cloudevents-batch+json",
            Self::Hledger => "text/plain;charset=utf-8",
            Self::Audit => "text/csv;charset=utf-8",
        }
    }
}

/// Which events are exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Range {
    /// All.
    All,
    /// Those of one account.
    Account(StreamName),
    /// Those that happened from one instant up to another, both counted.
    Between(Timestamp, Timestamp),
}

impl Range {
    /// The part of the ledger that a journal is of.
    fn part(&self) -> Part {
        match self {
            Self::All => Part::Whole,
            Self::Account(name) => Part::Account(name.clone()),
            Self::Between(from, to) => Part::Between(*from, *to),
        }
    }

    /// The positions, rising; `None` for all.
    fn positions(&self, history: &History<BankCodec>) -> Option<Vec<Position>> {
        match self {
            Self::All => None,
            Self::Account(name) => {
                let entry = history.stream_id(name).and_then(|id| history.stream(id));
                Some(entry.map(|entry| entry.positions(Clock::Recorded).to_vec()).unwrap_or_default())
            }
            Self::Between(from, to) => {
                let timeline = history.timeline(Clock::Occurred);
                let (before, last) = (timeline.rank_at(from.plus_micros(-1)), timeline.rank_at(*to));
                let ranks = (before.next().get()..=last.get()).map(Rank::new);
                let mut positions: Vec<Position> = ranks.filter_map(|rank| timeline.position_at(rank)).collect();
                positions.sort_unstable();
                Some(positions)
            }
        }
    }
}

/// Where an export stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum State {
    /// None was begun.
    #[default]
    Idle,
    /// It is being written.
    Writing(Work),
    /// It was offered: what it is.
    Done(String),
    /// It failed: why.
    Failed(String),
}

/// An export of the open ledger. A bundle of handles, passed by copy.
#[derive(Clone, Copy)]
pub(super) struct ExportJob {
    session: Session,
    pub(super) state: RwSignal<State>,
    is_cancelled: StoredValue<bool>,
}

enum Writer {
    CloudEvents(Exporter),
    Hledger(Box<HledgerExport>),
    Audit(Box<AuditLog>),
}

impl Writer {
    fn new(history: &History<BankCodec>, format: Format, range: &Range, source: &str, session: Session) -> Self {
        let cloud_events = |form| {
            let selection = range.positions(history).map_or(Selection::All, Selection::Positions);
            let source = LedgerSource::of_ledger(source);
            Self::CloudEvents(Exporter::new(history, selection, form, Envelope::Whole, source))
        };
        match format {
            Format::Lines => cloud_events(Form::Lines),
            Format::Batch => cloud_events(Form::Batch),
            Format::Hledger => {
                let zone = session.zone.get_untracked();
                Self::Hledger(Box::new(HledgerExport::new(history, &range.part(), Box::new(zone.offset_minutes))))
            }
            Format::Audit => Self::Audit(Box::new(AuditLog::new(history.head(), range.positions(history)))),
        }
    }

    fn next_chunk(&mut self, history: &History<BankCodec>) -> Option<String> {
        match self {
            Self::CloudEvents(exporter) => exporter.next_chunk(history, EVENTS_PER_LOOK as usize),
            Self::Hledger(export) => export.next_chunk(history, EVENTS_PER_LOOK),
            Self::Audit(log) => log.next_chunk(history, EVENTS_PER_LOOK),
        }
    }

    fn progress(&self) -> (u32, u32) {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        match self {
            Self::CloudEvents(exporter) => (count(exporter.written()), count(exporter.count())),
            Self::Hledger(export) => export.progress(),
            Self::Audit(log) => log.progress(),
        }
    }
}

impl ExportJob {
    pub(super) fn new(session: Session) -> Self {
        Self { session, state: RwSignal::new(State::Idle), is_cancelled: StoredValue::new(false) }
    }

    /// Writes a file in slices and offers it.
    pub(super) fn begin(self, format: Format, range: Range) {
        if matches!(self.state.get_untracked(), State::Writing(_)) {
            return;
        }
        self.is_cancelled.set_value(false);
        self.state.set(State::Writing(Work::default()));
        spawn_local(async move {
            let state = match self.write(format, &range).await {
                Some(Ok(text)) => State::Done(text),
                Some(Err(why)) => State::Failed(why),
                None => State::Done("Cancelled. No file was saved.".to_owned()),
            };
            // Where the screen is gone, so is what would show it.
            self.state.try_set(state);
        });
    }

    /// Shows how far it has come; `false` when it is to stop.
    fn goes_on(self, work: Work) -> bool {
        let is_gone = self.state.try_set(State::Writing(work)).is_some();
        !is_gone && self.is_cancelled.try_get_value() == Some(false)
    }

    /// `None` where it was cancelled, or the screen or the ledger was left.
    async fn write(self, format: Format, range: &Range) -> Option<Result<String, String>> {
        let session = self.session;
        let (ledger, info) = (session.ledger()?, session.current.get_untracked()?);
        let told = |progress: Progress| {
            let (done, total) = (format::int(progress.done), format::int(progress.total));
            let text = format!("Reading event {done} of {total}.");
            self.goes_on(Work {
                text,
                share: Some(share(progress.done.into(), progress.total.into())),
                count: progress.done,
            })
        };
        let _held = match ledger.hold_all(&PageEnv, told).await {
            Ok(held) => held?,
            Err(error) => {
                let advice = advice::of_fetch_error(&error);
                return Some(Err(format!("{} {}", advice.title, advice.text)));
            }
        };
        let mut writer = ledger.read(|read| Writer::new(read.history(), format, range, info.id.as_str(), session));
        let day = format::date(backend::now(), session.zone.get_untracked());
        let name = format!("{}-{day}.{}", info.id, format.slug());
        let mut file = Download::new(&name, format.media_type());
        let mut size = 0u64;
        loop {
            let since = backend::performance_now();
            let ended = loop {
                let Some(chunk) = ledger.read(|read| writer.next_chunk(read.history())) else { break true };
                size = size.saturating_add(chunk.len() as u64);
                file.push(chunk.as_bytes());
                if backend::performance_now() - since > SLICE_MILLIS {
                    break false;
                }
            };
            let (done, total) = writer.progress();
            if ended {
                let offered = file.offer().map_err(|error| {
                    format!(
                        "The file was not saved; the ledger is as it was. Make room on this device, or export a part. The browser says: {}.",
                        error.why()
                    )
                });
                return Some(offered.map(|()| format!("Saved {name}, {}.", bytes(size))));
            }
            let work = Work {
                text: format!("Event {} of {}, {}.", format::int(done), format::int(total), bytes(size)),
                share: Some(share(done.into(), total.into())),
                count: done,
            };
            if !self.goes_on(work) {
                return None;
            }
            backend::breathe().await;
        }
    }
}

/// How far an export has come, and what came of it.
#[component]
pub fn ExportProgress(job: ExportJob) -> impl IntoView {
    let is_writing = Memo::new(move |_| job.state.with(|state| matches!(state, State::Writing(_))));
    let work = Memo::new(move |_| {
        job.state.with(|state| match state {
            State::Writing(work) => work.clone(),
            State::Idle | State::Done(_) | State::Failed(_) => Work::default(),
        })
    });
    view! {
        <Show when=move || is_writing.get()>
            <WorkMeter
                title="Writing the file"
                work
                unit="events"
                can_cancel=true
                on_cancel=move || job.is_cancelled.set_value(true)
            />
        </Show>
        <p role="status" data-testid="export-outcome" class:err=move || job.state.with(|state| matches!(state, State::Failed(_)))>
            {move || {
                job.state
                    .with(|state| match state {
                        State::Done(text) | State::Failed(text) => text.clone(),
                        State::Idle | State::Writing(_) => String::new(),
                    })
            }}
        </p>
    }
}
