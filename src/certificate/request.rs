//! Certificate requests, PKCS#10 (RFC 2986), for SM2 keys: written for a lock to sign, and read by a CA.

use super::encode::{bits, element, integer, oid, sequence};
use super::tlv::{Reader, UNREADABLE, tag};
use super::{Name, PublicKey, SignatureAlgorithm, Signed, tlv};
use crate::signature;
use crate::{Code, Error, Result};

/// id-ecPublicKey with the SM2 curve (GM/T 0015), as an AlgorithmIdentifier's content.
const SM2_KEY: &[u8] = b"\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x81\x1C\xCF\x55\x01\x82\x2D";
/// SM2 with SM3 (GM/T 0006).
const SM2_SM3: &[u8] = b"\x06\x08\x2A\x81\x1C\xCF\x55\x01\x83\x75";
/// Context tag of the attributes, which are always written and here always empty.
const ATTRIBUTES: u8 = 0xA0;
/// The largest request that is read, in bytes.
const MAX_BYTES: usize = 16 * 1024;

/// An attribute of the subject that a request may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectField {
    /// C, two letters.
    Country,
    /// O.
    Organisation,
    /// CN.
    CommonName,
}

impl SubjectField {
    const fn oid(self) -> &'static [u8] {
        match self {
            Self::Country => &[0x55, 4, 6],
            Self::Organisation => &[0x55, 4, 10],
            Self::CommonName => &[0x55, 4, 3],
        }
    }

    /// GB/T 20518: the country is a PrintableString, everything else UTF8String.
    const fn tag(self) -> u8 {
        match self {
            Self::Country => tag::PRINTABLE,
            Self::Organisation | Self::CommonName => tag::UTF8,
        }
    }
}

/// CertificationRequestInfo for a public key (04 ‖ X ‖ Y): what the key has to sign, with [`signature::sm2_digest`].
#[must_use]
pub fn info(subject: &[(SubjectField, &str)], point: &[u8; 65]) -> Vec<u8> {
    let name: Vec<u8> = subject
        .iter()
        .flat_map(|(field, text)| {
            let pair = sequence(&[&oid(field.oid()), &element(field.tag(), &[text.as_bytes()])]);
            element(tag::SET, &[&pair])
        })
        .collect();
    let key = sequence(&[&sequence(&[SM2_KEY]), &bits(point)]);
    sequence(&[&integer(0), &sequence(&[&name]), &key, &element(ATTRIBUTES, &[])])
}

/// The whole request: info, and its signature in DER.
#[must_use]
pub fn signed(info: &[u8], signature: &[u8]) -> Vec<u8> {
    sequence(&[info, &sequence(&[SM2_SM3]), &bits(signature)])
}

/// A request as a CA reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    subject: Name,
    key: PublicKey,
    point: [u8; 65],
}

impl Request {
    /// Reads a request for an SM2 key and verifies that the key itself signed it. Attributes are skipped: a CA decides by the
    /// order what stands in a certificate.
    ///
    /// # Errors
    /// `REQUEST_INVALID`.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        let invalid = |detail| Error::because(Code::RequestInvalid, detail);
        let (request, info, signature) = read(der).map_err(|_| invalid("no PKCS#10 request for an SM2 key"))?;
        signature::verify(&request.key, info, signature)
            .map_err(|_| invalid("the request is not signed by its key"))?;
        Ok(request)
    }

    /// Whom it names.
    #[must_use]
    pub const fn subject(&self) -> &Name {
        &self.subject
    }

    /// The public key: 04 ‖ X ‖ Y.
    #[must_use]
    pub const fn point(&self) -> &[u8; 65] {
        &self.point
    }
}

fn read(der: &[u8]) -> tlv::Result<(Request, &[u8], &[u8])> {
    if der.len() > MAX_BYTES {
        return Err(UNREADABLE);
    }
    let Signed { tbs: info, algorithm, signature } = Signed::read(der)?;
    if algorithm != SignatureAlgorithm::Sm2Sm3 {
        return Err(UNREADABLE);
    }
    let mut fields = Reader::new(info.value);
    if fields.expect(tag::INTEGER)? != [0] {
        return Err(UNREADABLE);
    }
    let subject = Name::read(fields.expect(tag::SEQUENCE)?)?;
    let key = PublicKey::read(fields.expect(tag::SEQUENCE)?)?;
    // Some writers leave the empty attributes out.
    fields.optional(ATTRIBUTES)?;
    fields.finish()?;
    let PublicKey::Sm2(point) = &key else { return Err(UNREADABLE) };
    let point = point.as_slice().try_into().map_err(|_| UNREADABLE)?;
    Ok((Request { subject, key, point }, info.whole, signature))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_that_its_key_did_not_sign_is_refused() {
        let info = info(&[(SubjectField::CommonName, "甲")], &[4; 65]);
        let request = signed(&info, &[0x30, 6, 2, 1, 1, 2, 1, 1]);
        assert!(read(&request).is_ok());
        assert_eq!(Request::from_der(&request).unwrap_err().code, Code::RequestInvalid);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(der: Vec<u8>) {
            let _ = Request::from_der(&der);
        }
    }
}
