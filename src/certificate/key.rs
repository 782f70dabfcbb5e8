//! Public keys and signature algorithms.

use super::oid;
use super::tlv::{Reader, Result, UNREADABLE, only, tag, unsigned, whole_bits};
use crate::prelude::*;

const EC_KEY: &str = "1.2.840.10045.2.1";
const SM2_CURVE: &str = "1.2.156.10197.1.301";
const P256_CURVE: &str = "1.2.840.10045.3.1.7";
const RSA_KEY: &str = "1.2.840.113549.1.1.1";

/// A certificate's public key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// A point of the SM2 curve (GM/T 0003.5): 04 ‖ X ‖ Y, 65 bytes, big-endian. Not checked to be on the curve.
    Sm2(Vec<u8>),
    /// A point of NIST P-256 in the same form.
    P256(Vec<u8>),
    /// An RSA key, both numbers big-endian without leading zeros.
    Rsa {
        /// The modulus n.
        modulus: Vec<u8>,
        /// The public exponent e.
        exponent: Vec<u8>,
    },
    /// Any other key: its algorithm's (or curve's) dotted numbers.
    Unsupported(String),
}

impl PublicKey {
    /// The name of the signature made with it, as a statement carries it: `SM2-SM3`, `RS256`, `ES256`; empty for others.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Self::Sm2(_) => "SM2-SM3",
            Self::P256(_) => "ES256",
            Self::Rsa { .. } => "RS256",
            Self::Unsupported(_) => "",
        }
    }

    /// Reads a `SubjectPublicKeyInfo`.
    pub(crate) fn read(spki: &[u8]) -> Result<Self> {
        let mut info = Reader::new(spki);
        let mut algorithm = Reader::new(info.expect(tag::SEQUENCE)?);
        let bits = whole_bits(info.expect(tag::BIT_STRING)?)?;
        info.finish()?;
        let mut name = oid::dotted(algorithm.expect(tag::OID)?)?;
        if name == EC_KEY {
            // The curve by name; explicit parameters are no curve of ours.
            name = algorithm.optional(tag::OID)?.map_or(Ok(name), oid::dotted)?;
        }
        match name.as_str() {
            SM2_CURVE if is_point(bits) => Ok(Self::Sm2(bits.into())),
            P256_CURVE if is_point(bits) => Ok(Self::P256(bits.into())),
            RSA_KEY => {
                let key = only(bits)?;
                let mut numbers = Reader::new(if key.tag == tag::SEQUENCE { key.value } else { &[] });
                let modulus = unsigned(numbers.expect(tag::INTEGER)?)?.into();
                let exponent = unsigned(numbers.expect(tag::INTEGER)?)?.into();
                numbers.finish()?;
                Ok(Self::Rsa { modulus, exponent })
            }
            _ => Ok(Self::Unsupported(name)),
        }
    }
}

/// Uncompressed, with both coordinates of 32 bytes.
fn is_point(bits: &[u8]) -> bool {
    bits.len() == 65 && bits.first() == Some(&4)
}

/// How a certificate is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// SM2 with SM3, id `1234567812345678`.
    Sm2Sm3,
    /// RSA PKCS#1 v1.5 with SHA-256.
    RsaSha256,
    /// ECDSA with SHA-256.
    EcdsaSha256,
    /// RSA with SHA-1: named so that it can be refused by name.
    RsaSha1,
    /// Any other: its dotted numbers.
    Other(String),
}

impl SignatureAlgorithm {
    /// Reads the content of an `AlgorithmIdentifier`. Parameters may be absent or NULL: genuine CAs write both.
    pub(crate) fn read(content: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(content);
        let name = oid::dotted(fields.expect(tag::OID)?)?;
        if !fields.is_empty() {
            fields.next()?;
        }
        fields.finish().map_err(|_| UNREADABLE)?;
        Ok(match name.as_str() {
            "1.2.156.10197.1.501" => Self::Sm2Sm3,
            "1.2.840.113549.1.1.11" => Self::RsaSha256,
            "1.2.840.10045.4.3.2" => Self::EcdsaSha256,
            "1.2.840.113549.1.1.5" => Self::RsaSha1,
            _ => Self::Other(name),
        })
    }
}
