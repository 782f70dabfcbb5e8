//! Where letters stand (GB/T 33190 11.2 and 11.3): each by its distance from the one before, in the object's own coordinates, which
//! its matrix and its boundary put on the page.

use core::fmt::Write as _;
use core::str::SplitAsciiWhitespace;

use roxmltree::Node;

use super::{length, number};
use crate::prelude::*;
use crate::seal::ofd::xml;
use crate::seal::placement::keyword::{Along, Run, is_wide};
use crate::seal::placement::{Mm, Rect};

/// How far letters reach above and below the base line, by their size: as in the usual Chinese fonts.
const ABOVE: f64 = 0.86;
const BELOW: f64 = 0.14;
/// Letters of one page that can be searched.
const MOST: usize = 1_000_000;
/// Text that is tilted more than one in so much is passed over: it is a watermark, and no line of the page.
const TILT: f64 = 4.0;

/// A text with the place of each letter on the base line.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    places: Vec<(Mm, Mm)>,
}

impl Line<'_> {
    /// Whether all letters stand at one height.
    pub(super) fn is_level(&self) -> bool {
        self.places.windows(2).all(|pair| pair[0].1 == pair[1].1)
    }

    /// The places across, and those down, with blanks between.
    pub(super) fn written(&self) -> (String, String) {
        let (mut xs, mut ys) = (String::new(), String::new());
        for (x, y) in &self.places {
            let blank = if xs.is_empty() { "" } else { " " };
            let _ = write!(xs, "{blank}{x}");
            let _ = write!(ys, "{blank}{y}");
        }
        (xs, ys)
    }
}

/// The steps from one letter to the next; `g 3 2.5` stands for three of 2.5. The last one goes on: some write it once for all.
struct Steps<'a> {
    parts: SplitAsciiWhitespace<'a>,
    times: usize,
    step: Mm,
}

impl Steps<'_> {
    fn next(&mut self) -> Mm {
        while self.times == 0 {
            let Some(part) = self.parts.next() else { return self.step };
            let number = if part == "g" {
                self.times = self.parts.next().and_then(|times| times.parse().ok()).unwrap_or(0);
                self.parts.next().unwrap_or_default()
            } else {
                self.times = 1;
                part
            };
            self.step = number.parse().unwrap_or_default();
        }
        self.times -= 1;
        self.step
    }
}

/// The texts of an object. One without steps goes on by the width of its letters; strictly they would stand on one another.
pub(super) fn lines<'a>(node: Node<'a, '_>, size: Mm) -> Vec<Line<'a>> {
    let scale = scale(node);
    let (right, down) = direction(node, "ReadDirection");
    let (mut x, mut y) = (Mm::ZERO, Mm::ZERO);
    let mut lines = Vec::new();
    for code in xml::children(node, "TextCode") {
        // Without a place of its own it begins where the one before did.
        (x, y) = (length(code, "X").unwrap_or(x), length(code, "Y").unwrap_or(y));
        let Some(text) = code.text() else { continue };
        let steps = |name| code.attribute(name).unwrap_or_default();
        let steps = [steps("DeltaX"), steps("DeltaY")];
        let stated = steps.iter().any(|steps| !steps.trim().is_empty());
        let [mut across, mut downwards] =
            steps.map(|steps| Steps { parts: steps.split_ascii_whitespace(), times: 0, step: Mm::ZERO });
        let mut at = (x, y);
        let place = |letter| {
            let here = at;
            at = if stated {
                (at.0 + across.next(), at.1 + downwards.next())
            } else {
                let own = if down == 0.0 { width(letter, size, scale) } else { size.as_micrometres() as f64 };
                (at.0 + micrometres(own * right), at.1 + micrometres(own * down))
            };
            here
        };
        lines.push(Line { text, places: text.chars().map(place).collect() });
    }
    lines
}

/// The letters of a text object on the displayed page.
pub(super) fn runs(node: Node<'_, '_>, boundary: Rect, page: usize, runs: &mut Vec<Run>) {
    let Some(size) = length(node, "Size") else { return };
    let (scale, matrix) = (scale(node), matrix(node));
    let (right, down) = direction(node, "CharDirection");
    let high = size.as_micrometres() as f64;
    for Line { text, places } in lines(node, size) {
        let reading = places
            .windows(2)
            .next()
            .map_or((0.0, 0.0), |pair| (distance(pair[0].0, pair[1].0), distance(pair[0].1, pair[1].1)));
        let reading = if reading == (0.0, 0.0) { direction(node, "ReadDirection") } else { reading };
        let Some(along) = along(&matrix, reading) else { continue };
        for (index, (letter, &(x, y))) in text.chars().zip(&places).enumerate() {
            if letter.is_whitespace() || runs.len() == MOST {
                continue;
            }
            // A letter is as wide as letters of its kind, but does not reach over the next one.
            let step =
                places.get(index + 1).map_or(0.0, |next| distance(x, next.0) * right + distance(y, next.1) * down);
            let own = width(letter, size, scale);
            let wide = if step > 0.0 { own.min(step) } else { own };
            let corners = [(0.0, -ABOVE), (wide, -ABOVE), (0.0, BELOW), (wide, BELOW)].map(|(across, lower)| {
                let lower = lower * high;
                let (x, y) = (distance(Mm::ZERO, x), distance(Mm::ZERO, y));
                moved(&matrix, (x + across * right - lower * down, y + across * down + lower * right))
            });
            let bounds = |of: fn(&(f64, f64)) -> f64| {
                let [a, b, c, d] = [0, 1, 2, 3].map(|corner: usize| corners.get(corner).map_or(0.0, of));
                (a.min(b).min(c.min(d)), a.max(b).max(c.max(d)))
            };
            let ((left, far), (top, bottom)) = (bounds(|point| point.0), bounds(|point| point.1));
            let boundary = Rect {
                x: boundary.x + micrometres(left),
                y: boundary.y + micrometres(top),
                width: micrometres(far - left),
                height: micrometres(bottom - top),
            };
            runs.push(Run { page, text: letter.into(), boundary, along });
        }
    }
}

/// `HScale`: how wide letters are, by how wide they were.
fn scale(node: Node<'_, '_>) -> f64 {
    node.attribute("HScale").and_then(number).filter(|scale| *scale > 0.0).unwrap_or(1.0)
}

/// Micrometres from one letter to the next, without the font: as wide as high, or half of it.
fn width(letter: char, size: Mm, scale: f64) -> f64 {
    size.as_micrometres() as f64 * scale * if is_wide(letter) { 1.0 } else { 0.5 }
}

/// A direction in quarter turns clockwise.
fn direction(node: Node<'_, '_>, name: &str) -> (f64, f64) {
    match node.attribute(name) {
        Some("90") => (0.0, 1.0),
        Some("180") => (-1.0, 0.0),
        Some("270") => (0.0, -1.0),
        _ => (1.0, 0.0),
    }
}

/// The object's matrix, in micrometres.
fn matrix(node: Node<'_, '_>) -> [f64; 6] {
    let mut numbers = node.attribute("CTM").unwrap_or_default().split_ascii_whitespace().map_while(number);
    let mut next = || numbers.next();
    match (next(), next(), next(), next(), next(), next()) {
        (Some(a), Some(b), Some(c), Some(d), Some(e), Some(f)) => [a, b, c, d, e * 1000.0, f * 1000.0],
        _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    }
}

fn moved([a, b, c, d, e, f]: &[f64; 6], (x, y): (f64, f64)) -> (f64, f64) {
    (a * x + c * y + e, b * x + d * y + f)
}

/// The direction of reading on the page; `None` when the text is tilted.
fn along([a, b, c, d, ..]: &[f64; 6], reading: (f64, f64)) -> Option<Along> {
    let (x, y) = moved(&[*a, *b, *c, *d, 0.0, 0.0], reading);
    if x.abs() > y.abs() * TILT {
        Some(if x > 0.0 { Along::Right } else { Along::Left })
    } else if y.abs() > x.abs() * TILT {
        Some(if y > 0.0 { Along::Down } else { Along::Up })
    } else {
        None
    }
}

fn distance(from: Mm, to: Mm) -> f64 {
    (to - from).as_micrometres() as f64
}

#[allow(clippy::cast_possible_truncation)] // to the nearest there is
fn micrometres(length: f64) -> Mm {
    Mm::micrometres((length + if length < 0.0 { -0.5 } else { 0.5 }) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(attributes: &str, text: &str) -> (String, String) {
        let xml = format!("<T Size=\"3\"><TextCode X=\"1.5\" Y=\"2\" {attributes}>{text}</TextCode></T>");
        let tree = roxmltree::Document::parse(&xml).unwrap();
        lines(tree.root_element(), Mm::whole(3))[0].written()
    }

    #[test]
    fn steps_and_their_short_form() {
        for (attributes, text, xs) in [
            ("", "甲", "1.5"),
            ("DeltaX=\"3 3 1.25\"", "甲乙丙a", "1.5 4.5 7.5 8.75"),
            ("DeltaX=\"g 2 3 1.25\"", "甲乙丙a", "1.5 4.5 7.5 8.75"),
            ("DeltaX=\"g 0 9 3\"", "甲乙", "1.5 4.5"),
            // One step for all, and none.
            ("DeltaX=\"3\"", "甲乙丙", "1.5 4.5 7.5"),
            ("", "甲a乙", "1.5 4.5 6"),
            ("DeltaX=\"g 2\"", "甲乙", "1.5 1.5"),
            ("DeltaX=\"g g g\"", "甲乙", "1.5 1.5"),
        ] {
            assert_eq!(written(attributes, text).0, xs, "{attributes} {text}");
        }
        assert_eq!(written("DeltaY=\"6 7\"", "购买方"), ("1.5 1.5 1.5".into(), "2 8 15".into()));
    }
}
