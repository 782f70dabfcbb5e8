//! Reading X.509 certificates (RFC 5280, GB/T 20518, GM/T 0015) as they are met in CA locks.
//!
//! The original bytes are kept and nothing is ever re-encoded: signatures and digests are over what was read. Reading is
//! tolerant where genuine certificates need it (string types, name order, algorithm parameters) and strict elsewhere.
//! Whatever the bytes are, reading neither panics nor allocates more than a few times their length.

#[cfg(any(feature = "full", feature = "seal"))]
pub(crate) mod encode;
pub(crate) mod extensions;
pub mod holder;
pub mod identity;
mod key;
mod name;
pub(crate) mod oid;
mod pem;
#[cfg(feature = "full")]
pub mod request;
mod signed;
mod text;
pub mod time;
pub(crate) mod tlv;

use core::ops::Range;

use crate::hash::{hex, hex_upper, sha256, sm3};
use crate::prelude::*;
pub use crate::text::Gbk;
use crate::{Code, Result};
use extensions::{Extensions, bit};
pub use holder::{Holder, HolderKind, holder};
pub use identity::{Identity, IdentityKind};
pub use key::{PublicKey, SignatureAlgorithm};
pub use name::{Attribute, Name};
pub use pem::pem_blocks;
#[cfg(feature = "std")]
pub(crate) use pem::pem_blocks_between;
pub(crate) use signed::Signed;
pub use text::Text;
use tlv::{Reader, UNREADABLE, only, tag, within};

/// The largest certificate that is read, in bytes. Genuine ones have 1 to 4 kB.
pub const MAX_BYTES: usize = 64 * 1024;

/// What keyUsage allows the key to do for its holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// digitalSignature or nonRepudiation.
    Signing,
    /// keyEncipherment, dataEncipherment or keyAgreement.
    Encryption,
    /// Some of each.
    Both,
    /// No keyUsage, or one that names neither (a CA's).
    Unspecified,
}

impl Usage {
    /// `signing`, `encryption`, `both`, `unspecified`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Encryption => "encryption",
            Self::Both => "both",
            Self::Unspecified => "unspecified",
        }
    }
}

/// One certificate with its original bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    tbs: Range<usize>,
    spki: Range<usize>,
    signature: Range<usize>,
    signature_algorithm: SignatureAlgorithm,
    version: u8,
    serial: Vec<u8>,
    issuer: Name,
    subject: Name,
    not_before: u64,
    not_after: u64,
    key: PublicKey,
    extensions: Extensions,
}

impl Certificate {
    /// Reads one DER certificate that fills the bytes.
    ///
    /// # Errors
    /// `CERT_UNREADABLE` for anything that is no X.509 certificate, or is larger than [`MAX_BYTES`].
    pub fn from_der(der: &[u8]) -> Result<Self> {
        Ok(Self::read(der)?)
    }

    fn read(der: &[u8]) -> tlv::Result<Self> {
        if der.len() > MAX_BYTES {
            return Err(UNREADABLE);
        }
        let Signed { tbs, algorithm: outer_algorithm, signature } = Signed::read(der)?;
        let mut fields = Reader::new(tbs.value);
        let version = match fields.optional(0xA0)? {
            None => 1,
            Some(explicit) => match only(explicit)? {
                version if version.tag == tag::INTEGER => match version.value {
                    [number @ 0..=2] => number + 1,
                    _ => return Err(UNREADABLE),
                },
                _ => return Err(UNREADABLE),
            },
        };
        let serial = fields.expect(tag::INTEGER)?;
        let signature_algorithm = SignatureAlgorithm::read(fields.expect(tag::SEQUENCE)?)?;
        if signature_algorithm != outer_algorithm || serial.is_empty() {
            return Err(UNREADABLE); // RFC 5280, 4.1.1.2
        }
        let issuer = Name::read(fields.expect(tag::SEQUENCE)?)?;
        let mut validity = Reader::new(fields.expect(tag::SEQUENCE)?);
        let not_before = time::read(validity.next()?)?;
        let not_after = time::read(validity.next()?)?;
        validity.finish()?;
        let subject = Name::read(fields.expect(tag::SEQUENCE)?)?;
        let spki = fields.next()?;
        if spki.tag != tag::SEQUENCE {
            return Err(UNREADABLE);
        }
        let key = PublicKey::read(spki.value)?;
        fields.optional(0x81)?; // issuerUniqueID
        fields.optional(0x82)?; // subjectUniqueID
        let extensions = match fields.optional(0xA3)? {
            None => Extensions::default(),
            Some(explicit) => match only(explicit)? {
                list if list.tag == tag::SEQUENCE => Extensions::read(list.value, identity::is_known)?,
                _ => return Err(UNREADABLE),
            },
        };
        fields.finish()?;

        Ok(Self {
            tbs: within(der, tbs.whole),
            spki: within(der, spki.whole),
            signature: within(der, signature),
            der: der.into(),
            signature_algorithm,
            version,
            serial: without_sign(serial).into(),
            issuer,
            subject,
            not_before,
            not_after,
            key,
            extensions,
        })
    }

    /// Reads DER, the first `CERTIFICATE` block of PEM text, or bare base64 of DER.
    ///
    /// # Errors
    /// `CERT_UNREADABLE`.
    pub fn from_der_or_pem(bytes: &[u8]) -> Result<Self> {
        if bytes.first() == Some(&tag::SEQUENCE) && only(bytes).is_ok() {
            return Self::from_der(bytes);
        }
        match pem_blocks(bytes)?.first() {
            Some(der) => Self::from_der(der),
            None => Self::from_der(&pem::base64(core::str::from_utf8(bytes).map_err(|_| UNREADABLE)?)?),
        }
    }

    /// The whole certificate as it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The part that the issuer signed, tag and length included.
    #[must_use]
    pub fn tbs(&self) -> &[u8] {
        &self.der[self.tbs.clone()]
    }

    /// `SubjectPublicKeyInfo`, tag and length included.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.der[self.spki.clone()]
    }

    /// The issuer's signature (for SM2 and ECDSA: DER of r and s).
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.der[self.signature.clone()]
    }

    /// How the issuer signed.
    #[must_use]
    pub const fn signature_algorithm(&self) -> &SignatureAlgorithm {
        &self.signature_algorithm
    }

    /// 1, 2 or 3.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The serial number in upper-case hexadecimal digits.
    #[must_use]
    pub fn serial(&self) -> String {
        hex_upper(&self.serial)
    }

    /// Who issued it.
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// Whom it names.
    #[must_use]
    pub const fn subject(&self) -> &Name {
        &self.subject
    }

    /// First second of its validity, Unix time; 0 for everything before 1970.
    #[must_use]
    pub const fn not_before(&self) -> u64 {
        self.not_before
    }

    /// Last second of its validity, Unix time.
    #[must_use]
    pub const fn not_after(&self) -> u64 {
        self.not_after
    }

    /// Whether it is valid at a time (both ends included).
    ///
    /// # Errors
    /// `CERT_NOT_YET` or `CERT_EXPIRED`.
    pub fn check_dates(&self, now: u64) -> Result<()> {
        if now < self.not_before {
            Err(Code::CertNotYet.into())
        } else if now > self.not_after {
            Err(Code::CertExpired.into())
        } else {
            Ok(())
        }
    }

    /// The public key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// What the key is for.
    #[must_use]
    pub const fn usage(&self) -> Usage {
        let bits = match self.extensions.key_usage {
            Some(bits) => bits,
            None => 0,
        };
        match (bits & bit::SIGN != 0, bits & bit::ENCRYPT != 0) {
            (true, true) => Usage::Both,
            (true, false) => Usage::Signing,
            (false, true) => Usage::Encryption,
            (false, false) => Usage::Unspecified,
        }
    }

    /// Whether its holder may sign statements: keyUsage is absent or names digitalSignature or nonRepudiation.
    ///
    /// # Errors
    /// `CERT_USAGE`.
    pub fn check_usage(&self) -> Result<()> {
        match self.extensions.key_usage {
            Some(bits) if bits & bit::SIGN == 0 => Err(Code::CertUsage.into()),
            _ => Ok(()),
        }
    }

    /// Dotted numbers of extKeyUsage, in order.
    #[must_use]
    pub fn extended_usage(&self) -> &[String] {
        &self.extensions.extended_usage
    }

    /// subjectKeyIdentifier.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.extensions.subject_key.as_deref()
    }

    /// The keyIdentifier of authorityKeyIdentifier.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.extensions.authority_key.as_deref()
    }

    /// The CA flag of basicConstraints.
    #[must_use]
    pub const fn is_ca(&self) -> bool {
        self.extensions.is_ca
    }

    /// pathLenConstraint of basicConstraints.
    #[must_use]
    pub const fn path_len(&self) -> Option<u32> {
        self.extensions.path_len
    }

    /// Whether keyUsage lets the key sign certificates; so does no keyUsage at all.
    #[must_use]
    pub fn may_issue(&self) -> bool {
        self.extensions.key_usage.is_none_or(|bits| bits & bit::CERT_SIGN != 0)
    }

    /// Whether keyUsage lets the key sign revocation lists; so does no keyUsage at all.
    #[cfg(feature = "std")]
    pub(crate) fn may_sign_lists(&self) -> bool {
        self.extensions.key_usage.is_none_or(|bits| bits & bit::CRL_SIGN != 0)
    }

    /// The value of an extension that is not read here, by its dotted numbers.
    #[cfg(feature = "std")]
    pub(crate) fn extension(&self, oid: &str) -> Option<&[u8]> {
        self.extensions.others.iter().find(|extension| extension.oid == oid).map(|extension| extension.value.as_slice())
    }

    /// The serial number's octets, as [`without_sign`] gives them.
    #[cfg(any(feature = "std", feature = "seal"))]
    pub(crate) fn serial_octets(&self) -> &[u8] {
        &self.serial
    }

    /// Whether it has a critical extension that is not understood here (RFC 5280, 4.2: it must then be refused).
    #[must_use]
    pub const fn has_unknown_critical(&self) -> bool {
        self.extensions.unknown_critical
    }

    /// Whether issuer and subject are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer.same(&self.subject)
    }

    /// Digest of the whole certificate: SM3 for SM2 keys, SHA-256 for all others.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        match self.key {
            PublicKey::Sm2(_) => sm3(&self.der),
            _ => sha256(&self.der),
        }
    }

    /// [`Self::digest`] in lower-case hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex(&self.digest())
    }
}

/// The serial number's octets without the leading zero that keeps it positive.
pub(crate) fn without_sign(serial: &[u8]) -> &[u8] {
    match serial {
        [0, rest @ ..] if !rest.is_empty() => rest,
        _ => serial,
    }
}
