//! What a signer signs beside the document, and what is added to a signature afterwards.

use core::ops::Range;

use super::algorithm::Algorithm;
use super::ber;
use crate::certificate::tlv::{Reader, Result, UNREADABLE, only, only_of, tag};
use crate::certificate::{Certificate, oid, time};
use crate::prelude::*;
use crate::seal::Hash;
use crate::{Code, Error};

const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
/// RFC 5035.
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
/// RFC 3161, appendix A.
const TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";
const SHA256: &str = "2.16.840.1.101.3.4.2.1";

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attributes {
    /// The content octets; they are signed as a SET.
    pub(super) list: Range<usize>,
    pub(super) message_digest: Vec<u8>,
    pub(super) content_type: Option<String>,
    pub(super) signing_time: Option<u64>,
    /// Hash and digest of the signer's certificate, which a certificate put in its place has not.
    certificate: Option<(String, Vec<u8>)>,
}

impl Attributes {
    pub(super) fn read(content: &[u8], list: Range<usize>) -> Result<Self> {
        let (mut message_digest, mut content_type, mut signing_time, mut certificate) = (None, None, None, None);
        let mut attributes = Reader::new(content);
        while !attributes.is_empty() {
            let mut attribute = Reader::new(attributes.expect(tag::SEQUENCE)?);
            let name = oid::dotted(attribute.expect(tag::OID)?)?;
            let values = attribute.expect(tag::SET)?;
            attribute.finish()?;
            match name.as_str() {
                CONTENT_TYPE if content_type.is_none() => content_type = Some(oid::dotted(only_of(values, tag::OID)?)?),
                MESSAGE_DIGEST if message_digest.is_none() => message_digest = Some(only(values)?.value.to_vec()),
                SIGNING_TIME if signing_time.is_none() => signing_time = Some(time::read(only(values)?)?),
                SIGNING_CERTIFICATE_V2 if certificate.is_none() => certificate = Some(first_certificate(values)?),
                // A second one would leave open which counts.
                CONTENT_TYPE | MESSAGE_DIGEST | SIGNING_TIME | SIGNING_CERTIFICATE_V2 => return Err(UNREADABLE),
                _ => {}
            }
        }
        let message_digest = message_digest.ok_or(UNREADABLE)?;
        Ok(Self { list, message_digest, content_type, signing_time, certificate })
    }

    /// Whether this certificate is the one that is signed, when one is.
    pub(super) fn check_certificate(&self, signer: &Certificate) -> crate::Result<()> {
        let Some((name, digest)) = &self.certificate else { return Ok(()) };
        let hash = Hash::numbered(name).ok_or(Error::new(Code::DigestUnsupported))?;
        if hash.of(signer.der()) == *digest { Ok(()) } else { Err(Code::SignatureInvalid.into()) }
    }
}

/// Hash and digest of the first certificate of a `SigningCertificateV2`, which is the signer's; the hash is SHA-256 unless it says
/// so otherwise.
fn first_certificate(values: &[u8]) -> Result<(String, Vec<u8>)> {
    let list = only_of(values, tag::SEQUENCE)?;
    let list = Reader::new(list).expect(tag::SEQUENCE)?;
    let mut first = Reader::new(Reader::new(list).expect(tag::SEQUENCE)?);
    let name = first.optional(tag::SEQUENCE)?.map_or(Ok(SHA256.into()), |one| Ok(Algorithm::read(one)?.number))?;
    Ok((name, first.expect(tag::OCTET_STRING)?.to_vec()))
}

/// The first time-stamp token among the attributes that nobody signed.
pub(super) fn time_stamp(unsigned: &[u8]) -> Result<Option<&[u8]>> {
    let mut attributes = ber::Reader::new(unsigned);
    while !attributes.rest().is_empty() {
        let mut attribute = ber::Reader::new(attributes.expect(tag::SEQUENCE)?);
        let name = attribute.expect(tag::OID)?;
        let values = attribute.expect(tag::SET)?;
        if oid::dotted(name)? == TIME_STAMP {
            return Ok(Some(ber::Reader::new(values).next()?.whole));
        }
    }
    Ok(None)
}
