//! Round and oval seals: a circle is an oval whose axes are the same.

use tiny_skia::{PathBuilder, Transform};

use super::canvas::Canvas;
use super::font::Font;

/// How far letters of Song type reach above the baseline, in ems.
const ABOVE: f32 = 0.88;

/// Space between the ring's line and the letters, millimetres.
const GAP: f32 = 0.9;

/// The name takes at most this much of the way round; the rest, below, stays free.
const MOST_OF_THE_WAY: f32 = 0.74;

pub(super) fn draw(canvas: &mut Canvas, font: &Font, name: &str, line: Option<&str>, star: bool) {
    let short = canvas.width.min(canvas.height);
    let stroke = short / 36.0;
    canvas.ring(stroke);
    along(canvas, font, name, stroke);
    let (x, y) = (canvas.width / 2.0, canvas.height / 2.0);
    if star {
        let path = pentagram(short / 6.0);
        if let Some(path) = path {
            canvas.fill(&path, Transform::from_translate(x, y));
        }
    }
    if let Some(line) = line {
        // Below a star at two thirds of the way to the ring; without one in the middle.
        let height = short / 10.5;
        let (base, width) = match star {
            true => (y + short * 0.31, short * 0.62),
            false => (y + height * (ABOVE - 0.5), canvas.width * 0.56),
        };
        straight(canvas, font, line, height, (x, base), width);
    }
}

/// The name along the upper part of the ring, feet towards the middle.
fn along(canvas: &mut Canvas, font: &Font, name: &str, stroke: f32) {
    let letters: Vec<_> =
        name.chars().filter(|letter| !letter.is_whitespace()).map(|letter| font.letter(letter)).collect();
    let short = canvas.width.min(canvas.height);
    let height = short * 0.145;
    // The letters' feet stand on an oval of their own.
    let foot = stroke + GAP + height * ABOVE;
    let oval = Oval { a: canvas.width / 2.0 - foot, b: canvas.height / 2.0 - foot };
    let whole = oval.length();
    #[allow(clippy::cast_precision_loss)] // a name is short
    let count = letters.len().max(1) as f32;
    // Few letters stand apart as far as is usual, many share the way and become narrow.
    let step = (whole * MOST_OF_THE_WAY / count).min(height * 1.7);
    let mut at = whole / 2.0 - step * (count - 1.0) / 2.0;
    for letter in &letters {
        let (x, y, angle) = oval.at(at / whole);
        // What is left beside a letter, at its feet where neighbours come closest.
        let narrow = (step * 0.94 / (letter.advance * height)).min(1.0);
        let place = Transform::from_translate(-letter.advance / 2.0, 0.0)
            .post_scale(height * narrow, -height)
            .post_rotate(angle.to_degrees())
            .post_translate(canvas.width / 2.0 + x, canvas.height / 2.0 + y);
        if let Some(path) = &letter.path {
            canvas.fill(path, place);
        }
        at += step;
    }
}

/// A line of text around a point on its baseline, no wider than `most`.
fn straight(canvas: &mut Canvas, font: &Font, text: &str, height: f32, (x, base): (f32, f32), most: f32) {
    let letters: Vec<_> = text.chars().map(|letter| font.letter(letter)).collect();
    let width: f32 = letters.iter().map(|letter| letter.advance * height).sum();
    let narrow = (most / width).min(1.0);
    let mut at = x - width * narrow / 2.0;
    for letter in &letters {
        if let Some(path) = &letter.path {
            canvas.fill(path, Transform::from_scale(height * narrow, -height).post_translate(at, base));
        }
        at += letter.advance * height * narrow;
    }
}

/// A star of five points around the origin, one of them up.
fn pentagram(radius: f32) -> Option<tiny_skia::Path> {
    // The inner corners of a pentagram lie where its long lines cross.
    let inner = radius * 0.381_966;
    let mut path = PathBuilder::new();
    for corner in 0..10u8 {
        let (sin, cos) = (f32::from(corner) * std::f32::consts::PI / 5.0).sin_cos();
        let radius = if corner % 2 == 0 { radius } else { inner };
        let (x, y) = (radius * sin, -radius * cos);
        if corner == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    path.close();
    path.finish()
}

/// An oval around the origin with half axes `a` and `b`.
struct Oval {
    a: f32,
    b: f32,
}

impl Oval {
    /// Straight pieces that the way round is measured in.
    const PIECES: u16 = 720;

    /// From the lowest point clockwise, as a seal is read; `part` counts pieces.
    fn point(&self, part: f32) -> (f32, f32) {
        let (sin, cos) = (part / f32::from(Self::PIECES) * std::f32::consts::TAU).sin_cos();
        (-self.a * sin, self.b * cos)
    }

    fn piece(&self, index: u16) -> f32 {
        let ((x0, y0), (x1, y1)) = (self.point(f32::from(index)), self.point(f32::from(index + 1)));
        (x1 - x0).hypot(y1 - y0)
    }

    fn length(&self) -> f32 {
        (0..Self::PIECES).map(|index| self.piece(index)).sum()
    }

    /// The point at this part of the way (0 to 1), and by how much a letter there is turned clockwise.
    fn at(&self, part: f32) -> (f32, f32, f32) {
        let mut left = part.clamp(0.0, 1.0) * self.length();
        let mut index = 0;
        while index + 1 < Self::PIECES && left > self.piece(index) {
            left -= self.piece(index);
            index += 1;
        }
        let (x, y) = self.point(f32::from(index) + left / self.piece(index).max(f32::MIN_POSITIVE));
        // Upright along the normal.
        let angle = (x / (self.a * self.a)).atan2(-y / (self.b * self.b));
        (x, y, angle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stand_upright_on_the_oval() {
        let circle = Oval { a: 10.0, b: 10.0 };
        assert!((circle.length() - 62.83).abs() < 0.01);
        for (part, x, y, degrees) in [(0.5, 0.0, -10.0, 0.0), (0.25, -10.0, 0.0, -90.0), (0.75, 10.0, 0.0, 90.0f32)] {
            let at = circle.at(part);
            assert!((at.0 - x).abs() < 0.1 && (at.1 - y).abs() < 0.1, "{part}: {at:?}");
            assert!((at.2.to_degrees() - degrees).abs() < 1.0, "{part}: {at:?}");
        }
    }
}
