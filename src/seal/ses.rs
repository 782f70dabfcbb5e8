//! The seal and the signature made with it, in the three versions that are met (reference seal.md 0 and 1).
//!
//! | version | standard | seal | signature |
//! |---|---|---|---|
//! | V1 | GM/T 0031-2014 | 2 fields | 2 fields; certificate and algorithm inside what is signed |
//! | V4 | GB/T 38540-2020 | 4 fields | 4 or 5 fields |
//! | V5 | GM/T 0031-2025 | 4 or 5 fields | 4 or 5 fields |
//!
//! What was read keeps its original bytes, and signatures are verified over those: vendors encode explicit defaults, and tag
//! extensions or not, and writing them anew would change what was signed.

mod fields;
mod seal;
mod signature;
mod time;
mod write;

use crate::certificate::PublicKey;
use crate::certificate::tlv;
use crate::{Code, Error};

pub use seal::{Digest, Picture, Seal, Signers};
pub use signature::SesSignature;
#[cfg(feature = "pdf")]
pub(in crate::seal) use time::utc;
pub use time::{SigningTime, generalized};
#[cfg(feature = "pdf")]
pub(in crate::seal) use write::short;
pub use write::{NewSeal, ToSign, UnsignedSeal, assemble_seal, assemble_signature};

/// The largest seal or signature that is read, in bytes. Genuine ones have 5 to 100 kB.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// SM2 with SM3 (GM/T 0006), as content octets.
pub(crate) const SM2_SM3: [u8; 8] = [0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x75];

/// Which standard a structure follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// GM/T 0031-2014.
    V1,
    /// GB/T 38540-2020.
    V4,
    /// GM/T 0031-2025.
    V5,
}

impl Version {
    /// 1, 4, 5: what a header says, and what people call it.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::V1 => 1,
            Self::V4 => 4,
            Self::V5 => 5,
        }
    }

    /// The version of a number.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::V1),
            4 => Some(Self::V4),
            5 => Some(Self::V5),
            _ => None,
        }
    }
}

/// Whether a structure's algorithm (dotted numbers) is the one that a key signs with.
///
/// # Errors
/// `KEY_UNSUPPORTED` when it is not, or is none known here.
pub fn check_algorithm(oid: &str, key: &PublicKey) -> crate::Result<()> {
    let fits = match key {
        PublicKey::Sm2(_) => oid == "1.2.156.10197.1.501",
        PublicKey::Rsa { .. } => oid == "1.2.840.113549.1.1.11",
        PublicKey::P256(_) => oid == "1.2.840.10045.4.3.2",
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(Error::because(Code::KeyUnsupported, "the algorithm is not that of the certificate's key"))
    }
}

/// What reading a malformed structure ends in.
fn unreadable(_: tlv::Unreadable) -> Error {
    Error::new(Code::SealUnreadable)
}
