//! Lengths in thousandths of a millimetre, exact: a preview and a file that carry the same number carry the same place.

use core::fmt;
use core::ops::{Add, Mul, Sub};
use core::str::FromStr;

use crate::hash::push_decimal;
use crate::prelude::*;
use crate::{Code, Error, Result};

/// A length, kept in whole micrometres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mm(i64);

impl Mm {
    /// No length.
    pub const ZERO: Self = Self(0);
    /// Ten metres: no page and no place on it is larger.
    const MOST: i64 = 10_000_000;

    /// A whole number of millimetres.
    #[must_use]
    pub const fn whole(millimetres: u32) -> Self {
        // At most 4.3e12.
        Self(millimetres as i64 * 1000)
    }

    /// A number of micrometres.
    #[must_use]
    pub const fn micrometres(micrometres: i64) -> Self {
        Self(micrometres)
    }

    /// In micrometres.
    #[must_use]
    pub const fn as_micrometres(self) -> i64 {
        self.0
    }

    /// Where the `index`-th of `parts` equal parts begins; the parts differ by a micrometre at most and leave nothing over.
    #[must_use]
    pub(super) fn part(self, index: usize, parts: usize) -> Self {
        let (index, parts) = (i64::try_from(index).unwrap_or(i64::MAX), i64::try_from(parts).unwrap_or(i64::MAX));
        Self(self.0.saturating_mul(index).checked_div(parts).unwrap_or(0))
    }
}

impl Add for Mm {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Mm {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<i64> for Mm {
    type Output = Self;
    fn mul(self, times: i64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl FromStr for Mm {
    type Err = Error;

    /// A decimal number, as `120`, `-7.5`, `120.50`; digits beyond a micrometre are left off.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = Error::because(Code::Parameter, "not a length in millimetres");
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || whole.len() > 5 || !is_digits(whole) || !is_digits(fraction) {
            return Err(wrong);
        }
        let mut number = 0;
        for place in 0..whole.len() + 3 {
            let digit = match place.checked_sub(whole.len()) {
                None => whole.as_bytes().get(place),
                Some(behind) => fraction.as_bytes().get(behind),
            };
            number = number * 10 + i64::from(digit.map_or(0, |digit| digit - b'0'));
        }
        if number > Self::MOST { Err(wrong) } else { Ok(Self(sign * number)) }
    }
}

impl Mm {
    /// As few digits as say it all. Not by `format!`, whose code a page's module would load for this alone.
    #[must_use]
    pub fn text(self) -> String {
        let (whole, rest) = (self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000);
        let mut text = String::new();
        if self.0 < 0 {
            text.push('-');
        }
        push_decimal(&mut text, whole);
        if rest > 0 {
            // Three digits, behind a one that becomes the point.
            let point = text.len();
            push_decimal(&mut text, 1000 + rest);
            text.replace_range(point..=point, ".");
            text.truncate(text.trim_end_matches('0').len());
        }
        text
    }
}

impl fmt::Display for Mm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// Width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: Mm,
    /// From top to bottom.
    pub height: Mm,
}

/// A place and a size; y grows downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    /// Left edge.
    pub x: Mm,
    /// Upper edge.
    pub y: Mm,
    /// From left to right.
    pub width: Mm,
    /// From top to bottom.
    pub height: Mm,
}

impl Rect {
    /// Whether it lies on a page of this size, edges included.
    #[must_use]
    pub fn is_within(&self, page: Size) -> bool {
        self.x >= Mm::ZERO
            && self.y >= Mm::ZERO
            && self.x + self.width <= page.width
            && self.y + self.height <= page.height
    }
}

impl Rect {
    /// `x y w h`, as OFD writes boxes.
    #[must_use]
    pub fn text(&self) -> String {
        [self.x, self.y, self.width, self.height].map(Mm::text).join(" ")
    }
}

impl fmt::Display for Rect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl FromStr for Rect {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut numbers = text.split_ascii_whitespace().map(str::parse);
        let mut next = || numbers.next().unwrap_or(Err(Error::because(Code::Parameter, "not four lengths")));
        let made = Self { x: next()?, y: next()?, width: next()?, height: next()? };
        if numbers.next().is_some() { Err(Code::Parameter.into()) } else { Ok(made) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_as_text() {
        for (text, micrometres, shown) in [
            ("0", 0, "0"),
            ("120", 120_000, "120"),
            ("-7.5", -7_500, "-7.5"),
            ("90.00", 90_000, "90"),
            (".25", 250, "0.25"),
            ("+1.", 1_000, "1"),
            ("13.3333", 13_333, "13.333"),
            ("-0.05", -50, "-0.05"),
        ] {
            let length: Mm = text.parse().unwrap();
            assert_eq!((length.as_micrometres(), length.to_string().as_str()), (micrometres, shown), "{text}");
        }
        for text in ["", ".", "-", "1e3", "1,5", "NaN", "999999", "10000.001", "1 ", "--1"] {
            assert!(text.parse::<Mm>().is_err(), "{text}");
        }
    }

    #[test]
    fn parts_leave_nothing_over() {
        let width = Mm::whole(40);
        for parts in 1..50 {
            assert_eq!((width.part(0, parts), width.part(parts, parts)), (Mm::ZERO, width));
            let widths: Vec<_> =
                (0..parts).map(|i| (width.part(i + 1, parts) - width.part(i, parts)).as_micrometres()).collect();
            assert!(widths.iter().max().unwrap() - widths.iter().min().unwrap() <= 1, "{parts}");
        }
    }
}
