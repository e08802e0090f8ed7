//! Locks between tabs.

use super::js;
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use js_sys::{Function, Object, Promise, Reflect};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

/// Runs `work` while this tab alone holds the lock `name`. Waits for it as long as it takes.
///
/// In a browser without locks `work` runs at once: a lock here saves work, it must not be what keeps data right.
pub async fn with_lock<T>(name: &str, work: impl AsyncFnOnce() -> T) -> T {
    let held = match lock_manager() {
        Some(locks) => Held::wait(&locks, name).await,
        None => None,
    };
    let done = work().await;
    if let Some(held) = held {
        held.give_back().await;
    }
    done
}

/// Runs `work` while this tab alone holds the lock `name`; `None`, and nothing done, if another holds it.
pub async fn with_lock_if_free<T>(name: &str, work: impl AsyncFnOnce() -> T) -> Option<T> {
    let Some(locks) = lock_manager() else { return Some(work().await) };
    let held = Held::if_free(&locks, name).await?;
    let done = work().await;
    held.give_back().await;
    Some(done)
}

fn lock_manager() -> Option<js::LockManager> {
    let navigator = js::property(&js_sys::global(), "navigator")?;
    js::property(&navigator, "locks").map(JsValue::unchecked_into)
}

/// A lock, held or asked for. Given back, or no longer asked for, when dropped.
struct Held {
    release: Rc<RefCell<Option<Function>>>,
    given_up: Option<AbortController>,
    asked: Option<JsFuture>,
    _granted: Closure<dyn FnMut(JsValue) -> JsValue>,
}

impl Drop for Held {
    fn drop(&mut self) {
        match (self.release.take(), &self.given_up) {
            // The promise that the browser waits for.
            (Some(release), _) => drop(release.call0(&JsValue::UNDEFINED)),
            (None, Some(asking)) => asking.abort(),
            (None, None) => {}
        }
    }
}

impl Held {
    async fn wait(locks: &js::LockManager, name: &str) -> Option<Self> {
        let given_up = AbortController::new().ok()?;
        let options = option("signal", &given_up.signal())?;
        Self::ask(locks, name, &options, Some(given_up)).await
    }

    async fn if_free(locks: &js::LockManager, name: &str) -> Option<Self> {
        Self::ask(locks, name, &option("ifAvailable", &JsValue::TRUE)?, None).await
    }

    /// Gives the lock back, and waits until it is free.
    async fn give_back(mut self) {
        let asked = self.asked.take();
        drop(self);
        if let Some(asked) = asked {
            // Its failure would mean that the lock is lost already.
            asked.await.ok();
        }
    }

    async fn ask(
        locks: &js::LockManager,
        name: &str,
        options: &Object,
        given_up: Option<AbortController>,
    ) -> Option<Self> {
        let (sender, answer) = oneshot::channel();
        let release = Rc::new(RefCell::new(None));
        let granted = {
            let (release, mut sender) = (Rc::clone(&release), Some(sender));
            Closure::new(move |lock: JsValue| {
                let free = !lock.is_null();
                sender.take().map(|sender| sender.send(free).ok());
                if !free {
                    return JsValue::UNDEFINED;
                }
                // The lock is held until this promise is resolved.
                let until = Promise::new(&mut |resolve, _| *release.borrow_mut() = Some(resolve));
                until.into()
            })
        };
        let asked = locks.request(name, options, granted.as_ref().unchecked_ref()).ok()?;
        let mut held = Self { release, given_up, asked: None, _granted: granted };
        // The promise ends first only where the lock is refused; once it is held, at its release.
        match select(answer, JsFuture::from(asked)).await {
            Either::Left((Ok(true), asked)) => {
                held.asked = Some(asked);
                Some(held)
            }
            Either::Left((Ok(false) | Err(_), _)) | Either::Right(_) => None,
        }
    }
}

fn option(name: &str, value: &JsValue) -> Option<Object> {
    let options = Object::new();
    Reflect::set(&options, &name.into(), value).ok()?;
    Some(options)
}
