//! Seals on a word (关键字定位): where a word stands among the texts of a document, and the places of seals whose middle is the word's.
//!
//! Texts come in any order and in pieces of any length, down to one letter each. Letters that stand on one line are read in its
//! direction, whatever pieces they came in; white space counts for nothing, and full-width forms are the same as half-width ones.
//! A word does not go on from one line to the next, nor over a gap of many letters, as between the columns of a table.

use super::{Mm, PageList, Placement, Rect, Size};
use crate::prelude::*;
use crate::seal::sorted;
use crate::{Code, Error, Result};

/// Letters' heights: a wider gap ends a line.
const GAP: i64 = 6;
/// Lines that may lie across each other, as a watermark over text.
const OPEN_LINES: usize = 8;
/// Letters that may have been drawn since the one that is drawn again, beside it, to look bold.
const DOUBLED: usize = 3;
/// More pages than any document has.
const MOST_PAGES: usize = 1 << 20;
/// No place is further away; what says so is put there. About 137 metres.
const FARTHEST: Mm = Mm::micrometres(1 << 37);

/// In which direction one reads, as the page is displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// From left to right, lines from top to bottom.
    Right,
    /// From top to bottom, lines from right to left: upright columns, or a sheet turned clockwise.
    Down,
    /// From right to left: a sheet upside down.
    Left,
    /// From bottom to top: a sheet turned anticlockwise.
    Up,
}

/// A piece of text on one line, as long as a document has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Index of the page, from 0.
    pub page: usize,
    /// The letters. Of several, wide ones are taken to be twice as wide as narrow ones.
    pub text: String,
    /// The box around them, on the displayed page.
    pub boundary: Rect,
    /// The direction in which they are read.
    pub along: Along,
}

/// A place of the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Index of the page, from 0.
    pub page: usize,
    /// The box around all of its letters.
    pub boundary: Rect,
}

/// Which of its places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    All,
    /// This one, counted from 1 in reading order.
    Nth(usize),
    /// The last one.
    Last,
}

struct Letter {
    letter: char,
    page: usize,
    boundary: Rect,
    along: Along,
}

/// Where a letter begins and ends in the direction of reading, and where in the direction of lines.
struct Extent {
    from: i64,
    to: i64,
    top: i64,
    bottom: i64,
}

impl Letter {
    fn extent(&self) -> Extent {
        let number = Mm::as_micrometres;
        let Rect { x, y, width, height } = self.boundary;
        let (left, right, up, down) = (number(x), number(x + width), number(y), number(y + height));
        let (from, to, top, bottom) = match self.along {
            Along::Right => (left, right, up, down),
            Along::Down => (up, down, -right, -left),
            Along::Left => (-right, -left, -down, -up),
            Along::Up => (-down, -up, left, right),
        };
        Extent { from, to, top, bottom }
    }

    /// Sorts pages, on each the directions, and in each the places.
    fn sheet(&self) -> i64 {
        (self.page.min(MOST_PAGES) as i64 * 4 + self.along as i64) << 40
    }
}

/// Every place of a word, in reading order: pages, lines from the top, on a line from the left; on a page what is turned comes last.
/// None overlaps the one before.
///
/// Takes time in proportion to the letters (and the logarithm of their number, for their order), however they lie.
#[must_use]
pub fn find(runs: &[Run], word: &str) -> Vec<Hit> {
    let word: Vec<char> = word.chars().filter_map(plain).collect();
    let letters = letters(runs);
    let again = again(&word);
    let mut hits = Vec::new();
    // The letters of the line so far, and how many of the last ones are the word's first.
    let mut line: Vec<usize> = Vec::new();
    let (mut number, mut matched) = (-1, 0);
    for (of, from, index) in lines(&letters) {
        let Some(letter) = letters.get(index) else { continue };
        let seen = |index: &usize| letters.get(*index).map(|letter| (letter.letter, letter.extent()));
        let Extent { top, bottom, .. } = letter.extent();
        let far = line.last().and_then(seen).is_some_and(|(_, last)| from - last.to > GAP * (bottom - top));
        if of != number || far {
            line.clear();
            (number, matched) = (of, 0);
        }
        let twice = |(other, extent): (char, Extent)| {
            other == letter.letter && (from - extent.from) * 2 < extent.to - extent.from
        };
        if line.iter().rev().take(DOUBLED).filter_map(seen).any(twice) {
            continue;
        }
        line.push(index);
        while matched > 0 && word.get(matched) != Some(&letter.letter) {
            matched = again.get(matched - 1).copied().unwrap_or(0);
        }
        if word.get(matched) == Some(&letter.letter) {
            matched += 1;
        }
        if matched > 0 && matched == word.len() {
            matched = 0;
            hits.extend(around(line.iter().rev().take(word.len()).filter_map(|index| letters.get(*index))));
        }
    }
    hits
}

/// The places of seals of this size with their middle on the middle of the word, moved by `offset` (to the right, downwards).
///
/// # Errors
/// `KEYWORD_NOT_FOUND` when there is none, or no n-th; `PLACEMENT_INVALID` when a seal would reach over the edge of its page.
pub fn placements(hits: &[Hit], which: Which, seal: Size, offset: (Mm, Mm), pages: &[Size]) -> Result<Vec<Placement>> {
    let one = |index: Option<usize>| index.and_then(|index| hits.get(index)).map(core::slice::from_ref);
    let chosen = match which {
        Which::All => Some(hits).filter(|hits| !hits.is_empty()),
        Which::Nth(number) => one(number.checked_sub(1)),
        Which::Last => one(hits.len().checked_sub(1)),
    };
    let chosen = chosen.ok_or(Error::new(Code::KeywordNotFound))?;
    let place = |hit: &Hit| {
        let Rect { x, y, width, height } = hit.boundary;
        let x = x + (width - seal.width).part(1, 2) + offset.0;
        let y = y + (height - seal.height).part(1, 2) + offset.1;
        let placement = Placement::Pages { pages: PageList::one(hit.page + 1), x, y };
        placement.places(seal, pages).map(|_| placement)
    };
    chosen.iter().map(place).collect()
}

/// A letter as it is compared; `None` for white space and what takes none.
fn plain(letter: char) -> Option<char> {
    match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0),
        '￥' => Some('¥'),
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{FEFF}' => None,
        letter if letter < ' ' || letter.is_whitespace() => None,
        letter => Some(letter),
    }
}

/// Whether a letter is as wide as it is high, as the Chinese ones and their punctuation are.
pub(crate) fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}' | '\u{20000}'..)
        || matches!(letter, '“' | '”' | '‘' | '’' | '…' | '—')
}

/// The letters of the runs, each with a box of its own.
fn letters(runs: &[Run]) -> Vec<Letter> {
    let mut letters = Vec::new();
    for run in runs {
        let width = |letter: char| if is_wide(letter) { 2 } else { 1 };
        let all: usize = run.text.chars().map(width).sum();
        let Rect { x, y, width: across, height } = run.boundary;
        let [x, y, across, height] = [x, y, across, height].map(|length| length.clamp(Mm::ZERO - FARTHEST, FARTHEST));
        let mut before = 0;
        for letter in run.text.chars() {
            let after = before + width(letter);
            if let Some(letter) = plain(letter) {
                let (from, to) = match run.along {
                    Along::Right | Along::Down => (before, after),
                    Along::Left | Along::Up => (all - after, all - before),
                };
                let part = |start: Mm, length: Mm| {
                    (start + length.part(from, all), length.part(to, all) - length.part(from, all))
                };
                let mut boundary = Rect { x, y, width: across, height };
                match run.along {
                    Along::Right | Along::Left => (boundary.x, boundary.width) = part(boundary.x, boundary.width),
                    Along::Down | Along::Up => (boundary.y, boundary.height) = part(boundary.y, boundary.height),
                }
                letters.push(Letter { letter, page: run.page, boundary, along: run.along });
            }
            before = after;
        }
    }
    letters
}

/// The letters in reading order: of which line, where on it, and which.
fn lines(letters: &[Letter]) -> Vec<(i64, i64, usize)> {
    let key = |(index, letter): (usize, &Letter)| {
        let Extent { from, top, bottom, .. } = letter.extent();
        (letter.sheet() + (top + bottom) / 2, from, index)
    };
    // By where the middle of the first letter is, and how high that is.
    let mut lines: Vec<(i64, i64)> = Vec::new();
    let mut order = Vec::with_capacity(letters.len());
    for (middle, from, index) in sorted(letters.iter().enumerate().map(key).collect()) {
        let Some(letter) = letters.get(index) else { continue };
        let Extent { top, bottom, .. } = letter.extent();
        let height = bottom - top;
        // On a line are letters of about one size whose middles are less than half a letter apart.
        let on = |line: &&(i64, i64)| {
            let (low, high) = (height.min(line.1), height.max(line.1));
            (middle - line.0) * 2 <= low && high <= low * 2
        };
        let open = lines.iter().rev().take(OPEN_LINES).position(|line| on(&line));
        let line = lines.len() - open.map_or(0, |back| back + 1);
        if open.is_none() {
            lines.push((middle, height));
        }
        order.push((line as i64, from, index));
    }
    sorted(order)
}

/// How much of the word still matches, by how much matched before a letter that does not (Knuth, Morris and Pratt).
fn again(word: &[char]) -> Vec<usize> {
    let mut again = vec![0];
    let mut length = 0;
    for letter in word.iter().skip(1) {
        while length > 0 && word.get(length) != Some(letter) {
            length = again.get(length - 1).copied().unwrap_or(0);
        }
        if word.get(length) == Some(letter) {
            length += 1;
        }
        again.push(length);
    }
    again
}

/// The box around letters.
fn around<'a>(mut letters: impl Iterator<Item = &'a Letter>) -> Option<Hit> {
    let first = letters.next()?;
    let Rect { x: mut left, y: mut top, width, height } = first.boundary;
    let (mut right, mut bottom) = (left + width, top + height);
    for Letter { boundary: Rect { x, y, width, height }, .. } in letters {
        (left, top) = (left.min(*x), top.min(*y));
        (right, bottom) = (right.max(*x + *width), bottom.max(*y + *height));
    }
    let boundary = Rect { x: left, y: top, width: right - left, height: bottom - top };
    Some(Hit { page: first.page, boundary })
}
