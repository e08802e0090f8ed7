use super::{Easel, Palette};
use leptos::prelude::window;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Where a text stands, seen from its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// It begins there.
    Left,
    /// It ends there.
    Right,
}

/// A wiped canvas to draw on, in CSS pixels.
pub(crate) struct Pen {
    context: CanvasRenderingContext2d,
    /// The width in CSS pixels.
    pub(crate) width: f64,
    /// The height in CSS pixels.
    pub(crate) height: f64,
    /// The colours of now.
    pub(crate) palette: Rc<Palette>,
}

/// The middle of the pixel nearest to `at`: a line of one pixel is sharp there.
pub(crate) fn crisp(at: f64) -> f64 {
    at.round() + 0.5
}

impl Pen {
    /// Wipes a canvas and fits it to the pixels of the screen; `None` while it is not shown.
    ///
    /// The size is told and not measured here: measuring makes the browser lay the page out in the middle of a frame.
    /// So it is with the font: to set one makes the browser style the page first.
    pub(super) fn on(canvas: &HtmlCanvasElement, (width, height): (f64, f64), easel: &mut Easel) -> Option<Self> {
        if width < 1.0 || height < 1.0 {
            return None;
        }
        let scale = window().device_pixel_ratio().clamp(1.0, 4.0);
        let (wide, high) = (pixels(width * scale), pixels(height * scale));
        // To set the size wipes, even to the same one, but it takes longer.
        if (canvas.width(), canvas.height()) != (wide, high) {
            canvas.set_width(wide);
            canvas.set_height(high);
            easel.font = None;
        }
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0).ok()?;
        context.clear_rect(0.0, 0.0, width, height);
        let palette = Rc::clone(easel.palette.get_or_insert_with(Palette::current));
        if easel.font.as_ref() != Some(&palette.font) {
            context.set_font(&palette.font);
            context.set_text_baseline("middle");
            easel.font = Some(palette.font.clone());
        }
        Some(Self { context, width, height, palette })
    }

    /// A straight line.
    pub(crate) fn line(&self, (x0, y0): (f64, f64), (x1, y1): (f64, f64), colour: &str) {
        self.path(&[(x0, y0), (x1, y1)], colour, 1.0, &[]);
    }

    /// A line through points.
    pub(crate) fn path(&self, points: &[(f64, f64)], colour: &str, width: f64, dash: &[f64]) {
        self.context.set_stroke_style_str(colour);
        self.context.set_line_width(width);
        self.dash(dash);
        self.trace(points);
        self.context.stroke();
        self.dash(&[]);
    }

    /// Separate lines in one colour, quicker than one by one: `(x0, y0, x1, y1)`.
    pub(crate) fn lines(&self, lines: impl Iterator<Item = (f64, f64, f64, f64)>, colour: &str, width: f64) {
        self.context.set_stroke_style_str(colour);
        self.context.set_line_width(width);
        self.context.begin_path();
        for (x0, y0, x1, y1) in lines {
            self.context.move_to(x0, y0);
            self.context.line_to(x1, y1);
        }
        self.context.stroke();
    }

    /// A filled rectangle.
    pub(crate) fn fill(&self, x: f64, y: f64, width: f64, height: f64, colour: &str) {
        self.context.set_fill_style_str(colour);
        self.context.fill_rect(x, y, width, height);
    }

    /// A dot with an edge.
    pub(crate) fn dot(&self, x: f64, y: f64, radius: f64, colour: &str, edge: &str) {
        self.context.begin_path();
        if self.context.arc(x, y, radius, 0.0, std::f64::consts::TAU).is_ok() {
            self.context.set_fill_style_str(colour);
            self.context.fill();
            self.context.set_stroke_style_str(edge);
            self.context.set_line_width(1.5);
            self.context.stroke();
        }
    }

    /// A line of text, centred on `y`.
    pub(crate) fn text(&self, text: &str, x: f64, y: f64, align: Align, colour: &str) {
        self.context.set_fill_style_str(colour);
        self.context.set_text_align(match align {
            Align::Left => "left",
            Align::Right => "right",
        });
        // It can only fail on a canvas that is too large to exist.
        self.context.fill_text(text, x, y).unwrap_or_default();
    }

    /// How wide a text is.
    pub(crate) fn text_width(&self, text: &str) -> f64 {
        self.context.measure_text(text).map_or(0.0, |measured| measured.width())
    }

    /// Hatching: "not yet".
    pub(crate) fn hatch(&self, x: f64, y: f64, width: f64, height: f64, colour: &str) {
        const APART: f64 = 7.0;
        if width <= 0.0 || height <= 0.0 {
            return;
        }
        self.clipped(x, y, width, height, || {
            let mut at = -height;
            let lines = std::iter::from_fn(|| {
                at += APART;
                (at < width + height).then_some((x + at, y + height, x + at + height, y))
            });
            self.lines(lines, colour, 1.0);
        });
    }

    /// Draws what lies within a rectangle.
    pub(crate) fn clipped(&self, x: f64, y: f64, width: f64, height: f64, draw: impl FnOnce()) {
        self.context.save();
        self.context.begin_path();
        self.context.rect(x, y, width.max(0.0), height.max(0.0));
        self.context.clip();
        draw();
        self.context.restore();
    }

    /// The brackets around a visible range; each foot is `foot` long.
    pub(crate) fn brackets(&self, (left, right): (f64, f64), (top, base): (f64, f64), foot: f64, width: f64) {
        let ink = if width < 2.0 { &self.palette.ink_2 } else { &self.palette.ink };
        self.path(&[(left + foot, top), (left, top), (left, base), (left + foot, base)], ink, width, &[]);
        self.path(&[(right - foot, top), (right, top), (right, base), (right - foot, base)], ink, width, &[]);
    }

    fn trace(&self, points: &[(f64, f64)]) {
        self.context.begin_path();
        for (index, (x, y)) in points.iter().enumerate() {
            if index == 0 {
                self.context.move_to(*x, *y);
            } else {
                self.context.line_to(*x, *y);
            }
        }
    }

    fn dash(&self, dash: &[f64]) {
        let dash: js_sys::Array = dash.iter().copied().map(wasm_bindgen::JsValue::from_f64).collect();
        self.context.set_line_dash(&dash).unwrap_or_default();
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size on the screen, at least one")]
fn pixels(size: f64) -> u32 {
    size.round().max(1.0) as u32
}
