//! Giving the page its event loop back.

use super::js;
use futures_channel::oneshot;
use gloo_events::EventListener;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// Lets the page do what is due (input, painting, timers, answers of the database), then goes on.
///
/// Work of more than a few milliseconds is cut into slices with this between them. It takes some 0.1 ms, and is not
/// slowed down in a tab that is out of sight, as a timer would be.
///
/// It is a message to oneself, which queues up behind what is due. `scheduler.yield` comes back sooner because it
/// goes before other work: measured in Chromium, a loop that yields by it lets no timer run.
pub async fn yield_now() {
    match CHANNEL.with(Option::clone) {
        Some(channel) => pass_a_message(&channel).await,
        None => sleep(0).await,
    }
}

thread_local! {
    static CHANNEL: Option<MessageChannel> = MessageChannel::new().ok();
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
