//! `POST /api/seals`: a sealed document is taken, judged, and a receipt given. What is judged is the file as it arrived; what a page said
//! of it is nobody's business here.

mod judge;

pub(crate) use judge::{Judged, judged};

use axum::body::{Body, to_bytes};
use axum::extract::State;
use calock::Code;
use calock::certificate::holder;
use calock::text::GBK;
use serde_json::{Value, json};

use crate::account;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::Audit;

/// The largest document that is taken, in bytes. It is in memory while it is judged.
const MOST: usize = 64 << 20;

/// Judges a document and answers with `{digest, size, kind, signatures: [{name, signer, time}]}`; the audit keeps the digest.
///
/// # Errors
/// `NO_SEAL` and its like when this session may not seal; `TOO_LARGE`; what is wrong with the document, or with the first seal that does
/// not hold; `SEAL_INVALID` for a seal that its own signer made; `CODE_MISMATCH` when no seal is of the account's holder.
pub(crate) async fn receive(
    State(portal): State<Portal>,
    user: User,
    body: Body,
) -> Result<axum::Json<Value>, Refusal> {
    let may = account::may(&portal, &user.session, Some(&user.account));
    if let Some(code) = may.refused.seal {
        return Err(code.into());
    }
    let reading = to_bytes(body, MOST);
    let Ok(read) = tokio::time::timeout(portal.limits().attachment_wait, reading).await else {
        return Err(Refusal::bad_request(axum::http::StatusCode::REQUEST_TIMEOUT));
    };
    let bytes = read.map_err(|_| Code::TooLarge)?.to_vec();
    let (size, now) = (bytes.len(), portal.now());
    let Judged { kind, reports, digest } = {
        let judged = judged(&portal, bytes).await?;
        judged.of_holder(user.account.code.as_deref())?;
        judged
    };
    let answer = json!({
        "digest": digest.sm3, "size": size, "kind": kind,
        "signatures": reports.iter().map(|report| json!({
            "name": report.seal.as_ref().map(|seal| seal.name.as_str()),
            "signer": report.signer.as_ref().map(|signer| holder(signer, GBK).name),
            "time": report.time.seconds().map(calock::certificate::time::rfc3339),
        })).collect::<Vec<_>>(),
    });
    let mut changes = portal.store().begin().await?;
    let who = user.account.account.as_str();
    let audit = Audit {
        at: now,
        actor: who,
        account: Some(who),
        action: "seal",
        object: Some(&digest.sm3),
        detail: json!({"size": size, "kind": kind, "signatures": reports.len()}),
        evidence: None,
    };
    changes.audit(&audit).await?;
    changes.commit().await?;
    Ok(axum::Json(answer))
}
