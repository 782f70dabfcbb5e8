//! Reading a request's body: JSON of exactly the expected shape, small, in time, or a refusal with a code.

use std::error::Error as _;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use calock::Code;
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;

use crate::portal::Portal;
use crate::refusal::Refusal;

/// A JSON body. Types that are read this way deny unknown fields themselves.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Portal> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, portal: &Portal) -> Result<Self, Refusal> {
        // A form or an image can post across origins without being asked first; application/json cannot.
        if !is_json(request.headers()) {
            return Err(Refusal::bad_request(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes = read(request, portal).await?;
        // serde_json takes UTF-8 only and no deeper nesting than 128.
        serde_json::from_slice(&bytes).map(Self).map_err(|_| Code::BadRequest.into())
    }
}

/// No body, or an empty JSON object: for endpoints that are told nothing.
pub(crate) struct Nothing;

impl FromRequest<Portal> for Nothing {
    type Rejection = Refusal;

    async fn from_request(request: Request, portal: &Portal) -> Result<Self, Refusal> {
        let json = is_json(request.headers());
        let bytes = read(request, portal).await?;
        match (bytes.as_ref(), json) {
            (b"", _) | (b"{}", true) => Ok(Self),
            _ => Err(Code::BadRequest.into()),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let media = value.split(';').next().unwrap_or_default();
    media.trim().eq_ignore_ascii_case("application/json")
}

async fn read(request: Request, portal: &Portal) -> Result<Bytes, Refusal> {
    let limits = portal.limits();
    let reading = to_bytes(request.into_body(), limits.body);
    let Ok(read) = tokio::time::timeout(limits.body_wait, reading).await else {
        return Err(Refusal::bad_request(StatusCode::REQUEST_TIMEOUT));
    };
    read.map_err(|error| {
        let too_long = error.source().is_some_and(|cause| cause.is::<LengthLimitError>());
        if too_long { Code::TooLarge.into() } else { Code::BadRequest.into() }
    })
}
