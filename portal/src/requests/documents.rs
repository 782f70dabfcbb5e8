//! `PUT /api/requests/{number}/documents/{key}`: the scans that an administrator wants to see.

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::{Path, State as Shared};
use axum::http::HeaderMap;
use calock::Code;
use serde_json::Value;

use super::shown::{answer, needed};
use super::{State, find};
use crate::account::attachments::receive;
use crate::portal::Portal;
use crate::rate::Address;
use crate::refusal::Refusal;

/// Takes a PDF for a request whose documents are still missing.
///
/// # Errors
/// `NOT_FOUND`, `STATE_CONFLICT` (`decided`), `FORM_INVALID` (`type`), `TOO_LARGE`, `RATE_LIMITED`, `STORE_UNAVAILABLE`.
pub(super) async fn put(
    Shared(portal): Shared<Portal>,
    address: Address,
    Path((number, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Answer<Value>, Refusal> {
    portal.limit("document", address, portal.limits().rates.register).await?;
    let request = find(&portal, &number).await?;
    if needed(request.kind, portal.rules()).all(|(known, _)| known != key) {
        return Err(Code::NotFound.into());
    }
    if request.state != State::Draft {
        return Err(Refusal::conflict("decided"));
    }
    let file = receive(&portal, &request.number, &key, &headers, body).await?;
    if file.media != "application/pdf" {
        return Err(Refusal::form(&key, "type"));
    }
    let mut changes = portal.store().begin().await?;
    let again = changes.request(&request.number).await?;
    if again.is_none_or(|request| request.state != State::Draft) {
        return Err(Refusal::conflict("decided"));
    }
    changes.attach(&file).await?;
    changes.commit().await?;
    Ok(Answer(answer(&portal, &request).await?))
}
