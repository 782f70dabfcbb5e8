//! What was changed after a signature: the objects of the file against those of the revision that was signed.
//!
//! Allowed is what a signature leaves room for: further signatures and their fields, filled in fields, what is needed to verify
//! later (DSS), metadata; with P 3 annotations. An object that changed without being one of these is a change. An object that is
//! new harms nobody as long as nothing of the old revision names it: what could name it are changed objects, which are looked at,
//! and old ones that named nothing before, which are looked through.

use super::file::{Located, Pdf};
use super::form::{Field, Form, Level, Permission};
use super::object::{Dict, Object};
use super::value::STAMPS;
use super::verify::is_of_document;
use super::xref::Slot;
use crate::check::Check;
use crate::hash::decimal;
use crate::prelude::*;
use crate::{Code, Result};

/// What was found.
pub(super) struct Changes {
    pub(super) check: Check,
    /// Objects that must not have changed.
    pub(super) found: Vec<String>,
}

/// How many are named.
const MOST_NAMED: usize = 100;

struct Comparison<'a> {
    old: &'a Pdf<'a>,
    new: &'a Pdf<'a>,
    permission: Permission,
    before: Form,
    after: Form,
    /// By number: stands at another place now than in the old revision.
    moved: Vec<bool>,
    /// What of that was explained.
    explained: Vec<u32>,
    /// Annotations that may be new: those that signatures name as where they show.
    stamps: Vec<u32>,
    wrong: Vec<String>,
}

/// Whether nothing but signatures, with what shows of them, came after the first bytes of a file: it is still the document that
/// ended there. That every signature holds is for [`super::verify()`] to say; what came before the first one is covered by none.
///
/// # Errors
/// `DOCUMENT_UNREADABLE` when no document ends there, and its like; what reading says.
pub fn only_sealed_since(pdf: &Pdf<'_>, end: u64) -> Result<bool> {
    let old = Pdf::until(pdf.reader.source, end)?;
    let mut comparison = Comparison::new(&old, pdf, Permission::to_fill_in())?;
    let values = comparison.after.signatures.iter().filter_map(|field| field.value.as_ref()?.object.dict());
    comparison.stamps = values.flat_map(|dict| dict.get(STAMPS).array()).filter_map(Object::reference).collect();
    Ok(comparison.run()?.is_empty())
}

impl Changes {
    /// Compares the file with the revision that a field's signature ends.
    pub(super) fn since(old: &Pdf<'_>, new: &Pdf<'_>, field: &Field) -> Result<Self> {
        let permission = new.permission(field)?;
        let locked = permission.level == Level::Nothing;
        let found = match Comparison::new(old, new, permission).and_then(Comparison::run) {
            Ok(found) => found,
            // Where the old revision cannot be read, nothing can be said for what came after it.
            Err(error) if is_of_document(&error) => vec!["trailer".into()],
            Err(error) => return Err(error),
        };
        let code = if locked { Code::DocumentLocked } else { Code::DocumentChanged };
        Ok(Self { check: if found.is_empty() { Check::Ok } else { Check::Failed(code) }, found })
    }
}

impl<'a> Comparison<'a> {
    fn new(old: &'a Pdf<'a>, new: &'a Pdf<'a>, permission: Permission) -> Result<Self> {
        let count = old.slots.len().max(new.slots.len());
        let place = |pdf: &Pdf<'_>, number| match pdf.slots.get(number) {
            // An object stream that was written anew has other objects in it.
            within @ Slot::Within { stream, .. } => (within, pdf.slots.get(stream)),
            other => (other, Slot::Free),
        };
        let moved = (0..count).map(|number| place(old, number) != place(new, number)).collect();
        let (before, after) = (old.form()?, new.form()?);
        Ok(Self {
            old,
            new,
            permission,
            before,
            after,
            moved,
            explained: Vec::new(),
            stamps: Vec::new(),
            wrong: Vec::new(),
        })
    }

    fn run(mut self) -> Result<Vec<String>> {
        if self.old.start == self.new.start {
            // No revision followed, but bytes did.
            let rest = self.new.reader.window(self.old.reader.end, 64)?;
            let blank = rest.len() < 64 && rest.iter().all(u8::is_ascii_whitespace);
            return Ok(if blank { Vec::new() } else { vec!["trailer".into()] });
        }
        if self.old.trailer.get("Root") != self.new.trailer.get("Root") || self.old.pages()? != self.new.pages()? {
            return Ok(vec!["catalog".into()]);
        }
        self.catalog()?;
        self.pages()?;
        self.fields()?;
        self.others()?;
        self.named_before()?;
        self.wrong.truncate(MOST_NAMED);
        Ok(self.wrong)
    }

    fn is_moved(&self, number: u32) -> bool {
        self.moved.get(number as usize).copied().unwrap_or(false)
    }

    fn wrong(&mut self, number: u32) {
        let name = [&decimal(number as usize), " obj"].concat();
        if !self.wrong.contains(&name) && self.wrong.len() <= MOST_NAMED {
            self.wrong.push(name);
        }
    }

    fn allows(&self, level: Level) -> bool {
        self.permission.level >= level
    }

    /// Names of two dictionaries whose values differ.
    fn differing(old: &Dict, new: &Dict) -> Vec<String> {
        let all = old.entries.iter().chain(&new.entries);
        let mut names: Vec<String> = Vec::new();
        for entry in all {
            let name = String::from_utf8_lossy(&entry.name).into_owned();
            if old.get(&name) != new.get(&name) && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn catalog(&mut self) -> Result<()> {
        let (old, new) = (self.old.catalog()?, self.new.catalog()?);
        let (Some(was), Some(is)) = (old.object.dict(), new.object.dict()) else { return Ok(()) };
        let mut good = true;
        for name in Self::differing(was, is) {
            good &= match name.as_str() {
                // What verifying later needs may always be added, and the version that it is written for.
                "DSS" | "Extensions" | "Version" => true,
                "AcroForm" => self.allows(Level::Forms),
                "Metadata" => self.allows(Level::Forms),
                _ => false,
            };
        }
        let metadata = was.get("Metadata").reference();
        if good {
            self.explained.push(old.number);
        } else {
            self.wrong(old.number);
        }
        if self.allows(Level::Forms) {
            self.explained.extend(metadata);
            self.explained.extend(self.old.trailer.get("Info").reference());
        }
        self.acro_form(&old, was, is)
    }

    fn acro_form(&mut self, catalog: &Located, was: &Dict, is: &Dict) -> Result<()> {
        let (old, new) = (self.old.get(was, "AcroForm")?, self.new.get(is, "AcroForm")?);
        let number = was.get("AcroForm").reference().unwrap_or(catalog.number);
        let nothing = Dict::default();
        let (old, new) = (old.dict().unwrap_or(&nothing), new.dict().unwrap_or(&nothing));
        let may = ["Fields", "SigFlags", "DR", "DA", "NeedAppearances"];
        if Self::differing(old, new).iter().any(|name| !may.contains(&name.as_str())) {
            self.wrong(number);
        }
        let (before, after) = (self.old.get(old, "Fields")?, self.new.get(new, "Fields")?);
        let added = added(before.array(), after.array());
        let may = added.is_some_and(|added| added.iter().all(|one| self.is_new_signature(one)));
        if may && (before == after || self.allows(Level::Forms)) {
            self.explained.extend(was.get("AcroForm").reference());
            self.explained.extend(old.get("Fields").reference());
        } else {
            self.wrong(number);
        }
        Ok(())
    }

    /// Whether an object is a signature field that the old revision did not have.
    fn is_new_signature(&self, object: &Object) -> bool {
        object.reference().is_some_and(|number| {
            self.old.slots.get(number) == Slot::Free
                && self.after.signatures.iter().any(|field| field.found.number == number)
        })
    }

    /// Whether an object is an annotation that the old revision did not have and a signature shows by.
    fn is_stamp(&self, object: &Object) -> bool {
        object
            .reference()
            .is_some_and(|number| self.old.slots.get(number) == Slot::Free && self.stamps.contains(&number))
    }

    fn pages(&mut self) -> Result<()> {
        for page in self.old.pages()? {
            let (Some(old), Some(new)) = (self.old.load(page.number)?, self.new.load(page.number)?) else { continue };
            let (Some(was), Some(is)) = (old.object.dict(), new.object.dict()) else { continue };
            let list = was.get("Annots").reference();
            if !self.is_moved(page.number) && !list.is_some_and(|list| self.is_moved(list)) {
                continue;
            }
            let (before, after) = (self.old.get(was, "Annots")?, self.new.get(is, "Annots")?);
            let added = added(before.array(), after.array());
            let any = self.allows(Level::Annotations);
            let good = Self::differing(was, is).iter().all(|name| name == "Annots")
                && added.is_some_and(|added| {
                    any || added.iter().all(|one| self.is_new_signature(one) || self.is_stamp(one))
                })
                && (before == after || self.allows(Level::Forms));
            if good {
                self.explained.push(page.number);
                self.explained.extend(list);
            } else {
                self.wrong(page.number);
            }
            if any {
                // What an annotation says may change, and how it looks.
                self.explained.extend(before.array().iter().filter_map(Object::reference));
            }
        }
        Ok(())
    }

    /// Fields that were there: signed ones stay, others may be filled in unless they are locked.
    fn fields(&mut self) -> Result<()> {
        const FILLED: [&str; 8] = ["V", "AP", "AS", "M", "I", "RV", "MK", "F"];
        for (number, name) in core::mem::take(&mut self.before.fields) {
            let signed =
                self.before.signatures.iter().any(|field| field.found.number == number && field.value.is_some());
            let may_fill = !signed && self.allows(Level::Forms) && !self.permission.locks(&name);
            let (Some(old), Some(new)) = (self.old.load(number)?, self.new.load(number)?) else { continue };
            let (Some(was), Some(is)) = (old.object.dict(), new.object.dict()) else { continue };
            let looks = if may_fill { self.old.get(was, "AP")? } else { Object::Null };
            looks.references(&mut |number| self.explained.push(number));
            if !self.is_moved(number) {
                continue;
            }
            let differing = Self::differing(was, is);
            if differing.is_empty() || may_fill && differing.iter().all(|name| FILLED.contains(&name.as_str())) {
                self.explained.push(number);
            } else {
                self.explained.retain(|one| *one != number);
                self.wrong(number);
            }
        }
        Ok(())
    }

    /// Whatever else stands elsewhere now must say the same.
    fn others(&mut self) -> Result<()> {
        for number in (0..self.old.slots.len()).filter(|number| self.moved[*number as usize]).collect::<Vec<_>>() {
            if self.old.slots.get(number) == Slot::Free || self.explained.contains(&number) {
                continue;
            }
            let old = match self.old.load(number) {
                Ok(Some(old)) => old,
                Ok(None) => continue,
                Err(error) if is_of_document(&error) => {
                    self.wrong(number);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let new = self.new.load(number)?;
            // Where the table or other objects stood: nothing of the document itself.
            let is_packing = |object: &Object| {
                object.dict().is_some_and(|dict| dict.says("Type", "XRef") || dict.says("Type", "ObjStm"))
            };
            let good = match &new {
                None => is_packing(&old.object),
                Some(new) if is_packing(&old.object) => is_packing(&new.object),
                Some(new) => old.object == new.object && !self.old.is_stream(&old)? && !self.new.is_stream(new)?,
            };
            if !good {
                self.wrong(number);
            }
        }
        Ok(())
    }

    /// New objects that the old revision names already: they were nothing and are something now.
    fn named_before(&mut self) -> Result<()> {
        let new: Vec<_> = (0..self.new.slots.len())
            .map(|number| self.old.slots.get(number) == Slot::Free && self.new.slots.get(number) != Slot::Free)
            .collect();
        let mut named = Vec::new();
        for number in 0..self.old.slots.len() {
            match self.old.load(number) {
                Ok(Some(found)) => found.object.references(&mut |to| {
                    if new.get(to as usize) == Some(&true) {
                        named.push(to);
                    }
                }),
                Ok(None) => {}
                // What no reader can read names nothing.
                Err(error) if is_of_document(&error) => {}
                Err(error) => return Err(error),
            }
            if named.len() > MOST_NAMED {
                break;
            }
        }
        named.into_iter().for_each(|number| self.wrong(number));
        Ok(())
    }
}

/// What a list has more than it had, when it still has all of that in the same order.
fn added<'b>(old: &[Object], new: &'b [Object]) -> Option<Vec<&'b Object>> {
    let mut old = old.iter().peekable();
    let mut more = Vec::new();
    for one in new {
        if old.peek() == Some(&one) {
            old.next();
        } else {
            more.push(one);
        }
    }
    old.next().is_none().then_some(more)
}
