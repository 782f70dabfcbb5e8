//! A refused request: one code, its HTTP status, its message.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use calock::{Code, Error};
use serde::Serialize;

use crate::messages::{Message, message};

/// Why a request was refused. As a response: `{"code":"NONCE_USED","message":{"zh":"…","en":"…"}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code that pages choose by.
    pub code: Code,
    /// The HTTP status; the code decides it unless HTTP itself has a finer one (405, 415).
    pub status: StatusCode,
}

#[derive(Serialize)]
struct Body {
    code: &'static str,
    message: Message,
}

impl Refusal {
    /// A refusal with the status of its code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, status: status(code) }
    }

    /// `BAD_REQUEST` under a finer HTTP status.
    #[must_use]
    pub fn bad_request(status: StatusCode) -> Self {
        Self { code: Code::BadRequest, status }
    }
}

/// The HTTP status of a code. What the client sent is always 4xx; only the store and our own faults are 5xx.
fn status(code: Code) -> StatusCode {
    match code {
        Code::NotLoggedIn => StatusCode::UNAUTHORIZED,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::NonceUnknown
        | Code::NonceUsed
        | Code::NonceExpired
        | Code::AuthorisationUsed
        | Code::AuthorisationExpired
        | Code::KeyCertified => StatusCode::CONFLICT,
        Code::ForbiddenOrigin
        | Code::AuthorisationUnknown
        | Code::OriginMismatch
        | Code::PurposeMismatch
        | Code::AccountMismatch
        | Code::PayloadMismatch
        | Code::SignatureInvalid
        | Code::CertExpired
        | Code::CertNotYet
        | Code::CertUsage
        | Code::ChainUntrusted
        | Code::ChainInvalid
        | Code::CertRevoked => StatusCode::FORBIDDEN,
        Code::StoreUnavailable | Code::StatusUnknown => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Body { code: self.code.as_str(), message: message(self.code) };
        (self.status, Json(body)).into_response()
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::new(error.code)
    }
}

/// A database that fails is told to the operator in full and to the client as one code.
impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        eprintln!("calock portal: database: {error}");
        Self::new(Code::StoreUnavailable)
    }
}
