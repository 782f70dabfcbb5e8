//! `POST /api/seals`: a sealed document is taken, judged, and a receipt given. What is judged is the file as it arrived; what a page said
//! of it is nobody's business here.

use axum::body::{Body, to_bytes};
use axum::extract::State;
use calock::certificate::{Certificate, holder};
use calock::hash::{hex, sm3};
use calock::seal::{Basis, Kind, SignatureReport, ofd, pdf};
use calock::text::GBK;
use calock::{Code, Error};
use serde_json::{Value, json};

use crate::account;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::revocation::RevocationFolder;
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
    let (digest, size, now) = (hex(&sm3(&bytes)), bytes.len(), portal.now());
    let judging = portal.clone();
    let judged = tokio::task::spawn_blocking(move || judge(&judging, &bytes)).await.map_err(|_| Code::Internal)?;
    let (kind, reports) = judged.map_err(|error| error.code)?;
    let wanted = user.account.code.as_deref();
    let own = |signer: &Certificate| {
        holder(signer, GBK).identities.iter().any(|identity| Some(identity.value.as_str()) == wanted)
    };
    if !reports.iter().filter_map(|report| report.signer.as_ref()).any(own) {
        return Err(Code::CodeMismatch.into());
    }
    let answer = json!({
        "digest": digest, "size": size, "kind": kind,
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
        object: Some(&digest),
        detail: json!({"size": size, "kind": kind, "signatures": reports.len()}),
        evidence: None,
    };
    changes.audit(&audit).await?;
    changes.commit().await?;
    Ok(axum::Json(answer))
}

/// Every signature, each of which holds; at least one is a seal.
fn judge(portal: &Portal, bytes: &[u8]) -> calock::Result<(&'static str, Vec<SignatureReport>)> {
    let revocations = portal.config().revocations.as_ref().map(RevocationFolder::lists);
    let basis = Basis { trust: Some(portal.trust()), revocations: revocations.as_deref(), at: None, now: portal.now() };
    let (kind, reports) = match pdf::is_pdf(&bytes) {
        true => ("pdf", pdf::verify(&pdf::Pdf::open(&bytes)?, &basis)?),
        false => ("ofd", ofd::verify(&ofd::Package::open(bytes)?, &basis)?),
    };
    for report in &reports {
        if let Some(code) = report.checks.named().iter().find_map(|(_, check)| check.code()) {
            return Err(code.into());
        }
        let made_by = report.seal.as_ref().map(|seal| seal.maker.as_slice());
        if made_by.is_some() && made_by == report.signer.as_ref().map(Certificate::der) {
            return Err(Error::because(Code::SealInvalid, "a seal that its own signer made"));
        }
    }
    match reports.iter().any(|report| report.kind == Kind::Seal) || kind == "pdf" && !reports.is_empty() {
        true => Ok((kind, reports)),
        false => Err(Error::because(Code::DocumentIncomplete, "no seal in the document")),
    }
}
