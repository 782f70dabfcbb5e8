//! What is put on pages: the widget that carries the signature, and annotations that show further places and handwritten signatures.

use super::appearance::{Look, appearances};
use super::field::Target;
use super::file::Pdf;
use super::page::Page;
use super::picture::Image;
use super::sign::Order;
use super::update::{Update, numbers};
use crate::hash::decimal;
use crate::prelude::*;
use crate::{Code, Result};

/// What the annotations are told.
pub(super) struct Stamps<'a> {
    pub(super) order: &'a Order<'a>,
    pub(super) pages: &'a [Page],
    /// The field that waited for the signature.
    pub(super) target: Option<&'a Target>,
    /// What new fields are called.
    pub(super) name: &'a str,
    /// The number of the signature.
    pub(super) signature: u32,
    /// Whether it is not the first one: what shows more is then a field that stays empty.
    pub(super) earlier: bool,
}

/// What was put on pages, by numbers of objects.
#[derive(Default)]
pub(super) struct Stamped {
    /// Annotations that show the seal.
    pub(super) seals: Vec<u32>,
    /// Annotations that show handwritten signatures.
    pub(super) pictures: Vec<u32>,
    /// New fields.
    pub(super) fields: Vec<u32>,
}

impl Stamps<'_> {
    /// Writes pictures, appearances and annotations. `seals` are the places of the seal; in a field that shows, the first is its own.
    pub(super) fn write(&self, update: &mut Update<'_>, pdf: &Pdf<'_>, seals: &[Look]) -> Result<Stamped> {
        let mut made = Stamped::default();
        let mut listed = Vec::new();
        let seal = Image::read(self.order.picture.unwrap_or(self.order.seal.picture_data()), Code::SealUnreadable)?;
        let mut shown = self.looks(update, &seal, seals)?.into_iter();
        if let Some(target) = self.target {
            target.sign(update, self.signature, self.earlier);
            if target.is_visible()
                && let Some((_, appearance)) = shown.next()
            {
                target.show(update, appearance);
                made.seals.push(target.widget.number);
            }
        }
        for (look, appearance) in shown {
            let number = self.annotation(update, &look, appearance, &mut made, &mut listed)?;
            made.seals.push(number);
        }
        for (index, picture) in self.order.pictures.iter().enumerate() {
            let same = |one: &&crate::seal::Picture<'_>| one.data == picture.data;
            if self.order.pictures[..index].iter().any(|one| same(&one)) {
                continue;
            }
            let image = Image::read(picture.data, Code::PictureUnreadable)?;
            let looks: Vec<_> = self.order.pictures.iter().filter(same).map(Look::from).collect();
            for (look, appearance) in self.looks(update, &image, &looks)? {
                let number = self.annotation(update, &look, appearance, &mut made, &mut listed)?;
                made.pictures.push(number);
            }
        }
        self.list(update, pdf, &listed)?;
        Ok(made)
    }

    fn looks(&self, update: &mut Update<'_>, image: &Image, looks: &[Look]) -> Result<Vec<(Look, u32)>> {
        Ok(looks.iter().copied().zip(appearances(update, image, looks, self.pages)?).collect())
    }

    /// Writes one annotation; `listed` is for its page.
    fn annotation(
        &self,
        update: &mut Update<'_>,
        look: &Look,
        appearance: u32,
        made: &mut Stamped,
        listed: &mut Vec<(u32, u32)>,
    ) -> Result<u32> {
        let page = self.pages.get(look.page).ok_or(Code::Internal)?;
        let number = update.number()?;
        let place = numbers(&page.own(look.window).0);
        // Printed, and not moved (12.5.3).
        let head = ["<</Type/Annot/F 132/Rect[", &place, "]/P ", &update.reference(page.number)].concat();
        let field = |name: &str| ["/Subtype/Widget/FT/Sig/T(", name, ")"].concat();
        let carries = self.target.is_none() && made.fields.is_empty();
        let more = if carries {
            let locks = self.order.lock && self.earlier;
            let lock = if locks { "/Lock<</Type/SigFieldLock/Action/All/P 1>>" } else { "" };
            [&field(self.name), "/V ", &update.reference(self.signature), lock].concat()
        } else if self.earlier {
            field(&[self.name, "-", &decimal(listed.len() + 1)].concat())
        } else {
            "/Subtype/Stamp".into()
        };
        if carries || self.earlier {
            made.fields.push(number);
        }
        listed.push((page.number, number));
        let text = [&head, &more, "/AP<</N ", &update.reference(appearance), ">>>>"].concat();
        update.object(number, &[text.as_bytes()]);
        Ok(number)
    }

    /// Names the annotations in the lists of their pages.
    fn list(&self, update: &mut Update<'_>, pdf: &Pdf<'_>, listed: &[(u32, u32)]) -> Result<()> {
        for page in self.pages {
            let own = listed.iter().filter(|(on, _)| *on == page.number).map(|(_, number)| *number);
            let own: Vec<_> = own.collect();
            if !own.is_empty() {
                let found = pdf.load(page.number)?.ok_or(Code::Internal)?;
                let dict = found.object.dict().ok_or(Code::Internal)?;
                let items = update.references(&own);
                update.extend(&found, dict, "Annots", &items)?;
            }
        }
        Ok(())
    }
}
