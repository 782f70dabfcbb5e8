//! Finding identity values in extensions and subject attributes.

use super::{Classified, Identity, IdentityKind, classify, hint};
use crate::certificate::Certificate;
use crate::certificate::text;
use crate::certificate::tlv::{Reader, only, tag};
use crate::prelude::*;
use crate::text::Gbk;

/// Values deeper than this are not looked for: CHOICE in a tag in an OCTET STRING is three.
const MAX_DEPTH: usize = 5;
/// Texts taken from one extension.
const MAX_TEXTS: usize = 16;
/// Identities reported of one certificate.
const MAX_IDENTITIES: usize = 64;

/// Every identity value: first the extensions, then the subject, each in the order of the certificate. Under a known
/// identifier every text counts; elsewhere only a text that classifies.
pub(crate) fn collect(certificate: &Certificate, gbk: Gbk) -> Vec<Identity> {
    let mut found: Vec<Identity> = Vec::new();
    let mut add = |oid: &str, text: &str| {
        let hint = hint(oid);
        let Classified { kind, value, checked, prefix } = match classify(text, hint) {
            Some(classified) => classified,
            None if hint.is_some() && !text.trim().is_empty() => {
                Classified { kind: IdentityKind::Other, value: text.trim().into(), checked: false, prefix: None }
            }
            None => return,
        };
        let known = found.iter().any(|one| one.kind == kind && one.value == value && one.oid == oid);
        if !known && found.len() < MAX_IDENTITIES {
            found.push(Identity { kind, value, oid: oid.into(), checked, prefix, hint });
        }
    };
    for extension in &certificate.extensions.others {
        for text in texts(&extension.value, gbk) {
            add(&extension.oid, &text);
        }
    }
    for attribute in certificate.subject.attributes(gbk) {
        match cfca(&attribute.value) {
            Some(common) => add(&attribute.oid, common.id),
            None => add(&attribute.oid, &attribute.value),
        }
    }
    found
}

/// CFCA's common name `041@0<id>@<name>@00000001`.
struct Cfca<'a> {
    /// The id without the letter or digit before it.
    id: &'a str,
    /// The holder's name.
    name: &'a str,
}

/// The holder's name in a common name of CFCA's pattern.
pub(crate) fn cfca_name(common: &str) -> Option<&str> {
    cfca(common).map(|common| common.name)
}

/// Takes CFCA's common name apart; id and name are met in both orders. `None`: it is no such name.
fn cfca(text: &str) -> Option<Cfca<'_>> {
    let mut parts = text.split('@');
    let fields = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    let [number, one, two, serial] = fields;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !digits(number) || !digits(serial) {
        return None;
    }
    for (id, name) in [(one, two), (two, one)] {
        for id in [id, id.get(1..).unwrap_or_default()] {
            if !name.is_empty() && classify(id, Some(super::Hint::Unique)).is_some() {
                return Some(Cfca { id, name });
            }
        }
    }
    None
}

/// Every text in an extension's value: a string type, one in an OCTET STRING, inside SEQUENCE, SET or context tags, or
/// bare text.
fn texts(value: &[u8], gbk: Gbk) -> Vec<String> {
    let mut found = Vec::new();
    walk(value, gbk, 0, &mut found);
    found
}

fn walk(value: &[u8], gbk: Gbk, depth: usize, found: &mut Vec<String>) {
    if depth == MAX_DEPTH || found.len() >= MAX_TEXTS {
        return;
    }
    let Ok(element) = only(value) else {
        found.extend(text::raw(value, gbk).map(|text| text.value));
        return;
    };
    if text::is_string(element.tag) {
        found.extend(text::decode(element.tag, element.value, gbk).map(|text| text.value));
    } else if matches!(element.tag, tag::SEQUENCE | tag::SET) || element.tag & 0xE0 == 0xA0 {
        let mut members = Reader::new(element.value);
        while let Ok(member) = members.next() {
            if found.len() >= MAX_TEXTS {
                return;
            }
            walk(member.whole, gbk, depth + 1, found);
        }
    } else if element.tag == tag::OCTET_STRING || element.tag & 0xE0 == 0x80 {
        walk(element.value, gbk, depth + 1, found);
    }
}
