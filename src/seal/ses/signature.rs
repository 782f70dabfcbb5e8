//! `SES_Signature`: a seal set on a document.

use core::ops::Range;

use super::{Seal, SigningTime, Version, check_algorithm, fields, time, unreadable};
use crate::certificate::tlv::{Reader, Result, UNREADABLE, tag, whole_bits};
use crate::certificate::{Certificate, oid};
use crate::prelude::*;
use crate::signature;

/// A signature with its original bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SesSignature {
    der: Vec<u8>,
    to_sign: Range<usize>,
    certificate: Range<usize>,
    signature: Range<usize>,
    data_hash: Range<usize>,
    time_stamp: Option<Range<usize>>,
    algorithm: String,
    /// The seal inside what was signed.
    pub seal: Seal,
    /// When it was signed, as the signer says.
    pub time: SigningTime,
    /// What was signed: in OFD the path of Signature.xml.
    pub property: String,
}

impl SesSignature {
    /// Reads a signature that fills the bytes.
    ///
    /// # Errors
    /// `SEAL_UNREADABLE`.
    pub fn from_der(der: &[u8]) -> crate::Result<Self> {
        Self::read(der).map_err(unreadable)
    }

    fn read(der: &[u8]) -> Result<Self> {
        let mut outer = fields::outer(der)?;
        let to_sign = fields::sequence(&mut outer)?;
        let mut parts = Reader::new(to_sign.value);
        parts.expect(tag::INTEGER).and_then(fields::number)?;
        let seal = Seal::read(fields::sequence(&mut parts)?.whole)?;

        let (time, data_hash, property, certificate, algorithm);
        if seal.version() == Version::V1 {
            time = time::loose(whole_bits(parts.expect(tag::BIT_STRING)?)?);
            data_hash = whole_bits(parts.expect(tag::BIT_STRING)?)?;
            property = fields::text(parts.expect(tag::IA5)?)?;
            certificate = parts.expect(tag::OCTET_STRING)?;
            algorithm = parts.expect(tag::OID)?;
            parts.finish()?;
        } else {
            time = SigningTime::At(time::read(parts.next()?)?);
            data_hash = whole_bits(parts.expect(tag::BIT_STRING)?)?;
            property = fields::text(parts.expect(tag::IA5)?)?;
            fields::extensions(&mut parts)?;
            parts.finish()?;
            certificate = outer.expect(tag::OCTET_STRING)?;
            algorithm = outer.expect(tag::OID)?;
        }
        let signature = whole_bits(outer.expect(tag::BIT_STRING)?)?;
        let time_stamp = if seal.version() == Version::V1 { None } else { fields::time_stamp(&mut outer)? };
        outer.finish()?;
        if data_hash.is_empty() || signature.is_empty() {
            return Err(UNREADABLE);
        }

        let within = |part: &[u8]| fields::within(der, part);
        Ok(Self {
            to_sign: within(to_sign.whole),
            certificate: within(certificate),
            signature: within(signature),
            data_hash: within(data_hash),
            time_stamp: time_stamp.map(within),
            algorithm: oid::dotted(algorithm)?,
            seal,
            time,
            property,
            der: der.into(),
        })
    }

    /// The whole signature as it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The bytes that the signer signed.
    #[must_use]
    pub fn signed_bytes(&self) -> &[u8] {
        &self.der[self.to_sign.clone()]
    }

    /// The signer's certificate (签章者), DER and unread.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.der[self.certificate.clone()]
    }

    /// The signature as it stands there: DER or, from one vendor, r ‖ s.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.der[self.signature.clone()]
    }

    /// The digest of the document: in OFD plain SM3 over Signature.xml.
    #[must_use]
    pub fn data_hash(&self) -> &[u8] {
        &self.der[self.data_hash.clone()]
    }

    /// The time-stamp token over the signature, unread.
    #[must_use]
    pub fn time_stamp(&self) -> Option<&[u8]> {
        self.time_stamp.clone().map(|range| &self.der[range])
    }

    /// Verifies that the holder of the certificate in it signed it.
    ///
    /// # Errors
    /// `SIGNATURE_INVALID`; `CERT_UNREADABLE` or `KEY_UNSUPPORTED` of the certificate.
    pub fn verify(&self) -> crate::Result<()> {
        let signer = Certificate::from_der(self.certificate())?;
        check_algorithm(&self.algorithm, signer.key())?;
        let exact = signature::exact(signer.key(), self.signature())?;
        signature::verify(signer.key(), self.signed_bytes(), &exact)
    }
}
