//! Base64 (RFC 4648) of what everybody may see: certificates, signatures, the client's random number.
//!
//! Secrets go through `base64ct`, whose steps take the same time for every byte; a page has none to write and does
//! without that code.

use crate::prelude::*;

/// The standard alphabet, padded (clause 4).
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = letters(bytes, [b'+', b'/']);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// The alphabet for URLs, not padded (clause 5).
#[must_use]
pub fn encode_url(bytes: &[u8]) -> String {
    letters(bytes, [b'-', b'_'])
}

fn letters(bytes: &[u8], last: [u8; 2]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            // Masked to six bits just before.
            #[allow(clippy::cast_possible_truncation)]
            let digit = (bits >> (18 - 6 * place) & 63) as u8;
            text.push(char::from(match digit {
                0..26 => b'A' + digit,
                26..52 => b'a' + digit - 26,
                52..62 => b'0' + digit - 52,
                _ => last[usize::from(digit & 1)],
            }));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
    use proptest::prelude::*;

    use super::*;

    /// RFC 4648, clause 10.
    #[test]
    fn the_vectors_of_the_standard() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(encode(bytes.as_bytes()), text);
        }
        assert_eq!((encode(&[0xFB, 0xFF]), encode_url(&[0xFB, 0xFF])), ("+/8=".into(), "-_8".into()));
    }

    proptest! {
        #[test]
        fn as_another_encoder_writes_it(bytes: Vec<u8>) {
            prop_assert_eq!(encode(&bytes), Base64::encode_string(&bytes));
            prop_assert_eq!(encode_url(&bytes), Base64UrlUnpadded::encode_string(&bytes));
        }
    }
}
