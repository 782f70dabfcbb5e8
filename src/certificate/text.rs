//! ASN.1 strings as text, with what genuine certificates get wrong.

use super::tlv::tag;
use crate::prelude::*;
use crate::text::Gbk;

/// Decoded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The characters.
    pub value: String,
    /// The encoding was guessed: the string type does not say it, or says another.
    pub guessed: bool,
}

/// Whether a tag is one of the string types.
pub(crate) const fn is_string(tag: u8) -> bool {
    matches!(
        tag,
        tag::UTF8
            | tag::NUMERIC
            | tag::PRINTABLE
            | tag::T61
            | tag::IA5
            | tag::VISIBLE
            | tag::GENERAL
            | tag::UNIVERSAL
            | tag::BMP
    )
}

/// Decodes a string type. BMPString is UTF-16BE, UniversalString UTF-32BE. Everything else is read as UTF-8 when it is
/// UTF-8 and as GBK otherwise: old CA software puts both into PrintableString and T61String. `None`: no text.
pub(crate) fn decode(tag: u8, bytes: &[u8], gbk: Gbk) -> Option<Text> {
    match tag {
        tag::BMP => exact(utf16(bytes)?),
        tag::UNIVERSAL => exact(utf32(bytes)?),
        tag::UTF8 => loose(bytes, gbk, true),
        _ => loose(bytes, gbk, false),
    }
}

/// Text in bytes that have no string type around them.
pub(crate) fn raw(bytes: &[u8], gbk: Gbk) -> Option<Text> {
    let text = loose(bytes, gbk, false)?;
    let readable = !text.value.is_empty() && !text.value.chars().any(char::is_control);
    readable.then_some(Text { guessed: true, ..text })
}

fn exact(value: String) -> Option<Text> {
    Some(Text { value, guessed: false })
}

fn loose(bytes: &[u8], gbk: Gbk, says_utf8: bool) -> Option<Text> {
    if let Ok(text) = core::str::from_utf8(bytes) {
        return Some(Text { value: text.into(), guessed: !says_utf8 && !bytes.is_ascii() });
    }
    gbk(bytes).map(|value| Text { value, guessed: true })
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let (units, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    char::decode_utf16(units.iter().map(|&unit| u16::from_be_bytes(unit))).collect::<Result<_, _>>().ok()
}

fn utf32(bytes: &[u8]) -> Option<String> {
    let (units, odd) = bytes.as_chunks::<4>();
    if !odd.is_empty() {
        return None;
    }
    units.iter().map(|&unit| char::from_u32(u32::from_be_bytes(unit))).collect()
}
