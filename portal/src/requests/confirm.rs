//! `POST /api/requests/{number}/confirm`: who came with a renewed lock shows that the account is theirs: by its password, or by the
//! lock that is replaced.

use axum::Json as Answer;
use axum::extract::{Path, State as Shared};
use calock::Code;
use calock::statement::Purpose;
use serde::Deserialize;
use serde_json::{Value, json};

use super::renewal::{self, Said};
use super::shown::answer;
use super::{Kind, State, find};
use crate::account::Brief;
use crate::binding::step::By;
use crate::body::Json;
use crate::password;
use crate::portal::Portal;
use crate::proof::{Line, Posted, Proof, Wanted};
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::rules::RenewalHow;
use crate::session::Current;
use crate::store::{Account, Audit, Request};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirmation {
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    signed: Option<Posted>,
    /// It is no renewal but a second lock: the old one stays.
    #[serde(default)]
    keep: bool,
}

/// Exchanges the locks, and makes the session the account's.
///
/// # Errors
/// `PASSWORD_WRONG`, `ACCOUNT_LOCKED`, `KEY_NOT_BOUND`, `NOT_ALLOWED`, `STATE_CONFLICT` (`decided`, `ended`), the verdict's,
/// `RATE_LIMITED`, `STORE_UNAVAILABLE`.
pub(super) async fn confirm(
    Shared(portal): Shared<Portal>,
    current: Current,
    address: Address,
    Path(number): Path<String>,
    Json(confirmation): Json<Confirmation>,
) -> Result<Answer<Value>, Refusal> {
    let rules = portal.rules();
    let mut request = find(&portal, &number).await?;
    let fingerprint = request.fingerprint.as_deref().filter(|_| request.kind == Kind::Renewal).ok_or(Code::NotFound)?;
    let keeps = confirmation.keep && !rules.binding.several;
    if rules.renewal.how != RenewalHow::Confirm || !comes_from(&current, fingerprint) || keeps {
        return Err(Code::NotAllowed.into());
    }
    if request.state != State::Waiting {
        return Err(Refusal::conflict("decided"));
    }
    let name = request.account.clone().ok_or(Code::Internal)?;
    let account = portal.store().find_account(&name).await?.ok_or(Code::NotFound)?;
    let proof = shown_to_own(&portal, address, &account, &request, confirmation.password, confirmation.signed).await?;

    let at = portal.now();
    let mut changes = portal.store().begin().await?;
    changes.take_turns_about(&name).await?;
    let account = changes.account(&name).await?.ok_or(Code::NotFound)?;
    match &proof {
        Some(proof) => {
            let old = changes.living(proof.fingerprint()).await?;
            let replaces = Said::of(&request)?.replaces;
            old.filter(|old| old.binding == replaces).ok_or(Code::KeyNotBound)?;
            if !changes.spend(&proof.signed, Some(&name)).await? {
                return Err(Code::NonceUsed.into());
            }
        }
        None => changes.forget_tries(&account.login_name).await?,
    }
    request.state = State::Approved;
    request.decided_at = Some(at);
    request.decided_by = Some(name.clone());
    if !changes.move_request(State::Waiting, &request).await? {
        return Err(Refusal::conflict("decided"));
    }
    let evidence = proof.as_ref().map(|proof| proof.signed.record.as_str());
    let by = By { actor: &name, at, reason: None, evidence };
    let bound = renewal::exchange(&mut changes, rules, &request, &account, by, confirmation.keep).await?;
    changes.give_session(&current.token, &name, Some(&bound.binding)).await?;
    let way = if proof.is_some() { "old-lock" } else { "password" };
    let entry = Audit {
        at,
        actor: &name,
        account: Some(&name),
        action: "confirm",
        object: Some(&request.number),
        detail: json!({"way": way, "keep": confirmation.keep}),
        evidence,
    };
    changes.audit(&entry).await?;
    changes.commit().await?;
    let mut body = answer(&portal, &request).await?;
    body["account"] = json!(Brief::of(&portal, &account));
    body["next"] = json!("/home");
    Ok(Answer(body))
}

/// Whether the session was opened by the lock that asks.
fn comes_from(current: &Current, fingerprint: &str) -> bool {
    let holder = current.session.holder.as_deref().and_then(|holder| serde_json::from_str::<Value>(holder).ok());
    holder.is_some_and(|holder| holder["fingerprint"] == fingerprint)
}

/// The proof that the account is theirs: what the old lock signed, or `None` after the right password.
async fn shown_to_own<'a>(
    portal: &'a Portal,
    address: Address,
    account: &Account,
    request: &Request,
    password: Option<String>,
    signed: Option<Posted>,
) -> Result<Option<Proof<'a>>, Refusal> {
    let rates = &portal.limits().rates;
    match (password, signed) {
        (None, Some(signed)) => {
            portal.limit("statement", address, rates.statement).await?;
            let line = renewal::line(request);
            let wanted = Wanted { purpose: Purpose::Bind, account: Line::Is(&line), text: None };
            signed.judge(portal, wanted).await.map(Some)
        }
        (Some(password), None) => {
            portal.limit("password", address, rates.password).await?;
            password::try_at(portal, &account.login_name, password, account.password_hash.clone()).await?;
            Ok(None)
        }
        _ => Err(Code::BadRequest.into()),
    }
}
