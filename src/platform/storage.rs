//! How much room the browser gives, and whether it promises to keep what is stored.

use super::js;
use js_sys::Promise;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageEstimate, StorageManager};

/// How much room the page's origin has, as the browser estimates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Bytes in use.
    pub usage: u64,
    /// Bytes that may be in use.
    pub quota: u64,
}

/// Asks the browser not to clear what is stored when room runs short. Whether it will; `None` where it cannot be asked.
///
/// Some browsers ask the person, so ask after they have done something worth keeping.
pub async fn persist() -> Option<bool> {
    answer(StorageManager::persist).await?.as_bool()
}

/// Whether the browser has promised to keep what is stored; `None` where it does not say.
pub async fn persisted() -> Option<bool> {
    answer(StorageManager::persisted).await?.as_bool()
}

/// How much room there is; `None` where the browser does not say.
pub async fn estimate() -> Option<Estimate> {
    let estimate: StorageEstimate = answer(StorageManager::estimate).await?.unchecked_into();
    let bytes = |number: f64| u64::try_from(js::truncated(number)).ok();
    Some(Estimate { usage: bytes(estimate.get_usage()?)?, quota: bytes(estimate.get_quota()?)? })
}

async fn answer(question: impl FnOnce(&StorageManager) -> Result<Promise, JsValue>) -> Option<JsValue> {
    // Not there on pages that did not come over HTTPS or from this machine.
    let manager = js::property(&js::property(&js_sys::global(), "navigator")?, "storage")?;
    JsFuture::from(question(manager.unchecked_ref()).ok()?).await.ok()
}
