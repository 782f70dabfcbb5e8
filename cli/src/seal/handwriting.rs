//! `--handwriting FILE --handwriting-at PAGE,X,Y,WIDTH[,HEIGHT]`: pictures of handwritten signatures.

mod ink;

use std::path::PathBuf;
use std::str::FromStr;

use calock::Code;
use calock::seal::Picture;
use calock::seal::placement::{Mm, Rect};
use clap::Args;

use self::ink::Ink;
use crate::input;
use crate::outcome::Failure;
use crate::verify::reason;

#[derive(Args)]
pub(super) struct Flags {
    /// 手写签名图片 · a picture of a handwritten signature (PNG or JPEG), with its place; may be given several times
    #[arg(long, value_name = "FILE", requires = "handwriting_at")]
    handwriting: Vec<PathBuf>,
    /// 手写签名的位置 · its page and millimetres from the page's left and upper edge; without HEIGHT it keeps its shape
    #[arg(long, value_name = "PAGE,X,Y,WIDTH[,HEIGHT]", requires = "handwriting", allow_hyphen_values = true)]
    handwriting_at: Vec<At>,
}

/// Where one stands.
#[derive(Clone, Copy, Debug)]
struct At {
    page: usize,
    x: Mm,
    y: Mm,
    width: Mm,
    height: Option<Mm>,
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const WRONG: &str = "写作 PAGE,X,Y,WIDTH[,HEIGHT] · a page and three or four lengths in millimetres";
        let parts: Vec<_> = text.split([',', '，']).map(str::trim).collect();
        let (&[page, x, y, width], height) = match parts.split_first_chunk::<4>() {
            Some((first, [])) => (first, None),
            Some((first, [height])) => (first, Some(*height)),
            _ => return Err(WRONG.into()),
        };
        let length = |text: &str| text.parse::<Mm>().map_err(|_| WRONG.to_owned());
        let page = page.parse().ok().filter(|page| *page > 0).ok_or(WRONG)?;
        let height = height.map(length).transpose()?;
        Ok(Self { page, x: length(x)?, y: length(y)?, width: length(width)?, height })
    }
}

/// A picture that is to be put on a page.
pub(super) struct Handwriting {
    data: Vec<u8>,
    page: usize,
    boundary: Rect,
}

impl Handwriting {
    pub(super) fn picture(&self) -> Picture<'_> {
        Picture { data: &self.data, page: self.page, boundary: self.boundary }
    }
}

impl Flags {
    /// Reads the pictures. A photograph that was taken sideways is turned upright; where a document cannot multiply, as OFD, paper is made
    /// transparent.
    pub(super) fn read(&self, multiplies: bool) -> Result<Vec<Handwriting>, Failure> {
        if self.handwriting.len() != 1 && self.handwriting.len() != self.handwriting_at.len() {
            let why = "每个 --handwriting 对应一个 --handwriting-at · each picture needs its place";
            return Err(Failure::Unusable(why.into()));
        }
        // One picture may stand in many places.
        self.handwriting
            .iter()
            .cycle()
            .zip(&self.handwriting_at)
            .map(|(path, at)| {
                let unreadable = || Failure::unusable(path.display(), reason(Code::PictureUnreadable));
                let mut data = input::data(path)?;
                let ink = Ink::read(&data).ok_or_else(unreadable)?;
                let height = at.height.unwrap_or_else(|| ink.height(at.width));
                if ink.was_turned || !multiplies && ink.is_opaque() {
                    data = ink.png(!multiplies).ok_or_else(unreadable)?;
                }
                let boundary = Rect { x: at.x, y: at.y, width: at.width, height };
                Ok(Handwriting { data, page: at.page - 1, boundary })
            })
            .collect()
    }
}
