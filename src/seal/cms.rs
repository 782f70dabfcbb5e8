//! Signatures without a seal: SignedData of GB/T 35275 (GM/T 0010), and the same structure with PKCS#7's numbers (RFC 5652).
//!
//! Read with what vendors get wrong (reference seal.md 4.1): content types of the other family, parameters absent or NULL,
//! three numbers for SM2, r ‖ s instead of DER, and the 32-byte digest in place of the content; and in BER, as Java writes it.

mod algorithm;
mod attributes;
mod ber;
#[cfg(feature = "pdf")]
mod pkcs;
#[cfg(feature = "pdf")]
mod stamp;
#[cfg(feature = "pdf")]
mod write;

use core::ops::Range;

use super::scheme::{Question, Scheme, Verified};
use crate::certificate::encode::element;
use crate::certificate::tlv::{Result, UNREADABLE, tag, whole_bits, within};
use crate::certificate::{Certificate, Name, oid, tlv, without_sign};
use crate::prelude::*;
use crate::seal::Hash;
use crate::{Code, Error, signature};
use algorithm::Algorithm;
use attributes::Attributes;
#[cfg(feature = "pdf")]
pub(in crate::seal) use stamp::TimeStamp;
#[cfg(feature = "pdf")]
pub(in crate::seal) use write::{Family, NewSignedData, UnsignedData};

const SIGNED_DATA: [&str; 2] = ["1.2.156.10197.6.1.4.2.2", "1.2.840.113549.1.7.2"];
const DATA: [&str; 2] = ["1.2.156.10197.6.1.4.2.1", "1.2.840.113549.1.7.1"];
/// The content of a time-stamp token (RFC 3161, 2.4.2).
#[cfg(feature = "pdf")]
const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// What a signature is over, by its digest: with the hash that is asked for, and with bytes set before it.
pub(in crate::seal) type Over<'a> = &'a dyn Fn(Hash, &[u8]) -> crate::Result<Vec<u8>>;

/// One signer's SignedData with its original bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedData {
    bytes: Vec<u8>,
    content_type: String,
    /// What is signed, when it is in there.
    content: Option<Vec<u8>>,
    certificates: Vec<Range<usize>>,
    signer: Signer,
    digest_algorithm: String,
    algorithm: Algorithm,
    attributes: Option<Attributes>,
    signature: Vec<u8>,
    time_stamp: Option<Range<usize>>,
}

/// How a signer says which certificate is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Signer {
    Issued {
        by: Name,
        serial: Vec<u8>,
    },
    /// By its subjectKeyIdentifier.
    Key(Vec<u8>),
}

impl SignedData {
    /// Reads a ContentInfo with SignedData of exactly one signer, which fills the bytes.
    ///
    /// # Errors
    /// `SEAL_UNREADABLE`.
    pub fn from_der(bytes: &[u8]) -> crate::Result<Self> {
        match Self::read(bytes) {
            Ok(data) if DATA.contains(&data.content_type.as_str()) => Ok(data),
            _ => Err(Code::SealUnreadable.into()),
        }
    }

    fn read(bytes: &[u8]) -> Result<Self> {
        let outer = ber::only(bytes)?;
        let mut info = ber::Reader::new(if outer.tag == tag::SEQUENCE { outer.value } else { &[] });
        if !SIGNED_DATA.contains(&oid::dotted(info.expect(tag::OID)?)?.as_str()) {
            return Err(UNREADABLE);
        }
        let data = ber::only(info.expect(0xA0)?)?;
        info.finish()?;
        let mut data = ber::Reader::new(if data.tag == tag::SEQUENCE { data.value } else { &[] });
        version(data.expect(tag::INTEGER)?)?;
        let mut listed = ber::Reader::new(data.expect(tag::SET)?);
        let mut digest_algorithms = Vec::new();
        while !listed.rest().is_empty() {
            digest_algorithms.push(Algorithm::read(listed.expect(tag::SEQUENCE)?)?.number);
        }
        let mut inner = ber::Reader::new(data.expect(tag::SEQUENCE)?);
        let content_type = oid::dotted(inner.expect(tag::OID)?)?;
        let content = inner.optional(0xA0)?.map(content).transpose()?;
        inner.finish()?;
        let mut listed = ber::Reader::new(data.optional(0xA0)?.unwrap_or_default());
        let mut certificates = Vec::new();
        while !listed.rest().is_empty() {
            let one = listed.next()?;
            // Attribute certificates and the like have other tags.
            if one.tag == tag::SEQUENCE {
                certificates.push(within(bytes, one.whole));
            }
        }
        data.optional(0xA1)?; // revocation lists
        let signer = ber::only(data.expect(tag::SET)?)?;
        data.finish()?;

        let mut info = ber::Reader::new(if signer.tag == tag::SEQUENCE { signer.value } else { &[] });
        version(info.expect(tag::INTEGER)?)?;
        let signer = Signer::read(info.next()?)?;
        let digest_algorithm = Algorithm::read(info.expect(tag::SEQUENCE)?)?.number;
        if !digest_algorithms.contains(&digest_algorithm) {
            return Err(UNREADABLE);
        }
        let attributes = info.optional(0xA0)?.map(|list| Attributes::read(list, within(bytes, list))).transpose()?;
        let algorithm = Algorithm::read(info.expect(tag::SEQUENCE)?)?;
        let signature = info.next()?;
        let signature = match signature.tag {
            tag::BIT_STRING => whole_bits(signature.value)?.to_vec(),
            _ => ber::octets(signature)?,
        };
        let time_stamp = match info.optional(0xA1)? {
            Some(unsigned) => attributes::time_stamp(unsigned)?.map(|token| within(bytes, token)),
            None => None,
        };
        info.finish()?;
        Ok(Self {
            content_type,
            content,
            certificates,
            signer,
            digest_algorithm,
            algorithm,
            attributes,
            signature,
            time_stamp,
            bytes: bytes.into(),
        })
    }

    /// The signer's certificate, found by issuer and serial number, or by its key's identifier.
    ///
    /// # Errors
    /// `CERT_NOT_FOUND` when it is not in there; `CERT_UNREADABLE`.
    pub fn certificate(&self) -> crate::Result<Certificate> {
        let mut fault = Error::new(Code::CertNotFound);
        for range in &self.certificates {
            match Certificate::from_der(&self.bytes[range.clone()]) {
                Ok(one) if self.signer.has(&one) => return Ok(one),
                Ok(_) => {}
                Err(error) => fault = error,
            }
        }
        Err(fault)
    }

    /// The signer's own word for when.
    #[must_use]
    pub fn signing_time(&self) -> Option<u64> {
        self.attributes.as_ref()?.signing_time
    }

    /// The token that says when the signature was there, and what it is over.
    #[cfg(feature = "pdf")]
    pub(in crate::seal) fn time_stamp(&self) -> Option<crate::Result<TimeStamp>> {
        Some(TimeStamp::read(&self.bytes[self.time_stamp.clone()?]))
    }

    /// Verifies that a token was made over this signature.
    #[cfg(feature = "pdf")]
    pub(in crate::seal) fn verify_stamp(&self, stamp: &TimeStamp) -> crate::Result<Verified> {
        stamp.verify(&|hash, _| Ok(hash.of(&self.signature)))
    }

    /// Verifies the signature as one over `document`.
    ///
    /// # Errors
    /// `DOCUMENT_CHANGED` when it is one over something else; `SIGNATURE_INVALID`; `DIGEST_UNSUPPORTED`, `KEY_UNSUPPORTED`; what
    /// [`Self::certificate`] says.
    pub fn verify(&self, document: &[u8]) -> crate::Result<()> {
        match self.verify_over(&|hash, before| Ok(hash.of(&[before, document].concat())))? {
            Verified::Good => Ok(()),
            Verified::Open(_) => Err(Code::KeyUnsupported.into()),
        }
    }

    /// [`Self::verify`] for a document that may be long, and in a build that may not know the key.
    pub(in crate::seal) fn verify_over(&self, over: Over<'_>) -> crate::Result<Verified> {
        let signer = self.certificate()?;
        let key = signer.key();
        let scheme = self.algorithm.scheme(key, &self.digest_algorithm)?;
        let digest = over(scheme.hash, &[])?;
        // The document itself, or its digest in its place.
        let content = match &self.content {
            Some(content) if *content == digest || scheme.hash.of(content) == digest => Some(content),
            // Of the hash that nobody should use any more (adbe.pkcs7.sha1).
            Some(content) if content.len() == 20 => return Err(Code::DigestUnsupported.into()),
            Some(_) => return Err(Code::DocumentChanged.into()),
            None => None,
        };
        let exact = signature::exact(key, &self.signature)?;
        let before = Scheme::before(key)?;
        let (message, digest) = match &self.attributes {
            Some(attributes) => {
                if attributes.message_digest != digest && attributes.message_digest != scheme.hash.of(&digest) {
                    return Err(Code::DocumentChanged.into());
                }
                attributes.check_certificate(&signer)?;
                let message = element(tag::SET, &[&self.bytes[attributes.list.clone()]]);
                let digest = scheme.hash.of(&[&before[..], &message].concat());
                (Some(message), digest)
            }
            // Without attributes the content is what is signed, and it may be too long to be handed to somebody else.
            None => match content {
                Some(content) => (Some(content.clone()), scheme.hash.of(&[&before[..], content].concat())),
                None if before.is_empty() => (None, digest),
                None => (None, over(scheme.hash, &before)?),
            },
        };
        match scheme.verify(key, &digest, &exact) {
            Some(outcome) => outcome.map(|()| Verified::Good),
            None => Ok(Verified::Open(message.map(|message| Question {
                key: key.clone(),
                scheme,
                message,
                signature: exact,
            }))),
        }
    }
}

impl Signer {
    fn read(named: ber::Element<'_>) -> Result<Self> {
        match named.tag {
            tag::SEQUENCE => {
                let mut name = tlv::Reader::new(named.value);
                let by = Name::read(name.expect(tag::SEQUENCE)?)?;
                let serial = name.expect(tag::INTEGER)?.to_vec();
                name.finish()?;
                Ok(Self::Issued { by, serial })
            }
            0x80 => Ok(Self::Key(named.value.into())),
            _ => Err(UNREADABLE),
        }
    }

    fn has(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Issued { by, serial } => {
                certificate.issuer().same(by) && certificate.serial_octets() == without_sign(serial)
            }
            Self::Key(identifier) => certificate.subject_key_id() == Some(identifier),
        }
    }
}

/// What is in the content's octet string; a structure of another kind (PKCS#7) is signed without its tag and length as well.
fn content(explicit: &[u8]) -> Result<Vec<u8>> {
    let one = ber::only(explicit)?;
    ber::octets(one).or_else(|_| Ok(one.value.to_vec()))
}

/// Version 1 by both standards; some vendors write another of RFC 5652.
fn version(number: &[u8]) -> Result<()> {
    if matches!(number, [1..=5]) { Ok(()) } else { Err(UNREADABLE) }
}

/// The one element at the beginning of bytes, and what follows it: `Contents` of a PDF is filled up with zeros.
#[cfg(feature = "pdf")]
pub(in crate::seal) fn first(bytes: &[u8]) -> crate::Result<(&[u8], &[u8])> {
    let mut reader = ber::Reader::new(bytes);
    let whole =
        reader.next().map_err(|_| Error::because(Code::DocumentUnreadable, "Contents holds no signature"))?.whole;
    Ok((whole, reader.rest()))
}
