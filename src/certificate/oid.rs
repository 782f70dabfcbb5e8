//! Object identifiers as dotted text, the only form they have in this crate.

use super::tlv::{Result, UNREADABLE};
use crate::hash::push_decimal;
use crate::prelude::*;

/// Turns the content octets of an OBJECT IDENTIFIER into dotted numbers (X.690, 8.19).
pub(crate) fn dotted(content: &[u8]) -> Result<String> {
    if content.is_empty() || content.len() > 64 || content.last().is_some_and(|last| last & 0x80 != 0) {
        return Err(UNREADABLE);
    }
    let mut text = String::new();
    let mut arc = 0u64;
    for &byte in content {
        arc = arc.checked_mul(128).ok_or(UNREADABLE)? | u64::from(byte & 0x7F);
        if byte & 0x80 != 0 {
            continue;
        }
        if text.is_empty() {
            let first = (arc / 40).min(2);
            push_decimal(&mut text, first);
            arc -= first * 40;
        }
        if !text.is_empty() {
            text.push('.');
        }
        push_decimal(&mut text, arc);
        arc = 0;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::dotted;

    #[test]
    fn known_identifiers() {
        assert_eq!(dotted(&[0x55, 4, 3]).unwrap(), "2.5.4.3");
        assert_eq!(dotted(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x83, 0x75]).unwrap(), "1.2.156.10197.1.501");
        assert_eq!(dotted(&[0x88, 0x37, 0x03]).unwrap(), "2.999.3");
        assert_eq!(dotted(&[0x00]).unwrap(), "0.0");
        assert!(dotted(&[]).is_err());
        assert!(dotted(&[0x55, 0x84]).is_err());
        assert!(dotted(&[0xFF; 20]).is_err());
    }
}
