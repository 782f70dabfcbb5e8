//! How a picture looks on a page: the picture itself, and the appearances (ISO 32000-1, 12.5.5) that show it, a slice of it, or a field
//! with it in the middle.

use super::page::Page;
use super::picture::Image;
use super::update::{Update, numbers};
use crate::Result;
use crate::prelude::*;
use crate::seal::Picture;
use crate::seal::placement::{Mm, Place, Rect, Size};

/// One place where a picture shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// Index of the page.
    pub(super) page: usize,
    /// The whole picture, on the displayed page.
    pub(super) whole: Rect,
    /// What the annotation covers: the picture, a part of it, or a field around it.
    pub(super) window: Rect,
}

impl From<&Picture<'_>> for Look {
    fn from(picture: &Picture<'_>) -> Self {
        Self { page: picture.page, whole: picture.boundary, window: picture.boundary }
    }
}

impl From<&Place> for Look {
    fn from(place: &Place) -> Self {
        let whole = place.boundary;
        let window = place.clip.map_or(whole, |clip| Rect { x: whole.x + clip.x, y: whole.y + clip.y, ..clip });
        Self { page: place.page, whole, window }
    }
}

/// What of a picture is drawn, and how large: the same for many places.
#[derive(Clone, Copy, PartialEq)]
struct Drawing {
    whole: Size,
    /// From the picture's upper left corner.
    window: Rect,
    turns: u8,
}

/// Writes the picture, and one appearance for each way of showing it. Returns the number of the appearance of each place.
pub(super) fn appearances(update: &mut Update<'_>, image: &Image, looks: &[Look], pages: &[Page]) -> Result<Vec<u32>> {
    let picture = update.number()?;
    let mut entries = ["/Type/XObject/Subtype/Image", &image.entries].concat();
    if let Some((mask, bytes)) = &image.mask {
        let opacity = update.number()?;
        update.stream(opacity, &["/Type/XObject/Subtype/Image", mask].concat(), bytes);
        entries += &["/SMask ", &update.reference(opacity)].concat();
    }
    update.stream(picture, &entries, &image.bytes);
    let ink = if image.is_opaque() { "/ExtGState<</Ink<</BM/Multiply>>>>" } else { "" };
    let mut known: Vec<(Drawing, u32)> = Vec::new();
    let mut appearances = Vec::new();
    for Look { page, whole, window } in looks {
        let drawing = Drawing {
            whole: Size { width: whole.width, height: whole.height },
            window: Rect { x: window.x - whole.x, y: window.y - whole.y, ..*window },
            turns: pages.get(*page).map_or(0, |page| page.turns),
        };
        let number = match known.iter().find(|one| one.0 == drawing) {
            Some(one) => one.1,
            None => {
                let number = update.number()?;
                let resources = ["<</XObject<</Seal ", &update.reference(picture), ">>", ink, ">>"].concat();
                appearance(update, number, &drawing, &resources, !ink.is_empty());
                known.push((drawing, number));
                number
            }
        };
        appearances.push(number);
    }
    Ok(appearances)
}

/// An appearance (12.5.5) in points, upright: the page's own units and its rotation are the matter of the annotation's rectangle
/// and of the matrix.
fn appearance(update: &mut Update<'_>, number: u32, drawing: &Drawing, resources: &str, ink: bool) {
    let Drawing { whole, window, turns } = drawing;
    let [width, height, left, top] = [window.width, window.height, window.x, window.y].map(points);
    let [whole_width, whole_height] = [whole.width, whole.height].map(points);
    let ink = if ink { "/Ink gs " } else { "" };
    let matrix = numbers(&[whole_width, 0.0, 0.0, whole_height, -left, top + height - whole_height]);
    let content = ["q ", ink, &matrix, " cm /Seal Do Q"].concat();
    let upright = match turns {
        0 => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        1 => [0.0, 1.0, -1.0, 0.0, height, 0.0],
        2 => [-1.0, 0.0, 0.0, -1.0, width, height],
        _ => [0.0, -1.0, 1.0, 0.0, 0.0, width],
    };
    let bounds = numbers(&[0.0, 0.0, width, height]);
    let entries =
        ["/Type/XObject/Subtype/Form/BBox[", &bounds, "]/Matrix[", &numbers(&upright), "]/Resources", resources];
    update.stream(number, &entries.concat(), content.as_bytes());
}

fn points(length: Mm) -> f64 {
    length.as_micrometres() as f64 * 72.0 / 25_400.0
}
