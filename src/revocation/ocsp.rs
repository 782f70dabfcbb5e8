//! OCSP (RFC 6960): a response to be believed, and the request that asks for it.

use core::ops::Range;

use sha1::{Digest as _, Sha1};

use super::crl::reason;
use super::{MAX_BYTES, Period, Said};
use crate::certificate::tlv::{Reader, Result as Read, UNREADABLE, only, only_of, tag, whole_bits, within};
use crate::certificate::{Certificate, Name, SignatureAlgorithm, extensions, oid, time, without_sign};
use crate::hash::{sha256, sm3};
use crate::signature::{verify_issued, verify_signed};
use crate::{Code, Error, Result};

/// id-pkix-ocsp-basic
const BASIC: &str = "1.3.6.1.5.5.7.48.1.1";
/// id-kp-OCSPSigning: what makes a certificate a responder of its issuer.
const SIGNING: &str = "1.3.6.1.5.5.7.3.9";

/// One successful basic response with its original bytes.
#[derive(Clone, Debug)]
pub struct OcspResponse {
    der: Vec<u8>,
    tbs: Range<usize>,
    signature: Range<usize>,
    algorithm: SignatureAlgorithm,
    responder: Responder,
    answers: Vec<Answer>,
    /// The responder's own certificates, as sent along.
    certificates: Vec<Certificate>,
    nonce: Option<Vec<u8>>,
}

#[derive(Clone, Debug)]
enum Responder {
    Name(Name),
    /// SHA-1 of its public key's bits.
    Key(Vec<u8>),
}

/// A `SingleResponse`.
#[derive(Clone, Debug)]
struct Answer {
    hash: Hash,
    issuer_name: Vec<u8>,
    issuer_key: Vec<u8>,
    serial: Vec<u8>,
    /// `None`: the responder does not know the certificate.
    said: Option<Said>,
    period: Period,
    /// It has a critical extension that nobody here understands.
    unusable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha1,
    Sha256,
    Sm3,
    Other,
}

impl Hash {
    fn read(algorithm: &[u8]) -> Read<Self> {
        Ok(match oid::dotted(Reader::new(algorithm).expect(tag::OID)?)?.as_str() {
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "1.2.156.10197.1.401" => Self::Sm3,
            _ => Self::Other,
        })
    }

    fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => sha256(bytes).into(),
            Self::Sm3 => sm3(bytes).into(),
            Self::Other => Vec::new(),
        }
    }
}

impl OcspResponse {
    /// Reads one DER `OCSPResponse` that fills the bytes.
    ///
    /// # Errors
    /// `STATUS_UNREADABLE` for anything but a successful basic response, or one larger than [`MAX_BYTES`].
    pub fn from_der(der: &[u8]) -> Result<Self> {
        Self::read(der).map_err(|_| Error::because(Code::StatusUnreadable, "not a successful OCSP response"))
    }

    fn read(der: &[u8]) -> Read<Self> {
        if der.len() > MAX_BYTES {
            return Err(UNREADABLE);
        }
        let mut fields = Reader::new(only_of(der, tag::SEQUENCE)?);
        if fields.expect(tag::ENUMERATED)? != [0] {
            return Err(UNREADABLE); // tryLater and its like are answers to the request, not about a certificate
        }
        let mut bytes = Reader::new(only_of(fields.expect(0xA0)?, tag::SEQUENCE)?);
        fields.finish()?;
        if oid::dotted(bytes.expect(tag::OID)?)? != BASIC {
            return Err(UNREADABLE);
        }
        let basic = only_of(bytes.expect(tag::OCTET_STRING)?, tag::SEQUENCE)?;
        bytes.finish()?;

        let mut fields = Reader::new(basic);
        let tbs = fields.next()?;
        let algorithm = SignatureAlgorithm::read(fields.expect(tag::SEQUENCE)?)?;
        let signature = whole_bits(fields.expect(tag::BIT_STRING)?)?;
        let mut certificates = Vec::new();
        if let Some(explicit) = fields.optional(0xA0)? {
            let mut list = Reader::new(only_of(explicit, tag::SEQUENCE)?);
            while !list.is_empty() {
                certificates.push(Certificate::from_der(list.next()?.whole).map_err(|_| UNREADABLE)?);
            }
        }
        fields.finish()?;
        if tbs.tag != tag::SEQUENCE {
            return Err(UNREADABLE);
        }

        let mut fields = Reader::new(tbs.value);
        fields.optional(0xA0)?; // version: there is only v1
        let responder = fields.next()?;
        let responder = match responder.tag {
            0xA1 => Responder::Name(Name::read(only_of(responder.value, tag::SEQUENCE)?)?),
            0xA2 => Responder::Key(only_of(responder.value, tag::OCTET_STRING)?.into()),
            _ => return Err(UNREADABLE),
        };
        time::read(fields.next()?)?; // producedAt: the answers have times of their own
        let mut answers = Vec::new();
        let mut list = Reader::new(fields.expect(tag::SEQUENCE)?);
        while !list.is_empty() {
            answers.push(Answer::read(list.expect(tag::SEQUENCE)?)?);
        }
        let mut nonce = None;
        if let Some(explicit) = fields.optional(0xA1)? {
            extensions::each(only_of(explicit, tag::SEQUENCE)?, |oid, critical, value| {
                match oid.as_str() {
                    NONCE => nonce = Some(nonce_of(value)),
                    _ if critical => return Err(UNREADABLE),
                    _ => {}
                }
                Ok(())
            })?;
        }
        fields.finish()?;

        Ok(Self {
            tbs: within(der, tbs.whole),
            signature: within(der, signature),
            der: der.into(),
            algorithm,
            responder,
            answers,
            certificates,
            nonce,
        })
    }

    /// The nonce it repeats, if any: who asked with one compares it.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        sm3(&self.der)
    }

    /// What it says of a certificate; `None` when it is not about this one, or does not know it.
    pub(super) fn says(&self, certificate: &Certificate, issuer: &Certificate) -> Option<(Said, Period)> {
        let answer = self.answers.iter().find(|answer| answer.is_about(certificate, issuer))?;
        Some((answer.said?, answer.period))
    }

    /// Whether the issuer signed it, or a responder that the issuer made one (RFC 6960, 4.2.2.2). What a responder's own
    /// status is nobody can ask without end; its dates are [`Self::is_current`]'s business.
    ///
    /// # Errors
    /// As [`verify_signed`]; `CHAIN_UNTRUSTED` when the responder is neither.
    pub(super) fn verify(&self, issuer: &Certificate) -> Result<()> {
        let (tbs, signature) = (&self.der[self.tbs.clone()], &self.der[self.signature.clone()]);
        if self.responder.is(issuer) {
            return verify_signed(&self.algorithm, issuer.key(), tbs, signature);
        }
        let stranger = Error::because(Code::ChainUntrusted, "an OCSP response of a stranger");
        let responder = self.sent_along().ok_or(stranger)?;
        if !responder.extended_usage().iter().any(|usage| usage == SIGNING) {
            return Err(stranger);
        }
        verify_issued(responder, issuer.key())?;
        verify_signed(&self.algorithm, responder.key(), tbs, signature)
    }

    /// Whether an appointed responder's certificate is within its dates.
    pub(super) fn is_current(&self, issuer: &Certificate, at: u64) -> bool {
        self.responder.is(issuer) || self.sent_along().is_some_and(|one| one.check_dates(at).is_ok())
    }

    /// The responder's certificate, from those beside the response.
    fn sent_along(&self) -> Option<&Certificate> {
        self.certificates.iter().find(|one| self.responder.is(one))
    }
}

impl Responder {
    fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Name(name) => name.same(certificate.subject()),
            Self::Key(hash) => key_bits(certificate).is_ok_and(|bits| Hash::Sha1.of(bits) == *hash),
        }
    }
}

impl Answer {
    fn read(content: &[u8]) -> Read<Self> {
        let mut fields = Reader::new(content);
        let mut id = Reader::new(fields.expect(tag::SEQUENCE)?);
        let hash = Hash::read(id.expect(tag::SEQUENCE)?)?;
        let issuer_name = id.expect(tag::OCTET_STRING)?.to_vec();
        let issuer_key = id.expect(tag::OCTET_STRING)?.to_vec();
        let serial = without_sign(id.expect(tag::INTEGER)?).to_vec();
        id.finish()?;
        let status = fields.next()?;
        let said = match status.tag {
            0x80 => Some(Said::Good),
            0xA1 => Some(revoked(status.value)?),
            0x82 => None,
            _ => return Err(UNREADABLE),
        };
        let this_update = time::read(fields.next()?)?;
        let next_update = match fields.optional(0xA0)? {
            Some(explicit) => Some(time::read(only(explicit)?)?),
            None => None,
        };
        let mut unusable = false;
        if let Some(explicit) = fields.optional(0xA1)? {
            extensions::each(only_of(explicit, tag::SEQUENCE)?, |_, critical, _| {
                unusable |= critical;
                Ok(())
            })?;
        }
        fields.finish()?;
        Ok(Self { hash, issuer_name, issuer_key, serial, said, period: Period { this_update, next_update }, unusable })
    }

    /// By the hashes of the issuer's name and key. The name is hashed as bytes, and a CA may write its own name in other string
    /// types than the certificates it issues: either will do.
    fn is_about(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let named = |name: &[u8]| self.hash.of(name) == self.issuer_name;
        !self.unusable
            && self.hash != Hash::Other
            && self.serial == certificate.serial_octets()
            && (named(names(certificate).0) || named(names(issuer).1))
            && key_bits(issuer).is_ok_and(|bits| self.hash.of(bits) == self.issuer_key)
    }
}

/// Issuer and subject of a certificate as they are written; nothing where it cannot be read, which no hash fits.
fn names(certificate: &Certificate) -> (&[u8], &[u8]) {
    let read = || -> Read<_> {
        let mut fields = Reader::new(only_of(certificate.tbs(), tag::SEQUENCE)?);
        fields.optional(0xA0)?; // version
        fields.expect(tag::INTEGER)?;
        fields.expect(tag::SEQUENCE)?; // algorithm
        let issuer = fields.next()?.whole;
        fields.expect(tag::SEQUENCE)?; // validity
        Ok((issuer, fields.next()?.whole))
    };
    read().unwrap_or_default()
}

/// `RevokedInfo`
fn revoked(content: &[u8]) -> Read<Said> {
    let mut fields = Reader::new(content);
    let since = time::read(fields.next()?)?;
    let reason = match fields.optional(0xA0)? {
        None => 0,
        Some(explicit) => reason(explicit)?,
    };
    fields.finish()?;
    Ok(Said::Revoked { since, reason })
}

/// The bits of a certificate's public key, without tag, length and the count of unused bits.
fn key_bits(certificate: &Certificate) -> Read<&[u8]> {
    let mut fields = Reader::new(only_of(certificate.spki(), tag::SEQUENCE)?);
    fields.expect(tag::SEQUENCE)?;
    whole_bits(fields.expect(tag::BIT_STRING)?)
}

/// id-pkix-ocsp-nonce
const NONCE: &str = "1.3.6.1.5.5.7.48.1.2";

/// An OCTET STRING, as RFC 8954 says; older responders put the bytes there bare.
fn nonce_of(value: &[u8]) -> Vec<u8> {
    only_of(value, tag::OCTET_STRING).unwrap_or(value).to_vec()
}
