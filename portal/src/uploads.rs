//! `/api/uploads`: files that arrive little by little and go on where they broke off, by the protocol tus 1.0.0 (core, creation,
//! expiration, termination). They are for what is posted afterwards, as a sealed document is.
//!
//! No checksum extension: a piece that breaks off shall stay, and what is posted is signed by the digest of the whole file.

mod kept;
mod metadata;
mod piece;

use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use calock::Code;
use httpdate::fmt_http_date;

pub(crate) use kept::Kept;
pub(crate) use metadata::file_name;

use crate::account;
use crate::pages;
use crate::portal::Portal;
use crate::random;
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::Upload;

const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSIONS: HeaderName = HeaderName::from_static("tus-version");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// The endpoints.
pub(crate) fn router() -> Router<Portal> {
    Router::new()
        .route("/", post(create).options(options))
        .route("/{upload}", post(instead).head(tell).patch(piece::receive).delete(end).options(options))
        .fallback(pages::no_endpoint)
        .method_not_allowed_fallback(pages::wrong_method)
        .layer(from_fn(versioned))
}

/// Refuses other versions of the protocol, and says which one this is.
async fn versioned(request: Request, next: Next) -> Response {
    let spoken = request.headers().get(RESUMABLE) == Some(&VERSION) || request.method() == Method::OPTIONS;
    let mut response = match spoken {
        true => next.run(request).await,
        false => ([(VERSIONS, VERSION)], Refusal::bad_request(StatusCode::PRECONDITION_FAILED)).into_response(),
    };
    response.headers_mut().insert(RESUMABLE, VERSION);
    response
}

/// What is spoken here.
async fn options(State(portal): State<Portal>) -> Response {
    let headers = [
        (VERSIONS, VERSION),
        (HeaderName::from_static("tus-extension"), HeaderValue::from_static("creation,expiration,termination")),
        (HeaderName::from_static("tus-max-size"), portal.limits().upload.into()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Announces a file: 201 with its `Location`.
async fn create(State(portal): State<Portal>, user: User, headers: HeaderMap) -> Result<Response, Refusal> {
    if let Some(code) = account::may(&portal, &user.session, Some(&user.account)).refused.seal {
        return Err(code.into());
    }
    let (limits, now) = (portal.limits(), portal.now());
    let size = number(&headers, LENGTH).filter(|size| *size > 0).ok_or(Code::BadRequest)?;
    if size > limits.upload {
        return Err(Code::TooLarge.into());
    }
    let metadata = headers.get(METADATA).map_or(Ok(""), HeaderValue::to_str).map_err(|_| Code::BadRequest)?;
    if !metadata::is_sound(metadata) {
        return Err(Code::BadRequest.into());
    }
    let account = user.account.account;
    portal.limit("upload", &account, limits.rates.upload).await?;
    let upload = Upload {
        upload: random::token()?,
        account,
        metadata: metadata.into(),
        size,
        received: 0,
        warrant: None,
        created_at: now,
        expires_at: now.saturating_add(limits.upload_kept.as_secs()),
    };
    let mut changes = portal.store().begin().await?;
    changes.take_turns_about(&upload.account).await?;
    let held = changes.held_by(&upload.account, now).await?;
    if held.uploads >= limits.uploads {
        return Err(Refusal::conflict("uploads"));
    }
    if held.bytes.saturating_add(size) > limits.account_bytes {
        return Err(Refusal::conflict("space"));
    }
    changes.insert_upload(&upload).await?;
    changes.commit().await?;
    let place = HeaderValue::try_from(format!("/api/uploads/{}", upload.upload)).map_err(|_| Code::Internal)?;
    let headers = [(header::LOCATION, place), (OFFSET, 0u64.into()), (EXPIRES, date(upload.expires_at)?)];
    Ok((StatusCode::CREATED, headers).into_response())
}

/// Tells how much is here.
async fn tell(State(portal): State<Portal>, user: User, Path(upload): Path<String>) -> Result<Response, Refusal> {
    let upload = find(&portal, &user, &upload).await?;
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(OFFSET, upload.received.into());
    headers.insert(LENGTH, upload.size.into());
    headers.insert(EXPIRES, date(upload.expires_at)?);
    if !upload.metadata.is_empty() {
        headers.insert(METADATA, HeaderValue::try_from(upload.metadata).map_err(|_| Code::Internal)?);
    }
    Ok(response)
}

/// Ends an upload, and forgets what came of it.
async fn end(State(portal): State<Portal>, user: User, Path(upload): Path<String>) -> Result<Response, Refusal> {
    let mut changes = portal.store().begin().await?;
    if !changes.end_upload(&user.account.account, &upload).await? {
        return Err(Code::NotFound.into());
    }
    changes.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Some networks let nothing but GET and POST through: `X-HTTP-Method-Override` says what is meant.
async fn instead(
    state: State<Portal>,
    user: User,
    upload: Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    match headers.get("x-http-method-override").map(HeaderValue::as_bytes) {
        Some(b"PATCH") => piece::receive(state, user, upload, headers, body).await,
        Some(b"DELETE") => end(state, user, upload).await,
        _ => Err(Refusal::bad_request(StatusCode::METHOD_NOT_ALLOWED)),
    }
}

/// An upload of this account.
async fn find(portal: &Portal, user: &User, upload: &str) -> Result<Upload, Refusal> {
    let found = portal.store().find_upload(&user.account.account, upload, portal.now()).await?;
    found.ok_or_else(|| Code::NotFound.into())
}

/// A header that is a number and nothing else.
fn number(headers: &HeaderMap, name: HeaderName) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// A time as HTTP writes it.
fn date(seconds: u64) -> Result<HeaderValue, Refusal> {
    HeaderValue::try_from(fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))).map_err(|_| Code::Internal.into())
}
