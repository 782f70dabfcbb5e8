//! A certificate with a new serial that shall take an old one's place: asked for by the login, confirmed or approved later.

use base64ct::{Base64, Encoding};
use calock::Code;
use calock::certificate::{Certificate, holder};
use calock::text::GBK;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Kind, State};
use crate::binding::shown::lock_number;
use crate::binding::step::{self, By};
use crate::binding::{As, Candidate, Owner, Proved, Review, Role, fits};
use crate::number;
use crate::refusal::Refusal;
use crate::rules::{RenewalHow, Rules};
use crate::store::{Account, Audit, Binding, Changes, Request};

/// What such a request says.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) lock_number: String,
    pub(crate) serial: String,
    pub(crate) product: String,
    pub(crate) old_lock_number: String,
    pub(crate) old_serial: String,
    /// The binding that ends.
    pub(crate) replaces: String,
    /// What the new one will be.
    pub(crate) role: String,
}

impl Said {
    /// Of a request.
    ///
    /// # Errors
    /// `INTERNAL` for one that this version cannot read.
    pub(crate) fn of(request: &Request) -> Result<Self, Refusal> {
        serde_json::from_str(&request.data).map_err(|_| Code::Internal.into())
    }
}

/// Keeps the request, or finds the one that waits already. The step has taken turns about the account and keeps the evidence.
///
/// # Errors
/// `STORE_UNAVAILABLE`, `INTERNAL`.
pub(crate) async fn ask(
    changes: &mut Changes<'_>,
    proved: &Proved<'_>,
    account: &Account,
    old: &Binding,
    role: Role,
    at: u64,
) -> Result<Request, Refusal> {
    let fingerprint = proved.certificate.fingerprint();
    let waiting = changes.waiting_request(Kind::Renewal, &account.account, Some(&fingerprint)).await?;
    if let Some(waiting) = waiting {
        return Ok(waiting);
    }
    let said = Said {
        name: proved.holder.name.clone(),
        lock_number: lock_number(&fingerprint),
        serial: proved.certificate.serial(),
        product: proved.product.id.clone(),
        old_lock_number: lock_number(&old.fingerprint),
        old_serial: old.serial.clone(),
        replaces: old.binding.clone(),
        role: role.as_str().into(),
    };
    let request = Request {
        number: number::make()?,
        kind: Kind::Renewal,
        account: Some(account.account.clone()),
        state: State::Waiting,
        data: serde_json::to_string(&said).map_err(|_| Code::Internal)?,
        fingerprint: Some(fingerprint),
        evidence: Some(proved.evidence.into()),
        at,
        decided_at: None,
        decided_by: None,
        reason: None,
    };
    changes.insert_request(&request).await?;
    let entry = Audit {
        at,
        actor: "-",
        account: Some(&account.account),
        action: "apply",
        object: Some(&request.number),
        detail: json!({"kind": "renewal", "serial": said.serial, "oldSerial": said.old_serial}),
        evidence: Some(proved.evidence),
    };
    changes.audit(&entry).await?;
    Ok(request)
}

/// What the login says: `SERIAL_CHANGED`, with what to do about it.
pub(crate) fn notice(rules: &Rules, request: &Request, how: RenewalHow) -> Value {
    let refusal = Refusal::new(Code::SerialChanged).with("request", number::shown(&request.number));
    let refusal = match how {
        RenewalHow::Confirm => {
            refusal.with("ways", json!(WAYS)).with("mayKeep", rules.binding.several).with("account", line(request))
        }
        RenewalHow::Review | RenewalHow::Replace => refusal.with("ways", json!([])),
    };
    refusal.said(rules)
}

/// Who may confirm.
pub(super) const WAYS: [&str; 2] = ["password", "old-lock"];

/// The account line of the statement by which the old lock confirms.
pub(super) fn line(request: &Request) -> String {
    format!("{}/{}", request.account.as_deref().unwrap_or_default(), request.number)
}

/// Where the page goes.
pub(crate) fn next(request: &Request) -> String {
    format!("/requests?number={}", number::shown(&request.number))
}

/// Puts the new lock in the old one's place, or beside it with `keep`. The step has taken turns about the account, and brings the
/// request to its end itself.
///
/// # Errors
/// `STATE_CONFLICT` `ended` when the old lock is not alive any more; `KEY_ALREADY_BOUND`; `NAME_MISMATCH` and the like when the
/// account is not any more what it was when the request was made.
pub(crate) async fn exchange(
    changes: &mut Changes<'_>,
    rules: &Rules,
    request: &Request,
    account: &Account,
    by: By<'_>,
    keep: bool,
) -> Result<Binding, Refusal> {
    let said = Said::of(request)?;
    let evidence = request.evidence.as_deref().ok_or(Code::Internal)?;
    let signed = changes.evidence(evidence).await?.ok_or(Code::Internal)?;
    let der = Base64::decode_vec(&signed.evidence.certificate).map_err(|_| Code::Internal)?;
    let certificate = Certificate::from_der(&der)?;
    let holder = holder(&certificate, GBK);
    let product = rules.products.iter().find(|product| product.id == said.product).ok_or(Code::ProductNotAccepted)?;
    certificate.check_dates(by.at)?;
    let candidate = Candidate { fingerprint: &signed.evidence.fingerprint, holder: &holder, product: Some(product) };
    fits(rules, &Owner::of(account, by.at).ok_or(Code::NotAllowed)?, &candidate)?;
    let proved = Proved { certificate: &certificate, holder: &holder, product, evidence };
    let role = Role::parse(&said.role).ok_or(Code::Internal)?;
    let as_ = As {
        account: &account.account,
        // A lock that stays keeps its role; where there are main and secondary ones the other is a secondary one.
        role: if keep && rules.binding.secondary { Role::Secondary } else { role },
        staff: None,
        replaces: (!keep).then_some(said.replaces.as_str()),
        review: if rules.binding.review { Review::Approved } else { Review::None },
    };
    step::bind(changes, &proved, &as_, by).await
}
