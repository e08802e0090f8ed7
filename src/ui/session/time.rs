//! The playhead and the range of the session.

use super::Session;
use crate::{
    app::{Playback, Playhead, Speed, TimeRange, Travel},
    ui::backend,
};
use leptos::{prelude::*, task::spawn_local};

impl Session {
    /// Moves the playhead; playing stops.
    pub(crate) fn travel(&self, travel: Travel) {
        self.pause();
        self.move_to(travel);
    }

    fn move_to(&self, travel: Travel) {
        let from = self.heading.get_value().unwrap_or_else(|| self.playhead.get_untracked());
        let next = self.read_untracked(|read| from.after(travel, read.history()));
        if let Some(next) = next {
            self.stand_at(next);
        }
    }

    /// Puts the playhead somewhere, once all that is shown there is in memory: until then the screen stays where it is.
    pub(super) fn stand_at(&self, next: Playhead) {
        let Some(ledger) = self.ledger() else { return };
        if ledger.read_at_hand(|read| read.prepare(next)).is_some() {
            self.heading.set_value(None);
            self.show_at(next);
            return;
        }
        let is_on_its_way = self.heading.get_value().is_some();
        self.heading.set_value(Some(next));
        if is_on_its_way {
            return;
        }
        let session = *self;
        spawn_local(async move {
            // Where it goes may change meanwhile: what was fetched for nothing stays near at hand.
            while let Some(Some(next)) = session.heading.try_get_value() {
                if !session.is_open(&ledger) {
                    return;
                }
                if ledger.read_at_hand(|read| read.prepare(next)).is_some() {
                    session.heading.set_value(None);
                    session.show_at(next);
                } else if let Err(error) = ledger.fetch().await {
                    session.heading.try_set_value(None);
                    session.cannot_fetch(&ledger, error);
                }
            }
        });
    }

    /// Puts the playhead somewhere. The range follows it, on to another clock too.
    fn show_at(&self, next: Playhead) {
        let before = self.playhead.get_untracked();
        if before != next {
            self.playhead.set(next);
        }
        let shown = self.range.get_untracked();
        let mut range = shown;
        if before.clock != next.clock {
            let whole = self.whole_range();
            if let (Some(before), Some(now)) = (self.whole.get_value(), whole) {
                range = range.carried(before, now);
            }
            self.whole.set_value(whole);
        }
        if let Some(at) = self.moment.get_untracked().at
            && !range.contains(at)
        {
            range = self.within_ledger(range.following(at));
        }
        if range != shown {
            self.range.set(range);
        }
    }

    /// Plays from the moment, or from the first event when live.
    pub(crate) fn play(&self) {
        if self.moment.get_untracked().is_live() {
            return;
        }
        self.playing.set_value(Some((
            Playback::new(self.speed.get_untracked(), self.moment.get_untracked()),
            backend::performance_now(),
        )));
        self.is_playing.set(true);
        self.next_frame();
    }

    /// Stops playing.
    pub(crate) fn pause(&self) {
        self.playing.set_value(None);
        if self.is_playing.get_untracked() {
            self.is_playing.set(false);
        }
    }

    /// Changes the speed, also while playing.
    pub(crate) fn set_speed(&self, speed: Speed) {
        self.speed.set(speed);
        if self.is_playing.get_untracked() {
            self.play();
        }
    }

    fn next_frame(&self) {
        let session = *self;
        request_animation_frame(move || {
            let Some(Some((playback, since))) = session.playing.try_get_value() else { return };
            #[expect(clippy::cast_possible_truncation, reason = "microseconds since playing began")]
            let elapsed = ((backend::performance_now() - since) * 1000.0) as i64;
            session.move_to(playback.travel(elapsed));
            if session.moment.get_untracked().is_live() {
                session.pause();
            } else {
                session.next_frame();
            }
        });
    }

    /// Shows the whole ledger on the time bar.
    pub(crate) fn fit(&self) {
        let whole = self.whole_range();
        self.whole.set_value(whole);
        if let Some(whole) = whole {
            self.range.set(whole);
        }
    }

    /// The whole of the ledger on the playhead's clock; `None` while it has no events.
    pub(super) fn whole_range(&self) -> Option<TimeRange> {
        let clock = self.playhead.get_untracked().clock;
        self.read_untracked(|read| read.history().timeline(clock).span()).flatten().map(TimeRange::whole)
    }

    fn within_ledger(&self, range: TimeRange) -> TimeRange {
        self.whole_range().map_or(range, |whole| range.within(whole))
    }
}
