//! Times: X.509's two forms and RFC 3339, all as seconds since 1970-01-01T00:00:00Z.

use crate::hash::push_decimal;
use crate::prelude::*;

use super::tlv::{Result, Tlv, UNREADABLE, tag};

/// Reads UTCTime or GeneralizedTime in the forms of RFC 5280, 4.1.2.5: seconds present, `Z` at the end.
/// UTCTime years 50 to 99 are of the 20th century.
pub(crate) fn read(element: Tlv<'_>) -> Result<u64> {
    let digits = element.value.strip_suffix(b"Z").ok_or(UNREADABLE)?;
    let seconds = match (element.tag, digits.len()) {
        (tag::UTC_TIME, 12) => {
            let year = number(digits, 0, 2).ok_or(UNREADABLE)?;
            let year = if year >= 50 { 1900 + year } else { 2000 + year };
            from_digits(year, &digits[2..])
        }
        (tag::GENERALIZED_TIME, 14) => number(digits, 0, 4).and_then(|year| from_digits(year, &digits[4..])),
        _ => None,
    };
    seconds.ok_or(UNREADABLE)
}

/// Seconds from `YYYY-MM-DDTHH:MM:SSZ`, the only form a statement may carry; `None` for every other text.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    if bytes.len() != 20 || !text.is_ascii() {
        return None;
    }
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'Z')];
    if marks.iter().any(|&(at, mark)| bytes[at] != mark) {
        return None;
    }
    let field = |at| number(bytes, at, 2);
    seconds(number(bytes, 0, 4)?, [field(5)?, field(8)?, field(11)?, field(14)?, field(17)?])
}

/// `YYYY-MM-DDTHH:MM:SSZ`; times after the year 9999 are shown as its last second.
#[must_use]
pub fn rfc3339(seconds: u64) -> String {
    const LAST: u64 = 253_402_300_799;
    let seconds = seconds.min(LAST);
    let (day, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(day);
    let mut text = String::with_capacity(20);
    // The year has its four digits: it is 1970 or later.
    for (number, mark) in
        [(year, '-'), (month, '-'), (day, 'T'), (rest / 3600, ':'), (rest / 60 % 60, ':'), (rest % 60, 'Z')]
    {
        if number < 10 {
            text.push('0');
        }
        push_decimal(&mut text, number);
        text.push(mark);
    }
    text
}

fn from_digits(year: u64, digits: &[u8]) -> Option<u64> {
    let field = |at| number(digits, at, 2);
    seconds(year, [field(0)?, field(2)?, field(4)?, field(6)?, field(8)?])
}

/// Times before 1970 are 0: nobody asks how long ago.
fn seconds(year: u64, [month, day, hour, minute, second]: [u64; 5]) -> Option<u64> {
    if !is_date(year, month, day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = if year < 1970 { return Some(0) } else { days(year, month, day) };
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Whether a day exists in the Gregorian calendar.
pub(crate) fn is_date(year: u64, month: u64, day: u64) -> bool {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let length = match month {
        2 => 28 + u64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=length).contains(&day)
}

/// Days since 1970-01-01 (the year is at least 1970). The year is counted from March, so that a leap day is its last.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468
}

/// Year, month, day, hour, minute and second of a time in UTC.
#[cfg(feature = "seal")]
pub(crate) fn civil(seconds: u64) -> [u64; 6] {
    let (year, month, day) = date(seconds / 86_400);
    [year, month, day, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60]
}

/// The inverse of [`days`].
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day_of_month)
}

/// A decimal number of fixed width.
pub(crate) fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    bytes
        .get(at..at + width)?
        .iter()
        .try_fold(0u64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2026-11-21T22:00:00Z", 1_795_298_400),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(parse_rfc3339(text), Some(seconds), "{text}");
            assert_eq!(rfc3339(seconds), text);
        }
        assert_eq!(rfc3339(u64::MAX), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn refused() {
        for text in [
            "",
            "2026-02-29T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T22:00:60Z",
            "2026-11-21 22:00:00Z",
            "2026-11-21T22:00:00+",
            "2026-13-01T00:00:00Z",
            "2026-1a-01T00:00:00Z",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn x509_forms() {
        let read = |tag, value: &[u8]| read(Tlv { tag, value, whole: &[] }).ok();
        assert_eq!(read(tag::UTC_TIME, b"261121220000Z"), Some(1_795_298_400));
        assert_eq!(read(tag::UTC_TIME, b"500101000000Z"), Some(0));
        assert_eq!(read(tag::GENERALIZED_TIME, b"20261121220000Z"), Some(1_795_298_400));
        assert!(read(tag::UTC_TIME, b"2611212200Z").is_none());
        assert!(read(tag::GENERALIZED_TIME, b"20261121220000+0800").is_none());
    }
}
