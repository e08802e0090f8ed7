//! Waiting for events.

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt as _;
use gloo_events::EventListener;
use web_sys::EventTarget;

/// The events of some types that reach a target, in order, from the moment this is made. Stops listening when dropped.
#[derive(Debug)]
pub(super) struct Events {
    heard: UnboundedReceiver<&'static str>,
    _listeners: Vec<EventListener>,
}

impl Events {
    pub(super) fn of(target: &EventTarget, types: &[&'static str]) -> Self {
        let (sender, heard) = unbounded();
        let listen = |name: &&'static str| {
            let (sender, name) = (sender.clone(), *name);
            EventListener::new(target, name, move |_| {
                // Where nobody waits any more, nothing is lost.
                sender.unbounded_send(name).ok();
            })
        };
        Self { _listeners: types.iter().map(listen).collect(), heard }
    }

    /// The type of the next event.
    pub(super) async fn next(&mut self) -> &'static str {
        // The listeners hold senders for as long as this lives, so the channel never ends.
        self.heard.next().await.unwrap_or_default()
    }
}
