//! The search on its way: in slices, with the page alive in between.

use crate::{
    app::{Env as _, LogFilter, LogSearch},
    kernel::{Clock, Position},
    ui::{backend, session::Session},
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// About how many events are looked at before the page gets a turn: a few milliseconds.
const EVENTS_PER_SLICE: u32 = 4096;
/// How long a search runs before what it has found so far is shown. Most are over by then, and nothing flickers.
const TELL_MILLIS: f64 = 120.0;

/// What a filter has found so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    /// The filter.
    pub(super) filter: LogFilter,
    /// The events, in the order of the filter's clock; `None` where nothing is filtered.
    pub(super) positions: Option<Arc<[Position]>>,
    /// The last event that was looked at.
    pub(super) reached: Position,
    /// Whether all events were looked at.
    pub(super) is_done: bool,
    /// Where nothing was found: the nearest event that matches but for the time.
    pub(super) nearest: Option<Position>,
}

struct Run {
    search: LogSearch,
    /// Which filter it is: a loop for an earlier one stops.
    turn: u32,
    is_running: bool,
}

type Shared = StoredValue<Run, LocalStorage>;

/// Searches whenever the filter changes, and on when events are added.
pub(super) fn find(session: Session, filter: Memo<LogFilter>) -> ReadSignal<Found> {
    let (found, set_found) = signal(Found::default());
    let run: Shared =
        StoredValue::new_local(Run { search: LogSearch::new(LogFilter::default()), turn: 0, is_running: false });
    Effect::new(move |_| {
        let filter = filter.get();
        session.head.track();
        let turn = run.try_update_value(|run| {
            if *run.search.filter() != filter {
                *run =
                    Run { search: LogSearch::new(filter.clone()), turn: run.turn.wrapping_add(1), is_running: false };
            }
            let starts = !run.is_running && !filter.is_empty();
            run.is_running = !filter.is_empty();
            starts.then_some(run.turn)
        });
        if filter.is_empty() {
            set_found.set(Found { filter, is_done: true, ..Found::default() });
        } else if let Some(Some(turn)) = turn {
            spawn_local(search(session, run, turn, set_found));
        }
    });
    found
}

async fn search(session: Session, run: Shared, turn: u32, set_found: WriteSignal<Found>) {
    let mut told = backend::performance_now();
    loop {
        let step = |run: &mut Run| {
            let ledger = session.ledger();
            let step = |search: &mut LogSearch| {
                ledger.is_none_or(|ledger| ledger.read(|read| search.step(read.history(), EVENTS_PER_SLICE)))
            };
            // A run of another turn has taken over; this one ends.
            (run.turn == turn).then(|| step(&mut run.search))
        };
        let Some(is_done) = run.try_update_value(step).flatten() else { return };
        if !session.fetch_wanted().await {
            break;
        }
        let now = backend::performance_now();
        if is_done || now - told > TELL_MILLIS {
            told = now;
            let Some(so_far) = run.try_with_value(|run| so_far(session, &run.search, is_done)) else { return };
            let is_missed =
                is_done && so_far.filter.says_when() && so_far.positions.as_ref().is_some_and(|p| p.is_empty());
            let filter = so_far.filter.clone();
            set_found.try_set(so_far);
            if is_missed {
                nearest(session, run, turn, filter, set_found).await;
            }
        }
        if is_done {
            break;
        }
        backend::PageEnv.breathe().await;
    }
    run.try_update_value(|run| run.is_running &= run.turn != turn);
}

fn so_far(session: Session, search: &LogSearch, is_done: bool) -> Found {
    let filter = search.filter().clone();
    let mut positions = search.found().to_vec();
    if filter.clock == Clock::Occurred {
        session.read_untracked(|read| {
            positions.sort_by_cached_key(|position| read.history().rank_of(Clock::Occurred, *position));
        });
    }
    Found { filter, positions: Some(positions.into()), reached: search.reached(), is_done, nearest: None }
}

/// Searches again without the time, to name the nearest event that matches then.
async fn nearest(session: Session, run: Shared, turn: u32, filter: LogFilter, set_found: WriteSignal<Found>) {
    let mut search = LogSearch::new(filter.at_any_time());
    loop {
        let step = session.ledger().map(|ledger| {
            ledger.read(|read| {
                let is_done = search.step(read.history(), EVENTS_PER_SLICE);
                is_done.then(|| filter.nearest(search.found(), read.history()))
            })
        });
        if !session.fetch_wanted().await {
            return;
        }
        if run.try_with_value(|run| run.turn) != Some(turn) {
            return;
        }
        match step {
            Some(None) => backend::PageEnv.breathe().await,
            Some(Some(position)) => {
                set_found.try_update(|found| found.nearest = position);
                return;
            }
            None => return,
        }
    }
}
