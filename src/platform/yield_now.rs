//! Giving the page its event loop back.

use super::js;
use futures_channel::oneshot;
use gloo_events::EventListener;
use js_sys::Promise;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// Lets the page do what is due (input, painting, other work), then goes on as soon as can be.
///
/// Work of more than a few milliseconds is cut into slices with this between them. It is not slowed down in a tab
/// that is out of sight, as a timer would be.
pub async fn yield_now() {
    match TURN.with(Turn::clone) {
        Turn::Scheduler(scheduler) => match scheduler.yield_() {
            // The promise fails only where the page is being left.
            Ok(turn) => drop(JsFuture::from(turn).await),
            Err(_) => sleep(0).await,
        },
        Turn::Channel(channel) => pass_a_message(&channel).await,
        Turn::Timer => sleep(0).await,
    }
}

/// Waits at least `millis` milliseconds; in a tab that is out of sight a second or more.
pub async fn sleep(millis: u32) {
    let over = Promise::new(&mut |resolve, _| {
        if js::set_timeout(&resolve, millis).is_err() {
            // Without timers there is no waiting.
            resolve.call0(&JsValue::UNDEFINED).ok();
        }
    });
    JsFuture::from(over).await.ok();
}

/// How a page gives a turn away, the quickest first.
#[derive(Clone)]
enum Turn {
    /// `scheduler.yield`: comes back before other work of the same priority.
    Scheduler(js::Scheduler),
    /// A message to oneself.
    Channel(MessageChannel),
    /// A timer: 4 ms where timers set timers.
    Timer,
}

thread_local! {
    static TURN: Turn = Turn::of_page();
}

impl Turn {
    fn of_page() -> Self {
        let scheduler = js::property(&js_sys::global(), "scheduler");
        match scheduler.filter(|scheduler| js::property(scheduler, "yield").is_some()) {
            Some(scheduler) => Self::Scheduler(scheduler.unchecked_into()),
            None => MessageChannel::new().map_or(Self::Timer, Self::Channel),
        }
    }
}

async fn pass_a_message(channel: &MessageChannel) {
    let (arrived, arrival) = oneshot::channel::<()>();
    let listener = EventListener::once(&channel.port1(), "message", move |_| drop(arrived));
    channel.port1().start();
    match channel.port2().post_message(&JsValue::NULL) {
        // The sender is dropped when the message comes: that is the news.
        Ok(()) => drop(arrival.await),
        Err(_) => sleep(0).await,
    }
    drop(listener);
}
