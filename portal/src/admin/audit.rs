//! Who did what, when, and what proves it.

use axum::Json as Answer;
use axum::extract::{Path, Query, State as Shared};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use calock::Code;
use calock::certificate::time::rfc3339;
use serde::Deserialize;
use serde_json::{Value, json};

use super::shown::Accounts;
use crate::account::attachments::send;
use crate::history::said;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::session::Administrator;
use crate::store::Wanted;

/// Entries that are told at once.
const PAGE: u32 = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Looked {
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    action: Option<String>,
    #[serde(default)]
    before: Option<u64>,
}

/// `GET /api/admin/audit?account=&action=&before=`.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn search(
    Shared(portal): Shared<Portal>,
    _: Administrator,
    Query(looked): Query<Looked>,
) -> Result<Answer<Value>, Refusal> {
    let wanted = Wanted { account: looked.account.as_deref(), action: looked.action.as_deref(), before: looked.before };
    let entries = portal.store().search_audit(&wanted, PAGE).await?;
    let next = entries.last().filter(|_| entries.len() == PAGE as usize).map(|entry| entry.id);
    let mut accounts = Accounts::default();
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let actor = accounts.find(&portal, &entry.actor).await?.map(|account| account.name.clone());
        let owner = match &entry.account {
            Some(account) => accounts.find(&portal, account).await?.map(|account| account.name.clone()),
            None => None,
        };
        let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
        rows.push(json!({
            "id": entry.id, "at": rfc3339(entry.at), "actor": entry.actor, "actorName": actor, "account": entry.account,
            "accountName": owner, "words": said(&entry.action), "action": entry.action, "object": entry.object,
            "detail": detail, "evidence": entry.evidence,
        }));
    }
    Ok(Answer(json!({"entries": rows, "next": next})))
}

/// `GET /api/admin/evidence/{evidence}`: a file with all that another tool needs to judge again.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn evidence(
    Shared(portal): Shared<Portal>,
    _: Administrator,
    Path(evidence): Path<String>,
) -> Result<Response, Refusal> {
    let signed = portal.store().find_evidence(&evidence).await?.ok_or(Code::NotFound)?;
    let kept = signed.evidence;
    let holder: Value = serde_json::from_str(&kept.holder).unwrap_or_default();
    let file = json!({
        "evidence": signed.record, "purpose": signed.purpose, "at": rfc3339(signed.at), "nonce": signed.nonce,
        "statement": kept.statement, "algorithm": kept.algorithm, "signature": kept.signature,
        "certificate": kept.certificate, "fingerprint": kept.fingerprint, "holder": holder, "software": kept.software,
    });
    let name = format!("attachment; filename=\"evidence-{}.json\"", signed.record);
    Ok(([(header::CONTENT_DISPOSITION, name)], Answer(file)).into_response())
}

/// `GET /api/admin/attachments/{owner}/{key}`: a file of an account, a person or a request.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn attachment(
    Shared(portal): Shared<Portal>,
    _: Administrator,
    Path((owner, key)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    send(&portal, &owner, &key).await
}
