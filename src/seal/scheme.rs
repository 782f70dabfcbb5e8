//! How a signature was made, and what can be said of it here: a page's module verifies SM2 alone, and has WebCrypto verify RSA and P-256.

use crate::certificate::PublicKey;
use crate::prelude::*;
use crate::seal::Hash;
use crate::{Result, signature};

/// How a signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// The hash.
    pub hash: Hash,
    /// The length of the salt of RSASSA-PSS in bytes, whose MGF1 has the same hash; `None` for PKCS#1 v1.5 and for curves.
    pub salt: Option<usize>,
}

/// A signature that is still to be verified, by whoever can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The signer's key.
    pub key: PublicKey,
    /// How it was made.
    pub scheme: Scheme,
    /// What is signed.
    pub message: Vec<u8>,
    /// DER of r and s, or RSA's octets.
    pub signature: Vec<u8>,
}

/// What is known of a signature that nothing speaks against.
#[derive(Debug)]
pub(super) enum Verified {
    /// It holds.
    Good,
    /// Somebody else must say, if the message can be told.
    Open(Option<Question>),
}

impl Scheme {
    /// What stands before the message in the hash: SM2's Z.
    pub(super) fn before(key: &PublicKey) -> Result<Vec<u8>> {
        match key {
            PublicKey::Sm2(point) => signature::sm2_z(point).map(Into::into),
            _ => Ok(Vec::new()),
        }
    }

    /// Verifies a signature in its exact form over a message of which the digest is known, [`Self::before`] included; `None` where this
    /// build cannot.
    pub(super) fn verify(self, key: &PublicKey, digest: &[u8], exact: &[u8]) -> Option<Result<()>> {
        match key {
            PublicKey::Sm2(point) => {
                let digest = digest.try_into().map_err(|_| crate::Code::DigestUnsupported.into());
                Some(digest.and_then(|digest| signature::sm2_verify_prehash(point, digest, exact)))
            }
            #[cfg(feature = "verify")]
            PublicKey::P256(point) => Some(signature::others::p256(point, digest, exact)),
            #[cfg(feature = "verify")]
            PublicKey::Rsa { modulus, exponent } => {
                Some(signature::others::rsa(modulus, exponent, self.salt, digest, exact))
            }
            _ => None,
        }
    }
}
