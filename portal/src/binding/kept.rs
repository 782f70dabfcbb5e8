//! Between what is kept and what the decisions look at.

use base64ct::{Base64, Encoding};
use calock::Code;
use calock::certificate::identity::mask;
use calock::certificate::{Certificate, Holder, HolderKind};
use serde_json::json;

use super::candidate::person_code;
use super::{Change, Held, Owner, Review, Role, Unfit};
use crate::names::{bare, subject};
use crate::proof::{Proof, issuer_name};
use crate::random;
use crate::refusal::Refusal;
use crate::rules::{Kind, Product};
use crate::store::{Account, AccountKind, Binding};

impl<'a> Owner<'a> {
    /// An account; `None` for an administrator's, which has no locks.
    #[must_use]
    pub fn of(account: &'a Account, now: u64) -> Option<Self> {
        let kind = match account.kind {
            AccountKind::Unit => Kind::Unit,
            AccountKind::Person => Kind::Person,
            AccountKind::Admin => return None,
        };
        let code = account.code.as_deref().unwrap_or_default();
        Some(Self { kind, name: &account.name, code, ready: account.is_ready(now) })
    }
}

impl Held {
    /// A living binding. What cannot be read any more counts as its weakest.
    #[must_use]
    pub fn of(binding: &Binding) -> Self {
        Self {
            binding: binding.binding.clone(),
            fingerprint: binding.fingerprint.clone(),
            product: binding.product.clone(),
            family: binding.family.clone(),
            holder_kind: match binding.holder_kind.as_str() {
                "enterprise" => HolderKind::Enterprise,
                "employee" => HolderKind::Employee,
                "person" => HolderKind::Person,
                _ => HolderKind::Unknown,
            },
            person: binding.person.clone(),
            role: Role::parse(&binding.role).unwrap_or(Role::Personal),
            review: Review::parse(&binding.review_state).unwrap_or(Review::Waiting),
            not_after: binding.not_after,
        }
    }

    /// Several.
    #[must_use]
    pub fn all(bindings: &[Binding]) -> Vec<Self> {
        bindings.iter().map(Self::of).collect()
    }
}

/// What a lock is bound as.
pub(crate) struct As<'a> {
    pub(crate) account: &'a str,
    pub(crate) role: Role,
    pub(crate) staff: Option<&'a str>,
    pub(crate) replaces: Option<&'a str>,
    pub(crate) review: Review,
}

/// A certificate that was proved, and the evidence of that.
pub(crate) struct Proved<'a> {
    pub(crate) certificate: &'a Certificate,
    pub(crate) holder: &'a Holder,
    pub(crate) product: &'a Product,
    pub(crate) evidence: &'a str,
}

impl<'a> Proved<'a> {
    /// From what has just signed.
    ///
    /// # Errors
    /// `PRODUCT_NOT_ACCEPTED`.
    pub(crate) fn of(proof: &'a Proof<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            certificate: &proof.certificate,
            holder: &proof.holder,
            product: proof.product.ok_or(Code::ProductNotAccepted)?,
            evidence: &proof.signed.record,
        })
    }

    /// The row of a new binding.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub(crate) fn bound(&self, at: u64, as_: &As<'_>) -> Result<Binding, Refusal> {
        let certificate = self.certificate;
        Ok(Binding {
            binding: random::token()?,
            account: as_.account.into(),
            fingerprint: certificate.fingerprint(),
            certificate: Base64::encode_string(certificate.der()),
            serial: certificate.serial(),
            subject: subject(certificate),
            holder_name: self.holder.name.clone(),
            holder_code: self.holder.code.as_deref().or_else(|| person_code(self.holder)).map(bare),
            holder_kind: self.holder.kind.as_str().into(),
            person: self.holder.person.clone(),
            issuer: issuer_name(certificate).unwrap_or_default(),
            product: self.product.id.clone(),
            family: self.product.family.clone(),
            algorithm: certificate.key().algorithm().into(),
            not_after: certificate.not_after(),
            role: as_.role.as_str().into(),
            staff: as_.staff.map(String::from),
            change_state: if as_.replaces.is_some() { Change::Changed } else { Change::New }.as_str().into(),
            review_state: as_.review.as_str().into(),
            review_reason: None,
            replaces: as_.replaces.map(String::from),
            evidence: self.evidence.into(),
            bound_at: at,
            ended_at: None,
            ended_by: None,
            ended_reason: None,
            ended_evidence: None,
        })
    }
}

impl From<Unfit> for Refusal {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Product => Self::new(Code::ProductNotAccepted),
            Unfit::Personal(reason) => Self::new(Code::PersonalKey).with("reason", reason),
            Unfit::Code { account, certificate } => {
                let certificate = certificate.as_deref().map(|code| mask(&bare(code)));
                let codes = json!({"account": mask(&bare(&account)), "certificate": certificate});
                Self::new(Code::CodeMismatch).with("codes", codes)
            }
            Unfit::Name { account, certificate } => {
                Self::new(Code::NameMismatch).with("names", json!({"account": account, "certificate": certificate}))
            }
            Unfit::Bound => Self::new(Code::KeyAlreadyBound),
            Unfit::State(reason) => Self::conflict(reason),
        }
    }
}
