//! What JavaScript gets to see of lock management, as JSON: the shapes of `www/calock/index.d.ts`.

use crate::hash::hex;
use crate::json::Json;
use crate::lock::Profile;
use crate::lock::gmt0017::KeyKind;
use crate::lock::profile::Card;
use crate::session::{
    ApplicationReport, ContainerReport, Content, FileReport, LockReport, ManageStep, PinTries, Produced,
};
use crate::web::view::{certificate_in, error};

/// `LockReport`.
pub(super) fn report(report: &LockReport, profile: &Profile) -> String {
    let (read_only, can_change_pin) = match &profile.card {
        Card::Gmt0017(rules) => (rules.pin.is_none(), rules.change_pin.is_some()),
        Card::Piv => (true, false),
    };
    let device = report.device.as_ref().map_or_else(
        || "null".to_owned(),
        |device| {
            let version = |version: Option<(u8, u8)>| {
                version.map(|(major, minor)| {
                    let [major, minor] = [major, minor].map(|part| crate::hash::decimal(part.into()));
                    [major, minor].join(".")
                })
            };
            let bytes = |bytes: Option<u32>| bytes.and_then(|bytes| usize::try_from(bytes).ok());
            Json::object(|json| {
                json.text("manufacturer", &device.manufacturer);
                json.text("issuer", &device.issuer);
                json.text("label", &device.label);
                json.text("serial", &device.serial);
                json.optional("hardware", version(device.hardware).as_deref());
                json.optional("firmware", version(device.firmware).as_deref());
                json.number("totalSpace", bytes(device.total_space));
                json.number("freeSpace", bytes(device.free_space));
            })
        },
    );
    let applications = Json::array(report.applications.iter().map(application));
    Json::object(|json| {
        json.text("model", profile.title);
        json.truth("readOnly", read_only);
        json.truth("canChangePin", can_change_pin);
        json.raw("device", &device);
        json.raw("applications", &applications);
    })
}

fn application(application: &ApplicationReport) -> String {
    let pin = application.pin.map_or_else(
        || "null".to_owned(),
        |pin| {
            Json::object(|json| {
                json.number("triesLeft", Some(pin.left.into()));
                json.number("triesMax", Some(pin.max.into()));
                json.truth("isDefault", pin.is_default);
            })
        },
    );
    let containers = Json::array(application.containers.iter().map(container));
    let files = Json::array(application.files.iter().map(file));
    Json::object(|json| {
        json.text("name", &application.name.text());
        json.raw("pin", &pin);
        json.raw("containers", &containers);
        json.raw("files", &files);
    })
}

fn container(container: &ContainerReport) -> String {
    let name = container.name.text();
    let signing = content(&container.signing, container.info.signing_bits, &name);
    let encryption = content(&container.encryption, container.info.encryption_bits, &name);
    Json::object(|json| {
        json.text("name", &name);
        json.text(
            "kind",
            match container.info.kind {
                KeyKind::Empty => "empty",
                KeyKind::Rsa => "rsa",
                KeyKind::Sm2 => "sm2",
            },
        );
        json.raw("signing", &signing);
        json.raw("encryption", &encryption);
        json.truth("unfinished", container.unfinished);
        json.raw("fault", &container.fault.as_ref().map_or_else(|| "null".to_owned(), error));
    })
}

fn content(content: &Content, bits: u32, container: &str) -> String {
    Json::object(|json| {
        json.text(
            "state",
            match content {
                Content::Empty => "empty",
                Content::Key => "key",
                Content::Certificate(_) => "certificate",
                Content::Unreadable => "unreadable",
            },
        );
        json.number("bits", usize::try_from(bits).ok());
        match content {
            Content::Certificate(certificate) => {
                json.raw("certificate", &certificate_in(certificate, container));
                json.text("der", &crate::base64::encode(certificate.der()));
            }
            _ => json.raw("certificate", "null"),
        }
    })
}

fn file(file: &FileReport) -> String {
    // 0 nobody, 1 administrator, 10 user, FF anyone; what else there may be is shown as its number.
    let rights = |rights: u32| match rights {
        0 => "nobody".to_owned(),
        1 => "administrator".to_owned(),
        0x10 => "user".to_owned(),
        0xFF => "anyone".to_owned(),
        other => hex(&other.to_be_bytes()),
    };
    Json::object(|json| {
        json.text("name", &file.name.text());
        json.number("size", file.info.and_then(|info| usize::try_from(info.size).ok()));
        json.optional("read", file.info.map(|info| rights(info.read)).as_deref());
        json.optional("write", file.info.map(|info| rights(info.write)).as_deref());
    })
}

/// `Produced`.
pub(super) fn produced(produced: &Produced) -> String {
    let container = produced.container.text();
    Json::object(|json| {
        json.text("container", &container);
        json.raw("signing", &certificate_in(&produced.signing, &container));
        json.raw("encryption", &certificate_in(&produced.encryption, &container));
    })
}

/// `TriesAsk`, without its signal.
pub(super) fn tries(tries: &PinTries, both: bool) -> String {
    Json::object(|json| {
        json.number("triesLeft", tries.left.map(usize::from));
        json.number("triesMax", tries.max.map(usize::from));
        json.truth("lastTry", tries.last);
        json.truth("isDefault", tries.is_default);
        json.truth("both", both);
    })
}

/// `ManageStep`.
pub(super) fn step(step: ManageStep) -> String {
    Json::object(|json| json.text("at", step.as_str()))
}
