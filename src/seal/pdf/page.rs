//! Pages as they are shown: crop box, rotation and unit (ISO 32000-1, 7.7.3 and 14.11.2), and the way from millimetres of the
//! displayed page to the page's own coordinates.

use super::damaged;
use super::file::Pdf;
use super::object::{Dict, Object};
use crate::prelude::*;
use crate::seal::placement::{Mm, Rect, Size};
use crate::{Code, Error, Result};

const MOST_PAGES: usize = 100_000;
/// Micrometres of a point.
const POINT: f64 = 25_400.0 / 72.0;

/// One page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Page {
    /// Its size as it is displayed.
    pub size: Size,
    /// Quarter turns, clockwise, by which it is displayed.
    pub turns: u8,
    pub(super) number: u32,
    visible: Area,
    /// Points of one unit.
    unit: f64,
}

/// A box in the page's own coordinates: left, lower, right, upper edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area(pub(super) [f64; 4]);

impl Area {
    fn read(pdf: &Pdf<'_>, object: &Object) -> Result<Option<Self>> {
        let Object::Array(items) = pdf.resolve(object)? else { return Ok(None) };
        let mut numbers = [0.0; 4];
        if items.len() != 4 {
            return Ok(None);
        }
        for (number, item) in numbers.iter_mut().zip(&items) {
            let Some(value) = pdf.resolve(item)?.number() else { return Ok(None) };
            *number = value;
        }
        let [a, b, c, d] = numbers;
        Ok(Some(Self([a.min(c), b.min(d), a.max(c), b.max(d)])))
    }

    /// What both have; the first when that is nothing.
    fn within(self, other: Self) -> Self {
        let (Self([a, b, c, d]), Self([e, f, g, h])) = (self, other);
        let both = [a.max(e), b.max(f), c.min(g), d.min(h)];
        if both[0] < both[2] && both[1] < both[3] { Self(both) } else { self }
    }
}

/// What a page has from the nodes above it.
#[derive(Clone, Copy, Default)]
struct Inherited {
    media: Option<Area>,
    crop: Option<Area>,
    turns: u8,
}

impl Inherited {
    fn with(mut self, pdf: &Pdf<'_>, node: &Dict) -> Result<Self> {
        self.media = Area::read(pdf, node.get("MediaBox"))?.or(self.media);
        self.crop = Area::read(pdf, node.get("CropBox"))?.or(self.crop);
        if let Some(degrees) = pdf.get(node, "Rotate")?.number() {
            // Multiples of 90, also negative ones.
            #[allow(clippy::cast_possible_truncation)] // to the nearest whole number there is
            let quarters = degrees as i64 / 90;
            self.turns = u8::try_from(quarters.rem_euclid(4)).unwrap_or(0);
        }
        Ok(self)
    }
}

impl Pdf<'_> {
    /// The pages in their order.
    ///
    /// # Errors
    /// `DOCUMENT_UNREADABLE` when the tree of pages is damaged, `DOCUMENT_TOO_LARGE` over 100 000 pages.
    pub fn pages(&self) -> Result<Vec<Page>> {
        const WRONG: Error = damaged("the tree of pages is damaged");
        let catalog = self.catalog()?;
        let root = catalog.object.dict().and_then(|dict| dict.get("Pages").reference()).ok_or(WRONG)?;
        let mut seen = vec![false; self.slots.len() as usize];
        let mut pages = Vec::new();
        let mut waiting = vec![(root, Inherited::default())];
        while let Some((number, above)) = waiting.pop() {
            // A node that stands in the tree twice would never end, or be pages without number.
            match seen.get_mut(number as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(WRONG),
            }
            let found = self.load(number)?.ok_or(WRONG)?;
            let node = found.object.dict().ok_or(WRONG)?;
            let inherited = above.with(self, node)?;
            if let Object::Array(kids) = self.get(node, "Kids")? {
                for kid in kids.iter().rev() {
                    waiting.push((kid.reference().ok_or(WRONG)?, inherited));
                }
            } else {
                if pages.len() == MOST_PAGES {
                    return Err(Error::because(Code::DocumentTooLarge, "too many pages"));
                }
                let unit = self.get(node, "UserUnit")?.number().filter(|unit| *unit > 0.0).unwrap_or(1.0);
                pages.push(Page::new(number, inherited, unit).ok_or(damaged("a page without a size"))?);
            }
        }
        Ok(pages)
    }

    /// A rectangle of a page's own coordinates, such as an annotation has, in millimetres of the displayed page.
    pub(super) fn shown(&self, page: &Page, rect: &Object) -> Result<Option<Rect>> {
        Ok(Area::read(self, rect)?.and_then(|rect| page.shown(rect)))
    }
}

impl Page {
    fn new(number: u32, inherited: Inherited, unit: f64) -> Option<Self> {
        let media = inherited.media?;
        let visible = inherited.crop.map_or(media, |crop| media.within(crop));
        let Area([left, low, right, high]) = visible;
        let (mut width, mut height) = (micrometres((right - left) * unit)?, micrometres((high - low) * unit)?);
        if inherited.turns % 2 == 1 {
            (width, height) = (height, width);
        }
        let size = Size { width, height };
        (width > Mm::ZERO && height > Mm::ZERO).then_some(Self { size, turns: inherited.turns, number, visible, unit })
    }

    /// A box of the displayed page in the page's own coordinates.
    pub(super) fn own(&self, rect: Rect) -> Area {
        let length = |mm: Mm| mm.as_micrometres() as f64 / POINT / self.unit;
        let (from, down) = (length(rect.x), length(rect.y));
        let (to, bottom) = (length(rect.x + rect.width), length(rect.y + rect.height));
        let Area([left, low, right, high]) = self.visible;
        Area(match self.turns {
            0 => [left + from, high - bottom, left + to, high - down],
            1 => [left + down, low + from, left + bottom, low + to],
            2 => [right - to, low + down, right - from, low + bottom],
            _ => [right - bottom, high - to, right - down, high - from],
        })
    }

    /// A box of the page's own coordinates (left, lower, right, upper edge) in millimetres of the displayed page; `None` when it is
    /// further away than any page is large.
    #[must_use]
    pub fn displayed(&self, own: [f64; 4]) -> Option<Rect> {
        self.shown(Area(own))
    }

    /// The way back.
    fn shown(&self, rect: Area) -> Option<Rect> {
        let (Area([a, b, c, d]), Area([left, low, right, high])) = (rect, self.visible);
        let [from, down, to, bottom] = match self.turns {
            0 => [a - left, high - d, c - left, high - b],
            1 => [b - low, a - left, d - low, c - left],
            2 => [right - c, b - low, right - a, d - low],
            _ => [high - d, right - c, high - b, right - a],
        };
        let [x, y, to, bottom] = [from, down, to, bottom].map(|number| micrometres(number * self.unit));
        let (x, y) = (x?, y?);
        Some(Rect { x, y, width: to? - x, height: bottom? - y })
    }
}

/// Points as a length; `None` for what no page is, ten metres and more.
fn micrometres(points: f64) -> Option<Mm> {
    let number = points * POINT;
    // Half a micrometre is added and the rest left off.
    let rounded = if number < 0.0 { number - 0.5 } else { number + 0.5 };
    #[allow(clippy::cast_possible_truncation)] // just compared
    (rounded.abs() < 1e8).then(|| Mm::micrometres(rounded as i64))
}
