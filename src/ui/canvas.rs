//! Drawing on a canvas: at most once a frame, sharp on any screen, in the colours of the tokens.

mod palette;
mod pen;

pub(crate) use palette::Palette;
pub(crate) use pen::{Align, Pen, crisp};

use super::session::{Session, Tense};
use crate::store::Theme;
use gloo_events::EventListener;
use leptos::{html, prelude::*};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast as _, prelude::Closure};
use web_sys::{Element, ResizeObserver};

/// The width and the height of a canvas on the page, in CSS pixels. Zero while it is not shown.
pub(crate) fn size_of(canvas: NodeRef<html::Canvas>) -> Signal<(f64, f64)> {
    let size = RwSignal::new((0.0, 0.0));
    let observer = StoredValue::new_local(None::<SizeObserver>);
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        let element: Element = canvas.into();
        observer.set_value(SizeObserver::of(&element, move |element| {
            let seen = element.get_bounding_client_rect();
            // The last call can come while the page is taken apart.
            if size.try_get_untracked().is_some_and(|before| before != (seen.width(), seen.height())) {
                size.set((seen.width(), seen.height()));
            }
        }));
    });
    size.into()
}

/// Draws with `draw` in the next frame whenever something changes that `watch` has looked at, or the size, or the
/// colours.
pub(crate) fn draw_on(
    canvas: NodeRef<html::Canvas>,
    session: Session,
    size: Signal<(f64, f64)>,
    watch: impl Fn() + 'static,
    draw: impl Fn(&Pen) + 'static,
) {
    let system_theme = RwSignal::new(0u32);
    let listeners: Vec<EventListener> = palette::media_queries()
        .map(|query| EventListener::new(&query, "change", move |_| system_theme.update(|changes| *changes += 1)))
        .collect();
    let _kept_with_the_component = StoredValue::new_local(listeners);
    let is_due = Rc::new(Cell::new(false));
    let draw = Rc::new(draw);
    let easel = Rc::new(RefCell::new(Easel::default()));
    Effect::new(move |_| {
        size.track();
        let theme = session.preferences.with(|preferences| preferences.theme);
        let looks = (session.tense.get(), theme, system_theme.get());
        watch();
        let Some(canvas) = canvas.get() else { return };
        // Also where a frame is due already: it is drawn in the colours of now.
        easel.borrow_mut().wear(looks);
        if is_due.replace(true) {
            return;
        }
        let (is_due, draw, easel) = (Rc::clone(&is_due), Rc::clone(&draw), Rc::clone(&easel));
        request_animation_frame(move || {
            is_due.set(false);
            // The page may have gone on to another screen since.
            if canvas.is_connected()
                && let Some(size) = size.try_get_untracked()
                && let Some(pen) = Pen::on(&canvas, size, &mut easel.borrow_mut())
            {
                untrack(|| draw(&pen));
            }
        });
    });
}

/// What the colours of a drawing depend on: the tense, the theme, and how often that of the system has changed.
type Looks = (Tense, Theme, u32);

/// What a canvas was last set up with. To ask the page for its colours, and to set a font, takes time in each frame.
#[derive(Default)]
pub(super) struct Easel {
    looks: Option<Looks>,
    palette: Option<Rc<Palette>>,
    /// The font that the canvas has.
    font: Option<String>,
}

impl Easel {
    /// The colours are read again where the looks are others.
    fn wear(&mut self, looks: Looks) {
        if self.looks.replace(looks) != Some(looks) {
            self.palette = None;
        }
    }
}

/// Watches the size of an element as long as it is kept.
pub(crate) struct SizeObserver {
    observer: ResizeObserver,
    _heard: Closure<dyn FnMut()>,
}

impl SizeObserver {
    /// Tells the size now and whenever it changes; `None` where the browser has no such observer.
    pub(crate) fn of(element: &Element, changed: impl Fn(&Element) + 'static) -> Option<Self> {
        let watched = element.clone();
        let heard = Closure::<dyn FnMut()>::new(move || changed(&watched));
        let observer = ResizeObserver::new(heard.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _heard: heard })
    }
}

impl Drop for SizeObserver {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
