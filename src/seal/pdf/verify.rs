//! Verifying every signature of a file, each on the revision that it signed.

use core::cell::Cell;
use core::ops::Range;

use super::changes::Changes;
use super::damaged;
use super::file::{Located, Pdf};
use super::form::{Field, text};
use super::object::{Dict, Object};
use super::page::Page;
use super::value::{SEAL, STAMPS};
use crate::certificate::Certificate;
use crate::certificate::time::parse_rfc3339;
use crate::check::Check;
use crate::prelude::*;
use crate::seal::cms::{self, Over, SignedData, TimeStamp};
use crate::seal::hasher::Hasher;
use crate::seal::ses::SigningTime;
use crate::seal::{
    Basis, Checks, Hash, Kind, Seal, SealInfo, SesSignature, SignatureReport, Stamp, Times, judge, judge_plain,
    judge_sealed, judge_stamp, sorted,
};
use crate::{Code, Error, Result};

/// Whether time stamps are looked at. Whether one holds is for who has a list of authorities; a page's module has none and is without.
const STAMPS_COUNT: bool = cfg!(feature = "verify");

/// Verifies every signature, in the order in which they were made. A document without any gives an empty list.
///
/// # Errors
/// Only when the file itself cannot be used; what is wrong with one signature is said by its report.
pub fn verify(pdf: &Pdf<'_>, basis: &Basis<'_>) -> Result<Vec<SignatureReport>> {
    // Signatures can be judged without them; only where they stand cannot be said.
    let pages = match pdf.pages() {
        Err(error) if is_of_document(&error) => Vec::new(),
        other => other?,
    };
    let signed: Vec<_> = pdf.form()?.signatures.into_iter().filter_map(Signed::new).collect();
    let ends = signed.iter().enumerate().map(|(index, one)| (one.end(), index)).collect();
    sorted(ends).iter().filter_map(|&(_, index)| signed.get(index)).map(|one| one.report(pdf, &pages, basis)).collect()
}

/// A signed field.
struct Signed {
    field: Field,
    value: Located,
    /// What the signature covers; `None` when its byte range is not everything but the signature itself.
    covered: Option<Covered>,
}

/// Everything from the beginning of the file to an end, but for a gap.
struct Covered {
    gap: Range<u64>,
    end: u64,
}

impl Signed {
    fn new(field: Field) -> Option<Self> {
        let value = field.value.clone()?;
        let covered = value.object.dict().and_then(|dict| Covered::read(&value, dict));
        Some(Self { field, value, covered })
    }

    /// Where the revision that is signed ends.
    fn end(&self) -> u64 {
        self.covered.as_ref().map_or(u64::MAX, |covered| covered.end)
    }

    fn report(&self, pdf: &Pdf<'_>, pages: &[Page], basis: &Basis<'_>) -> Result<SignatureReport> {
        let mut report = SignatureReport::new(&self.field.name, Kind::Sign);
        let dict = self.value.object.dict().ok_or(Code::Internal)?;
        report.stamps = stamps(pdf, &self.field, dict, pages)?;
        report.time = stated(dict).map_or(SigningTime::Unknown, SigningTime::At);
        let revision = match &self.covered {
            Some(covered) if covered.end <= pdf.reader.end => match Pdf::until(pdf.reader.source, covered.end) {
                Ok(revision) => Some((covered, revision)),
                Err(error) if is_of_document(&error) => None,
                Err(error) => return Err(error),
            },
            _ => None,
        };
        let contents = match dict.get("Contents") {
            Object::Text(contents) => without_padding(contents),
            _ => Err(damaged("no Contents")),
        };
        let outcome = contents.and_then(|der| self.judge(pdf, dict, der, basis, &mut report));
        match (outcome, &revision) {
            (Err(error), _) if !is_of_document(&error) && error.code != Code::SealUnreadable => return Err(error),
            (Err(error), _) => {
                report.checks.integrity = Check::Failed(error.code);
                report.checks.signature = Check::Failed(error.code);
            }
            // A range with something left out, or one whose end is none of a revision that has this signature.
            (Ok(()), Some((_, revision))) if self.is_in(pdf, revision)? => {}
            (Ok(()), _) => report.checks.integrity = Check::Failed(Code::DocumentChanged),
        }
        if report.checks.integrity.code() == Some(Code::DocumentChanged) {
            report.changed.push(self.field.name.clone());
        }
        if let Some((covered, revision)) = &revision
            && covered.end < pdf.reader.end
        {
            let changes = Changes::since(revision, pdf, &self.field)?;
            report.checks.later_changes = changes.check;
            report.added = changes.found;
        } else if revision.is_some() {
            report.checks.later_changes = Check::Ok;
        }
        Ok(report)
    }

    /// The signature itself, and what of the file it covers. Sets every check but for later changes.
    fn judge(
        &self,
        pdf: &Pdf<'_>,
        dict: &Dict,
        der: &[u8],
        basis: &Basis<'_>,
        report: &mut SignatureReport,
    ) -> Result<()> {
        if dict.says("SubFilter", "adbe.x509.rsa_sha1") {
            // Neither SignedData nor a hash that proves anything: it is listed, and nobody looks at it.
            return Ok(());
        }
        if dict.says("Type", "DocTimeStamp") || dict.says("SubFilter", "ETSI.RFC3161") {
            return if STAMPS_COUNT { self.judge_token(pdf, der, basis, report) } else { Ok(()) };
        }
        let changed = Check::Failed(Code::DocumentChanged);
        if let Ok(signature) = SesSignature::from_der(der) {
            report.kind = Kind::Seal;
            report.checks = judge(&signature, basis);
            report.seal = Some(SealInfo::of(&signature.seal));
            report.signer = Certificate::from_der(signature.certificate()).ok();
            report.time = signature.time;
            let same = self.over(pdf, |over| Ok(over(Hash::Sm3, &[])? == *signature.data_hash()))?.unwrap_or(false);
            report.checks.integrity = if same { report.checks.signature } else { changed };
            return Ok(());
        }
        let signed = SignedData::from_der(der)?;
        let signer = signed.certificate();
        let verified = self.over(pdf, |over| signed.verify_over(over))?;
        let signature = report.settle(verified);
        let time = signed.signing_time().or(stated(dict));
        let (time_stamp, stamped) = stamp(&signed, basis, report);
        let times = Times { stated: time, stamped };
        report.checks = match dict.get(SEAL) {
            Object::Text(seal) => {
                report.kind = Kind::Seal;
                match Seal::from_der(seal) {
                    Ok(seal) => {
                        report.seal = Some(SealInfo::of(&seal));
                        judge_sealed(&seal, &signer, signature, times, basis)
                    }
                    Err(error) => {
                        let unreadable = Check::Failed(error.code);
                        let plain = judge_plain(&signed, signature, times, basis);
                        Checks { signer_matches_seal: unreadable, seal_signature: unreadable, ..plain }
                    }
                }
            }
            _ => judge_plain(&signed, signature, times, basis),
        };
        report.checks.time_stamp = time_stamp;
        report.checks.integrity = report.checks.signature;
        report.time = time.map_or(SigningTime::Unknown, SigningTime::At);
        report.signer = signer.ok();
        Ok(())
    }

    /// A time stamp of the whole document.
    fn judge_token(&self, pdf: &Pdf<'_>, der: &[u8], basis: &Basis<'_>, report: &mut SignatureReport) -> Result<()> {
        let stamp = match TimeStamp::read(der) {
            Ok(stamp) => stamp,
            Err(error) => {
                let failed = Check::Failed(error.code);
                (report.checks.integrity, report.checks.signature, report.checks.time_stamp) = (failed, failed, failed);
                return Ok(());
            }
        };
        let verified = self.over(pdf, |over| stamp.verify(over))?;
        let signature = report.settle(verified);
        report.time = SigningTime::At(stamp.time());
        report.stamped = Some(stamp.time());
        report.checks = judge_plain(stamp.signed(), signature, Times::stated(Some(stamp.time())), basis);
        report.checks.integrity = signature;
        report.checks.time_stamp = judge_stamp(&stamp, signature, basis);
        report.signer = stamp.authority().ok();
        Ok(())
    }

    /// Has something verified over what is covered. What is wrong with the signature is the inner result; that the file cannot be read
    /// is the outer.
    fn over<T>(&self, pdf: &Pdf<'_>, verify: impl FnOnce(Over<'_>) -> Result<T>) -> Result<Result<T>> {
        let Some(covered) = self.covered.as_ref().filter(|covered| covered.end <= pdf.reader.end) else {
            return Ok(Err(Code::DocumentChanged.into()));
        };
        let unreadable = Cell::new(None);
        let verified = verify(&|hash, before| {
            let mut hasher = Hasher::new(hash);
            hasher.update(before);
            let read = [(0, covered.gap.start), (covered.gap.end, covered.end)]
                .into_iter()
                .try_for_each(|(from, to)| hasher.read(pdf.reader.source, from, to));
            read.inspect_err(|error| unreadable.set(Some(*error)))?;
            Ok(hasher.finish())
        });
        unreadable.take().map_or(Ok(verified), Err)
    }

    /// Whether a revision has this very signature in this very field.
    fn is_in(&self, pdf: &Pdf<'_>, revision: &Pdf<'_>) -> Result<bool> {
        let number = self.value.number;
        if revision.slots.get(number) != pdf.slots.get(number) {
            return Ok(false);
        }
        match revision.form() {
            Ok(form) => Ok(form.signatures.iter().any(|field| {
                field.name == self.field.name
                    && field.found.number == self.field.found.number
                    && field.value.as_ref().is_some_and(|value| value.number == number)
            })),
            Err(error) if is_of_document(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Covered {
    /// `[0 a b c]` where the gap from a to b is exactly the hexadecimal string of this signature.
    fn read(value: &Located, dict: &Dict) -> Option<Self> {
        let once = |name: &str| dict.entries.iter().filter(|entry| entry.name == name.as_bytes()).count() == 1;
        if !once("ByteRange") || !once("Contents") {
            return None;
        }
        let numbers: Vec<_> = dict.get("ByteRange").array().iter().map_while(Object::size).collect();
        let &[0, from, to, rest] = numbers.as_slice() else { return None };
        let contents = dict.entry("Contents")?;
        let at = value.at?;
        let is_hex = value.text.get(contents.start) == Some(&b'<');
        let gap = at + contents.start as u64..at + contents.end as u64;
        (is_hex && gap == (from..to)).then_some(Self { gap, end: to.checked_add(rest)? })
    }
}

/// The signature at the beginning of a `Contents`, which is filled up with zeros.
fn without_padding(contents: &[u8]) -> Result<&[u8]> {
    let (signature, padding) = cms::first(contents)?;
    if padding.iter().all(|&byte| byte == 0) {
        Ok(signature)
    } else {
        Err(damaged("something is hidden behind the signature"))
    }
}

/// The time stamp of a signature: what it is worth, and the time that it proves.
fn stamp(signed: &SignedData, basis: &Basis<'_>, report: &mut SignatureReport) -> (Check, Option<u64>) {
    if !STAMPS_COUNT {
        return (Check::NotChecked, None);
    }
    let stamp = match signed.time_stamp() {
        None => return (Check::NotChecked, None),
        Some(Err(error)) => return (Check::Failed(error.code), None),
        Some(Ok(stamp)) => stamp,
    };
    let signature = report.settle(signed.verify_stamp(&stamp));
    let check = judge_stamp(&stamp, signature, basis);
    report.stamped = Some(stamp.time());
    (check, (check == Check::Ok).then(|| stamp.time()))
}

/// `M`, the signer's own word for when, which is signed.
fn stated(dict: &Dict) -> Option<u64> {
    let Object::Text(date) = dict.get("M") else { return None };
    let date = text(date);
    let digits = date.strip_prefix("D:").unwrap_or(&date);
    let part = |from: usize, to: usize| digits.get(from..to);
    let civil = [
        part(0, 4)?,
        "-",
        part(4, 6)?,
        "-",
        part(6, 8)?,
        "T",
        part(8, 10)?,
        ":",
        part(10, 12)?,
        ":",
        part(12, 14)?,
        "Z",
    ];
    let seconds = parse_rfc3339(&civil.concat())?;
    let zone = |sign: fn(u64, u64) -> Option<u64>| {
        let hours: u64 = part(15, 17)?.parse().ok().filter(|hours| *hours < 24)?;
        let minutes: u64 = part(18, 20).unwrap_or("00").parse().ok().filter(|minutes| *minutes < 60)?;
        sign(seconds, hours * 3600 + minutes * 60)
    };
    match digits.as_bytes().get(14) {
        Some(b'+') => zone(u64::checked_sub),
        Some(b'-') => zone(u64::checked_add),
        _ => Some(seconds),
    }
}

/// Where a signature shows: its own widget, and the annotations that it names.
fn stamps(pdf: &Pdf<'_>, field: &Field, value: &Dict, pages: &[Page]) -> Result<Vec<Stamp>> {
    let others = value.get(STAMPS).array().iter().filter_map(Object::reference);
    let mut numbers: Vec<_> = others.take(pages.len().saturating_mul(16)).collect();
    if !numbers.contains(&field.found.number) {
        numbers.insert(0, field.found.number);
    }
    let mut stamps = Vec::new();
    for number in numbers {
        let Some(found) = pdf.load(number)? else { continue };
        let Some(dict) = found.object.dict() else { continue };
        let page = dict.get("P").reference();
        let index = pages.iter().position(|one| Some(one.number) == page);
        let Some(on) = index.and_then(|index| pages.get(index)).or(pages.first()) else { continue };
        let boundary = pdf.shown(on, dict.get("Rect"))?;
        // A field may be without a place.
        let Some(boundary) = boundary.filter(|rect| rect.width.as_micrometres() > 0) else { continue };
        stamps.push(Stamp { page: index.map_or(0, |index| index + 1), boundary, clip: None });
    }
    Ok(stamps)
}

/// Whether an error says something about the document, and not that the caller gave up or the file went away.
pub(super) const fn is_of_document(error: &Error) -> bool {
    matches!(error.code, Code::DocumentUnreadable | Code::DocumentTooLarge | Code::DocumentEncrypted)
}
