//! RSA (RFC 8017) and ECDSA with P-256 (FIPS 186-5) over digests of SHA-256, SHA-384 and SHA-512, which their lengths tell apart.

use super::{INVALID, SHA256_PREFIX, UNSUPPORTED, raw};
use crate::{Code, Result};

/// ECDSA; the signature is DER.
pub(crate) fn p256(point: &[u8], digest: &[u8], signature: &[u8]) -> Result<()> {
    use p256::ecdsa::signature::hazmat::PrehashVerifier;
    use p256::ecdsa::{Signature, VerifyingKey};
    let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| UNSUPPORTED)?;
    let signature = Signature::from_slice(&raw(signature)?).map_err(|_| INVALID)?;
    key.verify_prehash(digest, &signature).map_err(|_| INVALID)
}

/// PKCS#1 v1.5, or PSS with a salt of this length and MGF1 of the same hash.
pub(crate) fn rsa(modulus: &[u8], exponent: &[u8], salt: Option<usize>, digest: &[u8], signature: &[u8]) -> Result<()> {
    use rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPublicKey};
    if signature.len() != modulus.len() {
        return Err(INVALID);
    }
    let number = BoxedUint::from_be_slice_vartime;
    let key = RsaPublicKey::new(number(modulus), number(exponent)).map_err(|_| UNSUPPORTED)?;
    let verified = match (salt, digest.len()) {
        (None, length) => {
            let scheme = Pkcs1v15Sign { hash_len: Some(length), prefix: prefix(length)?.into() };
            key.verify(scheme, digest, signature)
        }
        (Some(salt), 32) => key.verify(Pss::<sha2::Sha256>::new_with_salt(salt), digest, signature),
        (Some(salt), 48) => key.verify(Pss::<sha2::Sha384>::new_with_salt(salt), digest, signature),
        (Some(salt), _) => key.verify(Pss::<sha2::Sha512>::new_with_salt(salt), digest, signature),
    };
    verified.map_err(|_| INVALID)
}

/// DigestInfo up to the digest itself (RFC 8017, 9.2 note 1): the three differ in a number and two lengths.
fn prefix(length: usize) -> Result<[u8; 19]> {
    let (number, length) = match length {
        32 => return Ok(SHA256_PREFIX),
        48 => (2, 48),
        64 => (3, 64),
        _ => return Err(Code::DigestUnsupported.into()),
    };
    let mut prefix = SHA256_PREFIX;
    prefix[1] = 17 + length;
    prefix[14] = number;
    prefix[18] = length;
    Ok(prefix)
}
