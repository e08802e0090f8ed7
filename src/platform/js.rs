//! What `web-sys` keeps behind `--cfg=web_sys_unstable_apis`, and what it lacks; and how JavaScript's errors read.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{IdbDatabase, IdbFactory, IdbTransaction};

#[wasm_bindgen]
extern "C" {
    /// An `IDBDatabase`, for its `transaction` with options.
    #[wasm_bindgen(extends = IdbDatabase)]
    pub(super) type DatabaseWithOptions;
    #[wasm_bindgen(method, catch, js_name = transaction)]
    pub(super) fn transaction(
        this: &DatabaseWithOptions,
        stores: &Array,
        mode: &str,
        options: &JsValue,
    ) -> Result<IdbTransaction, JsValue>;

    /// An `IDBFactory`, for its list of databases.
    #[wasm_bindgen(extends = IdbFactory)]
    pub(super) type DatabaseLister;
    #[wasm_bindgen(method, catch)]
    pub(super) fn databases(this: &DatabaseLister) -> Result<Promise, JsValue>;

    /// `navigator.locks`.
    pub(super) type LockManager;
    #[wasm_bindgen(method, catch)]
    pub(super) fn request(
        this: &LockManager,
        name: &str,
        options: &JsValue,
        granted: &Function,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_name = setTimeout)]
    pub(super) fn set_timeout(done: &Function, millis: u32) -> Result<JsValue, JsValue>;
}

/// A property of a JavaScript object; `None` where it is not there, or getting it is forbidden.
pub(super) fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// A JavaScript number as a whole one; `None` where it is not one of 32 bits.
pub(super) fn whole(number: f64) -> Option<u32> {
    let fits = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "looked at the line before")]
    fits.then_some(number as u32)
}

/// A JavaScript number without its fraction; 0 for what is no number, the nearest there is for what is too large.
pub(super) fn truncated(number: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, as said")]
    let whole = number as i64;
    whole
}

/// The name and the message of whatever was thrown.
pub(super) fn name_and_message(thrown: &JsValue) -> (String, String) {
    let text = |name| property(thrown, name).and_then(|value| value.as_string());
    match (text("name"), text("message")) {
        (Some(name), message) => (name, message.unwrap_or_default()),
        (None, _) => ("Error".to_owned(), thrown.as_string().unwrap_or_else(|| format!("{thrown:?}"))),
    }
}

/// Whatever was thrown, as a person may read it.
pub(super) fn describe(thrown: &JsValue) -> String {
    match name_and_message(thrown) {
        (name, message) if message.is_empty() => name,
        (name, message) => format!("{name}: {message}"),
    }
}
