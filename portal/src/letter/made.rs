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

#[cfg(test)]
mod tests {
    use calock::seal::pdf::Pdf;
    use serde_json::json;

    use super::*;
    use crate::account::state::tests::account;
    use crate::rules::{SealOf, builtin};
    use crate::store::Account;

    /// The letter of Changde, of these data beside the usual ones.
    fn letter(more: &[(&str, &str)], seals: &[SealOf]) -> Content {
        let mut rules = builtin("changde").unwrap();
        rules.registration.letter.as_mut().unwrap().seals = seals.into();
        let mut data = json!({
            "name": "示例建设有限公司", "code": "911101050000000514", "legal": "李四", "contact": "张三",
            "phone": "13800000000", "address": "示例市示例区示例路1号",
        });
        for (key, value) in more {
            data[key] = json!(value);
        }
        let account = Account { data: data.to_string(), roles: r#"["bidder","agency"]"#.into(), ..account() };
        Content::of(&rules, rules.registration.letter.as_ref().unwrap(), &account).unwrap()
    }

    fn printed(content: &Content) -> Made {
        made(&Fonts::of_the_system(), content, "2026年11月22日").unwrap()
    }

    #[test]
    fn the_same_data_make_the_same_bytes_and_others_do_not() {
        let (first, again) = (printed(&letter(&[], &[SealOf::Unit])), printed(&letter(&[], &[SealOf::Unit])));
        assert!(first.file == again.file, "byte for byte");
        assert_ne!(first.file, printed(&letter(&[("legal", "王五")], &[SealOf::Unit])).file);
        assert!(first.file.len() < 200_000, "a subset of the font: {} bytes", first.file.len());
        assert_eq!(first.pages, Pdf::open(&first.file).unwrap().pages().unwrap().len());
        let version = |content: Content| content.digest().unwrap();
        assert_eq!(version(letter(&[], &[SealOf::Unit])), version(letter(&[], &[SealOf::Unit])));
        assert_ne!(
            version(letter(&[], &[SealOf::Unit])),
            version(letter(&[("phone", "13800000001")], &[SealOf::Unit]))
        );
    }

    #[test]
    fn nothing_of_this_machine_is_in_it() {
        let file = printed(&letter(&[], &[SealOf::Unit])).file;
        let text = String::from_utf8_lossy(&file);
        for not in ["CreationDate", "ModDate", "/home", "/usr", "/tmp"] {
            assert!(!text.contains(not), "{not}");
        }
    }

    #[test]
    fn every_seal_that_is_wanted_has_a_place_within_the_page() {
        let made = printed(&letter(&[], &[SealOf::Unit, SealOf::Legal]));
        assert_eq!(made.places.iter().map(|place| place.seal).collect::<Vec<_>>(), [SealOf::Unit, SealOf::Legal]);
        for place in &made.places {
            let (x, y) = (place.x + place.width / 2.0, place.y + place.height / 2.0);
            // Half of the largest usual seal on each side.
            assert!((22.5..210.0 - 22.5).contains(&x) && (22.5..297.0 - 22.5).contains(&y), "{place:?}");
            assert!(place.page <= made.pages);
        }
    }

    #[test]
    fn long_data_go_on_on_further_pages() {
        let long = "示例市示例区示例街道，".repeat(18);
        let more = [("address", long.as_str()), ("contact", &long), ("name", &long), ("legal", &long)];
        let made = printed(&letter(&more, &[SealOf::Unit]));
        assert!(made.pages > 1, "{}", made.pages);
        assert_eq!(made.places[0].page, made.pages, "the end is at the end");
    }

    #[test]
    fn a_character_that_no_font_has_is_named_and_not_drawn_as_a_box() {
        let content = letter(&[("legal", "李\u{10FFFD}")], &[SealOf::Unit]);
        let refusal = made(&Fonts::of_the_system(), &content, "2026年11月22日").map(drop).unwrap_err();
        assert_eq!(refusal, Refusal::new(Code::FontMissing).with("characters", "\u{10FFFD}"));
    }
}
