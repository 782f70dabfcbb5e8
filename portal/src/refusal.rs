//! A refused request: one code, its HTTP status, its message.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use calock::{Code, Error};
use serde_json::{Map, Value, json};

use crate::messages::message;
use crate::portal::Portal;
use crate::rules::Rules;

/// Why a request was refused. As a response: `{"code":"NONCE_USED","message":{"zh":"…","en":"…"}}` and its details.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The code that pages choose by.
    pub code: Code,
    /// The HTTP status; the code decides it unless HTTP itself has a finer one (405, 415).
    pub status: StatusCode,
    /// More that belongs to the code, such as both names of `NAME_MISMATCH`. Boxed: most have none.
    details: Option<Box<Map<String, Value>>>,
}

/// A code with its sentence and details, as answers have it: refusals, and notices of a login that went well. The sentence is the
/// portal's own where its rules have one.
#[must_use]
pub(crate) fn said(rules: &Rules, code: Code, details: Option<&Map<String, Value>>) -> Value {
    let own = rules.sentences.get(code.as_str()).map(|words| json!({"zh": words.zh, "en": words.en}));
    told(code, own.unwrap_or_else(|| common(code)), details)
}

fn told(code: Code, message: Value, details: Option<&Map<String, Value>>) -> Value {
    let mut body = details.cloned().unwrap_or_default();
    body.insert("code".into(), code.as_str().into());
    body.insert("message".into(), message);
    Value::Object(body)
}

/// What the catalogue says.
fn common(code: Code) -> Value {
    let message = message(code);
    json!({"zh": message.zh, "en": message.en})
}

impl Refusal {
    /// A refusal with the status of its code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, status: status(code), details: None }
    }

    /// The same with one more detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.get_or_insert_default().insert(name.into(), value.into());
        self
    }

    /// `FORM_INVALID` for a field, with the word that says what is wrong with it.
    #[must_use]
    pub fn form(field: &str, reason: &str) -> Self {
        Self::new(Code::FormInvalid).with("field", field).with("reason", reason)
    }

    /// `STATE_CONFLICT` with its word.
    #[must_use]
    pub fn conflict(reason: &str) -> Self {
        Self::new(Code::StateConflict).with("reason", reason)
    }

    /// As an answer says it: `{"code", "message", …}`, in this portal's words.
    #[must_use]
    pub fn said(&self, rules: &Rules) -> Value {
        said(rules, self.code, self.details.as_deref())
    }

    /// `BAD_REQUEST` under a finer HTTP status.
    #[must_use]
    pub fn bad_request(status: StatusCode) -> Self {
        Self { code: Code::BadRequest, status, details: None }
    }
}

/// The HTTP status of a code. What the client sent is always 4xx; only the store and our own faults are 5xx.
fn status(code: Code) -> StatusCode {
    match code {
        Code::NotLoggedIn => StatusCode::UNAUTHORIZED,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::FormInvalid | Code::FontMissing => StatusCode::UNPROCESSABLE_ENTITY,
        Code::AccountLocked => StatusCode::LOCKED,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::CodeRegistered
        | Code::NameTaken
        | Code::KeyAlreadyBound
        | Code::StateConflict
        | Code::LetterMismatch
        | Code::NonceUnknown
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
        | Code::CertRevoked
        | Code::KeyNotBound
        | Code::KeyEmptyId
        | Code::PersonalKey
        | Code::ProductNotAccepted
        | Code::NoSeal
        | Code::NameMismatch
        | Code::CodeMismatch
        | Code::SerialChanged
        | Code::CaLoginOnly
        | Code::PasswordWrong
        | Code::NotActivated
        | Code::NotSubmitted
        | Code::NotReviewed
        | Code::NotYetSynced
        | Code::NeedCaToSubmit
        | Code::PaperOnly
        | Code::NotAllowed
        | Code::LetterMissing
        | Code::CsrfMissing => StatusCode::FORBIDDEN,
        Code::StoreUnavailable | Code::StatusUnknown => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Without the portal's own sentences: `in_our_words` puts them in where there are rules.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = told(self.code, common(self.code), self.details.as_deref());
        let wait = body.get("retryAfter").and_then(Value::as_u64);
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Lets refusals speak in the portal's own sentences.
pub(crate) async fn in_our_words(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let rules = portal.rules();
    match response.extensions().get::<Refusal>() {
        Some(refusal) if rules.sentences.contains_key(refusal.code.as_str()) => {
            let body = Json(refusal.said(rules));
            let (mut parts, _) = response.into_parts();
            parts.headers.remove(header::CONTENT_LENGTH);
            let told = body.into_response();
            Response::from_parts(parts, told.into_body())
        }
        _ => response,
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
