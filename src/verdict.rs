//! What a backend asks: is this a signature by this holder, for this purpose, on this site, now?
//!
//! Nothing here reads a clock, a file or a network, and nothing is remembered: the backend looks its nonce up, marks it
//! used, and passes what it knows, revocation lists included.

mod checks;

use crate::certificate::time::parse_rfc3339;
use crate::certificate::{Certificate, Holder, holder};
pub use crate::check::Check;
use crate::hash::hex;
use crate::revocation::{Revocations, Status};
use crate::statement::{self, FORMAT, Purpose, Statement};
use crate::text::Gbk;
use crate::trust::TrustList;
use crate::{Code, Error, Result, signature};
pub use checks::{Checks, verify_detached};

/// How far a clock may stand behind the one that wrote a challenge's time.
const SKEW_SECONDS: u64 = 60;

/// What was posted, decoded from JSON and base64 and not yet believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presented {
    /// Must be `calock:1`.
    pub format: String,
    /// A purpose's word.
    pub purpose: String,
    /// The origin the module saw.
    pub origin: String,
    /// The challenge's nonce.
    pub nonce: String,
    /// The module's own random.
    pub client: String,
    /// The account, or absent.
    pub account: Option<String>,
    /// The payload's digest in 64 lower-case hexadecimal digits, or absent.
    pub payload: Option<String>,
    /// The challenge's time.
    pub time: String,
    /// The DER certificate.
    pub certificate: Vec<u8>,
    /// `SM2-SM3`, `RS256` or `ES256`.
    pub algorithm: String,
    /// The signature: DER, or the RSA octets.
    pub signature: Vec<u8>,
    /// Who made it, `calock/0.1.0`; only bounded, never believed.
    pub software: String,
}

/// What the backend gave out with a nonce and stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued<'a> {
    /// The nonce itself.
    pub nonce: &'a str,
    /// The purpose the challenge was asked for.
    pub purpose: Purpose,
    /// The account it was asked for.
    pub account: Option<&'a str>,
    /// The digest that must be signed with it.
    pub payload: Option<[u8; 32]>,
    /// Its time, as it was given out.
    pub time: &'a str,
}

/// What the backend found when it looked the posted nonce up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonceState<'a> {
    /// Given out, not used before, and from now on used.
    Fresh(Issued<'a>),
    /// Used before.
    Used,
    /// Older than the backend keeps.
    Expired,
    /// Never given out.
    Unknown,
}

/// What the backend expects.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The purpose of the endpoint that was called.
    pub purpose: Purpose,
    /// The backend's own origin.
    pub origin: &'a str,
    /// What it knows about the nonce.
    pub nonce: NonceState<'a>,
    /// Now, Unix seconds.
    pub now: u64,
    /// How old a challenge may be, in seconds; DESIGN says at most 300.
    pub max_age_seconds: u64,
    /// The CAs it trusts.
    pub trust: &'a TrustList,
    /// What it knows of revoked certificates; `None`: nobody looks.
    pub revocations: Option<&'a Revocations>,
    /// Whether somebody of whom nothing is known is refused.
    pub require_status: bool,
    /// Decoder for old certificates' text: [`crate::text::GBK`].
    pub gbk: Gbk,
}

/// A statement that was believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Who signed.
    pub holder: Holder,
    /// With which certificate.
    pub certificate: Certificate,
    /// The text that was signed, for the record.
    pub statement: String,
    /// What was known of the certificate and its issuers: good or unknown.
    pub status: Status,
}

/// Judges what was posted. The checks come in this order, and the first that fails gives the code:
///
/// 1. format: `FORMAT_UNSUPPORTED`
/// 2. the shape of every field: `BAD_REQUEST`
/// 3. nonce: `NONCE_UNKNOWN`, `NONCE_USED`, `NONCE_EXPIRED`
/// 4. origin: `ORIGIN_MISMATCH`
/// 5. purpose: `PURPOSE_MISMATCH`
/// 6. account: `ACCOUNT_MISMATCH`
/// 7. payload: `PAYLOAD_MISMATCH`
/// 8. time: `NONCE_UNKNOWN` when it is not the one given with the nonce, `NONCE_EXPIRED` when it is too long ago
/// 9. the certificate is readable: `CERT_UNREADABLE`
/// 10. the algorithm is its key's: `KEY_UNSUPPORTED`
/// 11. the signature over the text rebuilt from the backend's own values: `SIGNATURE_INVALID`
/// 12. dates: `CERT_NOT_YET`, `CERT_EXPIRED`
/// 13. usage: `CERT_USAGE`
/// 14. chain: `CHAIN_UNTRUSTED`, `CHAIN_INVALID`
/// 15. status: `CERT_REVOKED`, and `STATUS_UNKNOWN` when the backend wants to know
///
/// # Errors
/// One of these codes.
pub fn judge(presented: &Presented, expected: &Expected<'_>) -> Result<Accepted> {
    if presented.format != FORMAT {
        return Err(Code::FormatUnsupported.into());
    }
    check_shapes(presented)?;
    let issued = match expected.nonce {
        NonceState::Fresh(issued) if issued.nonce == presented.nonce => issued,
        NonceState::Fresh(_) | NonceState::Unknown => return Err(Code::NonceUnknown.into()),
        NonceState::Used => return Err(Code::NonceUsed.into()),
        NonceState::Expired => return Err(Code::NonceExpired.into()),
    };
    require(presented.origin == expected.origin, Code::OriginMismatch)?;
    let purpose = expected.purpose;
    require(issued.purpose == purpose && presented.purpose == purpose.as_str(), Code::PurposeMismatch)?;
    require(presented.account.as_deref() == issued.account, Code::AccountMismatch)?;
    require(presented.payload == issued.payload.map(|digest| hex(&digest)), Code::PayloadMismatch)?;
    check_age(&presented.time, issued.time, expected)?;

    let certificate = Certificate::from_der(&presented.certificate)?;
    let algorithm = certificate.key().algorithm();
    if algorithm.is_empty() || algorithm != presented.algorithm {
        return Err(Error::because(Code::KeyUnsupported, "the algorithm is not that of the certificate's key"));
    }
    let statement = Statement {
        purpose,
        origin: expected.origin.into(),
        nonce: issued.nonce.into(),
        client: presented.client.clone(),
        account: issued.account.map(String::from),
        certificate_digest: certificate.digest(),
        payload: issued.payload,
        time: issued.time.into(),
    }
    .text()?;
    signature::verify(certificate.key(), statement.as_bytes(), &presented.signature)?;
    certificate.check_dates(expected.now)?;
    certificate.check_usage()?;
    let status = check_status(&expected.trust.chain(&certificate, expected.now)?, expected)?;
    Ok(Accepted { holder: holder(&certificate, expected.gbk), certificate, statement, status })
}

fn check_status(chain: &[&Certificate], expected: &Expected<'_>) -> Result<Status> {
    let known = expected.revocations;
    let status = known.map_or(Status::Unknown, |known| known.chain_status(chain, expected.now));
    match status {
        Status::Revoked { .. } => Err(Code::CertRevoked.into()),
        Status::Unknown if expected.require_status => Err(Code::StatusUnknown.into()),
        _ => Ok(status),
    }
}

fn require(good: bool, code: Code) -> Result<()> {
    if good { Ok(()) } else { Err(code.into()) }
}

/// Whatever was posted must at least be able to stand in a statement.
fn check_shapes(presented: &Presented) -> Result<()> {
    let malformed = |detail| Error::because(Code::BadRequest, detail);
    let fields = Purpose::parse(&presented.purpose)
        .and_then(|_| statement::check_origin(&presented.origin))
        .and_then(|()| statement::check_nonce(&presented.nonce))
        .and_then(|()| statement::check_client(&presented.client))
        .and_then(|()| statement::check_account(presented.account.as_deref()))
        .and_then(|()| statement::check_time(&presented.time));
    fields.map_err(|error| Error { code: Code::BadRequest, ..error })?;
    if presented.payload.as_deref().is_some_and(|digest| crate::hash::parse_digest(digest).is_none()) {
        return Err(malformed("payload is not 64 lower-case hexadecimal digits"));
    }
    if presented.software.len() > 64 || !presented.software.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
    {
        return Err(malformed("software is not at most 64 printable ASCII characters"));
    }
    if presented.certificate.is_empty() || presented.signature.is_empty() || presented.signature.len() > 1024 {
        return Err(malformed("certificate or signature is missing or too long"));
    }
    Ok(())
}

fn check_age(presented: &str, issued: &str, expected: &Expected<'_>) -> Result<()> {
    if presented != issued {
        return Err(Error::because(Code::NonceUnknown, "the time is not the one given with the nonce"));
    }
    let given = parse_rfc3339(issued).ok_or(Error::because(Code::Internal, "the stored time is no time"))?;
    let fresh = given <= expected.now.saturating_add(SKEW_SECONDS)
        && expected.now.saturating_sub(given) <= expected.max_age_seconds;
    require(fresh, Code::NonceExpired)
}
