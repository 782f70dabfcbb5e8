//! `POST /api/password-login`: name and password become a session, as far as the portal's rules let a password go.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use calock::Code;
use calock::certificate::time::rfc3339;
use serde::Deserialize;
use serde_json::json;

use super::Entry;
use crate::body::Json;
use crate::names::fold;
use crate::password;
use crate::portal::Portal;
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::session::Opening;
use crate::store::{AccountKind, Audit, Changes};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    name: String,
    password: String,
}

/// Logs in by password. A name that nobody has is answered like one whose password is wrong, after the same work; what is
/// particular to an account (`CA_LOGIN_ONLY`, `NOT_ACTIVATED`) is told only to who knows the password.
///
/// # Errors
/// `PASSWORD_WRONG`, `ACCOUNT_LOCKED`, `CA_LOGIN_ONLY`, `NOT_ACTIVATED`; `RATE_LIMITED`, `BAD_REQUEST`, `STORE_UNAVAILABLE`.
pub(crate) async fn log_in(
    State(portal): State<Portal>,
    headers: HeaderMap,
    address: Address,
    Json(typed): Json<Typed>,
) -> Result<Response, Refusal> {
    portal.limit("password", address, portal.limits().rates.password).await?;
    let name = fold(&typed.name);
    if name.is_empty() || name.len() > 800 || typed.password.len() > 800 {
        return Err(Code::BadRequest.into());
    }
    let found = portal.store().find_account_by_login(&name).await?;
    let kept = found.as_ref().and_then(|account| account.password_hash.clone());
    password::try_at(&portal, &name, typed.password, kept.clone()).await?;

    let mut changes = portal.store().begin().await?;
    let account = found.ok_or(Code::Internal)?.account;
    changes.take_turns(&format!("account:{account}")).await?;
    let account = changes.account(&account).await?.ok_or(Code::StateConflict)?;
    // It was set anew while this one was compared.
    if account.password_hash != kept {
        return Err(Refusal::conflict("password"));
    }
    changes.forget_tries(&name).await?;
    if account.activation.is_some() {
        return refused(changes, Code::NotActivated).await;
    }
    let own = |staff: &Option<String>| staff.is_none();
    let bound = changes.living_of(&account.account).await?.iter().any(|binding| own(&binding.staff));
    if bound && !portal.rules().password.once_bound && account.kind != AccountKind::Admin {
        return refused(changes, Code::CaLoginOnly).await;
    }
    let opening = Opening::by_password(&portal, &headers, &account.account)?;
    changes.open_session(opening.session()).await?;
    let who = account.account.as_str();
    let (at, action, detail) = (portal.now(), "login", json!({"strength": "password"}));
    changes.audit(&Audit { at, actor: who, account: Some(who), action, object: None, detail, evidence: None }).await?;
    changes.commit().await?;
    let travels = account.travels_until(portal.now());
    let notice =
        travels.map(|at| Refusal::new(Code::NotYetSynced).with("availableAt", rfc3339(at)).said(portal.rules()));
    Entry::into_account(&portal, account, None, notice).answer(&portal, &opening, None)
}

/// The password was right, so nothing is counted against the name; it only does not log in.
async fn refused(changes: Changes<'_>, code: Code) -> Result<Response, Refusal> {
    changes.commit().await?;
    Err(code.into())
}
