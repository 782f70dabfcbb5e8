//! Distinguished names: every attribute, in order, nothing merged.

use super::text::{self, Text};
use super::tlv::{Reader, Result, UNREADABLE, tag};
use super::{identity, oid};
use crate::hash::hex;
use crate::prelude::*;
use crate::text::{Gbk, none};

/// More attributes than any genuine name has; a hostile one ends here.
const MAX_ATTRIBUTES: usize = 128;

/// Short names (RFC 4519 and what OpenSSL prints); everything else keeps its dotted numbers.
const NAMES: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.20", "telephoneNumber"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "G"),
    ("2.5.4.43", "initials"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.65", "pseudonym"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "E"),
    ("1.2.840.113549.1.9.2", "unstructuredName"),
];

/// A distinguished name as it stands in the certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    parts: Vec<Part>,
}

/// One attribute, not decoded: which decoder there is for GBK is the caller's to say.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    /// Number of the relative name (SET) it stands in: a multi-valued one has several attributes.
    set: usize,
    oid: String,
    tag: u8,
    value: Vec<u8>,
}

/// One attribute as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Dotted numbers.
    pub oid: String,
    /// Short name (`CN`, `O`, …), or the dotted numbers when there is none.
    pub name: String,
    /// The text; hexadecimal content octets when it is no text.
    pub value: String,
    /// The encoding was guessed (see [`Text`]).
    pub guessed: bool,
}

impl Attribute {
    /// The text with person ids masked, for everything that is shown or logged.
    #[must_use]
    pub fn masked(&self) -> String {
        identity::mask_text(&self.value)
    }
}

impl Name {
    /// Reads the content of a `Name` (RFC 5280, 4.1.2.4).
    pub(crate) fn read(content: &[u8]) -> Result<Self> {
        let mut parts = Vec::new();
        let mut sets = Reader::new(content);
        let mut set = 0;
        while !sets.is_empty() {
            let mut members = Reader::new(sets.expect(tag::SET)?);
            while !members.is_empty() {
                let mut member = Reader::new(members.expect(tag::SEQUENCE)?);
                let oid = oid::dotted(member.expect(tag::OID)?)?;
                let value = member.next()?;
                member.finish()?;
                if parts.len() == MAX_ATTRIBUTES {
                    return Err(UNREADABLE);
                }
                parts.push(Part { set, oid, tag: value.tag, value: value.value.to_vec() });
            }
            set += 1;
        }
        Ok(Self { parts })
    }

    /// Every attribute in the order of the certificate.
    #[must_use]
    pub fn attributes(&self, gbk: Gbk) -> Vec<Attribute> {
        self.parts.iter().map(|part| part.shown(gbk)).collect()
    }

    /// Whether there is no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether two names name the same: attribute by attribute on decoded text, case and spaces folded (RFC 5280, 7.1).
    /// Genuine chains differ in string types, so bytes must not be compared. Empty names are never the same.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        !self.parts.is_empty()
            && self.parts.len() == other.parts.len()
            && self.parts.iter().all(|part| other.parts.iter().any(|candidate| part.same(candidate)))
            && other.parts.iter().all(|part| self.parts.iter().any(|candidate| part.same(candidate)))
    }
}

impl Part {
    fn text(&self, gbk: Gbk) -> Option<Text> {
        if text::is_string(self.tag) { text::decode(self.tag, &self.value, gbk) } else { None }
    }

    fn shown(&self, gbk: Gbk) -> Attribute {
        let text = self.text(gbk).unwrap_or_else(|| Text { value: hex(&self.value), guessed: true });
        let name = NAMES.iter().find(|(oid, _)| *oid == self.oid).map_or(self.oid.as_str(), |(_, name)| name);
        Attribute { oid: self.oid.clone(), name: name.into(), value: text.value, guessed: text.guessed }
    }

    fn same(&self, other: &Self) -> bool {
        if self.set != other.set || self.oid != other.oid {
            return false;
        }
        match (self.text(none), other.text(none)) {
            (Some(one), Some(two)) => folded(&one.value).eq(folded(&two.value)),
            // Text that only GBK could explain is compared as the bytes it is.
            _ => self.value == other.value,
        }
    }
}

/// Lower case, words separated by one space.
fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.split_whitespace().flat_map(|word| core::iter::once(' ').chain(word.chars().flat_map(lower)))
}

/// Every letter's lower case. The table of all letters is 5 kB compressed: a page, which follows no chain and only finds a signer
/// among the certificates of its signature, knows those of ASCII.
fn lower(letter: char) -> impl Iterator<Item = char> {
    #[cfg(feature = "std")]
    return letter.to_lowercase();
    #[cfg(not(feature = "std"))]
    return core::iter::once(letter.to_ascii_lowercase());
}
