//! The two hashes, and numbers as digits without the formatting machinery, which a page would have to load.

use sm3::Digest;

use crate::prelude::*;

/// SM3 (GB/T 32905), 32 bytes.
#[must_use]
pub fn sm3(bytes: &[u8]) -> [u8; 32] {
    sm3::Sm3::digest(bytes).into()
}

/// SHA-256 (FIPS 180-4), 32 bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(bytes).into()
}

/// Lower-case hexadecimal digits, most significant first.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    digits(bytes, b"0123456789abcdef")
}

/// Upper-case hexadecimal digits, as portals show serial numbers.
#[must_use]
pub fn hex_upper(bytes: &[u8]) -> String {
    digits(bytes, b"0123456789ABCDEF")
}

/// Reads exactly 32 bytes from 64 lower-case hexadecimal digits; `None` for anything else.
#[must_use]
pub fn parse_digest(text: &str) -> Option<[u8; 32]> {
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    if !odd.is_empty() || pairs.len() != 32 {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, &[high, low]) in digest.iter_mut().zip(pairs) {
        *byte = nibble(high)? << 4 | nibble(low)?;
    }
    Some(digest)
}

/// Decimal digits.
#[must_use]
pub fn decimal(number: usize) -> String {
    let mut text = String::new();
    push_decimal(&mut text, number as u64);
    text
}

/// Puts decimal digits behind a text.
pub(crate) fn push_decimal(text: &mut String, number: u64) {
    if number >= 10 {
        push_decimal(text, number / 10);
    }
    text.push(char::from(b'0' + u8::try_from(number % 10).unwrap_or(0)));
}

fn digits(bytes: &[u8], alphabet: &[u8; 16]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(alphabet[usize::from(byte >> 4)]));
        text.push(char::from(alphabet[usize::from(byte & 15)]));
    }
    text
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
