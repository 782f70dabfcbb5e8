//! `/api/requests`: asking without being logged in, by a number that is told once.

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json as Answer, Router};
use calock::Code;
use serde_json::{Value, json};

use super::form::Form;
use super::shown::{answer, needed};
use super::{Kind, State, confirm, documents};
use crate::body::{Json, Nothing};
use crate::number;
use crate::portal::Portal;
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::{Audit, Changes, Request};

pub(crate) fn router() -> Router<Portal> {
    Router::new()
        .route("/", post(make))
        .route("/{number}", get(show))
        .route("/{number}/documents/{key}", put(documents::put))
        .route("/{number}/submit", post(submit))
        .route("/{number}/withdraw", post(withdraw))
        .route("/{number}/confirm", post(confirm::confirm))
}

/// `POST /api/requests`.
async fn make(
    Shared(portal): Shared<Portal>,
    address: Address,
    Json(form): Json<Form>,
) -> Result<(StatusCode, Answer<Value>), Refusal> {
    portal.limit("register", address, portal.limits().rates.register).await?;
    let form = form.checked()?;
    let complete = needed(Kind::Unbind, portal.rules()).next().is_none();
    let request = Request {
        number: number::make()?,
        kind: Kind::Unbind,
        // Whose it is, is found by whoever decides: an answer here would tell who has an account.
        account: None,
        state: if complete { State::Waiting } else { State::Draft },
        data: serde_json::to_string(&form).map_err(|_| Code::Internal)?,
        fingerprint: None,
        evidence: None,
        at: portal.now(),
        decided_at: None,
        decided_by: None,
        reason: None,
    };
    let mut changes = portal.store().begin().await?;
    changes.insert_request(&request).await?;
    audit(&mut changes, &request, "apply", request.at).await?;
    changes.commit().await?;
    Ok((StatusCode::CREATED, Answer(answer(&portal, &request).await?)))
}

/// `GET /api/requests/{number}`.
async fn show(
    Shared(portal): Shared<Portal>,
    address: Address,
    Path(number): Path<String>,
) -> Result<Answer<Value>, Refusal> {
    portal.limit("request", address, portal.limits().rates.register).await?;
    let request = find(&portal, &number).await?;
    Ok(Answer(answer(&portal, &request).await?))
}

/// `POST /api/requests/{number}/submit`.
async fn submit(
    Shared(portal): Shared<Portal>,
    address: Address,
    Path(number): Path<String>,
    _: Nothing,
) -> Result<Answer<Value>, Refusal> {
    portal.limit("request", address, portal.limits().rates.register).await?;
    let mut request = find(&portal, &number).await?;
    let files = portal.store().attachments_of(&request.number).await?;
    let missing = needed(request.kind, portal.rules()).find(|(key, _)| files.iter().all(|file| file.key != *key));
    if let Some((key, _)) = missing {
        return Err(Refusal::form(&key, "required"));
    }
    let from = request.state;
    request.state = from.submitted().ok_or_else(|| Refusal::conflict("decided"))?;
    moved(&portal, from, &request, "submit").await?;
    Ok(Answer(answer(&portal, &request).await?))
}

/// `POST /api/requests/{number}/withdraw`. The number is enough where it is all that the applicant has.
async fn withdraw(
    Shared(portal): Shared<Portal>,
    address: Address,
    user: Result<User, Refusal>,
    Path(number): Path<String>,
    _: Nothing,
) -> Result<Answer<Value>, Refusal> {
    portal.limit("request", address, portal.limits().rates.register).await?;
    let mut request = find(&portal, &number).await?;
    if request.kind == Kind::CaApplication {
        let user = user?;
        if request.account.as_deref() != Some(user.account.account.as_str()) {
            return Err(Code::NotFound.into());
        }
    }
    let from = request.state;
    request.state = from.withdrawn().ok_or_else(|| Refusal::conflict("decided"))?;
    moved(&portal, from, &request, "withdraw").await?;
    Ok(Answer(answer(&portal, &request).await?))
}

async fn moved(portal: &Portal, from: State, request: &Request, action: &str) -> Result<(), Refusal> {
    let mut changes = portal.store().begin().await?;
    if !changes.move_request(from, request).await? {
        return Err(Refusal::conflict("decided"));
    }
    audit(&mut changes, request, action, portal.now()).await?;
    Ok(changes.commit().await?)
}

async fn audit(changes: &mut Changes<'_>, request: &Request, action: &str, at: u64) -> Result<(), Refusal> {
    let entry = Audit {
        at,
        actor: request.account.as_deref().unwrap_or("-"),
        account: request.account.as_deref(),
        action,
        object: Some(&request.number),
        detail: json!({"kind": request.kind}),
        evidence: None,
    };
    Ok(changes.audit(&entry).await?)
}

/// The request of a number as somebody typed it.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(crate) async fn find(portal: &Portal, typed: &str) -> Result<Request, Refusal> {
    let number = number::normal(typed).ok_or(Code::NotFound)?;
    portal.store().find_request(&number).await?.ok_or_else(|| Code::NotFound.into())
}
