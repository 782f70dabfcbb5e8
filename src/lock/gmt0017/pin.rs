//! The block of VerifyPIN: proof that the PIN is known, without sending it (reference: token.md 1.5).

use sha1::{Digest as _, Sha1};
use sm4::Sm4;
use sm4::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use zeroize::Zeroizing;

use crate::lock::profile::PinDialect;
use crate::secret::Pin;

/// SM4-ECB under SHA1(PIN padded with NUL to 16)\[..16\], over what the dialect makes of the lock's challenge.
#[must_use]
pub fn block(dialect: PinDialect, pin: &Pin, challenge: [u8; 8]) -> Zeroizing<[u8; 16]> {
    let mut block = Zeroizing::new([0; 16]);
    match dialect {
        PinDialect::A => {
            block[0] = 8;
            block[2..10].copy_from_slice(&challenge);
            block[10] = 0x80;
        }
        PinDialect::B => block[..8].copy_from_slice(&challenge),
    }
    Sm4::new((&*key(pin)).into()).encrypt_block((&mut *block).into());
    block
}

/// SHA1(PIN padded with NUL to 16)\[..16\]: what a PIN stands for as a key.
pub(super) fn key(pin: &Pin) -> Zeroizing<[u8; 16]> {
    let hash = Zeroizing::new(<[u8; 20]>::from(Sha1::digest(pin.padded())));
    let mut key = Zeroizing::new([0; 16]);
    key.copy_from_slice(&hash[..16]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The computed vectors of token.md 1.5.
    #[test]
    fn vectors() {
        let challenge = [1, 2, 3, 4, 5, 6, 7, 8];
        let made = |dialect| u128::from_be_bytes(*block(dialect, &Pin::new(b"12345678").unwrap(), challenge));
        assert_eq!(made(PinDialect::A), 0x88d7_6103_7516_258b_23e0_9503_e327_a5ab);
        assert_eq!(made(PinDialect::B), 0x5b21_f573_70d6_ade8_b84e_f018_f616_013e);
    }

    #[test]
    fn sm4_is_the_standards() {
        let text = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
        let mut block = text;
        Sm4::new((&text).into()).encrypt_block((&mut block).into());
        assert_eq!(u128::from_be_bytes(block), 0x681e_df34_d206_965e_86b3_e94f_536e_4246);
    }
}
