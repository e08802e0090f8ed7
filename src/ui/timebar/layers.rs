use crate::{
    app::TimeRange,
    ui::{
        canvas::{Pen, draw_on},
        session::{Session, Tense},
    },
};
use leptos::{html, prelude::*};

/// How a stretch of time is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// As what has happened.
    Happened,
    /// As what is later than the playhead.
    Later,
}

/// Where the playhead stands on a stretch of `width` pixels that shows `range`: a whole number of pixels, which may lie
/// beyond either end.
pub(super) fn playhead(session: Session, range: Signal<Option<TimeRange>>, size: Signal<(f64, f64)>) -> Memo<f64> {
    Memo::new(move |_| {
        let ((width, _), at) = (size.get(), session.moment.get().at);
        at.zip(range.get()).map_or(width, |(at, range)| (range.share_of(at) * width).round())
    })
}

/// A drawing that is parted by the playhead: what has happened, and over it what is later, from the playhead on.
///
/// Both are drawn whole and once. While the playhead moves, only the edge between them does, and nothing is drawn.
#[component]
pub(super) fn Layers<W, D>(
    session: Session,
    /// The canvas whose size is followed.
    canvas: NodeRef<html::Canvas>,
    size: Signal<(f64, f64)>,
    /// Where the playhead stands, in pixels.
    playhead: Memo<f64>,
    /// Looks at what the drawing depends on.
    watch: W,
    /// Draws either side.
    draw: D,
    /// What lies over both.
    children: Children,
) -> impl IntoView
where
    W: Fn() + Copy + 'static,
    D: Fn(&Pen, Side) + Copy + 'static,
{
    let later = NodeRef::<html::Canvas>::new();
    let is_past = Memo::new(move |_| session.tense.get() == Tense::Past);
    draw_on(canvas, session, size, watch, move |pen| draw(pen, Side::Happened));
    draw_on(later, session, size, watch, move |pen| draw(pen, Side::Later));
    let edge = move || {
        let (width, _) = size.get();
        format!("{}px", playhead.get().clamp(0.0, width.max(0.0)))
    };
    view! {
        <div class="tb-layers" style=("--playhead", edge)>
            <canvas node_ref=canvas aria-hidden="true"></canvas>
            <div class="tb-later" hidden=move || !is_past.get()>
                <canvas node_ref=later aria-hidden="true"></canvas>
            </div>
            {children()}
        </div>
    }
}
