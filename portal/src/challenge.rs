//! `POST /api/challenge`: a nonce for one purpose, kept until it is spent or forgotten.

use axum::extract::State;
use calock::Code;
use calock::certificate::time::rfc3339;
use calock::hash::parse_digest;
use calock::statement::{Purpose, check_account};
use serde::{Deserialize, Serialize};

use crate::body::Json;
use crate::portal::Portal;
use crate::random;
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::store::Nonce;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    purpose: String,
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    payload: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Issued {
    nonce: String,
    time: String,
    expires: String,
    purpose: String,
    account: Option<String>,
    payload: Option<String>,
}

/// Gives out a nonce. What could stand in no statement is refused here, so that nothing else is ever kept.
///
/// # Errors
/// `RATE_LIMITED`, `BAD_REQUEST`, `STORE_UNAVAILABLE`.
pub(crate) async fn issue(
    State(portal): State<Portal>,
    address: Address,
    Json(asked): Json<Asked>,
) -> Result<axum::Json<Issued>, Refusal> {
    let purpose = Purpose::parse(&asked.purpose).map_err(|_| Code::BadRequest)?;
    check_account(asked.account.as_deref()).map_err(|_| Code::BadRequest)?;
    if asked.payload.as_deref().is_some_and(|digest| parse_digest(digest).is_none()) {
        return Err(Code::BadRequest.into());
    }
    portal.limit("challenge", address, portal.limits().rates.challenge).await?;
    let now = portal.now();
    let nonce = Nonce {
        nonce: random::token()?,
        purpose: purpose.as_str().into(),
        account: asked.account,
        payload: asked.payload,
        time: rfc3339(now),
        issued_at: now,
        expires_at: now.saturating_add(portal.limits().nonce_seconds()),
        used_at: None,
    };
    portal.store().insert_nonce(&nonce).await?;
    Ok(axum::Json(Issued {
        nonce: nonce.nonce,
        time: nonce.time,
        expires: rfc3339(nonce.expires_at),
        purpose: nonce.purpose,
        account: nonce.account,
        payload: nonce.payload,
    }))
}
