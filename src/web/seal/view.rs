//! What JavaScript gets to see of seals and documents, as JSON: the shapes of `www/calock/index.d.ts`.

use crate::certificate::Certificate;
use crate::certificate::time::rfc3339;
use crate::check::Check;
use crate::hash::hex;
use crate::json::Json;
use crate::prelude::*;
#[cfg(feature = "pdf")]
use crate::seal::pdf::EmptyField;
use crate::seal::placement::{Place, Rect};
use crate::seal::ses::Signers;
use crate::seal::{Kind, Seal, SealInfo, SignatureReport, Stamp};
use crate::web::boxes::rect;
use crate::web::host::gbk;

/// `SealInfo`.
pub(super) fn seal(seal: &Seal, now: u64) -> String {
    let picture = seal.picture();
    let signers = match seal.signers() {
        Signers::Certificates(list) => Json::array(list.iter().map(|der| {
            let certificate = Certificate::from_der(der).ok();
            signer(
                certificate.as_ref().map(common_name),
                certificate.as_ref().map_or_else(String::new, Certificate::fingerprint),
            )
        })),
        Signers::Digests(list) => Json::array(list.iter().map(|one| signer(None, hex(&one.value)))),
    };
    Json::object(|json| {
        described(json, &SealInfo::of(seal));
        json.text("format", &picture.format);
        json.number("width", usize::try_from(picture.width).ok());
        json.number("height", usize::try_from(picture.height).ok());
        json.raw("signers", &signers);
        json.text("maker", &name(seal.maker()));
        json.text("signature", Check::from(seal.verify()).as_str());
        json.text("dates", Check::from(seal.check_dates(now)).as_str());
    })
}

/// Who may seal, by the certificate's fingerprint.
fn signer(name: Option<String>, fingerprint: String) -> String {
    Json::object(|json| {
        json.optional("name", name.as_deref());
        json.text("fingerprint", &fingerprint);
    })
}

fn described(json: &mut Json, seal: &SealInfo) {
    json.number("version", usize::try_from(seal.version.number()).ok());
    json.text("id", &seal.id);
    json.text("name", &seal.name);
    json.text("vendor", &seal.vendor);
    json.text("validFrom", &rfc3339(seal.valid_from));
    json.text("validUntil", &rfc3339(seal.valid_until));
}

fn name(der: &[u8]) -> String {
    Certificate::from_der(der)
        .map_or_else(|error| error.code.as_str().to_owned(), |certificate| common_name(&certificate))
}

/// The holder as the certificate calls it (CN, or else O). Whose kind it is, the module that talks to the lock knows.
fn common_name(certificate: &Certificate) -> String {
    let attributes = certificate.subject().attributes(gbk);
    let find = |oid| attributes.iter().find(|attribute| attribute.oid == oid);
    find("2.5.4.3").or_else(|| find("2.5.4.10")).map_or_else(String::new, |attribute| attribute.value.clone())
}

/// `SealPlace`s: pages from 1, millimetres.
pub(super) fn places(places: &[Place]) -> String {
    Json::array(places.iter().map(|place| {
        Json::object(|json| {
            json.number("page", Some(place.page + 1));
            boxes(json, &place.boundary, place.clip.as_ref());
        })
    }))
}

/// `SealField`s: pages from 1, millimetres.
#[cfg(feature = "pdf")]
pub(super) fn fields(fields: &[EmptyField]) -> String {
    Json::array(fields.iter().map(|field| {
        Json::object(|json| {
            json.text("name", &field.name);
            json.number("page", Some(field.page + 1));
            rect(json, &field.boundary);
        })
    }))
}

fn boxes(json: &mut Json, boundary: &Rect, clip: Option<&Rect>) {
    rect(json, boundary);
    match clip {
        Some(clip) => json.raw("clip", &Json::object(|json| rect(json, clip))),
        None => json.raw("clip", "null"),
    }
}

/// What `calock seal verify --json` prints.
pub(super) fn reports(reports: &[SignatureReport]) -> String {
    let signatures = Json::array(reports.iter().map(report));
    Json::object(|json| json.raw("signatures", &signatures))
}

fn report(report: &SignatureReport) -> String {
    let named = report.checks.named();
    let texts = |list: &[String]| Json::array(list.iter().map(|text| Json::quoted(text)));
    Json::object(|json| {
        json.raw(
            "checks",
            &Json::object(|json| named.iter().for_each(|(name, check)| json.text(name, check.as_str()))),
        );
        let codes = |json: &mut Json| {
            named.iter().for_each(|(name, check)| {
                if let Some(code) = check.code() {
                    json.text(name, code.as_str());
                }
            });
        };
        json.raw("codes", &Json::object(codes));
        json.text("id", &report.id);
        json.text("kind", if report.kind == Kind::Seal { "seal" } else { "sign" });
        json.optional("time", report.time.seconds().map(rfc3339).as_deref());
        json.optional("stamped", report.stamped.map(rfc3339).as_deref());
        json.optional("signer", report.signer.as_ref().map(common_name).as_deref());
        match &report.seal {
            Some(seal) => json.raw("seal", &Json::object(|json| described(json, seal))),
            None => json.raw("seal", "null"),
        }
        json.raw("stamps", &Json::array(report.stamps.iter().map(stamp)));
        json.raw("changed", &texts(&report.changed));
        json.raw("added", &texts(&report.added));
    })
}

/// Boxes as OFD writes them: `x y w h` in millimetres.
fn stamp(stamp: &Stamp) -> String {
    Json::object(|json| {
        json.number("page", Some(stamp.page));
        json.text("boundary", &stamp.boundary.text());
        json.optional("clip", stamp.clip.map(|clip| clip.text()).as_deref());
    })
}
