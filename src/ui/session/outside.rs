//! What follows the session outside the components.

use super::{Session, Tense};
use crate::{
    app::{Playhead, format, route::Screen},
    store::Theme,
    ui::loss::Loss,
};
use leptos::prelude::*;
use std::{cell::Cell, rc::Rc, time::Duration};

/// How long a dragged playhead stands still before what it shows is worked out in full.
const SCRUB_PAUSES: Duration = Duration::from_millis(120);

impl Session {
    /// Lets what follows the playhead at rest know where that is.
    pub(super) fn settle(&self) {
        let session = *self;
        let settle = move |playhead: Playhead| {
            if session.settled.get_untracked() != playhead {
                session.settled.set(playhead);
            }
        };
        let paused = StoredValue::new_local(debounce(SCRUB_PAUSES, move |playhead: Playhead| {
            // The pause may end after the session.
            if session.playhead.try_get_untracked() == Some(playhead) {
                settle(playhead);
            }
        }));
        Effect::new(move |_| {
            let playhead = session.playhead.get();
            match (session.is_playing.get(), session.is_scrubbing.get()) {
                (false, false) => settle(playhead),
                (false, true) => paused.with_value(|paused| paused(playhead)),
                (true, _) => {}
            }
        });
    }

    /// What the world outside the components follows: the tense and theme of the page, its title.
    pub(super) fn mirror_outside(&self) {
        let session = *self;
        Effect::new(move |_| set_root_attribute("data-tense", Some(session.tense.get().name())));
        let is_reading = Memo::new(move |_| session.is_reading());
        Effect::new(move |_| set_root_attribute("data-reading", is_reading.get().then_some("")));
        Effect::new(move |_| {
            let theme = match session.preferences.with(|preferences| preferences.theme) {
                Theme::System => None,
                Theme::Light => Some("light"),
                Theme::Dark => Some("dark"),
            };
            set_root_attribute("data-theme", theme);
        });
        Effect::new(move |_| {
            session.head.track();
            let settled = session.settled.get();
            let moment = session.read_untracked(|read| read.moment(settled)).unwrap_or_default();
            let state = match (Tense::of(&moment), moment.at) {
                (Tense::Past, Some(at)) => format!("As of {}, ", format::minute(at, session.zone.get())),
                (Tense::Live, _) => "Live, ".to_owned(),
                (Tense::Empty | Tense::Past, _) => String::new(),
            };
            let screen = session.route.get().screen;
            let title = match (&screen, Tense::of(&moment)) {
                (Screen::Home | Screen::Account { .. } | Screen::Log { .. }, Tense::Empty) => {
                    Loss::of(session).map_or("Nothing has happened yet", Loss::title).trim_end_matches('.')
                }
                (screen, _) => screen.title(),
            };
            document().set_title(&format!("{state}{title} - Annals"));
        });
    }
}

fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let done = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
    done.unwrap_or_default();
}

/// Calls `run` with the newest value once no further one has come for `rest`.
pub(super) fn debounce<T: Clone + 'static>(rest: Duration, run: impl Fn(T) + 'static) -> impl Fn(T) {
    let run = Rc::new(run);
    let pending = Rc::new(Cell::new(None::<TimeoutHandle>));
    move |value| {
        if let Some(handle) = pending.take() {
            handle.clear();
        }
        let run = Rc::clone(&run);
        if let Ok(handle) = set_timeout_with_handle(move || run(value.clone()), rest) {
            pending.set(Some(handle));
        }
    }
}
