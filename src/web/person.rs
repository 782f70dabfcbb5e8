//! The page's user, through two callbacks: one that answers the PIN question, one that is told the steps.

use js_sys::{Function, JsString, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use zeroize::{Zeroize as _, Zeroizing};

use super::browser::AbortController;
use super::convert;
use super::environment::{Page, object};
use crate::error::{Code, Error, Result};
use crate::secret::Pin;
use crate::session::{Environment as _, Person, PinAnswer, PinQuestion, Step};

/// The callbacks of one login.
pub(super) struct PagePerson {
    pub(super) pin: Function,
    pub(super) step: Option<Function>,
}

impl Person for PagePerson {
    async fn pin(&self, question: PinQuestion) -> Result<PinAnswer> {
        // Aborted when the question is moot, so that the page can take its PIN field away: also when this future is dropped.
        let open = Open(AbortController::new());
        let ask = object(&[
            ("triesLeft", question.tries_left.into()),
            ("triesMax", question.tries_max.into()),
            ("lastTry", question.last_try.into()),
            ("purpose", question.purpose.as_str().into()),
            ("certificate", convert::certificate(&question.entry, Page.now())),
            ("signal", open.0.signal().into()),
        ]);
        let answered = self.pin.call1(&JsValue::UNDEFINED, &ask).map_err(refused)?;
        let answer = JsFuture::from(Promise::resolve(&answered)).await.map_err(refused)?;
        if answer.is_null() || answer.is_undefined() {
            return Err(Error::new(Code::PinCancelled));
        }
        if answer.is_string() || answer.is_instance_of::<Uint8Array>() {
            return Ok(PinAnswer { pin: typed(&answer)?, spend_last_try: false });
        }
        let field = |name: &str| Reflect::get(&answer, &name.into()).unwrap_or(JsValue::UNDEFINED);
        Ok(PinAnswer { pin: typed(&field("pin"))?, spend_last_try: field("lastTry").is_truthy() })
    }

    fn step(&self, step: Step<'_>) {
        if let Some(told) = &self.step {
            // A page whose callback throws does not get to spoil the login.
            let _ = told.call1(&JsValue::UNDEFINED, &convert::step(&step, Page.now()));
        }
    }
}

struct Open(AbortController);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The PIN out of a string or bytes; what was copied into this memory is wiped. The browser's own copies cannot be.
fn typed(value: &JsValue) -> Result<Pin> {
    if let Some(text) = value.dyn_ref::<JsString>() {
        let text = Zeroizing::new(String::from(text));
        return Pin::new(text.as_bytes());
    }
    if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
        if bytes.length() as usize > Pin::MAX {
            return Err(Error::new(Code::PinLength));
        }
        let mut copied = [0; Pin::MAX];
        let copied_part = &mut copied[..bytes.length() as usize];
        bytes.copy_to(copied_part);
        let pin = Pin::new(copied_part);
        copied.zeroize();
        bytes.fill(0, 0, bytes.length());
        return pin;
    }
    Err(Error::because(Code::Parameter, "the PIN callback must give a string or a Uint8Array"))
}

/// A rejected question: cancelled when the page says so, a fault of the page otherwise. A failure is never called a cancel.
fn refused(reason: JsValue) -> Error {
    let field = |name: &str| Reflect::get(&reason, &name.into()).ok().and_then(|value| value.as_string());
    let cancelled =
        field("name").as_deref() == Some("AbortError") || field("code").as_deref() == Some(Code::PinCancelled.as_str());
    if cancelled { Error::new(Code::PinCancelled) } else { Error::because(Code::Parameter, "the PIN callback failed") }
}
