//! A seal signature on its own, whatever document it stands in.

use super::cms::SignedData;
#[cfg(feature = "pdf")]
use super::cms::TimeStamp;
use super::report::Checks;
use super::ses::{Seal, SesSignature};
use crate::certificate::Certificate;
use crate::check::Check;
#[cfg(feature = "std")]
use crate::revocation::Revocations;
#[cfg(feature = "std")]
use crate::trust::TrustList;
use crate::{Code, Result};

/// How far the signer's clock may be ahead, in seconds.
const SKEW: u64 = 300;

/// What a signature is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// A page has neither list, so there is nothing to borrow.
    #[cfg(not(feature = "std"))]
    nothing: core::marker::PhantomData<&'a ()>,
    /// The trusted CAs; without them the chain is not checked.
    #[cfg(feature = "std")]
    pub trust: Option<&'a TrustList>,
    /// What is known of revoked certificates; looked at where the chain holds.
    #[cfg(feature = "std")]
    pub revocations: Option<&'a Revocations>,
    /// Judge dates and chain at this time (Unix seconds) instead of at the time that the signature states.
    pub at: Option<u64>,
    /// Now: nobody signs in the future.
    pub now: u64,
}

impl Basis<'_> {
    /// Judges by the dates that the signature states, and checks no chain.
    #[must_use]
    pub const fn dated(now: u64) -> Self {
        Self {
            #[cfg(not(feature = "std"))]
            nothing: core::marker::PhantomData,
            #[cfg(feature = "std")]
            trust: None,
            #[cfg(feature = "std")]
            revocations: None,
            at: None,
            now,
        }
    }
}

/// Checks a signature and the seal in it. Integrity and later changes are the document's to say.
#[must_use]
pub fn judge(signature: &SesSignature, basis: &Basis<'_>) -> Checks {
    let signer = Certificate::from_der(signature.certificate());
    judge_sealed(&signature.seal, &signer, signature.verify().into(), Times::stated(signature.time.seconds()), basis)
}

/// When something was signed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    /// As the signer says.
    pub(crate) stated: Option<u64>,
    /// As a time stamp says that holds: it counts before the signer's word.
    pub(crate) stamped: Option<u64>,
}

impl Times {
    pub(crate) const fn stated(stated: Option<u64>) -> Self {
        Self { stated, stamped: None }
    }

    fn judged(self, basis: &Basis<'_>) -> Option<u64> {
        basis.at.or(self.stamped).or(self.stated)
    }
}

/// Checks a seal and who signed with it, where what the signature itself is worth was found out already.
#[must_use]
pub(crate) fn judge_sealed(
    seal: &Seal,
    signer: &Result<Certificate>,
    signature: Check,
    times: Times,
    basis: &Basis<'_>,
) -> Checks {
    let maker = Certificate::from_der(seal.maker());
    let at = times.judged(basis).unwrap_or(basis.now);
    let (chain, revocation) = match (signer, &maker) {
        (Ok(signer), Ok(maker)) => chains(&[(signer, at), (maker, seal.created)], basis),
        _ => (Check::NotChecked, Check::NotChecked),
    };
    Checks {
        signature,
        signer_matches_seal: signer
            .as_ref()
            .map_or_else(|error| Err(*error), |signer| seal.check_signer(signer.der()))
            .into(),
        seal_signature: seal.verify().into(),
        certificates: usable(signer).and_then(|()| usable(&maker)).into(),
        dates: dates(seal, times, signer.as_ref().ok(), maker.as_ref().ok(), basis),
        chain,
        revocation,
        ..Checks::NONE
    }
}

/// Checks a signature without a seal; `signature` is what it is worth over the document.
#[must_use]
pub(crate) fn judge_plain(signed: &SignedData, signature: Check, times: Times, basis: &Basis<'_>) -> Checks {
    let signer = signed.certificate();
    let dates = match (times.stated, times.judged(basis), &signer) {
        (Some(stated), ..) if stated > basis.now.saturating_add(SKEW) => Check::Failed(Code::CertNotYet),
        (_, Some(at), Ok(signer)) => signer.check_dates(at).into(),
        _ => Check::NotChecked,
    };
    let (chain, revocation) = match &signer {
        Ok(signer) => chains(&[(signer, times.judged(basis).unwrap_or(basis.now))], basis),
        Err(_) => (Check::NotChecked, Check::NotChecked),
    };
    Checks { signature, certificates: usable(&signer).into(), dates, chain, revocation, ..Checks::NONE }
}

/// Checks a time-stamp token, of which it was found out whether it is over the right bytes: it holds when its authority leads to a
/// trusted CA. Anybody can make himself an authority, so without a list nothing is said of a token that is not wrong.
#[cfg(feature = "pdf")]
pub(in crate::seal) fn judge_stamp(stamp: &TimeStamp, signature: Check, basis: &Basis<'_>) -> Check {
    match (signature, stamp.check_authority(), stamp.authority()) {
        (Check::Failed(_), ..) => signature,
        (_, Err(error), _) | (.., Err(error)) => Check::Failed(error.code),
        (_, _, Ok(authority)) => match chains(&[(&authority, stamp.time())], basis) {
            (chain @ Check::Failed(_), _) | (_, chain @ Check::Failed(_)) => chain,
            (Check::Ok, _) => signature,
            _ => Check::NotChecked,
        },
    }
}

fn usable(certificate: &Result<Certificate>) -> Result<()> {
    match certificate {
        Ok(certificate) => certificate.check_usage(),
        Err(error) => Err(*error),
    }
}

fn dates(
    seal: &Seal,
    times: Times,
    signer: Option<&Certificate>,
    maker: Option<&Certificate>,
    basis: &Basis<'_>,
) -> Check {
    if times.stated.is_some_and(|stated| stated > basis.now.saturating_add(SKEW)) {
        return Check::Failed(Code::SealNotYet);
    }
    let (Some(at), Some(signer), Some(maker)) = (times.judged(basis), signer, maker) else {
        return Check::NotChecked;
    };
    // A maker's certificate that ran out later changes nothing about what it made (GM/T 0031-2025).
    signer.check_dates(at).and_then(|()| seal.check_dates(at)).and_then(|()| maker.check_dates(seal.created)).into()
}

/// A page has no list of CAs: chains are the backend's to check.
#[cfg(not(feature = "std"))]
fn chains(_: &[(&Certificate, u64)], _: &Basis<'_>) -> (Check, Check) {
    (Check::NotChecked, Check::NotChecked)
}

/// Dates have their own check: each chain is looked at on the nearest day of its certificate's life.
#[cfg(feature = "std")]
fn within(certificate: &Certificate, at: u64) -> u64 {
    at.max(certificate.not_before()).min(certificate.not_after())
}

/// Whether all of them lead to a trusted CA, each at its time, and whether any was revoked by then.
#[cfg(feature = "std")]
fn chains(certificates: &[(&Certificate, u64)], basis: &Basis<'_>) -> (Check, Check) {
    let Some(trust) = basis.trust else { return (Check::NotChecked, Check::NotChecked) };
    let mut revocation = Check::Ok;
    for &(certificate, at) in certificates {
        let way = match trust.chain(certificate, within(certificate, at)) {
            Ok(way) => way,
            Err(error) => return (Check::Failed(error.code), Check::NotChecked),
        };
        let status = basis.revocations.map_or(Check::NotChecked, |known| known.chain_status(&way, at).into());
        // The worst counts: revoked before unknown, unknown before good.
        revocation = match (revocation, status) {
            (Check::Failed(_), _) | (Check::NotChecked, Check::Ok) => revocation,
            _ => status,
        };
    }
    (Check::Ok, revocation)
}
