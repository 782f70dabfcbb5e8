//! Certificate requests, PKCS#10 (RFC 2986), for SM2 keys: written for a lock to sign, and read by a CA.

use super::tlv::{Reader, UNREADABLE, only, tag, whole_bits};
use super::{Name, PublicKey, SignatureAlgorithm, tlv};
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
            let pair = [element(tag::OID, &[field.oid()]), element(field.tag(), &[text.as_bytes()])];
            element(tag::SET, &[&element(tag::SEQUENCE, &[&pair[0], &pair[1]])])
        })
        .collect();
    let key = [element(tag::SEQUENCE, &[SM2_KEY]), element(tag::BIT_STRING, &[&[0], point])];
    element(
        tag::SEQUENCE,
        &[
            &element(tag::INTEGER, &[&[0]]),
            &element(tag::SEQUENCE, &[&name]),
            &element(tag::SEQUENCE, &[&key[0], &key[1]]),
            &element(ATTRIBUTES, &[]),
        ],
    )
}

/// The whole request: info, and its signature in DER.
#[must_use]
pub fn signed(info: &[u8], signature: &[u8]) -> Vec<u8> {
    let algorithm = element(tag::SEQUENCE, &[SM2_SM3]);
    element(tag::SEQUENCE, &[info, &algorithm, &element(tag::BIT_STRING, &[&[0], signature])])
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
    let outer = only(der)?;
    if outer.tag != tag::SEQUENCE {
        return Err(UNREADABLE);
    }
    let mut fields = Reader::new(outer.value);
    let info = fields.next()?;
    let algorithm = SignatureAlgorithm::read(fields.expect(tag::SEQUENCE)?)?;
    let signature = whole_bits(fields.expect(tag::BIT_STRING)?)?;
    fields.finish()?;
    if info.tag != tag::SEQUENCE || algorithm != SignatureAlgorithm::Sm2Sm3 {
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

/// One DER element around the joined parts (X.690, 8.1; definite length in its shortest form).
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut made = vec![tag];
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().take_while(|&&byte| byte == 0).count()..];
    if content.len() >= 0x80 {
        // At most eight digits.
        #[allow(clippy::cast_possible_truncation)]
        made.push(0x80 | digits.len() as u8);
    }
    made.extend(if digits.is_empty() { &[0] } else { digits });
    made.extend(content);
    made
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_are_the_shortest() {
        for (length, header) in [
            (0, vec![0x30, 0]),
            (127, vec![0x30, 127]),
            (128, vec![0x30, 0x81, 128]),
            (255, vec![0x30, 0x81, 255]),
            (256, vec![0x30, 0x82, 1, 0]),
        ] {
            let made = element(tag::SEQUENCE, &[&vec![7; length]]);
            assert_eq!(made[..made.len() - length], header);
            assert_eq!(only(&made).unwrap().value.len(), length);
        }
    }

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
