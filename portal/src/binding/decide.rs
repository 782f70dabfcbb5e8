//! Whether the lock that has just proved itself may be bound to an account, and as what.

use calock::certificate::HolderKind;

use super::{Candidate, Held, Owner, Role};
use crate::names::{same, same_code};
use crate::rules::{HolderKindRule, Kind, Personal, RenewalHow, Rules};

/// Why a lock may not be bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// `PRODUCT_NOT_ACCEPTED`: a certificate of a kind that this portal does not take.
    Product,
    /// `PERSONAL_KEY`, with the reason: `enterprise-only`, or `activate` where people's locks are activated.
    Personal(&'static str),
    /// `CODE_MISMATCH`: the account's code and the certificate's.
    Code {
        /// The account's.
        account: String,
        /// The certificate's, when it has one.
        certificate: Option<String>,
    },
    /// `NAME_MISMATCH`: both names.
    Name {
        /// The account's.
        account: String,
        /// The certificate's.
        certificate: String,
    },
    /// `KEY_ALREADY_BOUND`.
    Bound,
    /// `STATE_CONFLICT`, with the reason.
    State(&'static str),
}

/// How a lock is bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bind {
    /// As a further lock.
    New(Role),
    /// Instead of the one that it renews.
    Instead {
        /// The role it takes over.
        role: Role,
        /// The lock that ends.
        replaces: String,
    },
    /// Instead of one, once an administrator has approved.
    Ask {
        /// The role it will take over.
        role: Role,
        /// The lock that will end.
        replaces: String,
    },
}

/// Decides about a lock that is added by hand, in a session of the account. `session` is the binding that the session came from;
/// `None` for a session by password.
///
/// # Errors
/// [`Unfit`], the first that applies: product, kind of holder, code, name, bound already, what the account holds.
pub fn decide(
    rules: &Rules,
    owner: &Owner<'_>,
    candidate: &Candidate<'_>,
    living: &[Held],
    session: Option<&str>,
) -> Result<Bind, Unfit> {
    let role = fits(rules, owner, candidate)?;
    if living.iter().any(|held| held.fingerprint == candidate.fingerprint) {
        return Err(Unfit::Bound);
    }
    if !owner.ready {
        return Err(Unfit::State("account-state"));
    }
    let of_unit: Vec<&Held> = living.iter().filter(|held| held.role != Role::Personal).collect();
    if !rules.binding.several && !of_unit.is_empty() {
        return instead(rules, candidate, living);
    }
    let main = of_unit.iter().find(|held| held.role == Role::Main);
    match main {
        Some(main) if rules.binding.secondary && session != Some(main.binding.as_str()) => {
            Err(Unfit::State("main-session"))
        }
        Some(_) if rules.binding.secondary => Ok(Bind::New(Role::Secondary)),
        _ => Ok(Bind::New(role)),
    }
}

/// A portal that takes one lock: a second one comes instead of it, if it renews it.
fn instead(rules: &Rules, candidate: &Candidate<'_>, living: &[Held]) -> Result<Bind, Unfit> {
    let held = super::successor(candidate, living).ok_or(Unfit::State("one-lock"))?;
    let (role, replaces) = (held.role, held.binding.clone());
    Ok(match rules.renewal.how {
        RenewalHow::Review => Bind::Ask { role, replaces },
        // Whoever is in the account has confirmed.
        RenewalHow::Replace | RenewalHow::Confirm => Bind::Instead { role, replaces },
    })
}

/// Whether a certificate is of this account's holder and of a kind that this portal binds; the role it would have alone.
///
/// # Errors
/// [`Unfit::Product`], [`Unfit::Personal`], [`Unfit::Code`], [`Unfit::Name`].
pub fn fits(rules: &Rules, owner: &Owner<'_>, candidate: &Candidate<'_>) -> Result<Role, Unfit> {
    if candidate.product.is_none() {
        return Err(Unfit::Product);
    }
    let role = kind_fits(rules, owner, candidate)?;
    same_holder(owner, candidate)?;
    Ok(role)
}

fn kind_fits(rules: &Rules, owner: &Owner<'_>, candidate: &Candidate<'_>) -> Result<Role, Unfit> {
    let (admitted, kind) = match owner.kind {
        Kind::Unit => (&rules.holders.unit, candidate.holder.kind),
        Kind::Person => (&rules.holders.person, candidate.holder.kind),
    };
    let is = |wanted: HolderKindRule| admitted.contains(&wanted);
    match (owner.kind, kind) {
        // A certificate that does not say what its holder is goes by its code, which is compared next.
        (Kind::Unit, HolderKind::Enterprise | HolderKind::Unknown) if is(HolderKindRule::Enterprise) => Ok(Role::Main),
        (Kind::Unit, HolderKind::Employee) if is(HolderKindRule::Employee) => Ok(Role::Secondary),
        (Kind::Person, HolderKind::Person | HolderKind::Unknown) if is(HolderKindRule::Person) => Ok(Role::Main),
        // Not this person's; the code says so.
        (Kind::Person, _) => Err(code_mismatch(owner, candidate)),
        (Kind::Unit, _) if rules.binding.personal == Personal::Activated => Err(Unfit::Personal("activate")),
        (Kind::Unit, _) => Err(Unfit::Personal("enterprise-only")),
    }
}

/// The code first: a wrong one is another holder, a wrong name beside the right code one that was renamed.
fn same_holder(owner: &Owner<'_>, candidate: &Candidate<'_>) -> Result<(), Unfit> {
    if !candidate.code(owner.kind).is_some_and(|code| same_code(owner.code, code)) {
        return Err(code_mismatch(owner, candidate));
    }
    same_name(owner.name, candidate.name(owner.kind))
}

fn same_name(account: &str, certificate: &str) -> Result<(), Unfit> {
    match same(account, certificate) {
        true => Ok(()),
        false => Err(Unfit::Name { account: account.into(), certificate: certificate.into() }),
    }
}

fn code_mismatch(owner: &Owner<'_>, candidate: &Candidate<'_>) -> Unfit {
    let certificate = candidate.holder.code.as_deref().or_else(|| candidate.person_code());
    Unfit::Code { account: owner.code.into(), certificate: certificate.map(String::from) }
}

/// Whether a personal certificate is that of somebody whom a unit has entered. Its number decides when it has one; an employee's
/// certificate must name the unit as well.
///
/// # Errors
/// [`Unfit::Product`], [`Unfit::Code`], [`Unfit::Name`].
pub fn fits_person(unit: &Owner<'_>, person: &Owner<'_>, candidate: &Candidate<'_>) -> Result<(), Unfit> {
    if candidate.product.is_none() {
        return Err(Unfit::Product);
    }
    same_name(person.name, candidate.name(Kind::Person))?;
    if candidate.person_code().is_some_and(|code| !same_code(person.code, code)) {
        return Err(code_mismatch(person, candidate));
    }
    match candidate.holder.code.as_deref() {
        Some(code) if !same_code(unit.code, code) => Err(code_mismatch(unit, candidate)),
        // Somebody of the same name, and nothing to tell them apart by.
        None if candidate.person_code().is_none() => Err(code_mismatch(person, candidate)),
        _ => Ok(()),
    }
}
