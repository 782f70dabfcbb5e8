//! The hash that browsers do not have, for a page that has a form signed by its digest.

#![allow(unreachable_pub)] // exports are reached from JavaScript

use wasm_bindgen::prelude::*;

/// SM3 of bytes, as a statement's `payload` line has it: 64 lower-case hexadecimal digits.
#[wasm_bindgen]
#[must_use]
pub fn sm3(bytes: &[u8]) -> String {
    crate::hash::hex(&crate::hash::sm3(bytes))
}
