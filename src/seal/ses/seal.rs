//! `SESeal`: the picture, whose it is, until when, and the maker's signature over all that.

use core::ops::Range;

use super::{Version, check_algorithm, fields, time, unreadable};
use crate::certificate::encode::sequence;
use crate::certificate::tlv::{Reader, Result, UNREADABLE, tag, whole_bits};
use crate::certificate::{Certificate, oid};
use crate::prelude::*;
use crate::seal::Hash;
use crate::seal::placement::{Mm, Size};
use crate::{Code, Error, signature};

/// A seal with its original bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    der: Vec<u8>,
    version: Version,
    info: Range<usize>,
    maker: Range<usize>,
    algorithm: String,
    /// Certificate and algorithm as elements: V1's maker signed them too.
    maker_fields: Range<usize>,
    signature: Range<usize>,
    time_stamp: Option<Range<usize>>,
    picture: Picture,
    signers: Signers,
    /// The vendor's name for itself.
    pub vendor: String,
    /// The seal's unique number.
    pub id: String,
    /// Free by business; 1 is often a unit's seal, 2 a person's.
    pub kind: u32,
    /// The seal's name.
    pub name: String,
    /// When it was made, Unix seconds.
    pub created: u64,
    /// First second of its validity.
    pub valid_from: u64,
    /// Last second of its validity.
    pub valid_until: u64,
}

/// What is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The kind in lower case: `png`, `jpg`, `gif`, `bmp`, `svg`, `ofd`.
    pub format: String,
    data: Range<usize>,
    /// Millimetres.
    pub width: u32,
    /// Millimetres.
    pub height: u32,
}

/// Who may sign with the seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signers {
    /// Holders of these certificates (DER).
    Certificates(Vec<Vec<u8>>),
    /// Holders of certificates with these digests.
    Digests(Vec<Digest>),
}

/// A certificate's digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// The maker's own word for the hash.
    pub kind: String,
    /// The digest itself.
    pub value: Vec<u8>,
}

impl Seal {
    /// Reads a seal that fills the bytes.
    ///
    /// # Errors
    /// `SEAL_UNREADABLE`.
    pub fn from_der(der: &[u8]) -> crate::Result<Self> {
        Self::read(der).map_err(unreadable)
    }

    pub(super) fn read(der: &[u8]) -> Result<Self> {
        let mut outer = fields::outer(der)?;
        let info = fields::sequence(&mut outer)?;
        let mut signed = outer.clone();
        let flat = signed.next()?.tag != tag::SEQUENCE;
        // V1 puts the maker's certificate, algorithm and signature into a structure of their own.
        let mut maker = if flat { outer.clone() } else { Reader::new(outer.expect(tag::SEQUENCE)?) };
        let certificate = maker.next()?;
        let algorithm = maker.next()?;
        if certificate.tag != tag::OCTET_STRING || algorithm.tag != tag::OID {
            return Err(UNREADABLE);
        }
        let signature = whole_bits(maker.expect(tag::BIT_STRING)?)?;
        let time_stamp = if flat { fields::time_stamp(&mut maker)? } else { None };
        maker.finish()?;
        if !flat {
            outer.finish()?;
        }

        let mut parts = Reader::new(info.value);
        let mut header = Reader::new(parts.expect(tag::SEQUENCE)?);
        if header.expect(tag::IA5)? != b"ES" {
            return Err(UNREADABLE);
        }
        let stated = fields::number(header.expect(tag::INTEGER)?)?;
        let vendor = fields::text(header.expect(tag::IA5)?)?;
        header.finish()?;
        let version = match (flat, stated, &time_stamp) {
            (false, ..) => Version::V1,
            (true, 5, _) | (true, _, Some(_)) => Version::V5,
            (true, _, None) => Version::V4,
        };
        let id = fields::text(parts.expect(tag::IA5)?)?;

        let mut property = Reader::new(parts.expect(tag::SEQUENCE)?);
        let kind = fields::number(property.expect(tag::INTEGER)?)?;
        let name = fields::text(property.expect(tag::UTF8)?)?;
        let list = match flat {
            true => fields::number(property.expect(tag::INTEGER)?)?,
            false => 1,
        };
        let signers = Signers::read(list, property.expect(tag::SEQUENCE)?)?;
        let created = time::read(property.next()?)?;
        let valid_from = time::read(property.next()?)?;
        let valid_until = time::read(property.next()?)?;
        property.finish()?;

        let mut image = Reader::new(parts.expect(tag::SEQUENCE)?);
        let format = fields::text(image.expect(tag::IA5)?)?.to_ascii_lowercase();
        let data = fields::within(der, image.expect(tag::OCTET_STRING)?);
        let width = fields::number(image.expect(tag::INTEGER)?)?;
        let height = fields::number(image.expect(tag::INTEGER)?)?;
        image.finish()?;
        fields::extensions(&mut parts)?;
        parts.finish()?;

        let within = |part: &[u8]| fields::within(der, part);
        Ok(Self {
            version,
            info: within(info.whole),
            maker: within(certificate.value),
            algorithm: oid::dotted(algorithm.value)?,
            maker_fields: within(certificate.whole).start..within(algorithm.whole).end,
            signature: within(signature),
            time_stamp: time_stamp.map(within),
            picture: Picture { format, data, width, height },
            signers,
            vendor,
            id,
            kind,
            name,
            created,
            valid_from,
            valid_until,
            der: der.into(),
        })
    }

    /// The whole seal as it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Which standard it follows.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The picture's size and kind.
    #[must_use]
    pub const fn picture(&self) -> &Picture {
        &self.picture
    }

    /// How large it stands on a page.
    #[must_use]
    pub const fn size(&self) -> Size {
        Size { width: Mm::whole(self.picture.width), height: Mm::whole(self.picture.height) }
    }

    /// The picture's file.
    #[must_use]
    pub fn picture_data(&self) -> &[u8] {
        &self.der[self.picture.data.clone()]
    }

    /// Who may sign with it.
    #[must_use]
    pub const fn signers(&self) -> &Signers {
        &self.signers
    }

    /// The certificate of who made the seal (制章者), DER and unread.
    #[must_use]
    pub fn maker(&self) -> &[u8] {
        &self.der[self.maker.clone()]
    }

    /// The time-stamp token over the maker's signature, unread.
    #[must_use]
    pub fn time_stamp(&self) -> Option<&[u8]> {
        self.time_stamp.clone().map(|range| &self.der[range])
    }

    /// The bytes that the maker signed: the information alone, in V1 also certificate and algorithm (reference seal.md 1.3).
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let info = &self.der[self.info.clone()];
        match self.version {
            Version::V1 => sequence(&[info, &self.der[self.maker_fields.clone()]]),
            Version::V4 | Version::V5 => info.to_vec(),
        }
    }

    /// The maker's signature as it stands there.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.der[self.signature.clone()]
    }

    /// Verifies that the maker signed the seal.
    ///
    /// # Errors
    /// `SEAL_INVALID`; `CERT_UNREADABLE` or `KEY_UNSUPPORTED` of the maker's certificate.
    pub fn verify(&self) -> crate::Result<()> {
        let maker = Certificate::from_der(self.maker())?;
        check_algorithm(&self.algorithm, maker.key())?;
        let exact = signature::exact(maker.key(), self.signature());
        exact.and_then(|exact| signature::verify(maker.key(), &self.signed_bytes(), &exact)).map_err(
            |error| match error.code {
                Code::SignatureInvalid => Error::because(Code::SealInvalid, "the maker's signature over the seal"),
                _ => error,
            },
        )
    }

    /// Whether the holder of a certificate may sign with the seal: it is one of the seal's, byte for byte or by its digest.
    ///
    /// # Errors
    /// `SEAL_MISMATCH`; `DIGEST_UNSUPPORTED` when the seal names digests of a kind unknown here only.
    pub fn check_signer(&self, certificate: &[u8]) -> crate::Result<()> {
        match &self.signers {
            Signers::Certificates(list) if list.iter().any(|one| one == certificate) => Ok(()),
            Signers::Digests(list) if list.iter().any(|one| one.is_of(certificate)) => Ok(()),
            Signers::Digests(list) if !list.is_empty() && list.iter().all(|one| one.hash().is_none()) => {
                Err(Code::DigestUnsupported.into())
            }
            _ => Err(Code::SealMismatch.into()),
        }
    }

    /// Whether it is valid at a time (both ends included).
    ///
    /// # Errors
    /// `SEAL_NOT_YET` or `SEAL_EXPIRED`.
    pub fn check_dates(&self, at: u64) -> crate::Result<()> {
        match at {
            _ if at < self.valid_from => Err(Code::SealNotYet.into()),
            _ if at > self.valid_until => Err(Code::SealExpired.into()),
            _ => Ok(()),
        }
    }
}

impl Signers {
    fn read(kind: u32, list: &[u8]) -> Result<Self> {
        let mut list = Reader::new(list);
        match kind {
            1 => {
                let mut certificates = Vec::new();
                while !list.is_empty() {
                    let one = list.next()?;
                    certificates.push(match one.tag {
                        tag::OCTET_STRING => one.value.into(),
                        // As the text of the 2014 standard can be read.
                        tag::SEQUENCE => one.whole.into(),
                        _ => return Err(UNREADABLE),
                    });
                }
                Ok(Self::Certificates(certificates))
            }
            2 => {
                let mut digests = Vec::new();
                while !list.is_empty() {
                    let mut one = Reader::new(list.expect(tag::SEQUENCE)?);
                    let kind = fields::text(one.expect(tag::PRINTABLE)?)?;
                    let value = one.expect(tag::OCTET_STRING)?.into();
                    one.finish()?;
                    digests.push(Digest { kind, value });
                }
                Ok(Self::Digests(digests))
            }
            _ => Err(UNREADABLE),
        }
    }
}

impl Digest {
    /// The standard lets every maker choose the word (`ObjType`, self-defined): the usual names and numbers are known.
    fn hash(&self) -> Option<Hash> {
        match self.kind.to_ascii_lowercase().as_str() {
            "sm3" => Some(Hash::Sm3),
            "sha256" | "sha-256" => Some(Hash::Sha256),
            number => Hash::numbered(number),
        }
    }

    fn is_of(&self, certificate: &[u8]) -> bool {
        self.hash().is_some_and(|hash| hash.of(certificate) == self.value)
    }
}
