//! The receipts of an account, and the documents themselves.

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::response::Response;
use calock::Code;
use calock::certificate::time::rfc3339;
use serde_json::{Value, json};

use super::receive::FILE;
use crate::account::attachments::send;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::Receipt;

/// Receipts in a list.
const MOST: u32 = 200;

/// A receipt as pages see it.
pub(super) fn shown(receipt: &Receipt) -> Value {
    json!({
        "seal": receipt.seal,
        "name": receipt.name,
        "digest": receipt.digest,
        "size": receipt.size,
        "kind": receipt.kind,
        "signatures": serde_json::from_str::<Value>(&receipt.signatures).unwrap_or_default(),
        "at": rfc3339(receipt.at),
        "evidence": receipt.evidence,
    })
}

/// `GET /api/seals`: the newest first.
pub(super) async fn list(State(portal): State<Portal>, user: User) -> Result<Answer<Value>, Refusal> {
    let receipts = portal.store().receipts_of(&user.account.account, MOST).await?;
    Ok(Answer(json!({"seals": receipts.iter().map(shown).collect::<Vec<_>>()})))
}

/// `GET /api/seals/{seal}`.
pub(super) async fn show(
    State(portal): State<Portal>,
    user: User,
    Path(seal): Path<String>,
) -> Result<Answer<Value>, Refusal> {
    find(&portal, &user, &seal).await.map(|receipt| Answer(shown(&receipt)))
}

/// `GET /api/seals/{seal}/file`: the document, as it was posted.
pub(super) async fn file(
    State(portal): State<Portal>,
    user: User,
    Path(seal): Path<String>,
) -> Result<Response, Refusal> {
    let receipt = find(&portal, &user, &seal).await?;
    send(&portal, &receipt.seal, FILE).await
}

async fn find(portal: &Portal, user: &User, seal: &str) -> Result<Receipt, Refusal> {
    portal.store().find_receipt(&user.account.account, seal).await?.ok_or_else(|| Code::NotFound.into())
}
