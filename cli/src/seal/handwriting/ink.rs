//! Pixels of a handwritten signature: what is paper, and which side is up.

use calock::seal::placement::Mm;
use tiny_skia::{Pixmap, PremultipliedColorU8};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// More pixels than a signature needs: 100 × 40 mm at 600 dpi have two million. Photographs have twelve.
const MOST_PIXELS: usize = 3 << 20;

/// A picture, upright.
pub(super) struct Ink {
    pixels: Pixmap,
    /// Whether it lay on its side in the file, as photographs do.
    pub(super) was_turned: bool,
}

impl Ink {
    /// Reads a PNG or JPEG file.
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        if data.starts_with(b"\x89PNG") {
            return Pixmap::decode_png(data).ok().map(|pixels| Self { pixels, was_turned: false });
        }
        let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), options);
        let colours = decoder.decode().ok()?;
        let (width, height) = decoder.dimensions()?;
        let mut pixels = Pixmap::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?)?;
        for (pixel, colour) in pixels.pixels_mut().iter_mut().zip(colours.as_chunks::<3>().0) {
            *pixel = PremultipliedColorU8::from_rgba(colour[0], colour[1], colour[2], 255)?;
        }
        let turned = decoder.exif().and_then(|exif| orientation(exif)).filter(|turned| *turned != 1);
        let was_turned = turned.is_some();
        Some(Self { pixels: turned.map_or(Some(pixels.clone()), |how| upright(&pixels, how))?, was_turned })
    }

    /// Whether it has no transparency, so that its paper would hide what it stands on.
    pub(super) fn is_opaque(&self) -> bool {
        self.pixels.pixels().iter().all(|pixel| pixel.alpha() == 255)
    }

    /// The height that belongs to a width.
    pub(super) fn height(&self, width: Mm) -> Mm {
        let (across, down) = (i64::from(self.pixels.width()), i64::from(self.pixels.height()));
        Mm::micrometres(width.as_micrometres().saturating_mul(down) / across)
    }

    /// A PNG file of it; with `clear`, as much of each pixel is transparent as is white: on white it looks the same.
    pub(super) fn png(mut self, clear: bool) -> Option<Vec<u8>> {
        while self.pixels.pixels().len() > MOST_PIXELS {
            self.pixels = halved(&self.pixels)?;
        }
        if clear {
            for pixel in self.pixels.pixels_mut() {
                let [red, green, blue] = [pixel.red(), pixel.green(), pixel.blue()];
                let white = red.min(green).min(blue);
                *pixel = PremultipliedColorU8::from_rgba(red - white, green - white, blue - white, 255 - white)?;
            }
        }
        self.pixels.encode_png().ok()
    }
}

/// Which way a photograph lies (Exif 2.3, tag 0x0112): 1 to 8.
fn orientation(exif: &[u8]) -> Option<u16> {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let is_little = exif.starts_with(b"II");
    let short = |at: usize| -> Option<u16> {
        let bytes = *exif.get(at..)?.first_chunk()?;
        Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| -> Option<u32> {
        let bytes = *exif.get(at..)?.first_chunk()?;
        Some(if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let list = usize::try_from(long(4)?).ok()?;
    let entries = (0..usize::from(short(list)?)).map(|index| list + 2 + index * 12);
    let found = entries.into_iter().find(|&at| short(at) == Some(0x0112))?;
    short(found + 8).filter(|way| (1..=8).contains(way))
}

/// The picture with its upper side up.
fn upright(pixels: &Pixmap, way: u16) -> Option<Pixmap> {
    let (width, height) = (pixels.width(), pixels.height());
    let (across, down) = if way >= 5 { (height, width) } else { (width, height) };
    let mut turned = Pixmap::new(across, down)?;
    let row = usize::try_from(across).ok()?;
    for (index, pixel) in turned.pixels_mut().iter_mut().enumerate() {
        let (x, y) = (u32::try_from(index % row).ok()?, u32::try_from(index / row).ok()?);
        let (from_x, from_y) = match way {
            2 => (width - 1 - x, y),
            3 => (width - 1 - x, height - 1 - y),
            4 => (x, height - 1 - y),
            5 => (y, x),
            6 => (y, height - 1 - x),
            7 => (width - 1 - y, height - 1 - x),
            8 => (width - 1 - y, x),
            _ => (x, y),
        };
        *pixel = pixels.pixel(from_x, from_y)?;
    }
    Some(turned)
}

/// Half as wide and high, each pixel the mean of four.
fn halved(pixels: &Pixmap) -> Option<Pixmap> {
    let mut small = Pixmap::new(pixels.width() / 2, pixels.height() / 2)?;
    let row = usize::try_from(small.width()).ok()?;
    for (index, pixel) in small.pixels_mut().iter_mut().enumerate() {
        let (x, y) = (u32::try_from(index % row).ok()? * 2, u32::try_from(index / row).ok()? * 2);
        let mut four = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)].into_iter().map(|(x, y)| pixels.pixel(x, y));
        let four = [four.next()??, four.next()??, four.next()??, four.next()??];
        let mean = |part: fn(PremultipliedColorU8) -> u8| {
            u8::try_from(four.iter().map(|one| u16::from(part(*one))).sum::<u16>() / 4).unwrap_or(u8::MAX)
        };
        let [red, green, blue] = [mean(|one| one.red()), mean(|one| one.green()), mean(|one| one.blue())];
        *pixel = PremultipliedColorU8::from_rgba(red, green, blue, mean(|one| one.alpha()))?;
    }
    Some(small)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two by three pixels, each with its number as red.
    fn numbered() -> Pixmap {
        let mut pixels = Pixmap::new(2, 3).unwrap();
        for (number, pixel) in pixels.pixels_mut().iter_mut().enumerate() {
            *pixel = PremultipliedColorU8::from_rgba(u8::try_from(number).unwrap(), 0, 0, 255).unwrap();
        }
        pixels
    }

    #[test]
    fn photographs_are_turned_upright() {
        // The rows of the picture 01/23/45 by each of the eight ways of lying.
        for (way, width, expected) in [
            (1, 2, [0, 1, 2, 3, 4, 5]),
            (2, 2, [1, 0, 3, 2, 5, 4]),
            (3, 2, [5, 4, 3, 2, 1, 0]),
            (4, 2, [4, 5, 2, 3, 0, 1]),
            (5, 3, [0, 2, 4, 1, 3, 5]),
            (6, 3, [4, 2, 0, 5, 3, 1]),
            (7, 3, [5, 3, 1, 4, 2, 0]),
            (8, 3, [1, 3, 5, 0, 2, 4]),
        ] {
            let turned = upright(&numbered(), way).unwrap();
            assert_eq!(turned.width(), width);
            assert_eq!(turned.pixels().iter().map(|pixel| pixel.red()).collect::<Vec<_>>(), expected, "{way}");
        }
    }

    #[test]
    fn a_large_picture_becomes_a_small_one() {
        let half = halved(&numbered()).unwrap();
        // The mean of 0 to 3; the odd row falls away.
        assert_eq!((half.width(), half.height(), half.pixels()[0].red()), (1, 1, 1));
        let large = Ink { pixels: Pixmap::new(4000, 3000).unwrap(), was_turned: true };
        let made = Pixmap::decode_png(&large.png(true).unwrap()).unwrap();
        assert_eq!((made.width(), made.height()), (2000, 1500));
    }

    #[test]
    fn the_way_stands_in_the_first_list() {
        let little = b"II*\0\x08\0\0\0\x02\0\x00\x01\x03\0\x01\0\0\0\x07\0\0\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        assert_eq!(orientation(little), Some(6));
        let big = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0";
        assert_eq!(orientation(big), Some(3));
        for short in 0..little.len() - 4 {
            assert_eq!(orientation(&little[..short]), None, "{short}");
        }
    }

    #[test]
    fn white_becomes_transparent_and_looks_the_same_on_white() {
        let mut pixels = Pixmap::new(3, 1).unwrap();
        let colours = [[255, 255, 255], [0, 0, 0], [200, 100, 50]];
        for (pixel, [red, green, blue]) in pixels.pixels_mut().iter_mut().zip(colours) {
            *pixel = PremultipliedColorU8::from_rgba(red, green, blue, 255).unwrap();
        }
        let ink = Ink { pixels, was_turned: false };
        assert!(ink.is_opaque());
        let made = Pixmap::decode_png(&ink.png(true).unwrap()).unwrap();
        for (pixel, [red, green, blue]) in made.pixels().iter().zip(colours) {
            let paper = 255 - pixel.alpha();
            let near = |is: u8, was: u8| (is + paper).abs_diff(was) <= 1;
            assert!(near(pixel.red(), red) && near(pixel.green(), green) && near(pixel.blue(), blue));
        }
        assert_eq!(made.pixels()[0].alpha(), 0);
    }
}
