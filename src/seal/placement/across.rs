//! The seal across page edges (骑缝章): each page of a group carries one slice, and the fanned-out group shows the whole.
//!
//! On the right edge, slice i of n of a seal w wide stands on its page with the boundary of the *whole* seal, hanging off the
//! page, and a clip that leaves the slice at the edge (reference seal.md 2.4). Every page is taken with its own width.

use core::str::FromStr;

use super::{Mm, PageList, Place, Rect, Size, refused};
use crate::prelude::*;
use crate::{Code, Error, Result};

/// Which edge of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// 右侧, the usual one.
    Right,
    /// 左侧.
    Left,
    /// 上侧.
    Top,
    /// 下侧.
    Bottom,
}

/// A seal across the edges of pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Across {
    /// Which edge.
    pub edge: Edge,
    /// Along the edge, from the page's top (right, left) or left (top, bottom) to the seal.
    pub at: Mm,
    /// Which pages.
    pub pages: PageList,
    /// First pages of these that are skipped.
    pub skip_first: usize,
    /// Last pages of these that are skipped.
    pub skip_last: usize,
    /// The most slices of one seal; more pages get several seals, in groups of nearly the same size.
    pub most_slices: Option<usize>,
}

impl Across {
    /// On all pages in one group.
    #[must_use]
    pub fn new(edge: Edge, at: Mm) -> Self {
        Self { edge, at, pages: PageList::all(), skip_first: 0, skip_last: 0, most_slices: None }
    }

    /// Works the slices out.
    ///
    /// # Errors
    /// `PLACEMENT_INVALID` when fewer than two pages are left, or a seal reaches over the ends of the edge or over the page;
    /// `PARAMETER` when a seal shall have fewer than two slices.
    pub(super) fn places(&self, seal: Size, sizes: &[Size]) -> Result<Vec<Place>> {
        let pages = self.pages.indices(sizes.len())?;
        let end = pages.len().saturating_sub(self.skip_last);
        let pages = pages.get(self.skip_first..end).unwrap_or_default();
        if pages.len() < 2 {
            return Err(refused("a seal across pages needs two of them"));
        }
        let most = self.most_slices.unwrap_or(pages.len());
        if most < 2 {
            return Err(Error::because(Code::Parameter, "a seal across pages has two slices at least"));
        }
        // No group is left with a single page, as it would be when each but the last were filled up.
        let groups = pages.len().div_ceil(most).min(pages.len() / 2);
        let first = |group: usize| group * pages.len() / groups;
        let mut places = Vec::with_capacity(pages.len());
        for group in 0..groups {
            let members = pages.get(first(group)..first(group + 1)).unwrap_or_default();
            for (index, &page) in members.iter().enumerate() {
                let size = *sizes.get(page).ok_or(refused("the document has no such page"))?;
                places.push(self.slice(seal, size, page, index, members.len())?);
            }
        }
        Ok(places)
    }

    /// Slice `index` of `count`, counted from the left or the top of the seal as it lies on the fanned-out pages.
    fn slice(&self, seal: Size, size: Size, page: usize, index: usize, count: usize) -> Result<Place> {
        // Pages are turned to the left or upwards: at the left and upper edge the last page of the group shows the first slice.
        let slice = match self.edge {
            Edge::Right | Edge::Bottom => index,
            Edge::Left | Edge::Top => count - 1 - index,
        };
        let (across, along, span) = match self.edge {
            Edge::Right | Edge::Left => (seal.width, seal.height, size.height),
            Edge::Top | Edge::Bottom => (seal.height, seal.width, size.width),
        };
        let (start, end) = (across.part(slice, count), across.part(slice + 1, count));
        if self.at < Mm::ZERO || self.at + along > span {
            return Err(refused("the seal reaches over the end of the edge"));
        }
        let depth = if matches!(self.edge, Edge::Right | Edge::Left) { size.width } else { size.height };
        if end - start > depth {
            return Err(refused("a slice is wider than the page"));
        }
        // Where the whole seal begins, so that the slice ends at the far edge or begins at the near one.
        let offset = match self.edge {
            Edge::Right | Edge::Bottom => depth - end,
            Edge::Left | Edge::Top => Mm::ZERO - start,
        };
        let (boundary, clip) = match self.edge {
            Edge::Right | Edge::Left => (
                Rect { x: offset, y: self.at, width: seal.width, height: seal.height },
                Rect { x: start, y: Mm::ZERO, width: end - start, height: seal.height },
            ),
            Edge::Top | Edge::Bottom => (
                Rect { x: self.at, y: offset, width: seal.width, height: seal.height },
                Rect { x: Mm::ZERO, y: start, width: seal.width, height: end - start },
            ),
        };
        Ok(Place { page, boundary, clip: Some(clip) })
    }
}

impl FromStr for Edge {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "right" => Ok(Self::Right),
            "left" => Ok(Self::Left),
            "top" => Ok(Self::Top),
            "bottom" => Ok(Self::Bottom),
            _ => Err(Error::because(Code::Parameter, "an edge is right, left, top or bottom")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A4: Size = Size { width: Mm::whole(210), height: Mm::whole(297) };
    const SEAL: Size = Size { width: Mm::whole(42), height: Mm::whole(42) };

    fn shown(across: &Across, pages: &[Size]) -> Vec<(usize, String, String)> {
        let places = across.places(SEAL, pages).unwrap();
        places
            .into_iter()
            .map(|place| (place.page, place.boundary.to_string(), place.clip.unwrap().to_string()))
            .collect()
    }

    fn text(lines: &[(usize, &str, &str)]) -> Vec<(usize, String, String)> {
        lines.iter().map(|&(page, boundary, clip)| (page, boundary.into(), clip.into())).collect()
    }

    /// The example of reference seal.md 2.3, which two other programs accepted.
    #[test]
    fn three_pages_at_the_right_edge() {
        let across = Across::new(Edge::Right, "127.5".parse().unwrap());
        let expected = [
            (0, "196 127.5 42 42", "0 0 14 42"),
            (1, "182 127.5 42 42", "14 0 14 42"),
            (2, "168 127.5 42 42", "28 0 14 42"),
        ];
        assert_eq!(shown(&across, &[A4; 3]), text(&expected));
    }

    #[test]
    fn the_other_edges() {
        let at = Mm::whole(40);
        let left =
            [(0, "-28 40 42 42", "28 0 14 42"), (1, "-14 40 42 42", "14 0 14 42"), (2, "0 40 42 42", "0 0 14 42")];
        assert_eq!(shown(&Across::new(Edge::Left, at), &[A4; 3]), text(&left));
        let bottom = [(0, "40 276 42 42", "0 0 42 21"), (1, "40 255 42 42", "0 21 42 21")];
        assert_eq!(shown(&Across::new(Edge::Bottom, at), &[A4; 2]), text(&bottom));
        let top = [(0, "40 -21 42 42", "0 21 42 21"), (1, "40 0 42 42", "0 0 42 21")];
        assert_eq!(shown(&Across::new(Edge::Top, at), &[A4; 2]), text(&top));
    }

    #[test]
    fn each_page_is_taken_with_its_own_width() {
        let a3 = Size { width: Mm::whole(420), height: Mm::whole(297) };
        let expected = [(0, "189 0 42 42", "0 0 21 42"), (1, "378 0 42 42", "21 0 21 42")];
        assert_eq!(shown(&Across::new(Edge::Right, Mm::ZERO), &[A4, a3]), text(&expected));
    }

    #[test]
    fn groups_cover_every_page_and_no_group_is_a_single_page() {
        for count in 2..60 {
            for most in 2..20 {
                let across = Across { most_slices: Some(most), ..Across::new(Edge::Right, Mm::ZERO) };
                let places = across.places(SEAL, &vec![A4; count]).unwrap();
                assert_eq!(places.iter().map(|place| place.page).collect::<Vec<_>>(), (0..count).collect::<Vec<_>>());
                let mut slices = 0;
                let mut shown = Mm::ZERO;
                for place in &places {
                    let clip = place.clip.unwrap();
                    assert_eq!(clip.x, shown, "slices follow one another");
                    assert_eq!(place.boundary.x + clip.x + clip.width, A4.width, "the slice ends at the edge");
                    (slices, shown) = (slices + 1, shown + clip.width);
                    if shown == SEAL.width {
                        // Three pages cannot be two and two.
                        assert!((2..=most.max(3)).contains(&slices), "{count} pages, {most} slices: {slices}");
                        (slices, shown) = (0, Mm::ZERO);
                    }
                }
                assert_eq!(slices, 0, "every group is whole");
            }
        }
    }

    #[test]
    fn pages_are_skipped_and_too_few_refused() {
        let across = Across { skip_first: 1, skip_last: 1, ..Across::new(Edge::Right, Mm::ZERO) };
        let pages: Vec<_> = across.places(SEAL, &[A4; 5]).unwrap().iter().map(|place| place.page).collect();
        assert_eq!(pages, [1, 2, 3]);
        for count in 0..4 {
            assert_eq!(across.places(SEAL, &vec![A4; count]).unwrap_err().code, Code::PlacementInvalid, "{count}");
        }
        let low = Across::new(Edge::Right, Mm::whole(256));
        assert_eq!(low.places(SEAL, &[A4; 2]).unwrap_err().code, Code::PlacementInvalid);
        let one = Across { most_slices: Some(1), ..Across::new(Edge::Right, Mm::ZERO) };
        assert_eq!(one.places(SEAL, &[A4; 2]).unwrap_err().code, Code::Parameter);
    }
}
