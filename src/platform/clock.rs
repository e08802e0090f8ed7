//! The time, as the page has it, and ids made of it: the only source of either.

use super::js;
use crate::kernel::{EventId, Timestamp};
use js_sys::Date;
use std::cell::Cell;
use uuid::{ContextV7, Uuid};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Performance;

thread_local! {
    static LAST: Cell<Timestamp> = const { Cell::new(Timestamp::MIN) };
    static CONTEXT: ContextV7 = const { ContextV7::new() };
    static PERFORMANCE: Option<Performance> =
        js::property(&js_sys::global(), "performance").map(JsValue::unchecked_into);
}

/// The time now, in whole milliseconds. It never goes back while the page is open.
pub fn now() -> Timestamp {
    let read = Timestamp::from_millis(js::truncated(Date::now()));
    LAST.with(|last| {
        last.set(last.get().max(read));
        last.get()
    })
}

/// A new id, a UUID of version 7: ids of one page sort by when they were made.
pub fn new_id() -> EventId {
    let micros = u64::try_from(now().as_micros()).unwrap_or_default();
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    let nanos = u32::try_from(micros * 1000).unwrap_or_default();
    CONTEXT.with(|context| EventId::Uuid(Uuid::new_v7(uuid::Timestamp::from_unix(context, seconds, nanos))))
}

/// How many minutes the local zone is ahead of UTC at an instant; negative west of Greenwich.
pub fn offset_minutes(at: Timestamp) -> i32 {
    // Milliseconds within the years 0000 to 9999 are exact in a JavaScript number.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let date = Date::new(&JsValue::from_f64(at.as_millis() as f64));
    i32::try_from(-js::truncated(date.get_timezone_offset())).unwrap_or_default()
}

/// Milliseconds since the page was opened, with fractions: for measuring how long things take.
pub fn performance_now() -> f64 {
    PERFORMANCE.with(|performance| performance.as_ref().map_or_else(Date::now, Performance::now))
}
