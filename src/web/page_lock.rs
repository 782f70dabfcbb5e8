//! One page at a time: a named Web Lock per kind of device, so that two tabs do not interleave their frames.

use core::time::Duration;

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;

use super::browser::{LOCKS, LockManager};
use super::environment::{object, sleep};
use crate::error::{Code, Error, Result};

/// How often a lock that another page holds is asked for again, and how long between. Reading takes another page well under two
/// seconds; one that holds on longer is waiting for its user.
const TRIES: u32 = 12;
const PAUSE: Duration = Duration::from_millis(250);

/// The right of this page to talk to the device; dropping it lets other pages have it.
pub(super) struct PageLock {
    release: Option<Function>,
}

impl PageLock {
    /// Takes the lock of this name.
    ///
    /// # Errors
    /// `LOCK_BUSY` when another page keeps it.
    pub(super) async fn take(name: &str) -> Result<Self> {
        let manager = LOCKS.with(|locks| locks.as_ref().map(|locks| locks.unchecked_ref::<JsValue>().clone()));
        // Browsers without Web Locks have no way to know of each other's tabs; the sequence byte still tells answers apart.
        let Some(manager) = manager else { return Ok(Self { release: None }) };
        let manager: LockManager = manager.unchecked_into();
        for _ in 0..TRIES {
            if let Some(lock) = Self::try_once(&manager, name).await {
                return Ok(lock);
            }
            sleep(PAUSE).await;
        }
        Err(Error::because(Code::LockBusy, "another page of this browser is using the lock"))
    }

    async fn try_once(manager: &LockManager, name: &str) -> Option<Self> {
        let mut release = None;
        // The browser holds the lock as long as this promise is open.
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        let mut answer = None;
        let granted = Promise::new(&mut |resolve, _| answer = Some(resolve));
        let answer = answer?;
        let callback = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            let _ = answer.call1(&JsValue::UNDEFINED, &(!lock.is_null()).into());
            if lock.is_null() { JsValue::UNDEFINED } else { held.into() }
        });
        // Made before asking, so that a caller who gives up meanwhile still releases what is granted later.
        let lock = Self { release };
        let options = object(&[("ifAvailable", true.into())]);
        let _ = manager.request(name, &options, callback.unchecked_ref()).ok()?;
        let granted = JsFuture::from(granted).await.ok()?;
        granted.as_bool().unwrap_or(false).then_some(lock)
    }
}

impl Drop for PageLock {
    fn drop(&mut self) {
        if let Some(release) = self.release.take() {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}
