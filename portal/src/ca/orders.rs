//! `POST /api/ca/orders`: whose certificate a code is for, so that a clerk can compare before a lock is made.

use axum::extract::State;
use calock::Code;
use calock::certificate::time::rfc3339;
use calock::virtual_lock::{Description, HolderKind};
use serde::{Deserialize, Serialize};

use super::{of, order};
use crate::body::Json;
use crate::portal::Portal;
use crate::refusal::Refusal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    code: String,
}

#[derive(Serialize)]
pub(crate) struct Shown {
    holder: Holder,
    expires: String,
    /// A lock was begun with this code, and only that one can be finished with it.
    begun: bool,
}

#[derive(Serialize)]
struct Holder {
    name: String,
    organisation: Option<String>,
    kind: HolderKind,
}

/// Tells whose order it is.
///
/// # Errors
/// `AUTHORISATION_UNKNOWN`, `AUTHORISATION_EXPIRED`, `BAD_REQUEST`, `STORE_UNAVAILABLE`.
pub(crate) async fn show(State(portal): State<Portal>, Json(asked): Json<Asked>) -> Result<axum::Json<Shown>, Refusal> {
    of(&portal)?;
    let order = order(&portal, &asked.code).await?;
    if order.key.is_none() && order.expires_at <= portal.now() {
        return Err(Code::AuthorisationExpired.into());
    }
    let applicant: Description = serde_json::from_str(&order.applicant).map_err(|_| Code::Internal)?;
    let organisation = match applicant.kind {
        HolderKind::Enterprise => applicant.holder.organisation.or_else(|| Some(applicant.holder.name.clone())),
        HolderKind::Employee => applicant.holder.organisation,
        HolderKind::Person => None,
    };
    Ok(axum::Json(Shown {
        holder: Holder { name: applicant.holder.name, organisation, kind: applicant.kind },
        expires: rfc3339(order.expires_at),
        begun: order.key.is_some(),
    }))
}
