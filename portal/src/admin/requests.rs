//! Requests, and what an administrator makes of them.

use axum::Json as Answer;
use axum::extract::{Path, Query, State as Shared};
use calock::Code;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Decision;
use super::steps::{new_password, set_password};
use crate::account::Brief;
use crate::binding::step::{self, By};
use crate::binding::{self, Role};
use crate::body::Json;
use crate::names::{bare, same, same_code};
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::requests::{Context, Form, Kind, State, find, renewal, shown};
use crate::session::Administrator;
use crate::store::{Account, AccountKind, Audit, Changes, Request};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    #[serde(default)]
    state: Option<String>,
}

/// `GET /api/admin/requests?state=waiting`.
///
/// # Errors
/// `NOT_FOUND`, `BAD_REQUEST` for an unknown state, `STORE_UNAVAILABLE`.
pub(super) async fn list(
    Shared(portal): Shared<Portal>,
    _: Administrator,
    Query(which): Query<Which>,
) -> Result<Answer<Value>, Refusal> {
    let state = State::parse(which.state.as_deref().unwrap_or("waiting")).ok_or(Code::BadRequest)?;
    let mut rows = Vec::new();
    for request in portal.store().requests_in(state).await? {
        rows.push(row(&portal, &request).await?);
    }
    Ok(Answer(json!({"requests": rows})))
}

/// `GET /api/admin/requests/{number}`.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn show(
    Shared(portal): Shared<Portal>,
    _: Administrator,
    Path(number): Path<String>,
) -> Result<Answer<Value>, Refusal> {
    let request = find(&portal, &number).await?;
    let mut row = row(&portal, &request).await?;
    let account = whose(&portal, &request).await?;
    let bindings = match &account {
        Some(account) => portal.store().bindings_of(&account.account).await?,
        None => Vec::new(),
    };
    row["bindings"] = json!(binding::Shown::all(portal.rules(), &bindings, portal.now(), None));
    Ok(Answer(json!({"request": row})))
}

/// A row with whose it is, and whether what was written fits.
async fn row(portal: &Portal, request: &Request) -> Result<Value, Refusal> {
    let files = portal.store().attachments_of(&request.number).await?;
    let mut row = shown(request, &Context { rules: portal.rules(), files: &files });
    if let Some(documents) = row["documents"].as_array_mut() {
        for document in documents {
            let key = document["key"].as_str().unwrap_or_default();
            document["href"] = json!(format!("/api/admin/attachments/{}/{key}", request.number));
        }
    }
    let account = whose(portal, request).await?;
    let form: Option<Form> = Form::of(request);
    let matches = account.as_ref().zip(form.as_ref()).map(|(account, form)| {
        let code = account.code.as_deref().is_some_and(|code| same_code(code, &form.code));
        json!({"name": same(&account.name, &form.name), "code": code})
    });
    row["account"] = json!(account.as_ref().map(|account| Brief::of(portal, account)));
    row["matches"] = json!(matches);
    Ok(row)
}

/// The account that a request is about: known, or found by the code that was written.
async fn whose(portal: &Portal, request: &Request) -> Result<Option<Account>, Refusal> {
    if let Some(account) = &request.account {
        return Ok(portal.store().find_account(account).await?);
    }
    let Some(form) = Form::of(request) else { return Ok(None) };
    let code = bare(&form.code);
    for kind in [AccountKind::Unit, AccountKind::Person] {
        if let Some(account) = portal.store().find_account_by_code(kind, &code).await? {
            return Ok(Some(account));
        }
    }
    Ok(None)
}

/// `POST /api/admin/requests/{number}`: the decision and what follows from it are one step.
///
/// # Errors
/// `NOT_FOUND`, `FORM_INVALID`, `STATE_CONFLICT` (`decided`, `no-account`, `ended`), what an exchange refuses,
/// `STORE_UNAVAILABLE`.
pub(super) async fn decide(
    Shared(portal): Shared<Portal>,
    admin: Administrator,
    Path(number): Path<String>,
    Json(decision): Json<Decision>,
) -> Result<Answer<Value>, Refusal> {
    decision.check()?;
    let mut request = find(&portal, &number).await?;
    let account = whose(&portal, &request).await?;
    if decision.approve && account.is_none() {
        return Err(Refusal::conflict("no-account"));
    }
    let resets = decision.approve && Form::of(&request).is_some_and(|form| form.reset_password);
    let password = if resets { Some(new_password(&portal).await?) } else { None };
    let at = portal.now();
    let from = request.state;
    request.state = from.decided(decision.approve).ok_or_else(|| Refusal::conflict("decided"))?;
    request.account = account.as_ref().map(|account| account.account.clone());
    request.decided_at = Some(at);
    request.decided_by = Some(admin.account.account.clone());
    request.reason = decision.said().map(String::from);
    let by = By { actor: &admin.account.account, at, reason: decision.said(), evidence: None };

    let mut changes = portal.store().begin().await?;
    if let Some(account) = &account {
        changes.take_turns_about(&account.account).await?;
    }
    if !changes.move_request(from, &request).await? {
        return Err(Refusal::conflict("decided"));
    }
    if let Some(account) = account.as_ref().filter(|_| decision.approve) {
        let account = changes.account(&account.account).await?.ok_or(Code::NotFound)?;
        let hash = password.as_ref().map(|password| password.hash.clone());
        approved(&portal, &mut changes, &request, account, hash, by).await?;
    }
    let entry = Audit {
        at,
        actor: by.actor,
        account: request.account.as_deref(),
        action: if decision.approve { "approve" } else { "refuse" },
        object: Some(&request.number),
        detail: json!({"what": request.kind, "reason": by.reason}),
        evidence: None,
    };
    changes.audit(&entry).await?;
    changes.commit().await?;
    let told = password.map(|password| password.told);
    Ok(Answer(json!({"request": row(&portal, &request).await?, "password": told})))
}

/// What an approved request brings about.
async fn approved(
    portal: &Portal,
    changes: &mut Changes<'_>,
    request: &Request,
    account: Account,
    hash: Option<String>,
    by: By<'_>,
) -> Result<(), Refusal> {
    match request.kind {
        Kind::CaApplication => Ok(()),
        Kind::Renewal => renewal::exchange(changes, portal.rules(), request, &account, by, false).await.map(drop),
        Kind::Unbind => {
            let form = Form::of(request).ok_or(Code::Internal)?;
            if form.unbind {
                for lock in changes.living_of(&account.account).await? {
                    // People's locks are not what was lost.
                    if Role::parse(&lock.role) != Some(Role::Personal) {
                        step::end(changes, &lock, by).await?;
                    }
                }
            }
            match hash {
                Some(hash) => set_password(changes, account, hash, by).await,
                None => Ok(()),
            }
        }
    }
}
