//! Letters of embedded Chinese fonts that say by the name of their encoding alone which ones they are, as older programs write
//! them (`GBK-EUC-H`, `UniGB-UCS2-H` and their like; ISO 32000-1, 9.10.2).

use std::collections::HashMap;

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::dict::keys::{BASE_FONT, ENCODING, SUBTYPE, TO_UNICODE};
use hayro_interpret::hayro_syntax::object::{Dict, Name, Object, Stream};

/// The encodings of fonts that have no `ToUnicode`, by the fonts' names.
pub(super) struct Encodings(HashMap<String, Encoding>);

struct Encoding {
    cids: CMap,
    letters: CMap,
}

impl Encodings {
    pub(super) fn of(pdf: &Pdf) -> Self {
        let fonts = pdf.objects().into_iter().filter_map(|object| match object {
            Object::Dict(font) => read(&font),
            _ => None,
        });
        Self(fonts.collect())
    }

    /// What a glyph is.
    pub(super) fn text(&self, glyph: &Glyph<'_>) -> Option<String> {
        let Glyph::Outline(glyph) = glyph else { return None };
        if self.0.is_empty() {
            return None;
        }
        let encoding = self.0.get(&glyph.font_data()?.postscript_name?)?;
        let code = glyph.char_code();
        let cid = [2, 1, 4, 3].iter().find_map(|length| encoding.cids.lookup_cid_code(code, *length))?;
        Some(match encoding.letters.lookup_bf_string(cid)? {
            BfString::Char(letter) => letter.to_string(),
            BfString::String(text) => text,
        })
    }
}

fn read(font: &Dict<'_>) -> Option<(String, Encoding)> {
    if font.get::<Name<'_>>(SUBTYPE)?.as_ref() != b"Type0" || font.get::<Stream<'_>>(TO_UNICODE).is_some() {
        return None;
    }
    let name = font.get::<Name<'_>>(BASE_FONT)?;
    // Of a part of a font the name begins with six letters and a plus.
    let name = name.as_str();
    let name = name.split_once('+').filter(|(start, _)| start.len() == 6).map_or(name, |(_, name)| name);
    let cids = cmap(CMapName::from_bytes(font.get::<Name<'_>>(ENCODING)?.as_ref()))?;
    let family: CidFamily = cids.metadata().character_collection.as_ref()?.family.clone();
    Some((name.to_owned(), Encoding { letters: cmap(family.ucs2_cmap()?)?, cids }))
}

fn cmap(name: CMapName<'_>) -> Option<CMap> {
    CMap::parse(load_embedded(name)?, load_embedded)
}
