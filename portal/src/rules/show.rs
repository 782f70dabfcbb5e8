//! `GET /api/portal`: the rules, for pages.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::Rules;
use crate::portal::Portal;

#[derive(Serialize)]
pub(crate) struct Shown {
    #[serde(flatten)]
    rules: Rules,
    /// Whether there are demonstration locks and a test CA.
    demo: bool,
}

/// Everything but the CAs' key ids.
pub(crate) async fn show(State(portal): State<Portal>) -> Json<Shown> {
    Json(Shown { rules: portal.rules().clone(), demo: portal.demo().is_some() })
}
