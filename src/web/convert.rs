//! What JavaScript gets, made by hand: a conversion library costs more bytes than these lines.

use base64ct::{Base64, Encoding as _};
use js_sys::Array;
use wasm_bindgen::JsValue;

use super::environment::{gbk, object};
use crate::certificate::{self, Certificate, Name, time::rfc3339};
use crate::error::Code;
use crate::hash::hex;
use crate::session::{Entry, LockInfo, Signed, Step};

/// `CertificateInfo` of `index.d.ts`. `now` is Unix time in seconds.
pub(super) fn certificate(entry: &Entry, now: u64) -> JsValue {
    let certificate = &entry.certificate;
    let holder = certificate::holder(certificate, gbk);
    let identities: Array = holder
        .identities
        .iter()
        .map(|identity| {
            object(&[
                ("kind", identity.kind.as_str().into()),
                ("value", identity.value.as_str().into()),
                ("oid", identity.oid.as_str().into()),
                ("masked", identity.masked().into()),
            ])
        })
        .collect();
    let holder = object(&[
        ("name", holder.name.into()),
        ("organisation", holder.organisation.as_deref().into_js()),
        ("person", holder.person.as_deref().into_js()),
        ("kind", holder.kind.as_str().into()),
        ("code", holder.code.as_deref().into_js()),
        ("evidence", holder.evidence.iter().map(|word| JsValue::from(*word)).collect::<Array>().into()),
        ("identities", identities.into()),
    ]);
    object(&[
        ("fingerprint", certificate.fingerprint().into()),
        ("holder", holder),
        ("subject", name(certificate.subject())),
        ("issuer", name(certificate.issuer())),
        ("serial", certificate.serial().into()),
        ("notBefore", rfc3339(certificate.not_before()).into()),
        ("notAfter", rfc3339(certificate.not_after()).into()),
        ("algorithm", certificate.key().algorithm().into()),
        ("usage", certificate.usage().as_str().into()),
        ("container", entry.container.text().into()),
        ("state", state(certificate, now).into()),
    ])
}

/// `LockInfo` of `index.d.ts`.
pub(super) fn lock_info(info: &LockInfo) -> JsValue {
    let device = info.device.as_ref();
    object(&[
        ("manufacturer", device.map(|device| device.manufacturer.as_str()).into_js()),
        ("label", device.map(|device| device.label.as_str()).into_js()),
        ("serial", device.map(|device| device.serial.as_str()).into_js()),
        ("applications", info.applications.iter().map(|name| JsValue::from(name.text())).collect::<Array>().into()),
    ])
}

/// `SignedStatement` of `index.d.ts`: what a page posts.
pub(super) fn signed(signed: &Signed) -> JsValue {
    let statement = &signed.statement;
    object(&[
        ("format", "calock:1".into()),
        ("purpose", statement.purpose.as_str().into()),
        ("origin", statement.origin.as_str().into()),
        ("nonce", statement.nonce.as_str().into()),
        ("client", statement.client.as_str().into()),
        ("account", statement.account.as_deref().into_js()),
        ("payload", statement.payload.map(|digest| hex(&digest)).as_deref().into_js()),
        ("time", statement.time.as_str().into()),
        ("certificate", Base64::encode_string(signed.entry.certificate.der()).into()),
        ("algorithm", signed.algorithm.into()),
        ("signature", Base64::encode_string(&signed.signature).into()),
        ("software", concat!("calock/", env!("CARGO_PKG_VERSION")).into()),
    ])
}

/// `Step` of `index.d.ts`.
pub(super) fn step(step: &Step<'_>, now: u64) -> JsValue {
    let at = |name: &str| object(&[("at", name.into())]);
    match step {
        Step::Waiting => at("waiting"),
        Step::Opening => at("opening"),
        Step::Reading => at("reading"),
        Step::Certificate(entry) => object(&[("at", "certificate".into()), ("certificate", certificate(entry, now))]),
        Step::Pin(info) => {
            object(&[("at", "pin".into()), ("triesLeft", info.map_or(JsValue::NULL, |info| info.left.into()))])
        }
        Step::Signing => at("signing"),
        Step::Checking => at("checking"),
        Step::Done => at("done"),
    }
}

fn name(name: &Name) -> JsValue {
    let attributes = name.attributes(gbk);
    let listed: Array = attributes
        .iter()
        .map(|attribute| {
            object(&[
                ("oid", attribute.oid.as_str().into()),
                ("name", attribute.name.as_str().into()),
                ("value", attribute.value.as_str().into()),
            ])
        })
        .collect();
    listed.into()
}

fn state(certificate: &Certificate, now: u64) -> &'static str {
    match certificate.check_dates(now).map_err(|error| error.code) {
        Ok(()) => "ok",
        Err(Code::CertExpired) => "expired",
        Err(_) => "not-yet",
    }
}

trait IntoJs {
    fn into_js(self) -> JsValue;
}

impl IntoJs for Option<&str> {
    /// `null` for nothing: JSON has no undefined.
    fn into_js(self) -> JsValue {
        self.map_or(JsValue::NULL, JsValue::from)
    }
}
