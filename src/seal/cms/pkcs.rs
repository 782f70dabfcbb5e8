//! The numbers of RSA (RFC 8017, appendix C) and of ECDSA with P-256 (RFC 5758).

use super::algorithm::Algorithm;
use crate::certificate::PublicKey;
use crate::certificate::tlv::{Reader, Result, Tlv, UNREADABLE, only, only_of, tag};
use crate::seal::{Hash, Scheme};
use crate::{Code, Error};

const PSS: &str = "1.2.840.113549.1.1.10";
const MGF1: &str = "1.2.840.113549.1.1.8";
/// What names the key alone; the hash is named beside it.
const KEYS: [&str; 2] = ["1.2.840.113549.1.1.1", "1.2.840.10045.2.1"];
/// What names SHA-256, SHA-384 or SHA-512 as well.
const RSA_WITH: (&str, [&str; 3]) = ("1.2.840.113549.1.1.", ["11", "12", "13"]);
const ECDSA_WITH: (&str, [&str; 3]) = ("1.2.840.10045.4.3.", ["2", "3", "4"]);
/// The longest salt: a key of 8192 bits has no room for more.
const LONGEST_SALT: usize = 958;
const UNSUPPORTED: Error = Error::new(Code::DigestUnsupported);

/// How an RSA or P-256 key signs by an algorithm.
///
/// # Errors
/// `KEY_UNSUPPORTED` for an algorithm of another key, `DIGEST_UNSUPPORTED`.
pub(super) fn scheme(algorithm: &Algorithm, key: &PublicKey, digest: &str) -> crate::Result<Scheme> {
    let number = algorithm.number.as_str();
    let beside = Hash::numbered(digest).filter(|hash| *hash != Hash::Sm3).ok_or(UNSUPPORTED)?;
    let rsa = matches!(key, PublicKey::Rsa { .. });
    if rsa && number == PSS {
        return pss(&algorithm.parameters).map_err(|_| UNSUPPORTED);
    }
    let (front, with) = if rsa { RSA_WITH } else { ECDSA_WITH };
    let named = with.iter().zip([
        Hash::Sha256,
        #[cfg(feature = "verify")]
        Hash::Sha384,
        #[cfg(feature = "verify")]
        Hash::Sha512,
    ]);
    let hash = match number.strip_prefix(front) {
        _ if number == KEYS[usize::from(!rsa)] => beside,
        Some(last) => named.into_iter().find(|(with, _)| **with == last).ok_or(UNSUPPORTED)?.1,
        None => return Err(Code::KeyUnsupported.into()),
    };
    Ok(Scheme { hash, salt: None })
}

/// RSASSA-PSS-params (A.2.3). What is left out means SHA-1, but for the salt.
fn pss(parameters: &[u8]) -> Result<Scheme> {
    let mut fields = Reader::new(only_of(parameters, tag::SEQUENCE)?);
    let hash = Algorithm::read(only_of(fields.expect(0xA0)?, tag::SEQUENCE)?)?;
    let mask = Algorithm::read(only_of(fields.expect(0xA1)?, tag::SEQUENCE)?)?;
    let salt = fields.optional(0xA2)?.map_or(Ok(20), |salt| match only(salt)? {
        Tlv { tag: tag::INTEGER, value: &[short @ ..0x80], .. } => Ok(short.into()),
        Tlv { tag: tag::INTEGER, value: &[high @ ..0x80, low], .. } => Ok(u16::from_be_bytes([high, low]).into()),
        _ => Err(UNREADABLE),
    })?;
    fields.optional(0xA3)?; // the trailer: there is only one
    fields.finish()?;
    let mask_hash = Algorithm::read(only_of(&mask.parameters, tag::SEQUENCE)?)?;
    let alike = mask.number == MGF1 && mask_hash.number == hash.number && salt <= LONGEST_SALT;
    let hash = Hash::numbered(&hash.number).filter(|hash| alike && *hash != Hash::Sm3).ok_or(UNREADABLE)?;
    Ok(Scheme { hash, salt: Some(salt) })
}
