//! A certificate and its holder as JSON. The field names are those that the browser module gives to pages.

use calock::certificate::time::rfc3339;
use calock::certificate::{Attribute, Certificate, Holder, Name, holder};
use calock::text::GBK;
use serde::Serialize;

/// A certificate.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CertificateView {
    /// Hex of SM3 (SM2 keys) or SHA-256 over the DER.
    pub(crate) fingerprint: String,
    pub(crate) holder: HolderView,
    pub(crate) subject: Vec<AttributeView>,
    pub(crate) issuer: Vec<AttributeView>,
    /// Upper hex.
    pub(crate) serial: String,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    /// `SM2-SM3`, `RS256`, `ES256`; empty for a key that is none of these.
    pub(crate) algorithm: &'static str,
    pub(crate) usage: &'static str,
    /// The key may issue certificates.
    pub(crate) ca: bool,
    /// `ok`, `expired`, `not-yet` at the time of asking.
    pub(crate) state: &'static str,
}

/// The holder of a certificate.
#[derive(Serialize)]
pub(crate) struct HolderView {
    pub(crate) name: String,
    pub(crate) organisation: Option<String>,
    pub(crate) person: Option<String>,
    pub(crate) kind: &'static str,
    pub(crate) code: Option<String>,
    pub(crate) evidence: Vec<&'static str>,
    pub(crate) identities: Vec<IdentityView>,
}

/// One number that identifies the holder.
#[derive(Serialize)]
pub(crate) struct IdentityView {
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    pub(crate) oid: String,
    /// The value with a person's digits hidden.
    pub(crate) masked: String,
    /// Its check digits are right.
    pub(crate) checked: bool,
}

/// One attribute of a name.
#[derive(Serialize)]
pub(crate) struct AttributeView {
    pub(crate) oid: String,
    pub(crate) name: String,
    pub(crate) value: String,
    #[serde(skip)]
    pub(crate) masked: String,
}

impl CertificateView {
    /// The view at a time in unix seconds.
    pub(crate) fn of(certificate: &Certificate, now: u64) -> Self {
        let state = match now {
            _ if now < certificate.not_before() => "not-yet",
            _ if now > certificate.not_after() => "expired",
            _ => "ok",
        };
        Self {
            fingerprint: certificate.fingerprint(),
            holder: HolderView::of(&holder(certificate, GBK)),
            subject: attributes(certificate.subject()),
            issuer: attributes(certificate.issuer()),
            serial: certificate.serial(),
            not_before: rfc3339(certificate.not_before()),
            not_after: rfc3339(certificate.not_after()),
            algorithm: certificate.key().algorithm(),
            usage: certificate.usage().as_str(),
            ca: certificate.is_ca(),
            state,
        }
    }
}

impl HolderView {
    /// The view of a holder.
    pub(crate) fn of(holder: &Holder) -> Self {
        let identity = |identity: &calock::certificate::Identity| IdentityView {
            kind: identity.kind.as_str(),
            value: identity.value.clone(),
            oid: identity.oid.clone(),
            masked: identity.masked(),
            checked: identity.checked,
        };
        Self {
            name: holder.name.clone(),
            organisation: holder.organisation.clone(),
            person: holder.person.clone(),
            kind: holder.kind.as_str(),
            code: holder.code.clone(),
            evidence: holder.evidence.clone(),
            identities: holder.identities.iter().map(identity).collect(),
        }
    }
}

fn attributes(name: &Name) -> Vec<AttributeView> {
    let view = |attribute: Attribute| AttributeView {
        masked: attribute.masked(),
        oid: attribute.oid,
        name: attribute.name,
        value: attribute.value,
    };
    name.attributes(GBK).into_iter().map(view).collect()
}
