//! Signatures of holders and of CAs.
//!
//! SM2 with SM3 (GM/T 0003.2, GB/T 32918.2) is always here. RSA PKCS#1 v1.5 and ECDSA P-256, both with SHA-256, need
//! feature `verify`: a page checks those with WebCrypto. An SM2 or ECDSA signature is DER `SEQUENCE { r, s }` in this
//! crate; an RSA signature is the octet string as long as the modulus.

#[cfg(feature = "std")]
mod known;
#[cfg(feature = "verify")]
pub(crate) mod others;

use base64ct::{Base64, Encoding};
use sm2::elliptic_curve::point::AffineCoordinates;
use sm3::Digest;

use crate::certificate::tlv::{Reader, only, tag, unsigned};
use crate::certificate::{Certificate, PublicKey, SignatureAlgorithm};
use crate::prelude::*;
use crate::{Code, Error, Result};
#[cfg(feature = "std")]
pub(crate) use known::KnownGood;

/// The id that goes into Z when nothing else was agreed (GM/T 0009, 10), and the only one here.
pub const SM2_ID: &str = "1234567812345678";

const INVALID: Error = Error::new(Code::SignatureInvalid);
const UNSUPPORTED: Error = Error::new(Code::KeyUnsupported);

/// a, b, x and y of the base point, 32 bytes each, big-endian (GM/T 0003.5, clause 1): the constant middle of Z.
const SM2_PARAMETERS: [u8; 128] = *b"\
\xFF\xFF\xFF\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFC\
\x28\xE9\xFA\x9E\x9D\x9F\x5E\x34\x4D\x5A\x9E\x4B\xCF\x65\x09\xA7\xF3\x97\x89\xF5\x15\xAB\x8F\x92\xDD\xBC\xBD\x41\x4D\x94\x0E\x93\
\x32\xC4\xAE\x2C\x1F\x19\x81\x19\x5F\x99\x04\x46\x6A\x39\xC9\x94\x8F\xE3\x0B\xBF\xF2\x66\x0B\xE1\x71\x5A\x45\x89\x33\x4C\x74\xC7\
\xBC\x37\x36\xA2\xF4\xF6\x77\x9C\x59\xBD\xCE\xE3\x6B\x69\x21\x53\xD0\xA9\x87\x7C\xC6\x2A\x47\x40\x02\xDF\x32\xE5\x21\x39\xF0\xA0";

/// DigestInfo for SHA-256 up to the digest itself (RFC 8017, 9.2 note 1).
#[cfg(any(feature = "full", feature = "verify"))]
const SHA256_PREFIX: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// Verifies a signature over a message: SM2 with SM3, RSA PKCS#1 v1.5 with SHA-256, or ECDSA P-256 with SHA-256, as the
/// key says. The form must be the exact one: DER in its shortest form, r and s within 1 … n-1.
///
/// # Errors
/// `SIGNATURE_INVALID`, or `KEY_UNSUPPORTED` when this build cannot verify with such a key or the point is not on its curve.
pub fn verify(key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<()> {
    match key {
        PublicKey::Sm2(point) => sm2_verify_prehash(point, &sm2_digest(point, message)?, signature),
        #[cfg(feature = "verify")]
        PublicKey::P256(point) => others::p256(point, &crate::hash::sha256(message), signature),
        #[cfg(feature = "verify")]
        PublicKey::Rsa { modulus, exponent } => {
            others::rsa(modulus, exponent, None, &crate::hash::sha256(message), signature)
        }
        _ => Err(UNSUPPORTED),
    }
}

/// Verifies that `issuer` signed `certificate`, by the algorithm that the certificate names.
///
/// # Errors
/// `CHAIN_INVALID` when the signature is wrong, the algorithm does not belong to the key, or is SHA-1 or unknown;
/// `KEY_UNSUPPORTED` when this build cannot verify with the issuer's key.
pub fn verify_issued(certificate: &Certificate, issuer: &PublicKey) -> Result<()> {
    verify_signed(certificate.signature_algorithm(), issuer, certificate.tbs(), certificate.signature())
}

/// The same for whatever a CA signs: certificates, CRLs, OCSP responses.
///
/// # Errors
/// As [`verify_issued`].
pub(crate) fn verify_signed(
    algorithm: &SignatureAlgorithm,
    issuer: &PublicKey,
    signed: &[u8],
    signature: &[u8],
) -> Result<()> {
    let fits = match (algorithm, issuer) {
        (SignatureAlgorithm::Sm2Sm3, PublicKey::Sm2(_))
        | (SignatureAlgorithm::RsaSha256, PublicKey::Rsa { .. })
        | (SignatureAlgorithm::EcdsaSha256, PublicKey::P256(_)) => true,
        (SignatureAlgorithm::RsaSha1, _) => {
            return Err(Error::because(Code::ChainInvalid, "an issuer signed with SHA-1"));
        }
        _ => false,
    };
    if !fits {
        return Err(Error::because(Code::ChainInvalid, "the signature algorithm does not belong to the issuer's key"));
    }
    verify(issuer, signed, signature).map_err(|error| match error.code {
        Code::SignatureInvalid => Error::because(Code::ChainInvalid, "a signature is not the issuer's"),
        _ => error,
    })
}

/// e = SM3(Z ‖ M), the 32 bytes a lock signs; Z = SM3(ENTL ‖ ID ‖ a ‖ b ‖ G ‖ P) with the id [`SM2_ID`]
/// (GM/T 0003.2, 5.5). `point` is 04 ‖ X ‖ Y, big-endian.
///
/// # Errors
/// `KEY_UNSUPPORTED` when the bytes are no point of the curve.
pub fn sm2_digest(point: &[u8], message: &[u8]) -> Result<[u8; 32]> {
    let mut e = sm3::Sm3::new_with_prefix(sm2_z(point)?);
    e.update(message);
    Ok(e.finalize().into())
}

/// Z of [`sm2_digest`], for a message that is hashed piece by piece.
pub(crate) fn sm2_z(point: &[u8]) -> Result<[u8; 32]> {
    sm2_point(point)?;
    let mut z = sm3::Sm3::new_with_prefix([0x00, 0x80]); // the id has 128 bits
    z.update(SM2_ID);
    z.update(SM2_PARAMETERS);
    z.update(&point[1..]);
    Ok(z.finalize().into())
}

/// Verifies an SM2 signature over a digest e that was made with [`sm2_digest`].
///
/// # Errors
/// As [`verify`].
pub fn sm2_verify_prehash(point: &[u8], digest: &[u8; 32], signature: &[u8]) -> Result<()> {
    if cfg!(feature = "verify") {
        use sm2::dsa::signature::hazmat::PrehashVerifier;
        let signature = sm2::dsa::Signature::from_slice(&raw(signature)?).map_err(|_| INVALID)?;
        let key = sm2::dsa::VerifyingKey::from_affine(SM2_ID, sm2_point(point)?).map_err(|_| UNSUPPORTED)?;
        key.verify_prehash(digest, &signature).map_err(|_| INVALID)
    } else {
        sm2_check(point, digest, signature)
    }
}

/// The same for a page, which checks what a lock signed before it hands it out; who lets somebody in has feature `verify`.
///
/// Steps B4 to B7 of GM/T 0003.2, 7.1 in the sm2 crate's own points and numbers, as its `VerifyingKey` has them. That type
/// also computes Z by way of the SEC1 encoding, whose errors bring a DER and an OID library into the page: 3.6 kB compressed.
#[doc(hidden)]
pub fn sm2_check(point: &[u8], digest: &[u8; 32], signature: &[u8]) -> Result<()> {
    use sm2::elliptic_curve::Group;
    use sm2::elliptic_curve::ops::{LinearCombination, Reduce};
    use sm2::{ProjectivePoint, Scalar};
    let signature = sm2::dsa::Signature::from_slice(&raw(signature)?).map_err(|_| INVALID)?;
    let (r, s) = (*signature.r(), *signature.s()); // within 1 … n-1 (B1, B2): the type holds no others
    let key = ProjectivePoint::from(sm2_point(point)?);
    let t = r + s;
    let sum = ProjectivePoint::lincomb(&[(ProjectivePoint::generator(), s), (key, t)]);
    if bool::from(t.is_zero()) || bool::from(sum.is_identity()) {
        return Err(INVALID);
    }
    let e: Scalar = Reduce::reduce(&sm2::FieldBytes::from(*digest));
    let x: Scalar = Reduce::reduce(&sum.to_affine().x());
    if r == e + x { Ok(()) } else { Err(INVALID) }
}

/// A point from 04 ‖ X ‖ Y, checked to be on the curve. By coordinates: the SEC1 reader would bring the square root that only
/// compressed points need, and a page would load it.
fn sm2_point(point: &[u8]) -> Result<sm2::AffinePoint> {
    let (&[4, ref coordinates @ ..], true) = (point, point.len() == 65) else { return Err(UNSUPPORTED) };
    let (x, y) = coordinates.split_at(32);
    let (x, y) = (x.try_into().map_err(|_| UNSUPPORTED)?, y.try_into().map_err(|_| UNSUPPORTED)?);
    Option::from(sm2::AffinePoint::from_coordinates(&x, &y)).ok_or(UNSUPPORTED)
}

/// The block that RSA with PKCS#1 v1.5 signs for a SHA-256 digest (RFC 8017, 9.2), for a card that does not make it itself:
/// `00 01 FF … FF 00 ‖ DigestInfo`, as long as the modulus.
#[cfg(feature = "full")]
#[must_use]
pub fn pkcs1_block<const LENGTH: usize>(digest: &[u8; 32]) -> [u8; LENGTH] {
    const { assert!(LENGTH >= 62, "eight bytes of padding at least") };
    let mut block = [0xFF; LENGTH];
    block[..2].copy_from_slice(&[0x00, 0x01]);
    block[LENGTH - 52] = 0x00;
    block[LENGTH - 51..LENGTH - 32].copy_from_slice(&SHA256_PREFIX);
    block[LENGTH - 32..].copy_from_slice(digest);
    block
}

/// Turns r ‖ s, 32 bytes each, big-endian, as a lock gives it, into DER.
///
/// # Errors
/// `SIGNATURE_INVALID` when r or s is not within 1 … n-1.
pub fn sm2_der(r_s: &[u8; 64]) -> Result<Vec<u8>> {
    sm2::dsa::Signature::from_slice(r_s).map_err(|_| INVALID)?;
    Ok(der(r_s))
}

/// Turns DER `SEQUENCE { r, s }` into r ‖ s. Only the shortest form of numbers of at most 32 bytes is taken.
///
/// # Errors
/// `SIGNATURE_INVALID`.
pub fn raw(signature: &[u8]) -> Result<[u8; 64]> {
    read_raw(signature).map_err(|_| INVALID)
}

/// Brings a signature as people store it into the exact form that [`verify`] takes: DER, raw r ‖ s, or base64 of either
/// for SM2 and P-256; the octets or their base64 for RSA.
///
/// # Errors
/// `SIGNATURE_INVALID` when the bytes are none of these.
pub fn normalise(key: &PublicKey, signature: &[u8]) -> Result<Vec<u8>> {
    if let Some(exact) = exact_form(key, signature) {
        return Ok(exact);
    }
    let text = core::str::from_utf8(signature).map_err(|_| INVALID)?;
    let packed: String = text.split_ascii_whitespace().collect();
    let bytes = Base64::decode_vec(&packed).map_err(|_| INVALID)?;
    exact_form(key, &bytes).ok_or(INVALID)
}

/// The same for bytes that are no text: DER, raw r ‖ s, RSA's octets.
///
/// # Errors
/// `SIGNATURE_INVALID` when the bytes are none of these.
#[cfg(feature = "seal")]
pub(crate) fn exact(key: &PublicKey, signature: &[u8]) -> Result<Vec<u8>> {
    exact_form(key, signature).ok_or(INVALID)
}

fn exact_form(key: &PublicKey, signature: &[u8]) -> Option<Vec<u8>> {
    match key {
        PublicKey::Rsa { modulus, .. } => (signature.len() == modulus.len()).then(|| signature.into()),
        _ => match <&[u8; 64]>::try_from(signature) {
            _ if raw(signature).is_ok() => Some(signature.into()),
            Ok(r_s) => Some(der(r_s)),
            Err(_) => None,
        },
    }
}

fn read_raw(signature: &[u8]) -> Result<[u8; 64]> {
    let outer = only(signature)?;
    let mut numbers = Reader::new(if outer.tag == tag::SEQUENCE { outer.value } else { &[] });
    let mut r_s = [0; 64];
    for half in r_s.chunks_exact_mut(32) {
        let number = unsigned(numbers.expect(tag::INTEGER)?)?;
        let start = 32usize.checked_sub(number.len()).ok_or(INVALID)?;
        half[start..].copy_from_slice(number);
    }
    numbers.finish()?;
    Ok(r_s)
}

fn der(r_s: &[u8; 64]) -> Vec<u8> {
    let mut content = Vec::with_capacity(72);
    for half in r_s.chunks_exact(32) {
        let zeros = half.iter().take(31).take_while(|&&byte| byte == 0).count();
        let number = &half[zeros..];
        let sign = number.first().is_some_and(|&byte| byte >= 0x80);
        content.push(tag::INTEGER);
        push_length(&mut content, number.len() + usize::from(sign));
        if sign {
            content.push(0);
        }
        content.extend_from_slice(number);
    }
    let mut signature = vec![tag::SEQUENCE];
    push_length(&mut signature, content.len());
    signature.extend_from_slice(&content);
    signature
}

/// A length under 128: two numbers of at most 33 bytes are 70.
fn push_length(to: &mut Vec<u8>, length: usize) {
    to.push(u8::try_from(length).unwrap_or(0x7F));
}
