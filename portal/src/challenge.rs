//! `POST /api/challenge`: a nonce for one purpose, kept until it is spent or forgotten.

use axum::extract::State;
use calock::Code;
use serde::{Deserialize, Serialize};

use crate::body::Json;
use crate::config::rfc3339;
use crate::portal::Portal;
use crate::random;
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
