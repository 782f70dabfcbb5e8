//! What a login with a certificate means that is bound to nothing, when its holder has an account.

use super::{Bind, Candidate, Held, Owner, Role, Unfit, decide, fits};
use crate::names::same;
use crate::rules::{How, RenewalHow, Rules};

/// What the login leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AtLogin {
    /// The lock is bound by this login.
    Bind(Role),
    /// It renews a lock of the account, which goes this way. Every way has a next step for the holder.
    Renew {
        /// The role that it takes over.
        role: Role,
        /// The lock that ends.
        replaces: String,
        /// The portal's way.
        how: RenewalHow,
    },
    /// `KEY_NOT_BOUND`: the lock is to be bound by hand.
    ByHand,
}

/// Decides about a certificate that no living binding has, at a login.
///
/// A new serial of a family and kind that the account holds is a renewal (B09, C19): a second lock is added where the first one
/// is (B10, C15), and who comes with a second one here is asked whether the first shall stay.
///
/// # Errors
/// [`Unfit`], above all `NAME_MISMATCH` with both names.
pub fn at_login(
    rules: &Rules,
    owner: &Owner<'_>,
    candidate: &Candidate<'_>,
    living: &[Held],
) -> Result<AtLogin, Unfit> {
    fits(rules, owner, candidate)?;
    if let Some(held) = successor(candidate, living) {
        return Ok(AtLogin::Renew { role: held.role, replaces: held.binding.clone(), how: rules.renewal.how });
    }
    if rules.binding.how == How::ByHand {
        return Ok(AtLogin::ByHand);
    }
    // As if it were added by hand by somebody in the account: its certificate speaks for it.
    match decide(rules, owner, candidate, living, None)? {
        Bind::New(role) => Ok(AtLogin::Bind(role)),
        Bind::Instead { role, replaces } | Bind::Ask { role, replaces } => {
            Ok(AtLogin::Renew { role, replaces, how: rules.renewal.how })
        }
    }
}

/// The lock that a certificate renews: same CA family, same kind of holder, same person if it names one. Its code was compared
/// with the account's before. Of several the one that ends first.
#[must_use]
pub fn successor<'a>(candidate: &Candidate<'_>, living: &'a [Held]) -> Option<&'a Held> {
    let product = candidate.product?;
    let same_person = |held: &Held| match (&held.person, &candidate.holder.person) {
        (Some(one), Some(other)) => same(one, other),
        (None, None) => true,
        _ => false,
    };
    let renewed = |held: &&Held| {
        held.family == product.family
            && held.holder_kind == candidate.holder.kind
            && held.review.passed()
            && held.fingerprint != candidate.fingerprint
            && same_person(held)
    };
    living.iter().filter(renewed).min_by_key(|held| held.not_after)
}
