//! What `calock serve --demo` offers: a test CA and a desk full of virtual locks, made once and kept in the data folder.

use std::path::Path;

use base64ct::{Base64, Encoding};
use calock::Error;
use calock::certificate::Certificate;
use calock::trust::TrustList;
use calock::virtual_lock::{
    Algorithm, Ca, CertificateUsage, Description, HolderDescription, HolderKind, LockFile, blank, issue,
};
use calock_portal::demo::Title;
use calock_portal::rules::Rules;
use calock_portal::{DemoLock, DemoLocks, TestCa};

use crate::outcome::Failure;
use crate::private::{folder as private_folder, read, write};

/// A lock with less life than this is made anew, in seconds.
const LIFE_LEFT: u64 = 30 * 86_400;

/// Reads the CA and the locks of a data folder, makes what is missing, and trusts the CA.
///
/// # Errors
/// A file that cannot be read or written, or that is none of ours.
pub(super) fn prepare(data: &Path, trust: &mut TrustList, _rules: &mut Rules, now: u64) -> Result<DemoLocks, Failure> {
    let folder = data.join("demo");
    private_folder(&folder)?;
    let ca_file = folder.join("ca.json");
    let mut ca = match read(&ca_file)? {
        Some(json) => Ca::from_json(&json).map_err(|error| Failure::unusable(ca_file.display(), error))?,
        None => Ca::generate("calock 演示CA", now).map_err(internal)?,
    };
    ca.prepare(Algorithm::Rsa, now).map_err(internal)?;
    // Before any lock: a lock whose CA is lost can log in nowhere.
    write(&ca_file, &ca.to_json().map_err(internal)?)?;
    for root in ca.roots().map_err(internal)? {
        trust.add_der(&root).map_err(internal)?;
    }

    let mut locks = Vec::new();
    for (name, zh, en, description) in desk() {
        let is_blank = description.holder.name.is_empty();
        let path = folder.join(format!("{name}.json"));
        let kept = match read(&path)? {
            Some(json) => Some(LockFile::from_json(&json).map_err(|error| Failure::unusable(path.display(), error))?),
            None => None,
        };
        let lock = match kept.filter(|lock| is_blank || description.not_after.is_some() || lives(lock, now)) {
            Some(lock) => lock,
            None => {
                let made = if is_blank { blank(&description) } else { issue(&description, &mut ca, now) };
                let lock = made.map_err(internal)?;
                write(&path, &lock.to_json().map_err(internal)?)?;
                lock
            }
        };
        let file = serde_json::to_value(&lock).map_err(|error| Failure::unusable(path.display(), error))?;
        locks.push(DemoLock { name: name.into(), title: Title { zh: zh.into(), en: en.into() }, file });
    }
    Ok(DemoLocks::new(locks).issuing(TestCa::new(ca, applicants())))
}

/// Who orders certificates from the demonstration's CA.
fn applicants() -> Vec<Description> {
    vec![
        Description { holder: company(), ..Description::default() },
        Description { holder: employee(), kind: HolderKind::Employee, ..Description::default() },
    ]
}

/// Names and codes are invented; their check digits are right.
fn company() -> HolderDescription {
    HolderDescription {
        name: "示例建设有限公司".into(),
        uscc: Some("911101050000000514".into()),
        province: Some("北京市".into()),
        ..HolderDescription::default()
    }
}

/// The id is the example of GB 11643.
fn person() -> HolderDescription {
    HolderDescription {
        name: "张三".into(),
        person_id: Some("11010519491231002X".into()),
        ..HolderDescription::default()
    }
}

fn employee() -> HolderDescription {
    let company = company();
    HolderDescription { organisation: Some(company.name), uscc: company.uscc, ..person() }
}

/// The locks, one for each thing to try. The one without a holder is blank.
fn desk() -> Vec<(&'static str, &'static str, &'static str, Description)> {
    let labelled = |label: &str| Description { label: Some(label.into()), ..Description::default() };
    let of_company = |label: &str| Description { holder: company(), ..labelled(label) };
    vec![
        ("enterprise", "企业锁（国密 SM2）", "Enterprise lock (SM2)", of_company("企业锁")),
        (
            "enterprise-rsa",
            "企业锁（RSA）",
            "Enterprise lock (RSA)",
            Description { algorithm: Algorithm::Rsa, ..of_company("企业锁 RSA") },
        ),
        (
            "employee",
            "经办人锁",
            "Employee's lock",
            Description { holder: employee(), kind: HolderKind::Employee, ..labelled("经办人锁") },
        ),
        (
            "person",
            "个人锁",
            "Personal lock",
            Description { holder: person(), kind: HolderKind::Person, ..labelled("个人锁") },
        ),
        (
            "expired",
            "证书已过期的锁",
            "Lock with an expired certificate",
            Description {
                not_before: Some("2023-01-01T00:00:00Z".into()),
                not_after: Some("2025-01-01T00:00:00Z".into()),
                ..of_company("过期锁")
            },
        ),
        (
            "encryption",
            "误放加密证书的锁",
            "Lock with an encryption certificate in the signing place",
            Description { usage: CertificateUsage::Encryption, ..of_company("加密证书锁") },
        ),
        (
            "locked",
            "密码已锁死的锁",
            "Lock whose PIN is locked",
            Description { tries_left: Some(0), ..of_company("锁死的锁") },
        ),
        ("blank", "空白锁（可以制证）", "Blank lock (for making a certificate)", labelled("空白锁")),
    ]
}

/// Whether the signing certificate is good for a while yet.
fn lives(lock: &LockFile, now: u64) -> bool {
    let entry = lock.containers.first().and_then(|container| container.signing.as_ref());
    let der = entry.and_then(|entry| Base64::decode_vec(&entry.certificate).ok());
    let certificate = der.and_then(|der| Certificate::from_der(&der).ok());
    certificate.is_some_and(|certificate| certificate.not_after() > now.saturating_add(LIFE_LEFT))
}

fn internal(error: Error) -> Failure {
    Failure::unusable("demonstration", error)
}
