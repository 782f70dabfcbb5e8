//! Pictures of pages as pdftoppm draws them.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part
#![allow(clippy::unwrap_used)] // a helper that cannot go on fails its test

/// A picture of three bytes a pixel.
pub struct Raster<'a> {
    pub width: usize,
    pub height: usize,
    pixels: &'a [u8],
}

impl<'a> Raster<'a> {
    /// `P6`, width, height, 255, each with white space behind.
    pub fn read(file: &'a [u8]) -> Self {
        let mut fields = Vec::new();
        let mut at = 0;
        while fields.len() < 4 {
            let end = at + file[at..].iter().position(u8::is_ascii_whitespace).unwrap();
            fields.push(std::str::from_utf8(&file[at..end]).unwrap());
            at = end + 1;
        }
        Self { width: fields[1].parse().unwrap(), height: fields[2].parse().unwrap(), pixels: &file[at..] }
    }

    /// Column, row and colour of every pixel.
    pub fn pixels(&self) -> impl Iterator<Item = (usize, usize, &[u8])> {
        self.pixels.chunks_exact(3).enumerate().map(|(index, pixel)| (index % self.width, index / self.width, pixel))
    }
}
