//! The MAC of a command of class 84 (reference: token.md 1.6; one vendor's host library and firmware, byte for byte).

use sm4::Sm4;
use sm4::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use zeroize::Zeroizing;

use crate::error::{Code, Error, Result};

const BLOCK: usize = 16;

/// SM4-CBC-MAC from challenge ‖ zeros, over header ‖ length BE16 ‖ 00 00 ‖ data ‖ 80 ‖ zeros: its first four bytes. The length is
/// that of the data without the MAC. Data that is a whole number of blocks after the 80 gets one more block of zeros.
pub(crate) fn mac(key: &[u8; 16], challenge: [u8; 8], header: [u8; 4], data: &[u8]) -> Result<[u8; 4]> {
    let length = u16::try_from(data.len()).map_err(|_| Error::because(Code::Parameter, "longer than a command"))?;
    let mut text = Zeroizing::new([&header[..], &length.to_be_bytes(), &[0, 0], data, &[0x80]].concat());
    let whole = (text.len() / BLOCK + 1) * BLOCK;
    text.resize(whole, 0);
    let cipher = Sm4::new(key.into());
    let mut state = Zeroizing::new([0; BLOCK]);
    state[..8].copy_from_slice(&challenge);
    for block in text.chunks_exact(BLOCK) {
        state.iter_mut().zip(block).for_each(|(state, byte)| *state ^= byte);
        cipher.encrypt_block((&mut *state).into());
    }
    let [a, b, c, d, ..] = *state;
    Ok([a, b, c, d])
}
