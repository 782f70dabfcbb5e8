//! Letters as outlines, from a font of the system.
//!
//! Seals are cut in Song type (宋体). The usual fonts are looked for by name, then any font that has every letter; a font file
//! can be named instead, so that a picture comes out the same on every machine.

use std::path::Path;

use fontdb::{Database, Family, ID, Query, Source, Weight};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};
use tiny_skia::PathBuilder;

use crate::outcome::Failure;

/// Song type first, then what Linux has, then sans-serif.
const FAMILIES: &[&str] = &[
    "SimSun",
    "NSimSun",
    "STSong",
    "Songti SC",
    "FangSong",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "AR PL UMing CN",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
];

/// A font that has every letter of a text.
pub(super) struct Font {
    data: Vec<u8>,
    index: u32,
}

/// One letter, as wide and as high as the font's em, which is 1; y grows upwards from the baseline.
pub(super) struct Letter {
    pub(super) path: Option<tiny_skia::Path>,
    pub(super) advance: f32,
}

impl Font {
    /// The named file, or the first font of the system that has all letters.
    pub(super) fn find(file: Option<&Path>, text: &str) -> Result<Self, Failure> {
        let mut fonts = Database::new();
        match file {
            Some(path) => fonts.load_font_file(path).map_err(|error| Failure::unusable(path.display(), error))?,
            None => fonts.load_system_fonts(),
        }
        let named = FAMILIES.iter().filter_map(|name| {
            fonts.query(&Query { families: &[Family::Name(name)], weight: Weight::SEMIBOLD, ..Query::default() })
        });
        let candidates: Vec<ID> = named.chain(fonts.faces().map(|face| face.id)).collect();
        let found = candidates.into_iter().find_map(|id| Self::load(&fonts, id).filter(|font| font.has(text)));
        found.ok_or_else(|| {
            Failure::Unusable(format!(
                "没有包含这些字的字体 · no font has all of “{text}”; name one with --font, or install fonts-noto-cjk"
            ))
        })
    }

    fn load(fonts: &Database, id: ID) -> Option<Self> {
        let (source, index) = fonts.face_source(id)?;
        let data = match source {
            Source::Binary(data) => data.as_ref().as_ref().to_vec(),
            Source::File(path) => std::fs::read(path).ok()?,
        };
        Some(Self { data, index })
    }

    fn has(&self, text: &str) -> bool {
        let Ok(font) = FontRef::from_index(&self.data, self.index) else { return false };
        let letters = font.charmap();
        text.chars().filter(|letter| !letter.is_whitespace()).all(|letter| letters.map(letter).is_some())
    }

    /// The outline of a letter.
    pub(super) fn letter(&self, letter: char) -> Letter {
        let nothing = Letter { path: None, advance: 0.5 };
        let Ok(font) = FontRef::from_index(&self.data, self.index) else { return nothing };
        let em = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1));
        let Some(glyph) = font.charmap().map(letter) else { return nothing };
        let advance =
            font.glyph_metrics(Size::unscaled(), LocationRef::default()).advance_width(glyph).unwrap_or(em) / em;
        let mut pen = Pen { path: PathBuilder::new(), scale: 1.0 / em };
        let outline = font.outline_glyphs().get(glyph);
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        let drawn = outline.is_some_and(|outline| outline.draw(settings, &mut pen).is_ok());
        Letter { path: if drawn { pen.path.finish() } else { None }, advance }
    }
}

/// From one crate's path to the other's.
struct Pen {
    path: PathBuilder,
    scale: f32,
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(x * self.scale, y * self.scale);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(x * self.scale, y * self.scale);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let scale = self.scale;
        self.path.quad_to(x1 * scale, y1 * scale, x * scale, y * scale);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let scale = self.scale;
        self.path.cubic_to(x1 * scale, y1 * scale, x2 * scale, y2 * scale, x * scale, y * scale);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
