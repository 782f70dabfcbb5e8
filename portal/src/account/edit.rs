//! `POST /api/account/save`, `submit`, `change`, `withdraw`: basic data on their way to being approved.

use axum::Json as Answer;
use axum::extract::State;
use calock::Code;
use calock::certificate::time::rfc3339;
use calock::statement::Purpose;
use serde::Deserialize;
use serde_json::{Value, json};

use super::show::{self, Shown, has_lock, missing};
use super::state::{Approved, text};
use crate::binding::Review;
use crate::body::{Json, Nothing};
use crate::form::Form;
use crate::letter;
use crate::names::same;
use crate::portal::Portal;
use crate::proof::{Line, Posted, Proof, Wanted};
use crate::refusal::{Refusal, said};
use crate::requests;
use crate::session::User;
use crate::store::{Account, AccountState, Audit, Binding, Changes, Saved, Strength, Submission};

/// What a page saves.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Edited {
    form_text: String,
    version: Option<u64>,
}

/// What a page submits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Submitted {
    form_text: String,
    version: Option<u64>,
    signed: Option<Posted>,
}

/// Takes over what was typed; required fields may still be empty.
pub(crate) async fn save(
    State(portal): State<Portal>,
    user: User,
    Json(edited): Json<Edited>,
) -> Result<Answer<Shown>, Refusal> {
    let proved = has_lock(&portal, &user.account).await?;
    let mut changes = portal.store().begin().await?;
    let mut account = current(&mut changes, &user, edited.version).await?;
    edit(&portal, &user, &mut account, &edited.form_text, proved)?;
    write(&mut changes, &account).await?;
    audit(&portal, &mut changes, &account, "save", None).await?;
    changes.commit().await?;
    shown(&portal, &account.account, None).await
}

/// Takes over what was typed and submits it all, as strongly as it was signed.
pub(crate) async fn submit(
    State(portal): State<Portal>,
    user: User,
    Json(submitted): Json<Submitted>,
) -> Result<Answer<Shown>, Refusal> {
    let rules = portal.rules();
    let proof = match submitted.signed {
        Some(posted) => {
            let account = Line::Is(&user.account.account);
            let wanted = Wanted { purpose: Purpose::Submit, account, text: Some(&submitted.form_text) };
            Some(posted.judge(&portal, wanted).await?)
        }
        None => None,
    };
    let proved = has_lock(&portal, &user.account).await?;
    let files = portal.store().attachments_of(&user.account.account).await?;
    let mut changes = portal.store().begin().await?;
    let mut account = current(&mut changes, &user, submitted.version).await?;
    if changes.waiting_request(requests::Kind::CaApplication, &account.account, None).await?.is_some() {
        return Err(Refusal::conflict("ca-application"));
    }
    edit(&portal, &user, &mut account, &submitted.form_text, proved)?;
    if let Some(key) = missing(&portal, account.data_kind()?, &account.typed(), &files).first() {
        return Err(Refusal::form(key, "required"));
    }
    let letter = match letter::wanted(rules, &account) {
        Some(rule) => {
            let data = letter::version(rules, rule, &account)?;
            let letter = changes.letter_of(&account.account, &data).await?.filter(|letter| letter.sealed_at.is_some());
            Some(letter.ok_or(Code::LetterMissing)?)
        }
        None => None,
    };
    if let Some(proof) = &proof {
        spend(&mut changes, &user, proof).await?;
    }
    // The sealed letter says all that is submitted: it is as good as a statement.
    let strength = if proof.is_some() || letter.is_some() { Strength::Ca } else { Strength::Password };
    let record = proof.as_ref().map(|proof| proof.signed.record.clone());
    let record = record.or_else(|| letter.as_ref().and_then(|letter| letter.evidence.clone()));
    account.letter = letter.map(|letter| letter.letter);
    account.submit(rules, strength, portal.now());
    write(&mut changes, &account).await?;
    let version = changes.newest_version(&account.account).await?.saturating_add(1);
    changes
        .insert_submission(&Submission {
            record: account.account.clone(),
            version,
            account: account.account.clone(),
            kind: "basic".into(),
            action: "submit".into(),
            data: text(&Approved { roles: account.role_keys(), data: account.typed() }),
            form_text: submitted.form_text,
            digest: proof.as_ref().and_then(|proof| proof.payload.clone()),
            strength,
            evidence: record.clone(),
            state: account.state.as_str().into(),
            at: portal.now(),
        })
        .await?;
    audit(&portal, &mut changes, &account, "submit", record.as_deref()).await?;
    changes.commit().await?;
    let notice = told(&portal, &account);
    shown(&portal, &account.account, notice).await
}

/// 变更.
pub(crate) async fn change(State(portal): State<Portal>, user: User, _: Nothing) -> Result<Answer<Shown>, Refusal> {
    step(&portal, &user, "change", Account::change).await
}

/// 撤销.
pub(crate) async fn withdraw(State(portal): State<Portal>, user: User, _: Nothing) -> Result<Answer<Shown>, Refusal> {
    step(&portal, &user, "withdraw", Account::withdraw).await
}

async fn step(
    portal: &Portal,
    user: &User,
    action: &str,
    step: fn(&mut Account) -> Result<(), Refusal>,
) -> Result<Answer<Shown>, Refusal> {
    let mut changes = portal.store().begin().await?;
    let mut account = current(&mut changes, user, None).await?;
    step(&mut account)?;
    write(&mut changes, &account).await?;
    audit(portal, &mut changes, &account, action, None).await?;
    changes.commit().await?;
    shown(portal, &account.account, None).await
}

/// The account as it is in this step; `STATE_CONFLICT` (`version`) when it is not the one that the page knows.
pub(crate) async fn current(changes: &mut Changes<'_>, user: &User, version: Option<u64>) -> Result<Account, Refusal> {
    changes.take_turns(&format!("account:{}", user.account.account)).await?;
    let account = changes.account(&user.account.account).await?.ok_or(Code::NotLoggedIn)?;
    match version.is_none_or(|version| version == account.version) {
        true => Ok(account),
        false => Err(Refusal::conflict("version")),
    }
}

/// Writes it; whoever was faster wins.
pub(super) async fn write(changes: &mut Changes<'_>, account: &Account) -> Result<(), Refusal> {
    match changes.save_account(account).await? {
        Saved::Done => Ok(()),
        Saved::Stale => Err(Refusal::conflict("version")),
        // The name is what can be typed anew; a code is given.
        Saved::Taken => Err(Refusal::new(Code::NameTaken).with("field", "name")),
    }
}

/// Spends what was signed, by a lock that speaks for this account: a living one of it that needs no review any more, or the one
/// that the session came from.
pub(super) async fn spend(changes: &mut Changes<'_>, user: &User, proof: &Proof<'_>) -> Result<(), Refusal> {
    let living = changes.living_of(&user.account.account).await?;
    let own = |binding: &Binding| {
        let passed = Review::parse(&binding.review_state).is_some_and(Review::passed);
        passed && binding.staff.is_none() && binding.fingerprint == proof.fingerprint()
    };
    let bound = living.iter().any(own);
    let holder = user.session.holder.as_deref().map(serde_json::from_str::<Value>);
    let session = holder.and_then(Result::ok).is_some_and(|holder| holder["fingerprint"] == proof.fingerprint());
    if !(bound || session) {
        return Err(Code::KeyNotBound.into());
    }
    match changes.spend(&proof.signed, Some(&user.account.account)).await? {
        true => Ok(()),
        false => Err(Code::NonceUsed.into()),
    }
}

/// Takes a form into the account, when it can be edited and what it says may be said.
fn edit(portal: &Portal, user: &User, account: &mut Account, form: &str, proved: bool) -> Result<(), Refusal> {
    let rules = portal.rules();
    account.editable(rules)?;
    let form = Form::parse(form)?;
    if form.kind.is_some() || form.login_name.is_some() {
        return Err(Refusal::form("formText", "json"));
    }
    let typed = form.typed(rules, account.data_kind()?)?;
    let old = account.typed();
    for key in account.settled(rules, proved) {
        if let Some(new) = typed.get(key)
            && old.get(key) != Some(new)
            && !(key == "name" && certificate_says(user, new))
        {
            return Err(Refusal::form(key, "fixed"));
        }
    }
    let roles = form.roles(rules)?;
    account.edit(rules, typed, &roles);
    Ok(())
}

/// A new name that the session's own certificate has.
fn certificate_says(user: &User, name: &str) -> bool {
    let holder = user.session.holder.as_deref().and_then(|holder| serde_json::from_str::<Value>(holder).ok());
    holder.is_some_and(|holder| {
        ["organisation", "name"].iter().any(|key| holder[*key].as_str().is_some_and(|said| same(said, name)))
    })
}

/// What is to be known after submitting.
fn told(portal: &Portal, account: &Account) -> Option<Value> {
    let rules = portal.rules();
    let paper = account.strength == Some(Strength::Password) && rules.submissions.paper_only_by_password;
    match (account.state, account.travels_until(portal.now())) {
        _ if paper => Some(said(rules, Code::PaperOnly, None)),
        (AccountState::Waiting, _) => Some(said(rules, Code::NotReviewed, None)),
        (AccountState::Valid, Some(at)) => {
            Some(Refusal::new(Code::NotYetSynced).with("availableAt", rfc3339(at)).said(rules))
        }
        _ => None,
    }
}

pub(crate) async fn audit(
    portal: &Portal,
    changes: &mut Changes<'_>,
    account: &Account,
    action: &str,
    evidence: Option<&str>,
) -> Result<(), Refusal> {
    let detail = json!({"state": account.state, "strength": account.strength, "version": account.version});
    let who = account.account.as_str();
    let at = portal.now();
    changes.audit(&Audit { at, actor: who, account: Some(who), action, object: None, detail, evidence }).await?;
    Ok(())
}

/// The account as it is now.
pub(crate) async fn shown(portal: &Portal, account: &str, notice: Option<Value>) -> Result<Answer<Shown>, Refusal> {
    let account = portal.store().find_account(account).await?.ok_or(Code::NotLoggedIn)?;
    show::of(portal, &account, notice).await.map(Answer)
}
