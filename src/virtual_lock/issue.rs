//! From a description to a lock file: keys, certificates, PIN counter.

use der::DateTime;
use x509_cert::SubjectPublicKeyInfo;
use x509_cert::ext::pkix::{KeyUsage, KeyUsages};
use x509_cert::name::Name;
use x509_cert::spki::ObjectIdentifier;

use super::ca::{Leaf, attribute, name, validity};
use super::file::{ContainerFile, DataFile, KeyEntry, LockFile, default_profile, from_base64, to_base64};
use super::key::PrivateKey;
use super::{Algorithm, Ca, CertificateUsage, ContainerDescription, Description, HolderKind};
use crate::error::{Code, Error, Result};
use crate::lock::profile::{self, Card};

const DAY: u64 = 86_400;

/// 个人身份证号 (GM/T 0015).
const PERSON_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10260.4.1.1");
/// 企业组织机构代码, in practice the 统一社会信用代码 (GM/T 0015).
const ORGANISATION_CODE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10260.4.1.4");

/// Makes a lock. `now` is unix seconds.
///
/// # Errors
/// `PARAMETER` for a description without a name, with dates that are none, with text that fits no certificate, or with keys that
/// its profile's card does not hold: SM2 and RSA go into GM/T 0017 locks, P-256 and RSA into PIV cards.
pub fn issue(description: &Description, ca: &mut Ca, now: u64) -> Result<LockFile> {
    if description.holder.name.is_empty() {
        return Err(Error::because(Code::Parameter, "a lock needs a holder's name"));
    }
    let profile = description.profile.clone().unwrap_or_else(default_profile);
    let Some(played) = profile::named(&profile) else {
        return Err(Error::because(Code::Parameter, "no profile of that name"));
    };
    let piv = played.card == Card::Piv;
    if piv && !description.further.is_empty() {
        return Err(Error::because(Code::Parameter, "a PIV card has slots, and one is described"));
    }
    let first = ContainerDescription {
        name: description.container.clone().unwrap_or_else(|| default_container(description.kind, piv).to_owned()),
        algorithm: description.algorithm,
    };
    let mut containers: Vec<ContainerFile> = Vec::new();
    for container in core::iter::once(&first).chain(&description.further) {
        if containers.iter().any(|other| other.name == container.name) {
            return Err(Error::because(Code::Parameter, "two containers of one name"));
        }
        containers.push(filled(description, container, piv, ca, now)?);
    }
    let seal = match &description.seal {
        Some(content) => vec![DataFile { name: "seal.esl".to_owned(), content: to_base64(&from_base64(content)?) }],
        None => Vec::new(),
    };
    Ok(LockFile { containers, files: seal, ..blank(description)? })
}

/// A container with its keys and certificates.
fn filled(
    description: &Description,
    ContainerDescription { name, algorithm }: &ContainerDescription,
    piv: bool,
    ca: &mut Ca,
    now: u64,
) -> Result<ContainerFile> {
    if (piv && *algorithm == Algorithm::Sm2) || (!piv && *algorithm == Algorithm::P256) {
        return Err(Error::because(Code::Parameter, "a lock of this profile has no such keys"));
    }
    ca.prepare(*algorithm, now)?;
    let with_encryption = description.encryption_pair.unwrap_or(true) && !piv;
    let holder = Description { algorithm: *algorithm, ..description.clone() };
    Ok(ContainerFile {
        name: name.clone(),
        signing: Some(pair(&holder, ca, description.usage, now)?),
        encryption: with_encryption.then(|| pair(&holder, ca, CertificateUsage::Encryption, now)).transpose()?,
    })
}

/// A lock as it leaves the factory: an application with the initial PIN and nothing in it. Of the description only PIN, tries,
/// label and serial number count.
///
/// # Errors
/// `INTERNAL` without a random source.
pub fn blank(description: &Description) -> Result<LockFile> {
    let tries_max = description.tries_max.unwrap_or(6).clamp(1, 15);
    Ok(LockFile {
        format: LockFile::FORMAT.to_owned(),
        profile: description.profile.clone().unwrap_or_else(default_profile),
        label: description.label.clone().unwrap_or_else(|| "calock virtual".to_owned()),
        serial: description.serial.clone().map_or_else(random_serial, Ok)?,
        application: "calock-Application".to_owned(),
        pin: description.pin.clone().unwrap_or_else(|| "12345678".to_owned()),
        tries_max,
        tries_left: description.tries_left.unwrap_or(tries_max).min(tries_max),
        admin_pin: None,
        device_key: None,
        containers: Vec::new(),
        files: Vec::new(),
    })
}

fn default_container(kind: HolderKind, piv: bool) -> &'static str {
    match kind {
        _ if piv => "9A",
        HolderKind::Enterprise => "unitCert00",
        HolderKind::Employee | HolderKind::Person => "personalCert00",
    }
}

fn pair(description: &Description, ca: &Ca, usage: CertificateUsage, now: u64) -> Result<KeyEntry> {
    let key = PrivateKey::generate(description.algorithm)?;
    let certificate = certificate(description, ca, &key.public()?, usage, now)?;
    Ok(KeyEntry { key: to_base64(&key.to_pkcs8()?), certificate: to_base64(&certificate) })
}

/// A certificate over `key` for the holder of a description.
pub(super) fn certificate(
    description: &Description,
    ca: &Ca,
    key: &SubjectPublicKeyInfo,
    usage: CertificateUsage,
    now: u64,
) -> Result<Vec<u8>> {
    ca.sign(
        key,
        description.algorithm,
        Leaf {
            subject: subject(description)?,
            validity: validity(
                seconds(description.not_before.as_deref(), now.saturating_sub(DAY))?,
                seconds(description.not_after.as_deref(), now + 730 * DAY)?,
            )?,
            usage: KeyUsage(match (usage, description.algorithm) {
                (CertificateUsage::Signing, _) => KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
                (CertificateUsage::Encryption, Algorithm::Rsa) => {
                    KeyUsages::KeyEncipherment | KeyUsages::DataEncipherment
                }
                (CertificateUsage::Encryption, Algorithm::Sm2 | Algorithm::P256) => {
                    KeyUsages::KeyEncipherment | KeyUsages::DataEncipherment | KeyUsages::KeyAgreement
                }
            }),
            extensions: [
                (ORGANISATION_CODE, description.holder.uscc.clone()),
                (PERSON_ID, description.holder.person_id.clone()),
            ]
            .into_iter()
            .filter_map(|(oid, code)| code.map(|code| (oid, code)))
            .collect(),
        },
    )
}

fn subject(description: &Description) -> Result<Name> {
    let holder = &description.holder;
    let organisation = match description.kind {
        HolderKind::Enterprise => Some(holder.organisation.as_ref().unwrap_or(&holder.name)),
        HolderKind::Employee => holder.organisation.as_ref(),
        HolderKind::Person => None,
    };
    let parts = [
        ("2.5.4.8", holder.province.as_ref()),
        ("2.5.4.7", holder.city.as_ref()),
        ("2.5.4.10", organisation),
        ("2.5.4.3", Some(&holder.name)),
    ];
    let mut names = vec![attribute("2.5.4.6", "CN")?];
    for (oid, text) in parts {
        if let Some(text) = text {
            names.push(attribute(oid, text)?);
        }
    }
    name(names)
}

fn seconds(text: Option<&str>, otherwise: u64) -> Result<u64> {
    let Some(text) = text else { return Ok(otherwise) };
    let date: DateTime =
        text.parse().map_err(|_| Error::because(Code::Parameter, "not a time such as 2026-01-31T00:00:00Z"))?;
    Ok(date.unix_duration().as_secs())
}

fn random_serial() -> Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|_| Error::because(Code::Internal, "no random source"))?;
    Ok(bytes.iter().map(|byte| char::from(b"0123456789ABCDEF"[usize::from(byte & 0xF)])).collect())
}
