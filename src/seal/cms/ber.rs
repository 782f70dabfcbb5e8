//! Reading what is around a signature: BER (X.690, 8.1.3), which Java, BouncyCastle and OpenSSL's streams write, lengths without an end
//! included. Nothing is encoded anew. What is signed, attributes and certificates, is read as DER or not at all.

use crate::certificate::tlv::{Result, UNREADABLE, tag};
use crate::prelude::*;

/// How deep elements without a length may stand in each other. Genuine ones reach five.
const DEEPEST: usize = 16;
/// The bit of a tag that says that elements are inside, and what an octet string in pieces is called.
const CONSTRUCTED: u8 = 0x20;
const INDEFINITE: u8 = 0x80;

/// One element.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    /// The content octets, without what ends them.
    pub(super) value: &'a [u8],
    pub(super) whole: &'a [u8],
}

/// Reads elements one after the other.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// The next element, whatever its tag.
    pub(super) fn next(&mut self) -> Result<Element<'a>> {
        let (element, rest) = split(self.0, 0)?;
        self.0 = rest;
        Ok(element)
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Result<&'a [u8]> {
        let element = self.next()?;
        if element.tag == tag { Ok(element.value) } else { Err(UNREADABLE) }
    }

    /// The content of the next element when it has this tag; otherwise nothing is read.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>> {
        if self.0.first() == Some(&tag) { self.expect(tag).map(Some) } else { Ok(None) }
    }

    /// Nothing may be left.
    pub(super) const fn finish(&self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(UNREADABLE) }
    }
}

/// Exactly one element that fills the bytes.
pub(super) fn only(bytes: &[u8]) -> Result<Element<'_>> {
    let mut reader = Reader::new(bytes);
    let element = reader.next()?;
    reader.finish()?;
    Ok(element)
}

/// The octets of an octet string, which may stand in pieces (8.7.3).
pub(super) fn octets(element: Element<'_>) -> Result<Vec<u8>> {
    match element.tag {
        tag::OCTET_STRING => Ok(element.value.to_vec()),
        PIECES => {
            let (mut octets, mut reader) = (Vec::new(), Reader::new(element.value));
            while !reader.rest().is_empty() {
                octets.extend_from_slice(reader.expect(tag::OCTET_STRING)?);
            }
            Ok(octets)
        }
        _ => Err(UNREADABLE),
    }
}

const PIECES: u8 = tag::OCTET_STRING | CONSTRUCTED;

/// The first element, and what follows it.
fn split(bytes: &[u8], depth: usize) -> Result<(Element<'_>, &[u8])> {
    let (&[tag, first], content) = bytes.split_first_chunk().ok_or(UNREADABLE)?;
    if tag & 0x1F == 0x1F || depth > DEEPEST {
        return Err(UNREADABLE); // no tag of SignedData has a high number
    }
    let (value, rest) = match first {
        0..=0x7F => content.split_at_checked(first.into()).ok_or(UNREADABLE)?,
        INDEFINITE if tag & CONSTRUCTED != 0 => {
            // Whoever stands inside without a length is looked through once for each level around it.
            let mut inside = content;
            loop {
                if let [0, 0, rest @ ..] = inside {
                    break (&content[..content.len() - inside.len()], rest);
                }
                inside = split(inside, depth + 1)?.1;
            }
        }
        0x81..=0x84 => {
            let (digits, content) = content.split_at_checked((first & 0x7F).into()).ok_or(UNREADABLE)?;
            let length =
                digits.iter().try_fold(0usize, |sum, &digit| sum.checked_mul(256).map(|sum| sum | usize::from(digit)));
            content.split_at_checked(length.ok_or(UNREADABLE)?).ok_or(UNREADABLE)?
        }
        _ => return Err(UNREADABLE),
    };
    let whole = &bytes[..bytes.len() - rest.len()];
    Ok((Element { tag, value, whole }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_every_kind_and_strings_in_pieces() {
        for bytes in [
            &[0x04, 0x02, 7, 8][..],
            &[0x04, 0x81, 0x02, 7, 8],
            &[0x04, 0x84, 0, 0, 0, 0x02, 7, 8],
            &[0x24, 0x80, 0x04, 0x01, 7, 0x04, 0x01, 8, 0, 0],
            &[0x24, 0x06, 0x04, 0x01, 7, 0x04, 0x01, 8],
        ] {
            assert_eq!(octets(only(bytes).unwrap()).unwrap(), [7, 8], "{bytes:x?}");
        }
        let nested = [0x30, 0x80, 0x31, 0x80, 0x02, 1, 0, 0, 0, 0, 0, 5];
        let mut reader = Reader::new(&nested);
        assert_eq!(reader.next().unwrap().value, [0x31, 0x80, 0x02, 1, 0, 0, 0]);
        assert_eq!(reader.rest(), [5]);
    }

    #[test]
    fn what_has_no_end_or_is_too_deep_is_none() {
        for bytes in
            [&[][..], &[0x30], &[0x30, 0x80], &[0x30, 0x80, 0], &[0x04, 0x80, 0, 0], &[0x30, 0x85, 0, 0, 0, 0, 0]]
        {
            assert!(only(bytes).is_err(), "{bytes:x?}");
        }
        let deep = [[0x30, 0x80].repeat(DEEPEST + 2), [0, 0].repeat(DEEPEST + 2)].concat();
        assert!(only(&deep).is_err());
        assert!(only(&deep[2..deep.len() - 2]).is_ok());
    }
}
