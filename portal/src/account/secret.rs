//! `POST /api/account/password`.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::edit::{audit, current, write};
use crate::body::Json;
use crate::password;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::Strength;

/// A new password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renewed {
    old: Option<String>,
    new: String,
}

/// Sets it. Whoever came with a lock has proved more than the old one would.
pub(crate) async fn renew(
    State(portal): State<Portal>,
    user: User,
    Json(renewed): Json<Renewed>,
) -> Result<StatusCode, Refusal> {
    let rules = &portal.rules().password;
    password::check(rules, &renewed.new, "new")?;
    if let Some(old) = renewed.old {
        password::try_at(&portal, &user.account.login_name, old, user.account.password_hash.clone()).await?;
    } else if user.session.strength == Strength::Password {
        return Err(Refusal::form("old", "required"));
    }
    let hash = password::hash(renewed.new).await?;
    let mut changes = portal.store().begin().await?;
    let mut account = current(&mut changes, &user, None).await?;
    account.password_hash = Some(hash);
    write(&mut changes, &account).await?;
    changes.forget_tries(&account.login_name).await?;
    changes.end_sessions_of_account(&account.account, Some(&user.token)).await?;
    audit(&portal, &mut changes, &account, "password", None).await?;
    changes.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
