//! Between the decisions and what is kept: rows of the database as the decisions see them, and what was decided as a row.

use base64ct::{Base64, Encoding};
use calock::certificate::identity::mask;
use calock::certificate::{Certificate, Holder, HolderKind};
use calock::{Code, Result};
use serde_json::json;

use super::{Candidate, Change, Held, Owner, Review, Role, Unfit};
use crate::names;
use crate::proof::{Proof, issuer_name};
use crate::random;
use crate::refusal::Refusal;
use crate::rules::{Kind, Product};
use crate::store::{Account, AccountKind, Binding};

impl Held {
    /// A living row; `None` for one whose words this version does not know.
    pub(crate) fn of(binding: &Binding) -> Option<Self> {
        let kinds = [HolderKind::Enterprise, HolderKind::Employee, HolderKind::Person, HolderKind::Unknown];
        Some(Self {
            binding: binding.binding.clone(),
            fingerprint: binding.fingerprint.clone(),
            family: binding.family.clone(),
            product: binding.product.clone(),
            holder_kind: kinds.into_iter().find(|kind| kind.as_str() == binding.holder_kind)?,
            person: binding.person.clone(),
            role: Role::parse(&binding.role)?,
            review: Review::parse(&binding.review_state)?,
            not_after: binding.not_after,
        })
    }

    /// Several.
    pub(crate) fn all(bindings: &[Binding]) -> Vec<Self> {
        bindings.iter().filter_map(Self::of).collect()
    }
}

impl<'a> Owner<'a> {
    /// An account; an administrator's owns no lock.
    pub(crate) fn of(account: &'a Account, now: u64) -> Self {
        let kind = match account.kind {
            AccountKind::Person => Kind::Person,
            AccountKind::Unit | AccountKind::Admin => Kind::Unit,
        };
        Self {
            kind,
            name: &account.name,
            code: account.code.as_deref().unwrap_or_default(),
            ready: account.is_ready(now),
        }
    }
}

impl<'a> Candidate<'a> {
    /// What has just signed.
    pub(crate) fn of(proof: &'a Proof<'_>) -> Self {
        Self { fingerprint: proof.fingerprint(), holder: &proof.holder, product: proof.product }
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
    pub(crate) fn of(proof: &'a Proof<'_>) -> Result<Self> {
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
    pub(crate) fn bound(&self, at: u64, as_: &As<'_>) -> Result<Binding> {
        let certificate = self.certificate;
        Ok(Binding {
            binding: random::token()?,
            account: as_.account.into(),
            fingerprint: certificate.fingerprint(),
            certificate: Base64::encode_string(certificate.der()),
            serial: certificate.serial(),
            subject: names::subject(certificate),
            holder_name: self.holder.name.clone(),
            holder_code: self.holder.code.clone(),
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
                let certificate = certificate.as_deref().map(mask);
                let codes = json!({"account": mask(&account), "certificate": certificate});
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
