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
    if let Some(held) = successor(rules, candidate, living) {
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
/// with the account's before. Another product of the family is another lock where there may be several, and takes the only
/// one's place elsewhere. Of several the one that ends first.
#[must_use]
pub fn successor<'a>(rules: &Rules, candidate: &Candidate<'_>, living: &'a [Held]) -> Option<&'a Held> {
    let product = candidate.product?;
    let same_person = |held: &Held| match (&held.person, &candidate.holder.person) {
        (Some(one), Some(other)) => same(one, other),
        (None, None) => true,
        _ => false,
    };
    let renewed = |held: &&Held| {
        held.family == product.family
            && (held.product == product.id || !rules.binding.several)
            && held.holder_kind == candidate.holder.kind
            && held.review.passed()
            && held.fingerprint != candidate.fingerprint
            && same_person(held)
    };
    living.iter().filter(renewed).min_by_key(|held| held.not_after)
}

#[cfg(test)]
mod tests {
    use calock::certificate::Holder;

    use super::*;
    use crate::binding::candidate::made::{CODE, NAME, UNIT, enterprise, held, person};
    use crate::rules::{Product, builtin};

    const NEW: &str = "new";

    fn candidate<'a>(holder: &'a Holder, product: &'a Product) -> Candidate<'a> {
        Candidate { fingerprint: NEW, holder, product: Some(product) }
    }

    fn outcome(name: &str, product: usize, held_products: &[usize]) -> Result<AtLogin, Unfit> {
        let rules = builtin(name).unwrap();
        let holder = enterprise(NAME, CODE);
        let living: Vec<Held> = held_products
            .iter()
            .enumerate()
            .map(|(turn, at)| held(&format!("old-{turn}"), &rules.products[*at], Role::Main))
            .collect();
        at_login(&rules, &UNIT, &candidate(&holder, &rules.products[product]), &living)
    }

    /// C14: no binding by hand.
    #[test]
    fn the_first_login_binds_where_the_portal_says_so() {
        assert_eq!(outcome("changde", 0, &[]), Ok(AtLogin::Bind(Role::Main)));
        assert_eq!(outcome("fengtai", 1, &[]), Ok(AtLogin::ByHand), "A21");
        assert_eq!(outcome("hunan", 0, &[]), Ok(AtLogin::ByHand));
    }

    /// B09, B19, C19: never without a next step.
    #[test]
    fn a_new_serial_goes_the_portals_way() {
        let renew = |how| Ok(AtLogin::Renew { role: Role::Main, replaces: "old-0".into(), how });
        assert_eq!(outcome("changde", 0, &[0]), renew(RenewalHow::Review), "C19");
        assert_eq!(outcome("daxing", 1, &[1]), renew(RenewalHow::Review), "B09");
        assert_eq!(outcome("hunan", 0, &[0]), renew(RenewalHow::Replace));
        assert_eq!(outcome("demo", 0, &[0]), renew(RenewalHow::Confirm));
    }

    #[test]
    fn another_family_or_product_is_another_lock() {
        assert_eq!(outcome("daxing", 2, &[1]), Ok(AtLogin::ByHand), "another CA");
        assert_eq!(outcome("daxing", 1, &[0]), Ok(AtLogin::ByHand), "another product, and there may be several");
        let one = Ok(AtLogin::Renew { role: Role::Main, replaces: "old-0".into(), how: RenewalHow::Review });
        assert_eq!(outcome("fengtai", 1, &[0]), one, "the only lock");
    }

    #[test]
    fn the_lock_that_ends_first_is_renewed() {
        let rules = builtin("hunan").unwrap();
        let product = &rules.products[0];
        let holder = enterprise(NAME, CODE);
        let later = Held { not_after: 2_000, ..held("later", product, Role::Main) };
        let waiting =
            Held { review: crate::binding::Review::Waiting, not_after: 5, ..held("waiting", product, Role::Main) };
        let living = [later, held("sooner", product, Role::Secondary), waiting];
        let found = successor(&rules, &candidate(&holder, product), &living).unwrap();
        assert_eq!((found.binding.as_str(), found.role), ("sooner", Role::Secondary));
    }

    /// C21: both names, before anything is bound.
    #[test]
    fn a_changed_name_is_told_with_both() {
        let rules = builtin("changde").unwrap();
        let holder = enterprise("示例建筑有限公司", CODE);
        let unfit = at_login(&rules, &UNIT, &candidate(&holder, &rules.products[0]), &[]).unwrap_err();
        assert_eq!(unfit, Unfit::Name { account: NAME.into(), certificate: "示例建筑有限公司".into() });
    }

    #[test]
    fn nobody_else_gets_in() {
        let rules = builtin("changde").unwrap();
        let other = enterprise(NAME, "91110105MA0000058W");
        assert!(matches!(
            at_login(&rules, &UNIT, &candidate(&other, &rules.products[0]), &[]),
            Err(Unfit::Code { .. })
        ));
        let natural = person("张三", "110105199001010037");
        let unfit = at_login(&rules, &UNIT, &candidate(&natural, &rules.products[0]), &[]);
        assert_eq!(unfit, Err(Unfit::Personal("activate")));
    }
}
