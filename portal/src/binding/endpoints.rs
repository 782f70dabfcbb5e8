//! `/api/bindings`: the list of an account's locks (CA管理), binding another one, taking one away.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json as Answer, Router};
use calock::Code;
use calock::statement::Purpose;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::step::{self, By};
use super::{As, Bind, Held, NoUnbind, Owner, Proved, Review, Role, Shown, Unbind, adding, decide, one, unbind};
use crate::body::Json;
use crate::portal::Portal;
use crate::proof::{Line, Posted, Wanted};
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::requests::renewal;
use crate::rules::Words;
use crate::session::User;
use crate::store::{Binding, Strength};

/// The longest reason, in characters.
pub(crate) const REASON: usize = 500;

pub(crate) fn router() -> Router<Portal> {
    Router::new()
        .route("/", get(list).post(add))
        .route("/{binding}", get(one::show))
        .route("/{binding}/delete", post(delete))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct List {
    account: String,
    bindings: Vec<Shown>,
    ended: Vec<Shown>,
    add: Adding,
    delete: Deleting,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Adding {
    may: bool,
    role: Option<Role>,
    reason: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deleting {
    may: bool,
    signed: bool,
    when: Option<Words>,
}

/// `GET /api/bindings`.
async fn list(State(portal): State<Portal>, user: User) -> Result<Answer<Value>, Refusal> {
    let (rules, now) = (portal.rules(), portal.now());
    let all = portal.store().bindings_of(&user.account.account).await?;
    let (living, ended): (Vec<_>, Vec<_>) = all.into_iter().partition(|binding| binding.ended_at.is_none());
    let session = user.session.binding.as_deref();
    let owner = Owner::of(&user.account, now).ok_or(Code::NotAllowed)?;
    let added = adding(rules, &owner, &Held::all(&living), session);
    let by_lock = user.session.strength == Strength::Ca;
    let list = List {
        bindings: Shown::all(rules, &living, now, session),
        ended: Shown::all(rules, ended.iter().rev(), now, session),
        add: Adding { may: added.is_ok(), role: added.ok(), reason: added.err() },
        delete: Deleting {
            may: rules.unbinding.by_user && (by_lock || rules.password.once_bound),
            signed: by_lock,
            when: rules.unbinding.when.clone(),
        },
        account: user.account.account,
    };
    Ok(Answer(json!(list)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Added {
    signed: Posted,
}

/// `POST /api/bindings`: binds the lock that signed.
async fn add(
    State(portal): State<Portal>,
    user: User,
    address: Address,
    Json(added): Json<Added>,
) -> Result<Answer<Value>, Refusal> {
    portal.limit("statement", address, portal.limits().rates.statement).await?;
    let name = user.account.account.as_str();
    let wanted = Wanted { purpose: Purpose::Bind, account: Line::Is(name), text: None };
    let proof = added.signed.judge(&portal, wanted).await?;
    let (rules, at) = (portal.rules(), proof.signed.at);

    let mut changes = portal.store().begin().await?;
    changes.take_turns_about(name).await?;
    if !changes.spend(&proof.signed, Some(name)).await? {
        return Err(Code::NonceUsed.into());
    }
    let account = changes.account(name).await?.ok_or(Code::NotLoggedIn)?;
    let living = changes.living_of(name).await?;
    let session = user.session.binding.as_deref();
    let owner = Owner::of(&account, at).ok_or(Code::NotAllowed)?;
    let bind = decide(rules, &owner, &proof.candidate(), &Held::all(&living), session)?;
    let proved = Proved::of(&proof)?;
    let by = By { actor: name, at, reason: None, evidence: Some(proved.evidence) };
    let review = Review::first(rules.binding.review);
    let (binding, notice) = match bind {
        Bind::New(role) => {
            let as_ = As { account: name, role, staff: None, replaces: None, review };
            let notice = (!review.passed()).then(|| Refusal::new(Code::NotReviewed).said(rules));
            (step::bind(&mut changes, &proved, &as_, by).await?, notice)
        }
        Bind::Instead { role, replaces } => {
            let as_ = As { account: name, role, staff: None, replaces: Some(&replaces), review };
            let notice = Refusal::new(Code::SerialChanged).with("replaced", json!(replaces)).said(rules);
            (step::bind(&mut changes, &proved, &as_, by).await?, Some(notice))
        }
        Bind::Ask { role, replaces } => {
            let old = living.iter().find(|held| held.binding == replaces).ok_or(Code::Internal)?;
            let request = renewal::ask(&mut changes, &proved, &account, old, role, at).await?;
            changes.commit().await?;
            let notice = renewal::notice(rules, &request, rules.renewal.how);
            return Ok(Answer(json!({"binding": null, "notice": notice})));
        }
    };
    changes.commit().await?;
    Ok(Answer(json!({"binding": Shown::of(rules, &binding, at, session), "notice": notice})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deleted {
    #[serde(default)]
    signed: Option<Posted>,
    #[serde(default)]
    reason: Option<String>,
}

/// `POST /api/bindings/{binding}/delete`: takes a lock away, signed by any lock of the account.
async fn delete(
    State(portal): State<Portal>,
    user: User,
    address: Address,
    Path(binding): Path<String>,
    Json(deleted): Json<Deleted>,
) -> Result<Answer<Value>, Refusal> {
    portal.limit("statement", address, portal.limits().rates.statement).await?;
    let name = user.account.account.as_str();
    if deleted.reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON) {
        return Err(Refusal::form("reason", "line"));
    }
    let about = format!("{name}/{binding}");
    let proof = match deleted.signed {
        Some(signed) => {
            let wanted = Wanted { purpose: Purpose::Unbind, account: Line::Is(&about), text: None };
            Some(signed.judge(&portal, wanted).await?)
        }
        None => None,
    };

    let mut changes = portal.store().begin().await?;
    changes.take_turns_about(name).await?;
    let living = changes.living_of(name).await?;
    let fingerprints: Vec<&str> = living.iter().map(|held| held.fingerprint.as_str()).collect();
    let asks = match (&proof, user.session.strength) {
        (Some(proof), _) => Unbind::ByLock(Some(proof.fingerprint())),
        (None, Strength::Ca) => Unbind::ByLock(None),
        (None, Strength::Password) => Unbind::ByPassword,
    };
    unbind(portal.rules(), asks, &fingerprints)?;
    let found = changes.binding(&binding).await?.filter(|found| found.account == name).ok_or(Code::NotFound)?;
    if let Some(proof) = &proof
        && !changes.spend(&proof.signed, Some(name)).await?
    {
        return Err(Code::NonceUsed.into());
    }
    let at = portal.now();
    let evidence = proof.as_ref().map(|proof| proof.signed.record.as_str());
    let by = By { actor: name, at, reason: deleted.reason.as_deref(), evidence };
    step::end(&mut changes, &found, by).await?;
    let after = changes.binding(&binding).await?.ok_or(Code::Internal)?;
    changes.commit().await?;
    let logged_out = user.session.binding.as_deref() == Some(binding.as_str());
    Ok(Answer(json!({"binding": Shown::of(portal.rules(), &after, at, None), "loggedOut": logged_out})))
}

impl From<NoUnbind> for Refusal {
    fn from(no: NoUnbind) -> Self {
        match no {
            NoUnbind::AdministratorOnly => Code::NotAllowed.into(),
            NoUnbind::Unsigned => Code::NeedCaToSubmit.into(),
            NoUnbind::Stranger => Code::KeyNotBound.into(),
        }
    }
}

/// A binding of an account, living or ended.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn of_account(portal: &Portal, account: &str, binding: &str) -> Result<Binding, Refusal> {
    let found = portal.store().find_binding(binding).await?;
    found.filter(|found| found.account == account).ok_or_else(|| Code::NotFound.into())
}
