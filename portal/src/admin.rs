//! `/api/admin`: reviews, requests, accounts, the audit. For everybody but administrators there is nothing here.

mod accounts;
mod audit;
mod requests;
mod reviews;
mod shown;
mod steps;

use axum::Router;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::requests::check_text;

pub(crate) fn router() -> Router<Portal> {
    Router::new()
        .route("/reviews", get(reviews::list))
        .route("/reviews/{review}", get(reviews::show).post(reviews::decide))
        .route("/requests", get(requests::list))
        .route("/requests/{number}", get(requests::show).post(requests::decide))
        .route("/accounts", get(accounts::search))
        .route("/accounts/{account}", get(accounts::show))
        .route("/accounts/{account}/unlock", post(steps::unlock))
        .route("/accounts/{account}/unbind", post(steps::unbind))
        .route("/accounts/{account}/reset-password", post(steps::reset_password))
        .route("/accounts/{account}/activate", post(steps::activate))
        .route("/accounts/{account}/sync", post(steps::sync))
        .route("/accounts/{account}/roles", post(steps::roles))
        .route("/attachments/{owner}/{key}", get(audit::attachment))
        .route("/audit", get(audit::search))
        .route("/evidence/{evidence}", get(audit::evidence))
}

/// A decision.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    approve: bool,
    #[serde(default)]
    reason: String,
}

impl Decision {
    /// Whoever refuses says why.
    fn check(&self) -> Result<(), Refusal> {
        match self.approve && self.reason.is_empty() {
            true => Ok(()),
            false => check_text("reason", &self.reason, 500),
        }
    }

    /// The reason, if one was given.
    fn said(&self) -> Option<&str> {
        (!self.reason.is_empty()).then_some(self.reason.as_str())
    }
}
