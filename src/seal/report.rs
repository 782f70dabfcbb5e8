//! What verifying a sealed document says.

use super::scheme::{Question, Verified};
use super::ses::{Seal, SigningTime, Version};
use crate::certificate::Certificate;
use crate::check::Check;
use crate::prelude::*;
use crate::seal::placement::Rect;
use crate::{Code, Result};

/// One result per check. Nothing is silently good: what nobody looked at says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checks {
    /// The document is what was signed: the signature holds, it is over this document's digests, and every part has its digest.
    pub integrity: Check,
    /// The signature itself, over its own bytes, by the certificate in it.
    pub signature: Check,
    /// The seal names the certificate that signed.
    pub signer_matches_seal: Check,
    /// The maker's signature over the seal.
    pub seal_signature: Check,
    /// Both certificates can be read and are for signing.
    pub certificates: Check,
    /// Seal and signer's certificate are valid at the time judged, the maker's certificate when the seal was made; the signing
    /// time is not to come.
    pub dates: Check,
    /// Both certificates lead to a trusted CA.
    pub chain: Check,
    /// Nothing was added to the document afterwards but what may be: further seals, unless this one locks.
    pub later_changes: Check,
    /// Neither certificate, nor a CA above them, was revoked at that time; [`Check::NotChecked`] when nobody looked or nothing is known.
    pub revocation: Check,
    /// The token that says when the signature was there is over it and by an authority that leads to a trusted CA; without a list of
    /// those it can only fail.
    pub time_stamp: Check,
}

impl Checks {
    /// Where verifying begins.
    pub(crate) const NONE: Self = Self {
        integrity: Check::NotChecked,
        signature: Check::NotChecked,
        signer_matches_seal: Check::NotChecked,
        seal_signature: Check::NotChecked,
        certificates: Check::NotChecked,
        dates: Check::NotChecked,
        chain: Check::NotChecked,
        later_changes: Check::NotChecked,
        revocation: Check::NotChecked,
        time_stamp: Check::NotChecked,
    };

    /// Every check with its name, which is API, in the order in which people should look at them.
    #[must_use]
    pub const fn named(&self) -> [(&'static str, Check); 10] {
        [
            ("integrity", self.integrity),
            ("signature", self.signature),
            ("signer_matches_seal", self.signer_matches_seal),
            ("seal_signature", self.seal_signature),
            ("certificates", self.certificates),
            ("dates", self.dates),
            ("chain", self.chain),
            ("later_changes", self.later_changes),
            ("revocation", self.revocation),
            ("time_stamp", self.time_stamp),
        ]
    }

    /// Whether every check that was made holds.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.named().iter().all(|(_, check)| check.code().is_none())
    }
}

/// What kind of signature it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A seal set on the document (SES).
    Seal,
    /// A signature without a seal (GB/T 35275).
    Sign,
}

/// What is known of a seal without its picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealInfo {
    /// Which standard it follows.
    pub version: Version,
    /// Its unique number.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its vendor's name for itself.
    pub vendor: String,
    /// First second of its validity, Unix time.
    pub valid_from: u64,
    /// Last second of its validity.
    pub valid_until: u64,
    /// The certificate of who made it, DER and unread.
    pub maker: Vec<u8>,
    /// The whole seal, as it stands in the document.
    pub der: Vec<u8>,
}

impl SealInfo {
    /// What a seal says of itself.
    #[must_use]
    pub fn of(seal: &Seal) -> Self {
        Self {
            version: seal.version(),
            id: seal.id.clone(),
            name: seal.name.clone(),
            vendor: seal.vendor.clone(),
            valid_from: seal.valid_from,
            valid_until: seal.valid_until,
            maker: seal.maker().to_vec(),
            der: seal.der().to_vec(),
        }
    }
}

/// Where a signature shows on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The page's number from 1; 0 when the document has no such page.
    pub page: usize,
    /// The whole seal, in millimetres of the displayed page.
    pub boundary: Rect,
    /// What of it shows, in its own coordinates; all of it when absent.
    pub clip: Option<Rect>,
}

/// One signature of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureReport {
    /// Its name in the document.
    pub id: String,
    /// Seal or plain signature.
    pub kind: Kind,
    /// One result per check.
    pub checks: Checks,
    /// The seal, when it could be read.
    pub seal: Option<SealInfo>,
    /// Who signed, when the certificate could be read.
    pub signer: Option<Certificate>,
    /// When, as the signer says.
    pub time: SigningTime,
    /// When, as a time-stamp token says, in Unix seconds. What that is worth is `time_stamp`'s to say.
    pub stamped: Option<u64>,
    /// Where it shows.
    pub stamps: Vec<Stamp>,
    /// Parts of the document that are not what was signed, or not there.
    pub changed: Vec<String>,
    /// Parts that nobody signed and that are not another signature's.
    pub added: Vec<String>,
    /// Signatures that this build cannot verify: [`Self::answer`] takes what somebody else found. Empty in a build that can.
    pub questions: Vec<Question>,
}

impl SignatureReport {
    pub(crate) fn new(id: &str, kind: Kind) -> Self {
        Self {
            id: id.into(),
            kind,
            checks: Checks::NONE,
            seal: None,
            signer: None,
            time: SigningTime::Unknown,
            stamped: None,
            stamps: Vec::new(),
            changed: Vec::new(),
            added: Vec::new(),
            questions: Vec::new(),
        }
    }

    /// What is known of a signature as a check; what is not known yet becomes a question.
    pub(super) fn settle(&mut self, verified: Result<Verified>) -> Check {
        match verified {
            Ok(Verified::Good) => Check::Ok,
            Ok(Verified::Open(question)) => {
                self.questions.extend(question);
                Check::NotChecked
            }
            // A page's module has few hashes.
            Err(error) if error.code == Code::DigestUnsupported && cfg!(not(feature = "verify")) => Check::NotChecked,
            Err(error) => Check::Failed(error.code),
        }
    }

    /// Takes the answer to one of [`Self::questions`], by its place among them: whether that signature holds.
    pub fn answer(&mut self, place: usize, good: bool) {
        if place >= self.questions.len() {
            return;
        }
        let found = if good { Check::Ok } else { Check::Failed(Code::SignatureInvalid) };
        self.checks.signature = found;
        // What else is wrong with the document stays wrong.
        if self.checks.integrity == Check::NotChecked {
            self.checks.integrity = found;
        }
    }
}
