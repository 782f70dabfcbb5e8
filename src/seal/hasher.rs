//! A hash over what is too long to be in memory.

use sm3::Digest as _;

use crate::Result;
use crate::seal::Source;

/// What is read at a time.
const CHUNK: usize = 64 * 1024;

/// Which hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// GB/T 32905.
    Sm3,
    /// FIPS 180-4.
    Sha256,
}

/// The digest of a whole document.
#[cfg(target_arch = "wasm32")]
pub(crate) fn digest(source: &dyn Source, kind: Kind) -> Result<[u8; 32]> {
    let mut hasher = Hasher::new(kind);
    hasher.read(source, 0, source.len())?;
    Ok(hasher.finish())
}

/// A hash that is being made.
pub(super) enum Hasher {
    Sm3(sm3::Sm3),
    Sha256(sha2::Sha256),
}

impl Hasher {
    pub(super) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sm3 => Self::Sm3(sm3::Sm3::new()),
            Kind::Sha256 => Self::Sha256(sha2::Sha256::new()),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sm3(hash) => hash.update(bytes),
            Self::Sha256(hash) => hash.update(bytes),
        }
    }

    /// Reads a stretch of a document.
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

    pub(super) fn finish(self) -> [u8; 32] {
        match self {
            Self::Sm3(hash) => hash.finalize().into(),
            Self::Sha256(hash) => hash.finalize().into(),
        }
    }
}
