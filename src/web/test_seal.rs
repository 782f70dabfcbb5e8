//! A seal for trying things out: the lock whose key shall seal makes it itself, so no other key is needed, and nobody can take
//! it for a real one.

#![allow(unreachable_pub)] // exports are reached from JavaScript

use wasm_bindgen::prelude::*;

use super::original::thrown;
use crate::certificate::Certificate;
use crate::prelude::*;
use crate::seal::Version;
use crate::seal::ses::{NewSeal, UnsignedSeal, assemble_seal};
use crate::web::host::now;

/// A test seal that its maker has not signed yet.
#[wasm_bindgen]
pub struct TestSeal(UnsignedSeal);

#[wasm_bindgen]
impl TestSeal {
    /// A seal of version 4 for the holder of a certificate (DER), valid for a day. `picture` is a PNG file, `size` millimetres.
    ///
    /// # Errors
    /// `CERT_UNREADABLE`; `KEY_UNSUPPORTED` when the key is not SM2.
    #[wasm_bindgen(constructor)]
    pub fn new(certificate: &[u8], name: &str, picture: &[u8], size: u32) -> Result<TestSeal, JsValue> {
        let made = Certificate::from_der(certificate).and_then(|holder| {
            let now = now();
            let signers = [certificate.to_vec()];
            let seal = NewSeal {
                version: Version::V4,
                vendor: "calock-test",
                id: "calock-test-seal",
                kind: 1,
                name,
                signers: &signers,
                created: now,
                valid_from: now.saturating_sub(300),
                valid_until: now + 86_400,
                picture_format: "PNG",
                picture,
                width: size,
                height: size,
            };
            seal.prepare(&holder)
        });
        made.map(Self).map_err(thrown)
    }

    /// The exact bytes that the lock has to sign as the seal's maker.
    #[wasm_bindgen(js_name = signedBytes)]
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.0.signed_bytes()
    }

    /// The seal's file, after its signature was verified.
    ///
    /// # Errors
    /// `SEAL_INVALID`.
    pub fn finish(&self, signature: &[u8]) -> Result<Vec<u8>, JsValue> {
        assemble_seal(&self.0, signature).map(|seal| seal.der().to_vec()).map_err(thrown)
    }
}
