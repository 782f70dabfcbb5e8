//! Making SignedData: first the attributes, which are what is signed, then, with the signature, the whole.

use crate::certificate::encode::{element, integer, octets, oid, sequence};
use crate::certificate::tlv::{Reader, Result as Read, tag};
use crate::certificate::{Certificate, PublicKey};
use crate::hash::sha256;
use crate::prelude::*;
use crate::seal::ses::utc;
use crate::{Code, Result};

/// Whose numbers say what is what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::seal) enum Family {
    /// GB/T 35275, GM/T 0010.
    Gm,
    /// PKCS#7, RFC 5652.
    Pkcs7,
}

impl Family {
    /// Content octets of `data` or `signedData`.
    fn number(self, last: u8) -> Vec<u8> {
        let front: &[u8] = match self {
            Self::Gm => &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x06, 0x01, 0x04, 0x02],
            Self::Pkcs7 => &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07],
        };
        oid(&[front, &[last]].concat())
    }
}

const DATA: u8 = 1;
const SIGNED_DATA: u8 = 2;
/// The attributes of PKCS#9, without their last numbers.
const PKCS9: [u8; 8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09];
const NULL: [u8; 2] = [0x05, 0x00];

/// A signature beside the document (detached) that is to be made.
#[derive(Clone, Copy, Debug)]
pub(in crate::seal) struct NewSignedData<'a> {
    pub(in crate::seal) family: Family,
    pub(in crate::seal) certificate: &'a Certificate,
    /// Certificates of the CAs above it.
    pub(in crate::seal) chain: &'a [Certificate],
    /// Signed as `signingTime`; PAdES has it in the document instead.
    pub(in crate::seal) time: Option<u64>,
    /// Whether the certificate is signed as well (`signing-certificate-v2`, RFC 5035), with SHA-256.
    pub(in crate::seal) names_certificate: bool,
}

/// All but the signature.
#[derive(Clone, Debug)]
pub(in crate::seal) struct UnsignedData {
    family: Family,
    certificate: Certificate,
    certificates: Vec<u8>,
    attributes: Vec<u8>,
}

impl NewSignedData<'_> {
    /// Collects what is signed, over a document with this digest: SM3 for SM2 keys, SHA-256 for RSA and P-256.
    pub(in crate::seal) fn prepare(&self, digest: &[u8; 32]) -> UnsignedData {
        let attribute =
            |last: &[u8], value: &[u8]| sequence(&[&oid(&[&PKCS9, last].concat()), &element(tag::SET, &[value])]);
        // In the order of their encoding, as DER has the members of a SET: the shorter ones first.
        let mut attributes = attribute(&[3], &self.family.number(DATA));
        if let Some(time) = self.time {
            attributes.extend(attribute(&[5], &element(tag::UTC_TIME, &[utc(time).as_bytes()])));
        }
        attributes.extend(attribute(&[4], &octets(digest)));
        if self.names_certificate {
            let first = sequence(&[&octets(&sha256(self.certificate.der()))]);
            attributes.extend(attribute(&[16, 2, 47], &sequence(&[&sequence(&[&first])])));
        }
        let above: Vec<u8> = self.chain.iter().flat_map(|one| one.der().iter().copied()).collect();
        let certificates = element(0xA0, &[self.certificate.der(), &above]);
        UnsignedData { family: self.family, certificate: self.certificate.clone(), certificates, attributes }
    }
}

impl UnsignedData {
    pub(in crate::seal) const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The exact bytes that are signed: the attributes as a SET.
    pub(in crate::seal) fn signed_bytes(&self) -> Vec<u8> {
        element(tag::SET, &[&self.attributes])
    }

    /// The whole, with a signature in its exact form.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED`.
    pub(in crate::seal) fn assemble(&self, exact: &[u8]) -> Result<Vec<u8>> {
        let (digest, algorithm): (&[u8], &[u8]) = match self.certificate.key() {
            PublicKey::Sm2(_) => (
                &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x11],
                // SM2 with SM3. The standard's own example has …301.1, which BouncyCastle refuses; …501 is what all take.
                &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x75],
            ),
            PublicKey::Rsa { .. } => (&SHA256, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]),
            PublicKey::P256(_) => (&SHA256, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]),
            PublicKey::Unsupported(_) => return Err(Code::KeyUnsupported.into()),
        };
        let digest = sequence(&[&oid(digest), &NULL]);
        // RSA's number takes the NULL, the curves' take nothing (RFC 5754, GM/T 0006).
        let algorithm = match self.certificate.key() {
            PublicKey::Rsa { .. } => sequence(&[&oid(algorithm), &NULL]),
            _ => sequence(&[&oid(algorithm)]),
        };
        let signer = sequence(&[
            &integer(1),
            &issuer_and_serial(self.certificate.tbs())?,
            &digest,
            &element(0xA0, &[&self.attributes]),
            &algorithm,
            &octets(exact),
        ]);
        let data = sequence(&[
            &integer(1),
            &element(tag::SET, &[&digest]),
            &sequence(&[&self.family.number(DATA)]),
            &self.certificates,
            &element(tag::SET, &[&signer]),
        ]);
        Ok(sequence(&[&self.family.number(SIGNED_DATA), &element(0xA0, &[&data])]))
    }
}

const SHA256: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

/// `IssuerAndSerialNumber` of a TBSCertificate, byte for byte.
fn issuer_and_serial(tbs: &[u8]) -> Read<Vec<u8>> {
    let mut parts = Reader::new(Reader::new(tbs).expect(tag::SEQUENCE)?);
    parts.optional(0xA0)?;
    let serial = parts.next()?.whole;
    parts.next()?;
    Ok(sequence(&[parts.next()?.whole, serial]))
}
