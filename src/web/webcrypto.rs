//! Keys as WebCrypto takes them: RSA and P-256 are checked by the browser, whose code a page need not load.

use crate::base64::encode_url;
use crate::certificate::PublicKey;
use crate::prelude::*;

/// What a browser needs to verify with this key, as JSON: the algorithm's parameters, for `importKey` and `verify` alike, and the
/// key itself as a JWK (RFC 7518, 6). `None` for a key that WebCrypto does not know.
pub(super) fn algorithm(key: &PublicKey) -> Option<String> {
    let (head, first, between, second): (_, &[u8], _, &[u8]) = match key {
        PublicKey::Rsa { modulus, exponent } => (
            r#"{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-256","key":{"kty":"RSA","n":""#,
            modulus,
            r#"","e":""#,
            exponent,
        ),
        #[cfg(feature = "full")]
        PublicKey::P256(point) => {
            let (x, y) = point.get(1..)?.split_at_checked(32)?;
            let head = r#"{"name":"ECDSA","hash":"SHA-256","namedCurve":"P-256","key":{"kty":"EC","crv":"P-256","x":""#;
            (head, x, r#"","y":""#, y)
        }
        _ => return None,
    };
    let mut json = String::from(head);
    json.push_str(&encode_url(first));
    json.push_str(between);
    json.push_str(&encode_url(second));
    json.push_str(r#""}}"#);
    Some(json)
}
