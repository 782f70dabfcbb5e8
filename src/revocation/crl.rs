//! Certificate revocation lists (RFC 5280, 5; GB/T 20518 has the same form).

use core::ops::Range;
use std::collections::HashMap;

use super::{MAX_BYTES, Period, Said};
use crate::certificate::tlv::{Reader, Result as Read, UNREADABLE, only, only_of, tag, within};
use crate::certificate::{Certificate, Name, SignatureAlgorithm, Signed, extensions, time, without_sign};
use crate::hash::sm3;
use crate::signature::verify_signed;
use crate::{Code, Error, Result};

/// One list with its original bytes.
#[derive(Clone, Debug)]
pub struct Crl {
    der: Vec<u8>,
    tbs: Range<usize>,
    signature: Range<usize>,
    algorithm: SignatureAlgorithm,
    issuer: Name,
    authority_key: Option<Vec<u8>>,
    period: Period,
    scope: Scope,
    revoked: HashMap<Vec<u8>, Said>,
}

/// Which certificates of its issuer the list speaks of.
#[derive(Clone, Debug, Default)]
struct Scope {
    /// It has a critical part that is not understood here, or leaves some reasons out: it says nothing about anybody.
    unusable: bool,
    only_holders: bool,
    only_issuers: bool,
    /// The addresses (whole GeneralName elements) of which one must be among the certificate's distribution points.
    points: Option<Vec<Vec<u8>>>,
}

impl Crl {
    /// Reads one DER list that fills the bytes.
    ///
    /// # Errors
    /// `STATUS_UNREADABLE` for anything that is no CRL, or is larger than [`MAX_BYTES`].
    pub fn from_der(der: &[u8]) -> Result<Self> {
        Self::read(der).map_err(|_| Error::because(Code::StatusUnreadable, "not a CRL"))
    }

    fn read(der: &[u8]) -> Read<Self> {
        if der.len() > MAX_BYTES {
            return Err(UNREADABLE);
        }
        let Signed { tbs, algorithm: outer_algorithm, signature } = Signed::read(der)?;
        let mut fields = Reader::new(tbs.value);
        if fields.optional(tag::INTEGER)?.is_some_and(|version| version != [1]) {
            return Err(UNREADABLE);
        }
        let algorithm = SignatureAlgorithm::read(fields.expect(tag::SEQUENCE)?)?;
        if algorithm != outer_algorithm {
            return Err(UNREADABLE);
        }
        let issuer = Name::read(fields.expect(tag::SEQUENCE)?)?;
        let this_update = time::read(fields.next()?)?;
        let next_update = optional_time(&mut fields)?;
        let mut scope = Scope::default();
        let revoked = match fields.optional(tag::SEQUENCE)? {
            Some(entries) => read_entries(entries, &mut scope)?,
            None => HashMap::new(),
        };
        let mut authority_key = None;
        if let Some(explicit) = fields.optional(0xA0)? {
            authority_key = read_extensions(only_of(explicit, tag::SEQUENCE)?, &mut scope)?;
        }
        fields.finish()?;

        Ok(Self {
            tbs: within(der, tbs.whole),
            signature: within(der, signature),
            der: der.into(),
            algorithm,
            issuer,
            authority_key,
            period: Period { this_update, next_update },
            scope,
            revoked,
        })
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        sm3(&self.der)
    }

    pub(super) const fn period(&self) -> Period {
        self.period
    }

    /// What it says of a certificate; `None` when it is not about this one.
    pub(super) fn says(&self, certificate: &Certificate, issuer: &Certificate) -> Option<Said> {
        let its_issuer = self.issuer.same(certificate.issuer()) && self.issuer.same(issuer.subject());
        let its_key = match (&self.authority_key, issuer.subject_key_id()) {
            (Some(named), Some(key)) => named == key,
            _ => true,
        };
        let in_scope =
            !(self.scope.only_holders && certificate.is_ca() || self.scope.only_issuers && !certificate.is_ca());
        let at_its_point = self.scope.points.as_ref().is_none_or(|points| {
            distribution_points(certificate).is_ok_and(|its| its.iter().any(|point| points.contains(point)))
        });
        if self.scope.unusable || !its_issuer || !its_key || !in_scope || !at_its_point {
            return None;
        }
        Some(self.revoked.get(certificate.serial_octets()).copied().unwrap_or(Said::Good))
    }

    /// Whether the issuer signed it and may.
    ///
    /// # Errors
    /// As [`verify_signed`]; `CHAIN_INVALID` when the issuer's keyUsage names no cRLSign.
    pub(super) fn verify(&self, issuer: &Certificate) -> Result<()> {
        if !issuer.may_sign_lists() {
            return Err(Error::because(Code::ChainInvalid, "an issuer's key may not sign CRLs"));
        }
        let (tbs, signature) = (&self.der[self.tbs.clone()], &self.der[self.signature.clone()]);
        verify_signed(&self.algorithm, issuer.key(), tbs, signature)
    }
}

/// `revokedCertificates`.
fn read_entries(content: &[u8], scope: &mut Scope) -> Read<HashMap<Vec<u8>, Said>> {
    let mut revoked = HashMap::new();
    let mut entries = Reader::new(content);
    while !entries.is_empty() {
        let mut entry = Reader::new(entries.expect(tag::SEQUENCE)?);
        let serial = without_sign(entry.expect(tag::INTEGER)?).to_vec();
        let since = time::read(entry.next()?)?;
        let mut why = 0;
        if let Some(extensions) = entry.optional(tag::SEQUENCE)? {
            extensions::each(extensions, |oid, critical, value| {
                match oid.as_str() {
                    "2.5.29.21" => why = reason(value)?,
                    // certificateIssuer belongs to indirect lists, whose entries are not of one issuer.
                    _ => scope.unusable |= critical,
                }
                Ok(())
            })?;
        }
        entry.finish()?;
        revoked.insert(serial, Said::Revoked { since, reason: why });
    }
    Ok(revoked)
}

/// `CRLReason`, an ENUMERATED (RFC 5280, 5.3.1).
pub(super) fn reason(bytes: &[u8]) -> Read<u8> {
    match only_of(bytes, tag::ENUMERATED)? {
        [number] => Ok(*number),
        _ => Err(UNREADABLE),
    }
}

/// `crlExtensions`; gives the key identifier of its issuer.
fn read_extensions(content: &[u8], scope: &mut Scope) -> Read<Option<Vec<u8>>> {
    let mut authority_key = None;
    extensions::each(content, |oid, critical, value| {
        match oid.as_str() {
            "2.5.29.35" => {
                authority_key = Reader::new(only_of(value, tag::SEQUENCE)?).optional(0x80)?.map(<[u8]>::to_vec);
            }
            "2.5.29.28" => read_scope(only_of(value, tag::SEQUENCE)?, scope)?,
            // cRLNumber says nothing of anybody; a deltaCRLIndicator is critical, and half a list is no list.
            _ => scope.unusable |= critical,
        }
        Ok(())
    })?;
    Ok(authority_key)
}

/// `IssuingDistributionPoint` (RFC 5280, 5.2.5).
fn read_scope(content: &[u8], scope: &mut Scope) -> Read<()> {
    let mut fields = Reader::new(content);
    while !fields.is_empty() {
        let field = fields.next()?;
        let set = field.value != [0];
        match field.tag {
            0xA0 => scope.points = Some(point_names(field.value)?),
            0x81 => scope.only_holders = set,
            0x82 => scope.only_issuers = set,
            // onlySomeReasons; indirectCRL and onlyContainsAttributeCerts when they are true.
            0x83 => scope.unusable = true,
            _ => scope.unusable |= set,
        }
    }
    Ok(())
}

/// The names of a `DistributionPointName`; none where it is relative to its issuer's.
fn point_names(content: &[u8]) -> Read<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    let choice = only(content)?;
    if choice.tag == 0xA0 {
        let mut list = Reader::new(choice.value);
        while !list.is_empty() {
            names.push(list.next()?.whole.to_vec());
        }
    }
    Ok(names)
}

/// Where a certificate says that its list is to be had.
fn distribution_points(certificate: &Certificate) -> Read<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    let Some(value) = certificate.extension("2.5.29.31") else { return Ok(names) };
    let mut points = Reader::new(only_of(value, tag::SEQUENCE)?);
    while !points.is_empty() {
        if let Some(name) = Reader::new(points.expect(tag::SEQUENCE)?).optional(0xA0)? {
            names.extend(point_names(name)?);
        }
    }
    Ok(names)
}

fn optional_time(fields: &mut Reader<'_>) -> Read<Option<u64>> {
    let mut ahead = fields.clone();
    match ahead.next() {
        Ok(element) if matches!(element.tag, tag::UTC_TIME | tag::GENERALIZED_TIME) => {
            *fields = ahead;
            time::read(element).map(Some)
        }
        _ => Ok(None),
    }
}
