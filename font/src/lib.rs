//! A font that has every character of a text, from the system's folders or from what an operator names.
//!
//! The usual Chinese fonts are looked for by name, then any font that has all of it. Whoever draws with it never draws an empty
//! box: a text that no font has is an error that names the characters.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use fontdb::{Database, Family, ID, Query, Source, Weight};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, GlyphId, MetadataProvider};

/// Song type (宋体) first, as seals are cut and letters are printed, then what Linux has, then sans-serif.
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

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Running text.
    Regular,
    /// What is cut into a seal.
    SemiBold,
    /// Titles.
    Bold,
}

/// The fonts that there are. What was read once is kept.
pub struct Fonts {
    known: Database,
    read: Mutex<HashMap<PathBuf, Arc<Vec<u8>>>>,
}

/// One font.
#[derive(Clone)]
pub struct Font {
    data: Arc<Vec<u8>>,
    index: u32,
}

/// No font has all of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Characters that the best of the fonts does not have; all of the text's when there is no font.
    pub characters: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "没有包含这些字的字体 · no font has “{}”; name one, or install fonts-noto-cjk", self.characters)
    }
}

impl std::error::Error for Missing {}

impl Fonts {
    /// Those of the system.
    #[must_use]
    pub fn of_the_system() -> Self {
        let mut known = Database::new();
        known.load_system_fonts();
        Self { known, read: Mutex::default() }
    }

    /// Those of a file or a folder, and no others.
    ///
    /// # Errors
    /// The file's own; a folder without fonts.
    pub fn at(path: &Path) -> io::Result<Self> {
        let mut known = Database::new();
        if path.is_dir() {
            known.load_fonts_dir(path);
        } else {
            known.load_font_file(path)?;
        }
        match known.is_empty() {
            true => Err(io::Error::new(io::ErrorKind::InvalidData, "no font")),
            false => Ok(Self { known, read: Mutex::default() }),
        }
    }

    /// The first font that has every letter of a text. Blanks are nothing that a font must have.
    ///
    /// # Errors
    /// [`Missing`].
    pub fn find(&self, text: &str, strength: Strength) -> Result<Font, Missing> {
        let weight = match strength {
            Strength::Regular => Weight::NORMAL,
            Strength::SemiBold => Weight::SEMIBOLD,
            Strength::Bold => Weight::BOLD,
        };
        let named = FAMILIES.iter().filter_map(|name| {
            self.known.query(&Query { families: &[Family::Name(name)], weight, ..Query::default() })
        });
        let mut least: Option<String> = None;
        for id in named.chain(self.known.faces().map(|face| face.id)) {
            let Some(font) = self.load(id) else { continue };
            let missing = font.missing(text);
            if missing.is_empty() {
                return Ok(font);
            }
            if least.as_ref().is_none_or(|least| missing.chars().count() < least.chars().count()) {
                least = Some(missing);
            }
        }
        Err(Missing { characters: least.unwrap_or_else(|| text.into()) })
    }

    fn load(&self, id: ID) -> Option<Font> {
        let (source, index) = self.known.face_source(id)?;
        let data = match source {
            Source::Binary(data) => Arc::new(data.as_ref().as_ref().to_vec()),
            Source::File(path) => {
                let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
                match read.get(&path) {
                    Some(data) => Arc::clone(data),
                    None => {
                        let data = Arc::new(std::fs::read(&path).ok()?);
                        // One collection is a family; a system has hundreds of fonts, and they are not all kept.
                        if read.len() < KEPT {
                            read.insert(path, Arc::clone(&data));
                        }
                        data
                    }
                }
            }
        };
        Some(Font { data, index })
    }
}

/// Files that stay in memory.
const KEPT: usize = 4;

impl Font {
    /// The file.
    #[must_use]
    pub fn data(&self) -> &Arc<Vec<u8>> {
        &self.data
    }

    /// Which of the file's fonts it is.
    #[must_use]
    pub const fn index(&self) -> u32 {
        self.index
    }

    /// Its tables.
    #[must_use]
    pub fn tables(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(&self.data, self.index).ok()
    }

    /// The letters of a text that it does not have, each once.
    #[must_use]
    pub fn missing(&self, text: &str) -> String {
        let Some(tables) = self.tables() else { return text.into() };
        let letters = tables.charmap();
        let mut missing = String::new();
        for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
            if letters.map(letter).is_none() && !missing.contains(letter) {
                missing.push(letter);
            }
        }
        missing
    }

    /// A letter's glyph, and how far it moves on, in ems.
    #[must_use]
    pub fn glyph(&self, letter: char) -> Option<(GlyphId, f32)> {
        let tables = self.tables()?;
        let em = f32::from(tables.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1));
        let glyph = tables.charmap().map(letter)?;
        let advance = tables.glyph_metrics(Size::unscaled(), LocationRef::default()).advance_width(glyph);
        Some((glyph, advance.map_or(1.0, |advance| advance / em)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_no_font_has_is_told_by_its_characters() {
        // A private use character of plane 16: no font of a system has it.
        let missing = Fonts::of_the_system().find("a\u{10FFFD}\u{10FFFD}", Strength::Regular).map(drop).unwrap_err();
        assert!(missing.characters.contains('\u{10FFFD}'), "{missing}");
        assert_eq!(missing.characters.matches('\u{10FFFD}').count(), 1);
    }

    #[test]
    fn a_folder_without_fonts_is_none() {
        assert!(Fonts::at(Path::new(env!("CARGO_MANIFEST_DIR"))).is_err());
    }
}
