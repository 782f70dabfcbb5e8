//! Accounts, and what a support person needs of them.

use axum::Json as Answer;
use axum::extract::{Path, Query, State as Shared};
use calock::Code;
use calock::certificate::time::rfc3339;
use serde::Deserialize;
use serde_json::{Value, json};

use super::shown::data;
use crate::account::Brief;
use crate::binding;
use crate::history;
use crate::letter;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::requests::{Context, shown};
use crate::session::Administrator;
use crate::staff;
use crate::store::{Account, AccountKind, AccountState, Entry, Found, Wanted};

/// Accounts of a page.
const PAGE: u32 = 50;
/// Logins that are told.
const LOGINS: u32 = 20;
/// Events that are told.
const EVENTS: u32 = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Looked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    page: Option<u32>,
}

/// `GET /api/admin/accounts?q=&state=&page=`.
///
/// # Errors
/// `NOT_FOUND`, `BAD_REQUEST` for an unknown state, `STORE_UNAVAILABLE`.
pub(super) async fn search(
    Shared(portal): Shared<Portal>,
    _: Administrator,
    Query(looked): Query<Looked>,
) -> Result<Answer<Value>, Refusal> {
    let state = match looked.state.as_deref() {
        None | Some("") => None,
        Some(word) => Some(AccountState::parse(word).map_err(|_| Code::BadRequest)?),
    };
    let page = looked.page.unwrap_or(1).max(1);
    let skip = (page - 1).saturating_mul(PAGE);
    // One more than a page tells whether there is another.
    let mut found = portal.store().search_accounts(&looked.q, state, skip, PAGE + 1).await?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let mut rows = Vec::with_capacity(found.len());
    for one in &found {
        rows.push(row(&portal, one).await?);
    }
    Ok(Answer(json!({"accounts": rows, "page": page, "more": more})))
}

async fn row(portal: &Portal, found: &Found) -> Result<Value, Refusal> {
    let account = &found.account;
    let wrong = portal.store().wrong_passwords(&account.login_name).await?;
    let mut row = json!(Brief::of(portal, account));
    row["code"] = json!(account.code);
    row["locked"] = json!(wrong >= portal.rules().password.attempts);
    row["bindings"] = json!(found.living);
    row["registeredAt"] = json!(rfc3339(account.created_at));
    row["boundAt"] = json!(found.bound_at.map(rfc3339));
    row["lastLogin"] = json!(found.last_login.map(rfc3339));
    Ok(row)
}

/// `GET /api/admin/accounts/{account}`.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn show(
    Shared(portal): Shared<Portal>,
    _: Administrator,
    Path(account): Path<String>,
) -> Result<Answer<Value>, Refusal> {
    let account = find(&portal, &account).await?;
    Ok(Answer(whole(&portal, &account).await?))
}

/// An account that is no administrator's.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn find(portal: &Portal, account: &str) -> Result<Account, Refusal> {
    let found = portal.store().find_account(account).await?;
    found.filter(|found| found.kind != AccountKind::Admin).ok_or_else(|| Code::NotFound.into())
}

/// An account with all that belongs to it.
///
/// # Errors
/// `STORE_UNAVAILABLE`.
pub(super) async fn whole(portal: &Portal, account: &Account) -> Result<Value, Refusal> {
    let (rules, store, name) = (portal.rules(), portal.store(), account.account.as_str());
    let locks = store.bindings_of(name).await?;
    let (living, ended): (Vec<_>, Vec<_>) = locks.into_iter().partition(|lock| lock.ended_at.is_none());
    let logins =
        store.search_audit(&Wanted { account: Some(name), action: Some("login"), before: None }, LOGINS).await?;
    let login = |entry: &Entry| {
        let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
        json!({"at": rfc3339(entry.at), "strength": detail.get("strength"), "fingerprint": detail.get("fingerprint")})
    };
    let found = Found {
        account: account.clone(),
        living: living.len() as u64,
        bound_at: living.first().map(|lock| lock.bound_at),
        last_login: logins.first().map(|entry| entry.at),
    };
    let mut row = row(portal, &found).await?;
    row["loginName"] = json!(account.login_name);
    row["activated"] = json!(account.activation.is_none());
    row["wrongPasswords"] = json!(store.wrong_passwords(&account.login_name).await?);
    row["data"] = json!(data(rules, account));
    row["roles"] = serde_json::from_str(&account.roles).unwrap_or_default();
    row["reviewReason"] = json!(account.review_reason);
    let requests = store.requests_of(name).await?;
    let context = Context { rules, files: &[] };
    let events = store.audit_of(name, None, EVENTS).await?;
    let now = portal.now();
    Ok(json!({
        "account": row,
        "letter": letter::of_review(portal, account).await?,
        "bindings": binding::Shown::all(rules, &living, now, None),
        "ended": binding::Shown::all(rules, ended.iter().rev(), now, None),
        "staff": staff::all(portal, name).await?,
        "requests": requests.iter().map(|request| shown(request, &context)).collect::<Vec<_>>(),
        "logins": logins.iter().map(login).collect::<Vec<_>>(),
        "events": events.iter().map(|entry| history::shown(entry, name)).collect::<Vec<_>>(),
    }))
}
