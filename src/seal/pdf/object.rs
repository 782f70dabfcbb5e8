//! Objects (ISO 32000-1, 7.3), each with where it stands in the text it was read from: what an update keeps is copied as text.

use crate::prelude::*;

/// One object.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Null,
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(Vec<u8>),
    Name(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    /// An object's number; generations are the cross-reference table's business.
    Reference(u32),
}

/// A dictionary.
#[derive(Clone, Debug, Default)]
pub(super) struct Dict {
    pub(super) entries: Vec<Entry>,
    /// Where its `>>` stands.
    pub(super) close: usize,
}

/// A name and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) value: Object,
    /// Where the value begins.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

impl Dict {
    /// The entry of a name. Where it stands there twice, the last one counts, as other readers have it.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.name == name.as_bytes())
    }

    /// The value of a name, [`Object::Null`] when there is none.
    pub(super) fn get(&self, name: &str) -> &Object {
        self.entry(name).map_or(&Object::Null, |entry| &entry.value)
    }

    /// Whether the value of a name is this name.
    pub(super) fn says(&self, name: &str, value: &str) -> bool {
        matches!(self.get(name), Object::Name(said) if said == value.as_bytes())
    }
}

/// The same names with the same values, in any order and wherever they stand.
impl PartialEq for Dict {
    fn eq(&self, other: &Self) -> bool {
        let within = |one: &Self, other: &Self| {
            one.entries.iter().all(|entry| other.entry_of(&entry.name) == one.entry_of(&entry.name))
        };
        within(self, other) && within(other, self)
    }
}

impl Dict {
    fn entry_of(&self, name: &[u8]) -> Option<&Object> {
        self.entries.iter().rev().find(|entry| entry.name == name).map(|entry| &entry.value)
    }
}

impl Object {
    pub(super) fn dict(&self) -> Option<&Dict> {
        if let Self::Dict(dict) = self { Some(dict) } else { None }
    }

    pub(super) fn array(&self) -> &[Self] {
        if let Self::Array(items) = self { items } else { &[] }
    }

    pub(super) const fn integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    pub(super) const fn reference(&self) -> Option<u32> {
        if let Self::Reference(number) = self { Some(*number) } else { None }
    }

    /// Any number. Whole ones beyond 2^53 are no lengths.
    #[allow(clippy::cast_precision_loss)]
    pub(super) const fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            _ => None,
        }
    }

    /// A number that is a size, a place or a number of an object.
    pub(super) fn size(&self) -> Option<u64> {
        self.integer().and_then(|number| number.try_into().ok())
    }

    pub(super) fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// Hands every reference in it out.
    pub(super) fn references(&self, take: &mut dyn FnMut(u32)) {
        match self {
            Self::Reference(number) => take(*number),
            Self::Array(items) => items.iter().for_each(|item| item.references(take)),
            Self::Dict(dict) => dict.entries.iter().for_each(|entry| entry.value.references(take)),
            _ => {}
        }
    }
}
