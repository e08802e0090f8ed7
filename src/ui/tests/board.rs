//! A piece of the page that a component is mounted on, and waiting for what it comes to.

use super::{
    find::{Find, Found},
    patch::Patch,
};
use crate::ui::backend;
use leptos::{mount::mount_to, prelude::*};
use std::any::Any;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

/// How long, in milliseconds, something may take to come about before it counts as missing.
const PATIENCE: f64 = 10_000.0;

/// The style sheets are not there; lists need a height to be virtual in.
const STYLE: &str = ".scroll { height: 400px; overflow-y: auto; } .vh { font-size: 1px; }";

/// The databases of other tests are none of a page that lists what is stored.
const ALONE: &str = "
    const all = IDBFactory.prototype.databases;
    IDBFactory.prototype.databases = async () => [];
    return () => { IDBFactory.prototype.databases = all; };
";

/// An element of its own in the page. What is mounted on it goes when it is dropped.
pub(super) struct Board {
    shown: Vec<Box<dyn Any>>,
    _ground: Box<dyn Any>,
    owner: Owner,
    root: HtmlElement,
    _alone: Patch,
}

impl Board {
    /// An empty one. What a failed test has left in the page is taken away.
    pub(super) fn new() -> Self {
        let body = document().body().expect("a page");
        for left in (&body as &web_sys::Element).all("[data-board]") {
            left.remove();
        }
        let root: HtmlElement = document().create_element("div").expect("an element").unchecked_into();
        root.set_attribute("data-board", "").expect("an attribute");
        body.append_child(&root).expect("a child");
        // The first mounting starts the reactive system; signals of the test live as long as it.
        let ground = Box::new(mount_to(root.clone(), || view! { <style>{STYLE}</style> }));
        let owner = Owner::new();
        Self { shown: Vec::new(), _ground: ground, owner, root, _alone: Patch::new(ALONE) }
    }

    /// Mounts a component.
    pub(super) fn show<V: IntoView + 'static>(&mut self, component: impl FnOnce() -> V + 'static) {
        let root = self.root.clone();
        let handle = self.owner.with(|| mount_to(root, component));
        self.shown.push(Box::new(handle));
    }

    /// Makes signals and contexts that live as long as the board.
    pub(super) fn with<R>(&self, make: impl FnOnce() -> R) -> R {
        self.owner.with(make)
    }
}

impl Find for Board {
    fn root(&self) -> Found {
        self.root.clone()
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.shown.clear();
        self.owner.cleanup();
        self.root.remove();
    }
}

/// Waits until `look` sees something; the page has its turns in between.
pub(super) async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let since = backend::performance_now();
    loop {
        leptos::task::tick().await;
        if let Some(seen) = look() {
            return seen;
        }
        let waited = backend::performance_now() - since;
        assert!(waited < PATIENCE, "waited in vain until {what}");
        backend::breathe().await;
    }
}

/// Lets everything that is due be done: effects, and what they set off.
pub(super) async fn settle() {
    for _ in 0..3 {
        leptos::task::tick().await;
        backend::breathe().await;
    }
}

/// Waits for the next frame, with which the browser tells that a dialog has closed.
pub(super) async fn frame() {
    let drawn = js_sys::Promise::new(&mut |resolve, _| {
        window().request_animation_frame(&resolve).expect("a frame");
    });
    wasm_bindgen_futures::JsFuture::from(drawn).await.expect("it is drawn");
    settle().await;
}
