//! What of a page can be drawn simply: texts where they stand, lines and areas, and pictures. For a preview: fonts, patterns and
//! composite objects are left out, and what cannot be read is passed over. The texts can be searched as well.

mod picture;
mod text;

use core::fmt::Write as _;

use roxmltree::Node;

use super::document::Page;
use super::package::Package;
use super::{path, xml};
use crate::Result;
use crate::prelude::*;
use crate::seal::Source;
use crate::seal::placement::keyword::{Hit, Run, find};
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
    /// Letters: the place of each, base line, size, colour.
    Text {
        /// Places across, with blanks between.
        xs: String,
        /// The base line: one place, or one for each letter.
        ys: String,
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
    /// A picture: the square of one millimetre at its origin under its matrix, or the boundary when it has none.
    Picture {
        /// Its file in the package, for [`Package::picture`]; `None` when the document does not say.
        file: Option<String>,
    },
}

/// Where a word stands in a document, in reading order.
///
/// # Errors
/// As [`Package::runs`].
pub fn find_word<S: Source>(package: &Package<S>, pages: &[Page], word: &str) -> Result<Vec<Hit>> {
    let mut hits = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        hits.extend(find(&package.runs(index, page)?, word));
    }
    Ok(hits)
}

impl<S: Source> Package<S> {
    /// What can be drawn of a page, in its order.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`; what the source says.
    pub fn objects(&self, page: &Page) -> Result<Vec<Object>> {
        let (mut objects, mut pictures, mut resources) = (Vec::new(), Vec::new(), page.resources.clone());
        self.each_part(page, &mut |name, root| {
            let own = xml::children(root, "PageRes").filter_map(|node| path::resolve(name, &xml::content(node)?).ok());
            resources.extend(own);
            for node in units(root) {
                if objects.len() >= MOST {
                    break;
                }
                let index = objects.len();
                read(node, &mut objects);
                if let (Some(id), true) = (xml::attribute(node, "ResourceID"), objects.len() > index) {
                    pictures.push((id, index));
                }
            }
        })?;
        self.place_pictures(&resources, pictures, &mut objects);
        Ok(objects)
    }

    /// The texts of a page, letter by letter, `index` being its number from 0.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`; what the source says.
    pub fn runs(&self, index: usize, page: &Page) -> Result<Vec<Run>> {
        let mut runs = Vec::new();
        self.each_part(page, &mut |_, root| {
            for node in units(root).filter(|node| node.tag_name().name() == "TextObject") {
                if let Some(boundary) = boundary(node) {
                    text::runs(node, boundary, index, &mut runs);
                }
            }
        })?;
        Ok(runs)
    }

    /// The page's own content, with the templates below and above it, in the order in which they are drawn.
    fn each_part(&self, page: &Page, take: &mut dyn FnMut(&str, Node<'_, '_>)) -> Result<()> {
        let mut part = |name: &str| {
            let bytes = self.read(self.part(name)?)?;
            take(name, xml::parse(xml::text(&bytes)?, "Page")?.root_element());
            Ok(())
        };
        // A template that cannot be read is passed over.
        for name in &page.below {
            let _: Result<()> = part(name);
        }
        part(&page.content)?;
        for name in &page.above {
            let _: Result<()> = part(name);
        }
        Ok(())
    }
}

/// The objects of a page that are to be seen (GB/T 33190 8.5), those of its blocks as well.
fn units<'a, 'd>(root: Node<'a, 'd>) -> impl Iterator<Item = Node<'a, 'd>> {
    root.descendants().filter(|node| node.is_element() && node.attribute("Visible") != Some("false"))
}

fn boundary(node: Node<'_, '_>) -> Option<Rect> {
    xml::attribute(node, "Boundary")?.parse().ok()
}

fn read(node: Node<'_, '_>, objects: &mut Vec<Object>) {
    let name = node.tag_name().name();
    if !matches!(name, "TextObject" | "PathObject" | "ImageObject") {
        return;
    }
    let Some(boundary) = boundary(node) else { return };
    let matrix = xml::attribute(node, "CTM").map(|text| numbers(&text)).filter(|text| !text.is_empty());
    let mut push = |kind| objects.push(Object { boundary, matrix: matrix.clone(), kind });
    match name {
        "TextObject" => {
            let Some(size) = length(node, "Size") else { return };
            let colour = colour(node, "FillColor");
            for line in text::lines(node, size) {
                let (xs, mut ys) = line.written();
                if line.is_level() {
                    ys.truncate(ys.find(' ').unwrap_or(ys.len()));
                }
                push(ObjectKind::Text { xs, ys, size, text: line.text.into(), colour: colour.clone() });
            }
        }
        "PathObject" => {
            let Some(data) = xml::child_text(node, "AbbreviatedData") else { return };
            let is = |name, usual: &str| xml::attribute(node, name).as_deref().unwrap_or(usual) == "true";
            // 0.353 millimetres are one point, the standard's own width.
            let line = is("Stroke", "true").then(|| length(node, "LineWidth").unwrap_or(Mm::micrometres(353)));
            let fill = is("Fill", "false").then(|| colour(node, "FillColor").unwrap_or_else(|| "0,0,0".into()));
            push(ObjectKind::Path { data: outline(&data), line, stroke: colour(node, "StrokeColor"), fill });
        }
        _ => push(ObjectKind::Picture { file: None }),
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

/// The numbers of a text as they are; what is none is left out.
fn numbers(text: &str) -> String {
    let numbers: Vec<_> = text.split_ascii_whitespace().filter(|part| number(part).is_some()).collect();
    numbers.join(" ")
}

/// A number as XML has it, with an exponent where the program that wrote it could not help it. By hand: the standard library's
/// reader, which is exact to the last bit, is 4 kB of what a page loads.
fn number(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let mut scale: i32 = exponent.parse().ok()?;
    let (sign, digits) = digits.strip_prefix('-').map_or((1.0, digits), |digits| (-1.0, digits));
    let (mut value, mut behind, mut some) = (0.0, false, false);
    for byte in digits.bytes() {
        match byte {
            b'.' if !behind => behind = true,
            b'0'..=b'9' => {
                value = value * 10.0 + f64::from(byte - b'0');
                scale = scale.saturating_sub(i32::from(behind));
                some = true;
            }
            _ => return None,
        }
    }
    let by = if scale < 0 { 0.1 } else { 10.0 };
    (0..scale.unsigned_abs().min(400)).for_each(|_| value *= by);
    some.then_some(sign * value)
}

/// Lines as SVG writes them: its `M L Q C A Z` are OFD's `M L Q B A C`, and `S` begins like `M`.
fn outline(data: &str) -> String {
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
    fn lines_become_those_of_svg() {
        assert_eq!(outline("S 0 0 M 1 0.1765 L 70 0 B 1 2 3 4 5 6 C"), "M0 0 M1 0.176 L70 0 C1 2 3 4 5 6 Z");
        assert_eq!(outline("M 1e9 <script> L 2 3"), "ML2 3 ");
    }

    #[test]
    fn numbers_in_every_form() {
        for (text, value) in [
            ("0", 0.0),
            ("-12.5", -12.5),
            (".25", 0.25),
            ("3.", 3.0),
            ("1e3", 1000.0),
            ("-2.5E-1", -0.25),
            ("6.123234E-17", 0.0),
            ("0.0000000000000000000001", 0.0),
            ("1e-2147483648", 0.0),
        ] {
            assert!((number(text).unwrap() - value).abs() < 1e-9, "{text}");
        }
        for text in ["", ".", "-", "e5", "1e", "NaN", "inf", "1,5", "--1", "+1", "1e99999999999"] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(numbers(" 0.45 0 <b> 0 6.1E-17\n1 2"), "0.45 0 0 6.1E-17 1 2");
    }
}
