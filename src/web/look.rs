//! What can be seen of OFD documents, and words to be found in the texts of any: a module of its own, which a page loads when it
//! shows an OFD document or looks for a word.

#![allow(unreachable_pub)] // exports are reached from JavaScript

use alloc::string::ToString as _;

use wasm_bindgen::prelude::*;

use super::boxes;
use super::original::{Original, thrown};
use crate::error::{Code, Result};
use crate::json::Json;
use crate::prelude::*;
use crate::seal::ofd::{self, Object, ObjectKind, Package, Page, Stamped, Text};
use crate::seal::placement::keyword::{Along, Run, find};
use crate::seal::placement::{Mm, Rect};

type Answer<T> = core::result::Result<T, JsValue>;

/// A package that is open.
#[wasm_bindgen]
pub struct OfdPages {
    package: Package<Original>,
    pages: Vec<Page>,
    stamps: Vec<Stamped>,
}

#[wasm_bindgen]
impl OfdPages {
    /// Opens a package.
    ///
    /// # Errors
    /// What is wrong with it: `DOCUMENT_UNREADABLE`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_NAMES`, `DOCUMENT_TOO_LARGE`, `DOCUMENT_INCOMPLETE`.
    pub fn open(original: Original) -> Answer<OfdPages> {
        Self::read(original).map_err(thrown)
    }

    /// Displayed sizes of the pages in millimetres, as JSON; `null` for a page that has none.
    #[must_use]
    pub fn pages(&self) -> String {
        boxes::sizes(self.pages.iter().map(|page| page.size))
    }

    /// What page `index` (from 0) says, as far as it can be drawn simply: JSON of texts, lines, pictures, and the seals on it.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`.
    pub fn content(&self, index: usize) -> Answer<String> {
        let page = self.pages.get(index).ok_or("PARAMETER")?;
        let objects = self.package.objects(page).map_err(thrown)?;
        let stamps = self.stamps.iter().filter(|stamp| stamp.page == index).map(stamped);
        Ok(Json::array(objects.iter().map(object).chain(stamps)))
    }

    /// The file of a picture, as `content` names it.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`, `DOCUMENT_TOO_LARGE`.
    pub fn picture(&self, file: &str) -> Answer<Vec<u8>> {
        self.package.picture(file).map_err(thrown)
    }

    /// The picture of a seal, by the file that `content` names.
    ///
    /// # Errors
    /// `SEAL_UNREADABLE`; as [`Self::picture`].
    #[wasm_bindgen(js_name = sealPicture)]
    pub fn seal_picture(&self, file: &str) -> Answer<Vec<u8>> {
        self.package.seal_picture(file).map_err(thrown)
    }

    /// Where a word stands, as JSON; an empty list when it does not.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`.
    pub fn find(&self, word: &str) -> Answer<String> {
        ofd::find_word(&self.package, &self.pages, word).map(|hits| boxes::hits(&hits)).map_err(thrown)
    }
}

impl OfdPages {
    fn read(original: Original) -> Result<Self> {
        let package = Package::open(original)?;
        let document = package.document()?;
        let body = document.bodies.first().ok_or(Code::DocumentUnreadable)?;
        let pages = package.pages(body)?;
        // Looking at a document with a list of signatures that cannot be read does no harm; verifying it says so.
        let stamps = package.stamps(body, &pages).unwrap_or_default();
        Ok(Self { package, pages, stamps })
    }
}

/// An object of a page: `at` where it stands, and what it is.
fn object(object: &Object) -> String {
    Json::object(|json| {
        json.raw("at", &Json::object(|json| boxes::rect(json, &object.boundary)));
        json.optional("matrix", object.matrix.as_deref());
        json.number("alpha", object.alpha.map(usize::from));
        match &object.kind {
            ObjectKind::Text(text) => letters(json, text),
            ObjectKind::Path { data, line, stroke, fill, even_odd, dash } => {
                json.text("kind", "path");
                json.text("data", data);
                json.optional("line", line.map(|line| line.to_string()).as_deref());
                json.optional("stroke", stroke.as_deref());
                json.optional("fill", fill.as_deref());
                json.optional("rule", even_odd.then_some("evenodd"));
                json.optional("dash", dash.as_deref());
            }
            ObjectKind::Picture { file } => {
                json.text("kind", "picture");
                json.optional("file", file.as_deref());
            }
        }
    })
}

fn letters(json: &mut Json, text: &Text) {
    // Lengths of SVG, one for each letter.
    let list = |of: fn(&(Mm, Mm)) -> Mm| {
        let places: Vec<_> = text.places.iter().map(|place| of(place).to_string()).collect();
        places.join(" ")
    };
    json.text("kind", "text");
    json.text("xs", &list(|place| place.0));
    json.text("y", &list(|place| place.1));
    json.raw("size", &text.size.to_string());
    json.text("text", &text.text);
    json.optional("colour", text.colour.as_deref());
    if let Some(font) = &text.font {
        json.text("font", &font.family);
        json.optional("weight", font.bold.then_some("bold"));
        json.optional("slant", font.italic.then_some("italic"));
    }
    // A quarter turn clockwise is (0, 1).
    let turns = match text.turned {
        (_, down) if down > 0.5 => 90,
        (_, down) if down < -0.5 => 270,
        (right, _) if right < 0.0 => 180,
        _ => 0,
    };
    json.number("turn", Some(turns).filter(|turn| *turn > 0));
}

/// A seal that stands on the page already.
fn stamped(stamp: &Stamped) -> String {
    Json::object(|json| {
        json.text("kind", "seal");
        json.raw("at", &Json::object(|json| boxes::rect(json, &stamp.boundary)));
        if let Some(clip) = &stamp.clip {
            json.raw("clip", &Json::object(|json| boxes::rect(json, clip)));
        }
        json.text("file", &stamp.file);
    })
}

/// Texts of pages as a viewer found them, to be searched.
#[wasm_bindgen]
#[derive(Default)]
pub struct Runs(Vec<Run>);

#[wasm_bindgen]
impl Runs {
    /// None yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A piece of text on page `page` (from 1); its box in micrometres, and the quarter turns of reading, clockwise from rightwards.
    #[allow(clippy::too_many_arguments)] // what a piece of text has
    pub fn add(&mut self, page: usize, text: String, x: f64, y: f64, width: f64, height: f64, turns: u8) {
        #[allow(clippy::cast_possible_truncation)] // to the nearest there is
        let [x, y, width, height] = [x, y, width, height].map(|length| Mm::micrometres(length as i64));
        let along = match turns {
            0 => Along::Right,
            1 => Along::Down,
            2 => Along::Left,
            _ => Along::Up,
        };
        self.0.push(Run { page: page.saturating_sub(1), text, boundary: Rect { x, y, width, height }, along });
    }

    /// Where a word stands among them, as JSON; an empty list when it does not.
    #[must_use]
    pub fn find(&self, word: &str) -> String {
        boxes::hits(&find(&self.0, word))
    }
}
