//! How a seal looks on a page: its picture, and the appearances (ISO 32000-1, 12.5.5) that show it or a slice of it.

use super::page::Page;
use super::picture::Image;
use super::update::{Update, numbers};
use crate::Result;
use crate::prelude::*;
use crate::seal::placement::{Mm, Place, Rect};

/// Writes the picture, and one appearance for each way of showing it. Returns the number of the appearance of each place.
pub(super) fn appearances(
    update: &mut Update<'_>,
    picture: &[u8],
    places: &[Place],
    pages: &[Page],
) -> Result<Vec<u32>> {
    let image = Image::read(picture)?;
    let picture = update.number()?;
    let mut entries = ["/Type/XObject/Subtype/Image", &image.entries].concat();
    if let Some((mask, bytes)) = &image.mask {
        let opacity = update.number()?;
        update.stream(opacity, &["/Type/XObject/Subtype/Image", mask].concat(), bytes);
        entries += &["/SMask ", &update.reference(opacity)].concat();
    }
    update.stream(picture, &entries, &image.bytes);
    let ink = if image.is_opaque() { "/ExtGState<</Ink<</BM/Multiply>>>>" } else { "" };
    let mut known: Vec<(Option<Rect>, u8, u32)> = Vec::new();
    let mut appearances = Vec::new();
    for place in places {
        let turns = pages.get(place.page).map_or(0, |page| page.turns);
        let same = known.iter().find(|one| one.0 == place.clip && one.1 == turns).map(|one| one.2);
        let number = match same {
            Some(number) => number,
            None => {
                let number = update.number()?;
                let resources = ["<</XObject<</Seal ", &update.reference(picture), ">>", ink, ">>"].concat();
                appearance(update, number, place, turns, &resources, !ink.is_empty());
                known.push((place.clip, turns, number));
                number
            }
        };
        appearances.push(number);
    }
    Ok(appearances)
}

/// An appearance (12.5.5) in points, upright: the page's own units and its rotation are the matter of the annotation's rectangle
/// and of the matrix.
fn appearance(update: &mut Update<'_>, number: u32, place: &Place, turns: u8, resources: &str, ink: bool) {
    let boundary = place.boundary;
    let clip = place.clip.unwrap_or(Rect { x: Mm::ZERO, y: Mm::ZERO, ..boundary });
    let [width, height, left, top] = [clip.width, clip.height, clip.x, clip.y].map(points);
    let [whole_width, whole_height] = [boundary.width, boundary.height].map(points);
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
