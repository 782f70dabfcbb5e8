//! Making seals and signatures: first the bytes to be signed, then, with the signature, the whole.

use super::{MAX_BYTES, SM2_SM3, Seal, SesSignature, Version, generalized, time};
use crate::certificate::encode::{bits, element, integer, octets, oid, sequence};
use crate::certificate::tlv::tag;
use crate::certificate::{Certificate, PublicKey};
use crate::prelude::*;
use crate::{Code, Error, Result, signature};

/// A seal that is to be made.
#[derive(Clone, Debug)]
pub struct NewSeal<'a> {
    /// Which standard it shall follow.
    pub version: Version,
    /// The maker's name for itself, ASCII.
    pub vendor: &'a str,
    /// A unique number, ASCII.
    pub id: &'a str,
    /// Free by business: 1 for a unit's seal, 2 for a person's.
    pub kind: u32,
    /// The seal's name.
    pub name: &'a str,
    /// Certificates of those who may sign with it, DER.
    pub signers: &'a [Vec<u8>],
    /// When it is made, Unix seconds.
    pub created: u64,
    /// First second of its validity.
    pub valid_from: u64,
    /// Last second of its validity.
    pub valid_until: u64,
    /// `PNG` and so on.
    pub picture_format: &'a str,
    /// The picture's file.
    pub picture: &'a [u8],
    /// Millimetres.
    pub width: u32,
    /// Millimetres.
    pub height: u32,
}

/// A seal without its maker's signature.
#[derive(Clone, Debug)]
pub struct UnsignedSeal {
    version: Version,
    info: Vec<u8>,
    maker: Certificate,
}

impl NewSeal<'_> {
    /// Collects what the maker has to sign.
    ///
    /// # Errors
    /// `PARAMETER` for text that fits no field, `KEY_UNSUPPORTED` when the maker's key is not SM2.
    pub fn prepare(&self, maker: &Certificate) -> Result<UnsignedSeal> {
        require_sm2(maker)?;
        let of_time = |seconds| match self.version {
            Version::V1 => element(tag::UTC_TIME, &[time::utc(seconds).as_bytes()]),
            Version::V4 | Version::V5 => element(tag::GENERALIZED_TIME, &[generalized(seconds).as_bytes()]),
        };
        let certificates: Vec<_> = self.signers.iter().map(|der| octets(der)).collect();
        let certificates: Vec<_> = certificates.iter().map(Vec::as_slice).collect();
        let list_kind = if self.version == Version::V1 { Vec::new() } else { integer(1) };
        let property = sequence(&[
            &integer(self.kind),
            &element(tag::UTF8, &[self.name.as_bytes()]),
            &list_kind,
            &sequence(&certificates),
            &of_time(self.created),
            &of_time(self.valid_from),
            &of_time(self.valid_until),
        ]);
        let picture =
            sequence(&[&ia5(self.picture_format)?, &octets(self.picture), &integer(self.width), &integer(self.height)]);
        let header = sequence(&[&ia5("ES")?, &integer(self.version.number()), &ia5(self.vendor)?]);
        let info = sequence(&[&header, &ia5(self.id)?, &property, &picture]);
        Ok(UnsignedSeal { version: self.version, info, maker: maker.clone() })
    }
}

impl UnsignedSeal {
    /// The exact bytes that the maker signs.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        match self.version {
            Version::V1 => sequence(&[&self.info, &octets(self.maker.der()), &oid(&SM2_SM3)]),
            Version::V4 | Version::V5 => self.info.clone(),
        }
    }
}

/// Puts the maker's signature to a seal. The signature is verified before the seal is handed out.
///
/// # Errors
/// `SEAL_INVALID` when it is none of the maker's over [`UnsignedSeal::signed_bytes`]; `PARAMETER` when the seal is too large.
pub fn assemble_seal(unsigned: &UnsignedSeal, signature: &[u8]) -> Result<Seal> {
    let exact = signature::exact(unsigned.maker.key(), signature)?;
    let (certificate, algorithm, value) = (octets(unsigned.maker.der()), oid(&SM2_SM3), bits(&exact));
    let der = match unsigned.version {
        Version::V1 => sequence(&[&unsigned.info, &sequence(&[&certificate, &algorithm, &value])]),
        Version::V4 | Version::V5 => sequence(&[&unsigned.info, &certificate, &algorithm, &value]),
    };
    if der.len() > MAX_BYTES {
        return Err(Error::because(Code::Parameter, "the seal is too large"));
    }
    let seal = Seal::from_der(&der)?;
    seal.verify()?;
    Ok(seal)
}

/// What a signer signs: `TBS_Sign`.
#[derive(Clone, Debug)]
pub struct ToSign {
    der: Vec<u8>,
    version: Version,
    certificate: Certificate,
}

impl ToSign {
    /// Puts together seal, time, digest of the document and what it is the digest of. The version is the seal's.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED` when the signer's key is not SM2, `SEAL_MISMATCH` when the seal does not name the signer, `PARAMETER`
    /// when `property` is not ASCII.
    pub fn new(
        seal: &Seal,
        certificate: &Certificate,
        time: u64,
        data_hash: &[u8; 32],
        property: &str,
    ) -> Result<Self> {
        require_sm2(certificate)?;
        seal.check_signer(certificate.der())?;
        let version = seal.version();
        let number = integer(version.number());
        let (digest, property) = (bits(data_hash), ia5(property)?);
        let der = match version {
            Version::V1 => sequence(&[
                &number,
                seal.der(),
                &bits(time::utc(time).as_bytes()),
                &digest,
                &property,
                &octets(certificate.der()),
                &oid(&SM2_SM3),
            ]),
            Version::V4 | Version::V5 => {
                let time = element(tag::GENERALIZED_TIME, &[generalized(time).as_bytes()]);
                sequence(&[&number, seal.der(), &time, &digest, &property])
            }
        };
        Ok(Self { der, version, certificate: certificate.clone() })
    }

    /// The exact bytes.
    #[must_use]
    pub fn signed_bytes(&self) -> &[u8] {
        &self.der
    }

    /// e = SM3(Z ‖ bytes): what a lock is given to sign.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED` when the certificate's key is no point of the curve.
    pub fn digest(&self) -> Result<[u8; 32]> {
        match self.certificate.key() {
            PublicKey::Sm2(point) => signature::sm2_digest(point, &self.der),
            _ => Err(Code::KeyUnsupported.into()),
        }
    }
}

/// Puts the signer's signature to what was signed. It may be DER, r ‖ s, or the 128 bytes of a GM/T 0016 blob, and is verified
/// against the certificate before anything is handed out.
///
/// # Errors
/// `SIGN_FAILED` when it is none of the certificate's over [`ToSign::signed_bytes`].
pub fn assemble_signature(to_sign: &ToSign, signature: &[u8]) -> Result<SesSignature> {
    let failed = |_| Error::because(Code::SignFailed, "not a signature of the certificate over what is to be signed");
    let exact = signature::exact(to_sign.certificate.key(), short(signature).as_ref()).map_err(failed)?;
    let value = bits(&exact);
    let der = match to_sign.version {
        Version::V1 => sequence(&[&to_sign.der, &value]),
        Version::V4 | Version::V5 => {
            sequence(&[&to_sign.der, &octets(to_sign.certificate.der()), &oid(&SM2_SM3), &value])
        }
    };
    let made = SesSignature::from_der(&der)?;
    made.verify().map_err(failed)?;
    Ok(made)
}

/// `ECCSIGNATUREBLOB` (GM/T 0016): r and s right-aligned in 64 bytes each; everything else as it is.
pub(in crate::seal) fn short(signature: &[u8]) -> alloc::borrow::Cow<'_, [u8]> {
    match signature.as_chunks::<32>() {
        ([[0, ..], r, [0, ..], s], []) if signature[..32] == [0; 32] && signature[64..96] == [0; 32] => {
            [*r, *s].concat().into()
        }
        _ => signature.into(),
    }
}

fn require_sm2(certificate: &Certificate) -> Result<()> {
    match certificate.key() {
        PublicKey::Sm2(_) => Ok(()),
        _ => Err(Error::because(Code::KeyUnsupported, "seals are signed with SM2")),
    }
}

fn ia5(text: &str) -> Result<Vec<u8>> {
    if !text.is_ascii() {
        return Err(Error::because(Code::Parameter, "a text that must be ASCII is not"));
    }
    Ok(element(tag::IA5, &[text.as_bytes()]))
}
