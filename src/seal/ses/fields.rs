//! Fields as vendors write them.

use core::ops::Range;

use crate::certificate::tlv::{Reader, Result, Tlv, UNREADABLE, only, tag, unsigned, whole_bits};
use crate::prelude::*;

/// A non-negative INTEGER of at most 32 bits.
pub(super) fn number(content: &[u8]) -> Result<u32> {
    let digits = unsigned(content)?;
    if digits.len() > 4 {
        return Err(UNREADABLE);
    }
    Ok(digits.iter().fold(0, |sum, &digit| sum << 8 | u32::from(digit)))
}

/// A string that must be UTF-8 (IA5String, PrintableString and UTF8String all are).
pub(super) fn text(content: &[u8]) -> Result<String> {
    core::str::from_utf8(content).map(String::from).map_err(|_| UNREADABLE)
}

/// ExtensionDatas as an optional last field: plain in seals, EXPLICIT `[0]` in what is signed, and both in both places
/// (reference seal.md 1.1). Looked through, so that rubbish is noticed, and kept as it is.
pub(super) fn extensions(fields: &mut Reader<'_>) -> Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    let field = fields.next()?;
    let list = match field.tag {
        tag::SEQUENCE => field,
        0xA0 => only(field.value)?,
        _ => return Err(UNREADABLE),
    };
    if list.tag != tag::SEQUENCE {
        return Err(UNREADABLE);
    }
    let mut list = Reader::new(list.value);
    while !list.is_empty() {
        let mut extension = Reader::new(list.expect(tag::SEQUENCE)?);
        extension.expect(tag::OID)?;
        // FALSE is the default and is written all the same.
        if extension.optional(tag::BOOLEAN)?.is_some_and(|value| value.len() != 1) {
            return Err(UNREADABLE);
        }
        extension.expect(tag::OCTET_STRING)?;
        extension.finish()?;
    }
    Ok(())
}

/// The optional `timeStamp [0]`: a BIT STRING, EXPLICIT as it is met or IMPLICIT as it can be read. Gives the token.
pub(super) fn time_stamp<'a>(fields: &mut Reader<'a>) -> Result<Option<&'a [u8]>> {
    if let Some(implicit) = fields.optional(0x80)? {
        return whole_bits(implicit).map(Some);
    }
    match fields.optional(0xA0)?.map(only).transpose()? {
        None => Ok(None),
        Some(bits) if bits.tag == tag::BIT_STRING => whole_bits(bits.value).map(Some),
        Some(_) => Err(UNREADABLE),
    }
}

/// Where a part of `whole` stands in it.
pub(super) fn within(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

/// The fields of a structure that fills the bytes.
pub(super) fn outer(der: &[u8]) -> Result<Reader<'_>> {
    if der.len() > super::MAX_BYTES {
        return Err(UNREADABLE);
    }
    let outer = only(der)?;
    if outer.tag == tag::SEQUENCE { Ok(Reader::new(outer.value)) } else { Err(UNREADABLE) }
}

/// The next element, which must be a SEQUENCE, with its tag and length.
pub(super) fn sequence<'a>(fields: &mut Reader<'a>) -> Result<Tlv<'a>> {
    let element = fields.next()?;
    if element.tag == tag::SEQUENCE { Ok(element) } else { Err(UNREADABLE) }
}
