//! `POST /api/selftest` and `/api/selftest/certificate` (一键检测): what this portal would make of a lock. Nothing comes of it: no
//! session, no binding, no evidence; a signed statement spends its nonce and no more.

use axum::extract::State;
use base64ct::{Base64, Encoding};
use calock::certificate::time::rfc3339;
use calock::certificate::{Attribute, Certificate, Name, holder};
use calock::revocation::Status;
use calock::statement::Purpose;
use calock::text::GBK;
use calock::{Code, Phase};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::binding::Candidate;
use crate::body::Json;
use crate::login::{admitted, right_kind};
use crate::portal::Portal;
use crate::proof::{Line, Posted, Shown, Wanted, product};
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::revocation::RevocationFolder;
use crate::rules::{May, Product, Words};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// DER, base64.
    certificate: String,
}

/// What the portal sees.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Seen {
    /// The portal's time, by which it judged.
    at: String,
    /// The holder, as a login answers.
    holder: Value,
    /// From the certificate up to the CA that the portal trusts; null when it leads to none.
    chain: Option<Vec<Link>>,
    /// What is known of it and its issuers by revocation lists: `good` or `unknown`; null when nobody looked.
    status: Option<&'static str>,
    /// What kind of certificate it is here; null: none that this portal takes.
    product: Option<Kind>,
    /// Why a login with it would be refused, as a refusal says it; null when nothing about the certificate stands against it.
    refusal: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    subject: String,
    not_before: String,
    not_after: String,
}

#[derive(Serialize)]
struct Kind {
    id: String,
    title: Words,
    may: Vec<May>,
    containers: Vec<String>,
}

/// Looks at a certificate, before any PIN.
///
/// # Errors
/// `BAD_REQUEST`, `CERT_UNREADABLE`, `RATE_LIMITED`, `STORE_UNAVAILABLE`.
pub(crate) async fn look(
    State(portal): State<Portal>,
    address: Address,
    Json(asked): Json<Asked>,
) -> Result<axum::Json<Seen>, Refusal> {
    portal.limit("statement", address, portal.limits().rates.statement).await?;
    let der = Base64::decode_vec(&asked.certificate).map_err(|_| Refusal::new(Code::BadRequest))?;
    let certificate = Certificate::from_der(&der).map_err(|error| error.at(Phase::Verify))?;
    seen(&portal, &certificate).map(axum::Json)
}

/// Judges a statement as a login's is judged, and looks at its certificate.
///
/// # Errors
/// The verdict's code, `BAD_REQUEST`, `RATE_LIMITED`, `STORE_UNAVAILABLE`.
pub(crate) async fn prove(
    State(portal): State<Portal>,
    address: Address,
    Json(posted): Json<Posted>,
) -> Result<axum::Json<Seen>, Refusal> {
    portal.limit("statement", address, portal.limits().rates.statement).await?;
    let wanted = Wanted { purpose: Purpose::Selftest, account: Line::Empty, text: None };
    let proof = posted.judge(&portal, wanted).await?;
    let mut changes = portal.store().begin().await?;
    if !changes.spend_nonce(&proof.signed.nonce, proof.signed.at).await? {
        return Err(Code::NonceUsed.into());
    }
    changes.commit().await?;
    seen(&portal, &proof.certificate).map(axum::Json)
}

fn seen(portal: &Portal, certificate: &Certificate) -> Result<Seen, Refusal> {
    let now = portal.now();
    let holder = holder(certificate, GBK);
    let way = portal.trust().chain(certificate, now);
    let chain = way.as_deref().unwrap_or_default();
    let product = product(portal, certificate, chain, holder.kind);
    let status = portal.config().revocations.as_ref().filter(|_| way.is_ok()).map(RevocationFolder::lists);
    let status = status.map(|lists| lists.chain_status(chain, now));
    // In the order of a login.
    let refusal = certificate
        .check_dates(now)
        .and_then(|()| certificate.check_usage())
        .and_then(|()| way.as_ref().map(drop).map_err(Clone::clone))
        .map_err(Refusal::from)
        .and_then(|()| good(portal, status.as_ref()))
        .and_then(|()| admitted(portal, &Candidate { fingerprint: "", holder: &holder, product }))
        .and_then(|()| right_kind(portal, holder.kind))
        .err();
    Ok(Seen {
        at: rfc3339(now),
        holder: serde_json::to_value(Shown::of(&holder, certificate, product)).map_err(|_| Code::Internal)?,
        chain: way.is_ok().then(|| chain.iter().map(|one| Link::of(one)).collect()),
        status: status.and_then(|status| match status {
            Status::Good => Some("good"),
            Status::Unknown => Some("unknown"),
            Status::Revoked { .. } => None,
        }),
        product: product.map(Kind::of),
        refusal: refusal.map(|refusal| refusal.said(portal.rules())),
    })
}

fn good(portal: &Portal, status: Option<&Status>) -> Result<(), Refusal> {
    match status {
        Some(Status::Revoked { .. }) => Err(Code::CertRevoked.into()),
        None | Some(Status::Unknown) if portal.config().require_status => Err(Code::StatusUnknown.into()),
        _ => Ok(()),
    }
}

impl Link {
    fn of(certificate: &Certificate) -> Self {
        Self {
            subject: called(certificate.subject()),
            not_before: rfc3339(certificate.not_before()),
            not_after: rfc3339(certificate.not_after()),
        }
    }
}

impl Kind {
    fn of(product: &Product) -> Self {
        Self {
            id: product.id.clone(),
            title: product.title.clone(),
            may: product.may.clone(),
            containers: product.containers.clone(),
        }
    }
}

/// CN, or O, of a name; numbers of persons masked.
fn called(name: &Name) -> String {
    let attributes = name.attributes(GBK);
    let find = |wanted: &str| attributes.iter().find(|attribute| attribute.name == wanted).map(Attribute::masked);
    find("CN").or_else(|| find("O")).unwrap_or_default()
}
