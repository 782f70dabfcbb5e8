//! The account that a registration opens, and the step in which that happens.

use axum::http::HeaderMap;

use super::*;
use crate::account::state::registered_name;
use crate::binding::step::{By, bind};
use crate::names::fold;
use crate::random;
use crate::store::{AccountKind, AccountState, Audit};

/// Whether a name can be chosen: 6 to 15 letters, digits or signs (D03).
pub(crate) fn is_login_name(name: &str) -> bool {
    (6..=15).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The account as it begins.
pub(super) fn account(
    portal: &Portal,
    applicant: &Applicant,
    form: &Form,
    password_hash: Option<String>,
    activation: Option<String>,
    proof: Option<&Proof<'_>>,
) -> Result<Account, Refusal> {
    let rules = portal.rules();
    let kind = match applicant.kind {
        Kind::Unit => AccountKind::Unit,
        Kind::Person => AccountKind::Person,
    };
    let name = applicant.typed.get("name").cloned().ok_or_else(|| Refusal::form("name", "required"))?;
    let code = applicant.typed.get("code").filter(|code| !code.is_empty()).cloned();
    let login_name = match (rules.password.name, form.login_name.as_deref()) {
        (LoginName::Chosen, Some(chosen)) if is_login_name(chosen) => fold(chosen),
        (LoginName::Chosen, Some(_)) => return Err(Refusal::form("loginName", "line")),
        (LoginName::Chosen, None) => return Err(Refusal::form("loginName", "required")),
        (LoginName::Registered, None) => registered_name(kind, &name, code.as_deref()),
        (LoginName::Registered, Some(_)) => return Err(Refusal::form("loginName", "unknown")),
    };
    Ok(Account {
        account: random::token()?,
        kind,
        name,
        code,
        login_name,
        password_hash,
        activation,
        proved: proof.map(|proof| proof.signed.record.clone()),
        state: AccountState::Draft,
        roles: text(&form.roles(rules)?),
        data: text(&applicant.typed),
        approved: None,
        strength: None,
        letter: None,
        commitment: None,
        committed_at: None,
        review_reason: None,
        created_at: portal.now(),
        submitted_at: None,
        reviewed_at: None,
        effective_at: None,
        version: 1,
    })
}

/// Everything that a registration does.
pub(crate) struct Step<'a> {
    pub(crate) account: &'a Account,
    pub(crate) form_text: String,
    pub(crate) proof: Option<&'a Proof<'a>>,
}

impl Step<'_> {
    /// Opens the account, binds the lock where that is done at once, and opens the session.
    pub(crate) async fn run(
        self,
        portal: &Portal,
        headers: &HeaderMap,
        session: bool,
    ) -> Result<Option<Opening>, Refusal> {
        let (account, now) = (self.account, portal.now());
        let mut changes = portal.store().begin().await?;
        if let Some(code) = &account.code {
            // Codes that mean the same holder share their organisation code.
            let core = if code.len() == 18 { code.get(8..17) } else { None };
            changes.take_turns(&format!("code:{}", core.unwrap_or(code))).await?;
            if let Some(other) = changes.account_by_code(account.kind, code).await? {
                return Err(registered(portal, &other).await?);
            }
        }
        if !changes.insert_account(account).await? {
            return Err(Refusal::new(Code::NameTaken).with("field", name_field(portal)));
        }
        let (mut opening, mut binding, mut record) = (None, None, None);
        if let Some(proof) = self.proof {
            if !changes.spend(&proof.signed, Some(&account.account)).await? {
                return Err(Code::NonceUsed.into());
            }
            record = Some(proof.signed.record.clone());
            if binds_at_once(portal) {
                let owner = Owner::of(account, now).ok_or(Code::Internal)?;
                let role = fits(portal.rules(), &owner, &proof.candidate())?;
                let proved = Proved::of(proof)?;
                let review = Review::first(portal.rules().binding.review);
                let as_ = As { account: &account.account, role, staff: None, replaces: None, review };
                let by = By { actor: &account.account, at: now, reason: None, evidence: Some(proved.evidence) };
                binding = Some(bind(&mut changes, &proved, &as_, by).await?.binding);
            }
        }
        if session {
            let opened = match self.proof {
                Some(proof) => Opening::by_lock(portal, headers, proof)?.of(&account.account, binding.as_deref()),
                None => Opening::by_password(portal, headers, &account.account)?,
            };
            changes.open_session(opened.session()).await?;
            opening = Some(opened);
        }
        let strength = if self.proof.is_some() { Strength::Ca } else { Strength::Password };
        changes
            .insert_submission(&Submission {
                record: random::token()?,
                version: 1,
                account: account.account.clone(),
                kind: "registration".into(),
                action: "submit".into(),
                data: account.data.clone(),
                form_text: self.form_text,
                digest: self.proof.and_then(|proof| proof.payload.clone()),
                strength,
                evidence: record.clone(),
                state: "valid".into(),
                at: now,
            })
            .await?;
        let who = account.account.as_str();
        let detail = json!({"strength": strength, "kind": account.kind, "bound": binding.is_some()});
        let (evidence, action) = (record.as_deref(), "register");
        changes
            .audit(&Audit { at: now, actor: who, account: Some(who), action, object: None, detail, evidence })
            .await?;
        changes.commit().await?;
        Ok(opening)
    }
}

/// Which name can be somebody else's.
fn name_field(portal: &Portal) -> &'static str {
    match portal.rules().password.name {
        LoginName::Chosen => "loginName",
        LoginName::Registered => "name",
    }
}
