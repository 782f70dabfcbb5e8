//! What JavaScript gets to see, as JSON: the shapes of `www/calock/index.d.ts`.

use super::host::{gbk, now};
use crate::base64;
use crate::certificate::{self, Certificate, Name, time::rfc3339};
use crate::error::{Code, Error, Remark};
use crate::hash::hex;
use crate::json::Json;
use crate::prelude::*;
use crate::session::{Entry, LockInfo, PinQuestion, Signed, Step};

/// `CertificateInfo`.
pub(super) fn certificate(entry: &Entry) -> String {
    certificate_in(&entry.certificate, &entry.container.text())
}

/// The same of a certificate in a container of this name.
pub(super) fn certificate_in(certificate: &Certificate, container: &str) -> String {
    let holder = certificate::holder(certificate, gbk);
    let identities = holder.identities.iter().map(|identity| {
        Json::object(|json| {
            json.text("kind", identity.kind.as_str());
            json.text("value", &identity.value);
            json.text("oid", &identity.oid);
            json.text("masked", &identity.masked());
        })
    });
    let identities = Json::array(identities);
    let evidence = Json::array(holder.evidence.iter().map(|word| Json::quoted(word)));
    let holder = Json::object(|json| {
        json.text("name", &holder.name);
        json.optional("organisation", holder.organisation.as_deref());
        json.optional("person", holder.person.as_deref());
        json.text("kind", holder.kind.as_str());
        json.optional("code", holder.code.as_deref());
        json.raw("evidence", &evidence);
        json.raw("identities", &identities);
    });
    Json::object(|json| {
        json.text("fingerprint", &certificate.fingerprint());
        json.raw("holder", &holder);
        json.raw("subject", &name(certificate.subject()));
        json.raw("issuer", &name(certificate.issuer()));
        json.text("serial", &certificate.serial());
        json.text("notBefore", &rfc3339(certificate.not_before()));
        json.text("notAfter", &rfc3339(certificate.not_after()));
        json.text("algorithm", certificate.key().algorithm());
        json.text("usage", certificate.usage().as_str());
        json.text("container", container);
        json.text("state", state(certificate));
    })
}

/// `LockInfo`.
pub(super) fn lock_info(info: &LockInfo) -> String {
    let device = info.device.as_ref();
    let applications = Json::array(info.applications.iter().map(|name| Json::quoted(&name.text())));
    Json::object(|json| {
        json.optional("manufacturer", device.map(|device| device.manufacturer.as_str()));
        json.optional("label", device.map(|device| device.label.as_str()));
        json.optional("serial", device.map(|device| device.serial.as_str()));
        json.raw("applications", &applications);
    })
}

/// `SignedStatement`: what a page posts.
pub(super) fn signed(signed: &Signed) -> String {
    let statement = &signed.statement;
    Json::object(|json| {
        json.text("format", crate::statement::FORMAT);
        json.text("purpose", statement.purpose.as_str());
        json.text("origin", &statement.origin);
        json.text("nonce", &statement.nonce);
        json.text("client", &statement.client);
        json.optional("account", statement.account.as_deref());
        json.optional("payload", statement.payload.map(|digest| hex(&digest)).as_deref());
        json.text("time", &statement.time);
        json.text("certificate", &base64::encode(signed.entry.certificate.der()));
        json.text("algorithm", signed.algorithm);
        json.text("signature", &base64::encode(&signed.signature));
        json.text("software", concat!("calock/", env!("CARGO_PKG_VERSION")));
    })
}

/// `Step`.
pub(super) fn step(step: &Step<'_>) -> String {
    Json::object(|json| {
        json.text(
            "at",
            match step {
                Step::Waiting => "waiting",
                Step::Opening => "opening",
                Step::Reading => "reading",
                Step::Certificate(_) => "certificate",
                Step::Pin(_) => "pin",
                Step::Signing => "signing",
                Step::Checking => "checking",
                Step::Done => "done",
            },
        );
        match step {
            Step::Certificate(entry) => json.raw("certificate", &certificate(entry)),
            Step::Pin(left) => json.number("triesLeft", left.map(usize::from)),
            _ => {}
        }
    })
}

/// `PinQuestion`, without its signal.
pub(super) fn question(question: &PinQuestion) -> String {
    Json::object(|json| {
        json.number("triesLeft", question.tries_left.map(usize::from));
        json.number("triesMax", question.tries_max.map(usize::from));
        json.truth("lastTry", question.last_try);
        json.text("purpose", question.purpose.as_str());
        json.raw("certificate", &certificate(&question.entry));
    })
}

/// The fields of a `CalockError`.
pub(super) fn error(error: &Error) -> String {
    Json::object(|json| {
        json.text("code", error.code.as_str());
        json.optional("phase", error.phase.map(crate::error::Phase::as_str));
        json.truth("retriable", error.code.retriable());
        json.number("triesLeft", error.tries_left.map(usize::from));
        json.number("status", error.status.map(|status| status.get().into()));
        json.optional("detail", error.detail.map(Remark::as_str));
    })
}

fn name(name: &Name) -> String {
    Json::array(name.attributes(gbk).iter().map(|attribute| {
        Json::object(|json| {
            json.text("oid", &attribute.oid);
            json.text("name", &attribute.name);
            json.text("value", &attribute.value);
        })
    }))
}

fn state(certificate: &Certificate) -> &'static str {
    match certificate.check_dates(now()).map_err(|error| error.code) {
        Ok(()) => "ok",
        Err(Code::CertExpired) => "expired",
        Err(_) => "not-yet",
    }
}
