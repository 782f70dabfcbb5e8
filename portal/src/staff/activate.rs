//! `POST /api/staff/{staff}/activate`: the unit's session stays, the person's lock signs.

use axum::Json as Answer;
use axum::extract::{Path, State as Shared};
use calock::Code;
use calock::statement::Purpose;
use serde::Deserialize;
use serde_json::{Value, json};

use super::State;
use super::endpoints::{begin, by_the_unit, theirs};
use super::shown::one;
use crate::binding::step::{self, By};
use crate::binding::{self, As, Owner, Proved, Review, Role, fits_person};
use crate::body::Json;
use crate::portal::Portal;
use crate::proof::{Line, Posted, Wanted};
use crate::rate::Address;
use crate::refusal::Refusal;
use crate::requests::check_text;
use crate::rules::Kind;
use crate::session::User;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activation {
    signed: Posted,
    contact: String,
}

/// Binds the lock of somebody whom the unit has entered. One of theirs that is alive ends: the unit's session and the new lock
/// are proof enough.
///
/// # Errors
/// The verdict's; `NOT_REVIEWED`, `NAME_MISMATCH`, `CODE_MISMATCH`, `PRODUCT_NOT_ACCEPTED`, `KEY_ALREADY_BOUND`.
pub(super) async fn activate(
    Shared(portal): Shared<Portal>,
    user: User,
    address: Address,
    Path(staff): Path<String>,
    Json(activation): Json<Activation>,
) -> Result<Answer<Value>, Refusal> {
    portal.limit("statement", address, portal.limits().rates.statement).await?;
    by_the_unit(&portal, &user).await?;
    check_text("contact", &activation.contact, 100)?;
    let name = user.account.account.as_str();
    let about = format!("{name}/{staff}");
    let wanted = Wanted { purpose: Purpose::Activate, account: Line::Is(&about), text: None };
    let proof = activation.signed.judge(&portal, wanted).await?;
    let at = proof.signed.at;

    let mut changes = begin(&portal, &user).await?;
    if !changes.spend(&proof.signed, Some(name)).await? {
        return Err(Code::NonceUsed.into());
    }
    let mut person = theirs(&mut changes, &user, &staff).await?;
    if State::parse(&person.state) != Some(State::Valid) {
        return Err(Code::NotReviewed.into());
    }
    let account = changes.account(name).await?.ok_or(Code::NotLoggedIn)?;
    let entered = Owner { kind: Kind::Person, name: &person.name, code: &person.code, ready: true };
    let unit = Owner::of(&account, at).ok_or(Code::NotAllowed)?;
    fits_person(&unit, &entered, &proof.candidate())?;
    let proved = Proved::of(&proof)?;
    let living = changes.living_of(name).await?;
    let old = living.iter().find(|lock| lock.staff.as_deref() == Some(&*staff));
    if old.is_some_and(|old| old.fingerprint == proof.fingerprint()) {
        return Err(Code::KeyAlreadyBound.into());
    }
    let as_ = As {
        account: name,
        role: Role::Personal,
        staff: Some(&staff),
        replaces: old.map(|old| old.binding.as_str()),
        review: Review::None,
    };
    let by = By { actor: name, at, reason: None, evidence: Some(proved.evidence) };
    let bound = step::bind(&mut changes, &proved, &as_, by).await?;
    person.contact = Some(activation.contact);
    changes.save_person(&person).await?;
    changes.commit().await?;
    let replaced = |old: &str| Refusal::new(Code::SerialChanged).with("replaced", old).said(portal.rules());
    Ok(Answer(json!({
        "binding": binding::Shown::of(portal.rules(), &bound, at, None),
        "staff": one(&portal, &person).await?,
        "notice": as_.replaces.map(replaced),
    })))
}
