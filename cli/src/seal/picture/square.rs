//! The seal of a person (法人章): columns from the right to the left, in a frame.

use tiny_skia::Transform;

use super::canvas::Canvas;
use super::font::Font;

/// What is cut: names of two and three characters are filled up to four.
pub(super) fn inscription(name: &str) -> String {
    let letters: String = name.chars().filter(|letter| !letter.is_whitespace()).collect();
    match letters.chars().count() {
        2 => letters + "之印",
        3 => letters + "印",
        _ => letters,
    }
}

pub(super) fn draw(canvas: &mut Canvas, font: &Font, text: &str) {
    let line = canvas.width.min(canvas.height) / 22.0;
    canvas.frame(line);
    let count = text.chars().count();
    let rows = (1..).find(|rows| rows * rows >= count).unwrap_or(1);
    let columns = count.div_ceil(rows).max(1);
    #[allow(clippy::cast_precision_loss)] // a name is short
    let (rows_f, columns_f) = (rows as f32, columns as f32);
    let margin = line * 1.6;
    let (width, height) = ((canvas.width - 2.0 * margin) / columns_f, (canvas.height - 2.0 * margin) / rows_f);
    for (index, letter) in text.chars().enumerate() {
        #[allow(clippy::cast_precision_loss)]
        let (row, column) = ((index % rows) as f32, (index / rows) as f32);
        let letter = font.letter(letter);
        let (x, y) = (canvas.width - margin - (column + 1.0) * width, margin + row * height);
        // Stretched to its cell, with its feet where those of Song type stand.
        let place = Transform::from_scale(width / letter.advance, -height * 0.98).post_translate(x, y + height * 0.87);
        if let Some(path) = &letter.path {
            canvas.fill(path, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::inscription;

    #[test]
    fn names_are_filled_up_to_four() {
        assert_eq!(inscription("示例"), "示例之印");
        assert_eq!(inscription("示 例人"), "示例人印");
        assert_eq!(inscription("示例之人"), "示例之人");
    }
}
