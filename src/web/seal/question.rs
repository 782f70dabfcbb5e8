//! Signatures that WebCrypto verifies: RSA and P-256, whose arithmetic a page need not load.

use wasm_bindgen::prelude::*;

use crate::base64::encode_url;
use crate::certificate::PublicKey;
use crate::json::Json;
use crate::seal::Question;
use crate::signature::raw;

#[wasm_bindgen]
extern "C" {
    /// Takes questions, in their order.
    pub type Asker;

    /// Whether a signature holds. `algorithm` is JSON: the parameters of `importKey` and `verify` alike, and the key as a JWK (RFC 7518, 6).
    #[wasm_bindgen(method)]
    pub(super) fn ask(this: &Asker, algorithm: &str, message: &[u8], signature: &[u8]);
}

pub(super) fn ask(question: &Question, asker: &Asker) {
    let fields: &[(&str, &[u8])] = match &question.key {
        PublicKey::Rsa { modulus, exponent } => &[("n", modulus), ("e", exponent)],
        PublicKey::P256(point) => match point.get(1..).and_then(|point| point.split_at_checked(32)) {
            Some((x, y)) => &[("x", x), ("y", y)],
            None => &[],
        },
        _ => &[],
    };
    let curve = matches!(question.key, PublicKey::P256(_));
    let algorithm = Json::object(|json| {
        json.text(
            "name",
            match question.scheme.salt {
                _ if curve => "ECDSA",
                Some(_) => "RSA-PSS",
                None => "RSASSA-PKCS1-v1_5",
            },
        );
        json.number("saltLength", question.scheme.salt);
        json.text("namedCurve", "P-256");
        // The only one that a page's module has beside SM3.
        json.text("hash", "SHA-256");
        json.raw(
            "key",
            &Json::object(|json| {
                json.text("kty", if curve { "EC" } else { "RSA" });
                json.text("crv", "P-256");
                fields.iter().for_each(|(name, value)| json.text(name, &encode_url(value)));
            }),
        );
    });
    // WebCrypto has r ‖ s for a curve.
    let r_s = raw(&question.signature).ok().filter(|_| curve);
    asker.ask(&algorithm, &question.message, r_s.as_ref().map_or(&question.signature[..], |r_s| &r_s[..]));
}
