//! ENVELOPEDKEYBLOB (GM/T 0016-2012, reference: token.md 2.3): how a CA's key centre delivers an encryption key pair.
//!
//! The private key travels under a session key, the session key under the public signing key that the lock made. Only the
//! lock opens it; here it is taken apart and put together, never opened.

use crate::error::{Code, Error, Result};

/// An SM2 key pair that only one lock can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvelopedKey {
    /// The private key, 64 bytes with leading zeros, under the session key: SM4-ECB.
    pub encrypted: [u8; 64],
    /// The public key: X ‖ Y.
    pub public: [u8; 64],
    /// The session key's SM2 ciphertext, its point: X ‖ Y.
    pub c1: [u8; 64],
    /// Its SM3 digest.
    pub c3: [u8; 32],
    /// The session key itself, encrypted.
    pub c2: Vec<u8>,
}

/// The fixed part: three numbers, the encrypted key, the public key, and the cipher up to its content.
const FIXED: usize = 12 + 64 + 132 + 164;
/// Bytes of a coordinate in the C structures; SM2's 32 stand at their end.
const WIDE: usize = 64;

impl EnvelopedKey {
    /// The version every source names.
    pub const VERSION: u32 = 1;
    /// SGD_SM4_ECB (GM/T 0006).
    pub const SM4_ECB: u32 = 0x0401;

    /// Takes a blob apart. Numbers are little-endian, as in the C ABI that defines it.
    ///
    /// # Errors
    /// `DELIVERY_INVALID` for another version, algorithm or curve, and for anything that is not its exact length.
    pub fn from_blob(blob: &[u8]) -> Result<Self> {
        let mut reader = Fields(blob);
        let header = [reader.number()?, reader.number()?, reader.number()?];
        if header != [Self::VERSION, Self::SM4_ECB, 256] {
            return Err(invalid("version, cipher or curve of the enveloped key"));
        }
        let encrypted = reader.array()?;
        if reader.number()? != 256 {
            return Err(invalid("curve of the enveloped key"));
        }
        let public = reader.point()?;
        let c1 = reader.point()?;
        let c3 = reader.array()?;
        let length = usize::try_from(reader.number()?).map_err(|_| invalid("length of the enveloped key"))?;
        if reader.0.len() != length || length != 16 {
            return Err(invalid("length of the enveloped key"));
        }
        Ok(Self { encrypted, public, c1, c3, c2: reader.0.to_vec() })
    }

    /// Puts the blob together.
    #[must_use]
    pub fn to_blob(&self) -> Vec<u8> {
        let mut blob = Vec::with_capacity(FIXED + self.c2.len());
        let number = |blob: &mut Vec<u8>, number: u32| blob.extend(number.to_le_bytes());
        number(&mut blob, Self::VERSION);
        number(&mut blob, Self::SM4_ECB);
        number(&mut blob, 256);
        blob.extend(self.encrypted);
        number(&mut blob, 256);
        for coordinate in self.public.chunks_exact(32).chain(self.c1.chunks_exact(32)) {
            blob.extend([0; WIDE - 32]);
            blob.extend(coordinate);
        }
        blob.extend(self.c3);
        number(&mut blob, u32::try_from(self.c2.len()).unwrap_or(0));
        blob.extend(&self.c2);
        blob
    }
}

/// What is left of a blob.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk::<N>().ok_or(invalid("length of the enveloped key"))?;
        self.0 = rest;
        Ok(*field)
    }

    fn number(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// X and Y, each at the end of its wide field.
    fn point(&mut self) -> Result<[u8; 64]> {
        let mut point = [0; 64];
        for half in point.chunks_exact_mut(32) {
            let wide: [u8; WIDE] = self.array()?;
            let (zeros, coordinate) = wide.split_at(WIDE - 32);
            if zeros.iter().any(|&byte| byte != 0) {
                return Err(invalid("coordinates of the enveloped key"));
            }
            half.copy_from_slice(coordinate);
        }
        Ok(point)
    }
}

fn invalid(detail: &'static str) -> Error {
    Error::because(Code::DeliveryInvalid, detail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> EnvelopedKey {
        EnvelopedKey { encrypted: [1; 64], public: [2; 64], c1: [3; 64], c3: [4; 32], c2: vec![5; 16] }
    }

    #[test]
    fn the_blob_has_the_layout_of_the_c_structures() {
        let blob = key().to_blob();
        assert_eq!(blob.len(), 388);
        assert_eq!(blob[..12], [1, 0, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0]);
        assert_eq!((blob[76..80].to_vec(), blob[80..112].to_vec()), (vec![0, 1, 0, 0], vec![0; 32]));
        assert_eq!((blob[112], blob[176], blob[240], blob[304]), (2, 2, 3, 3));
        assert_eq!((blob[336], &blob[368..372], blob[372]), (4, &[16, 0, 0, 0][..], 5));
        assert_eq!(EnvelopedKey::from_blob(&blob).unwrap(), key());
    }

    #[test]
    fn what_is_none_is_refused() {
        let good = key().to_blob();
        for at in [0, 4, 8, 76, 80, 208, 368] {
            let mut bad = good.clone();
            bad[at] ^= 0x40;
            assert_eq!(EnvelopedKey::from_blob(&bad).unwrap_err().code, Code::DeliveryInvalid, "byte {at}");
        }
        assert!(EnvelopedKey::from_blob(&good[..387]).is_err());
        assert!(EnvelopedKey::from_blob(&[good, vec![0]].concat()).is_err());
    }

    proptest! {
        #[test]
        fn no_blob_panics(blob: Vec<u8>) {
            let _ = EnvelopedKey::from_blob(&blob);
        }
    }
}
