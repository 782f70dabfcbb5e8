//! Whether a certificate was revoked, from CRLs and OCSP responses that a backend fetched.
//!
//! Nothing here opens a connection: a page may not fetch over http, and a backend has its own ways and caches. What is
//! known is one of three, and never silently good: a list that is too old, unsigned or for other certificates says nothing.

mod crl;
mod ocsp;

pub use crl::Crl;
pub use ocsp::OcspResponse;

use crate::certificate::{Certificate, pem_blocks_between};
use crate::signature::KnownGood;
use crate::{Code, Error, Result};

/// The largest list that is read, in bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024 - 1;
/// How far ahead of ours an issuer's clock may be, in seconds.
const SKEW: u64 = 300;

/// What is known of a certificate at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A valid answer of its issuer says that it is not revoked.
    Good,
    /// Revoked at or before that time; a certificate on hold as well.
    Revoked {
        /// Unix seconds.
        since: u64,
        /// CRLReason (RFC 5280, 5.3.1); 0 when none is given.
        reason: u8,
    },
    /// No valid answer says anything.
    Unknown,
}

/// What one answer says of one certificate, before it is asked whether the answer is to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Good,
    Revoked { since: u64, reason: u8 },
}

/// From when to when an answer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Period {
    this_update: u64,
    next_update: Option<u64>,
}

impl Period {
    /// Whether the answer counts for a certificate at a time. One that names no end counts for a day. A later one counts for the
    /// time before it as well, for it would name who was revoked by then; but only as long as the certificate lived, because
    /// what has expired may be left out.
    fn holds(self, certificate: &Certificate, at: u64) -> bool {
        const DAY: u64 = 86_400;
        let until = self.next_update.unwrap_or(self.this_update.saturating_add(DAY));
        let then = self.this_update <= at.saturating_add(SKEW) || self.this_update <= certificate.not_after();
        then && at <= until
    }
}

/// The answers that a backend has.
#[derive(Clone, Debug, Default)]
pub struct Revocations {
    crls: Vec<Crl>,
    responses: Vec<OcspResponse>,
    known: KnownGood,
}

impl Revocations {
    /// Adds what a file holds: CRLs in DER or PEM (any number of blocks), or one OCSP response in DER. Returns how many.
    ///
    /// # Errors
    /// `STATUS_UNREADABLE`; then nothing was added.
    pub fn add_bytes(&mut self, bytes: &[u8]) -> Result<usize> {
        let blocks = pem_blocks_between(bytes, "-----BEGIN X509 CRL-----", "-----END X509 CRL-----")
            .map_err(|_| Error::new(Code::StatusUnreadable))?;
        if !blocks.is_empty() {
            let read = blocks.iter().map(|der| Crl::from_der(der)).collect::<Result<Vec<_>>>()?;
            self.crls.extend(read);
            return Ok(blocks.len());
        }
        match OcspResponse::from_der(bytes) {
            Ok(response) => self.responses.push(response),
            Err(_) => self.crls.push(Crl::from_der(bytes)?),
        }
        Ok(1)
    }

    /// Adds one OCSP response.
    pub fn add_response(&mut self, response: OcspResponse) {
        self.responses.push(response);
    }

    /// How many lists and responses there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.crls.len() + self.responses.len()
    }

    /// Whether there are none: then nothing is known of anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is known of `certificate`, issued by `issuer`, at a time (Unix seconds). Of several answers the worst counts: who
    /// was revoked does not become good by an answer from before. A list past its end still proves that somebody was
    /// revoked, but not that anybody is good.
    #[must_use]
    pub fn status(&self, certificate: &Certificate, issuer: &Certificate, at: u64) -> Status {
        let listed = self.crls.iter().filter_map(|crl| {
            let said = crl.says(certificate, issuer)?;
            self.known.check(&crl.digest(), issuer, || crl.verify(issuer)).ok()?;
            Some((said, crl.period()))
        });
        let answered = self.responses.iter().filter_map(|response| {
            let (said, period) = response.says(certificate, issuer)?;
            self.known.check(&response.digest(), issuer, || response.verify(issuer)).ok()?;
            response.is_current(issuer, at).then_some((said, period))
        });
        let mut good = false;
        for (said, period) in listed.chain(answered) {
            match said {
                Said::Revoked { since, reason } if since <= at => return Status::Revoked { since, reason },
                // Good, or revoked only later.
                _ => good |= period.holds(certificate, at),
            }
        }
        if good { Status::Good } else { Status::Unknown }
    }

    /// The same for a whole way as [`crate::trust::TrustList::chain`] gives it: revoked when any certificate on it is, good when
    /// each but the anchor is. An anchor has nobody above it to revoke it.
    #[must_use]
    pub fn chain_status(&self, chain: &[&Certificate], at: u64) -> Status {
        let links = chain.windows(2).filter_map(|link| match link {
            [certificate, issuer] => Some(self.status(certificate, issuer, at)),
            _ => None,
        });
        links.fold(Status::Good, |worst, status| match (worst, status) {
            (Status::Revoked { .. }, _) | (Status::Unknown, Status::Good | Status::Unknown) => worst,
            _ => status,
        })
    }
}
