//! `/api/submissions`: 新增, 变更, 作废, 取消作废 in one call, because one text says all of it and that text is what is signed.

use axum::extract::{Path, Query, State as Shared};
use axum::routing::get;
use axum::{Json as Answer, Router};
use calock::Code;
use calock::statement::Purpose;
use serde::Deserialize;
use serde_json::{Value, json};

use super::shown::{paper_only, row, version};
use super::{Action, Entry, State};
use crate::body::Json;
use crate::portal::Portal;
use crate::proof::{Line, Posted, Wanted};
use crate::random;
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::{Audit, Strength, Submission};

pub(crate) fn router() -> Router<Portal> {
    Router::new().route("/", get(list).post(submit)).route("/{record}", get(show))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    kind: Option<String>,
}

/// `GET /api/submissions?kind=…`.
async fn list(
    Shared(portal): Shared<Portal>,
    user: User,
    Query(which): Query<Which>,
) -> Result<Answer<Value>, Refusal> {
    let rules = portal.rules();
    let kinds: Vec<_> = rules.submissions.kinds.iter().filter(|kind| !kind.staff).collect();
    let records = portal.store().records_of(&user.account.account, which.kind.as_deref()).await?;
    let rows: Vec<Value> = records.iter().map(|record| row(rules, record)).collect();
    Ok(Answer(json!({"kinds": kinds, "records": rows})))
}

/// `GET /api/submissions/{record}`: every version.
async fn show(
    Shared(portal): Shared<Portal>,
    user: User,
    Path(record): Path<String>,
) -> Result<Answer<Value>, Refusal> {
    let rules = portal.rules();
    let versions = portal.store().versions(&user.account.account, &record).await?;
    // Basic data have their own history.
    let known = |kind: &str| rules.submissions.kinds.iter().any(|known| known.key == kind);
    let newest = versions.first().filter(|newest| known(&newest.kind)).ok_or(Code::NotFound)?;
    let versions: Vec<Value> = versions.iter().map(|one| version(rules, one)).collect();
    Ok(Answer(json!({"record": row(rules, newest), "versions": versions})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Submitted {
    form_text: String,
    #[serde(default)]
    signed: Option<Posted>,
}

/// `POST /api/submissions`.
async fn submit(
    Shared(portal): Shared<Portal>,
    user: User,
    address: Address,
    Json(submitted): Json<Submitted>,
) -> Result<Answer<Value>, Refusal> {
    let rules = portal.rules();
    let entry = Entry::parse(&submitted.form_text)?;
    let kind = entry.check(rules)?;
    if kind.by_lock && (user.session.strength != Strength::Ca || submitted.signed.is_none()) {
        return Err(Code::NeedCaToSubmit.into());
    }
    let name = user.account.account.as_str();
    let proof = match submitted.signed {
        Some(signed) => {
            portal.limit("statement", address, portal.limits().rates.statement).await?;
            let text = Some(submitted.form_text.as_str());
            let wanted = Wanted { purpose: Purpose::Submit, account: Line::Is(name), text };
            Some(signed.judge(&portal, wanted).await?)
        }
        None => None,
    };
    let at = portal.now();

    let mut changes = portal.store().begin().await?;
    changes.take_turns_about(name).await?;
    if let Some(proof) = &proof {
        let living = changes.living_of(name).await?;
        if living.iter().all(|held| held.fingerprint != proof.fingerprint()) {
            return Err(Code::KeyNotBound.into());
        }
        if !changes.spend(&proof.signed, Some(name)).await? {
            return Err(Code::NonceUsed.into());
        }
    }
    let newest = match &entry.record {
        Some(record) => {
            let newest = changes.newest(record).await?;
            let theirs = |newest: &Submission| newest.account == name && newest.kind == entry.kind;
            Some(newest.filter(theirs).ok_or(Code::NotFound)?)
        }
        None => None,
    };
    let before = newest.as_ref().and_then(|newest| State::parse(&newest.state).map(|state| (newest.version, state)));
    let state = entry.after(before)?;
    let strength = if proof.is_some() { Strength::Ca } else { Strength::Password };
    let submission = Submission {
        record: match entry.record {
            Some(record) => record,
            None => random::token()?,
        },
        version: entry.version.saturating_add(1),
        account: name.into(),
        kind: entry.kind,
        action: entry.action.as_str().into(),
        data: match (entry.action, newest) {
            (Action::Void | Action::Restore, Some(newest)) => newest.data,
            _ => json!(entry.data).to_string(),
        },
        form_text: submitted.form_text,
        digest: proof.as_ref().and_then(|proof| proof.payload.clone()),
        strength,
        evidence: proof.as_ref().map(|proof| proof.signed.record.clone()),
        state: state.as_str().into(),
        at,
    };
    changes.insert_submission(&submission).await?;
    let audit = Audit {
        at,
        actor: name,
        account: Some(name),
        action: &submission.action,
        object: Some(&submission.record),
        detail: json!({"kind": submission.kind, "version": submission.version, "strength": strength}),
        evidence: submission.evidence.as_deref(),
    };
    changes.audit(&audit).await?;
    changes.commit().await?;
    let notice = paper_only(rules, strength).then(|| Refusal::new(Code::PaperOnly).said(rules));
    Ok(Answer(json!({"record": row(rules, &submission), "notice": notice})))
}
