//! Whether a sealed document is the letter that was made, with the seals that it wants and nothing else.

use calock::certificate::{Certificate, HolderKind, holder};
use calock::hash::hex;
use calock::seal::pdf::{Pdf, only_sealed_since};
use calock::seal::placement::{Mm, Size};
use calock::seal::{Kind, SignatureReport, Source, Stamp};
use calock::text::GBK;
use calock::{Code, Error};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::form::Typed;
use crate::names::{same, same_code};
use crate::refusal::Refusal;
use crate::rules::{Letter as Rule, SealOf};
use crate::store::{Account, Letter};

/// No seal is larger, in millimetres: what covers the letter is none.
const LARGEST: u32 = 100;

/// The file begins with the letter, byte for byte, and the rest is signatures.
///
/// # Errors
/// `LETTER_MISMATCH`; what reading the file says.
pub(super) fn same_letter(letter: &Letter, source: &impl Source) -> calock::Result<()> {
    let other = || Error::because(Code::LetterMismatch, "another letter");
    let size = usize::try_from(letter.made_size).map_err(|_| other())?;
    if source.len() < letter.made_size {
        return Err(other());
    }
    let mut made = vec![0; size];
    source.read(0, &mut made)?;
    if hex(&Sha256::digest(&made)) != letter.made_sha256 {
        return Err(other());
    }
    // Between the letter and the first signature something could stand that the signature covers and that shows another text.
    match only_sealed_since(&Pdf::open(source)?, letter.made_size)? {
        true => Ok(()),
        false => Err(Error::because(Code::LetterMismatch, "more than seals was added")),
    }
}

/// Every signature is a seal of the account's holder or of its legal representative, on a page, and none that is wanted lacks.
///
/// # Errors
/// `CODE_MISMATCH`, `NAME_MISMATCH` with both names, `LETTER_MISSING` for a seal that lacks, `PLACEMENT_INVALID`.
pub(super) fn sealed_by(
    rule: &Rule,
    letter: &Letter,
    account: &Account,
    reports: &[SignatureReport],
) -> Result<(), Refusal> {
    let data = account.typed();
    let mut there = Vec::new();
    for report in reports {
        let signer = report.signer.as_ref().filter(|_| report.kind == Kind::Seal).ok_or(Code::SealMismatch)?;
        there.push(whose(signer, account, &data)?);
        if report.stamps.is_empty() || !report.stamps.iter().all(|stamp| is_on(stamp, letter.pages)) {
            return Err(Code::PlacementInvalid.into());
        }
    }
    match rule.seals.iter().all(|wanted| there.contains(wanted)) {
        true => Ok(()),
        false => Err(Code::LetterMissing.into()),
    }
}

/// Whose certificate it is. A name that is just being changed here comes before the certificate's (C21), so both count.
fn whose(signer: &Certificate, account: &Account, data: &Typed) -> Result<SealOf, Refusal> {
    let holder = holder(signer, GBK);
    let legal = data.get("legal").filter(|legal| !legal.is_empty());
    let person = match holder.kind {
        HolderKind::Person => Some(holder.name.as_str()),
        _ => holder.person.as_deref(),
    };
    if person.zip(legal).is_some_and(|(person, legal)| same(person, legal)) {
        return Ok(SealOf::Legal);
    }
    let code = account.code.as_deref().unwrap_or_default();
    if !holder.identities.iter().any(|identity| same_code(code, &identity.value)) {
        return Err(Code::CodeMismatch.into());
    }
    let name = holder.organisation.as_deref().unwrap_or(&holder.name);
    match same(name, &account.name) || data.get("name").is_some_and(|new| same(name, new)) {
        true => Ok(SealOf::Unit),
        false => {
            let names = json!({"account": account.name, "certificate": name});
            Err(Refusal::new(Code::NameMismatch).with("names", names))
        }
    }
}

fn is_on(stamp: &Stamp, pages: u64) -> bool {
    let largest = Mm::whole(LARGEST);
    stamp.page >= 1
        && stamp.page as u64 <= pages
        && stamp.boundary.width.max(stamp.boundary.height) <= largest
        && stamp.boundary.is_within(Size { width: Mm::whole(210), height: Mm::whole(297) })
}
