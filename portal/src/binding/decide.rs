//! Whether the lock that has just proved itself may be bound to an account, and as what.

use calock::certificate::HolderKind;

use super::{Candidate, Held, Owner, Role};
use crate::names::{same, same_code};
use crate::rules::{HolderKindRule, Kind, Mismatch, Personal, RenewalHow, Rules};

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

/// The portal takes one lock an account.
const ONE_LOCK: &str = "one-lock";

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
    let alone = fits(rules, owner, candidate)?;
    if living.iter().any(|held| held.fingerprint == candidate.fingerprint) {
        return Err(Unfit::Bound);
    }
    match adding(rules, owner, living, session) {
        // A person's lock among the unit's is never the main one.
        Ok(Role::Main) => Ok(Bind::New(alone)),
        Ok(role) => Ok(Bind::New(role)),
        Err(ONE_LOCK) => instead(rules, candidate, living),
        Err(reason) => Err(Unfit::State(reason)),
    }
}

/// As what a lock that is added by hand would be bound now, or the word for why none can be added: `account-state`, `one-lock`,
/// `main-session`.
///
/// # Errors
/// That word.
pub fn adding(rules: &Rules, owner: &Owner<'_>, living: &[Held], session: Option<&str>) -> Result<Role, &'static str> {
    if !owner.ready {
        return Err("account-state");
    }
    let mut of_unit = living.iter().filter(|held| held.role != Role::Personal).peekable();
    if !rules.binding.several && of_unit.peek().is_some() {
        return Err(ONE_LOCK);
    }
    match of_unit.find(|held| held.role == Role::Main) {
        Some(main) if rules.binding.secondary && session != Some(main.binding.as_str()) => Err("main-session"),
        Some(_) if rules.binding.secondary => Ok(Role::Secondary),
        _ => Ok(Role::Main),
    }
}

/// A portal that takes one lock: a second one comes instead of it, if it renews it.
fn instead(rules: &Rules, candidate: &Candidate<'_>, living: &[Held]) -> Result<Bind, Unfit> {
    let held = super::successor(rules, candidate, living).ok_or(Unfit::State(ONE_LOCK))?;
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
    if !candidate.code(owner.kind).is_some_and(|code| same_code(owner.code, code)) {
        return Err(code_mismatch(owner, candidate));
    }
    // The code first: a wrong one is another holder, a wrong name beside the right code one that was renamed.
    match rules.names.mismatch {
        Mismatch::Refuse => same_name(owner.name, candidate.name(owner.kind))?,
        Mismatch::Notice => (),
    }
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

#[cfg(test)]
mod tests {
    use calock::certificate::Holder;

    use super::*;
    use crate::binding::candidate::made::{CODE, NAME, PERSON_CODE, UNIT, employee, enterprise, held, person};
    use crate::rules::{Product, builtin};

    fn candidate<'a>(holder: &'a Holder, product: Option<&'a Product>) -> Candidate<'a> {
        Candidate { fingerprint: "new", holder, product }
    }

    /// A01 to E19 take a lock of a product that they know, and no other.
    #[test]
    fn a_lock_of_an_unknown_product_is_not_taken() {
        let rules = builtin("fengtai").unwrap();
        let holder = enterprise(NAME, CODE);
        assert_eq!(decide(&rules, &UNIT, &candidate(&holder, None), &[], None), Err(Unfit::Product));
    }

    #[test]
    fn the_first_is_the_main_one_and_a_bound_one_is_not_bound_again() {
        let rules = builtin("daxing").unwrap();
        let product = &rules.products[1];
        let holder = enterprise("示例（建设）有限公司", CODE);
        let owner = Owner { name: "示例(建设)有限公司", ..UNIT };
        let first = decide(&rules, &owner, &candidate(&holder, Some(product)), &[], None);
        assert_eq!(first, Ok(Bind::New(Role::Main)), "brackets do not matter");
        let same = Held { fingerprint: "new".into(), ..held("old", product, Role::Main) };
        assert_eq!(decide(&rules, &owner, &candidate(&holder, Some(product)), &[same], None), Err(Unfit::Bound));
    }

    /// B10: 主锁登录后新增副锁.
    #[test]
    fn secondary_locks_are_added_in_a_session_of_the_main_one() {
        let rules = builtin("daxing").unwrap();
        let product = &rules.products[1];
        let holder = enterprise(NAME, CODE);
        let new = candidate(&holder, Some(product));
        let living = [held("main", product, Role::Main), held("second", product, Role::Secondary)];
        assert_eq!(decide(&rules, &UNIT, &new, &living, Some("main")), Ok(Bind::New(Role::Secondary)));
        for session in [Some("second"), None] {
            assert_eq!(decide(&rules, &UNIT, &new, &living, session), Err(Unfit::State("main-session")));
        }
        // B11: the main one was unbound by an administrator; the next one takes its place.
        assert_eq!(decide(&rules, &UNIT, &new, &living[1..], Some("second")), Ok(Bind::New(Role::Main)));
    }

    /// A22: one lock, exchanged by a technician.
    #[test]
    fn a_portal_with_one_lock_asks_before_it_is_exchanged() {
        let rules = builtin("fengtai").unwrap();
        let (works, yixin) = (&rules.products[1], &rules.products[2]);
        let holder = enterprise(NAME, CODE);
        let living = [held("old", works, Role::Main)];
        let renewed = decide(&rules, &UNIT, &candidate(&holder, Some(works)), &living, None);
        assert_eq!(renewed, Ok(Bind::Ask { role: Role::Main, replaces: "old".into() }));
        let other = decide(&rules, &UNIT, &candidate(&holder, Some(yixin)), &living, None);
        assert_eq!(other, Err(Unfit::State("one-lock")));
    }

    /// B08: 单位名称识别后显示为个人姓名.
    #[test]
    fn peoples_locks_are_bound_only_where_the_portal_takes_them() {
        let unit = |name: &str, holder: &Holder| {
            let rules = builtin(name).unwrap();
            decide(&rules, &UNIT, &candidate(holder, Some(&rules.products[0])), &[], None)
        };
        let (natural, clerk) = (person("张三", PERSON_CODE), employee("张三"));
        assert_eq!(unit("daxing", &natural), Err(Unfit::Personal("enterprise-only")));
        assert_eq!(unit("daxing", &clerk), Err(Unfit::Personal("enterprise-only")));
        assert_eq!(unit("changde", &clerk), Err(Unfit::Personal("activate")), "C16");
        assert_eq!(unit("lanxi", &clerk), Ok(Bind::New(Role::Secondary)), "D09");
        assert_eq!(unit("demo", &natural), Err(Unfit::Personal("enterprise-only")));
    }

    #[test]
    fn a_natural_person_binds_their_own_and_nothing_else() {
        let rules = builtin("hunan").unwrap();
        let owner = Owner { kind: Kind::Person, name: "张三", code: PERSON_CODE, ready: true };
        let product = Some(&rules.products[0]);
        let bound = |holder: &Holder| decide(&rules, &owner, &candidate(holder, product), &[], None);
        assert_eq!(bound(&person("张三", PERSON_CODE)), Ok(Bind::New(Role::Main)));
        assert!(matches!(bound(&person("张三", "110105199001010045")), Err(Unfit::Code { .. })));
        assert!(matches!(bound(&enterprise(NAME, CODE)), Err(Unfit::Code { .. })));
    }

    #[test]
    fn nothing_is_bound_before_the_account_is_approved() {
        let rules = builtin("fengtai").unwrap();
        let holder = enterprise(NAME, CODE);
        let owner = Owner { ready: false, ..UNIT };
        let early = decide(&rules, &owner, &candidate(&holder, Some(&rules.products[1])), &[], None);
        assert_eq!(early, Err(Unfit::State("account-state")), "A21");
    }

    /// C18.
    #[test]
    fn a_personal_lock_is_that_of_the_person_who_was_entered() {
        let rules = builtin("changde").unwrap();
        let product = Some(&rules.products[0]);
        let entered = Owner { kind: Kind::Person, name: "张三", code: PERSON_CODE, ready: true };
        let fits = |holder: &Holder| fits_person(&UNIT, &entered, &candidate(holder, product));
        assert_eq!(fits(&person("张三", PERSON_CODE)), Ok(()));
        assert_eq!(fits(&employee("张三")), Ok(()), "by the unit's code");
        assert!(matches!(fits(&person("李四", PERSON_CODE)), Err(Unfit::Name { .. })));
        assert!(matches!(fits(&person("张三", "110105199001010045")), Err(Unfit::Code { .. })));
        let elsewhere = Holder { code: Some("91110105MA0000058W".into()), ..employee("张三") };
        assert!(matches!(fits(&elsewhere), Err(Unfit::Code { .. })));
        let nameless = Holder { code: None, ..employee("张三") };
        assert!(matches!(
            fits(&Holder { identities: Vec::new(), ..nameless }),
            Err(Unfit::Code { certificate: None, .. })
        ));
        assert!(matches!(fits(&enterprise(NAME, CODE)), Err(Unfit::Name { .. })));
    }
}
