//! `GET /api/account`: everything about the account of who is logged in, but for its locks.

use axum::Json;
use axum::extract::State;
use calock::certificate::time::rfc3339;
use serde::Serialize;
use serde_json::Value;

use super::state::{Approved, Can};
use super::{Brief, attachments};
use crate::form::{self, Typed, Warning};
use crate::letter;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::requests;
use crate::rules::Kind;
use crate::session::User;
use crate::store::{Account, Strength};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    account: Brief,
    login_name: String,
    registered_at: String,
    submitted_at: Option<String>,
    reviewed_at: Option<String>,
    review_reason: Option<String>,
    available_at: Option<String>,
    has_password: bool,
    strength: Option<Strength>,
    version: u64,
    roles: Vec<String>,
    data: Typed,
    approved: Option<Approved>,
    fixed: Vec<String>,
    warnings: Vec<Warning>,
    missing: Vec<String>,
    attachments: Vec<attachments::Shown>,
    may: Can,
    letter: Option<letter::Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<Value>,
}

/// What is there.
pub(crate) async fn show(State(portal): State<Portal>, user: User) -> Result<Json<Shown>, Refusal> {
    of(&portal, &user.account, None).await.map(Json)
}

/// The account as it is shown, with something to be told.
pub(super) async fn of(portal: &Portal, account: &Account, notice: Option<Value>) -> Result<Shown, Refusal> {
    let rules = portal.rules();
    let kind = account.data_kind()?;
    let data = account.typed();
    let files = portal.store().attachments_of(&account.account).await?;
    let applies = portal.store().waits(requests::Kind::CaApplication, &account.account).await?;
    let fixed = match account.editable(rules) {
        Ok(()) => {
            let settled = account.settled(rules, has_lock(portal, account).await?);
            settled.into_iter().map(String::from).collect()
        }
        Err(_) => form::fields(rules, kind).map(|field| field.key.clone()).collect(),
    };
    Ok(Shown {
        account: Brief::of(portal, account),
        login_name: account.login_name.clone(),
        registered_at: rfc3339(account.created_at),
        submitted_at: account.submitted_at.map(rfc3339),
        reviewed_at: account.reviewed_at.map(rfc3339),
        review_reason: account.review_reason.clone(),
        available_at: account.travels_until(portal.now()).map(rfc3339),
        has_password: account.password_hash.is_some(),
        strength: account.strength,
        version: account.version,
        roles: account.role_keys(),
        approved: account.approved_data(),
        fixed,
        warnings: form::warnings(rules, kind, &data),
        missing: missing(portal, kind, &data, &files),
        attachments: files.into_iter().map(attachments::Shown::of).collect(),
        may: account.can(rules, applies),
        letter: letter::Shown::of(portal, account).await?,
        data,
        notice,
    })
}

/// Whether a certificate speaks for the account: a lock of the unit's or person's own is bound.
pub(super) async fn has_lock(portal: &Portal, account: &Account) -> Result<bool, Refusal> {
    let bindings = portal.store().bindings_of(&account.account).await?;
    Ok(bindings.iter().any(|binding| binding.ended_at.is_none() && binding.staff.is_none()))
}

/// Keys of what submitting will ask for: fields first, then files.
pub(crate) fn missing(portal: &Portal, kind: Kind, data: &Typed, files: &[crate::store::Attachment]) -> Vec<String> {
    let rules = portal.rules();
    let mut missing = form::missing(rules, kind, data);
    let wanted = rules.registration.attachments.iter().filter(|file| file.required);
    let wanted = wanted.filter(|file| file.only.is_none_or(|only| only == kind));
    missing.extend(
        wanted.filter(|wanted| !files.iter().any(|file| file.key == wanted.key)).map(|wanted| wanted.key.clone()),
    );
    missing
}
