//! News between the tabs of one ledger.

use super::js;
use crate::{kernel::Position, store::LedgerId};
use gloo_events::EventListener;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use web_sys::{BroadcastChannel, MessageEvent};

/// Tells the other tabs how far a ledger's log reaches, and hears it from them.
#[derive(Clone, Debug)]
pub struct Channel {
    open: Rc<Open>,
}

#[derive(Debug)]
struct Open {
    raw: BroadcastChannel,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.raw.close();
    }
}

/// Hears the news for as long as it is kept.
#[derive(Debug)]
#[must_use = "nothing is heard once this is dropped"]
pub struct Listener {
    _listener: EventListener,
    _open: Rc<Open>,
}

impl Channel {
    /// Opens the channel of a ledger; `None` where the browser has no channels, and each tab is alone.
    pub fn open(ledger: &LedgerId) -> Option<Self> {
        js::property(&js_sys::global(), "BroadcastChannel")?;
        let raw = BroadcastChannel::new(&format!("annals.{ledger}")).ok()?;
        Some(Self { open: Rc::new(Open { raw }) })
    }

    /// Tells all other tabs that the log reaches `tail`. This channel does not hear itself.
    pub fn announce(&self, tail: Position) {
        // Fails only on a closed channel, and this one is open. A tab that misses it finds out when it appends.
        self.open.raw.post_message(&tail.get().into()).ok();
    }

    /// Calls `heard` with each position that another tab announces. Positions may repeat, and come in any order.
    pub fn listen(&self, mut heard: impl FnMut(Position) + 'static) -> Listener {
        let listener = EventListener::new(&self.open.raw, "message", move |event| {
            let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
            // What is no position comes from a program that is not this one.
            if let Some(position) = data.and_then(|data| data.as_f64()).and_then(js::whole) {
                heard(Position::new(position));
            }
        });
        Listener { _listener: listener, _open: Rc::clone(&self.open) }
    }
}
