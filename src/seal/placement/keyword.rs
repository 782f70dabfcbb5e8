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
/// No place is further away; what says so is put there. About a kilometre.
const FARTHEST: i64 = 1 << 30;

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

/// Text that is tilted more than one in so much is passed over: it is a watermark, and no line of the page.
const TILT: f64 = 4.0;

impl Along {
    /// The direction of a step to the right and down on the displayed page; `None` for a tilted one.
    #[must_use]
    pub fn of(right: f64, down: f64) -> Option<Self> {
        if right.abs() > down.abs() * TILT {
            Some(if right > 0.0 { Self::Right } else { Self::Left })
        } else if down.abs() > right.abs() * TILT {
            Some(if down > 0.0 { Self::Down } else { Self::Up })
        } else {
            None
        }
    }
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

/// A box as one sees it who reads: where it begins and ends in the direction of reading, and in that of lines.
type Seen = [i64; 4];

struct Letter {
    letter: char,
    /// Sorts pages, and on each the directions.
    sheet: i64,
    seen: Seen,
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
    let mut line: Vec<&Letter> = Vec::new();
    let (mut number, mut matched) = (-1, 0);
    for (of, from, index) in lines(&letters) {
        let letter = &letters[index];
        let far = line.last().is_some_and(|last| from - last.seen[1] > GAP * (letter.seen[3] - letter.seen[2]));
        if of != number || far {
            line.clear();
            (number, matched) = (of, 0);
        }
        let twice = |other: &&&Letter| {
            other.letter == letter.letter && (from - other.seen[0]) * 2 < other.seen[1] - other.seen[0]
        };
        if line.iter().rev().take(DOUBLED).find(twice).is_some() {
            continue;
        }
        line.push(letter);
        matched = longer(&word, &again, matched, letter.letter);
        if matched > 0 && matched == word.len() {
            matched = 0;
            hits.push(around(&line[line.len() - word.len()..]));
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
    for Run { page, text, boundary: Rect { x, y, width, height }, along } in runs {
        let [left, right, top, bottom] =
            [*x, *x + *width, *y, *y + *height].map(|length| length.as_micrometres().clamp(-FARTHEST, FARTHEST));
        let [from, to, top, bottom] = turned([left, right, top, bottom], *along as usize);
        let sheet = ((*page).min(MOST_PAGES) as i64 * 4 + *along as i64) << 40;
        let wide = |letter| if is_wide(letter) { 2 } else { 1 };
        let all = text.chars().map(wide).sum::<i64>().max(1);
        let mut before = 0;
        for letter in text.chars() {
            let after = before + wide(letter);
            let place = |part: i64| from + (to - from) * part / all;
            if let Some(letter) = plain(letter) {
                letters.push(Letter { letter, sheet, seen: [place(before), place(after), top, bottom] });
            }
            before = after;
        }
    }
    letters
}

/// A box after so many quarter turns anticlockwise: from the page to one who reads, or back.
fn turned([mut from, mut to, mut top, mut bottom]: Seen, quarters: usize) -> Seen {
    for _ in 0..quarters {
        [from, to, top, bottom] = [top, bottom, -to, -from];
    }
    [from, to, top, bottom]
}

/// The letters in reading order: of which line, where on it, and which.
fn lines(letters: &[Letter]) -> Vec<(i64, i64, usize)> {
    let mut order = Vec::new();
    for (index, Letter { sheet, seen: [from, _, top, bottom], .. }) in letters.iter().enumerate() {
        order.push((sheet + (top + bottom) / 2, *from, index));
    }
    let mut order = sorted(order);
    // By where the middle of the first letter is, and how high that is.
    let mut lines: Vec<(i64, i64)> = Vec::new();
    for (middle, _, index) in &mut order {
        let [_, _, top, bottom] = letters[*index].seen;
        let height = bottom - top;
        // On a line are letters of about one size whose middles are less than half a letter apart.
        let on = |line: &(i64, i64)| {
            let (low, high) = (height.min(line.1), height.max(line.1));
            (*middle - line.0) * 2 <= low && high <= low * 2
        };
        let line = match lines.iter().rev().take(OPEN_LINES).position(on) {
            Some(back) => lines.len() - 1 - back,
            None => {
                lines.push((*middle, height));
                lines.len() - 1
            }
        };
        *middle = line as i64;
    }
    sorted(order)
}

/// How much of the word has matched with one more letter (Knuth, Morris and Pratt).
fn longer(word: &[char], again: &[usize], mut matched: usize, letter: char) -> usize {
    while matched > 0 && word[matched] != letter {
        matched = again[matched - 1];
    }
    matched + usize::from(word.get(matched) == Some(&letter))
}

/// How much of the word still matches, by how much matched before a letter that does not.
fn again(word: &[char]) -> Vec<usize> {
    let mut again = Vec::new();
    let mut matched = 0;
    for (index, letter) in word.iter().enumerate() {
        if index > 0 {
            matched = longer(word, &again, matched, *letter);
        }
        again.push(matched);
    }
    again
}

/// The box around letters of one line, of which there is one at least.
fn around(letters: &[&Letter]) -> Hit {
    let sheet = letters[0].sheet >> 40;
    let mut all = letters[0].seen;
    for Letter { seen, .. } in letters {
        all = [all[0].min(seen[0]), all[1].max(seen[1]), all[2].min(seen[2]), all[3].max(seen[3])];
    }
    let [left, right, top, bottom] = turned(all, 4 - (sheet % 4) as usize).map(Mm::micrometres);
    Hit { page: (sheet / 4) as usize, boundary: Rect { x: left, y: top, width: right - left, height: bottom - top } }
}
