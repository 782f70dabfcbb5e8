//! What a sealed document is worth to the portal. It is read where it lies, a file or rows of a database, and never whole in memory.

use calock::certificate::{Certificate, holder};
use calock::hash::hex;
use calock::seal::{Basis, Kind, SignatureReport, Source, ofd, pdf};
use calock::text::GBK;
use calock::{Code, Error};
use sha2::{Digest as _, Sha256};
use sm3::Sm3;

use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::revocation::RevocationFolder;

/// Bytes that are hashed at once.
const STRETCH: usize = 1 << 20;

/// A document in which every signature holds, and at least one is a seal.
pub(crate) struct Judged {
    /// `ofd` or `pdf`.
    pub(crate) kind: &'static str,
    /// Its signatures.
    pub(crate) reports: Vec<SignatureReport>,
    /// Of the whole document.
    pub(crate) digest: Digest,
}

/// The digests of a document, hexadecimal: by which of them it is signed for depends on the key.
pub(crate) struct Digest {
    /// What receipts name it by.
    pub(crate) sm3: String,
    pub(crate) sha256: String,
}

impl Judged {
    /// The signers, where their certificates can be read.
    pub(crate) fn signers(&self) -> impl Iterator<Item = &Certificate> {
        self.reports.iter().filter_map(|report| report.signer.as_ref())
    }

    /// Whether one of the signatures is of the holder of this code: an account's own.
    ///
    /// # Errors
    /// `CODE_MISMATCH`.
    pub(crate) fn of_holder(&self, code: Option<&str>) -> Result<(), Code> {
        let own = |signer: &Certificate| {
            holder(signer, GBK).identities.iter().any(|identity| Some(identity.value.as_str()) == code)
        };
        if self.signers().any(own) { Ok(()) } else { Err(Code::CodeMismatch) }
    }
}

impl Digest {
    /// By the hash that goes with a certificate's key, as the payload of a statement has it.
    pub(crate) fn by(&self, certificate: &Certificate) -> &str {
        match certificate.key().algorithm() {
            "SM2-SM3" => &self.sm3,
            _ => &self.sha256,
        }
    }

    fn of(source: &impl Source) -> calock::Result<Self> {
        let (mut sm3, mut sha256) = (Sm3::new(), Sha256::new());
        let (mut buffer, mut at) = (vec![0; STRETCH], 0);
        while at < source.len() {
            let length = usize::try_from(source.len() - at).map_or(STRETCH, |left| left.min(STRETCH));
            let stretch = &mut buffer[..length];
            source.read(at, stretch)?;
            sm3.update(&*stretch);
            sha256.update(&*stretch);
            at += length as u64;
        }
        Ok(Self { sm3: hex(&sm3.finalize()), sha256: hex(&sha256.finalize()) })
    }
}

/// Judges a document, in a thread where it may take its time.
///
/// # Errors
/// As [`judge`].
pub(crate) async fn judged(portal: &Portal, source: impl Source + Send + 'static) -> Result<Judged, Refusal> {
    let portal = portal.clone();
    let judging = tokio::task::spawn_blocking(move || judge(&portal, &source));
    judging.await.map_err(|_| Code::Internal)?.map_err(|error| error.code.into())
}

/// Judges a document by the portal's CAs and revocation lists, as of now.
///
/// # Errors
/// What is wrong with the document, or with the first signature that does not hold; `SEAL_INVALID` for a seal that its own signer
/// made; `DOCUMENT_INCOMPLETE` where nothing is sealed; what reading the source says.
pub(crate) fn judge(portal: &Portal, source: &impl Source) -> calock::Result<Judged> {
    let revocations = portal.config().revocations.as_ref().map(RevocationFolder::lists);
    let basis = Basis { trust: Some(portal.trust()), revocations: revocations.as_deref(), at: None, now: portal.now() };
    let (kind, reports) = match pdf::is_pdf(source) {
        true => ("pdf", pdf::verify(&pdf::Pdf::open(source)?, &basis)?),
        false => ("ofd", ofd::verify(&ofd::Package::open(source)?, &basis)?),
    };
    for report in &reports {
        if let Some(code) = report.checks.named().iter().find_map(|(_, check)| check.code()) {
            return Err(code.into());
        }
        let made_by = report.seal.as_ref().map(|seal| seal.maker.as_slice());
        if made_by.is_some() && made_by == report.signer.as_ref().map(Certificate::der) {
            return Err(Error::because(Code::SealInvalid, "a seal that its own signer made"));
        }
    }
    match reports.iter().any(|report| report.kind == Kind::Seal) || kind == "pdf" && !reports.is_empty() {
        true => Ok(Judged { kind, reports, digest: Digest::of(source)? }),
        false => Err(Error::because(Code::DocumentIncomplete, "no seal in the document")),
    }
}
