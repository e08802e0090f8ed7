//! The address of the page: which screen of which ledger at which moment.

use super::{Session, outside::debounce};
use crate::app::{
    Playhead, ReadSide, Stand, Travel, format,
    route::{At, Route, Screen},
};
use leptos::prelude::*;
use std::time::Duration;

impl Session {
    /// The address of a screen at the moment shown.
    pub(crate) fn href(&self, screen: Screen) -> String {
        self.route.get().on(screen).at_playhead(self.settled.get()).to_hash()
    }

    /// Goes to a screen at the moment shown.
    pub(crate) fn go(&self, screen: Screen) {
        self.go_to(self.route.get_untracked().on(screen).at_playhead(self.playhead.get_untracked()));
    }

    /// Goes to an address.
    #[expect(clippy::needless_pass_by_value, reason = "a route is made for going there")]
    pub(crate) fn go_to(&self, route: Route) {
        let hash = route.to_hash();
        if location_hash() != hash {
            push_address(&hash);
        }
        self.arrive(&route);
    }

    /// Goes to a screen at the moment shown, in place of the one that is shown: for a walk, which leaves no steps.
    pub(crate) fn go_instead(&self, screen: Screen) {
        self.replace(self.route.get_untracked().on(screen).at_playhead(self.playhead.get_untracked()));
    }

    /// Changes the address in place: for what is typed, where every letter would be a step back.
    pub(crate) fn replace(&self, route: Route) {
        replace_address(&route.to_hash());
        self.route.set(route);
    }

    fn arrive(&self, route: &Route) {
        let before = self.route.get_untracked();
        let other_ledger = !route.ledger.is_empty()
            && self.current.get_untracked().is_none_or(|info| info.id.as_str() != route.ledger);
        if before != *route {
            self.route.set(route.clone());
        }
        if other_ledger {
            self.open_routed();
        } else {
            self.apply_moment(route);
        }
    }

    /// Where the playhead stands at an address.
    pub(super) fn stand_of(&self, route: &Route, read: &ReadSide) -> Playhead {
        let here = Playhead { clock: route.clock, stand: Stand::Live };
        match &route.at {
            None => here,
            Some(At::Position(position)) => here.after(Travel::ToPosition(*position), read.history()),
            Some(At::Time(text)) => match format::parse_moment(text, self.zone.get_untracked()) {
                Some(instant) => here.after(Travel::ToInstant(instant), read.history()),
                None => here,
            },
        }
    }

    pub(super) fn apply_moment(&self, route: &Route) {
        let wanted = self.read_untracked(|read| self.stand_of(route, read));
        if let Some(wanted) = wanted
            && wanted != self.playhead.get_untracked()
        {
            self.pause();
            self.stand_at(wanted);
        }
    }

    pub(super) fn follow_address(&self) {
        let session = *self;
        // A typed address and a followed link both end in `popstate`; the browser's buttons too.
        let followed =
            window_event_listener(leptos::ev::popstate, move |_| session.arrive(&Route::parse(&location_hash())));
        on_cleanup(move || followed.remove());
        // The address follows the playhead once it rests, so that back and forward lead through resting places.
        let rested = debounce(Duration::from_millis(400), move |playhead: Playhead| {
            // It may rest longer than the session is there.
            let Some(route) = session.route.try_get_untracked() else { return };
            if session.ledger.with_value(Option::is_none) || session.is_playing.get_untracked() {
                return;
            }
            let next = route.at_playhead(playhead);
            let same_moment = session.read_untracked(|read| {
                let there = |at: &Option<At>| match at {
                    None => Some(read.history().head()),
                    Some(At::Position(position)) => Some(*position),
                    Some(At::Time(_)) => None,
                };
                there(&route.at) == there(&next.at) && route.clock == next.clock
            });
            if next != route && same_moment != Some(true) {
                push_address(&next.to_hash());
                session.route.set(next);
            }
        });
        let rested = StoredValue::new_local(rested);
        Effect::new(move |_| {
            let playhead = session.playhead.get();
            session.is_playing.track();
            rested.with_value(|rested| rested(playhead));
        });
    }
}

pub(super) fn location_hash() -> String {
    window().location().hash().unwrap_or_default()
}

fn push_address(hash: &str) {
    if let Ok(history) = window().history() {
        // Browsers refuse more than some hundred changes in half a minute; then the address stays behind for once.
        history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(hash)).unwrap_or_default();
    }
}

fn replace_address(hash: &str) {
    if let Ok(history) = window().history() {
        history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(hash)).unwrap_or_default();
    }
}
