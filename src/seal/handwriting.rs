//! Handwritten signatures (手写签名): pictures that stand on pages beside the seals, written in the same pass and covered by the same
//! signature.

use super::placement::{Mm, Rect, Size};
use crate::{Code, Error, Result};

/// A picture of a handwritten signature, once on one page.
///
/// A picture without transparency would hide what it stands on. PDF multiplies it onto the page as ink is; OFD has no way to say
/// that, so there its paper is made transparent beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// A PNG or JPEG file.
    pub data: &'a [u8],
    /// Index of the page, from 0.
    pub page: usize,
    /// Where it stands on the displayed page. The picture fills it.
    pub boundary: Rect,
}

/// What a picture's file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Jpeg,
}

impl Picture<'_> {
    /// The format by the file's first bytes.
    pub(super) const fn format(&self) -> Result<Format> {
        match self.data {
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Ok(Format::Png),
            [0xFF, 0xD8, 0xFF, ..] => Ok(Format::Jpeg),
            _ => Err(Error::because(Code::PictureUnreadable, "the picture is neither PNG nor JPEG")),
        }
    }
}

/// Whether pictures can be read and lie on their pages.
///
/// # Errors
/// `PLACEMENT_INVALID`, `PICTURE_UNREADABLE`.
pub(super) fn check(pictures: &[Picture<'_>], pages: &[Size]) -> Result<()> {
    for picture in pictures {
        let Rect { width, height, .. } = picture.boundary;
        let lies = |page: &&Size| width > Mm::ZERO && height > Mm::ZERO && picture.boundary.is_within(**page);
        if pages.get(picture.page).filter(lies).is_none() {
            return Err(Error::because(Code::PlacementInvalid, "the picture does not lie on its page"));
        }
        picture.format()?;
    }
    Ok(())
}
