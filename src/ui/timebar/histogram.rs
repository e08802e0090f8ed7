use super::{layers::Side, view::View};
use crate::{
    app::{
        TimeRange,
        density::{Bar, Density, time_ticks},
        format,
    },
    kernel::Timestamp,
    ui::canvas::{Align, Pen, crisp},
};
use leptos::prelude::*;

/// Ticks are at least so far apart, in pixels.
const TICK_GAP_MIN: f64 = 92.0;
/// What the axis takes at the bottom, and what stays free at the top.
const AXIS: f64 = 15.0;
const TOP: f64 = 7.0;

/// One drawing of the histogram.
pub(super) struct Histogram<'a> {
    pen: &'a Pen,
    view: View,
    density: &'a Density,
    range: TimeRange,
    base: f64,
}

impl<'a> Histogram<'a> {
    pub(super) fn new(pen: &'a Pen, view: View, density: &'a Density) -> Self {
        let range = view.session.range.get_untracked();
        Self { pen, view, density, range, base: pen.height - AXIS }
    }

    /// All of it, as what has happened or as what is later.
    pub(super) fn draw(&self, side: Side) {
        let (pen, base) = (self.pen, self.base);
        if side == Side::Later {
            // It lies over what has happened.
            pen.fill(0.0, 0.0, pen.width, pen.height, &pen.palette.tense_tint);
            self.hatch();
        }
        self.axis();
        self.bars(side);
        pen.line((0.0, crisp(base)), (pen.width, crisp(base)), &pen.palette.rule_strong);
        pen.brackets((1.0, pen.width - 1.0), (TOP - 4.0, base), 5.0, 1.5);
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
        self.pen.hatch(0.0, TOP, end, self.base - TOP, &self.pen.palette.rule);
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

    fn bars(&self, side: Side) {
        let (pen, colours) = (self.pen, &self.pen.palette);
        let colour = if side == Side::Happened { &colours.hist } else { &colours.hist_later };
        for bar in self.density.bars.iter().filter(|bar| bar.count > 0) {
            let left = self.x(bar.from) + 0.5;
            let right = (self.x(bar.to) - 0.5).max(left + 1.0);
            let high = self.height(bar);
            pen.fill(left, self.base - high, right - left, high, colour);
        }
    }

    fn height(&self, bar: &Bar) -> f64 {
        let share = f64::from(bar.count) / f64::from(self.density.peak.max(1));
        ((self.base - TOP - 4.0) * share).max(1.0)
    }
}

/// What is under the pointer: when, and how many.
pub(super) fn read_out(pen: &Pen, view: View, density: &Density, x: f64) {
    let (colours, session) = (&pen.palette, view.session);
    let instant = session.range.get_untracked().instant_at(x / pen.width);
    let Some(bar) = density.bar_at(instant) else { return };
    let at = crisp(x);
    pen.path(&[(at, 0.0), (at, pen.height - AXIS)], &colours.ink_2, 1.0, &[3.0, 3.0]);
    let events = if bar.count == 1 { "event" } else { "events" };
    let from = density.step.moment(bar.from, session.zone.get_untracked());
    let text = format!("{from}   {} {events}", format::int(bar.count));
    let width = pen.text_width(&text) + 10.0;
    let left = (at + 5.0).min(pen.width - width - 4.0).max(2.0);
    pen.fill(left, 1.0, width, 16.0, &colours.ink);
    pen.text(&text, left + 5.0, 9.5, Align::Left, &colours.surface);
}
