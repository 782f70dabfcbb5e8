//! Times in seals: X.509's two forms, and what vendors put where a time belongs.

use crate::certificate::time::{self, rfc3339};
use crate::certificate::tlv::{Reader, Result, Tlv, tag};
use crate::prelude::*;

/// China has one time zone, and who writes a local time means that one.
const BEIJING: u64 = 8 * 3600;

/// When a document was sealed, as the signature says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningTime {
    /// Unix seconds.
    At(u64),
    /// It says so in a way that is not understood here, such as a time-stamp token.
    Unknown,
}

impl SigningTime {
    /// Unix seconds, when they are known.
    #[must_use]
    pub const fn seconds(self) -> Option<u64> {
        match self {
            Self::At(seconds) => Some(seconds),
            Self::Unknown => None,
        }
    }
}

/// UTCTime or GeneralizedTime; the latter also with a fraction of a second, which is left off.
pub(super) fn read(element: Tlv<'_>) -> Result<u64> {
    match (element.tag, element.value.iter().position(|&letter| letter == b'.')) {
        (tag::GENERALIZED_TIME, Some(point)) => {
            let mut whole = element.value[..point].to_vec();
            whole.push(b'Z');
            time::read(Tlv { value: &whole, ..element })
        }
        _ => time::read(element),
    }
}

/// V1's `timeInfo`: text of a UTCTime, the UTCTime itself, `2020-01-25T07:31:56.377Z`, or `2020-01-25 15:31:56` in local time.
pub(super) fn loose(content: &[u8]) -> SigningTime {
    let known = element(content).or_else(|| bare(content)).or_else(|| calendar(content));
    known.map_or(SigningTime::Unknown, SigningTime::At)
}

fn element(content: &[u8]) -> Option<u64> {
    let mut reader = Reader::new(content);
    let time = reader.next().ok()?;
    reader.finish().ok()?;
    read(time).ok()
}

fn bare(content: &[u8]) -> Option<u64> {
    let tag = if content.len() == 13 { tag::UTC_TIME } else { tag::GENERALIZED_TIME };
    read(Tlv { tag, value: content, whole: content }).ok()
}

fn calendar(content: &[u8]) -> Option<u64> {
    let text = core::str::from_utf8(content).ok()?;
    let (day, clock) = (text.get(..10)?, text.get(11..19)?);
    let seconds = time::parse_rfc3339(&[day, "T", clock, "Z"].concat())?;
    match (text.as_bytes()[10], text.ends_with('Z')) {
        (b'T' | b' ', true) => Some(seconds),
        (b'T' | b' ', false) if text.len() == 19 => seconds.checked_sub(BEIJING),
        _ => None,
    }
}

/// `YYYYMMDDHHMMSSZ`, the content of a GeneralizedTime; also what `SignatureDateTime` says in OFD.
#[must_use]
pub fn generalized(seconds: u64) -> String {
    rfc3339(seconds).chars().filter(|letter| letter.is_ascii_digit() || *letter == 'Z').collect()
}

/// `YYMMDDHHMMSSZ`, the content of a UTCTime.
pub(in crate::seal) fn utc(seconds: u64) -> String {
    generalized(seconds).split_off(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECONDS: u64 = 1_579_937_516; // 2020-01-25T07:31:56Z

    #[test]
    fn what_vendors_write_is_understood() {
        for text in [
            "200125073156Z",
            "20200125073156Z",
            "20200125073156.377Z",
            "2020-01-25T07:31:56.377Z",
            "2020-01-25T07:31:56Z",
            "2020-01-25 15:31:56",
            "\x17\x0D200125073156Z",
            "\x18\x0F20200125073156Z",
        ] {
            assert_eq!(loose(text.as_bytes()), SigningTime::At(SECONDS), "{text}");
        }
        for text in
            ["", "yesterday", "2020-01-25", "2020-13-25 15:31:56", "2020-01-25 15:31:56+08", "\x30\x03\x02\x01\x05"]
        {
            assert_eq!(loose(text.as_bytes()), SigningTime::Unknown, "{text}");
        }
        assert_eq!((generalized(SECONDS), utc(SECONDS)), ("20200125073156Z".into(), "200125073156Z".into()));
    }
}
