use leptos::prelude::{document, window};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, MediaQueryList};

/// The colours of the tokens as the page has them now, and the type of the axes.
#[derive(Debug, Default)]
pub(crate) struct Palette {
    key: String,
    pub(crate) surface: String,
    pub(crate) rule: String,
    pub(crate) rule_strong: String,
    pub(crate) grid: String,
    pub(crate) ink: String,
    pub(crate) ink_2: String,
    pub(crate) ink_3: String,
    pub(crate) pos: String,
    pub(crate) hist: String,
    pub(crate) hist_later: String,
    pub(crate) tense: String,
    pub(crate) tense_fill: String,
    pub(crate) on_tense: String,
    pub(crate) tense_tint: String,
    pub(crate) font: String,
}

thread_local! {
    static CURRENT: RefCell<Rc<Palette>> = RefCell::default();
}

impl Palette {
    /// The colours of now. They are read again only when the tense or the theme is another.
    pub(crate) fn current() -> Rc<Self> {
        let key = key();
        CURRENT.with_borrow_mut(|current| {
            if current.key != key {
                *current = Rc::new(Self::read(key).unwrap_or_default());
            }
            Rc::clone(current)
        })
    }

    /// Lets the browser work the colours out, in an element that nobody sees: a token may be made of others.
    fn read(key: String) -> Option<Self> {
        let body = document().body()?;
        let probe: HtmlElement = document().create_element("span").ok()?.unchecked_into();
        probe.set_hidden(true);
        body.append_child(&probe).ok()?;
        let computed = window().get_computed_style(&probe).ok()??;
        let colour = |token: &str| {
            probe.style().set_property("color", &format!("var(--{token})")).unwrap_or_default();
            computed.get_property_value("color").unwrap_or_default()
        };
        probe.style().set_property("font-size", "var(--t-axis)").unwrap_or_default();
        let of_font = |name| computed.get_property_value(name).unwrap_or_default();
        let palette = Self {
            surface: colour("surface"),
            rule: colour("rule"),
            rule_strong: colour("rule-strong"),
            grid: colour("grid"),
            ink: colour("ink"),
            ink_2: colour("ink-2"),
            ink_3: colour("ink-3"),
            pos: colour("pos"),
            hist: colour("hist"),
            hist_later: colour("hist-later"),
            tense: colour("tense"),
            tense_fill: colour("tense-fill"),
            on_tense: colour("on-tense"),
            tense_tint: colour("tense-tint"),
            font: format!("{} {}", of_font("font-size"), of_font("font-family")),
            key,
        };
        probe.remove();
        Some(palette)
    }
}

/// What the system says that the colours depend on.
pub(super) fn media_queries() -> impl Iterator<Item = MediaQueryList> {
    ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]
        .into_iter()
        .filter_map(|query| window().match_media(query).ok().flatten())
}

/// What the colours depend on, as one text.
fn key() -> String {
    let root = document().document_element();
    let attribute = |name: &str| root.as_ref().and_then(|root| root.get_attribute(name)).unwrap_or_default();
    let system: Vec<bool> = media_queries().map(|query| query.matches()).collect();
    format!("{} {} {system:?}", attribute("data-tense"), attribute("data-theme"))
}
