//! Signature fields that wait for a signature (ISO 32000-1, 12.7.4.5): where they stand, and how one is signed.

use super::file::{Located, Pdf};
use super::form::{Field, Form};
use super::object::{Dict, Object};
use super::page::Page;
use super::update::Update;
use super::value::{PICTURES, STAMPS};
use crate::hash::decimal;
use crate::prelude::*;
use crate::seal::placement::{Mm, Place, Rect, Size};
use crate::seal::sorted;
use crate::{Code, Error, Result};

/// A signature field without a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmptyField {
    /// Its full name.
    pub name: String,
    /// Index of its page, from 0.
    pub page: usize,
    /// Its rectangle on the displayed page; without width and height it does not show.
    pub boundary: Rect,
}

/// An empty field with what is written anew when it is signed.
pub(super) struct Target {
    pub(super) field: Located,
    /// The field itself, where it and its one widget are one object.
    pub(super) widget: Located,
    /// The number of its page, when the widget does not name it.
    page: Option<u32>,
    pub(super) place: EmptyField,
}

const NOWHERE: Rect = Rect { x: Mm::ZERO, y: Mm::ZERO, width: Mm::ZERO, height: Mm::ZERO };

impl Pdf<'_> {
    /// The signature fields that wait for a signature, in the order of the form. What shows another signature's seal is none.
    ///
    /// # Errors
    /// `DOCUMENT_UNREADABLE`, `DOCUMENT_TOO_LARGE`; what the source says.
    pub fn empty_fields(&self) -> Result<Vec<EmptyField>> {
        let targets = self.targets(&self.form()?, &self.pages()?, |_| true)?;
        Ok(targets.into_iter().map(|target| target.place).collect())
    }

    /// The empty field of a name.
    pub(super) fn target(&self, form: &Form, pages: &[Page], name: &str) -> Result<Target> {
        let found = self.targets(form, pages, |field| field.name == name)?;
        found.into_iter().next().ok_or(Error::because(Code::PlacementInvalid, "no empty signature field of this name"))
    }

    fn targets(&self, form: &Form, pages: &[Page], wanted: impl Fn(&Field) -> bool) -> Result<Vec<Target>> {
        let values = form.signatures.iter().filter_map(|field| field.value.as_ref()?.object.dict());
        let shows = values.flat_map(|value| [STAMPS, PICTURES].map(|name| value.get(name).array()));
        let shows: Vec<_> = shows.flatten().filter_map(Object::reference).collect();
        let is_empty = |field: &&Field| field.is_empty() && !shows.contains(&field.found.number);
        let mut annotated: Option<Vec<_>> = None;
        let mut targets = Vec::new();
        for field in form.signatures.iter().filter(is_empty).filter(|field| wanted(field)) {
            let Some(widget) = self.widget(field)? else { continue };
            let Some(dict) = widget.object.dict() else { continue };
            let index = |number| pages.iter().position(|page| page.number == number);
            let named = dict.get("P").reference().and_then(index);
            let on = match (named, &mut annotated) {
                (Some(page), _) => Some(page),
                (None, Some(list)) => page_of(list, widget.number),
                (None, none) => page_of(none.insert(self.annotated(pages)?), widget.number),
            };
            let page = on.and_then(|on| pages.get(on));
            let boundary = page.map(|page| self.shown(page, dict.get("Rect"))).transpose()?.flatten();
            let boundary = boundary.filter(|rect| rect.width > Mm::ZERO && rect.height > Mm::ZERO);
            let place =
                EmptyField { name: field.name.clone(), page: on.unwrap_or(0), boundary: boundary.unwrap_or(NOWHERE) };
            let page = page.filter(|_| named.is_none()).map(|page| page.number);
            targets.push(Target { field: field.found.clone(), widget, page, place });
        }
        Ok(targets)
    }

    /// What of a field shows: itself, or its one kid that is no field of its own. A signature field has no more than one.
    fn widget(&self, field: &Field) -> Result<Option<Located>> {
        let Some(dict) = field.found.object.dict() else { return Ok(None) };
        let kids = self.get(dict, "Kids")?;
        match kids.array() {
            [] => Ok(Some(field.found.clone())),
            [Object::Reference(kid)] => {
                let found = self.load(*kid)?;
                Ok(found.filter(|found| found.object.dict().is_some_and(|kid| kid.get("T").is_null())))
            }
            _ => Ok(None),
        }
    }

    /// Every annotation with the page that lists it, by number.
    fn annotated(&self, pages: &[Page]) -> Result<Vec<(u32, usize)>> {
        let mut list = Vec::new();
        for (index, page) in pages.iter().enumerate() {
            let Some(found) = self.load(page.number)? else { continue };
            let annotations = found.object.dict().map(|dict| self.get(dict, "Annots")).transpose()?;
            let annotations = annotations.unwrap_or(Object::Null);
            list.extend(annotations.array().iter().filter_map(Object::reference).map(|number| (number, index)));
        }
        Ok(sorted(list))
    }
}

fn page_of(list: &[(u32, usize)], number: u32) -> Option<usize> {
    let at = list.partition_point(|one| one.0 < number);
    list.get(at).filter(|one| one.0 == number).map(|one| one.1)
}

impl Target {
    /// Whether the field has a place on a page.
    pub(super) fn is_visible(&self) -> bool {
        self.place.boundary != NOWHERE
    }

    /// The seal, true to size, in the middle of the field. `None` when the field does not show.
    pub(super) fn seal(&self, seal: Size, pages: &[Page]) -> Result<Option<Place>> {
        if !self.is_visible() {
            return Ok(None);
        }
        let field = self.place.boundary;
        let half = |length: Mm| Mm::micrometres(length.as_micrometres() / 2);
        let (x, y) = (field.x + half(field.width - seal.width), field.y + half(field.height - seal.height));
        let boundary = Rect { x, y, width: seal.width, height: seal.height };
        let page = pages.get(self.place.page).filter(|page| boundary.is_within(page.size));
        if seal.width > field.width || seal.height > field.height || page.is_none() {
            return Err(Error::because(Code::PlacementInvalid, "the seal is larger than the signature field"));
        }
        Ok(Some(Place { page: self.place.page, boundary, clip: None }))
    }

    /// Names the signature in the field. Only where nothing was signed before may more be put right.
    pub(super) fn sign(&self, update: &mut Update<'_>, signature: u32, earlier: bool) {
        let value = update.reference(signature);
        set(update, &self.field, "V", &value);
        if let (Some(page), false) = (self.page, earlier) {
            let page = update.reference(page);
            set(update, &self.widget, "P", &page);
        }
    }

    /// Gives the widget its appearance; one that was hidden shows now.
    pub(super) fn show(&self, update: &mut Update<'_>, appearance: u32) {
        /// Invisible, hidden, not on screen (12.5.3); printed.
        const HIDDEN: i64 = 1 | 2 | 32;
        const PRINTED: i64 = 4;
        let looks = ["<</N ", &update.reference(appearance), ">>"].concat();
        set(update, &self.widget, "AP", &looks);
        let flags = self.widget.object.dict().and_then(|dict| dict.get("F").integer()).unwrap_or(0);
        let shown = flags & !HIDDEN | PRINTED;
        if let (true, Ok(flags)) = (shown != flags, usize::try_from(shown)) {
            set(update, &self.widget, "F", &decimal(flags));
        }
    }

    pub(super) fn dict(&self) -> Dict {
        self.field.object.dict().cloned().unwrap_or_default()
    }
}

fn set(update: &mut Update<'_>, found: &Located, name: &str, value: &str) {
    if let Some(dict) = found.object.dict() {
        update.set(found, dict, name, value);
    }
}
