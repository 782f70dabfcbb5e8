//! `POST /api/seals`: a sealed document that was uploaded is posted by a statement over its digest, judged, and a receipt given.
//!
//! A nonce lives for minutes and an upload may take longer: so the statement may come first, while somebody is there to type the PIN, and
//! the document is posted by it once all of it has arrived.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use calock::Code;
use calock::certificate::holder;
use calock::certificate::time::rfc3339;
use calock::seal::SignatureReport;
use calock::statement::Purpose;
use calock::text::GBK;
use serde::Deserialize;
use serde_json::{Value, json};

use super::list::shown;
use super::{Judged, judged};
use crate::account;
use crate::body::Json;
use crate::portal::Portal;
use crate::proof::{Line, Posted, Proof, Wanted};
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::{Attachment, Audit, Changes, Receipt, Upload, Warrant};
use crate::uploads::{Kept, file_name};

/// What a receipt's file is attached as.
pub(crate) const FILE: &str = "document";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    upload: String,
    #[serde(default)]
    signed: Option<Posted>,
}

/// Posts a document: 200 with its receipt, or 202 where it is still arriving. Who repeats it gets the receipt again.
///
/// # Errors
/// `NO_SEAL` and its like when this session may not seal; `NOT_FOUND`; `STATE_CONFLICT` (`incomplete`, `statement`); the verdict's; `KEY_NOT_BOUND`; what
/// is wrong with the document (see [`super::judge::judge`]); `CODE_MISMATCH`, `SEAL_MISMATCH`, `PAYLOAD_MISMATCH`.
pub(super) async fn receive(
    State(portal): State<Portal>,
    user: User,
    address: Address,
    Json(sent): Json<Sent>,
) -> Result<Response, Refusal> {
    let may = account::may(&portal, &user.session, Some(&user.account));
    if let Some(code) = may.refused.seal {
        return Err(code.into());
    }
    let (name, store) = (user.account.account.as_str(), portal.store());
    if let Some(receipt) = store.find_receipt(name, &sent.upload).await? {
        return Ok(axum::Json(shown(&receipt)).into_response());
    }
    let upload = store.find_upload(name, &sent.upload, portal.now()).await?.ok_or(Code::NotFound)?;
    let proof = match sent.signed {
        Some(signed) => {
            portal.limit("statement", address, portal.limits().rates.statement).await?;
            let wanted = Wanted { purpose: Purpose::Seal, account: Line::Is(name), text: None };
            Some(signed.judge(&portal, wanted).await?)
        }
        None => None,
    };
    let warrant = match &proof {
        Some(proof) => Some(warrant(proof)?),
        None => upload.warrant.clone(),
    };
    if upload.received < upload.size {
        let (Some(proof), Some(warrant)) = (proof, warrant) else {
            return Err(Refusal::conflict("incomplete").with("offset", upload.received));
        };
        let mut changes = store.begin().await?;
        believe(&mut changes, name, Some(&proof), &warrant).await?;
        if !changes.warrant_upload(name, &upload.upload, &warrant).await? {
            return Err(Code::NotFound.into());
        }
        changes.commit().await?;
        let waiting = json!({"upload": upload.upload, "offset": upload.received, "size": upload.size});
        return Ok((StatusCode::ACCEPTED, axum::Json(waiting)).into_response());
    }
    let warrant = warrant.ok_or_else(|| Refusal::conflict("statement"))?;
    portal.limit("upload", name, portal.limits().rates.upload).await?;
    let judged = judged(&portal, Kept::new(&portal, &upload.upload, upload.size)).await?;
    judged.of_holder(user.account.code.as_deref())?;
    signed_by(&judged, &warrant)?;
    let receipt = receipt(&portal, &upload, &judged, &warrant)?;
    let mut changes = store.begin().await?;
    believe(&mut changes, name, proof.as_ref(), &warrant).await?;
    keep(&mut changes, &receipt, judged.digest.sha256).await?;
    changes.commit().await?;
    Ok(axum::Json(shown(&receipt)).into_response())
}

/// What a statement says of the file that it goes with.
fn warrant(proof: &Proof<'_>) -> Result<Warrant, Code> {
    Ok(Warrant {
        evidence: proof.signed.record.clone(),
        fingerprint: proof.fingerprint().into(),
        payload: proof.payload.clone().ok_or(Code::PayloadMismatch)?,
    })
}

/// Whoever signed the statement signed in the document, and for this document.
fn signed_by(judged: &Judged, warrant: &Warrant) -> Result<(), Code> {
    let signer =
        judged.signers().find(|signer| signer.fingerprint() == warrant.fingerprint).ok_or(Code::SealMismatch)?;
    if judged.digest.by(signer) == warrant.payload { Ok(()) } else { Err(Code::PayloadMismatch) }
}

/// The lock is a living one of the account; a statement that came just now is spent and kept.
async fn believe(
    changes: &mut Changes<'_>,
    account: &str,
    proof: Option<&Proof<'_>>,
    warrant: &Warrant,
) -> Result<(), Refusal> {
    changes.take_turns_about(account).await?;
    let living = changes.living_of(account).await?;
    if living.iter().all(|held| held.fingerprint != warrant.fingerprint) {
        return Err(Code::KeyNotBound.into());
    }
    match proof {
        Some(proof) if !changes.spend(&proof.signed, Some(account)).await? => Err(Code::NonceUsed.into()),
        _ => Ok(()),
    }
}

fn receipt(portal: &Portal, upload: &Upload, judged: &Judged, warrant: &Warrant) -> Result<Receipt, Refusal> {
    let signature = |report: &SignatureReport| {
        json!({
            "name": report.seal.as_ref().map(|seal| seal.name.as_str()),
            "signer": report.signer.as_ref().map(|signer| holder(signer, GBK).name),
            "time": report.time.seconds().map(rfc3339),
        })
    };
    let signatures: Vec<Value> = judged.reports.iter().map(signature).collect();
    Ok(Receipt {
        seal: upload.upload.clone(),
        account: upload.account.clone(),
        name: file_name(&upload.metadata).unwrap_or_else(|| format!("document.{}", judged.kind)),
        digest: judged.digest.sm3.clone(),
        size: upload.size,
        kind: judged.kind.into(),
        signatures: serde_json::to_string(&signatures).map_err(|_| Code::Internal)?,
        evidence: warrant.evidence.clone(),
        at: portal.now(),
    })
}

/// An upload becomes a document of the account: its parts stay where they are.
async fn keep(changes: &mut Changes<'_>, receipt: &Receipt, sha256: String) -> Result<(), Refusal> {
    let (account, name) = (receipt.account.as_str(), &receipt.seal);
    if !changes.end_upload(account, name).await? {
        return Err(Code::NotFound.into());
    }
    let file = Attachment {
        attachment: name.clone(),
        owner: name.clone(),
        key: FILE.into(),
        name: receipt.name.clone(),
        media: format!("application/{}", receipt.kind),
        size: receipt.size,
        sha256,
        at: receipt.at,
    };
    changes.attach(&file).await?;
    changes.insert_receipt(receipt).await?;
    let audit = Audit {
        at: receipt.at,
        actor: account,
        account: Some(account),
        action: "seal",
        object: Some(name),
        detail: json!({"name": receipt.name, "size": receipt.size, "kind": receipt.kind, "digest": receipt.digest}),
        evidence: Some(&receipt.evidence),
    };
    Ok(changes.audit(&audit).await?)
}
