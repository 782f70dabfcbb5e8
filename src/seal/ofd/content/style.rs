//! How objects look beyond their places: fonts (GB/T 33190 7.9, 11.2), how much shows through, dashes (8.2).

use roxmltree::Node;

use super::{number, numbers};
use crate::prelude::*;
use crate::seal::ofd::xml;

/// The font of a text, as a browser may have one like it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Font {
    /// What the document calls it: its family, or its own name.
    pub family: String,
    /// Whether its letters are heavy.
    pub bold: bool,
    /// Whether its letters are slanted.
    pub italic: bool,
}

impl Font {
    /// What a resource says of a font.
    pub(super) fn read(node: Node<'_, '_>) -> Self {
        let name = |attribute| xml::attribute(node, attribute).filter(|name| !name.is_empty());
        let is = |attribute| node.attribute(attribute) == Some("true");
        Self {
            family: name("FamilyName").or_else(|| name("FontName")).unwrap_or_default(),
            bold: is("Bold"),
            italic: is("Italic"),
        }
    }
}

/// How much of what is below shows through: 255 hides it.
pub(super) fn alpha(node: Node<'_, '_>) -> Option<u8> {
    node.attribute("Alpha")?.trim().parse().ok().filter(|alpha| *alpha < 255)
}

/// Lengths of dashes and gaps, as SVG's `stroke-dasharray` has them.
pub(super) fn dash(node: Node<'_, '_>) -> Option<String> {
    node.attribute("DashPattern").map(numbers).filter(|dash| !dash.is_empty())
}

/// `Value` of a colour as red, green and blue from 0 to 255: from three numbers, one grey, or four inks (8.3.2).
pub(super) fn colour(node: Node<'_, '_>, name: &'static str) -> Option<String> {
    let value = xml::attribute(xml::child(node, name)?, "Value")?;
    let part = |text: &str| match text.strip_prefix('#') {
        Some(hex) => u8::from_str_radix(hex, 16).ok().map(f64::from),
        None => number(text).map(|value| value.clamp(0.0, 255.0)),
    };
    let parts: Vec<f64> = value.split_ascii_whitespace().map_while(part).collect();
    let [red, green, blue] = match *parts.as_slice() {
        [grey] => [grey; 3],
        [red, green, blue] => [red, green, blue],
        [cyan, magenta, yellow, black] => [cyan, magenta, yellow].map(|ink| (255.0 - ink) * (255.0 - black) / 255.0),
        _ => return None,
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // from 0 to 255
    let [red, green, blue] = [red, green, blue].map(|part| part as u8);
    Some(format!("{red},{green},{blue}"))
}
