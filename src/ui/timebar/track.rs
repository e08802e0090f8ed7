use super::{scrub::Scrub, view::View};
use crate::{
    app::{
        RangeEnd, TimeRange,
        density::{Bar, Density, time_ticks},
        format,
    },
    kernel::Timestamp,
    ui::{
        canvas::{Align, Pen, crisp, draw_on, size_of},
        session::Tense,
    },
};
use leptos::{
    ev::{KeyboardEvent, PointerEvent, WheelEvent},
    html,
    prelude::*,
};

/// Bars are at least so wide, and ticks so far apart, in pixels.
const BAR_MIN: f64 = 4.0;
const TICK_GAP_MIN: f64 = 92.0;
/// What the axis takes at the bottom, and what stays free at the top.
const AXIS: f64 = 15.0;
const TOP: f64 = 7.0;

/// The visible range: how many events happened when, what is not yet, and the playhead.
#[component]
pub(super) fn Track(view: View) -> impl IntoView {
    let session = view.session;
    let (canvas, track) = (NodeRef::<html::Canvas>::new(), NodeRef::<html::Div>::new());
    let playhead = NodeRef::<html::Div>::new();
    let size = size_of(canvas);
    let hovered = RwSignal::new(None::<f64>);
    let scrub = Scrub::new(session);
    let density = density_of(view, size);
    let watch = move || {
        density.track();
        session.moment.track();
        session.zone.track();
        hovered.track();
    };
    draw_on(canvas, session, size, watch, move |pen| {
        density.with(|density| {
            if let Some(density) = density {
                Histogram::new(pen, view, density).draw(hovered.get());
            }
        });
    });
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
        if let Some(playhead) = playhead.get_untracked() {
            playhead.focus().unwrap_or_default();
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
            <canvas node_ref=canvas aria-hidden="true"></canvas>
            <PlayheadSlider view node_ref=playhead />
        </div>
    }
}

/// The playhead as a slider: it has the focus and the name, the canvas below it the looks.
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

/// One drawing of the histogram.
struct Histogram<'a> {
    pen: &'a Pen,
    view: View,
    density: &'a Density,
    range: TimeRange,
    /// Where the playhead stands, in pixels; not held within the canvas.
    playhead: f64,
    base: f64,
}

impl<'a> Histogram<'a> {
    fn new(pen: &'a Pen, view: View, density: &'a Density) -> Self {
        let range = view.session.range.get_untracked();
        let at = view.session.moment.get_untracked().at.unwrap_or(range.to);
        let playhead = range.share_of(at) * pen.width;
        Self { pen, view, density, range, playhead, base: pen.height - AXIS }
    }

    fn draw(&self, hovered: Option<f64>) {
        let (pen, base) = (self.pen, self.base);
        if self.view.session.tense.get_untracked() == Tense::Past {
            self.hatch();
        }
        self.axis();
        self.bars();
        pen.line((0.0, crisp(base)), (pen.width, crisp(base)), &pen.palette.rule_strong);
        pen.brackets((1.0, pen.width - 1.0), (TOP - 4.0, base), 5.0, 1.5);
        if let Some(x) = hovered {
            self.read_out(x);
        }
        self.playhead();
    }

    fn x(&self, at: Timestamp) -> f64 {
        self.range.share_of(at) * self.pen.width
    }

    fn hatch(&self) {
        let last = self
            .view
            .session
            .read_untracked(|read| read.history().timeline(untrack(|| self.view.clock())).span().map(|(_, last)| last));
        let end = last.flatten().map_or(self.pen.width, |last| self.x(last)).min(self.pen.width);
        let from = self.playhead.max(0.0);
        self.pen.hatch(from, TOP, end - from, self.base - TOP, &self.pen.palette.rule);
    }

    fn axis(&self) {
        let (pen, zone) = (self.pen, self.view.session.zone.get_untracked());
        let label = format!("{} per bar, peak {}", self.density.step.name(), format::int(self.density.peak));
        let mut room = pen.width;
        if pen.width > 700.0 {
            room -= pen.text_width(&label) + 14.0;
            pen.text(&label, pen.width - 8.0, self.base + 9.0, Align::Right, &pen.palette.ink_3);
        }
        for tick in time_ticks(self.range, pen.width, TICK_GAP_MIN, zone) {
            let x = crisp(self.x(tick.at));
            pen.line((x, TOP), (x, self.base + 4.0), &pen.palette.rule);
            if x + pen.text_width(&tick.label) + 6.0 < room {
                pen.text(&tick.label, x + 3.0, self.base + 9.0, Align::Left, &pen.palette.ink_3);
            }
        }
    }

    /// The bars, parted at the playhead; live, all of them have happened.
    fn bars(&self) {
        let (pen, colours) = (self.pen, &self.pen.palette);
        let is_past = self.view.session.tense.get_untracked() == Tense::Past;
        let split = if is_past { self.playhead } else { f64::INFINITY };
        for bar in self.density.bars.iter().filter(|bar| bar.count > 0) {
            let left = self.x(bar.from) + 0.5;
            let right = (self.x(bar.to) - 0.5).max(left + 1.0);
            let high = self.height(bar);
            let top = self.base - high;
            let parted = split.clamp(left, right);
            pen.fill(left, top, parted - left, high, &colours.hist);
            pen.fill(parted, top, right - parted, high, &colours.hist_later);
        }
    }

    fn height(&self, bar: &Bar) -> f64 {
        let share = f64::from(bar.count) / f64::from(self.density.peak.max(1));
        ((self.base - TOP - 4.0) * share).max(1.0)
    }

    /// What is under the pointer: when, and how many.
    fn read_out(&self, x: f64) {
        let (pen, colours) = (self.pen, &self.pen.palette);
        let Some(bar) = self.density.bar_at(self.range.instant_at(x / pen.width)) else { return };
        let at = crisp(x);
        pen.path(&[(at, 0.0), (at, self.base)], &colours.ink_2, 1.0, &[3.0, 3.0]);
        let events = if bar.count == 1 { "event" } else { "events" };
        let from = self.density.step.moment(bar.from, self.view.session.zone.get_untracked());
        let text = format!("{from}   {} {events}", format::int(bar.count));
        let width = pen.text_width(&text) + 10.0;
        let left = (at + 5.0).min(pen.width - width - 4.0).max(2.0);
        pen.fill(left, 1.0, width, 16.0, &colours.ink);
        pen.text(&text, left + 5.0, 9.5, Align::Left, &colours.surface);
    }

    /// The playhead; out of sight it leaves an arrow at the end behind which it is.
    fn playhead(&self) {
        let (pen, x) = (self.pen, self.playhead);
        if (0.0..=pen.width).contains(&x) {
            return pen.playhead(x, self.base);
        }
        let (tip, back) = if x < 0.0 { (4.0, 11.0) } else { (pen.width - 4.0, pen.width - 11.0) };
        let middle = f64::midpoint(TOP, self.base);
        let arrow = [(tip, middle), (back, middle - 6.0), (back, middle + 6.0)];
        pen.shape(&arrow, &pen.palette.tense, &pen.palette.tense_tint);
    }
}
