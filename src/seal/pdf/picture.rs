//! The picture of a seal or of a handwritten signature as PDF has pictures: PNG unpacked where it has transparency and passed on where it has none, JPEG passed
//! on. Pictures of other kinds come as one of these from whoever can draw them.

use super::deflate;
use super::inflate::zlib;
use super::unpack::rows;
use crate::hash::{decimal, hex};
use crate::prelude::*;
use crate::{Code, Error, Result};

/// The largest picture that is unpacked: 2000 × 2000 are four times what a seal of 42 mm has at 600 dpi.
const MOST_PIXELS: usize = 4 << 20;

const WRONG: Error = Error::because(Code::Internal, WHY);
const WHY: &str = "the picture is damaged, or of a kind that PDF has not";

/// An image: the entries of its dictionary and its bytes.
pub(super) struct Image {
    pub(super) entries: String,
    pub(super) bytes: Vec<u8>,
    /// Its opacity, an image of its own.
    pub(super) mask: Option<(String, Vec<u8>)>,
}

impl Image {
    /// Reads a PNG or JPEG file; `code` says whose picture it is when it is neither.
    pub(super) fn read(file: &[u8], code: Code) -> Result<Self> {
        let read = match file {
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, chunks @ ..] => {
                Png::read(chunks).and_then(|png| png.image())
            }
            [0xFF, 0xD8, ..] => jpeg(file),
            _ => Err(WRONG),
        };
        read.map_err(|_| Error::because(code, WHY))
    }

    /// A picture without transparency is printed on the page like ink, so that its paper does not hide what is there.
    pub(super) const fn is_opaque(&self) -> bool {
        self.mask.is_none()
    }
}

fn entries(width: usize, height: usize, space: &str, bits: usize, more: &str) -> String {
    let [width, height, bits] = [width, height, bits].map(decimal);
    ["/Width ", &width, "/Height ", &height, "/ColorSpace", space, "/BitsPerComponent ", &bits, more].concat()
}

/// Size and colours of a JPEG file stand in its frame header (ITU-T T.81, B.2.2).
fn jpeg(file: &[u8]) -> Result<Image> {
    let mut rest = file.get(2..).unwrap_or_default();
    loop {
        let [0xFF, marker, high, low, segment @ ..] = rest else { return Err(WRONG) };
        let length = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(2).ok_or(WRONG)?;
        let (content, behind) = segment.split_at_checked(length).ok_or(WRONG)?;
        match (marker, content) {
            (0xFF, _) => rest = rest.get(1..).ok_or(WRONG)?,
            (0xC0..=0xC2, &[8, h, l, w, x, colours, ..]) => {
                let space = match colours {
                    1 => "/DeviceGray",
                    3 => "/DeviceRGB",
                    _ => return Err(WRONG),
                };
                let [height, width] = [[h, l], [w, x]].map(|size| usize::from(u16::from_be_bytes(size)));
                if width * height == 0 {
                    return Err(WRONG);
                }
                let entries = entries(width, height, space, 8, "/Filter/DCTDecode");
                return Ok(Image { entries, bytes: file.to_vec(), mask: None });
            }
            (0xD0..=0xDA, _) => return Err(WRONG),
            _ => rest = behind,
        }
    }
}

/// The chunks of a PNG file that matter (ISO/IEC 15948).
struct Png {
    width: usize,
    height: usize,
    bits: usize,
    kind: u8,
    palette: Vec<u8>,
    /// Opacity of the palette's entries, or the one colour that is transparent.
    transparency: Option<Vec<u8>>,
    packed: Vec<u8>,
}

impl Png {
    fn read(mut rest: &[u8]) -> Result<Self> {
        let mut found = None;
        while let [a, b, c, d, k0, k1, k2, k3, behind @ ..] = rest {
            let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).map_err(|_| WRONG)?;
            let (content, behind) = behind.split_at_checked(length).ok_or(WRONG)?;
            // The checksum of a chunk is not looked at: a seal's picture is signed.
            rest = behind.get(4..).ok_or(WRONG)?;
            match (&[*k0, *k1, *k2, *k3], content, &mut found) {
                (b"IHDR", &[w0, w1, w2, w3, h0, h1, h2, h3, bits, kind, 0, 0, 0], None) => {
                    let size = |bytes| usize::try_from(u32::from_be_bytes(bytes)).unwrap_or(usize::MAX);
                    let (width, height) = (size([w0, w1, w2, w3]), size([h0, h1, h2, h3]));
                    if width == 0 || height == 0 || width.saturating_mul(height) > MOST_PIXELS {
                        return Err(WRONG);
                    }
                    let bits = usize::from(bits);
                    let (palette, packed) = (Vec::new(), Vec::new());
                    found = Some(Self { width, height, bits, kind, palette, transparency: None, packed });
                }
                (b"PLTE", _, Some(png)) => png.palette = content.to_vec(),
                (b"tRNS", _, Some(png)) => png.transparency = Some(content.to_vec()),
                (b"IDAT", _, Some(png)) => png.packed.extend_from_slice(content),
                (b"IHDR", ..) => return Err(WRONG), // interlaced, too
                (b"IEND", ..) => break,
                _ => {}
            }
        }
        found.ok_or(WRONG)
    }

    fn image(&self) -> Result<Image> {
        let samples = match (self.kind, self.bits) {
            (0, 1 | 2 | 4 | 8 | 16) => 1,
            (3, 1 | 2 | 4 | 8) if !self.palette.is_empty() => 1,
            (2, 8 | 16) => 3,
            (4, 8 | 16) => 2,
            (6, 8 | 16) => 4,
            _ => return Err(WRONG),
        };
        let row = (self.width * samples * self.bits).div_ceil(8);
        let filtered = zlib(&self.packed, (row + 1) * self.height).map_err(|_| WRONG)?;
        if filtered.len() != (row + 1) * self.height {
            return Err(WRONG);
        }
        let plain = rows(&filtered, (samples * self.bits).div_ceil(8), row).map_err(|_| WRONG)?;
        if self.transparency.is_none() && !matches!(self.kind, 4 | 6) {
            return Ok(self.passed_on(samples));
        }
        let (mut colours, mut opacity) = (Vec::new(), Vec::new());
        let mut before = [255; 3];
        for line in plain.chunks_exact(row) {
            for x in 0..self.width {
                let sample = |at: usize| self.sample(line, x * samples + at);
                let (colour, alpha) = self.pixel(&sample);
                // What does not show may have any colour: that of its neighbour packs best.
                before = if alpha == 0 { before } else { colour };
                colours.extend(before);
                opacity.push(alpha);
            }
        }
        let of = |space: &str, plain: &[u8]| {
            (entries(self.width, self.height, space, 8, "/Filter/FlateDecode"), deflate::zlib(plain))
        };
        let (entries, bytes) = of("/DeviceRGB", &colours);
        // Many programs write an opacity and use it nowhere.
        let mask = opacity.iter().any(|&alpha| alpha < 255).then(|| of("/DeviceGray", &opacity));
        Ok(Image { entries, bytes, mask })
    }

    /// PDF knows PNG's packing.
    fn passed_on(&self, samples: usize) -> Image {
        let space = match self.kind {
            3 => {
                let last = (self.palette.len() / 3).saturating_sub(1).min(255);
                let colours = hex(self.palette.get(..(last + 1) * 3).unwrap_or_default());
                ["[/Indexed/DeviceRGB ", &decimal(last), "<", &colours, ">]"].concat()
            }
            2 => "/DeviceRGB".into(),
            _ => "/DeviceGray".into(),
        };
        let [colours, bits, columns] = [samples, self.bits, self.width].map(decimal);
        let packing = ["/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors ", &colours, "/BitsPerComponent ", &bits];
        let packing = [&packing.concat(), "/Columns ", &columns, ">>"].concat();
        let entries = entries(self.width, self.height, &space, self.bits, &packing);
        Image { entries, bytes: self.packed.clone(), mask: None }
    }

    /// One sample of a row, as it stands there; of 16 bits the upper 8.
    fn sample(&self, line: &[u8], index: usize) -> u8 {
        let bit = index * self.bits;
        let byte = line.get(bit / 8).copied().unwrap_or(0);
        if self.bits >= 8 { byte } else { byte >> (8 - self.bits - bit % 8) & ((1 << self.bits) - 1) }
    }

    /// Colour and opacity of a pixel.
    fn pixel(&self, sample: &dyn Fn(usize) -> u8) -> ([u8; 3], u8) {
        let clear = self.transparency.as_deref().unwrap_or_default();
        // The one transparent colour, two bytes a sample: of 16 bits the upper ones, else the lower.
        let key = |at: usize| clear.get(at * 2 + usize::from(self.bits < 16)).copied();
        match self.kind {
            3 => {
                let at = usize::from(sample(0));
                let colour = self.palette.get(at * 3..at * 3 + 3).and_then(|colour| colour.try_into().ok());
                (colour.unwrap_or([0; 3]), clear.get(at).copied().unwrap_or(255))
            }
            0 => {
                let grey = match self.bits {
                    8 | 16 => sample(0),
                    bits => sample(0) * (255 / ((1 << bits) - 1)),
                };
                ([grey; 3], if key(0) == Some(sample(0)) { 0 } else { 255 })
            }
            2 => {
                let colour = [0, 1, 2].map(sample);
                (colour, if [0, 1, 2].map(key) == colour.map(Some) { 0 } else { 255 })
            }
            4 => ([sample(0); 3], sample(1)),
            _ => ([0, 1, 2].map(sample), sample(3)),
        }
    }
}
