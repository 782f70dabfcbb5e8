//! The form of a document (ISO 32000-1, 12.7): its signature fields, what they are signed with, and what that forbids.

use super::damaged;
use super::file::{Located, Pdf};
use super::object::{Dict, Object};
use crate::prelude::*;
use crate::{Code, Error, Result};

/// Fields of a form. The largest genuine ones have some thousands.
const MOST_FIELDS: usize = 100_000;

/// A signature field.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// Its full name, parts joined by dots.
    pub(super) name: String,
    pub(super) found: Located,
    /// The signature, when it is signed.
    pub(super) value: Option<Located>,
}

impl Field {
    /// Whether it waits for a signature.
    pub(super) const fn is_empty(&self) -> bool {
        self.value.is_none()
    }
}

/// What is of interest in a form.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    pub(super) signatures: Vec<Field>,
    /// Names of the fields at the top.
    pub(super) names: Vec<String>,
    /// Number and full name of each field and widget.
    pub(super) fields: Vec<(u32, String)>,
}

/// What changes a signature leaves room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// None.
    Nothing,
    /// Filling in forms, and further signatures.
    Forms,
    /// Annotations as well.
    Annotations,
}

/// What a signature allows, and which fields it locks.
#[derive(Clone, Debug)]
pub(super) struct Permission {
    pub(super) level: Level,
    locks: Vec<(Lock, Vec<String>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lock {
    All,
    Include,
    Exclude,
}

impl Pdf<'_> {
    /// The form; nothing when the document has none.
    pub(super) fn form(&self) -> Result<Form> {
        const WRONG: Error = damaged("the form is damaged");
        let catalog = self.catalog()?;
        let form = catalog.object.dict().map(|dict| self.get(dict, "AcroForm")).transpose()?;
        let Some(form) = form.as_ref().and_then(Object::dict) else { return Ok(Form::default()) };
        let top = self.get(form, "Fields")?;
        let mut made = Form::default();
        let mut seen = vec![false; self.slots.len() as usize];
        let mut count = 0;
        let mut waiting: Vec<_> =
            top.array().iter().rev().map(|field| (field.clone(), String::new(), Object::Null)).collect();
        while let Some((field, above, kind)) = waiting.pop() {
            let number = field.reference().ok_or(WRONG)?;
            match seen.get_mut(number as usize) {
                Some(seen) if !*seen => *seen = true,
                // Listed twice, or nothing.
                _ => continue,
            }
            count += 1;
            if count > MOST_FIELDS {
                return Err(Error::because(Code::DocumentTooLarge, "too many fields"));
            }
            // A reference to nothing is no field.
            let Some(found) = self.load(number)? else { continue };
            let Some(dict) = found.object.dict() else { continue };
            let part = match self.get(dict, "T")? {
                Object::Text(name) => text(&name),
                _ => String::new(),
            };
            let name = match (above.is_empty(), part.is_empty()) {
                (true, _) => part,
                (false, true) => above.clone(),
                (false, false) => [above.as_str(), ".", &part].concat(),
            };
            if above.is_empty() {
                made.names.push(name.clone());
            }
            made.fields.push((number, name.clone()));
            let kind = match self.get(dict, "FT")? {
                Object::Null => kind,
                own => own,
            };
            if let Object::Array(kids) = self.get(dict, "Kids")? {
                waiting.extend(kids.iter().rev().map(|kid| (kid.clone(), name.clone(), kind.clone())));
            }
            if kind == Object::Name(b"Sig".to_vec()) && (!dict.get("V").is_null() || !dict.get("T").is_null()) {
                let value = self.value(&found, dict)?;
                made.signatures.push(Field { name, found, value });
            }
        }
        Ok(made)
    }

    /// The signature of a field, with the text it stands in.
    fn value(&self, field: &Located, dict: &Dict) -> Result<Option<Located>> {
        match dict.entry("V") {
            None => Ok(None),
            Some(entry) => match &entry.value {
                Object::Reference(number) => Ok(self.load(*number)?.filter(|found| found.object.dict().is_some())),
                // Inside the field itself.
                Object::Dict(_) => Ok(Some(Located { object: entry.value.clone(), ..field.clone() })),
                _ => Ok(None),
            },
        }
    }

    /// What a signature allows (12.8.2.2 and 12.8.2.4).
    pub(super) fn permission(&self, field: &Field) -> Result<Permission> {
        let mut permission = Permission { level: Level::Annotations, locks: Vec::new() };
        let mut certifies = false;
        let Some(value) = field.value.as_ref().and_then(|value| value.object.dict()) else { return Ok(permission) };
        for reference in self.get(value, "Reference")?.array() {
            let reference = self.resolve(reference)?;
            let Some(reference) = reference.dict() else { continue };
            let parameters = self.get(reference, "TransformParams")?;
            let parameters = parameters.dict().cloned().unwrap_or_default();
            if reference.says("TransformMethod", "DocMDP") {
                certifies = true;
                permission.restrict(self.get(&parameters, "P")?.integer().unwrap_or(2));
            } else if reference.says("TransformMethod", "FieldMDP") {
                self.lock(&parameters, &mut permission)?;
            }
        }
        if let Some(dict) = field.found.object.dict()
            && let Object::Dict(lock) = self.get(dict, "Lock")?
        {
            self.lock(&lock, &mut permission)?;
            if let Some(level) = self.get(&lock, "P")?.integer() {
                certifies = true;
                permission.restrict(level);
            }
        }
        if !certifies {
            permission.level = Level::Forms;
        }
        Ok(permission)
    }

    fn lock(&self, parameters: &Dict, permission: &mut Permission) -> Result<()> {
        let action = match self.get(parameters, "Action")? {
            Object::Name(action) if action == b"Include" => Lock::Include,
            Object::Name(action) if action == b"Exclude" => Lock::Exclude,
            _ => Lock::All,
        };
        let mut names = Vec::new();
        for name in self.get(parameters, "Fields")?.array() {
            if let Object::Text(name) = self.resolve(name)? {
                names.push(text(&name));
            }
        }
        permission.locks.push((action, names));
        Ok(())
    }
}

impl Permission {
    /// What holds for a document that nobody has signed yet and whose words shall stay as they are.
    pub(super) const fn to_fill_in() -> Self {
        Self { level: Level::Forms, locks: Vec::new() }
    }

    fn restrict(&mut self, level: i64) {
        let level = match level {
            1 => Level::Nothing,
            3 => Level::Annotations,
            _ => Level::Forms,
        };
        self.level = self.level.min(level);
    }

    /// Whether a field must stay as it is. A name means the fields below it as well.
    pub(super) fn locks(&self, field: &str) -> bool {
        let named = |names: &[String]| {
            names.iter().any(|name| {
                field.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        self.locks.iter().any(|(action, names)| match action {
            Lock::All => true,
            Lock::Include => named(names),
            Lock::Exclude => !named(names),
        })
    }
}

/// A text string (7.9.2.2): UTF-16, UTF-8, or one byte a letter, where ASCII is all that matters here.
pub(super) fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units = rest.as_chunks::<2>().0.iter().map(|&unit| u16::from_be_bytes(unit));
            char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}
