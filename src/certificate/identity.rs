//! Identity values: who the holder is by number.
//!
//! CAs put the same numbers under different identifiers, and two arcs even exchange the meaning of .3 and .4. So a value
//! is classified by its own check digits (GB 32100, GB 11714, GB 11643); the identifier it stood under is only a hint.

mod check_digit;
mod values;

use check_digit::{
    is_licence, is_old_person_shape, is_organisation, is_person, is_person_shape, is_uscc, is_uscc_shape,
};

use crate::prelude::*;
pub(crate) use values::{cfca_name, collect};

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityKind {
    /// 统一社会信用代码, GB 32100.
    Uscc,
    /// 组织机构代码, GB 11714, nine characters without hyphen.
    Organisation,
    /// 公民身份号码, GB 11643 (or the old one of 15 digits).
    Person,
    /// 工商注册号, 15 digits.
    Licence,
    /// Something else under a known identifier: tax, insurance, a CA's own id.
    Other,
}

impl IdentityKind {
    /// `uscc`, `organisation`, `person`, `licence`, `other`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uscc => "uscc",
            Self::Organisation => "organisation",
            Self::Person => "person",
            Self::Licence => "licence",
            Self::Other => "other",
        }
    }
}

/// Whether a number, typed or read, has the check digits of its kind: without hyphens, in capitals. What fails may be genuine all
/// the same (early codes): tell it, do not refuse it.
#[must_use]
pub fn checks(kind: IdentityKind, value: &str) -> bool {
    match kind {
        IdentityKind::Uscc => is_uscc(value.as_bytes()),
        IdentityKind::Organisation => is_organisation(value.as_bytes()),
        IdentityKind::Person => is_person(value.as_bytes()),
        IdentityKind::Licence => is_licence(value.as_bytes()),
        IdentityKind::Other => true,
    }
}

/// A letter prefix that a CA writes before a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// `SF`: a person's id follows.
    Person,
    /// `JJ`: an organisation's code follows.
    Organisation,
}

/// One number found in a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What it is.
    pub kind: IdentityKind,
    /// The number without prefix and hyphen, letters upper case. The full value: see [`Self::masked`].
    pub value: String,
    /// Where it stood: dotted numbers of the extension or subject attribute.
    pub oid: String,
    /// Its check digits are right. Some early codes are genuine and fail; they are reported, not refused.
    pub checked: bool,
    /// The prefix it had.
    pub prefix: Option<Prefix>,
    /// What its identifier is said to mean; `None` when the identifier is not known.
    pub hint: Option<Hint>,
}

impl Identity {
    /// The value for display: a person's id keeps its first three and last two characters.
    #[must_use]
    pub fn masked(&self) -> String {
        let personal = self.kind == IdentityKind::Person
            || (self.kind == IdentityKind::Other && matches!(self.hint, Some(Hint::Person | Hint::Insurance)));
        if personal { mask(&self.value) } else { mask_text(&self.value) }
    }
}

/// What an identifier is said to mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A person's id.
    Person,
    /// Social insurance number.
    Insurance,
    /// Business licence number.
    Licence,
    /// Organisation code, in practice often the unified code.
    Organisation,
    /// Tax number.
    Tax,
    /// Unified social credit code.
    Uscc,
    /// A CA's own unique id, which usually holds one of the others.
    Unique,
}

/// Identity identifiers and their meaning. Sources: GB/T 20518 and GM/T 0015 (1.2.156.10260.4), the old RSA arc
/// (1.2.86.11.7, where CAs disagree on .3 and .4), the rest from CAs' interface papers and scripts.
const HINTS: &[(&str, Hint)] = &[
    ("1.2.156.10260.4.1.1", Hint::Person),
    ("1.2.156.10260.4.1.1.1", Hint::Person),
    ("1.2.156.10260.4.1.1.2", Hint::Person),
    ("1.2.156.10260.4.1.2", Hint::Insurance),
    ("1.2.156.10260.4.1.3", Hint::Licence),
    ("1.2.156.10260.4.1.4", Hint::Organisation),
    ("1.2.156.10260.4.1.5", Hint::Tax),
    ("1.2.156.10260.4.4", Hint::Uscc),
    ("1.2.86.11.7.1", Hint::Person),
    ("1.2.86.11.7.2", Hint::Insurance),
    ("1.2.86.11.7.3", Hint::Organisation),
    ("1.2.86.11.7.4", Hint::Licence),
    ("1.2.86.11.7.5", Hint::Tax),
    ("1.2.86.11.7.1.8", Hint::Unique),
    ("1.2.86.11.7.11", Hint::Unique),
    // BJCA
    ("1.2.156.112562.2.1.1.1", Hint::Unique),
    ("1.2.156.112562.2.1.1.4", Hint::Unique),
    ("1.2.156.112562.2.1.1.8", Hint::Unique),
    ("1.2.156.112562.2.1.1.14", Hint::Unique),
    ("1.2.156.112562.2.1.1.17", Hint::Uscc),
    ("1.2.156.112562.2.1.1.23", Hint::Unique),
    ("1.2.156.112562.2.1.1.24", Hint::Unique),
    ("1.2.156.112562.2.1.2.2", Hint::Unique),
    ("2.16.840.1.113732.2", Hint::Unique),
    // GDCA
    ("1.2.86.21.1.1", Hint::Unique),
    ("1.2.86.21.1.3", Hint::Unique),
    ("1.2.86.11.7.7550243.1", Hint::Uscc),
    // NETCA
    ("1.3.6.1.4.1.18760.1.12.11", Hint::Unique),
    ("1.3.6.1.4.1.18760.1.12.12.2", Hint::Unique),
    // ZJCA, SHECA, HebCA, SCCA, Hubei, Shenzhen
    ("1.2.156.112573.14", Hint::Unique),
    ("2.5.4.1", Hint::Unique),
    ("1.2.156.112570.148", Hint::Unique),
    ("1.2.156.1.8888.148", Hint::Unique),
    ("1.2.156.112586.1.4", Hint::Unique),
    ("1.2.156.112646.8", Hint::Unique),
    ("2.4.16.11.7.3", Hint::Organisation),
    ("2.16.156.112548", Hint::Unique),
];

/// Arcs under which every identifier is one of a CA's own ids: SZCA, Shenzhen.
const HINT_ARCS: &[&str] = &["1.2.156.1002.", "2.16.156.112548."];

/// What an identifier is said to mean.
#[must_use]
pub fn hint(oid: &str) -> Option<Hint> {
    let exact = HINTS.iter().find(|(known, _)| *known == oid).map(|&(_, hint)| hint);
    exact.or_else(|| HINT_ARCS.iter().any(|arc| oid.starts_with(arc)).then_some(Hint::Unique))
}

/// Whether an identifier is one of those in the table.
pub(crate) fn is_known(oid: &str) -> bool {
    hint(oid).is_some()
}

/// A classified value.
pub(crate) struct Classified {
    pub(crate) kind: IdentityKind,
    pub(crate) value: String,
    pub(crate) checked: bool,
    pub(crate) prefix: Option<Prefix>,
}

/// Says what a value is, by itself; the hint decides only where two readings are possible. `None`: no number known here.
/// Without a hint or prefix only a right check digit counts, and a shape that a chance value often has does not.
pub(crate) fn classify(text: &str, hint: Option<Hint>) -> Option<Classified> {
    let text = text.trim();
    if text.len() > 64 || !text.is_ascii() {
        return None;
    }
    let upper = text.to_ascii_uppercase();
    let (prefix, number) = split_prefix(&upper);
    let hyphen = number.len() == 10 && number.as_bytes()[8] == b'-';
    let value: String = number.chars().filter(|&letter| letter != '-').collect();
    let bytes = value.as_bytes();

    let says_person = prefix == Some(Prefix::Person) || hint == Some(Hint::Person);
    let says_organisation =
        prefix == Some(Prefix::Organisation) || matches!(hint, Some(Hint::Organisation | Hint::Uscc | Hint::Licence));
    let said = prefix.is_some() || hint.is_some();

    let (kind, checked) = match bytes.len() {
        // Both readings can be right by chance (11… is Beijing and a state organ): then a person is protected.
        18 if is_person(bytes) && !(says_organisation && is_uscc(bytes)) => (IdentityKind::Person, true),
        18 if is_uscc(bytes) => (IdentityKind::Uscc, true),
        18 if said && is_person_shape(bytes) && !says_organisation => (IdentityKind::Person, false),
        18 if said && is_uscc_shape(bytes) && !says_person => (IdentityKind::Uscc, false),
        9 if (said || hyphen) && !says_person && is_organisation(bytes) => (IdentityKind::Organisation, true),
        15 if says_person && is_old_person_shape(bytes) => (IdentityKind::Person, false),
        15 if said && is_licence(bytes) => (IdentityKind::Licence, true),
        15 if said && is_old_person_shape(bytes) && !says_organisation => (IdentityKind::Person, false),
        15 if says_organisation && bytes.iter().all(u8::is_ascii_digit) => (IdentityKind::Licence, false),
        _ => return None,
    };
    Some(Classified { kind, value, checked, prefix })
}

/// `SF…`, `JJ…`, and BJCA's `n@5009JJ0…`, where a digit stands between the letters and the number.
fn split_prefix(text: &str) -> (Option<Prefix>, &str) {
    let coded = text.split_once('@').map(|(_, rest)| rest.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    let body = coded.unwrap_or(text);
    let (prefix, number) = match (body.strip_prefix("SF"), body.strip_prefix("JJ")) {
        (Some(number), _) => (Prefix::Person, number),
        (_, Some(number)) => (Prefix::Organisation, number),
        _ => return (None, text),
    };
    let letters = number.chars().filter(|&letter| letter != '-').count();
    match number.strip_prefix('0') {
        Some(rest) if coded.is_some() && matches!(letters, 10 | 16 | 19) => (Some(prefix), rest),
        _ => (Some(prefix), number),
    }
}

/// First three and last two characters; shorter values are hidden whole.
#[must_use]
pub fn mask(value: &str) -> String {
    let count = value.chars().count();
    let shown = |at: usize| count > 6 && (at < 3 || at + 2 >= count);
    value.chars().enumerate().map(|(at, letter)| if shown(at) { letter } else { '*' }).collect()
}

/// Masks every person id inside a text and leaves the rest as it is.
#[must_use]
pub fn mask_text(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars() {
        if letter.is_ascii_digit() || (matches!(letter, 'X' | 'x') && !run.is_empty()) {
            run.push(letter);
        } else {
            flush(&mut masked, &mut run);
            masked.push(letter);
        }
    }
    flush(&mut masked, &mut run);
    masked
}

/// Appends a run of digits. One more digit may stand before an id (`041@0<id>@…`).
fn flush(masked: &mut String, run: &mut String) {
    let upper = run.to_ascii_uppercase();
    let bytes = upper.as_bytes();
    let at = (0..bytes.len().min(2)).find(|&at| is_person(&bytes[at..]));
    match at.and_then(|at| run.split_at_checked(at)) {
        Some((before, id)) => {
            masked.push_str(before);
            masked.push_str(&mask(id));
        }
        None => masked.push_str(run),
    }
    run.clear();
}
