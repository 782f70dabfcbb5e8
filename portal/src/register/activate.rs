//! `POST /api/register/activate`: the code that was sent to the telephone makes the account usable.

use axum::Json as Answer;
use axum::extract::State;
use calock::Code;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::account::Brief;
use crate::body::Json;
use crate::form::Typed;
use crate::portal::Portal;
use crate::random::is_token;
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::store::{Account, Audit, Saved};

/// That a code is on its way. There is no short message service here: a demonstration shows it, elsewhere an
/// administrator who reached the person activates the account.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sent {
    account: String,
    sent_to: Option<String>,
    code: Option<String>,
}

impl Sent {
    pub(super) fn of(portal: &Portal, account: &Account, typed: &Typed, code: String) -> Self {
        let masked = |phone: &String| {
            let count = phone.chars().count();
            let hidden = |(at, letter): (usize, char)| if at < 3 || at + 4 >= count { letter } else { '*' };
            phone.chars().enumerate().map(hidden).collect()
        };
        Self {
            account: account.account.clone(),
            sent_to: typed.get("phone").map(masked),
            code: portal.demo().is_some().then_some(code),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typing {
    account: String,
    code: String,
}

#[derive(Serialize)]
pub(crate) struct Activated {
    account: Brief,
}

/// Six digits.
pub(super) fn code() -> Result<String, Refusal> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|_| Code::Internal)?;
    Ok(format!("{:06}", u64::from_le_bytes(bytes) % 1_000_000))
}

/// Compares the code. Guessing is rationed by account, so that six digits are enough.
pub(crate) async fn activate(
    State(portal): State<Portal>,
    address: Address,
    Json(typed): Json<Typing>,
) -> Result<Answer<Activated>, Refusal> {
    portal.limit("register", address, portal.limits().rates.register).await?;
    if !is_token(&typed.account) {
        return Err(Refusal::form("code", "unknown"));
    }
    portal.limit("activate", &typed.account, portal.limits().rates.code).await?;
    let mut changes = portal.store().begin().await?;
    changes.take_turns(&format!("account:{}", typed.account)).await?;
    let found = changes.account(&typed.account).await?;
    let mut account = found.ok_or_else(|| Refusal::form("code", "unknown"))?;
    match account.activation.take() {
        None => return Err(Refusal::conflict("active")),
        Some(code) if code != typed.code.trim() => return Err(Refusal::form("code", "unknown")),
        Some(_) => (),
    }
    if changes.save_account(&account).await? != Saved::Done {
        return Err(Refusal::conflict("active"));
    }
    let who = account.account.as_str();
    let (at, action, detail) = (portal.now(), "activate-account", json!({}));
    changes.audit(&Audit { at, actor: who, account: Some(who), action, object: None, detail, evidence: None }).await?;
    changes.commit().await?;
    Ok(Answer(Activated { account: Brief::of(&portal, &account) }))
}
