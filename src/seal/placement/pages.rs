//! A list of pages as people write it: `1-3,5,8`, `2-` (to the last), `all`.

use core::str::FromStr;

use super::refused;
use crate::prelude::*;
use crate::{Code, Error, Result};

/// Pages counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageList(Vec<Range>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    first: usize,
    /// Open to the end when absent.
    last: Option<usize>,
}

impl PageList {
    /// Every page.
    #[must_use]
    pub fn all() -> Self {
        Self(vec![Range { first: 1, last: None }])
    }

    /// A single page, counted from 1.
    #[must_use]
    pub fn one(page: usize) -> Self {
        Self(vec![Range { first: page, last: Some(page) }])
    }

    /// The indices (from 0) of the pages in a document with `count` pages, ascending, each once.
    ///
    /// # Errors
    /// `PLACEMENT_INVALID` when the document has no such page.
    pub fn indices(&self, count: usize) -> Result<Vec<usize>> {
        for range in &self.0 {
            if range.first > range.last.unwrap_or(count) || range.last.is_some_and(|last| last > count) {
                return Err(refused("the document has no such page"));
            }
        }
        let wanted = |page: &usize| {
            self.0.iter().any(|range| range.first <= *page && range.last.is_none_or(|last| *page <= last))
        };
        Ok((1..=count).filter(wanted).map(|page| page - 1).collect())
    }
}

impl FromStr for PageList {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.trim() == "all" {
            return Ok(Self::all());
        }
        // People type the comma of their own keyboard.
        let parts = text.split([',', '，', '、']);
        parts
            .map(|part| range(part.trim()).ok_or(Error::because(Code::Parameter, "pages are written like 1-3,5,8")))
            .collect::<Result<_>>()
            .map(Self)
    }
}

fn range(text: &str) -> Option<Range> {
    let number = |text: &str| -> Option<usize> {
        let digits = text.trim();
        let plain = !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|&page| plain && page > 0)
    };
    let Some((first, last)) = text.split_once(['-', '－', '~']) else {
        return number(text).map(|page| Range { first: page, last: Some(page) });
    };
    let first = number(first)?;
    if last.trim().is_empty() {
        return Some(Range { first, last: None });
    }
    number(last).filter(|&last| last >= first).map(|last| Range { first, last: Some(last) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_as_people_write_them() {
        for (text, indices) in [
            ("1", vec![0]),
            ("1-3,5,8", vec![0, 1, 2, 4, 7]),
            ("8, 1 - 2，2", vec![0, 1, 7]),
            ("7-", vec![6, 7]),
            ("all", (0..8).collect()),
        ] {
            assert_eq!(text.parse::<PageList>().unwrap().indices(8).unwrap(), indices, "{text}");
        }
        for text in ["", "0", "1,,2", "3-1", "-3", "a", "1-2-3", "9999999", "+1"] {
            assert!(text.parse::<PageList>().is_err(), "{text}");
        }
        for text in ["9", "1-9", "9-"] {
            let error = text.parse::<PageList>().unwrap().indices(8).unwrap_err();
            assert_eq!(error.code, Code::PlacementInvalid, "{text}");
        }
    }
}
