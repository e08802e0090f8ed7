//! What the parts of the log share: the filter, what it found, the rows and the chosen event.

use super::finder::{self, Found};
use crate::{
    app::{
        LogFilter, LogRows, Moment,
        route::{Route, Screen},
    },
    kernel::Position,
    ui::{parts::Reveal, session::Session},
};
use leptos::prelude::*;

/// The signals of the log. It is a bundle of handles, passed by copy.
#[derive(Clone, Copy)]
pub(super) struct LogView {
    // Behind a handle: the session is large for something that is passed by copy to every line.
    session: StoredValue<Session>,
    /// The filter as it was typed.
    pub(super) query: Memo<String>,
    /// What is wrong with it.
    pub(super) error: Memo<Option<String>>,
    /// What the newest filter without a mistake has found so far.
    pub(super) found: ReadSignal<Found>,
    /// The rows of the list.
    pub(super) rows: Memo<LogRows>,
    /// The event whose detail is shown: the chosen one, or the one the playhead stands after.
    pub(super) chosen: Memo<Position>,
    /// The row to bring into view.
    pub(super) reveal: Memo<Revealed>,
}

/// Which row is brought into view, and why.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Revealed {
    /// The filter, and whether it is through.
    filter: (LogFilter, bool),
    moment: Moment,
    chosen: Position,
    /// The row.
    pub(super) row: Option<Reveal>,
}

impl LogView {
    /// Over the open ledger, at the session's address.
    pub(super) fn new(session: Session) -> Self {
        let query = Memo::new(move |_| session.route.with(|route| route.query.clone()));
        let parsed = Memo::new(move |_| LogFilter::parse(&query.get(), session.zone.get()));
        let filter = Memo::new(move |before: Option<&LogFilter>| {
            let filter = parsed.get().ok().or_else(|| before.cloned()).unwrap_or_default();
            filter.on(session.moment.get().clock)
        });
        let found = finder::find(session, filter);
        let rows = Memo::new(move |before: Option<&LogRows>| {
            let (moment, found) = (session.moment.get(), found.get());
            // What was found in the order of the other clock is being found again.
            if let Some(before) = before.filter(|_| found.filter.clock != moment.clock && found.positions.is_some()) {
                return before.clone();
            }
            session.read(|read| LogRows::new(&moment, found.positions, read.history())).unwrap_or_default()
        });
        let chosen = Memo::new(move |before: Option<&Position>| {
            match session.route.with(|route| route.screen.clone()) {
                Screen::Log { event: Some(position) } => position,
                // A detail that changed sixty times a second could not be read.
                _ => session.settled_position().unwrap_or_else(|| before.copied().unwrap_or_default()),
            }
        });
        let reveal = Memo::new(move |before: Option<&Revealed>| {
            let (moment, chosen, rows) = (session.moment.get(), chosen.get(), rows.get());
            let filter = found.with(|found| (found.filter.clone(), found.is_done));
            let row_of = || session.read_untracked(|read| rows.row_of(chosen, read.history())).flatten();
            let shown = before.and_then(|before| before.row);
            let turn = shown.map_or(0, |shown| shown.turn.wrapping_add(1));
            let anew = |row: Option<usize>| row.map(|row| Reveal { row, turn });
            let row = match before {
                None => anew(row_of().or(rows.playhead())),
                Some(before) if before.filter != filter => anew(row_of().or(rows.playhead()).or(Some(0))),
                Some(before) if before.chosen != chosen => anew(row_of()),
                Some(before) if before.moment.rank == moment.rank && before.moment.clock == moment.clock => shown,
                // New events at the head of a live list do not tear the reader away from an older one.
                Some(before) if before.moment.is_live() && moment.is_live() => shown,
                Some(_) => anew(rows.playhead().or(Some(0))),
            };
            Revealed { filter, moment, chosen, row }
        });
        let error = Memo::new(move |_| parsed.get().err());
        Self { session: StoredValue::new(session), query, error, found, rows, chosen, reveal }
    }

    /// The open ledger.
    pub(super) fn session(self) -> Session {
        self.session.get_value()
    }

    /// Chooses an event and leaves a step back to the one before.
    pub(super) fn choose(self, position: Position) {
        if self.chosen.get_untracked() != position || self.is_unchosen() {
            self.session().go_to(self.route(position));
        }
    }

    /// Chooses the event `count` rows down from the chosen one: a walk, which leaves no steps.
    pub(super) fn walk(self, count: i64) {
        let (rows, chosen) = (self.rows.get_untracked(), self.chosen.get_untracked());
        let next = self.session().read_untracked(|read| rows.beside(chosen, count, read.history())).flatten();
        if let Some(next) = next {
            self.session().replace(self.route(next));
        }
    }

    /// Filters by another line.
    pub(super) fn set_query(self, query: String) {
        if self.query.get_untracked() != query {
            let route = self.session().route.get_untracked().at_playhead(self.session().playhead.get_untracked());
            self.session().replace(Route { query, ..route });
        }
    }

    /// The address of an event within what is filtered.
    pub(super) fn href(self, position: Position) -> String {
        self.session().route.track();
        self.session().settled.track();
        self.route(position).to_hash()
    }

    fn route(self, position: Position) -> Route {
        let route = self.session().route.get_untracked().at_playhead(self.session().playhead.get_untracked());
        Route { screen: Screen::Log { event: Some(position) }, ..route }
    }

    fn is_unchosen(self) -> bool {
        self.session().route.with_untracked(|route| route.screen == Screen::Log { event: None })
    }
}
