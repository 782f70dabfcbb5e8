//! A laid out letter as a PDF file. The same letter gives the same bytes: nothing of the clock, the host or chance is in it.

use std::collections::HashMap;

use calock_font::Font as Face;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

use super::sheet::{Faces, HEIGHT, Laid, POINT, Text, WIDTH};

/// Writes it. `None`: the font cannot be embedded.
pub(super) fn print(laid: &Laid, faces: &Faces, title: &str) -> Option<Vec<u8>> {
    let settings = SerializeSettings { enable_tagging: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let metadata = Metadata::new().title(title.into()).language("zh-CN".into()).producer("calock".into());
    document.set_metadata(metadata);
    let fonts = [embedded(&faces.regular)?, embedded(&faces.bold)?];
    for sheet in &laid.sheets {
        let mut page = document.start_page_with(PageSettings::from_wh(points(WIDTH), points(HEIGHT))?);
        let mut surface = page.surface();
        surface.set_stroke(Some(Stroke { width: 0.5, ..Stroke::default() }));
        surface.set_fill(None);
        let mut path = PathBuilder::new();
        for [x1, y1, x2, y2] in &sheet.strokes {
            path.move_to(points(*x1), points(*y1));
            path.line_to(points(*x2), points(*y2));
        }
        if let Some(path) = path.finish() {
            surface.draw_path(&path);
        }
        surface.set_stroke(None);
        surface.set_fill(Some(Fill {
            paint: rgb::Color::new(0, 0, 0).into(),
            opacity: NormalizedF32::ONE,
            ..Fill::default()
        }));
        for text in &sheet.texts {
            let [regular, bold] = &fonts;
            draw(&mut surface, text, faces.of(text.bold), if text.bold { bold } else { regular })?;
        }
        surface.finish();
        page.finish();
    }
    document.finish().ok()
}

fn embedded(face: &Face) -> Option<Font> {
    Font::new(face.data().clone().into(), face.index())
}

fn draw(surface: &mut Surface<'_>, text: &Text, face: &Face, font: &Font) -> Option<()> {
    let mut known = HashMap::new();
    let mut glyphs = Vec::new();
    for (at, letter) in text.text.char_indices() {
        let (glyph, advance) = match known.get(&letter) {
            Some(found) => *found,
            // A blank that a font does not have is a blank.
            None => *known.entry(letter).or_insert(face.glyph(letter).or_else(|| face.glyph(' '))?),
        };
        glyphs.push(KrillaGlyph {
            glyph_id: GlyphId::new(glyph.to_u32()),
            text_range: at..at + letter.len_utf8(),
            x_advance: advance + text.spacing / (text.size * POINT),
            x_offset: 0.0,
            y_offset: 0.0,
            y_advance: 0.0,
            location: None,
        });
    }
    let start = Point::from_xy(points(text.x), points(text.y));
    surface.draw_glyphs(start, &glyphs, font.clone(), &text.text, text.size, false);
    Some(())
}

fn points(mm: f32) -> f32 {
    mm / POINT
}
