//! `GET /api/bindings/{binding}`: one certificate (查看), and what happened to its binding.

use axum::Json as Answer;
use axum::extract::{Path, State};
use base64ct::{Base64, Encoding};
use calock::Code;
use calock::certificate::time::rfc3339;
use calock::certificate::{Certificate, Holder, Identity, Name, holder};
use calock::text::GBK;
use serde_json::{Value, json};

use super::Shown;
use super::endpoints::of_account;
use crate::history;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::rules::{May, Rules};
use crate::session::User;
use crate::store::Binding;

/// Shows it, persons' numbers masked.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn show(
    State(portal): State<Portal>,
    user: User,
    Path(binding): Path<String>,
) -> Result<Answer<Value>, Refusal> {
    let name = user.account.account.as_str();
    let found = of_account(&portal, name, &binding).await?;
    let der = Base64::decode_vec(&found.certificate).map_err(|_| Code::Internal)?;
    let certificate = Certificate::from_der(&der)?;
    let entries = portal.store().audit_about(name, &binding).await?;
    Ok(Answer(json!({
        "binding": Shown::of(portal.rules(), &found, portal.now(), user.session.binding.as_deref()),
        "certificate": certificate_shown(&certificate, &found, portal.rules()),
        "history": entries.iter().map(|entry| history::shown(entry, name)).collect::<Vec<_>>(),
    })))
}

fn certificate_shown(certificate: &Certificate, binding: &Binding, rules: &Rules) -> Value {
    let product = rules.products.iter().find(|product| product.id == binding.product);
    let may = |what| product.is_some_and(|product| product.may(what));
    json!({
        "subject": attributes(certificate.subject()),
        "issuer": attributes(certificate.issuer()),
        "serial": certificate.serial(),
        "algorithm": certificate.key().algorithm(),
        "fingerprint": certificate.fingerprint(),
        "notBefore": rfc3339(certificate.not_before()),
        "notAfter": rfc3339(certificate.not_after()),
        "holder": holder_shown(&holder(certificate, GBK)),
        "may": {"logIn": may(May::LogIn), "seal": may(May::Seal), "bid": may(May::Bid)},
    })
}

fn attributes(name: &Name) -> Vec<Value> {
    name.attributes(GBK).iter().map(|one| json!({"name": one.name, "value": one.masked()})).collect()
}

fn holder_shown(holder: &Holder) -> Value {
    let masked = |one: &Identity| json!({"kind": one.kind.as_str(), "masked": one.masked()});
    json!({
        "name": holder.name, "kind": holder.kind.as_str(), "organisation": holder.organisation, "person": holder.person,
        "code": holder.code, "identities": holder.identities.iter().map(masked).collect::<Vec<_>>(),
    })
}
