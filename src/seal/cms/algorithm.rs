//! What the numbers of algorithms in a SignedData say, as vendors write them.

use crate::Code;
use crate::certificate::PublicKey;
use crate::certificate::oid;
use crate::certificate::tlv::{Reader, Result, Tlv, UNREADABLE, tag};
use crate::prelude::*;
use crate::seal::Hash;
use crate::seal::scheme::Scheme;

const NULL: u8 = 0x05;
/// Standards and vendors disagree on which number SM2 with SM3 has in a SignedData (reference seal.md 4.1).
const SM2: [&str; 3] = ["1.2.156.10197.1.301", "1.2.156.10197.1.301.1", "1.2.156.10197.1.501"];

/// An AlgorithmIdentifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Algorithm {
    pub(super) number: String,
    /// The parameters' whole element; empty when there are none, or NULL.
    #[cfg_attr(not(feature = "pdf"), allow(dead_code))]
    pub(super) parameters: Vec<u8>,
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

    /// How a key signs by this algorithm, with the hash that the signer names beside it. An OFD document is signed with SM2.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED`, `DIGEST_UNSUPPORTED`.
    pub(super) fn scheme(&self, key: &PublicKey, digest: &str) -> crate::Result<Scheme> {
        let scheme = match key {
            PublicKey::Sm2(_) if SM2.contains(&self.number.as_str()) => Scheme { hash: Hash::Sm3, salt: None },
            #[cfg(feature = "pdf")]
            PublicKey::Rsa { .. } | PublicKey::P256(_) => super::pkcs::scheme(self, key, digest)?,
            _ => return Err(Code::KeyUnsupported.into()),
        };
        // Who names two hashes leaves open which counts.
        if Hash::numbered(digest) == Some(scheme.hash) { Ok(scheme) } else { Err(Code::DigestUnsupported.into()) }
    }
}
