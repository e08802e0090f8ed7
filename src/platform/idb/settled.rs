//! Waiting for what ends one way or the other.

use js_sys::{Function, Promise};
use wasm_bindgen_futures::JsFuture;

/// How something ends that ends once. An append waits for two such ends, and it takes less time to let the browser call
/// a promise's own functions than to make a closure for each event, and to take its listener back.
#[derive(Debug)]
pub(super) struct Settled(JsFuture);

impl Settled {
    /// `listen` hands the first function to what happens when it ends well, the second to what happens when it does not.
    pub(super) fn of(mut listen: impl FnMut(&Function, &Function)) -> Self {
        Self(Promise::new(&mut |well, badly| listen(&well, &badly)).into())
    }

    /// Waits for the end: whether it is a good one.
    pub(super) async fn is_well(&mut self) -> bool {
        (&mut self.0).await.is_ok()
    }
}
