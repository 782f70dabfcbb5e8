//! Where letters stand (GB/T 33190 11.2 and 11.3): each by its distance from the one before, in the object's own coordinates, which
//! its matrix and its boundary put on the page.

use core::str::SplitAsciiWhitespace;

use roxmltree::Node;

use super::style::{Font, colour};
use super::{length, number};
use crate::prelude::*;
use crate::seal::ofd::xml;
use crate::seal::placement::keyword::{Along, Run, is_wide};
use crate::seal::placement::{Mm, Rect};

/// Where the middle of letters is, seen from the base line and by their size: in the usual Chinese fonts they reach 0.86 above it
/// and 0.14 below.
const BELOW: f64 = (0.14 - 0.86) / 2.0;
/// Letters of one page that can be searched.
const MOST: usize = 1_000_000;

/// A text with the place of each letter on the base line, in millimetres of its object.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The letters.
    pub text: String,
    /// Where each of them begins.
    pub places: Vec<(Mm, Mm)>,
    /// Height of the letters.
    pub size: Mm,
    /// Three numbers from 0 to 255.
    pub colour: Option<String>,
    /// Its font, when the document says one.
    pub font: Option<Font>,
    /// How wide letters are, by how wide they were.
    narrowed: f64,
    /// Which way the text is read: right and down.
    reading: (f64, f64),
    /// How its letters are turned: where their own right is.
    pub turned: (f64, f64),
}

/// The steps from one letter to the next; `g 3 2.5` stands for three of 2.5. The last one goes on: some write it once for all.
struct Steps<'a> {
    parts: SplitAsciiWhitespace<'a>,
    times: usize,
    step: Mm,
}

impl<'a> Steps<'a> {
    fn of(node: Node<'a, '_>, name: &str) -> Self {
        let parts = node.attribute(name).unwrap_or_default().split_ascii_whitespace();
        Self { parts, times: 0, step: Mm::ZERO }
    }

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

impl Text {
    /// Reads the texts of an object. One without steps goes on by the width of its letters; strictly they would stand on one another.
    pub(super) fn read(node: Node<'_, '_>, take: &mut dyn FnMut(Self)) {
        let Some(size) = length(node, "Size") else { return };
        let (mut x, mut y) = (Mm::ZERO, Mm::ZERO);
        for code in xml::children(node, "TextCode") {
            // Without a place of its own it begins where the one before did.
            (x, y) = (length(code, "X").unwrap_or(x), length(code, "Y").unwrap_or(y));
            let mut text = Self {
                text: code.text().unwrap_or_default().into(),
                places: Vec::new(),
                size,
                colour: colour(node, "FillColor"),
                font: None,
                narrowed: node.attribute("HScale").and_then(number).filter(|scale| *scale > 0.0).unwrap_or(1.0),
                reading: direction(node, "ReadDirection"),
                turned: direction(node, "CharDirection"),
            };
            let mut across = Steps::of(code, "DeltaX");
            let mut downwards = Steps::of(code, "DeltaY");
            let stated = code.has_attribute("DeltaX") || code.has_attribute("DeltaY");
            let (mut at, mut places) = ((x, y), Vec::new());
            for letter in text.text.chars().take(MOST) {
                places.push(at);
                let step = if stated { (across.next(), downwards.next()) } else { text.own_step(letter) };
                at = (at.0 + step.0, at.1 + step.1);
            }
            text.places = places;
            take(text);
        }
    }

    fn own_step(&self, letter: char) -> (Mm, Mm) {
        let upright = self.reading.1 != 0.0 && self.turned.1 == 0.0;
        let length = if upright { number_of(self.size) } else { self.width(letter) };
        (micrometres(length * self.reading.0), micrometres(length * self.reading.1))
    }

    /// Micrometres that a letter takes, without the font: as wide as high, or half of it.
    fn width(&self, letter: char) -> f64 {
        number_of(self.size) * self.narrowed * if is_wide(letter) { 1.0 } else { 0.5 }
    }

    /// The letters on the displayed page.
    pub(super) fn runs(&self, boundary: Rect, matrix: Option<&str>, page: usize, runs: &mut Vec<Run>) {
        let [a, b, c, d, e, f] = matrix.and_then(six).unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let moved = |(x, y): (f64, f64)| (a * x + c * y, b * x + d * y);
        let step = |index: usize| {
            let (here, next) = (self.places.get(index)?, self.places.get(index + 1)?);
            Some((number_of(next.0 - here.0), number_of(next.1 - here.1)))
        };
        let reading = step(0).filter(|step| *step != (0.0, 0.0)).unwrap_or(self.reading);
        let (right, down) = moved(reading);
        let Some(along) = Along::of(right, down) else { return };
        let (right, down) = self.turned;
        let (across, lower, high) = (moved((right, down)), moved((-down, right)), number_of(self.size));
        for (index, (letter, &(x, y))) in self.text.chars().zip(&self.places).enumerate() {
            if runs.len() == MOST {
                return;
            }
            // A letter is as wide as letters of its kind, but does not reach over the next one.
            let room = step(index).map_or(0.0, |step| step.0 * right + step.1 * down);
            let own = self.width(letter);
            let wide = if room > 0.0 { own.min(room) } else { own };
            let at = moved((number_of(x), number_of(y)));
            let part = |from: Mm, at: f64, across: f64, lower: f64, shift: f64| {
                let half = ((across * wide).abs() + (lower * high).abs()) / 2.0;
                let middle = at + shift * 1000.0 + across * wide / 2.0 + lower * high * BELOW;
                (from + micrometres(middle - half), micrometres(half * 2.0))
            };
            let (x, width) = part(boundary.x, at.0, across.0, lower.0, e);
            let (y, height) = part(boundary.y, at.1, across.1, lower.1, f);
            runs.push(Run { page, text: letter.into(), boundary: Rect { x, y, width, height }, along });
        }
    }
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

/// The numbers of a matrix.
fn six(text: &str) -> Option<[f64; 6]> {
    let mut numbers = text.split(' ').map_while(number);
    let mut six = [0.0; 6];
    for place in &mut six {
        *place = numbers.next()?;
    }
    Some(six)
}

fn number_of(length: Mm) -> f64 {
    length.as_micrometres() as f64
}

#[allow(clippy::cast_possible_truncation)] // to the nearest there is
fn micrometres(length: f64) -> Mm {
    Mm::micrometres((length + if length < 0.0 { -0.5 } else { 0.5 }) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(attributes: &str, text: &str) -> String {
        let xml = format!("<T Size=\"3\"><TextCode X=\"1.5\" Y=\"2\" {attributes}>{text}</TextCode></T>");
        let tree = roxmltree::Document::parse(&xml).unwrap();
        let mut out = String::new();
        Text::read(tree.root_element(), &mut |text| {
            out = text.places.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
        });
        out
    }

    #[test]
    fn steps_and_their_short_form() {
        for (attributes, text, expected) in [
            ("", "甲", "1.5,2"),
            ("DeltaX=\"3 3 1.25\"", "甲乙丙a", "1.5,2 4.5,2 7.5,2 8.75,2"),
            ("DeltaX=\"g 2 3 1.25\"", "甲乙丙a", "1.5,2 4.5,2 7.5,2 8.75,2"),
            ("DeltaX=\"g 0 9 3\"", "甲乙", "1.5,2 4.5,2"),
            // One step for all, and none.
            ("DeltaX=\"3\"", "甲乙丙", "1.5,2 4.5,2 7.5,2"),
            ("", "甲a乙", "1.5,2 4.5,2 6,2"),
            ("DeltaX=\"g 2\"", "甲乙", "1.5,2 1.5,2"),
            ("DeltaX=\"g g g\"", "甲乙", "1.5,2 1.5,2"),
            ("DeltaY=\"6 7\"", "购买方", "1.5,2 1.5,8 1.5,15"),
        ] {
            assert_eq!(places(attributes, text), expected, "{attributes} {text}");
        }
    }
}
