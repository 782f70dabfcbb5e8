//! What an empty signature field demands of its signature (ISO 32000-1, tables 233 to 235; ISO 32000-2): followed, or refused before
//! anybody is asked for a PIN.

use super::contents::{Contents, Style, hash_of};
use super::file::Pdf;
use super::object::{Dict, Object};
use super::sign::Order;
use crate::certificate::PublicKey;
use crate::hash::hex;
use crate::prelude::*;
use crate::seal::Hash;
use crate::{Code, Error, Result};

/// What a field demands.
pub(super) struct Demands<'a> {
    /// How the signature is written: as ordered, or in a usual form that the field takes.
    pub(super) style: Style<'a>,
    /// The level of a certification; 0 for none at all.
    pub(super) certifies: Option<u8>,
    /// Which fields are locked: `/Action/…` and what belongs to it.
    pub(super) locks: Option<String>,
}

/// Which demands are binding (bits of `Ff`).
mod binding {
    pub(super) const FILTER: i64 = 1;
    pub(super) const SUB_FILTER: i64 = 1 << 1;
    pub(super) const VERSION: i64 = 1 << 2;
    pub(super) const REASONS: i64 = 1 << 3;
    pub(super) const REVOCATION: i64 = 1 << 5;
    pub(super) const DIGEST: i64 = 1 << 6;
    pub(super) const LOCK: i64 = 1 << 7;
    /// Of a certificate's demands: it is one of these.
    pub(super) const SUBJECT: i64 = 1;
}

/// The demands of ISO 32000-2.
const NEWEST: f64 = 3.0;

impl<'a> Demands<'a> {
    /// Reads what a field demands and holds it against an order.
    ///
    /// # Errors
    /// `FIELD_REFUSED` when a binding demand is not met or not known.
    pub(super) fn of(pdf: &Pdf<'_>, field: &Dict, order: &Order<'a>) -> Result<Self> {
        let mut demands = Self { style: order.style, certifies: None, locks: None };
        if let Some(lock) = part(pdf, field, "Lock")? {
            demands.locks = Some(lock_of(pdf, &lock)?);
        }
        let Some(seed) = part(pdf, field, "SV")? else { return Ok(demands) };
        let binding = bits(pdf, &seed)?;
        let mut unknown = binding;
        // What is binding and not there binds nobody.
        let mut is_bound = |bit: i64, name: &str| {
            unknown &= !bit;
            binding & bit != 0 && seed.entry(name).is_some()
        };
        if is_bound(binding::VERSION, "V") && pdf.get(&seed, "V")?.number().is_some_and(|version| version > NEWEST) {
            return refuse("demands of a later version");
        }
        if is_bound(binding::FILTER, "Filter") && !seed.says("Filter", order.style.filter) {
            return refuse("another Filter");
        }
        let forms = names(pdf, &seed, "SubFilter")?;
        if is_bound(binding::SUB_FILTER, "SubFilter") {
            demands.style = style_of(order, &forms).ok_or(REFUSED)?;
        }
        let digests = names(pdf, &seed, "DigestMethod")?;
        let own: &[u8] = match hash_of(order.certificate.key()) {
            Hash::Sm3 => b"SM3",
            Hash::Sha256 => b"SHA256",
            #[cfg(feature = "verify")]
            Hash::Sha384 => b"SHA384",
            #[cfg(feature = "verify")]
            Hash::Sha512 => b"SHA512",
        };
        if is_bound(binding::DIGEST, "DigestMethod") && !digests.iter().any(|name| name.eq_ignore_ascii_case(own)) {
            return refuse("another digest");
        }
        // A list that is empty or has only a full stop means: none.
        let reasons = names(pdf, &seed, "Reasons")?;
        if is_bound(binding::REASONS, "Reasons") && reasons.iter().any(|reason| reason != b".") {
            return refuse("a reason");
        }
        if is_bound(binding::REVOCATION, "AddRevInfo") && pdf.get(&seed, "AddRevInfo")? == Object::Bool(true) {
            return refuse("revocation lists in the signature");
        }
        let wrong = if order.lock { "false" } else { "true" };
        if is_bound(binding::LOCK, "LockDocument") && seed.says("LockDocument", wrong) {
            return refuse("a document that is locked, or is not");
        }
        if unknown != 0 {
            return refuse("something unknown");
        }
        if let Some(stamp) = part(pdf, &seed, "TimeStamp")?
            && bits(pdf, &stamp)? != 0
        {
            return refuse("a time stamp");
        }
        if let Some(signer) = part(pdf, &seed, "Cert")? {
            let binding = bits(pdf, &signer)?;
            let subjects = names(pdf, &signer, "Subject")?;
            let named = subjects.iter().any(|der| der == order.certificate.der());
            if binding & !binding::SUBJECT != 0 || binding != 0 && !named {
                return refuse("another certificate");
            }
        }
        if let Some(level) = part(pdf, &seed, "MDP")? {
            demands.certifies = pdf.get(&level, "P")?.size().and_then(|level| u8::try_from(level).ok());
        }
        Ok(demands)
    }
}

const REFUSED: Error = Error::because(Code::FieldRefused, "the field wants another form of signature");

fn refuse<T>(why: &'static str) -> Result<T> {
    Err(Error::because(Code::FieldRefused, why))
}

/// A dictionary in a dictionary.
#[inline(never)] // each copy is more for a page to load
fn part(pdf: &Pdf<'_>, dict: &Dict, name: &str) -> Result<Option<Dict>> {
    Ok(match pdf.get(dict, name)? {
        Object::Dict(part) => Some(part),
        _ => None,
    })
}

/// Which demands of a dictionary are binding.
#[inline(never)]
fn bits(pdf: &Pdf<'_>, dict: &Dict) -> Result<i64> {
    Ok(pdf.get(dict, "Ff")?.integer().unwrap_or(0))
}

/// Names or texts of a list; a single one counts as a list.
#[inline(never)]
fn names(pdf: &Pdf<'_>, dict: &Dict, name: &str) -> Result<Vec<Vec<u8>>> {
    let value = pdf.get(dict, name)?;
    let items = match &value {
        Object::Array(items) => items.as_slice(),
        other => core::slice::from_ref(other),
    };
    let mut found = Vec::new();
    for item in items {
        if let Object::Name(text) | Object::Text(text) = pdf.resolve(item)? {
            found.push(text);
        }
    }
    Ok(found)
}

/// The ordered style, or else the usual one of another form that a key can sign in.
fn style_of<'a>(order: &Order<'a>, forms: &[Vec<u8>]) -> Option<Style<'a>> {
    let with = |contents| Style { filter: order.style.filter, chain: order.style.chain, ..Style::new(contents) };
    let is_sm2 = matches!(order.certificate.key(), PublicKey::Sm2(_));
    let other = (!is_sm2).then(|| with(Contents::Pades));
    let mut all = [order.style, with(Contents::Pkcs7)].into_iter().chain(other);
    all.find(|style| forms.iter().any(|form| form == style.sub_filter.as_bytes()))
}

/// `/Action/Include/Fields[…]`, as a lock and the signature under it both say it.
fn lock_of(pdf: &Pdf<'_>, lock: &Dict) -> Result<String> {
    let action = match pdf.get(lock, "Action")? {
        Object::Name(action) if action == b"Include" => "/Action/Include",
        Object::Name(action) if action == b"Exclude" => "/Action/Exclude",
        _ => return Ok("/Action/All".into()),
    };
    let fields: String = names(pdf, lock, "Fields")?.iter().map(|name| ["<", &hex(name), ">"].concat()).collect();
    Ok([action, "/Fields[", &fields, "]"].concat())
}
