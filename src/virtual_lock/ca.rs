//! The test CA that signs virtual locks' certificates: one SM2 root; roots for RSA and P-256 are made when first needed.

use core::time::Duration;

use der::asn1::{OctetString, PrintableString, SetOfVec, Utf8StringRef};
use der::{Decode as _, Encode as _};
use serde::{Deserialize, Serialize};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, CertificateBuilder};
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};
use x509_cert::{SubjectPublicKeyInfo, TbsCertificate, der::asn1::Any};

use super::Algorithm;
use super::file::{KeyEntry, from_base64, to_base64};
use super::key::{PrivateKey, key_identifier};
use crate::error::{Code, Error, Result};

const TEN_YEARS: u64 = 3650 * 86_400;

/// A test CA. It can be written to a file and read again, so that locks made on different days share their roots.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ca {
    format: String,
    name: String,
    sm2: KeyEntry,
    rsa: Option<KeyEntry>,
    p256: Option<KeyEntry>,
}

impl Ca {
    const FORMAT: &'static str = "calock-test-ca:1";

    /// A new CA of this name, valid for ten years from `now` (unix seconds).
    ///
    /// # Errors
    /// `INTERNAL` without a random source.
    pub fn generate(name: &str, now: u64) -> Result<Self> {
        Ok(Self {
            format: Self::FORMAT.to_owned(),
            name: name.to_owned(),
            sm2: root(name, Algorithm::Sm2, now)?,
            rsa: None,
            p256: None,
        })
    }

    /// Reads a CA file.
    ///
    /// # Errors
    /// `PARAMETER` when it is none.
    pub fn from_json(json: &str) -> Result<Self> {
        let ca: Self = serde_json::from_str(json).map_err(|_| Error::because(Code::Parameter, "not a test CA file"))?;
        if ca.format == Self::FORMAT { Ok(ca) } else { Err(Error::because(Code::Parameter, "not a test CA file")) }
    }

    /// Writes it, private keys and all.
    ///
    /// # Errors
    /// `INTERNAL`, should serialisation fail.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(|_| Error::because(Code::Internal, "test CA file"))
    }

    /// The root certificates made so far, DER: what goes into a portal's trust folder.
    ///
    /// # Errors
    /// `PARAMETER` when the file was changed by hand.
    pub fn roots(&self) -> Result<Vec<Vec<u8>>> {
        [Some(&self.sm2), self.rsa.as_ref(), self.p256.as_ref()]
            .into_iter()
            .flatten()
            .map(|entry| from_base64(&entry.certificate))
            .collect()
    }

    /// Makes the root for an algorithm if it is not there yet. RSA takes a second or two, so it waits until it is needed.
    ///
    /// # Errors
    /// `INTERNAL` without a random source.
    pub fn prepare(&mut self, algorithm: Algorithm, now: u64) -> Result<()> {
        let place = match algorithm {
            Algorithm::Sm2 => return Ok(()),
            Algorithm::Rsa => &mut self.rsa,
            Algorithm::P256 => &mut self.p256,
        };
        if place.is_none() {
            *place = Some(root(&self.name, algorithm, now)?);
        }
        Ok(())
    }

    /// Signs a certificate over `key`.
    pub(super) fn sign(&self, key: &SubjectPublicKeyInfo, algorithm: Algorithm, leaf: Leaf) -> Result<Vec<u8>> {
        let entry = match algorithm {
            Algorithm::Sm2 => Some(&self.sm2),
            Algorithm::Rsa => self.rsa.as_ref(),
            Algorithm::P256 => self.p256.as_ref(),
        };
        let entry = entry.ok_or(Error::because(Code::Parameter, "the CA has no root for such keys yet"))?;
        let authority = PrivateKey::from_pkcs8(&from_base64(&entry.key)?)?;
        let issuer = name_of(&self.name, algorithm)?;
        let builder = CertificateBuilder::new(
            Profile { issuer, subject: leaf.subject, role: Role::Leaf(leaf.usage), private: leaf.extensions },
            serial_number()?,
            leaf.validity,
            key.clone(),
        )
        .map_err(failed)?;
        encoded(&authority.sign_certificate(builder)?)
    }
}

/// What a leaf certificate says besides its key.
pub(super) struct Leaf {
    pub(super) subject: Name,
    pub(super) validity: Validity,
    pub(super) usage: KeyUsage,
    /// Identity extensions: OID and text, written as UTF8String.
    pub(super) extensions: Vec<(ObjectIdentifier, String)>,
}

/// One attribute of a name. Country is a PrintableString, everything else UTF8String, as genuine CAs write it.
pub(super) fn attribute(oid: &'static str, text: &str) -> Result<RelativeDistinguishedName> {
    const COUNTRY: &str = "2.5.4.6";
    let value = if oid == COUNTRY {
        PrintableString::new(text).and_then(|text| Any::encode_from(&text)).map_err(failed)?
    } else {
        Utf8StringRef::new(text).and_then(|text| Any::encode_from(&text)).map_err(failed)?
    };
    let oid = ObjectIdentifier::new(oid).map_err(|_| Error::because(Code::Internal, "OID"))?;
    let set = SetOfVec::try_from(vec![AttributeTypeAndValue { oid, value }]).map_err(failed)?;
    Ok(RelativeDistinguishedName::from(set))
}

/// A name out of its parts, in their order.
pub(super) fn name(parts: Vec<RelativeDistinguishedName>) -> Result<Name> {
    RdnSequence::from(parts).to_der().and_then(|der| Name::from_der(&der)).map_err(failed)
}

pub(super) fn validity(not_before: u64, not_after: u64) -> Result<Validity> {
    let time = |seconds| {
        der::DateTime::from_unix_duration(Duration::from_secs(seconds)).map_err(failed).map(|date| {
            // RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime after.
            der::asn1::UtcTime::from_date_time(date)
                .map_or_else(|_| Time::GeneralTime(der::asn1::GeneralizedTime::from_date_time(date)), Time::UtcTime)
        })
    };
    Ok(Validity::new(time(not_before)?, time(not_after)?))
}

fn root(name: &str, algorithm: Algorithm, now: u64) -> Result<KeyEntry> {
    let key = PrivateKey::generate(algorithm)?;
    let subject = name_of(name, algorithm)?;
    let builder = CertificateBuilder::new(
        Profile { issuer: subject.clone(), subject, role: Role::Root, private: Vec::new() },
        serial_number()?,
        // Ten years back as well, so that expired test locks had a CA in their day.
        validity(now.saturating_sub(TEN_YEARS), now + TEN_YEARS)?,
        key.public()?,
    )
    .map_err(failed)?;
    let certificate = encoded(&key.sign_certificate(builder)?)?;
    Ok(KeyEntry { key: to_base64(&key.to_pkcs8()?), certificate: to_base64(&certificate) })
}

fn name_of(ca: &str, algorithm: Algorithm) -> Result<Name> {
    let kind = match algorithm {
        Algorithm::Sm2 => "SM2",
        Algorithm::Rsa => "RSA",
        Algorithm::P256 => "P-256",
    };
    let parts = vec![
        attribute("2.5.4.6", "CN")?,
        attribute("2.5.4.10", "calock test")?,
        attribute("2.5.4.3", &format!("{ca} {kind}"))?,
    ];
    name(parts)
}

/// Sixteen random bytes, positive and without leading zeros, as CAs use.
fn serial_number() -> Result<SerialNumber> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::because(Code::Internal, "no random source"))?;
    bytes[0] = bytes[0] & 0x3F | 0x40;
    SerialNumber::new(&bytes).map_err(failed)
}

fn encoded(certificate: &x509_cert::Certificate) -> Result<Vec<u8>> {
    certificate.to_der().map_err(failed)
}

fn failed<E>(_: E) -> Error {
    Error::because(Code::Parameter, "certificate building")
}

enum Role {
    Root,
    Leaf(KeyUsage),
}

struct Profile {
    issuer: Name,
    subject: Name,
    role: Role,
    private: Vec<(ObjectIdentifier, String)>,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        _tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let mut extensions: Vec<Extension> = Vec::new();
        let mut add = |extension: Extension| extensions.push(extension);
        let usage = match self.role {
            Role::Root => KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign),
            Role::Leaf(usage) => usage,
        };
        let own = OctetString::new(key_identifier(key))?;
        let issuers = OctetString::new(key_identifier(issuer_key))?;
        let authority = AuthorityKeyIdentifier { key_identifier: Some(issuers), ..Default::default() };
        add((&authority).to_extension(&self.subject, &[])?);
        add((&SubjectKeyIdentifier(own)).to_extension(&self.subject, &[])?);
        if matches!(self.role, Role::Root) {
            let constraints = BasicConstraints { ca: true, path_len_constraint: None };
            add((&constraints).to_extension(&self.subject, &[])?);
        }
        add((&usage).to_extension(&self.subject, &[])?);
        for (oid, text) in &self.private {
            let value = Utf8StringRef::new(text)?.to_der()?;
            add(Extension { extn_id: *oid, critical: false, extn_value: OctetString::new(value)? });
        }
        Ok(extensions)
    }
}
