use super::{
    layers::{Layers, Side, playhead},
    view::View,
};
use crate::{
    app::{RangeEnd, TimeRange, density, format},
    kernel::Timestamp,
    ui::canvas::{Align, Pen, size_of},
};
use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    html,
    prelude::*,
};

/// One column for so many pixels.
const COLUMN: f64 = 3.0;
/// How near to a bracket the pointer takes hold of it, in pixels.
const REACH: f64 = 14.0;

/// What a drag on the overview moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grip {
    /// One bracket.
    End(RangeEnd),
    /// The span between them.
    Span,
    /// Nothing yet: the span comes to the pointer first.
    Outside,
}

/// A drag under way.
#[derive(Clone, Copy, Debug)]
struct Drag {
    pointer: i32,
    grip: Grip,
    /// How far the pointer is from what it holds, in microseconds.
    offset: i64,
}

/// The whole ledger, with brackets around the visible range.
#[component]
pub(super) fn Overview(view: View) -> impl IntoView {
    let (canvas, over) = (NodeRef::<html::Canvas>::new(), NodeRef::<html::Div>::new());
    let size = size_of(canvas);
    let drag = StoredValue::new(None::<Drag>);
    let point = move |event: &PointerEvent| {
        let left = over.get_untracked()?.get_bounding_client_rect().left();
        let (x, whole) = (f64::from(event.client_x()) - left, view.whole_now()?);
        Some((x, whole.instant_at(x / size.get_untracked().0.max(1.0)), whole))
    };
    let press = move |event: PointerEvent| {
        let Some((x, at, _)) = point(&event) else { return };
        if event.button() != 0 || drag.get_value().is_some() {
            return;
        }
        event.prevent_default();
        if let Some(over) = over.get_untracked() {
            over.set_pointer_capture(event.pointer_id()).unwrap_or_default();
        }
        let (grip, offset) = take_hold(view, x, at, size.get_untracked().0);
        drag.set_value(Some(Drag { pointer: event.pointer_id(), grip, offset }));
    };
    let slide = move |event: PointerEvent| {
        let (Some(drag), Some((_, at, whole))) = (drag.get_value(), point(&event)) else { return };
        if drag.pointer != event.pointer_id() {
            return;
        }
        pull(view, drag, at, whole);
    };
    let release = move |event: PointerEvent| {
        if drag.get_value().is_some_and(|drag| drag.pointer == event.pointer_id()) {
            drag.set_value(None);
        }
    };
    view! {
        <div
            class="tb-over"
            id="tb-over"
            node_ref=over
            on:pointerdown=press
            on:pointermove=slide
            on:pointerup=release
            on:pointercancel=release
            on:lostpointercapture=release
        >
            <Picture view canvas size />
            <Bracket view end=RangeEnd::From label="Range from" />
            <Bracket view end=RangeEnd::To label="Range to" />
        </div>
    }
}

/// What is seen of it.
#[component]
fn Picture(view: View, canvas: NodeRef<html::Canvas>, size: Signal<(f64, f64)>) -> impl IntoView {
    let session = view.session;
    let columns = Memo::new(move |_| {
        let (clock, (width, _)) = (view.clock(), size.get());
        let whole = view.whole()?;
        session.read(|read| density::counts(read.history().timeline(clock), whole, columns_in(width)))
    });
    let at = playhead(session, Signal::derive(move || view.whole()), size);
    // The first date gives way to a playhead that is near it.
    let date_room = RwSignal::new(0.0);
    let is_dated = Memo::new(move |_| at.get() > date_room.get() + 8.0);
    let watch = move || {
        columns.track();
        session.range.track();
        session.zone.track();
        is_dated.track();
    };
    let paint = move |pen: &Pen, side: Side| {
        if let (Some(whole), Some(columns)) = (view.whole(), columns.get()) {
            let drawing = Drawing { pen, view, whole };
            drawing.draw(side, &columns);
            date_room.maybe_update(|room| std::mem::replace(room, drawing.room()).to_bits() != room.to_bits());
            if is_dated.get() {
                drawing.first_date();
            }
        }
    };
    view! {
        <Layers session canvas size playhead=at watch draw=paint>
            <i class="tb-mark"></i>
        </Layers>
    }
}

/// One end of the range as a slider; a hundredth of the ledger a step.
#[component]
fn Bracket(view: View, end: RangeEnd, label: &'static str) -> impl IntoView {
    const PARTS: f64 = 1000.0;
    let session = view.session;
    let at = move || match end {
        RangeEnd::From => session.range.get().from,
        RangeEnd::To => session.range.get().to,
    };
    let value = move || {
        let share = view.whole().map_or(0.0, |whole| whole.share_of(at()));
        (share * PARTS).round().clamp(0.0, PARTS).to_string()
    };
    let move_to = move |share: f64| {
        if let Some(whole) = view.whole_now() {
            view.show(ended(session.range.get_untracked(), end, whole.instant_at(share), whole));
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let Some(whole) = view.whole_now() else { return };
        let now = whole.share_of(untrack(at));
        match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => move_to(now + 0.01),
            "ArrowLeft" | "ArrowDown" => move_to(now - 0.01),
            "PageUp" => move_to(now + 0.1),
            "PageDown" => move_to(now - 0.1),
            "Home" => move_to(0.0),
            "End" => move_to(1.0),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <input
            type="range"
            min="0"
            max=PARTS.to_string()
            step="1"
            aria-label=label
            aria-valuetext=move || session.range.get().label(at(), session.zone.get())
            prop:value=value
            on:keydown=on_key
            on:input:target=move |event| {
                // The browser's reading of numbers: Rust's brings tables of 10 KB.
                let value = event.target().value_as_number();
                if value.is_finite() {
                    move_to(value / PARTS);
                }
            }
        />
    }
}

/// A range with one end moved; it stops at the other end, where a typed time would push it on.
fn ended(range: TimeRange, end: RangeEnd, to: Timestamp, whole: TimeRange) -> TimeRange {
    let to = match end {
        RangeEnd::From => to.min(range.to.plus_micros(-TimeRange::WIDTH_MIN)),
        RangeEnd::To => to.max(range.from.plus_micros(TimeRange::WIDTH_MIN)),
    };
    range.with_end(end, to, whole)
}

/// Takes hold of what lies at `x`, which is the instant `at`: what it is, and how far off it was held. A span that lies
/// elsewhere comes to the pointer first.
fn take_hold(view: View, x: f64, at: Timestamp, width: f64) -> (Grip, i64) {
    let (range, whole) = (view.session.range.get_untracked(), view.whole_now().unwrap_or_default());
    let grip = grip(x, brackets(range, whole, width));
    let range = match grip {
        Grip::Outside => range.panned(at.as_micros() - range.instant_at(0.5).as_micros(), whole),
        Grip::End(_) | Grip::Span => range,
    };
    view.show(range);
    let held = if grip == Grip::End(RangeEnd::To) { range.to } else { range.from };
    (grip, at.as_micros() - held.as_micros())
}

/// Moves what is held to where the pointer is.
fn pull(view: View, drag: Drag, at: Timestamp, whole: TimeRange) {
    let (range, to) = (view.session.range.get_untracked(), at.plus_micros(-drag.offset));
    view.show(match drag.grip {
        Grip::End(end) => ended(range, end, to, whole),
        Grip::Span | Grip::Outside => range.panned(to.as_micros() - range.from.as_micros(), whole),
    });
}

/// Where the brackets stand, in pixels: never nearer to each other than they can be told apart.
fn brackets(range: TimeRange, whole: TimeRange, width: f64) -> (f64, f64) {
    let (from, to) = (whole.share_of(range.from) * width, whole.share_of(range.to) * width);
    let middle = f64::midpoint(from, to);
    (from.min(middle - 6.0).max(1.0), to.max(middle + 6.0).min(width - 1.0))
}

/// What is taken hold of at `x`: outside of the brackets the nearer one, inside at most a third each.
fn grip(x: f64, (from, to): (f64, f64)) -> Grip {
    let inner = REACH.min((to - from) / 3.0);
    if x < from - REACH || x > to + REACH {
        Grip::Outside
    } else if x < from + inner {
        Grip::End(RangeEnd::From)
    } else if x > to - inner {
        Grip::End(RangeEnd::To)
    } else {
        Grip::Span
    }
}

/// One drawing of the whole ledger.
struct Drawing<'a> {
    pen: &'a Pen,
    view: View,
    whole: TimeRange,
}

impl Drawing<'_> {
    /// All of it, as what has happened or as what is later.
    fn draw(&self, side: Side, columns: &[u32]) {
        let (pen, colours) = (self.pen, &self.pen.palette);
        let (from, to) = self.brackets();
        let base = pen.height - 1.0;
        if side == Side::Later {
            // It lies over what has happened.
            pen.fill(0.0, 0.0, pen.width, pen.height, &colours.tense_tint);
        }
        let peak = columns.iter().copied().max().unwrap_or_default().max(1);
        let apart = pen.width / f64::from(columns_in(pen.width));
        for (column, count) in (0u32..).zip(columns).filter(|(_, count)| **count > 0) {
            let x = f64::from(column) * apart;
            let high = ((pen.height - 6.0) * f64::from(*count) / f64::from(peak)).max(1.0);
            let is_reached = side == Side::Happened && x >= from && x <= to;
            let colour = if is_reached { &colours.hist } else { &colours.hist_later };
            pen.fill(x, base - high, 2.0, high, colour);
        }
        pen.line((0.0, pen.height - 0.5), (pen.width, pen.height - 0.5), &colours.rule_strong);
        pen.brackets((from, to), (2.0, base), 5.0, 2.0);
    }

    fn brackets(&self) -> (f64, f64) {
        brackets(self.view.session.range.get_untracked(), self.whole, self.pen.width)
    }

    fn date(&self) -> String {
        format::date(self.whole.from, self.view.session.zone.get_untracked())
    }

    /// What the first date takes of the width.
    fn room(&self) -> f64 {
        self.pen.text_width(&self.date()) + 6.0
    }

    /// The first date, where there is room for it.
    fn first_date(&self) {
        let (pen, room) = (self.pen, self.room());
        let (from, _) = self.brackets();
        if pen.width > 700.0 && from > room + 8.0 {
            pen.fill(0.0, 1.0, room, 13.0, &pen.palette.tense_tint);
            pen.text(&self.date(), 2.0, 8.0, Align::Left, &pen.palette.ink_3);
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of columns on the screen")]
fn columns_in(width: f64) -> u32 {
    (width / COLUMN).floor().max(1.0) as u32
}
