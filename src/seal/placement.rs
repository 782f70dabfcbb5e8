//! Where a seal stands: pure geometry in millimetres of the *displayed* page, from its top left corner.
//!
//! The preview is drawn from the same numbers that are written. A seal's size is its own.

mod across;
pub mod keyword;
mod mm;
mod pages;

pub use across::{Across, Edge};
pub use mm::{Mm, Rect, Size};
pub use pages::PageList;

use crate::prelude::*;
use crate::{Code, Error, Result};

/// One seal, or a slice of it, on one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the page, from 0.
    pub page: usize,
    /// The whole seal.
    pub boundary: Rect,
    /// What of it shows, in its own coordinates; all of it when absent.
    pub clip: Option<Rect>,
}

/// Where one seal shall stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// The same place on each page of a list; one page is a list of one (单页、多页).
    Pages {
        /// Which pages.
        pages: PageList,
        /// From the page's left edge to the seal's.
        x: Mm,
        /// From the page's upper edge to the seal's.
        y: Mm,
    },
    /// A slice on each page, whole when the pages lie fanned out (骑缝章).
    Across(Across),
}

impl Placement {
    /// Works the places out, in the order of the pages. `pages` are the displayed sizes.
    ///
    /// # Errors
    /// `PLACEMENT_INVALID` when a page is not there, or a seal reaches over the edge of its page.
    pub fn places(&self, seal: Size, pages: &[Size]) -> Result<Vec<Place>> {
        if seal.width <= Mm::ZERO || seal.height <= Mm::ZERO {
            return Err(refused("a seal without a size"));
        }
        match self {
            Self::Across(across) => across.places(seal, pages),
            Self::Pages { pages: list, x, y } => {
                let boundary = Rect { x: *x, y: *y, width: seal.width, height: seal.height };
                list.indices(pages.len())?
                    .into_iter()
                    .map(|page| match pages.get(page) {
                        Some(&size) if boundary.is_within(size) => Ok(Place { page, boundary, clip: None }),
                        _ => Err(refused("the seal reaches over the edge of the page")),
                    })
                    .collect()
            }
        }
    }
}

/// The places of one seal of that size by all its placements: what a preview draws and a signature covers.
///
/// # Errors
/// `PLACEMENT_INVALID` as [`Placement::places`], and when there is no place at all.
pub fn places(placements: &[Placement], seal: Size, pages: &[Size]) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for placement in placements {
        places.extend(placement.places(seal, pages)?);
    }
    if places.is_empty() { Err(refused("no place for the seal")) } else { Ok(places) }
}

fn refused(why: &'static str) -> Error {
    Error::because(Code::PlacementInvalid, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mm(text: &str) -> Mm {
        text.parse().unwrap()
    }

    const A4: Size = Size { width: Mm::whole(210), height: Mm::whole(297) };

    #[test]
    fn a_seal_stands_on_each_page_of_a_list() {
        let seal = Size { width: mm("42"), height: mm("42") };
        let placement = Placement::Pages { pages: "3,1".parse().unwrap(), x: mm("120.5"), y: mm("255") };
        let places = placement.places(seal, &[A4; 3]).unwrap();
        assert_eq!(places.iter().map(|place| place.page).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(places[0].boundary.to_string(), "120.5 255 42 42");
        assert_eq!(places[0].clip, None);
    }

    #[test]
    fn nothing_reaches_over_an_edge() {
        let seal = Size { width: mm("42"), height: mm("30") };
        for (x, y, good) in [
            ("0", "0", true),
            ("168", "267", true),
            ("168.001", "0", false),
            ("0", "267.001", false),
            ("-0.001", "0", false),
        ] {
            let placement = Placement::Pages { pages: "1".parse().unwrap(), x: mm(x), y: mm(y) };
            assert_eq!(placement.places(seal, &[A4]).is_ok(), good, "{x} {y}");
        }
        let beyond = Placement::Pages { pages: "2".parse().unwrap(), x: mm("0"), y: mm("0") };
        assert_eq!(beyond.places(seal, &[A4]).unwrap_err().code, Code::PlacementInvalid);
        let nothing = Placement::Pages { pages: "1".parse().unwrap(), x: mm("0"), y: mm("0") };
        assert!(nothing.places(Size { width: mm("0"), height: mm("30") }, &[A4]).is_err());
    }
}
