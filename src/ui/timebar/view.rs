use crate::{
    app::{RangeEnd, TimeRange, Travel},
    kernel::{Clock, Rank, Timestamp},
    ui::session::Session,
};
use leptos::prelude::*;

/// What the parts of the time bar share: the session, the whole ledger on the playhead's clock, and what can be done
/// to the range.
#[derive(Clone, Copy)]
pub(super) struct View {
    /// The session.
    pub(super) session: Session,
    /// The clock that the bar shows, and the whole ledger on it; `None` while it is empty.
    ledger: Memo<(Clock, Option<TimeRange>)>,
}

impl View {
    pub(super) fn new(session: Session) -> Self {
        let ledger = Memo::new(move |_| {
            let clock = session.playhead.get().clock;
            let span = session.read(|read| read.history().timeline(clock).span()).flatten();
            (clock, span.map(TimeRange::whole))
        });
        Self { session, ledger }
    }

    /// The clock that the bar shows.
    pub(super) fn clock(&self) -> Clock {
        self.ledger.get().0
    }

    /// The whole ledger on that clock; `None` while it is empty.
    pub(super) fn whole(&self) -> Option<TimeRange> {
        self.ledger.get().1
    }

    /// The same, once.
    pub(super) fn whole_now(&self) -> Option<TimeRange> {
        self.ledger.get_untracked().1
    }

    /// Moves the playhead. The range follows it, and stays within the ledger.
    pub(super) fn travel(&self, travel: Travel) {
        self.session.travel(travel);
        if let Some(whole) = self.whole_now() {
            self.show(self.session.range.get_untracked().within(whole));
        }
    }

    /// Moves the playhead by events.
    pub(super) fn step(&self, count: i64) {
        self.travel(Travel::Step(count));
    }

    /// Moves the playhead by a tenth of the visible range, and at least by an event.
    pub(super) fn page(&self, direction: i64) {
        let moment = self.session.moment.get_untracked();
        let Some(at) = moment.at else { return };
        let to = at.plus_micros(self.session.range.get_untracked().width() / 10 * direction);
        let rank = self.session.read_untracked(|read| read.history().timeline(moment.clock).rank_at(to));
        match rank {
            Some(rank) if (direction > 0) == (rank > moment.rank) && rank != moment.rank => {
                self.travel(Travel::ToRank(rank));
            }
            Some(_) | None => self.step(direction),
        }
    }

    /// Plays or pauses.
    pub(super) fn toggle(&self) {
        if self.session.is_playing.get_untracked() {
            self.session.pause();
        } else {
            self.session.play();
        }
    }

    /// Takes the times of another clock. A range that had shown everything still does.
    pub(super) fn use_clock(&self, clock: Clock) {
        let range = self.session.range.get_untracked();
        let had_all = self.whole_now().is_none_or(|whole| range.from <= whole.from && range.to >= whole.to);
        self.session.travel(Travel::UseClock(clock));
        let Some(whole) = self.whole_now() else { return };
        match self.session.moment.get_untracked().at {
            Some(at) if !had_all => self.show(range.following(at).within(whole)),
            Some(_) | None => self.show(whole),
        }
    }

    /// Shows a range.
    pub(super) fn show(&self, range: TimeRange) {
        if self.session.range.get_untracked() != range {
            self.session.range.set(range);
        }
    }

    /// Shows the whole ledger.
    pub(super) fn fit(&self) {
        if let Some(whole) = self.whole_now() {
            self.show(whole);
        }
    }

    /// Shows more (`factor` above 1) or less, with `at` staying where it is.
    pub(super) fn zoom_at(&self, factor: f64, at: Timestamp) {
        if let Some(whole) = self.whole_now() {
            self.show(self.session.range.get_untracked().zoomed(factor, at, whole));
        }
    }

    /// Shows more or less around the playhead, or around the middle where the playhead is out of sight.
    pub(super) fn zoom(&self, factor: f64) {
        let range = self.session.range.get_untracked();
        let playhead = self.session.moment.get_untracked().at.filter(|at| range.contains(*at));
        self.zoom_at(factor, playhead.unwrap_or_else(|| range.instant_at(0.5)));
    }

    /// Shows what is earlier or later by a share of the width.
    pub(super) fn pan(&self, share: f64) {
        let range = self.session.range.get_untracked();
        let micros = range.instant_at(share).as_micros() - range.from.as_micros();
        if let Some(whole) = self.whole_now() {
            self.show(range.panned(micros, whole));
        }
    }

    /// Moves one end of the range.
    pub(super) fn set_end(&self, end: RangeEnd, at: Timestamp) {
        if let Some(whole) = self.whole_now() {
            self.show(self.session.range.get_untracked().with_end(end, at, whole));
        }
    }

    /// Moves one end of the range to the playhead.
    pub(super) fn set_end_here(&self, end: RangeEnd) {
        if let Some(at) = self.session.moment.get_untracked().at {
            self.set_end(end, at);
        }
    }

    /// Goes to the first event.
    pub(super) fn go_first(&self) {
        self.travel(Travel::ToRank(Rank::FIRST));
    }

    /// Goes to the head.
    pub(super) fn go_live(&self) {
        self.travel(Travel::GoLive);
    }
}
