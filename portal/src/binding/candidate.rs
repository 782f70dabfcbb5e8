//! What the decisions look at: the certificate that was just proved, the account, and its locks.

use calock::certificate::{Holder, HolderKind, IdentityKind};

use super::{Review, Role};
use crate::rules::{Kind, Product};

/// A certificate whose key has just signed for us, and what this portal makes of it.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// Digest of the certificate, hexadecimal.
    pub fingerprint: &'a str,
    /// Who holds it.
    pub holder: &'a Holder,
    /// The product it is here; `None`: not taken here.
    pub product: Option<&'a Product>,
}

impl Candidate<'_> {
    /// The number of the person who holds it, when it is in the certificate.
    #[must_use]
    pub fn person_code(&self) -> Option<&str> {
        person_code(self.holder)
    }

    /// The code by which an account of this kind is found.
    #[must_use]
    pub fn code(&self, kind: Kind) -> Option<&str> {
        match kind {
            Kind::Unit => self.holder.code.as_deref(),
            Kind::Person => self.person_code(),
        }
    }

    /// The name that an account of this kind must have.
    #[must_use]
    pub fn name(&self, kind: Kind) -> &str {
        let name = match kind {
            Kind::Unit => self.holder.organisation.as_deref(),
            Kind::Person => self.holder.person.as_deref(),
        };
        name.unwrap_or(&self.holder.name)
    }
}

/// The first id number in a certificate.
pub(super) fn person_code(holder: &Holder) -> Option<&str> {
    holder.identities.iter().find(|one| one.kind == IdentityKind::Person).map(|one| one.value.as_str())
}

/// The account.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// A unit or a natural person.
    pub kind: Kind,
    /// Its name in the system.
    pub name: &'a str,
    /// Its code.
    pub code: &'a str,
    /// Whether its data were approved and are here.
    pub ready: bool,
}

/// A living lock of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its name in the database.
    pub binding: String,
    /// Digest of its certificate.
    pub fingerprint: String,
    /// The CA family that issued it.
    pub family: String,
    /// The product that it is.
    pub product: String,
    /// What kind of holder it names.
    pub holder_kind: HolderKind,
    /// The person it names; `None` for an organisation's.
    pub person: Option<String>,
    /// What it is at the account.
    pub role: Role,
    /// Whether it has been looked at.
    pub review: Review,
    /// Unix seconds.
    pub not_after: u64,
}

#[cfg(test)]
pub(super) mod made {
    //! Holders, locks and accounts for the decisions' tests, all invented.

    use calock::certificate::{Identity, IdentityKind};

    use super::*;

    pub(in crate::binding) const CODE: &str = "911101050000000514";
    pub(in crate::binding) const NAME: &str = "示例建设有限公司";
    pub(in crate::binding) const PERSON_CODE: &str = "110105199001010037";

    pub(in crate::binding) const UNIT: Owner<'_> = Owner { kind: Kind::Unit, name: NAME, code: CODE, ready: true };

    fn identity(kind: IdentityKind, value: &str) -> Identity {
        Identity { kind, value: value.into(), oid: String::new(), checked: true, prefix: None, hint: None }
    }

    pub(in crate::binding) fn enterprise(name: &str, code: &str) -> Holder {
        Holder {
            name: name.into(),
            organisation: Some(name.into()),
            person: None,
            kind: HolderKind::Enterprise,
            evidence: Vec::new(),
            identities: vec![identity(IdentityKind::Uscc, code)],
            code: Some(code.into()),
        }
    }

    pub(in crate::binding) fn employee(person: &str) -> Holder {
        Holder { kind: HolderKind::Employee, person: Some(person.into()), ..enterprise(NAME, CODE) }
    }

    pub(in crate::binding) fn person(name: &str, code: &str) -> Holder {
        Holder {
            name: name.into(),
            organisation: None,
            person: Some(name.into()),
            kind: HolderKind::Person,
            evidence: Vec::new(),
            identities: vec![identity(IdentityKind::Person, code)],
            code: None,
        }
    }

    pub(in crate::binding) fn held(binding: &str, product: &Product, role: Role) -> Held {
        Held {
            binding: binding.into(),
            fingerprint: format!("fingerprint of {binding}"),
            family: product.family.clone(),
            product: product.id.clone(),
            holder_kind: HolderKind::Enterprise,
            person: None,
            role,
            review: Review::None,
            not_after: 1_000,
        }
    }
}
