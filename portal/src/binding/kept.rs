//! Between what is kept and what the decisions look at.

use base64ct::{Base64, Encoding};
use calock::certificate::HolderKind;

use super::{Change, Held, Owner, Review, Role};
use crate::names::{bare, subject};
use crate::proof::{Proof, issuer_name};
use crate::random;
use crate::refusal::Refusal;
use crate::rules::Kind;
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
}

/// The row of a lock that has proved itself, about to be bound to an account.
///
/// # Errors
/// `PRODUCT_NOT_ACCEPTED`; `INTERNAL` when the system gives no randomness.
pub(crate) fn row(proof: &Proof<'_>, account: &Account, role: Role, review: Review) -> Result<Binding, Refusal> {
    let product = proof.product.ok_or(calock::Code::ProductNotAccepted)?;
    let candidate = proof.candidate();
    let code = match account.kind {
        AccountKind::Person => candidate.code(Kind::Person),
        _ => candidate.code(Kind::Unit),
    };
    Ok(Binding {
        binding: random::token()?,
        account: account.account.clone(),
        fingerprint: proof.fingerprint().into(),
        certificate: Base64::encode_string(proof.certificate.der()),
        serial: proof.certificate.serial(),
        subject: subject(&proof.certificate),
        holder_name: proof.holder.name.clone(),
        holder_code: code.map(bare),
        holder_kind: proof.holder.kind.as_str().into(),
        person: proof.holder.person.clone(),
        issuer: issuer_name(&proof.certificate).unwrap_or_default(),
        product: product.id.clone(),
        family: product.family.clone(),
        algorithm: proof.certificate.key().algorithm().into(),
        not_after: proof.certificate.not_after(),
        role: role.as_str().into(),
        staff: None,
        change_state: Change::New.as_str().into(),
        review_state: review.as_str().into(),
        review_reason: None,
        replaces: None,
        evidence: proof.signed.record.clone(),
        bound_at: proof.signed.at,
        ended_at: None,
        ended_by: None,
        ended_reason: None,
        ended_evidence: None,
    })
}
