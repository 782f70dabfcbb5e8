//! Errors as JavaScript sees them: an `Error` with `name` "CalockError" and the fields of [`Error`].

use core::num::NonZeroU16;

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::error::{Error, Remark};

pub(super) fn to_js(error: Error) -> JsValue {
    let thrown = js_sys::Error::new(error.detail.map_or(error.code.as_str(), Remark::as_str));
    thrown.set_name("CalockError");
    let set = |name: &str, value: JsValue| {
        // An Error object takes any property; there is nothing to do should it not.
        let _ = Reflect::set(&thrown, &name.into(), &value);
    };
    set("code", error.code.as_str().into());
    set("phase", error.phase.map_or(JsValue::NULL, |phase| phase.as_str().into()));
    set("retriable", error.code.retriable().into());
    set("triesLeft", error.tries_left.into());
    set("status", error.status.map(NonZeroU16::get).into());
    thrown.into()
}
