//! What of a page can be drawn simply: texts where they stand, lines and areas, and where pictures are. For a preview: resources
//! (fonts, pictures, templates, patterns) are left out, and what cannot be read is passed over.

use core::fmt::Write as _;

use roxmltree::Node;

use super::document::Page;
use super::package::Package;
use super::xml;
use crate::Result;
use crate::prelude::*;
use crate::seal::Source;
use crate::seal::placement::{Mm, Rect};

/// Objects of one page that are handed out.
const MOST: usize = 20_000;

/// One object of a page. Lengths are millimetres within its boundary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Where it stands on the page.
    pub boundary: Rect,
    /// Its own transformation within the boundary: six numbers, as SVG's `matrix()` takes them.
    pub matrix: Option<String>,
    /// What it is.
    pub kind: ObjectKind,
}

/// What an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// Letters: the place of each (as many numbers as there are letters, or one for all), base line, size, colour.
    Text {
        /// Places across, with blanks between.
        xs: String,
        /// The base line.
        y: Mm,
        /// Height of the letters.
        size: Mm,
        /// The letters.
        text: String,
        /// Three numbers from 0 to 255.
        colour: Option<String>,
    },
    /// Lines and areas.
    Path {
        /// As SVG's `d` has it.
        data: String,
        /// Width of the line; `None` when none is drawn.
        line: Option<Mm>,
        /// Three numbers from 0 to 255.
        stroke: Option<String>,
        /// Whether the area is filled, and with what.
        fill: Option<String>,
    },
    /// A picture's place.
    Picture,
}

impl<S: Source> Package<S> {
    /// What can be drawn of a page, in its order.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`; what the source says.
    pub fn objects(&self, page: &Page) -> Result<Vec<Object>> {
        let bytes = self.read(self.part(&page.content)?)?;
        let tree = xml::parse(xml::text(&bytes)?, "Page")?;
        let mut objects = Vec::new();
        for node in tree.root_element().descendants().filter(Node::is_element) {
            if objects.len() >= MOST {
                break;
            }
            read(node, &mut objects);
        }
        Ok(objects)
    }
}

fn read(node: Node<'_, '_>, objects: &mut Vec<Object>) {
    let name = node.tag_name().name();
    if !matches!(name, "TextObject" | "PathObject" | "ImageObject") {
        return;
    }
    let Some(boundary) = xml::attribute(node, "Boundary").and_then(|text| text.parse().ok()) else { return };
    let matrix = xml::attribute(node, "CTM").map(|text| numbers(&text)).filter(|text| !text.is_empty());
    let mut push = |kind| objects.push(Object { boundary, matrix: matrix.clone(), kind });
    match name {
        "TextObject" => {
            let Some(size) = length(node, "Size") else { return };
            let colour = colour(node, "FillColor");
            for code in xml::children(node, "TextCode") {
                let Some(text) = code.text() else { continue };
                let (x, y) = (length(code, "X").unwrap_or_default(), length(code, "Y").unwrap_or_default());
                let xs = places(x, &xml::attribute(code, "DeltaX").unwrap_or_default());
                push(ObjectKind::Text { xs, y, size, text: text.into(), colour: colour.clone() });
            }
        }
        "PathObject" => {
            let Some(data) = xml::child_text(node, "AbbreviatedData") else { return };
            let is = |name, usual: &str| xml::attribute(node, name).as_deref().unwrap_or(usual) == "true";
            // 0.353 millimetres are one point, the standard's own width.
            let line = is("Stroke", "true").then(|| length(node, "LineWidth").unwrap_or(Mm::micrometres(353)));
            let fill = is("Fill", "false").then(|| colour(node, "FillColor").unwrap_or_else(|| "0,0,0".into()));
            push(ObjectKind::Path { data: path(&data), line, stroke: colour(node, "StrokeColor"), fill });
        }
        _ => push(ObjectKind::Picture),
    }
}

fn length(node: Node<'_, '_>, name: &str) -> Option<Mm> {
    xml::attribute(node, name)?.parse().ok()
}

/// `R G B` as a page writes colours; other colour spaces are left to the reader's imagination.
fn colour(node: Node<'_, '_>, name: &'static str) -> Option<String> {
    let value = xml::attribute(xml::child(node, name)?, "Value")?;
    let parts: Vec<u8> = value.split_ascii_whitespace().map_while(|part| part.parse().ok()).collect();
    let &[red, green, blue] = parts.as_slice() else { return None };
    Some(format!("{red},{green},{blue}"))
}

/// The numbers of a text, in the form that this crate writes them; what is none is left out.
fn numbers(text: &str) -> String {
    let mut out = String::new();
    for number in text.split_ascii_whitespace().filter_map(|part| part.parse::<Mm>().ok()) {
        let _ = write!(out, "{number} ");
    }
    out
}

/// The place of each letter: the first, and the steps from one to the next; `g 3 2.5` stands for three of 2.5.
fn places(first: Mm, steps: &str) -> String {
    let mut at = first;
    let mut out = format!("{at}");
    let mut parts = steps.split_ascii_whitespace();
    let mut place = |step: Mm| {
        at = at + step;
        let _ = write!(out, " {at}");
    };
    while let Some(part) = parts.next() {
        if part == "g" {
            let count = parts.next().and_then(|count| count.parse().ok()).unwrap_or(0_usize);
            let Some(step) = parts.next().and_then(|step| step.parse().ok()) else { break };
            (0..count.min(MOST)).for_each(|_| place(step));
        } else if let Ok(step) = part.parse() {
            place(step);
        }
    }
    out
}

/// Lines as SVG writes them: its `M L Q C A Z` are OFD's `M L Q B A C`, and `S` begins like `M`.
fn path(data: &str) -> String {
    let mut out = String::with_capacity(data.len());
    for part in data.split_ascii_whitespace() {
        match part {
            "S" | "M" => out.push('M'),
            "L" | "Q" | "A" => out.push_str(part),
            "B" => out.push('C'),
            "C" => out.push('Z'),
            number => {
                if let Ok(number) = number.parse::<Mm>() {
                    let _ = write!(out, "{number} ");
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_their_short_form() {
        let first = "1.5".parse().unwrap();
        assert_eq!(places(first, ""), "1.5");
        assert_eq!(places(first, "3 3 1.25"), "1.5 4.5 7.5 8.75");
        assert_eq!(places(first, "g 2 3 1.25"), "1.5 4.5 7.5 8.75");
        assert_eq!(places(first, "g 2"), "1.5");
    }

    #[test]
    fn lines_become_those_of_svg() {
        assert_eq!(path("S 0 0 M 1 0.1765 L 70 0 B 1 2 3 4 5 6 C"), "M0 0 M1 0.176 L70 0 C1 2 3 4 5 6 Z");
        assert_eq!(path("M 1e9 <script> L 2 3"), "ML2 3 ");
    }
}
