//! Signatures without a seal: SignedData of GB/T 35275 (GM/T 0010), and the same structure with PKCS#7's numbers.
//!
//! Read with what vendors get wrong (reference seal.md 4.1): content types of the other family, parameters absent or NULL,
//! three numbers for SM2, r ‖ s instead of DER, and the 32-byte digest in place of the content.

#[cfg(feature = "pdf")]
mod write;

use core::ops::Range;

use crate::certificate::tlv::{Reader, Result, Tlv, UNREADABLE, only, only_of, tag, whole_bits};
use crate::certificate::{Certificate, Name, PublicKey, oid, time};
use crate::hash::{sha256, sm3};
use crate::prelude::*;
use crate::seal::Hash;
use crate::{Code, Error, signature};
#[cfg(feature = "pdf")]
pub(in crate::seal) use write::{Family, NewSignedData, UnsignedData};

const SIGNED_DATA: [&str; 2] = ["1.2.156.10197.6.1.4.2.2", "1.2.840.113549.1.7.2"];
const DATA: [&str; 2] = ["1.2.156.10197.6.1.4.2.1", "1.2.840.113549.1.7.1"];
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
const SM3_NUMBER: &str = "1.2.156.10197.1.401";
const SHA256_NUMBER: &str = "2.16.840.1.101.3.4.2.1";

/// Tag of what says nothing.
const NULL: u8 = 0x05;

/// One signer's SignedData with its original bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedData {
    der: Vec<u8>,
    /// What is signed, when it is in there.
    content: Option<Range<usize>>,
    certificates: Vec<Range<usize>>,
    issuer: Name,
    serial: Vec<u8>,
    digest_algorithm: String,
    algorithm: String,
    attributes: Option<Attributes>,
    signature: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Attributes {
    /// The content octets; they are signed as a SET.
    list: Range<usize>,
    message_digest: Vec<u8>,
    signing_time: Option<u64>,
    /// Hash and digest of the signer's certificate (RFC 5035), which a certificate put in its place has not.
    certificate: Option<(String, Vec<u8>)>,
}

impl SignedData {
    /// Reads a ContentInfo with SignedData of exactly one signer, which fills the bytes.
    ///
    /// # Errors
    /// `SEAL_UNREADABLE`.
    pub fn from_der(der: &[u8]) -> crate::Result<Self> {
        Self::read(der).map_err(|_| Error::new(Code::SealUnreadable))
    }

    fn read(der: &[u8]) -> Result<Self> {
        let within = |part: &[u8]| {
            let start = part.as_ptr().addr() - der.as_ptr().addr();
            start..start + part.len()
        };
        let outer = only(der)?;
        let mut info = Reader::new(if outer.tag == tag::SEQUENCE { outer.value } else { &[] });
        if !SIGNED_DATA.contains(&oid::dotted(info.expect(tag::OID)?)?.as_str()) {
            return Err(UNREADABLE);
        }
        let data = only(info.expect(0xA0)?)?;
        info.finish()?;
        let mut data = Reader::new(if data.tag == tag::SEQUENCE { data.value } else { &[] });
        version(data.expect(tag::INTEGER)?)?;
        let mut listed = Reader::new(data.expect(tag::SET)?);
        let mut digest_algorithms = Vec::new();
        while !listed.is_empty() {
            digest_algorithms.push(algorithm(listed.expect(tag::SEQUENCE)?)?);
        }
        let mut inner = Reader::new(data.expect(tag::SEQUENCE)?);
        if !DATA.contains(&oid::dotted(inner.expect(tag::OID)?)?.as_str()) {
            return Err(UNREADABLE);
        }
        let content = inner.optional(0xA0)?.map(only).transpose()?;
        inner.finish()?;
        let mut listed = Reader::new(data.optional(0xA0)?.unwrap_or_default());
        let mut certificates = Vec::new();
        while !listed.is_empty() {
            certificates.push(within(listed.next()?.whole));
        }
        data.optional(0xA1)?; // revocation lists
        let signer = only(data.expect(tag::SET)?)?;
        data.finish()?;

        let mut signer = Reader::new(if signer.tag == tag::SEQUENCE { signer.value } else { &[] });
        version(signer.expect(tag::INTEGER)?)?;
        let mut name = Reader::new(signer.expect(tag::SEQUENCE)?);
        let issuer = Name::read(name.expect(tag::SEQUENCE)?)?;
        let serial = name.expect(tag::INTEGER)?.to_vec();
        name.finish()?;
        let digest_algorithm = algorithm(signer.expect(tag::SEQUENCE)?)?;
        if !digest_algorithms.contains(&digest_algorithm) {
            return Err(UNREADABLE);
        }
        let attributes = signer.optional(0xA0)?.map(|list| Attributes::read(list, within(list))).transpose()?;
        let algorithm = algorithm(signer.expect(tag::SEQUENCE)?)?;
        let signature = signer.next()?;
        let signature = match signature.tag {
            tag::OCTET_STRING => signature.value,
            tag::BIT_STRING => whole_bits(signature.value)?,
            _ => return Err(UNREADABLE),
        };
        signer.optional(0xA1)?; // attributes that nobody signed
        signer.finish()?;
        Ok(Self {
            content: content.map(|content| within(content.value)),
            certificates,
            issuer,
            serial,
            digest_algorithm,
            algorithm,
            attributes,
            signature: within(signature),
            der: der.into(),
        })
    }

    /// The signer's certificate, found by issuer and serial number.
    ///
    /// # Errors
    /// `CERT_NOT_FOUND` when it is not in there; `CERT_UNREADABLE`.
    pub fn certificate(&self) -> crate::Result<Certificate> {
        let mut fault = Error::new(Code::CertNotFound);
        for range in &self.certificates {
            match Certificate::from_der(&self.der[range.clone()]) {
                Ok(one) if one.issuer().same(&self.issuer) && one.serial() == serial(&self.serial) => return Ok(one),
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

    /// Verifies the signature as one over `document`.
    ///
    /// # Errors
    /// `DOCUMENT_CHANGED` when it is one over something else; `SIGNATURE_INVALID`; `DIGEST_UNSUPPORTED`, `KEY_UNSUPPORTED`; what
    /// [`Self::certificate`] says.
    pub fn verify(&self, document: &[u8]) -> crate::Result<()> {
        let suite = Suite::of(self.certificate()?.key())?;
        self.verify_over(Some(document), &(suite.hash)(document))
    }

    /// Verifies the signature as one over a document of which only the digest is known, made with the hash of
    /// [`Self::certificate`]'s key: SM3 for SM2, SHA-256 for RSA and P-256.
    ///
    /// # Errors
    /// As [`Self::verify`]; `DIGEST_UNSUPPORTED` as well when no attributes are signed, which takes the document itself.
    pub fn verify_digest(&self, digest: &[u8; 32]) -> crate::Result<()> {
        self.verify_over(None, digest)
    }

    fn verify_over(&self, document: Option<&[u8]>, digest: &[u8; 32]) -> crate::Result<()> {
        let signer = self.certificate()?;
        let suite = Suite::of(signer.key())?;
        if !suite.algorithms.contains(&self.algorithm.as_str()) {
            return Err(Code::KeyUnsupported.into());
        }
        if self.digest_algorithm != suite.digest {
            return Err(Code::DigestUnsupported.into());
        }
        // The document itself, or its digest in its place.
        let content = match self.content.clone().map(|range| &self.der[range]) {
            None => document,
            Some(content) if document == Some(content) || content == digest => Some(content),
            Some(_) => return Err(Code::DocumentChanged.into()),
        };
        let exact = signature::normalise(signer.key(), &self.der[self.signature.clone()])?;
        let Some(attributes) = &self.attributes else {
            let content = content.ok_or(Error::because(Code::DigestUnsupported, "no attributes are signed"))?;
            return signature::verify(signer.key(), content, &exact);
        };
        if attributes.message_digest != digest && attributes.message_digest != (suite.hash)(digest) {
            return Err(Code::DocumentChanged.into());
        }
        if let Some((name, value)) = &attributes.certificate {
            let hash: Hash = match name.as_str() {
                SHA256_NUMBER => sha256,
                SM3_NUMBER => sm3,
                _ => return Err(Code::DigestUnsupported.into()),
            };
            if *value != hash(signer.der()) {
                return Err(Code::SignatureInvalid.into());
            }
        }
        let list = &self.der[attributes.list.clone()];
        signature::verify(signer.key(), &crate::certificate::encode::element(tag::SET, &[list]), &exact)
    }
}

/// What a key signs with.
struct Suite {
    hash: Hash,
    digest: &'static str,
    /// Every number that the signature's algorithm may have.
    algorithms: &'static [&'static str],
}

impl Suite {
    fn of(key: &PublicKey) -> crate::Result<Self> {
        let (hash, digest, algorithms): (Hash, _, &[_]) = match key {
            PublicKey::Sm2(_) => {
                (sm3, SM3_NUMBER, &["1.2.156.10197.1.301", "1.2.156.10197.1.301.1", "1.2.156.10197.1.501"])
            }
            PublicKey::Rsa { .. } => (sha256, SHA256_NUMBER, &["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"]),
            PublicKey::P256(_) => (sha256, SHA256_NUMBER, &["1.2.840.10045.2.1", "1.2.840.10045.4.3.2"]),
            PublicKey::Unsupported(_) => return Err(Code::KeyUnsupported.into()),
        };
        Ok(Self { hash, digest, algorithms })
    }
}

impl Attributes {
    fn read(content: &[u8], list: Range<usize>) -> Result<Self> {
        let (mut message_digest, mut signing_time, mut certificate) = (None, None, None);
        let mut attributes = Reader::new(content);
        while !attributes.is_empty() {
            let mut attribute = Reader::new(attributes.expect(tag::SEQUENCE)?);
            let name = oid::dotted(attribute.expect(tag::OID)?)?;
            let values = attribute.expect(tag::SET)?;
            attribute.finish()?;
            let value = |of: &[u8]| only(of).map(|Tlv { value, .. }| value.to_vec());
            match name.as_str() {
                MESSAGE_DIGEST if message_digest.is_none() => message_digest = Some(value(values)?),
                SIGNING_TIME if signing_time.is_none() => signing_time = Some(time::read(only(values)?)?),
                SIGNING_CERTIFICATE_V2 if certificate.is_none() => certificate = Some(first_certificate(values)?),
                // A second one would leave open which counts.
                MESSAGE_DIGEST | SIGNING_TIME | SIGNING_CERTIFICATE_V2 => return Err(UNREADABLE),
                _ => {}
            }
        }
        Ok(Self { list, message_digest: message_digest.ok_or(UNREADABLE)?, signing_time, certificate })
    }
}

/// Hash and digest of the first certificate of a `SigningCertificateV2`, which is the signer's; the hash is SHA-256 unless it says
/// so otherwise.
fn first_certificate(values: &[u8]) -> Result<(String, Vec<u8>)> {
    let list = only_of(values, tag::SEQUENCE)?;
    let list = Reader::new(list).expect(tag::SEQUENCE)?;
    let mut first = Reader::new(Reader::new(list).expect(tag::SEQUENCE)?);
    let name = first.optional(tag::SEQUENCE)?.map_or(Ok(SHA256_NUMBER.into()), algorithm)?;
    Ok((name, first.expect(tag::OCTET_STRING)?.to_vec()))
}

/// Version 1 by both standards; some vendors write another of RFC 5652.
fn version(number: &[u8]) -> Result<()> {
    if matches!(number, [1..=5]) { Ok(()) } else { Err(UNREADABLE) }
}

/// The number of an AlgorithmIdentifier; parameters may be absent, NULL, or a curve and the like.
fn algorithm(content: &[u8]) -> Result<String> {
    let mut fields = Reader::new(content);
    let name = oid::dotted(fields.expect(tag::OID)?)?;
    if !fields.is_empty() {
        match fields.next()? {
            Tlv { tag: NULL, value: [], .. } | Tlv { tag: tag::OID | tag::SEQUENCE, .. } => {}
            _ => return Err(UNREADABLE),
        }
    }
    fields.finish()?;
    Ok(name)
}

/// As [`Certificate::serial`] writes it.
fn serial(octets: &[u8]) -> String {
    let octets = match octets {
        [0, rest @ ..] if !rest.is_empty() => rest,
        _ => octets,
    };
    crate::hash::hex_upper(octets)
}
