//! The time bar: the density of events, the visible range and the playhead.

mod fields;
mod histogram;
mod layers;
mod overview;
mod scrub;
mod track;
mod transport;
mod view;

pub(crate) use scrub::Scrub;

use self::{
    fields::{RangeFields, WhenFields},
    overview::Overview,
    track::Track,
    transport::{ClockChoice, ReturnToLive, SpeedChoice, Transport},
    view::View,
};
use super::{
    canvas::SizeObserver,
    parts::Icon,
    session::{Phase, Session, Tense},
};
use crate::app::format;
use leptos::{html, prelude::*};
use std::time::Duration;

/// How long the playhead rests before the moment is announced.
const RESTS: Duration = Duration::from_millis(600);

/// The time bar: the density of events, the visible range and the playhead.
#[component]
pub(crate) fn TimeBar(session: Session) -> impl IntoView {
    let view = View::new(session);
    let is_open = RwSignal::new(false);
    let bar = NodeRef::<html::Section>::new();
    follow_height(bar);
    let empty = move || match session.phase.get() {
        Phase::Opening(_) | Phase::Reading(_) | Phase::Working(..) => "The time line appears when all events are read.",
        Phase::Ready | Phase::Failed(_) => "The time line starts with event 1.",
    };
    view! {
        <section
            class="timebar"
            id="timebar"
            aria-label="Time bar"
            node_ref=bar
            data-open=move || is_open.get().then_some("")
        >
            <div class="tb-ctl">
                <Transport view />
                <SpeedChoice session />
                <ClockChoice view />
                <WhenFields view />
                <ReturnToLive view />
                <RangeFields view />
                <button
                    class="ib tb-more"
                    type="button"
                    aria-label="More time controls"
                    aria-controls="timebar"
                    aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| is_open.update(|open| *open = !*open)
                >
                    <Icon name="more" />
                </button>
            </div>
            <Track view />
            <Overview view />
            <p class="tb-empty">
                <span>{empty}</span>
            </p>
            <Announcement session />
        </section>
    }
}

/// Says where the screen stands, once the playhead rests.
#[component]
fn Announcement(session: Session) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let pending = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let moment = session.moment.get();
        let text = match (session.tense.get(), moment.at) {
            (Tense::Past, Some(at)) => {
                format!("As of {}, event {}", format::time(at, session.zone.get()), format::int(moment.rank.get()))
            }
            (Tense::Live, _) => "Live".to_owned(),
            (Tense::Empty | Tense::Past, _) => String::new(),
        };
        let say = move || {
            if said.try_get_untracked().is_some_and(|before| before != text) {
                said.set(text);
            }
        };
        let next = set_timeout_with_handle(say, RESTS).ok();
        if let Some(Some(earlier)) = pending.try_update_value(|pending| std::mem::replace(pending, next)) {
            earlier.clear();
        }
    });
    view! {
        <p class="vh" role="status">
            {said}
        </p>
    }
}

/// Tells the page how high the bar is: what floats above it stands on that.
fn follow_height(bar: NodeRef<html::Section>) {
    let observer = StoredValue::new_local(None::<SizeObserver>);
    Effect::new(move |_| {
        let Some(bar) = bar.get() else { return };
        observer.set_value(SizeObserver::of(&bar, |bar| {
            let height = format!("{}px", bar.get_bounding_client_rect().height());
            if let Some(body) = document().body() {
                body.style().set_property("--tbh", &height).unwrap_or_default();
            }
        }));
    });
}
