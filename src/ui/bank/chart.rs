use crate::{
    app::{
        Moment, TimeRange,
        density::{Corner, balance_line, in_and_out, time_ticks, value_ticks},
        format,
    },
    bank::{AccountHistory, Currency},
    kernel::{Rank, StreamId, Timestamp},
    ui::{
        canvas::{Align, Pen, crisp, draw_on, size_of},
        session::{Session, Tense},
        timebar::Scrub,
    },
};
use leptos::{ev::PointerEvent, html, prelude::*};
use std::rc::Rc;

/// What the time axis takes at the bottom, the sticks above it, and the values on the right at least; in pixels.
const AXIS: f64 = 16.0;
const STICKS: f64 = 30.0;
const VALUES_MIN: f64 = 66.0;
const TICK_GAP_MIN: f64 = 92.0;

/// An account's balance over the visible range: what was, the playhead, and dotted what was not yet.
#[component]
pub(crate) fn BalanceChart(
    session: Session,
    /// The account; `None` draws nothing.
    #[prop(into)]
    account: Signal<Option<StreamId>>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let size = size_of(canvas);
    let plot_width = StoredValue::new(0.0);
    let scrub = Scrub::new(session);
    let watch = move || {
        account.track();
        session.head.track();
        session.moment.track();
        session.range.track();
        session.zone.track();
    };
    draw_on(canvas, session, size, watch, move |pen| {
        if let Some(shown) = account.get().and_then(|id| Shown::of(session, id)) {
            let chart = Chart::new(pen, session, &shown);
            plot_width.set_value(chart.width);
            chart.draw();
        }
    });
    // What it says follows the playhead once that has settled: nobody reads it sixty times a second.
    let label = move || {
        session.settled.track();
        session.head.track();
        session.range.track();
        session.zone.track();
        account.get().and_then(|id| Shown::of(session, id)).map(|shown| shown.describe(session))
    };
    let instant_at = move |event: &PointerEvent| {
        let share = f64::from(event.offset_x()) / plot_width.get_value().max(1.0);
        session.range.get_untracked().instant_at(share)
    };
    let press = move |event: PointerEvent| {
        if event.button() != 0 || scrub.is_on() || f64::from(event.offset_x()) > plot_width.get_value() {
            return;
        }
        if let Some(canvas) = canvas.get_untracked() {
            canvas.set_pointer_capture(event.pointer_id()).unwrap_or_default();
        }
        scrub.begin(event.pointer_id(), instant_at(&event));
    };
    let slide = move |event: PointerEvent| {
        if scrub.is_by(event.pointer_id()) {
            scrub.follow(instant_at(&event));
        }
    };
    let release = move |event: PointerEvent| {
        if scrub.is_by(event.pointer_id()) {
            scrub.end();
        }
    };
    view! {
        <div class="chart">
            <canvas
                node_ref=canvas
                role="img"
                aria-label=label
                data-testid="balance-chart"
                on:pointerdown=press
                on:pointermove=slide
                on:pointerup=release
                on:pointercancel=release
                on:lostpointercapture=release
            ></canvas>
        </div>
    }
}

/// What there is to draw.
struct Shown {
    name: String,
    currency: Currency,
    history: Rc<AccountHistory>,
    moment: Moment,
    range: TimeRange,
    /// How many entries the playhead has reached.
    reached: usize,
    /// The first entry in the range, and the first behind it.
    first: usize,
    end: usize,
    /// When the last event of the ledger was.
    last_at: Timestamp,
    is_past: bool,
}

impl Shown {
    /// `None` for an account without events.
    fn of(session: Session, id: StreamId) -> Option<Self> {
        let (moment, range) = (session.moment.get_untracked(), session.range.get_untracked());
        let found = session.read_untracked(|read| {
            let history = read.account(id, moment.clock);
            let currency = read.balances_at(moment.clock, Rank::new(u32::MAX)).get(id)?.currency();
            let name = read.history().stream(id)?.name.id().to_owned();
            let (_, last_at) = read.history().timeline(moment.clock).span()?;
            let reached = read.reached(&history, &moment);
            Some((name, currency, history, reached, last_at))
        });
        let (name, currency, history, reached, last_at) = found??;
        let first = history.entries().count_before(range.from);
        let end = history.count_at(range.to).max(first);
        let is_past = session.tense.get_untracked() == Tense::Past;
        Some(Self { name, currency, history, moment, range, reached, first, end, last_at, is_past })
    }

    /// The lowest and the highest balance of the range, up to an entry; with what it begins with.
    fn extremes(&self, up_to: usize) -> Option<(i64, i64)> {
        let before = (self.first > 0 && up_to >= self.first).then(|| self.history.balance_after(self.first));
        let within = self.history.extremes(self.first, self.end.min(up_to));
        match (before, within) {
            (Some(before), Some((low, high))) => Some((low.min(before), high.max(before))),
            (Some(before), None) => Some((before, before)),
            (None, within) => within,
        }
    }

    /// When the playhead stands.
    fn now(&self) -> Timestamp {
        self.moment.at.unwrap_or(self.last_at)
    }

    /// The chart in words; of what is later it says nothing.
    fn describe(&self, session: Session) -> String {
        let zone = session.zone.get_untracked();
        let (name, until) = (&self.name, self.now().min(self.range.to));
        let (from, to) = (format::date(self.range.from, zone), format::time(until, zone));
        let money = |minor: i64| format::money(minor, self.currency);
        let between = match self.extremes(self.reached) {
            Some((low, high)) if until >= self.range.from => {
                format!("Balance of {name} from {from} to {to}: between {} and {}", money(low), money(high))
            }
            Some(_) | None => format!("Balance of {name} from {from}: nothing has happened in this range yet"),
        };
        if self.reached == 0 {
            return format!("{between}, not open yet at the playhead.");
        }
        let now = money(self.history.balance_after(self.reached));
        let currency = self.currency;
        format!("{between}, {now} {currency} at the playhead. The audit timeline holds the same figures.")
    }
}

/// One drawing of the chart.
struct Chart<'a> {
    pen: &'a Pen,
    session: Session,
    shown: &'a Shown,
    /// The width of the plot; the values stand to the right of it.
    width: f64,
    base: f64,
    plot: f64,
    low: f64,
    high: f64,
    ticks: Vec<(i64, String)>,
    /// The balance at the playhead; `None` where the account is not open yet.
    balance: Option<i64>,
}

impl<'a> Chart<'a> {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a place on the screen")]
    fn new(pen: &'a Pen, session: Session, shown: &'a Shown) -> Self {
        let base = pen.height - AXIS;
        let plot = base - if pen.height > 110.0 { STICKS } else { 0.0 };
        let unit = 10f64.powi(i32::from(shown.currency.exponent()));
        let (low, high) = shown.extremes(usize::MAX).unwrap_or_default();
        let (low, high) = (low as f64, high as f64);
        let margin = if high > low { (high - low) * 0.12 } else { (high.abs() / 10.0).max(unit) };
        let low = if low > 0.0 && low < high * 0.35 { 0.0 } else { low - margin };
        let high = high + margin;
        let ticks: Vec<(i64, String)> = value_ticks(low.ceil() as i64, high.floor() as i64, lines_in(plot))
            .into_iter()
            .map(|minor| (minor, label(minor, shown.currency)))
            .collect();
        let balance = (shown.reached > 0).then(|| shown.history.balance_after(shown.reached));
        let tag = balance.map(|balance| format::money(balance, shown.currency)).unwrap_or_default();
        let widest = ticks.iter().map(|(_, text)| text.as_str()).chain([tag.as_str()]);
        let values = widest.map(|text| pen.text_width(text) + 14.0).fold(VALUES_MIN, f64::max);
        let width = (pen.width - values).max(1.0);
        Self { pen, session, shown, width, base, plot, low, high, ticks, balance }
    }

    fn draw(&self) {
        let (pen, colours) = (self.pen, &self.pen.palette);
        self.axes();
        let playhead = self.x(self.shown.now());
        if self.shown.is_past {
            self.not_yet(playhead);
        }
        if self.plot < self.base {
            self.sticks();
        }
        pen.clipped(0.0, 0.0, self.width, self.base, || self.history());
        if (0.0..=self.width + 1.0).contains(&playhead) {
            pen.fill(playhead.round() - 1.0, 0.0, 2.0, self.base, &colours.tense);
            if let Some(balance) = self.balance {
                pen.dot(playhead, self.y(balance), 4.0, &colours.tense, &colours.surface);
            }
        }
        if let Some(balance) = self.balance {
            let y = self.y(balance).clamp(8.0, self.plot - 8.0);
            pen.fill(self.width + 1.0, y - 8.0, pen.width - self.width - 1.0, 16.0, &colours.tense_fill);
            let text = format::money(balance, self.shown.currency);
            pen.text(&text, pen.width - 6.0, y + 0.5, Align::Right, &colours.on_tense);
        }
    }

    fn x(&self, at: Timestamp) -> f64 {
        self.shown.range.share_of(at) * self.width
    }

    #[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
    fn y(&self, minor: i64) -> f64 {
        6.0 + (self.high - minor as f64) / (self.high - self.low) * (self.plot - 10.0)
    }

    fn axes(&self) {
        let (pen, colours) = (self.pen, &self.pen.palette);
        for (minor, text) in &self.ticks {
            let y = crisp(self.y(*minor));
            pen.line((0.0, y), (self.width, y), if *minor == 0 { &colours.rule_strong } else { &colours.grid });
            if self.balance.is_none_or(|balance| (self.y(balance) - y).abs() >= 15.0) {
                pen.text(text, pen.width - 6.0, y, Align::Right, &colours.ink_3);
            }
        }
        for tick in time_ticks(self.shown.range, self.width, TICK_GAP_MIN, self.session.zone.get_untracked()) {
            let x = crisp(self.x(tick.at));
            pen.line((x, self.base), (x, self.base + 4.0), &colours.rule_strong);
            if x + pen.text_width(&tick.label) < self.width + 40.0 {
                pen.text(&tick.label, x + 3.0, self.base + 9.0, Align::Left, &colours.ink_3);
            }
        }
        pen.line((0.0, crisp(self.base)), (self.width, crisp(self.base)), &colours.rule_strong);
    }

    /// What the playhead has not reached: hatched, the line dotted.
    fn not_yet(&self, playhead: f64) {
        let (pen, colours, shown) = (self.pen, &self.pen.palette, self.shown);
        let left = playhead.max(0.0);
        pen.hatch(left, 2.0, self.width - left, self.base - 2.0, &colours.grid);
        let from = shown.reached.max(shown.first);
        let mut line = balance_line(&shown.history, from, shown.end, shown.range, self.width);
        if let Some(begin) = line.first_mut().filter(|_| from > 0) {
            begin.x = left;
        }
        let end = shown.last_at.min(shown.range.to);
        if from > 0 || !line.is_empty() {
            pen.clipped(left, 0.0, self.width - left, self.base, || {
                pen.path(&self.points(&line, self.x(end).max(left)), &colours.ink_3, 1.0, &[1.5, 3.0]);
            });
        }
        let text = "not yet";
        if self.width - left > 60.0 {
            pen.fill(left + 5.0, 3.0, pen.text_width(text) + 6.0, 13.0, &colours.surface);
            pen.text(text, left + 8.0, 10.0, Align::Left, &colours.ink_2);
        }
    }

    /// What has happened, as a line of steps up to the playhead.
    fn history(&self) {
        let shown = self.shown;
        let until = shown.now().min(shown.range.to);
        if until < shown.range.from {
            return;
        }
        let (first, end) = (shown.first.min(shown.reached), shown.end.min(shown.reached));
        let line = balance_line(&shown.history, first, end, shown.range, self.width);
        self.pen.path(&self.points(&line, self.x(until)), &self.pen.palette.ink, 1.6, &[]);
    }

    /// A line's corners on the canvas, and the last one led on to `until`.
    fn points(&self, line: &[Corner], until: f64) -> Vec<(f64, f64)> {
        let mut points: Vec<(f64, f64)> = line.iter().map(|corner| (corner.x, self.y(corner.minor))).collect();
        if let Some((x, y)) = points.last().copied() {
            points.push((until.max(x), y));
        }
        points
    }

    /// What came in and went out, up and down from a middle line.
    #[expect(clippy::cast_precision_loss, reason = "a height on the screen")]
    fn sticks(&self) {
        let (pen, colours, shown) = (self.pen, &self.pen.palette, self.shown);
        let middle = crisp(self.base - STICKS / 2.0);
        let all = in_and_out(&shown.history, shown.first, shown.end.min(shown.reached), shown.range, self.width);
        let peak = all.iter().map(|flow| flow.inward.max(flow.outward)).max().unwrap_or(1).max(1) as f64;
        let long = |minor: i64| 2.0 + (minor as f64 / peak).sqrt() * (STICKS / 2.0 - 3.0);
        let inward = all.iter().filter(|flow| flow.inward > 0);
        pen.lines(inward.map(|f| (crisp(f.x), middle, crisp(f.x), middle - long(f.inward))), &colours.pos, 2.0);
        let outward = all.iter().filter(|flow| flow.outward > 0);
        pen.lines(outward.map(|f| (crisp(f.x), middle, crisp(f.x), middle + long(f.outward))), &colours.ink_2, 2.0);
        pen.line((0.0, middle), (self.width, middle), &colours.grid);
        pen.text("in", self.width + 6.0, middle - 6.0, Align::Left, &colours.ink_3);
        pen.text("out", self.width + 6.0, middle + 6.0, Align::Left, &colours.ink_3);
    }
}

/// A value on the axis: whole units where it is whole.
fn label(minor: i64, currency: Currency) -> String {
    let unit = 10i64.pow(u32::from(currency.exponent()));
    if minor % unit == 0 { format::int(minor / unit) } else { format::money(minor, currency) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of lines on the screen")]
fn lines_in(height: f64) -> u32 {
    (height / 32.0).round().max(3.0) as u32
}
