//! Writing DER: one element at a time, innermost first. What is read is never written anew; this is for what is made here.

use crate::certificate::tlv::tag;
use crate::prelude::*;

/// Tag, length in its shortest form, and the parts as content.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut made = Vec::with_capacity(length + 6);
    made.push(tag);
    if length < 0x80 {
        // Just compared.
        made.extend(u8::try_from(length));
    } else {
        let digits = length.to_be_bytes();
        let digits = significant(&digits);
        made.extend(u8::try_from(digits.len()).map(|count| 0x80 | count));
        made.extend_from_slice(digits);
    }
    for part in parts {
        made.extend_from_slice(part);
    }
    made
}

/// SEQUENCE of elements that are encoded already.
pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(tag::SEQUENCE, parts)
}

/// A non-negative INTEGER.
pub(crate) fn integer(number: u32) -> Vec<u8> {
    let digits = number.to_be_bytes();
    let digits = match significant(&digits) {
        [] => &[0],
        some => some,
    };
    let sign: &[u8] = if digits[0] >= 0x80 { &[0] } else { &[] };
    element(tag::INTEGER, &[sign, digits])
}

/// BIT STRING of whole octets.
pub(crate) fn bits(octets: &[u8]) -> Vec<u8> {
    element(tag::BIT_STRING, &[&[0], octets])
}

/// OCTET STRING.
#[cfg(any(feature = "seal", test))]
pub(crate) fn octets(content: &[u8]) -> Vec<u8> {
    element(tag::OCTET_STRING, &[content])
}

/// OBJECT IDENTIFIER out of its content octets.
pub(crate) fn oid(content: &[u8]) -> Vec<u8> {
    element(tag::OID, &[content])
}

/// Without leading zero octets.
fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::tlv::{only, unsigned};

    #[test]
    fn lengths_and_numbers_are_in_their_shortest_form() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536, 1 << 20] {
            let content = vec![7; length];
            let made = octets(&content);
            assert_eq!(only(&made).unwrap().value, content, "the strict reader takes {length}");
        }
        for number in [0u32, 1, 127, 128, 255, 256, 32_768, u32::MAX] {
            let made = integer(number);
            let digits = unsigned(only(&made).unwrap().value).unwrap();
            assert_eq!(digits.iter().fold(0, |sum, &digit| sum << 8 | u32::from(digit)), number);
        }
        assert_eq!(bits(&[0xAA]), [3, 2, 0, 0xAA]);
    }
}
