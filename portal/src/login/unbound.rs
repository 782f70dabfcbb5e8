//! A login with a lock that is no account's: it is bound now, it renews another, or its holder is told what there is to do.

use calock::Code;
use calock::certificate::HolderKind;
use calock::certificate::time::rfc3339;

use super::{Entry, may_hold};
use crate::binding::{Entered, first_login};
use crate::names::bare;
use crate::portal::Portal;
use crate::proof::Proof;
use crate::refusal::Refusal;
use crate::rules::{Kind, Personal, Unregistered};
use crate::store::{Account, AccountKind, AccountState, Changes};

/// Decides, and binds within the step where the rules say so.
pub(super) async fn enter(portal: &Portal, changes: &mut Changes<'_>, proof: &Proof<'_>) -> Result<Entry, Refusal> {
    let Some(account) = owner(changes, proof).await? else { return stranger(portal, proof) };
    changes.take_turns_about(&account.account).await?;
    ready(portal, &account)?;
    Ok(match first_login(changes, portal, proof, &account).await? {
        Entered::Bound { binding, notice } => Entry::into_account(portal, account, Some(binding), notice),
        Entered::Asked { notice, next } => Entry { account: None, binding: None, next, notice: Some(notice) },
    })
}

/// The account whose code the certificate names: a unit's, or a natural person's.
async fn owner(changes: &mut Changes<'_>, proof: &Proof<'_>) -> Result<Option<Account>, Refusal> {
    let candidate = proof.candidate();
    let (kind, code) = match proof.holder.kind {
        HolderKind::Person => (AccountKind::Person, candidate.code(Kind::Person)),
        _ => (AccountKind::Unit, candidate.code(Kind::Unit)),
    };
    match code {
        Some(code) => Ok(changes.account_by_code(kind, &bare(code)).await?),
        None => Ok(None),
    }
}

/// A holder without account.
fn stranger(portal: &Portal, proof: &Proof<'_>) -> Result<Entry, Refusal> {
    let rules = portal.rules();
    if rules.login.unregistered == Unregistered::Admit {
        return Ok(Entry { account: None, binding: None, next: "/home".into(), notice: None });
    }
    let candidate = proof.candidate();
    let code = match proof.holder.kind {
        HolderKind::Person => candidate.code(Kind::Person),
        _ => candidate.code(Kind::Unit),
    };
    right_kind(portal, proof.holder.kind)?;
    Err(match code {
        None => Code::KeyEmptyId.into(),
        Some(_) => Code::KeyNotBound.into(),
    })
}

/// Whether certificates of such holders are good for anything here.
pub(crate) fn right_kind(portal: &Portal, holder: HolderKind) -> Result<(), Refusal> {
    // Where people's locks are activated a person's lock is not the wrong kind, only not activated.
    let personal = portal.rules().binding.personal == Personal::Activated && holder != HolderKind::Enterprise;
    match personal || may_hold(portal, Kind::Unit, holder) || may_hold(portal, Kind::Person, holder) {
        true => Ok(()),
        false => Err(Refusal::new(Code::PersonalKey).with("reason", "enterprise-only")),
    }
}

/// Whether a lock may come to this account by a login: only where its data were approved and have arrived, unless nobody reviews.
fn ready(portal: &Portal, account: &Account) -> Result<(), Refusal> {
    if let Some(at) = account.travels_until(portal.now()) {
        return Err(Refusal::new(Code::NotYetSynced).with("availableAt", rfc3339(at)));
    }
    match account.state {
        _ if account.is_ready(portal.now()) => Ok(()),
        AccountState::Draft => Err(Code::NotSubmitted.into()),
        _ => Err(Code::NotReviewed.into()),
    }
}
