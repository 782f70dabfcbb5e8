//! What is done to an account's locks within one step of the store: bound, ended, exchanged, each with its entry in the audit.

use calock::Code;
use serde_json::json;

use super::shown::lock_number;
use super::{As, Proved};
use crate::refusal::Refusal;
use crate::store::{Audit, Binding, Changes};

/// Why a lock ended that another one renewed.
const RENEWED: &str = "证书更新";

/// Who does it, when, and what proves it.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    /// An account, or `portal`.
    pub(crate) actor: &'a str,
    /// Unix seconds.
    pub(crate) at: u64,
    /// What they said.
    pub(crate) reason: Option<&'a str>,
    /// What they signed.
    pub(crate) evidence: Option<&'a str>,
}

/// Binds a proved lock. With `replaces` the lock that it renews ends in the same step.
///
/// # Errors
/// `KEY_ALREADY_BOUND`; `STATE_CONFLICT` `ended` when the one that it renews is not alive any more.
pub(crate) async fn bind(
    changes: &mut Changes<'_>,
    proved: &Proved<'_>,
    as_: &As<'_>,
    by: By<'_>,
) -> Result<Binding, Refusal> {
    if let Some(replaced) = as_.replaces {
        let living = changes.living_of(as_.account).await?;
        let old = living.iter().find(|held| held.binding == replaced).ok_or(Refusal::conflict("ended"))?;
        let by = By { reason: Some(RENEWED), evidence: Some(proved.evidence), ..by };
        end(changes, old, by).await?;
    }
    let binding = proved.bound(by.at, as_)?;
    if !changes.insert_binding(&binding).await? {
        return Err(Code::KeyAlreadyBound.into());
    }
    let detail = json!({
        "lockNumber": lock_number(&binding.fingerprint), "serial": binding.serial, "product": binding.product,
        "role": binding.role, "review": binding.review_state, "replaces": binding.replaces, "reason": by.reason,
    });
    let entry = Audit {
        at: by.at,
        actor: by.actor,
        account: Some(as_.account),
        action: if as_.replaces.is_some() { "renew" } else { "bind" },
        object: Some(&binding.binding),
        detail,
        evidence: Some(proved.evidence),
    };
    changes.audit(&entry).await?;
    Ok(binding)
}

/// Ends a living lock, and the sessions that came from it.
///
/// # Errors
/// `STATE_CONFLICT` `ended`.
pub(crate) async fn end(changes: &mut Changes<'_>, binding: &Binding, by: By<'_>) -> Result<(), Refusal> {
    if !changes.end_binding(&binding.binding, by.at, by.actor, by.reason, by.evidence).await? {
        return Err(Refusal::conflict("ended"));
    }
    changes.end_sessions_of_binding(&binding.binding).await?;
    let detail = json!({
        "lockNumber": lock_number(&binding.fingerprint), "serial": binding.serial, "role": binding.role, "reason": by.reason,
    });
    let entry = Audit {
        at: by.at,
        actor: by.actor,
        account: Some(&binding.account),
        action: "unbind",
        object: Some(&binding.binding),
        detail,
        evidence: by.evidence,
    };
    Ok(changes.audit(&entry).await?)
}
