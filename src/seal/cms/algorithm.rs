//! What the numbers of algorithms in a SignedData say, as vendors write them.

use crate::certificate::PublicKey;
use crate::certificate::oid;
use crate::certificate::tlv::{Reader, Result, Tlv, UNREADABLE, only, only_of, tag};
use crate::prelude::*;
use crate::seal::Hash;
use crate::seal::scheme::Scheme;
use crate::{Code, Error};

const NULL: u8 = 0x05;
const RSA: &str = "1.2.840.113549.1.1.1";
const PSS: &str = "1.2.840.113549.1.1.10";
const MGF1: &str = "1.2.840.113549.1.1.8";
const EC_KEY: &str = "1.2.840.10045.2.1";
/// Standards and vendors disagree on which number SM2 with SM3 has in a SignedData (reference seal.md 4.1).
const SM2: [&str; 3] = ["1.2.156.10197.1.301", "1.2.156.10197.1.301.1", "1.2.156.10197.1.501"];
/// The longest salt: the longest hash is 64 bytes, and a key of 8192 bits has room for this.
const LONGEST_SALT: usize = 958;

/// An AlgorithmIdentifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Algorithm {
    pub(super) number: String,
    /// The parameters' whole element; empty when there are none, or NULL.
    parameters: Vec<u8>,
}

impl Algorithm {
    /// Reads the content; parameters may be absent, NULL, a curve and the like.
    pub(super) fn read(content: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(content);
        let number = oid::dotted(fields.expect(tag::OID)?)?;
        let mut parameters = Vec::new();
        if !fields.is_empty() {
            match fields.next()? {
                Tlv { tag: NULL, value: [], .. } => {}
                Tlv { tag: tag::OID | tag::SEQUENCE, whole, .. } => parameters = whole.into(),
                _ => return Err(UNREADABLE),
            }
        }
        fields.finish()?;
        Ok(Self { number, parameters })
    }

    /// How a key signs by this algorithm, with the hash that the signer names beside it.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED`, `DIGEST_UNSUPPORTED`.
    pub(super) fn scheme(&self, key: &PublicKey, digest: &str) -> crate::Result<Scheme> {
        let number = self.number.as_str();
        let plain = |hash| Scheme { hash, salt: None };
        // The algorithm names the hash as well, or leaves it to the number beside it.
        let (scheme, named) = match key {
            PublicKey::Sm2(_) if SM2.contains(&number) => (plain(Hash::Sm3), Some(Hash::Sm3)),
            PublicKey::Rsa { .. } if number == PSS => {
                let scheme = self.pss().map_err(|_| UNSUPPORTED)?;
                (scheme, Some(scheme.hash))
            }
            PublicKey::Rsa { .. } => named(number, RSA, "1.2.840.113549.1.1.", ["11", "12", "13"], digest)?,
            PublicKey::P256(_) => named(number, EC_KEY, "1.2.840.10045.4.3.", ["2", "3", "4"], digest)?,
            _ => return Err(Code::KeyUnsupported.into()),
        };
        if Hash::numbered(digest) == named { Ok(scheme) } else { Err(UNSUPPORTED) }
    }

    /// RSASSA-PSS-params (RFC 8017, A.2.3). What is left out means SHA-1.
    fn pss(&self) -> Result<Scheme> {
        let mut fields = Reader::new(only_of(&self.parameters, tag::SEQUENCE)?);
        let hash = Self::read(only_of(fields.expect(0xA0)?, tag::SEQUENCE)?)?;
        let mask = Self::read(only_of(fields.expect(0xA1)?, tag::SEQUENCE)?)?;
        let salt = fields.optional(0xA2)?.map_or(Ok(20), |salt| match only(salt)? {
            Tlv { tag: tag::INTEGER, value: &[short], .. } if short < 0x80 => Ok(short.into()),
            Tlv { tag: tag::INTEGER, value: &[high, low], .. } if high < 0x80 => {
                Ok(usize::from(high) << 8 | usize::from(low))
            }
            _ => Err(UNREADABLE),
        })?;
        fields.optional(0xA3)?; // the trailer: there is only one
        fields.finish()?;
        let mask_hash = Self::read(only_of(&mask.parameters, tag::SEQUENCE)?)?;
        match Hash::numbered(&hash.number) {
            Some(found)
                if found != Hash::Sm3
                    && mask.number == MGF1
                    && mask_hash.number == hash.number
                    && salt <= LONGEST_SALT =>
            {
                Ok(Scheme { hash: found, salt: Some(salt) })
            }
            _ => Err(UNREADABLE),
        }
    }
}

const UNSUPPORTED: Error = Error::new(Code::DigestUnsupported);

/// RSA and P-256 have one number that names the key alone, and one for each of SHA-256, SHA-384, SHA-512.
fn named(number: &str, key: &str, front: &str, with: [&str; 3], digest: &str) -> crate::Result<(Scheme, Option<Hash>)> {
    const HASHES: [Hash; 3] = [Hash::Sha256, Hash::Sha384, Hash::Sha512];
    let hash = if number == key {
        Hash::numbered(digest).filter(|hash| HASHES.contains(hash))
    } else {
        let last = number.strip_prefix(front).ok_or(Code::KeyUnsupported)?;
        with.iter().zip(HASHES).find(|(with, _)| **with == last).map(|(_, hash)| hash)
    };
    let hash = hash.ok_or(UNSUPPORTED)?;
    Ok((Scheme { hash, salt: None }, Some(hash)))
}
