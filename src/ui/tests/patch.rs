//! The page changed for a while.

use js_sys::Function;
use wasm_bindgen::{JsCast as _, JsValue};

/// A change of the page, taken back when it is dropped.
pub(super) struct Patch {
    undo: Function,
}

impl Patch {
    /// Runs a script, which returns the function that takes back what it did.
    pub(super) fn new(script: &str) -> Self {
        Self { undo: run(script).unchecked_into() }
    }
}

impl Drop for Patch {
    fn drop(&mut self) {
        self.undo.call0(&JsValue::UNDEFINED).expect("it is taken back");
    }
}

/// Runs the body of a function.
pub(super) fn run(script: &str) -> JsValue {
    Function::new_no_args(script).call0(&JsValue::UNDEFINED).expect("the script runs")
}
