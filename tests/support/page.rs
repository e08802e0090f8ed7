#![cfg(test)]
//! Doing things to the page that only JavaScript can do.

use annals::store::LedgerId;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Runs the body of an async function.
pub(crate) async fn evaluate(body: &str) -> JsValue {
    let run = Function::new_no_args(&format!("return (async () => {{ {body} }})();"));
    let promise = run.call0(&JsValue::UNDEFINED).expect("an async function does not throw");
    JsFuture::from(promise.unchecked_into::<Promise>()).await.expect("the script runs")
}

/// The id of a ledger that nobody has used.
pub(crate) fn fresh(tag: &str) -> LedgerId {
    let number = js_sys::Math::random().to_bits() & 0xffff_ffff;
    LedgerId::parse(&format!("{tag}-{number:x}-{}", js_sys::Date::now())).expect("an id")
}

/// A method of the page replaced for a while.
pub(crate) struct Patch {
    undo: String,
}

impl Patch {
    /// Replaces `object.method(parameters)`; in `body` the method there was is `original`.
    pub(crate) fn method(object: &str, method: &str, body: &str, parameters: &str) -> Self {
        run(&format!(
            "const original = {object}.{method};
             {object}.{method} = function ({parameters}) {{ {body} }};
             {object}.{method}.original = original;"
        ));
        Self { undo: format!("{object}.{method} = {object}.{method}.original;") }
    }

    /// Runs a script when the patch is taken off.
    pub(crate) fn and_finally(mut self, script: &str) -> Self {
        self.undo.push_str(script);
        self
    }
}

impl Drop for Patch {
    fn drop(&mut self) {
        run(&self.undo);
    }
}

fn run(script: &str) {
    Function::new_no_args(script).call0(&JsValue::UNDEFINED).expect("the script runs");
}
