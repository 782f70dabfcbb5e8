//! Drawing a test seal: a red picture on nothing, as a PNG with alpha.
//!
//! Lines and letters are paths filled by tiny-skia; letters are outlines of a font of the system (or one that is named), so
//! that a name can be bent round a ring. Sizes follow what is usual (reference seal.md 5.2).

mod canvas;
mod font;
mod ring;
mod square;

use std::path::Path;

use canvas::Canvas;
use font::Font;

use crate::outcome::Failure;

/// What the picture looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// 圆章: ring, star, name along the ring, one line below the star.
    Round,
    /// 椭圆章: the same without a star, the line in the middle.
    Oval,
    /// 法人章: the name in a frame.
    Square,
}

/// A seal's picture that is to be drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture<'a> {
    pub(super) shape: Shape,
    /// Millimetres.
    pub(super) width: u32,
    /// Millimetres.
    pub(super) height: u32,
    /// Whose seal it is.
    pub(super) name: &'a str,
    /// The line below the star or in the middle.
    pub(super) line: Option<&'a str>,
}

/// Smaller is no seal, larger none that anybody may have.
const SIZES: std::ops::RangeInclusive<u32> = 8..=80;

impl Picture<'_> {
    /// The picture as a PNG file.
    pub(super) fn draw(&self, font: Option<&Path>) -> Result<Vec<u8>, Failure> {
        if !SIZES.contains(&self.width) || !SIZES.contains(&self.height) {
            return Err(Failure::Unusable(format!(
                "尺寸 · a seal is {} to {} mm wide and high",
                SIZES.start(),
                SIZES.end()
            )));
        }
        let text = match self.shape {
            Shape::Square => square::inscription(self.name),
            Shape::Round | Shape::Oval => self.name.to_owned(),
        };
        let font = Font::find(font, &format!("{text}{}", self.line.unwrap_or_default()))?;
        let canvas = Canvas::new(self.width, self.height);
        let mut canvas = canvas.ok_or_else(|| Failure::Unusable("尺寸 · no picture of this size".into()))?;
        match self.shape {
            Shape::Square => square::draw(&mut canvas, &font, &text),
            Shape::Round | Shape::Oval => ring::draw(&mut canvas, &font, &text, self.line, self.shape == Shape::Round),
        }
        canvas.png().map_err(|error| Failure::unusable("PNG", error))
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation)] // places within a picture
mod tests {
    use tiny_skia::Pixmap;

    use super::*;

    fn drawn(picture: &Picture<'_>) -> Pixmap {
        let Ok(png) = picture.draw(None) else { panic!("drawn") };
        Pixmap::decode_png(&png).unwrap()
    }

    fn alpha(picture: &Pixmap, x: f32, y: f32) -> u8 {
        picture.pixel((x * canvas::DENSITY) as u32, (y * canvas::DENSITY) as u32).unwrap().alpha()
    }

    /// Share of a box that is inked, in hundredths.
    fn ink(picture: &Pixmap, (x0, y0, x1, y1): (f32, f32, f32, f32)) -> u32 {
        let of = |mm: f32| (mm * canvas::DENSITY) as u32;
        let pixels: Vec<_> = (of(y0)..of(y1)).flat_map(|y| (of(x0)..of(x1)).map(move |x| (x, y))).collect();
        let inked = pixels.iter().filter(|(x, y)| picture.pixel(*x, *y).unwrap().alpha() > 127).count();
        u32::try_from(inked * 100 / pixels.len()).unwrap()
    }

    #[test]
    fn a_round_seal_has_ring_star_name_and_line() {
        let name = "示例建设有限公司";
        for size in [40, 42, 45] {
            let whole = Picture { shape: Shape::Round, width: size, height: size, name, line: Some("合同专用章") };
            let picture = drawn(&whole);
            let side = (size as f32 * canvas::DENSITY) as u32;
            assert_eq!((picture.width(), picture.height()), (side, side));
            let (middle, edge) = (size as f32 / 2.0, size as f32);
            assert_eq!(alpha(&picture, middle, 0.5), 255, "the ring above");
            assert_eq!(alpha(&picture, 0.5, middle), 255, "the ring at the left");
            assert_eq!(alpha(&picture, middle, middle), 255, "the star");
            assert_eq!((alpha(&picture, 0.5, 0.5), alpha(&picture, edge - 0.5, edge - 0.5)), (0, 0), "nothing outside");
            let top = (middle - 6.0, 2.2, middle + 6.0, 7.5);
            assert!(ink(&picture, top) > 10, "letters at the top: {}", ink(&picture, top));
            let below = (middle - 8.0, middle + 9.0, middle + 8.0, middle + 13.0);
            assert!(ink(&picture, below) > 10, "the line below the star: {}", ink(&picture, below));
            let bare = drawn(&Picture { line: None, ..whole });
            assert_eq!(ink(&bare, below), 0, "no line when there is none");
            let red = picture
                .pixel((middle * canvas::DENSITY) as u32, (middle * canvas::DENSITY) as u32)
                .unwrap()
                .demultiply();
            assert!(red.red() > 180 && red.green() < 60 && red.blue() < 60);
        }
    }

    #[test]
    fn the_name_stays_inside_the_ring_however_long() {
        for count in [2, 8, 20, 36] {
            let name: String = "示例建设有限公司".chars().cycle().take(count).collect();
            for (shape, width, height) in [(Shape::Round, 42, 42), (Shape::Oval, 40, 30), (Shape::Oval, 45, 30)] {
                let picture = drawn(&Picture { shape, width, height, name: &name, line: None });
                // Just inside the ring's line there is nothing.
                let (a, b) = (width as f32 / 2.0, height as f32 / 2.0);
                for step in 0..360 {
                    let (sin, cos) = (step as f32).to_radians().sin_cos();
                    let (x, y) = (a + (a - 1.5) * cos, b + (b - 1.5) * sin);
                    assert_eq!(alpha(&picture, x, y), 0, "{shape:?}, {count} letters, {step}°");
                }
            }
        }
    }

    #[test]
    fn a_square_seal_fills_its_frame() {
        let picture = drawn(&Picture { shape: Shape::Square, width: 20, height: 20, name: "示例人", line: None });
        assert_eq!((alpha(&picture, 0.3, 10.0), alpha(&picture, 10.0, 19.7)), (255, 255), "the frame");
        for corner in [(2.0, 2.0, 9.5, 9.5), (10.5, 2.0, 18.0, 9.5), (2.0, 10.5, 9.5, 18.0), (10.5, 10.5, 18.0, 18.0)] {
            assert!(ink(&picture, corner) > 10, "a letter in each quarter");
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let picture = Picture { shape: Shape::Round, width: 42, height: 42, name: "示例", line: None };
        assert!(Picture { width: 500, ..picture }.draw(None).is_err());
        assert!(Picture { name: "\u{10FFFF}", ..picture }.draw(None).is_err(), "no font has it");
        assert!(picture.draw(Some(Path::new("/no/such/font.ttf"))).is_err());
    }
}
