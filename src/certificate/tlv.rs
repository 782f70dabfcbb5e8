//! Tag, length, value: the one reader of ASN.1 DER here.
//!
//! It is written out because the `der` crate refuses universal tags it has no name for (UniversalString, tag 28), which
//! would make a whole certificate unreadable for one attribute. It borrows, never allocates and never recurses.

use core::ops::Range;

use crate::{Code, Error};

/// Tag bytes that certificates use (X.690, 8.1.2; low tag numbers only).
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0A;
    pub(crate) const UTF8: u8 = 0x0C;
    pub(crate) const NUMERIC: u8 = 0x12;
    pub(crate) const PRINTABLE: u8 = 0x13;
    pub(crate) const T61: u8 = 0x14;
    pub(crate) const IA5: u8 = 0x16;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const VISIBLE: u8 = 0x1A;
    pub(crate) const GENERAL: u8 = 0x1B;
    pub(crate) const UNIVERSAL: u8 = 0x1C;
    pub(crate) const BMP: u8 = 0x1E;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
}

/// What every malformed byte ends in: `CERT_UNREADABLE`. It has no content, so that the hundred places that pass it on cost a page
/// next to nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unreadable;

/// The one value of [`Unreadable`], to be returned.
pub(crate) const UNREADABLE: Unreadable = Unreadable;

/// What every reading function inside a certificate returns.
pub(crate) type Result<T> = core::result::Result<T, Unreadable>;

impl From<Unreadable> for Error {
    fn from(_: Unreadable) -> Self {
        Self::new(Code::CertUnreadable)
    }
}

/// One element.
#[derive(Clone, Copy)]
pub(crate) struct Tlv<'a> {
    /// Tag byte with class and constructed bits.
    pub(crate) tag: u8,
    /// The content octets.
    pub(crate) value: &'a [u8],
    /// Tag, length and content octets.
    pub(crate) whole: &'a [u8],
}

/// Reads elements one after the other.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element, whatever its tag.
    pub(crate) fn next(&mut self) -> Result<Tlv<'a>> {
        let all = self.rest;
        let (&tag, after_tag) = all.split_first().ok_or(UNREADABLE)?;
        if tag & 0x1F == 0x1F {
            return Err(UNREADABLE); // high tag numbers do not occur in certificates
        }
        let (length, content) = length(after_tag)?;
        let value = content.get(..length).ok_or(UNREADABLE)?;
        let header = all.len() - content.len();
        let (whole, rest) = all.split_at(header + length);
        self.rest = rest;
        Ok(Tlv { tag, value, whole })
    }

    /// The content of the next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Result<&'a [u8]> {
        let element = self.next()?;
        if element.tag == tag { Ok(element.value) } else { Err(UNREADABLE) }
    }

    /// The content of the next element when it has this tag; otherwise nothing is read.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>> {
        if self.rest.first() == Some(&tag) { self.expect(tag).map(Some) } else { Ok(None) }
    }

    /// Nothing may be left.
    pub(crate) fn finish(&self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(UNREADABLE) }
    }
}

/// Where a part that was read stands in the bytes it was read from.
pub(crate) fn within(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

/// Reads exactly one element that fills the bytes.
pub(crate) fn only(bytes: &[u8]) -> Result<Tlv<'_>> {
    let mut reader = Reader::new(bytes);
    let element = reader.next()?;
    reader.finish()?;
    Ok(element)
}

/// The content of exactly one element of this tag that fills the bytes.
pub(crate) fn only_of(bytes: &[u8], tag: u8) -> Result<&[u8]> {
    let element = only(bytes)?;
    if element.tag == tag { Ok(element.value) } else { Err(UNREADABLE) }
}

/// Definite lengths in their shortest form only (X.690, 10.1).
fn length(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first().ok_or(UNREADABLE)?;
    if first < 0x80 {
        return Ok((usize::from(first), rest));
    }
    let count = usize::from(first & 0x7F);
    if count == 0 || count > 3 {
        return Err(UNREADABLE);
    }
    let (digits, rest) = rest.split_at_checked(count).ok_or(UNREADABLE)?;
    let value = digits.iter().fold(0usize, |sum, &digit| sum << 8 | usize::from(digit));
    let shortest = if count == 1 { value >= 0x80 } else { digits.first() != Some(&0) };
    if shortest { Ok((value, rest)) } else { Err(UNREADABLE) }
}

/// The magnitude of a non-negative INTEGER without leading zeros.
pub(crate) fn unsigned(value: &[u8]) -> Result<&[u8]> {
    match value {
        [] => Err(UNREADABLE),
        [0, rest @ ..] if rest.first().is_some_and(|&byte| byte >= 0x80) => Ok(rest),
        [0] => Ok(value),
        [first, ..] if *first == 0 || *first >= 0x80 => Err(UNREADABLE),
        _ => Ok(value),
    }
}

/// The octets of a BIT STRING that has no unused bits.
pub(crate) fn whole_bits(value: &[u8]) -> Result<&[u8]> {
    match value {
        [0, bits @ ..] => Ok(bits),
        _ => Err(UNREADABLE),
    }
}
