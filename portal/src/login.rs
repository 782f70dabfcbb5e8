//! `POST /api/login`: a signed statement becomes a session.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding};
use calock::certificate::time::rfc3339;
use calock::certificate::{Attribute, Certificate, Identity};
use calock::hash::parse_digest;
use calock::statement::Purpose;
use calock::text::GBK;
use calock::verdict::{Accepted, Expected, Issued, NonceState, Presented, judge};
use calock::{Code, Phase};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::value::to_raw_value;

use crate::body::Json;
use crate::portal::Portal;
use crate::random;
use crate::refusal::Refusal;
use crate::revocation::RevocationFolder;
use crate::session;
use crate::store::{Evidence, Login, NewSession, Nonce};

/// Where the page goes after a login.
const NEXT: &str = "/home";

/// What a page posts, as it stands in the JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Posted {
    format: String,
    purpose: String,
    origin: String,
    nonce: String,
    client: String,
    account: Option<String>,
    payload: Option<String>,
    time: String,
    certificate: String,
    algorithm: String,
    signature: String,
    software: String,
}

#[derive(Serialize)]
struct LoggedIn<'a> {
    holder: &'a RawValue,
    next: &'static str,
}

/// Judges the statement and logs its holder in.
///
/// When is a nonce spent? Only by the login that it leads to, in the transaction that opens the session. A refused post
/// spends nothing: if it did, whoever sees a nonce could take the login away from its owner by posting rubbish with it,
/// and nothing is won, because a refused statement is refused again and a nonce cannot be guessed by trying. A statement
/// that was accepted is never accepted again: of two posts at the same moment, in this process or another, only one finds
/// the nonce unspent in its transaction.
///
/// # Errors
/// The verdict's code, `BAD_REQUEST`, `STORE_UNAVAILABLE`.
pub(crate) async fn log_in(
    State(portal): State<Portal>,
    headers: HeaderMap,
    Json(posted): Json<Posted>,
) -> Result<Response, Refusal> {
    let presented = posted.decoded()?;
    let now = portal.now();
    let nonce = match random::is_token(&presented.nonce) {
        true => portal.store().find_nonce(&presented.nonce).await?,
        false => None,
    };
    let revocations = portal.config().revocations.as_ref().map(RevocationFolder::lists);
    let expected = Expected {
        purpose: Purpose::Login,
        origin: portal.origin(),
        nonce: state(nonce.as_ref(), now)?,
        now,
        max_age_seconds: portal.limits().nonce_seconds(),
        trust: portal.trust(),
        revocations: revocations.as_deref(),
        require_status: portal.config().require_status,
        gbk: GBK,
    };
    let accepted = judge(&presented, &expected).map_err(|error| error.at(Phase::Verify))?;

    let holder = to_raw_value(&Shown::of(&accepted)).map_err(|_| Code::Internal)?;
    let login = Login {
        login: random::token()?,
        nonce: presented.nonce,
        purpose: Purpose::Login.as_str().into(),
        at: now,
        evidence: Evidence {
            statement: accepted.statement,
            algorithm: presented.algorithm,
            signature: Base64::encode_string(&presented.signature),
            certificate: Base64::encode_string(accepted.certificate.der()),
            fingerprint: accepted.certificate.fingerprint(),
            holder: holder.get().into(),
            software: presented.software,
        },
    };
    let session = NewSession {
        token: random::token()?,
        expires_at: now.saturating_add(portal.limits().session_total.as_secs()),
        replaces: session::token(&headers, portal.origin()).map(String::from),
    };
    if !portal.store().log_in(&login, &session).await? {
        return Err(Code::NonceUsed.into());
    }
    let cookie = session::set_cookie(portal.origin(), &session.token)?;
    let body = axum::Json(LoggedIn { holder: &holder, next: NEXT });
    Ok(([(header::SET_COOKIE, cookie)], body).into_response())
}

impl Posted {
    fn decoded(self) -> Result<Presented, Refusal> {
        let bytes = |text: &str| Base64::decode_vec(text).map_err(|_| Refusal::new(Code::BadRequest));
        Ok(Presented {
            certificate: bytes(&self.certificate)?,
            signature: bytes(&self.signature)?,
            format: self.format,
            purpose: self.purpose,
            origin: self.origin,
            nonce: self.nonce,
            client: self.client,
            account: self.account,
            payload: self.payload,
            time: self.time,
            algorithm: self.algorithm,
            software: self.software,
        })
    }
}

/// What the store knows about the posted nonce, as the verdict asks for it.
fn state(nonce: Option<&Nonce>, now: u64) -> Result<NonceState<'_>, Refusal> {
    let Some(nonce) = nonce else { return Ok(NonceState::Unknown) };
    if nonce.used_at.is_some() {
        return Ok(NonceState::Used);
    }
    if nonce.expires_at <= now {
        return Ok(NonceState::Expired);
    }
    // A row that this version cannot read is our fault and not the client's.
    let payload = match nonce.payload.as_deref() {
        Some(digest) => Some(parse_digest(digest).ok_or(Code::Internal)?),
        None => None,
    };
    Ok(NonceState::Fresh(Issued {
        nonce: &nonce.nonce,
        purpose: Purpose::parse(&nonce.purpose).map_err(|_| Code::Internal)?,
        account: nonce.account.as_deref(),
        payload,
        time: &nonce.time,
    }))
}

/// The holder as pages see it. A person's id is masked here already; the certificate in the evidence has it in full.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    name: &'a str,
    organisation: Option<&'a str>,
    person: Option<&'a str>,
    kind: &'static str,
    code: Option<&'a str>,
    identities: Vec<ShownIdentity>,
    issuer: Option<String>,
    serial: String,
    fingerprint: String,
    algorithm: &'static str,
    not_after: String,
}

#[derive(Serialize)]
struct ShownIdentity {
    kind: &'static str,
    masked: String,
}

impl<'a> Shown<'a> {
    fn of(accepted: &'a Accepted) -> Self {
        let (holder, certificate) = (&accepted.holder, &accepted.certificate);
        let masked = |identity: &Identity| ShownIdentity { kind: identity.kind.as_str(), masked: identity.masked() };
        Self {
            name: &holder.name,
            organisation: holder.organisation.as_deref(),
            person: holder.person.as_deref(),
            kind: holder.kind.as_str(),
            code: holder.code.as_deref(),
            identities: holder.identities.iter().map(masked).collect(),
            issuer: issuer(certificate),
            serial: certificate.serial(),
            fingerprint: certificate.fingerprint(),
            algorithm: certificate.key().algorithm(),
            not_after: rfc3339(certificate.not_after()),
        }
    }
}

/// The CA's name: its CN, or its O when it has none.
fn issuer(certificate: &Certificate) -> Option<String> {
    let attributes = certificate.issuer().attributes(GBK);
    ["CN", "O"]
        .iter()
        .find_map(|name| attributes.iter().find(|attribute| attribute.name == *name))
        .map(Attribute::masked)
}
