//! What of a page can be drawn simply: texts where they stand, lines and areas, and pictures. For a preview: embedded fonts, patterns,
//! clips and composite objects are left out, and what cannot be read is passed over. The texts can be searched as well.

mod resources;
mod style;
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
pub use style::Font;
use style::{alpha, colour, dash};
pub use text::Text;

/// Objects of one page that are handed out, and that are read.
const MOST: usize = 20_000;
const MOST_READ: usize = 200_000;

/// One object of a page. Lengths are millimetres within its boundary.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Where it stands on the page.
    pub boundary: Rect,
    /// Its own transformation within the boundary: six numbers, as SVG's `matrix()` takes them.
    pub matrix: Option<String>,
    /// How much it hides what is below, from 0; `None` when all of it.
    pub alpha: Option<u8>,
    /// What it is.
    pub kind: ObjectKind,
}

/// What an object is.
#[derive(Clone, Debug, PartialEq)]
pub enum ObjectKind {
    /// Letters.
    Text(Text),
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
        /// Whether what is enclosed twice is outside (the even-odd rule).
        even_odd: bool,
        /// Lengths of dashes and gaps; `None` for a line without.
        dash: Option<String>,
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

/// What is read of a page.
#[derive(Default)]
struct Read {
    objects: Vec<Object>,
    /// The IDs of resources, and which object each is for.
    users: Vec<(String, usize)>,
    /// Paths of the files that list resources, beside those of the document.
    resources: Vec<String>,
}

impl<S: Source> Package<S> {
    /// What can be drawn of a page, in its order.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`; what the source says.
    pub fn objects(&self, page: &Page) -> Result<Vec<Object>> {
        let Read { mut objects, users, resources } = self.look_at(page)?;
        self.hand_out(page.resources.iter().chain(&resources), users, &mut objects);
        objects.truncate(MOST);
        Ok(objects)
    }

    /// The texts of a page, letter by letter, `index` being its number from 0.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`; what the source says.
    pub fn runs(&self, index: usize, page: &Page) -> Result<Vec<Run>> {
        let mut runs = Vec::new();
        for Object { boundary, matrix, kind, .. } in self.look_at(page)?.objects {
            if let ObjectKind::Text(text) = kind {
                text.runs(boundary, matrix.as_deref(), index, &mut runs);
            }
        }
        Ok(runs)
    }

    /// The page's own content, with the templates below and above it, in the order in which they are drawn.
    fn look_at(&self, page: &Page) -> Result<Read> {
        let mut found = Read::default();
        for (name, own) in &page.parts {
            match self.look_at_part(name, &mut found) {
                Err(error) if *own => return Err(error),
                // A template that cannot be read is passed over.
                _ => {}
            }
        }
        Ok(found)
    }

    fn look_at_part(&self, name: &str, found: &mut Read) -> Result<()> {
        let bytes = self.read(self.part(name)?)?;
        let tree = xml::parse(xml::text(&bytes)?, "Page")?;
        for node in tree.root_element().descendants() {
            if node.tag_name().name() == "PageRes" {
                found.resources.extend(node.text().and_then(|text| path::resolve(name, text).ok()));
            } else if node.attribute("Visible") != Some("false") && found.objects.len() < MOST_READ {
                read(node, found);
            }
        }
        Ok(())
    }
}

/// Takes one object (GB/T 33190 8.5), be it in a block or not.
fn read(node: Node<'_, '_>, found: &mut Read) {
    let Some(boundary) = node.attribute("Boundary").and_then(|text| text.parse().ok()) else { return };
    let matrix = node.attribute("CTM").map(numbers).filter(|text| !text.is_empty());
    let first = found.objects.len();
    let alpha = alpha(node);
    let mut push = |kind| found.objects.push(Object { boundary, matrix: matrix.clone(), alpha, kind });
    let resource = match node.tag_name().name() {
        "TextObject" => {
            Text::read(node, &mut |text| push(ObjectKind::Text(text)));
            "Font"
        }
        "PathObject" => {
            let Some(data) = xml::child_text(node, "AbbreviatedData") else { return };
            let is = |name, usual: &str| node.attribute(name).unwrap_or(usual) == "true";
            // 0.353 millimetres are one point, the standard's own width.
            let line = is("Stroke", "true").then(|| length(node, "LineWidth").unwrap_or(Mm::micrometres(353)));
            let fill = is("Fill", "false").then(|| colour(node, "FillColor").unwrap_or_else(|| "0,0,0".into()));
            let (stroke, even_odd) = (colour(node, "StrokeColor"), node.attribute("Rule") == Some("Even-Odd"));
            push(ObjectKind::Path { data: outline(&data), line, stroke, fill, even_odd, dash: dash(node) });
            return;
        }
        "ImageObject" => {
            push(ObjectKind::Picture { file: None });
            "ResourceID"
        }
        _ => return,
    };
    let Some(id) = xml::attribute(node, resource) else { return };
    found.users.extend((first..found.objects.len()).map(|index| (id.clone(), index)));
}

fn length(node: Node<'_, '_>, name: &str) -> Option<Mm> {
    node.attribute(name)?.trim().parse().ok()
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
