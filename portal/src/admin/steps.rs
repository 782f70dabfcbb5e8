//! What an administrator does to an account, each with its reason in the audit.

use axum::Json as Answer;
use axum::extract::{Path, State as Shared};
use calock::Code;
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::{find, whole};
use crate::binding::step::{self, By};
use crate::body::Json;
use crate::password;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::requests::check_text;
use crate::session::Administrator;
use crate::store::{Account, Audit, Binding, Changes, Saved};

/// Characters of a password that is made here.
const GENERATED: usize = 12;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Because {
    reason: String,
    /// The lock that is unbound; every living one without it.
    #[serde(default)]
    binding: Option<String>,
    /// The roles that stay.
    #[serde(default)]
    roles: Option<Vec<String>>,
}

/// One step of an administrator about an account, with its reason in the audit.
struct Step<'a> {
    changes: Changes<'a>,
    account: Account,
    actor: String,
    reason: String,
    at: u64,
}

impl<'a> Step<'a> {
    async fn begin(
        portal: &'a Portal,
        admin: &Administrator,
        account: &str,
        because: &Because,
    ) -> Result<Self, Refusal> {
        check_text("reason", &because.reason, 500)?;
        let found = find(portal, account).await?;
        let mut changes = portal.store().begin().await?;
        changes.take_turns_about(&found.account).await?;
        let account = changes.account(&found.account).await?.ok_or(Code::NotFound)?;
        let (actor, reason) = (admin.account.account.clone(), because.reason.clone());
        Ok(Self { changes, account, actor, reason, at: portal.now() })
    }

    /// Writes it down, makes it true, and answers with the account as it is now.
    async fn end(mut self, portal: &Portal, action: &str, detail: Value) -> Result<Value, Refusal> {
        let mut said = json!({"reason": self.reason});
        if let (Value::Object(said), Value::Object(detail)) = (&mut said, detail) {
            said.extend(detail);
        }
        let entry = Audit {
            at: self.at,
            actor: &self.actor,
            account: Some(&self.account.account),
            action,
            object: None,
            detail: said,
            evidence: None,
        };
        self.changes.audit(&entry).await?;
        self.changes.commit().await?;
        let account = find(portal, &self.account.account).await?;
        whole(portal, &account).await
    }
}

/// `POST …/unlock`: wrong passwords are forgotten.
pub(super) async fn unlock(
    Shared(portal): Shared<Portal>,
    admin: Administrator,
    Path(account): Path<String>,
    Json(because): Json<Because>,
) -> Result<Answer<Value>, Refusal> {
    let mut step = Step::begin(&portal, &admin, &account, &because).await?;
    step.changes.forget_tries(&step.account.login_name).await?;
    Ok(Answer(step.end(&portal, "unlock", json!({})).await?))
}

/// `POST …/unbind`: one lock, or every living one.
pub(super) async fn unbind(
    Shared(portal): Shared<Portal>,
    admin: Administrator,
    Path(account): Path<String>,
    Json(because): Json<Because>,
) -> Result<Answer<Value>, Refusal> {
    let mut step = Step::begin(&portal, &admin, &account, &because).await?;
    let living = step.changes.living_of(&step.account.account).await?;
    let chosen = |lock: &&Binding| because.binding.as_ref().is_none_or(|one| *one == lock.binding);
    let chosen: Vec<_> = living.iter().filter(chosen).collect();
    if chosen.is_empty() {
        return Err(Refusal::conflict("ended"));
    }
    let by = By { actor: &step.actor, at: step.at, reason: Some(&because.reason), evidence: None };
    for lock in &chosen {
        step::end(&mut step.changes, lock, by).await?;
    }
    step.changes.commit().await?;
    let account = find(&portal, &account).await?;
    Ok(Answer(whole(&portal, &account).await?))
}

/// `POST …/reset-password`: a new one, told once.
pub(super) async fn reset_password(
    Shared(portal): Shared<Portal>,
    admin: Administrator,
    Path(account): Path<String>,
    Json(because): Json<Because>,
) -> Result<Answer<Value>, Refusal> {
    let password = new_password(&portal).await?;
    let mut step = Step::begin(&portal, &admin, &account, &because).await?;
    let by = By { actor: &step.actor, at: step.at, reason: Some(&because.reason), evidence: None };
    set_password(&mut step.changes, step.account.clone(), password.hash, by).await?;
    step.changes.commit().await?;
    let account = find(&portal, &account).await?;
    let mut answer = whole(&portal, &account).await?;
    answer["password"] = json!(password.told);
    Ok(Answer(answer))
}

/// `POST …/activate`: the person was reached, and needs the code no more.
pub(super) async fn activate(
    Shared(portal): Shared<Portal>,
    admin: Administrator,
    Path(account): Path<String>,
    Json(because): Json<Because>,
) -> Result<Answer<Value>, Refusal> {
    let mut step = Step::begin(&portal, &admin, &account, &because).await?;
    step.account.activation.take().ok_or_else(|| Refusal::conflict("active"))?;
    saved(step.changes.save_account(&step.account).await?)?;
    Ok(Answer(step.end(&portal, "activate-account", json!({})).await?))
}

/// `POST …/sync`: the data are here now instead of after their half hour.
pub(super) async fn sync(
    Shared(portal): Shared<Portal>,
    admin: Administrator,
    Path(account): Path<String>,
    Json(because): Json<Because>,
) -> Result<Answer<Value>, Refusal> {
    let mut step = Step::begin(&portal, &admin, &account, &because).await?;
    if step.account.travels_until(step.at).is_none() {
        return Err(Refusal::conflict("state"));
    }
    step.account.effective_at = Some(step.at);
    saved(step.changes.save_account(&step.account).await?)?;
    Ok(Answer(step.end(&portal, "sync", json!({})).await?))
}

/// `POST …/roles`: takes roles away, which users cannot.
pub(super) async fn roles(
    Shared(portal): Shared<Portal>,
    admin: Administrator,
    Path(account): Path<String>,
    Json(because): Json<Because>,
) -> Result<Answer<Value>, Refusal> {
    let mut step = Step::begin(&portal, &admin, &account, &because).await?;
    let kept = because.roles.as_ref().ok_or_else(|| Refusal::form("roles", "required"))?;
    let had: Vec<String> = serde_json::from_str(&step.account.roles).map_err(|_| Code::Internal)?;
    if kept.iter().any(|role| !had.contains(role)) {
        return Err(Refusal::form("roles", "role"));
    }
    let stays = |role: &String| kept.contains(role);
    let (kept, removed): (Vec<String>, Vec<String>) = had.into_iter().partition(stays);
    step.account.roles = json!(kept).to_string();
    // What was approved is what counts in business.
    if let Some(mut approved) =
        step.account.approved.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok())
    {
        if let Some(Value::Array(roles)) = approved.get_mut("roles") {
            roles.retain(|role| role.as_str().is_none_or(|role| !removed.iter().any(|one| one == role)));
        }
        step.account.approved = Some(approved.to_string());
    }
    saved(step.changes.save_account(&step.account).await?)?;
    Ok(Answer(step.end(&portal, "roles", json!({"removed": removed})).await?))
}

fn saved(saved: Saved) -> Result<(), Refusal> {
    match saved {
        Saved::Done => Ok(()),
        Saved::Stale | Saved::Taken => Err(Refusal::conflict("version")),
    }
}

/// A password that was made here.
pub(super) struct NewPassword {
    /// For the administrator to pass on.
    pub(super) told: String,
    /// As it is kept.
    pub(super) hash: String,
}

/// Makes a password by the portal's rules.
///
/// # Errors
/// `INTERNAL`.
pub(super) async fn new_password(portal: &Portal) -> Result<NewPassword, Refusal> {
    let [fewest, most] = portal.rules().password.length;
    let told = password::generated(GENERATED.clamp(fewest, most))?;
    let hash = password::hash(told.clone()).await?;
    Ok(NewPassword { told, hash })
}

/// Gives an account a password; whoever is logged in is not any more.
///
/// # Errors
/// `STATE_CONFLICT`, `STORE_UNAVAILABLE`.
pub(super) async fn set_password(
    changes: &mut Changes<'_>,
    mut account: Account,
    hash: String,
    by: By<'_>,
) -> Result<(), Refusal> {
    account.password_hash = Some(hash);
    saved(changes.save_account(&account).await?)?;
    changes.forget_tries(&account.login_name).await?;
    changes.end_sessions_of_account(&account.account, None).await?;
    let entry = Audit {
        at: by.at,
        actor: by.actor,
        account: Some(&account.account),
        action: "reset-password",
        object: None,
        detail: json!({"reason": by.reason}),
        evidence: None,
    };
    Ok(changes.audit(&entry).await?)
}
