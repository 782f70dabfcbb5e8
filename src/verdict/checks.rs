//! A signature over any bytes, judged check by check: what `calock verify` prints.

use crate::certificate::{Certificate, Holder, holder};
use crate::check::Check;
use crate::revocation::Revocations;
use crate::text::Gbk;
use crate::trust::TrustList;
use crate::{Code, signature};

/// One result per check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checks {
    /// The signature over the data with the certificate's key.
    pub signature: Check,
    /// The certificate's dates.
    pub dates: Check,
    /// keyUsage lets it sign.
    pub usage: Check,
    /// It leads to a trusted CA. A certificate outside its own dates still has its chain looked at (within them).
    pub chain: Check,
    /// It and its issuers are not revoked; [`Check::NotChecked`] when nobody looked or nothing is known.
    pub status: Check,
    /// The first failed check's code, in the order of the fields; `None`: every check made holds.
    pub code: Option<Code>,
    /// Who holds the certificate.
    pub holder: Holder,
}

impl Checks {
    /// Whether every check that was made holds.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        self.code.is_none()
    }
}

/// Checks a signature over `data`. The signature may be DER, raw r ‖ s, RSA octets, or base64 of these. Without a trust
/// list the chain is not checked, and neither is the status. `at` is Unix seconds.
#[must_use]
pub fn verify_detached(
    certificate: &Certificate,
    data: &[u8],
    signature: &[u8],
    trust: Option<&TrustList>,
    revocations: Option<&Revocations>,
    at: u64,
    gbk: Gbk,
) -> Checks {
    let exact = signature::normalise(certificate.key(), signature);
    let signature = exact.and_then(|exact| signature::verify(certificate.key(), data, &exact)).into();
    let dates = certificate.check_dates(at).into();
    let usage = certificate.check_usage().into();
    // Dates have their own line; the chain is looked at on the nearest day of the certificate's life.
    let within = at.max(certificate.not_before()).min(certificate.not_after());
    let way = trust.map(|trust| trust.chain(certificate, within));
    let status = match (&way, revocations) {
        (Some(Ok(way)), Some(known)) => known.chain_status(way, at).into(),
        _ => Check::NotChecked,
    };
    let chain = way.map_or(Check::NotChecked, Check::from);
    let made: [Check; 5] = [signature, dates, usage, chain, status];
    Checks {
        signature,
        dates,
        usage,
        chain,
        status,
        code: made.into_iter().find_map(Check::code),
        holder: holder(certificate, gbk),
    }
}
