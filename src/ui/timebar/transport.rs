use super::view::View;
use crate::{
    app::{Speed, Stand, format},
    kernel::Clock,
    ui::{parts::Icon, session::Session},
};
use leptos::prelude::*;

/// First event, one back, play or pause, one forward, live.
#[component]
pub(super) fn Transport(view: View) -> impl IntoView {
    let session = view.session;
    let is_live = move || session.moment.get().is_live();
    let is_playing = session.is_playing;
    view! {
        <div class="tb-group" role="group" aria-label="Transport">
            <button class="ib opt" type="button" aria-label="First event" title="First event (Home)" on:click=move |_| view.go_first()>
                <Icon name="first" />
            </button>
            <button class="ib" type="button" aria-label="One event back" title="One event back (Left)" on:click=move |_| view.step(-1)>
                <Icon name="prev" />
            </button>
            <button
                class="ib play"
                type="button"
                aria-label=move || if is_playing.get() { "Pause" } else { "Play" }
                title="Play or pause (Space)"
                disabled=move || is_live() && !is_playing.get()
                on:click=move |_| view.toggle()
            >
                <Icon name=Signal::derive(move || if is_playing.get() { "pause" } else { "play" }) />
            </button>
            <button
                class="ib"
                type="button"
                aria-label="One event forward"
                title="One event forward (Right)"
                disabled=is_live
                on:click=move |_| view.step(1)
            >
                <Icon name="next" />
            </button>
            <button
                class="ib"
                type="button"
                id="tb-end"
                aria-label="Jump to live"
                title="Live (End)"
                disabled=is_live
                on:click=move |_| view.go_live()
            >
                <Icon name="live" />
            </button>
        </div>
    }
}

/// How fast it plays.
#[component]
pub(super) fn SpeedChoice(session: Session) -> impl IntoView {
    let choice = move |speed: Speed| {
        view! {
            <label>
                <input
                    type="radio"
                    name="tb-speed"
                    value=speed.label()
                    prop:checked=move || session.speed.get() == speed
                    on:change=move |_| session.set_speed(speed)
                />
                <span>{speed.label()}</span>
            </label>
        }
    };
    view! {
        <div class="seg tb-speed" role="radiogroup" aria-label="Playback speed">
            {Speed::ALL.map(choice).collect_view()}
        </div>
    }
}

/// Which of an event's two times the bar goes by.
#[component]
pub(super) fn ClockChoice(view: View) -> impl IntoView {
    let choice = move |(clock, label, title): (Clock, &'static str, &'static str)| {
        view! {
            <label title=title>
                <input
                    type="radio"
                    name="tb-clock"
                    value=label
                    prop:checked=move || view.clock() == clock
                    on:change=move |_| view.use_clock(clock)
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <div class="seg tb-clock" role="radiogroup" aria-label="Clock">
            {[
                (Clock::Recorded, "recorded", "By the time at which events were written down"),
                (Clock::Occurred, "occurred", "By the time at which events happened"),
            ]
                .map(choice)
                .collect_view()}
        </div>
    }
}

/// The way back to the present, and how much has come in there meanwhile.
#[component]
pub(super) fn ReturnToLive(view: View) -> impl IntoView {
    let session = view.session;
    let is_live = move || session.moment.get().is_live();
    // Where the playhead was put, and where the log ended then.
    let placed = Memo::new(move |before: Option<&(Stand, u32)>| {
        let (stand, head) = (session.playhead.get().stand, session.head.get().get());
        match before {
            Some((old, since)) if *old == stand && stand != Stand::Live => (stand, *since),
            Some(_) | None => (stand, head),
        }
    });
    let newer = Memo::new(move |_| session.head.get().get().saturating_sub(placed.get().1));
    view! {
        <button class="btn" class:pri=move || !is_live() type="button" id="tb-live" disabled=is_live on:click=move |_| view.go_live()>
            {move || if is_live() { "Live now" } else { "Return to live" }}
        </button>
        {move || {
            let count = newer.get();
            (count > 0).then(|| view! { <span class="tb-newer">{format::int(count)} " newer"</span> })
        }}
    }
}
