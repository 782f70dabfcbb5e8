//! What is written into `Contents`: three forms of SignedData, or the seal's own signature.

use crate::certificate::{Certificate, PublicKey};
use crate::prelude::*;
use crate::seal::cms::{Family, NewSignedData, UnsignedData};
use crate::seal::ses::{ToSign, assemble_signature, short};
use crate::seal::{Hash, Seal};
use crate::{Code, Error, Result, signature};

/// The form of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// SignedData with the numbers of GB/T 35275, for SM2.
    Gm,
    /// SignedData with the numbers of PKCS#7, for SM2, RSA and P-256.
    Pkcs7,
    /// SignedData as PAdES has it (EN 319 142-1), for RSA and P-256: the certificate is signed as well, and the time is the
    /// document's.
    Pades,
    /// The signature of GB/T 38540 (or the standard of the seal's version) with the seal in it, for SM2.
    Ses,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug)]
pub struct Style<'a> {
    /// Its form.
    pub contents: Contents,
    /// `Filter`: the program that shall verify it.
    pub filter: &'a str,
    /// `SubFilter`: the name of its form. None is agreed on for a signature of GB/T 38540 (reference seal.md 3.1).
    pub sub_filter: &'a str,
    /// Certificates of the CAs above the signer's, which SignedData carries along.
    pub chain: &'a [Certificate],
}

impl Style<'_> {
    /// A form with the names that most readers know.
    #[must_use]
    pub const fn new(contents: Contents) -> Style<'static> {
        let sub_filter = match contents {
            Contents::Pades => "ETSI.CAdES.detached",
            _ => "adbe.pkcs7.detached",
        };
        Style { contents, filter: "Adobe.PPKLite", sub_filter, chain: &[] }
    }

    /// Whether both names are ones that need no escapes.
    pub(super) fn check(&self) -> Result<()> {
        let plain = |name: &str| {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
            !name.is_empty() && name.len() <= 127 && name.bytes().all(letter)
        };
        if plain(self.filter) && plain(self.sub_filter) {
            Ok(())
        } else {
            Err(Error::because(Code::Parameter, "a Filter or SubFilter that is no plain name"))
        }
    }

    /// What is usual for a key: PKCS#7's numbers, which the most programs read.
    #[must_use]
    pub const fn usual(key: &PublicKey) -> Style<'static> {
        match key {
            PublicKey::Sm2(_) => Style::new(Contents::Pkcs7),
            _ => Style::new(Contents::Pades),
        }
    }
}

/// What a signature is over: the exact bytes, and what comes around them.
#[derive(Clone, Debug)]
pub(super) enum Unsigned {
    Ses(Box<(ToSign, Certificate)>),
    Cms(Box<UnsignedData>),
}

impl Unsigned {
    /// Puts together what is signed, over a document of which this is the digest.
    pub(super) fn new(
        style: &Style<'_>,
        seal: &Seal,
        certificate: &Certificate,
        time: u64,
        digest: &[u8; 32],
        property: &str,
    ) -> Result<Self> {
        let sm2 = matches!(certificate.key(), PublicKey::Sm2(_));
        let family = match style.contents {
            Contents::Ses => {
                let to_sign = ToSign::new(seal, certificate, time, digest, property)?;
                return Ok(Self::Ses(Box::new((to_sign, certificate.clone()))));
            }
            Contents::Gm if sm2 => Family::Gm,
            Contents::Pades if !sm2 => Family::Pkcs7,
            Contents::Pkcs7 => Family::Pkcs7,
            _ => {
                return Err(Error::because(Code::KeyUnsupported, "this form of signature is not made with such a key"));
            }
        };
        let names_certificate = style.contents == Contents::Pades;
        let time = (!names_certificate).then_some(time);
        let new = NewSignedData { family, certificate, chain: style.chain, time, names_certificate };
        Ok(Self::Cms(Box::new(new.prepare(digest))))
    }

    fn certificate(&self) -> &Certificate {
        match self {
            Self::Ses(both) => &both.1,
            Self::Cms(unsigned) => unsigned.certificate(),
        }
    }

    pub(super) fn signed_bytes(&self) -> Vec<u8> {
        match self {
            Self::Ses(both) => both.0.signed_bytes().to_vec(),
            Self::Cms(unsigned) => unsigned.signed_bytes(),
        }
    }

    /// What a key is given: SM3(Z ‖ bytes) for SM2, SHA-256 of the bytes for the others.
    pub(super) fn digest(&self) -> Result<[u8; 32]> {
        match self.certificate().key() {
            PublicKey::Sm2(point) => signature::sm2_digest(point, &self.signed_bytes()),
            _ => Ok(crate::hash::sha256(&self.signed_bytes())),
        }
    }

    /// A signature as it comes (DER, r ‖ s, 128 bytes, RSA's octets) in the form in which it is verified.
    pub(super) fn exact(&self, signature: &[u8]) -> Result<Vec<u8>> {
        signature::exact(self.certificate().key(), short(signature).as_ref()).map_err(not_signed)
    }

    /// The content, with a signature that is verified first unless somebody else has.
    pub(super) fn assemble(&self, signature: &[u8], verified: bool) -> Result<Vec<u8>> {
        match self {
            Self::Ses(both) => assemble_signature(&both.0, signature).map(|made| made.der().to_vec()),
            Self::Cms(unsigned) => {
                let exact = self.exact(signature)?;
                if !verified {
                    signature::verify(self.certificate().key(), &self.signed_bytes(), &exact).map_err(not_signed)?;
                }
                unsigned.assemble(&exact)
            }
        }
    }

    /// The most bytes that [`Self::assemble`] makes.
    pub(super) fn most(&self) -> Result<usize> {
        match self {
            // Certificate, algorithm, and a signature of at most 72 bytes, each with tag and length.
            Self::Ses(both) => Ok(both.0.signed_bytes().len() + both.1.der().len() + 128),
            Self::Cms(unsigned) => {
                let longest = match self.certificate().key() {
                    PublicKey::Rsa { modulus, .. } => modulus.len(),
                    _ => 72,
                };
                // Lengths of what is around it may take a byte more.
                unsigned.assemble(&vec![0; longest]).map(|made| made.len() + 16)
            }
        }
    }
}

/// With what a document is hashed for a form and a key.
pub(super) const fn hash_of(key: &PublicKey) -> Hash {
    match key {
        PublicKey::Sm2(_) => Hash::Sm3,
        _ => Hash::Sha256,
    }
}

fn not_signed(error: Error) -> Error {
    match error.code {
        Code::SignatureInvalid => {
            Error::because(Code::SignFailed, "not a signature of the certificate over what is to be signed")
        }
        _ => error,
    }
}
