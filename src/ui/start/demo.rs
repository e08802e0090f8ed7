use super::beside::{Beside, show};
use crate::{
    app::{
        ImportError, Progress,
        advice::{self, Advice},
        format::{self, Zone},
        route::Screen,
    },
    bank::demo::{DemoEvent, DemoLedger, DemoSize, ENDS_AT, STARTS_AT},
    kernel::{Clock, NewEvent, Timestamp},
    store::{LedgerId, LedgerInfo, LedgerKind},
    ui::{
        backend,
        session::{Notice, Phase, Session},
    },
};
use leptos::{prelude::*, task::spawn_local};

const NAME: &str = "Demo";
const ID: &str = "demo";
/// How long events are made before the page gets a turn, in milliseconds.
const SLICE_MILLIS: f64 = 10.0;
/// How many events are made between two looks at the clock.
const EVENTS_PER_LOOK: usize = 128;

/// What the demo ledger is, in its own numbers.
pub(super) struct DemoFacts;

impl DemoFacts {
    pub(super) fn sentence() -> String {
        let DemoSize { events, accounts } = DemoSize::default();
        let (from, to) = (format::date(STARTS_AT, Zone::UTC), format::date(ENDS_AT, Zone::UTC));
        format!(
            "A bank of {} accounts: {} events from {from} to {to}. Made on this device in a few seconds, always the same, and kept apart from your own books.",
            format::int(accounts),
            format::int(events)
        )
    }
}

/// Opens the demo ledger; makes it first where there is none.
pub(super) fn open_demo(session: Session) {
    spawn_local(async move {
        session.work_begins("Making the demo ledger");
        match find_or_make(session).await {
            Ok(info) => show(session, &info, Screen::Home, Clock::Recorded),
            Err(advice) => {
                if let Phase::Working(..) = session.phase.get_untracked() {
                    session.work_ends();
                }
                let bad = advice != cancelled();
                session.tell(Notice { advice, bad, restore: false });
            }
        }
    });
}

fn cancelled() -> Advice {
    Advice { title: "Cancelled.".to_owned(), text: "No demo ledger was made; everything else is as it was.".to_owned() }
}

async fn find_or_make(session: Session) -> Result<LedgerInfo, Advice> {
    let known = session.ledgers.get_untracked();
    let listed = known.iter().find(|info| info.kind == LedgerKind::Demo).cloned();
    let is_free = known.iter().all(|info| info.id.as_str() != ID);
    // An address may have opened the demo's database before it was ever listed.
    let unlisted = LedgerId::parse(ID).ok().filter(|_| is_free).map(|id| LedgerInfo {
        id,
        name: NAME.to_owned(),
        kind: LedgerKind::Demo,
        created_at: backend::now(),
    });
    let beside = match listed.or(unlisted) {
        Some(info) => {
            session.remember(&info);
            // Only what is empty is read here: a full ledger is read when it is shown.
            if backend::holds_events(&info.id).await.map_err(|error| advice::of_log_error(&error))? {
                return Ok(info);
            }
            Beside::open(info).await?
        }
        None => Beside::make(session, NAME, LedgerKind::Demo).await?,
    };
    if !beside.is_empty() {
        return Ok(beside.info().clone());
    }
    match fill(session, &beside).await {
        Ok(()) => Ok(beside.info().clone()),
        Err(ImportError::Cancelled) => {
            beside.discard(session).await;
            Err(cancelled())
        }
        Err(error) => {
            beside.discard(session).await;
            Err(advice::of_import_error(&error))
        }
    }
}

async fn fill(session: Session, beside: &Beside) -> Result<(), ImportError> {
    // Who leaves for another ledger meanwhile does not want this one.
    let goes_on = |progress| {
        session.work_goes_on(progress) && session.phase.with_untracked(|phase| matches!(phase, Phase::Working(..)))
    };
    let staged = make(goes_on).await?;
    session.phase.set(Phase::Working("Saving the demo ledger".to_owned(), Progress::default()));
    beside.append(staged, goes_on).await.map(drop)
}

async fn make(goes_on: impl Fn(Progress) -> bool) -> Result<Vec<(NewEvent, Option<Timestamp>)>, ImportError> {
    let mut demo = DemoLedger::new(DemoSize::default());
    let total = demo.total();
    let mut staged = Vec::new();
    loop {
        let since = backend::performance_now();
        while backend::performance_now() - since < SLICE_MILLIS {
            let slice = demo.next_slice(EVENTS_PER_LOOK);
            if slice.is_empty() {
                return Ok(staged);
            }
            staged.extend(slice.into_iter().map(|DemoEvent { event, recorded_at }| (event, Some(recorded_at))));
        }
        let done = u32::try_from(staged.len()).unwrap_or(u32::MAX);
        let reached = staged.last().map(|(event, _)| event.occurred_at);
        if !goes_on(Progress { done, total, reached }) {
            return Err(ImportError::Cancelled);
        }
        backend::breathe().await;
    }
}
