//! The hashes that documents are signed with, over what may be too long to be in memory.

use sm3::Digest as _;

use crate::prelude::*;
#[cfg(any(feature = "pdf", feature = "ofd-sign"))]
use crate::{Result, seal::Source};

/// What is read at a time.
#[cfg(any(feature = "pdf", feature = "ofd-sign"))]
const CHUNK: usize = 64 * 1024;

/// Which hash. SHA-1 and MD5 are none of them: two documents with one digest can be made, so a signature over it proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// GB/T 32905.
    Sm3,
    /// FIPS 180-4.
    Sha256,
    /// FIPS 180-4. Few sign PDF files with it; a page's module is without.
    #[cfg(feature = "verify")]
    Sha384,
    /// As SHA-384.
    #[cfg(feature = "verify")]
    Sha512,
}

impl Hash {
    /// By its dotted number.
    pub(super) fn numbered(number: &str) -> Option<Self> {
        Some(match number {
            "1.2.156.10197.1.401" => Self::Sm3,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            #[cfg(feature = "verify")]
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            #[cfg(feature = "verify")]
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            _ => return None,
        })
    }

    /// The digest of bytes.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        let mut hasher = Hasher::new(self);
        hasher.update(bytes);
        hasher.finish()
    }
}

/// The digest of a whole document.
#[cfg(all(target_arch = "wasm32", any(feature = "pdf", feature = "ofd-sign")))]
pub(crate) fn digest(source: &dyn Source, hash: Hash) -> Result<Vec<u8>> {
    let mut hasher = Hasher::new(hash);
    hasher.read(source, 0, source.len())?;
    Ok(hasher.finish())
}

/// A hash that is being made.
pub(super) enum Hasher {
    Sm3(sm3::Sm3),
    Sha256(sha2::Sha256),
    #[cfg(feature = "verify")]
    Sha384(sha2::Sha384),
    #[cfg(feature = "verify")]
    Sha512(sha2::Sha512),
}

impl Hasher {
    pub(super) fn new(hash: Hash) -> Self {
        match hash {
            Hash::Sm3 => Self::Sm3(sm3::Sm3::new()),
            Hash::Sha256 => Self::Sha256(sha2::Sha256::new()),
            #[cfg(feature = "verify")]
            Hash::Sha384 => Self::Sha384(sha2::Sha384::new()),
            #[cfg(feature = "verify")]
            Hash::Sha512 => Self::Sha512(sha2::Sha512::new()),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sm3(hash) => hash.update(bytes),
            Self::Sha256(hash) => hash.update(bytes),
            #[cfg(feature = "verify")]
            Self::Sha384(hash) => hash.update(bytes),
            #[cfg(feature = "verify")]
            Self::Sha512(hash) => hash.update(bytes),
        }
    }

    /// Reads a stretch of a document.
    #[cfg(any(feature = "pdf", feature = "ofd-sign"))]
    pub(super) fn read(&mut self, source: &dyn Source, from: u64, to: u64) -> Result<()> {
        let mut buffer = vec![0; CHUNK];
        let mut at = from;
        while at < to {
            let length = usize::try_from(to - at).map_or(CHUNK, |left| left.min(CHUNK));
            source.read(at, &mut buffer[..length])?;
            self.update(&buffer[..length]);
            at += length as u64;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Vec<u8> {
        match self {
            Self::Sm3(hash) => hash.finalize().to_vec(),
            Self::Sha256(hash) => hash.finalize().to_vec(),
            #[cfg(feature = "verify")]
            Self::Sha384(hash) => hash.finalize().to_vec(),
            #[cfg(feature = "verify")]
            Self::Sha512(hash) => hash.finalize().to_vec(),
        }
    }
}
