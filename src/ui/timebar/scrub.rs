//! Dragging the playhead.

use crate::{app::Travel, kernel::Timestamp, ui::session::Session};
use leptos::prelude::*;

/// A drag of the playhead. However often the pointer tells where it is, the playhead moves at most once a frame; where
/// the drag ends, it stands where the pointer last was.
#[derive(Clone, Copy)]
pub(crate) struct Scrub {
    session: Session,
    pointer: StoredValue<Option<i32>>,
    /// Where the playhead goes in the next frame; `None` while no frame is asked for.
    wanted: StoredValue<Option<Timestamp>>,
}

impl Scrub {
    /// No drag yet.
    pub(crate) fn new(session: Session) -> Self {
        Self { session, pointer: StoredValue::new(None), wanted: StoredValue::new(None) }
    }

    /// Whether a drag is under way.
    pub(crate) fn is_on(&self) -> bool {
        self.pointer.get_value().is_some()
    }

    /// Whether it is this pointer that drags.
    pub(crate) fn is_by(&self, pointer: i32) -> bool {
        self.pointer.get_value() == Some(pointer)
    }

    /// A pointer takes hold.
    pub(crate) fn begin(&self, pointer: i32, at: Timestamp) {
        self.pointer.set_value(Some(pointer));
        self.session.is_scrubbing.set(true);
        move_to(self.session, at);
    }

    /// The pointer is elsewhere.
    pub(crate) fn follow(&self, at: Timestamp) {
        let scrub = *self;
        let Some(before) = scrub.wanted.try_update_value(|wanted| wanted.replace(at)) else { return };
        if before.is_none() {
            request_animation_frame(move || scrub.apply());
        }
    }

    /// The pointer lets go.
    pub(crate) fn end(&self) {
        self.apply();
        self.pointer.set_value(None);
        self.session.is_scrubbing.set(false);
    }

    fn apply(&self) {
        // The screen may be gone since the frame was asked for.
        if let Some(Some(at)) = self.wanted.try_update_value(Option::take) {
            move_to(self.session, at);
        }
    }
}

/// Moves the playhead to the last event at or before an instant of the visible range, which stays where it is: what is
/// under the pointer must not move away from it.
fn move_to(session: Session, at: Timestamp) {
    let range = session.range.get_untracked();
    session.travel(Travel::ToInstant(at.clamp(range.from, range.to.max(range.from))));
    if session.range.get_untracked() != range {
        session.range.set(range);
    }
}
