//! What the module asks of JavaScript: `class Host` in `www/calock/host.js`, and for USB `class UsbHost` in
//! `www/calock/usb-host.js`.
//!
//! A wish with a `ticket` is answered later through `LockHandle.answered(ticket, …)`; [`Host::forget`] says that nobody waits
//! for it any more.

#![allow(unreachable_pub)] // the type stands in the signature of an export

use wasm_bindgen::prelude::*;

use crate::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The browser behind one lock.
    pub type Host;

    /// Takes the page's turn and opens the device. Answered with one byte when it was not open yet, nothing when it was, or a code.
    #[wasm_bindgen(method)]
    pub(super) fn enter(this: &Host, ticket: u32);
    /// Gives the turn back.
    #[wasm_bindgen(method)]
    pub(super) fn leave(this: &Host);
    /// Closes the device. Answered when it is closed.
    #[wasm_bindgen(method)]
    pub(super) fn close(this: &Host, ticket: u32);
    /// Sends these reports, 64 bytes each, or this one transfer, and closes the device, all without waiting.
    #[wasm_bindgen(method)]
    pub(super) fn abandon(this: &Host, reports: &[u8]);
    /// Sends one report, or one bulk-OUT transfer. Answered when the browser took it, which for a report after unplugging is
    /// never.
    #[wasm_bindgen(method)]
    pub(super) fn send(this: &Host, ticket: u32, report: &[u8]);
    /// Answered after so many milliseconds.
    #[wasm_bindgen(method)]
    pub(super) fn sleep(this: &Host, ticket: u32, milliseconds: u32);
    /// Verifies by WebCrypto; `algorithm` is JSON and has the key in it. Answered with one byte, 1 for valid.
    #[wasm_bindgen(method)]
    pub(super) fn verify(this: &Host, ticket: u32, algorithm: &str, message: &[u8], signature: &[u8]);
    /// Asks the user of call `call` for the PIN; `question` is JSON. Answered with one byte (1: spend the last try) and the
    /// PIN's bytes, or a code.
    #[wasm_bindgen(method)]
    pub(super) fn pin(this: &Host, ticket: u32, call: u32, question: &str);
    /// Hands the CA of call `call` a certificate request (PKCS#10, DER). Answered with three parts, each behind its length in four
    /// bytes, big-endian: signing certificate, encryption certificate, ENVELOPEDKEYBLOB; or with the CA's code.
    #[cfg(feature = "full")]
    #[wasm_bindgen(method)]
    pub(super) fn certify(this: &Host, ticket: u32, call: u32, request: &[u8]);
    /// Hands call `call` the certificate, or the signature over its last message, and asks for the next. Answered with the message;
    /// nothing when there is none.
    #[cfg(feature = "full")]
    #[wasm_bindgen(method)]
    pub(super) fn message(this: &Host, ticket: u32, call: u32, last: &[u8]);
    /// Nobody waits for this ticket any more.
    #[wasm_bindgen(method)]
    pub(super) fn forget(this: &Host, ticket: u32);
    /// Tells call `call` where it is, as JSON.
    #[wasm_bindgen(method)]
    pub(super) fn step(this: &Host, call: u32, step: &str);
    /// Ends call `call` with a result, or an error when `failed`, as JSON.
    #[wasm_bindgen(method)]
    pub(super) fn settle(this: &Host, call: u32, failed: bool, json: &str);
    /// The page's origin.
    #[wasm_bindgen(method)]
    pub(super) fn origin(this: &Host) -> String;

    /// USB: asks for the configuration descriptor. Answered with the number of the interface that was claimed, and the descriptor
    /// with everything in it.
    #[cfg(feature = "full")]
    #[wasm_bindgen(method)]
    pub(super) fn describe(this: &Host, ticket: u32);
    /// USB: the next bulk-IN transfer, of at most this many bytes. Answered with one byte (0 data, 1 stall, 2 babble) and the
    /// data.
    #[cfg(feature = "full")]
    #[wasm_bindgen(method)]
    pub(super) fn receive(this: &Host, ticket: u32, most: u32);
    /// USB: lets the bulk-IN pipe run again after a stall.
    #[cfg(feature = "full")]
    #[wasm_bindgen(method)]
    pub(super) fn clear(this: &Host, ticket: u32);
    /// USB: throws away the transfers that came and nobody asked for.
    #[cfg(feature = "full")]
    #[wasm_bindgen(method)]
    pub(super) fn drain(this: &Host);

    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(super) fn milliseconds() -> f64;

    type TextDecoder;
    #[wasm_bindgen(constructor)]
    fn new(label: &str) -> TextDecoder;
    #[wasm_bindgen(method)]
    fn decode(this: &TextDecoder, bytes: &[u8]) -> String;
}

/// Unix time in seconds.
pub(super) fn now() -> u64 {
    // Whole seconds fit u64 until long after the module's life.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let seconds = (milliseconds() / 1000.0) as u64;
    seconds
}

/// GBK through the browser's own tables; `None` for bytes that are none.
#[cfg(any(feature = "bridge", feature = "ofd-sign", feature = "pdf"))]
pub(super) fn gbk(bytes: &[u8]) -> Option<String> {
    Some(TextDecoder::new("gbk").decode(bytes)).filter(|text| text.chars().all(|one| one != '\u{FFFD}'))
}
