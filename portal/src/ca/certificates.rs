//! `POST /api/ca/certificates`: an authorisation code and a certificate request become two certificates and an enveloped key.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding};
use calock::Code;
use calock::certificate::request::Request;
use calock::hash::{hex, sm3};
use calock::virtual_lock::Description;
use serde::{Deserialize, Serialize};

use super::{of, order};
use crate::body::Json;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::store::{Claim, Order};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    code: String,
    /// PKCS#10, DER, base64.
    request: String,
}

/// What is delivered; base64 each. The enveloped key is an ENVELOPEDKEYBLOB, opened by nothing but the lock.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Delivered {
    certificate: String,
    encryption_certificate: String,
    enveloped_key: String,
}

/// Certifies the request's key.
///
/// # Errors
/// `AUTHORISATION_UNKNOWN`, `AUTHORISATION_EXPIRED`; `AUTHORISATION_USED` for another key than the one that the code certified;
/// `REQUEST_INVALID`; `KEY_CERTIFIED` for a key with a certificate under another code; `BAD_REQUEST`, `STORE_UNAVAILABLE`.
pub(crate) async fn issue(State(portal): State<Portal>, Json(asked): Json<Asked>) -> Result<Response, Refusal> {
    let ca = of(&portal)?;
    let order = order(&portal, &asked.code).await?;
    let request = Base64::decode_vec(&asked.request).map_err(|_| Code::BadRequest)?;
    let key = hex(&sm3(Request::from_der(&request)?.point()));
    if let Some(delivery) = again(&order, &key)? {
        return Ok(delivered(delivery));
    }
    if order.expires_at <= portal.now() {
        return Err(Code::AuthorisationExpired.into());
    }
    let applicant: Description = serde_json::from_str(&order.applicant).map_err(|_| Code::Internal)?;
    let made = ca.ca.certify(&request, &applicant, portal.now())?;
    let delivery = serde_json::to_string(&Delivered {
        certificate: Base64::encode_string(&made.certificate),
        encryption_certificate: Base64::encode_string(&made.encryption_certificate),
        enveloped_key: Base64::encode_string(&made.enveloped_key),
    })
    .map_err(|_| Code::Internal)?;
    match portal.store().claim_order(&order.code, &key, &delivery).await? {
        Claim::Taken => Ok(delivered(delivery)),
        Claim::KeyUsed => Err(Code::KeyCertified.into()),
        // The same code at the same moment: whoever was first is the one who counts.
        Claim::OrderUsed => {
            let order = super::order(&portal, &order.code).await?;
            again(&order, &key)?.map(delivered).ok_or(Code::AuthorisationUsed.into())
        }
    }
}

/// What was delivered before, for the same key.
fn again(order: &Order, key: &str) -> Result<Option<String>, Refusal> {
    match &order.key {
        None => Ok(None),
        Some(certified) if certified == key => Ok(order.delivery.clone()),
        Some(_) => Err(Code::AuthorisationUsed.into()),
    }
}

fn delivered(json: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}
