//! The page's clock and WebCrypto.

use core::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use js_sys::{Array, Date, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::browser::{SUBTLE, TextDecoder, set_timeout};
use crate::certificate::PublicKey;
use crate::error::{Code, Error, Result};
use crate::session::Environment;
use crate::signature;

/// The browser.
pub(super) struct Page;

impl Environment for Page {
    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }

    fn now(&self) -> u64 {
        // Milliseconds since 1970 as a float: whole seconds fit u64 until long after the module's life.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let seconds = (Date::now() / 1000.0) as u64;
        seconds
    }

    async fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<()> {
        match key {
            PublicKey::Rsa { modulus, exponent } => rsa(modulus, exponent, message, signature).await,
            _ => signature::verify(key, message, signature),
        }
    }
}

pub(super) async fn sleep(duration: Duration) {
    let milliseconds = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
    let timer = Promise::new(&mut |resolve, _| set_timeout(&resolve, milliseconds));
    let _ = JsFuture::from(timer).await;
}

/// GBK through the browser's own tables; `None` for bytes that are none.
pub(super) fn gbk(bytes: &[u8]) -> Option<String> {
    TextDecoder::new("gbk", &object(&[("fatal", true.into())])).and_then(|decoder| decoder.decode(bytes)).ok()
}

/// RSA PKCS#1 v1.5 with SHA-256, by WebCrypto: the rsa crate alone would more than double the module.
async fn rsa(modulus: &[u8], exponent: &[u8], message: &[u8], signature: &[u8]) -> Result<()> {
    let failed = |_| Error::because(Code::KeyUnsupported, "WebCrypto does not take this RSA key");
    let subtle = SUBTLE.with(|subtle| subtle.as_ref().map(|subtle| subtle.unchecked_ref::<JsValue>().clone()));
    let subtle: super::browser::SubtleCrypto =
        subtle.ok_or(Error::because(Code::InsecureContext, "no WebCrypto"))?.unchecked_into();
    let key = object(&[
        ("kty", "RSA".into()),
        ("n", Base64UrlUnpadded::encode_string(modulus).into()),
        ("e", Base64UrlUnpadded::encode_string(exponent).into()),
    ]);
    let algorithm = object(&[("name", ALGORITHM.into()), ("hash", "SHA-256".into())]);
    let imported = subtle.import_key("jwk", &key, &algorithm, false, &Array::of1(&"verify".into())).map_err(failed)?;
    let key = JsFuture::from(imported).await.map_err(failed)?;
    let (signature, message) = (Uint8Array::from(signature), Uint8Array::from(message));
    let verified = subtle.verify(ALGORITHM, &key, &signature, &message).map_err(failed)?;
    match JsFuture::from(verified).await.map_err(failed)?.as_bool() {
        Some(true) => Ok(()),
        _ => Err(Error::new(Code::SignatureInvalid)),
    }
}

const ALGORITHM: &str = "RSASSA-PKCS1-v1_5";

/// A plain object.
pub(super) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // A fresh plain object takes any property.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
