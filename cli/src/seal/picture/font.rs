//! Letters as outlines, from a font that [`calock_font`] finds.

use std::path::Path;

use calock_font::{Fonts, Strength};
use skrifa::MetadataProvider;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use tiny_skia::PathBuilder;

use crate::outcome::Failure;

/// A font that has every letter of a text.
pub(super) struct Font(calock_font::Font);

/// One letter, as wide and as high as the font's em, which is 1; y grows upwards from the baseline.
pub(super) struct Letter {
    pub(super) path: Option<tiny_skia::Path>,
    pub(super) advance: f32,
}

impl Font {
    /// The named file, or the first font of the system that has all letters. A named file gives the same picture on every machine.
    pub(super) fn find(file: Option<&Path>, text: &str) -> Result<Self, Failure> {
        let fonts = match file {
            Some(path) => Fonts::at(path).map_err(|error| Failure::unusable(path.display(), error))?,
            None => Fonts::of_the_system(),
        };
        let found = fonts.find(text, Strength::SemiBold);
        found.map(Self).map_err(|missing| Failure::Unusable(missing.to_string()))
    }

    /// The outline of a letter.
    pub(super) fn letter(&self, letter: char) -> Letter {
        let nothing = Letter { path: None, advance: 0.5 };
        let (Some(tables), Some((glyph, advance))) = (self.0.tables(), self.0.glyph(letter)) else { return nothing };
        let em = f32::from(tables.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1));
        let mut pen = Pen { path: PathBuilder::new(), scale: 1.0 / em };
        let outline = tables.outline_glyphs().get(glyph);
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
