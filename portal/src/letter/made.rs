//! Making the file of a letter, with the fonts that the portal has.

use std::io;
use std::path::Path;
use std::sync::OnceLock;

use calock::Code;
use calock_font::{Fonts, Missing};

use super::content::{Content, day};
use super::print::print;
use super::sheet::{Faces, Place, lay};
use crate::portal::Portal;
use crate::refusal::Refusal;

/// A letter as it was made.
pub(super) struct Made {
    pub(super) file: Vec<u8>,
    pub(super) pages: usize,
    pub(super) places: Vec<Place>,
}

/// The portal's fonts, looked for when the first letter is made: there may be hundreds.
#[derive(Default)]
pub(crate) struct Press(OnceLock<io::Result<Fonts>>);

impl Press {
    fn fonts(&self, named: Option<&Path>) -> Result<&Fonts, Refusal> {
        let fonts = self.0.get_or_init(|| named.map_or_else(|| Ok(Fonts::of_the_system()), Fonts::at));
        fonts.as_ref().map_err(|error| {
            eprintln!("calock portal: fonts: {error}");
            Refusal::new(Code::FontMissing).with("characters", "")
        })
    }
}

/// Makes a letter, in a thread where it may take its time.
///
/// # Errors
/// `FONT_MISSING` with the characters.
pub(super) async fn make(portal: &Portal, content: Content, at: u64) -> Result<Made, Refusal> {
    let portal = portal.clone();
    let making = tokio::task::spawn_blocking(move || make_here(&portal, &content, &day(at)));
    making.await.map_err(|_| Code::Internal)?
}

fn make_here(portal: &Portal, content: &Content, day: &str) -> Result<Made, Refusal> {
    let fonts = portal.press().fonts(portal.config().fonts.as_deref())?;
    made(fonts, content, day)
}

fn made(fonts: &Fonts, content: &Content, day: &str) -> Result<Made, Refusal> {
    let missing = |missing: Missing| Refusal::new(Code::FontMissing).with("characters", missing.characters);
    let faces = Faces::find(fonts, &content.words(day)).map_err(missing)?;
    let laid = lay(content, day, &faces);
    let file = print(&laid, &faces, &content.title).ok_or(Code::Internal)?;
    Ok(Made { file, pages: laid.sheets.len(), places: laid.places })
}

/// What keeps this portal from making letters, for its operator to know before somebody asks for one.
#[must_use]
pub fn trouble(portal: &Portal) -> Option<String> {
    let letter = portal.rules().registration.letter.as_ref()?;
    let words = letter.text.concat() + &letter.title.zh;
    let fonts = match portal.press().fonts(portal.config().fonts.as_deref()) {
        Ok(fonts) => fonts,
        Err(_) => return Some("the fonts that were named cannot be read".into()),
    };
    Faces::find(fonts, &words).err().map(|missing| missing.to_string())
}
