use super::{
    histogram::{Histogram, read_out},
    layers::{Layers, Side, playhead},
    scrub::Scrub,
    view::View,
};
use crate::{
    app::{RangeEnd, density::Density, format},
    kernel::Timestamp,
    ui::canvas::{Pen, draw_on, size_of},
};
use leptos::{
    ev::{KeyboardEvent, PointerEvent, WheelEvent},
    html,
    prelude::*,
};

/// Bars are at least so wide, in pixels.
const BAR_MIN: f64 = 4.0;

/// The visible range: how many events happened when, what is not yet, and the playhead.
#[component]
pub(super) fn Track(view: View) -> impl IntoView {
    let session = view.session;
    let (canvas, track) = (NodeRef::<html::Canvas>::new(), NodeRef::<html::Div>::new());
    let slider = NodeRef::<html::Div>::new();
    let size = size_of(canvas);
    let at = playhead(session, Signal::derive(move || Some(session.range.get())), size);
    let hovered = RwSignal::new(None::<f64>);
    let scrub = Scrub::new(session);
    let density = density_of(view, size);
    let watch = move || {
        density.track();
        session.zone.track();
        session.range.track();
    };
    let draw = move |pen: &Pen, side: Side| {
        density.with(|density| density.iter().for_each(|density| Histogram::new(pen, view, density).draw(side)));
    };
    let x_of = move |client_x: i32| {
        let left = track.get_untracked().map_or(0.0, |track| track.get_bounding_client_rect().left());
        f64::from(client_x) - left
    };
    let instant_at =
        move |client_x: i32| session.range.get_untracked().instant_at(x_of(client_x) / size.get_untracked().0.max(1.0));
    let press = move |event: PointerEvent| {
        if event.button() != 0 || scrub.is_on() {
            return;
        }
        // Captured, the drag goes on wherever the pointer leads; without, it ends where it leaves the track.
        if let Some(track) = track.get_untracked() {
            track.set_pointer_capture(event.pointer_id()).unwrap_or_default();
        }
        if let Some(slider) = slider.get_untracked() {
            slider.focus().unwrap_or_default();
        }
        event.prevent_default();
        hovered.set(None);
        scrub.begin(event.pointer_id(), instant_at(event.client_x()));
    };
    let slide = move |event: PointerEvent| {
        if scrub.is_by(event.pointer_id()) {
            scrub.follow(instant_at(event.client_x()));
        } else if !scrub.is_on() && event.pointer_type() != "touch" {
            hovered.set(Some(x_of(event.client_x())));
        }
    };
    let release = move |event: PointerEvent| {
        if scrub.is_by(event.pointer_id()) {
            scrub.end();
        }
    };
    view! {
        <div
            class="tb-track"
            id="tb-track"
            node_ref=track
            on:pointerdown=press
            on:pointermove=slide
            on:pointerup=release
            on:pointercancel=release
            on:lostpointercapture=release
            on:pointerleave=move |_| hovered.set(None)
            on:wheel=move |event| turn(view, &event, instant_at(event.client_x()))
        >
            <Layers session canvas size playhead=at watch draw>
                <ReadOut view density hovered size />
                <Mark playhead=at size />
            </Layers>
            <PlayheadSlider view node_ref=slider />
        </div>
    }
}

/// What is under the pointer: when, and how many.
#[component]
fn ReadOut(
    view: View,
    density: Memo<Option<Density>>,
    /// Where the pointer is, in pixels.
    hovered: RwSignal<Option<f64>>,
    size: Signal<(f64, f64)>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let watch = move || hovered.track();
    draw_on(canvas, view.session, size, watch, move |pen| {
        density.with(|density| {
            if let Some((density, x)) = density.as_ref().zip(hovered.get()) {
                read_out(pen, view, density, x);
            }
        });
    });
    view! { <canvas node_ref=canvas aria-hidden="true" hidden=move || hovered.get().is_none()></canvas> }
}

/// The looks of the playhead: a line with a tab at its upper end. Out of sight it leaves an arrow at the end behind
/// which it is.
#[component]
fn Mark(playhead: Memo<f64>, size: Signal<(f64, f64)>) -> impl IntoView {
    let side = Memo::new(move |_| {
        let (at, (width, _)) = (playhead.get(), size.get());
        if at < 0.0 {
            "before"
        } else if at > width {
            "after"
        } else {
            "here"
        }
    });
    view! {
        <svg class="tb-mark" aria-hidden="true" data-side=move || side.get()>
            <rect width="2"></rect>
            <path class="tab" d="M-5 0H7V6L1 12-5 6Z"></path>
            <path class="arrow" d="M0 0-7-6V6Z"></path>
        </svg>
    }
}

/// The playhead as a slider: it has the focus and the name, what lies below it the looks.
#[component]
fn PlayheadSlider(view: View, node_ref: NodeRef<html::Div>) -> impl IntoView {
    let session = view.session;
    let text = move || {
        let moment = session.moment.get();
        let (event, head) = (format::int(moment.rank.get()), format::int(moment.head.get()));
        match moment.at {
            Some(at) => {
                let live = if moment.is_live() { ", live" } else { "" };
                format!("{}, event {event} of {head}{live}", format::time(at, session.zone.get()))
            }
            None => "no events".to_owned(),
        }
    };
    view! {
        <div
            class="tb-playhead"
            id="playhead"
            role="slider"
            tabindex="0"
            node_ref=node_ref
            aria-label="Playhead"
            aria-orientation="horizontal"
            aria-valuemin=move || session.moment.get().head.get().min(1).to_string()
            aria-valuemax=move || session.moment.get().head.get().to_string()
            aria-valuenow=move || session.moment.get().position.get().to_string()
            aria-valuetext=text
            on:keydown=move |event| press_key(view, &event)
        ></div>
    }
}

/// The keyboard map of the playhead. Keys that are not in it are the page's.
fn press_key(view: View, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    match (event.key().as_str(), event.shift_key()) {
        ("ArrowRight" | "ArrowUp", false) => view.step(1),
        ("ArrowLeft" | "ArrowDown", false) => view.step(-1),
        ("ArrowRight" | "ArrowUp", true) => view.step(100),
        ("ArrowLeft" | "ArrowDown", true) => view.step(-100),
        ("PageUp", _) => view.page(1),
        ("PageDown", _) => view.page(-1),
        ("Home", _) => view.go_first(),
        ("End", _) => view.go_live(),
        (" ", _) => view.toggle(),
        ("+" | "=", _) => view.zoom(0.5),
        ("-" | "\u{2212}", _) => view.zoom(2.0),
        ("0", _) => view.fit(),
        ("[", _) => view.set_end_here(RangeEnd::From),
        ("]", _) => view.set_end_here(RangeEnd::To),
        _ => return,
    }
    event.prevent_default();
}

/// The wheel zooms at the pointer; with Shift, or sideways, it pans.
fn turn(view: View, event: &WheelEvent, at: Timestamp) {
    const SPEED: f64 = 0.0018;
    const TURN_MAX: f64 = 0.5;
    event.prevent_default();
    let unit = match event.delta_mode() {
        WheelEvent::DOM_DELTA_LINE => 33.0,
        WheelEvent::DOM_DELTA_PAGE => 300.0,
        _ => 1.0,
    };
    let turned = |delta: f64| (delta * unit * SPEED).clamp(-TURN_MAX, TURN_MAX);
    let (across, along) = (turned(event.delta_x()), turned(event.delta_y()));
    if event.ctrl_key() || (!event.shift_key() && along.abs() >= across.abs()) {
        view.zoom_at(along.exp(), at);
    } else {
        view.pan((if across.abs() > along.abs() { across } else { along }) / 2.0);
    }
}

fn density_of(view: View, size: Signal<(f64, f64)>) -> Memo<Option<Density>> {
    let session = view.session;
    Memo::new(move |_| {
        let (range, clock, zone, (width, _)) = (session.range.get(), view.clock(), session.zone.get(), size.get());
        view.whole()?;
        if width < 1.0 {
            return None;
        }
        session.read(|read| Density::of(read.history().timeline(clock), range, width, BAR_MIN, zone))
    })
}
