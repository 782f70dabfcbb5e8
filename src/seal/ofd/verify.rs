//! Verifying every signature of a package.

use super::package::Package;
use super::signatures::{List, Listed, Method, Signature, StampAnnot};
use super::{path, xml};
use crate::certificate::Certificate;
use crate::check::Check;
use crate::hash::sm3;
use crate::prelude::*;
use crate::seal::cms::SignedData;
use crate::seal::ses::SigningTime;
use crate::seal::{
    Basis, Kind, SealInfo, SesSignature, SignatureReport, Source, Stamp, Times, judge, judge_plain, sorted,
};
use crate::signature::raw;
use crate::{Code, Error, Result};

/// Verifies every signature, in the order of the list. A document without any gives an empty list.
///
/// # Errors
/// Only when the package or the list itself cannot be used; what is wrong with one signature is said by its report.
pub fn verify<S: Source>(package: &Package<S>, basis: &Basis<'_>) -> Result<Vec<SignatureReport>> {
    let mut reports = Vec::new();
    for body in package.document()?.bodies {
        let Some(at) = &body.signatures else { continue };
        let bytes = package.read(package.part(at)?)?;
        let list = List::read(xml::text(&bytes)?, at)?;
        let pages = package.pages(&body).unwrap_or_default();
        let pages: Vec<_> = pages.into_iter().map(|page| page.id).collect();
        let mut view = View { package, list_at: at, digests: Vec::new(), signatures: Vec::new() };
        view.signatures = list.signatures.iter().map(|listed| view.load(listed)).collect::<Result<_>>()?;
        let mut found = Vec::new();
        for (index, listed) in list.signatures.iter().enumerate() {
            let mut report = SignatureReport::new(&listed.id, listed.kind);
            match &view.signatures[index] {
                Ok(loaded) => {
                    report.stamps = loaded.says.stamps.iter().map(|stamp| shown(stamp, &pages)).collect();
                    view.check(index, listed, basis, &mut report)?;
                }
                Err(error) => {
                    report.checks.integrity = Check::Failed(error.code);
                    report.changed.push(listed.path.clone());
                }
            }
            found.push(report);
        }
        for index in 0..found.len() {
            (found[index].checks.later_changes, found[index].added) = view.later_changes(index, &found);
        }
        reports.append(&mut found);
    }
    Ok(reports)
}

/// One signature's files.
struct Loaded {
    /// Path of Signature.xml.
    at: String,
    /// Signature.xml's bytes: what is hashed.
    bytes: Vec<u8>,
    says: Signature,
}

struct View<'a, S> {
    package: &'a Package<S>,
    list_at: &'a str,
    /// SM3 of parts by their names, sorted: signatures mostly cover the same ones.
    digests: Vec<(String, [u8; 32])>,
    signatures: Vec<core::result::Result<Loaded, Error>>,
}

impl<S: Source> View<'_, S> {
    /// Reads a Signature.xml. What is wrong with the document is the inner result; only what stops everything is the outer.
    fn load(&self, listed: &Listed) -> Result<core::result::Result<Loaded, Error>> {
        let load = || {
            let bytes = self.package.read(self.package.part(&listed.path)?)?;
            let says = Signature::read(xml::text(&bytes)?, &listed.path)?;
            Ok(Loaded { at: listed.path.clone(), bytes, says })
        };
        match load() {
            Err(error) if !is_of_document(&error) => Err(error),
            other => Ok(other),
        }
    }

    fn check(&mut self, index: usize, listed: &Listed, basis: &Basis<'_>, report: &mut SignatureReport) -> Result<()> {
        let Ok(Loaded { bytes, says, .. }) = &self.signatures[index] else { return Ok(()) };
        let hash = sm3(bytes);
        let references = says.references.clone();
        let method = says.method;
        let (value_at, seal_at) = (says.value.clone(), says.seal.clone());

        let value = self.read(&value_at)?;
        let mut integrity = match (&value, listed.kind) {
            (Err(error), _) => {
                report.changed.push(value_at);
                Check::Failed(error.code)
            }
            (Ok(value), Kind::Seal) => match SesSignature::from_der(value) {
                Err(error) => Check::Failed(error.code),
                Ok(signature) => {
                    report.checks = judge(&signature, basis);
                    report.seal = Some(SealInfo::of(&signature.seal));
                    report.signer = Certificate::from_der(signature.certificate()).ok();
                    report.time = signature.time;
                    let bound = self.bound(&signature, &hash, &listed.path, seal_at.as_deref(), report)?;
                    bound.map_or_else(Check::Failed, |()| report.checks.signature)
                }
            },
            (Ok(value), Kind::Sign) => match SignedData::from_der(value) {
                // One program writes a bare signature: whose it is cannot be said, but parts that changed can.
                Err(_) if raw(value).is_ok() => Check::NotChecked,
                Err(error) => Check::Failed(error.code),
                Ok(signed) => {
                    let verified = signed.verify_over(&|hash, before| Ok(hash.of(&[before, bytes].concat())));
                    let signature = report.settle(verified);
                    report.checks = judge_plain(&signed, signature, Times::stated(signed.signing_time()), basis);
                    report.signer = signed.certificate().ok();
                    report.time = signed.signing_time().map_or(SigningTime::Unknown, SigningTime::At);
                    report.checks.signature
                }
            },
        };
        if method != Method::Sm3 || references.is_empty() {
            integrity = Check::Failed(Code::DigestUnsupported);
        } else {
            for reference in &references {
                let Some(entry) = self.package.find(&reference.path) else {
                    report.changed.push(reference.path.clone());
                    integrity = failed(integrity, Code::DocumentIncomplete);
                    continue;
                };
                let name = entry.name.clone();
                if self.digest(&name)?.is_none_or(|digest| digest[..] != reference.digest[..]) {
                    report.changed.push(name);
                    integrity = failed(integrity, Code::DocumentChanged);
                }
            }
        }
        report.checks.integrity = integrity;
        Ok(())
    }

    /// Whether a signature is over this Signature.xml at this place, with the seal that lies beside it.
    fn bound(
        &self,
        signature: &SesSignature,
        hash: &[u8; 32],
        at: &str,
        seal_at: Option<&str>,
        report: &mut SignatureReport,
    ) -> Result<core::result::Result<(), Code>> {
        let here =
            |base: &str| path::resolve(base, &signature.property).is_ok_and(|path| path.eq_ignore_ascii_case(at));
        // Absolute by the standard; relative ones start from the root, the list or the file itself.
        if signature.data_hash() != hash || !["OFD.xml", self.list_at, at].into_iter().any(here) {
            report.changed.push(at.into());
            return Ok(Err(Code::DocumentChanged));
        }
        let Some(seal_at) = seal_at else { return Ok(Ok(())) };
        let code = match self.read(seal_at)? {
            Ok(seal) if seal == signature.seal.der() => return Ok(Ok(())),
            Ok(_) => Code::DocumentChanged,
            Err(error) => error.code,
        };
        report.changed.push(seal_at.into());
        Ok(Err(code))
    }

    /// Parts that this signature does not cover, and that are neither its own files nor those of a signature that holds.
    fn later_changes(&self, index: usize, found: &[SignatureReport]) -> (Check, Vec<String>) {
        let Ok(own) = &self.signatures[index] else { return (Check::NotChecked, Vec::new()) };
        let lower = |name: &str| name.to_ascii_lowercase();
        let mut known: Vec<_> = own.says.references.iter().map(|reference| lower(&reference.path)).collect();
        if known.contains(&lower(self.list_at)) && self.signatures.len() > index + 1 {
            return (Check::Failed(Code::DocumentLocked), Vec::new());
        }
        known.push(lower(self.list_at));
        for (other, (loaded, report)) in self.signatures.iter().zip(found).enumerate() {
            if let Ok(loaded) = loaded
                && (other == index || report.checks.signature == Check::Ok)
            {
                known.extend([lower(&loaded.at), lower(&loaded.says.value)]);
                known.extend(loaded.says.seal.as_deref().map(lower));
            }
        }
        let known = sorted(known);
        let files = self.package.files().filter(|file| known.binary_search(&lower(&file.name)).is_err());
        let added: Vec<_> = files.map(|file| file.name.clone()).collect();
        (if added.is_empty() { Check::Ok } else { Check::Failed(Code::DocumentChanged) }, added)
    }

    /// A part's content, or what is wrong with it.
    fn read(&self, name: &str) -> Result<core::result::Result<Vec<u8>, Error>> {
        match self.package.part(name).and_then(|entry| self.package.read(entry)) {
            Err(error) if !is_of_document(&error) => Err(error),
            other => Ok(other),
        }
    }

    /// SM3 of a part; `None` when it is damaged.
    fn digest(&mut self, name: &str) -> Result<Option<[u8; 32]>> {
        let place = match self.digests.binary_search_by(|(one, _)| one.as_str().cmp(name)) {
            Ok(place) => return Ok(Some(self.digests[place].1)),
            Err(place) => place,
        };
        match self.package.part(name).and_then(|entry| self.package.digest(entry)) {
            Ok(digest) => {
                self.digests.insert(place, (name.into(), digest));
                Ok(Some(digest))
            }
            Err(error) if is_of_document(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn shown(stamp: &StampAnnot, pages: &[String]) -> Stamp {
    let page = pages.iter().position(|id| *id == stamp.page).map_or(0, |index| index + 1);
    Stamp { page, boundary: stamp.boundary, clip: stamp.clip }
}

/// The first reason stays.
const fn failed(check: Check, code: Code) -> Check {
    match check {
        Check::Failed(_) => check,
        _ => Check::Failed(code),
    }
}

/// Whether an error says something about the document, and not that the caller gave up or the file went away.
const fn is_of_document(error: &Error) -> bool {
    matches!(
        error.code,
        Code::DocumentUnreadable | Code::DocumentIncomplete | Code::DocumentNames | Code::DocumentTooLarge
    )
}
