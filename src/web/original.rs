//! A document's bytes in a worker: slices of a `Blob`. Errors are thrown as their code.

#![allow(unreachable_pub)] // exports are reached from JavaScript

use wasm_bindgen::prelude::*;

use crate::error::{Code, Error, Result};
use crate::seal::Source;

#[wasm_bindgen]
extern "C" {
    /// A document's bytes.
    pub type Original;

    /// Its length.
    #[wasm_bindgen(method)]
    fn size(this: &Original) -> f64;
    /// Fills the buffer from `offset`; throws when reading fails.
    #[wasm_bindgen(method, catch)]
    fn read(this: &Original, offset: f64, buffer: &mut [u8]) -> core::result::Result<(), JsValue>;
}

/// A length or an offset: exact up to 2^53, which no file reaches.
#[allow(clippy::cast_precision_loss, reason = "see above")]
pub(super) fn number(length: u64) -> f64 {
    length as f64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no length is negative")]
fn whole(number: f64) -> u64 {
    number as u64
}

pub(super) fn thrown(error: Error) -> JsValue {
    error.code.as_str().into()
}

impl Source for Original {
    fn len(&self) -> u64 {
        whole(self.size())
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.read(number(offset), buffer).map_err(|_| Error::new(Code::DocumentUnreadable))
    }
}
