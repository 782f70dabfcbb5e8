//! Bytes that are wiped on drop and never printed.

use core::fmt;

use zeroize::Zeroizing;

use crate::error::{Code, Result};

/// A PIN as the user typed it, in the UTF-8 that the lock hashes; 1 to 16 bytes.
///
/// The buffer has its final size from the start, so no copy of it is left behind by growth. There is no `Clone` and
/// `Debug` prints nothing of it.
pub struct Pin {
    bytes: Zeroizing<[u8; Self::MAX]>,
    len: usize,
}

impl Pin {
    /// The longest PIN that the block of VerifyPIN holds (reference: token.md 1.5).
    pub const MAX: usize = 16;

    /// Takes the bytes over.
    ///
    /// # Errors
    /// `PIN_EMPTY` for none, `PIN_LENGTH` for more than sixteen. Neither reaches the lock, so neither costs a try.
    pub fn new(typed: &[u8]) -> Result<Self> {
        if typed.is_empty() {
            return Err(Code::PinEmpty.into());
        }
        let mut bytes = Zeroizing::new([0; Self::MAX]);
        bytes.get_mut(..typed.len()).ok_or(Code::PinLength)?.copy_from_slice(typed);
        Ok(Self { bytes, len: typed.len() })
    }

    /// The PIN, right-padded with NUL to sixteen bytes, as its hash takes it.
    pub(crate) fn padded(&self) -> &[u8; Self::MAX] {
        &self.bytes
    }

    /// The PIN without padding.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_refused_before_the_lock_sees_them() {
        assert_eq!(Pin::new(b"").unwrap_err().code, Code::PinEmpty);
        assert_eq!(Pin::new(&[b'1'; 17]).unwrap_err().code, Code::PinLength);
        assert_eq!(Pin::new(&[b'1'; 16]).unwrap().as_bytes().len(), 16);
    }

    #[test]
    fn never_printed() {
        let pin = Pin::new(b"12345678").unwrap();
        assert!(!format!("{pin:?}").contains("1234"));
    }
}
