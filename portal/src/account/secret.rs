//! `POST /api/account/password` and `POST /api/account/commitment`.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use calock::Code;
use calock::statement::Purpose;
use serde::Deserialize;

use super::edit::{audit, current, shown, spend, write};
use super::show::Shown;
use crate::body::Json;
use crate::portal::Portal;
use crate::proof::{Line, Posted, Wanted};
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::{Strength, Submission};
use crate::{password, random};

/// A new password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renewed {
    old: Option<String>,
    new: String,
}

/// Sets it. Whoever came with a lock has proved more than the old one would.
pub(crate) async fn renew(
    State(portal): State<Portal>,
    user: User,
    Json(renewed): Json<Renewed>,
) -> Result<StatusCode, Refusal> {
    let rules = &portal.rules().password;
    password::check(rules, &renewed.new, "new")?;
    if let Some(old) = renewed.old {
        password::try_at(&portal, &user.account.login_name, old, user.account.password_hash.clone()).await?;
    } else if user.session.strength == Strength::Password {
        return Err(Refusal::form("old", "required"));
    }
    let hash = password::hash(renewed.new).await?;
    let mut changes = portal.store().begin().await?;
    let mut account = current(&mut changes, &user, None).await?;
    account.password_hash = Some(hash);
    write(&mut changes, &account).await?;
    changes.forget_tries(&account.login_name).await?;
    changes.end_sessions_of_account(&account.account, Some(&user.token)).await?;
    audit(&portal, &mut changes, &account, "password", None).await?;
    changes.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The letter of commitment, signed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Committed {
    text: String,
    signed: Posted,
}

/// Takes the letter: the portal's words, signed by a lock of the account.
pub(crate) async fn commit(
    State(portal): State<Portal>,
    user: User,
    Json(committed): Json<Committed>,
) -> Result<Answer<Shown>, Refusal> {
    let words = portal.rules().registration.commitment.as_ref().ok_or(Code::NotFound)?;
    if committed.text != words.zh && committed.text != words.en {
        return Err(Refusal::form("text", "unknown"));
    }
    let account = Line::Is(&user.account.account);
    let wanted = Wanted { purpose: Purpose::Submit, account, text: Some(&committed.text) };
    let proof = committed.signed.judge(&portal, wanted).await?;
    let mut changes = portal.store().begin().await?;
    let mut account = current(&mut changes, &user, None).await?;
    if !account.is_ready(portal.now()) {
        return Err(Refusal::conflict("state"));
    }
    spend(&mut changes, &user, &proof).await?;
    let record = proof.signed.record.clone();
    account.commitment = Some(record.clone());
    account.committed_at = Some(portal.now());
    write(&mut changes, &account).await?;
    changes
        .insert_submission(&Submission {
            record: random::token()?,
            version: 1,
            account: account.account.clone(),
            kind: "commitment".into(),
            action: "submit".into(),
            data: "{}".into(),
            form_text: committed.text,
            digest: proof.payload.clone(),
            strength: Strength::Ca,
            evidence: Some(record.clone()),
            state: "valid".into(),
            at: portal.now(),
        })
        .await?;
    audit(&portal, &mut changes, &account, "commit", Some(&record)).await?;
    changes.commit().await?;
    shown(&portal, &account.account, None).await
}
