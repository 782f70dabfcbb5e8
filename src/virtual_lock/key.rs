//! A private key of a virtual lock or of its test CA.

use der::asn1::BitString;
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _};
use rsa::traits::PublicKeyParts as _;
use rsa::{RsaPrivateKey, RsaPublicKey};
use sha2::{Digest as _, Sha256};
use sm2::SecretKey;
use sm2::dsa::signature::Signer as _;
use sm2::dsa::signature::hazmat::PrehashSigner as _;
use x509_cert::SubjectPublicKeyInfo;
use x509_cert::builder::{Builder as _, CertificateBuilder, profile::BuilderProfile};
use x509_cert::certificate::Certificate;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use crate::error::{Code, Error, Result};
use crate::virtual_lock::Algorithm;

/// The id that every Chinese CA and portal uses (GM/T 0009 clause 10).
const SIGNER_ID: &str = "1234567812345678";

/// SM2, RSA-2048 or P-256.
pub(super) enum PrivateKey {
    Sm2(SecretKey),
    Rsa(Box<RsaPrivateKey>),
    P256(p256::SecretKey),
}

impl PrivateKey {
    /// A new key from the system's random source.
    pub(super) fn generate(algorithm: Algorithm) -> Result<Self> {
        match algorithm {
            Algorithm::Sm2 => drawn(|scalar| SecretKey::from_slice(scalar).ok()).map(Self::Sm2),
            Algorithm::P256 => drawn(|scalar| p256::SecretKey::from_slice(scalar).ok()).map(Self::P256),
            Algorithm::Rsa => RsaPrivateKey::new(&mut rsa::rand_core::UnwrapErr(getrandom::SysRng), 2048)
                .map(|key| Self::Rsa(Box::new(key)))
                .map_err(|_| Error::because(Code::Internal, "RSA key generation")),
        }
    }

    /// Reads PKCS#8 DER.
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self> {
        if let Ok(key) = SecretKey::from_pkcs8_der(der) {
            return Ok(Self::Sm2(key));
        }
        if let Ok(key) = p256::SecretKey::from_pkcs8_der(der) {
            return Ok(Self::P256(key));
        }
        RsaPrivateKey::from_pkcs8_der(der)
            .map(|key| Self::Rsa(Box::new(key)))
            .map_err(|_| Error::because(Code::Parameter, "not a PKCS#8 key of SM2, P-256 or RSA"))
    }

    /// PKCS#8 DER.
    pub(super) fn to_pkcs8(&self) -> Result<zeroize::Zeroizing<Vec<u8>>> {
        let document = match self {
            Self::Sm2(key) => sm2::pkcs8::EncodePrivateKey::to_pkcs8_der(key),
            Self::Rsa(key) => key.to_pkcs8_der(),
            Self::P256(key) => key.to_pkcs8_der(),
        };
        document.map(|document| document.to_bytes()).map_err(|_| Error::because(Code::Internal, "PKCS#8 encoding"))
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Sm2(_) => Algorithm::Sm2,
            Self::Rsa(_) => Algorithm::Rsa,
            Self::P256(_) => Algorithm::P256,
        }
    }

    /// Key length in bits, as GetContainerInfo tells it.
    pub(super) fn bits(&self) -> u32 {
        match self {
            Self::Sm2(_) | Self::P256(_) => 256,
            Self::Rsa(key) => u32::try_from(key.size() * 8).unwrap_or(0),
        }
    }

    /// SubjectPublicKeyInfo.
    pub(super) fn public(&self) -> Result<SubjectPublicKeyInfo> {
        let made = match self {
            Self::Sm2(key) => key.public_key().to_public_key_der(),
            Self::Rsa(key) => RsaPublicKey::from(&**key).to_public_key_der(),
            Self::P256(key) => key.public_key().to_public_key_der(),
        };
        let document = made.map_err(|_| Error::because(Code::Internal, "public key encoding"))?;
        document.decode_msg().map_err(|_| Error::because(Code::Internal, "public key encoding"))
    }

    /// SubjectPublicKeyInfo of somebody's SM2 point, 04 ‖ X ‖ Y.
    pub(super) fn public_of(point: &[u8; 65]) -> Result<SubjectPublicKeyInfo> {
        let failed = Error::because(Code::RequestInvalid, "no point of the SM2 curve");
        let key = sm2::PublicKey::from_sec1_bytes(point).map_err(|_| failed)?;
        key.to_public_key_der().and_then(|document| Ok(document.decode_msg()?)).map_err(|_| failed)
    }

    /// What the lock does with 32 bytes: SM2 over e (r ‖ s, 64 bytes), PKCS#1 v1.5 over a SHA-256 digest, or ECDSA (DER).
    pub(super) fn sign_digest(&self, digest: &[u8; 32]) -> Result<Vec<u8>> {
        let failed = Error::because(Code::Internal, "signing");
        match self {
            Self::Sm2(key) => {
                let signer = sm2::dsa::SigningKey::new(SIGNER_ID, key).map_err(|_| failed)?;
                let signature = signer.sign_prehash(digest).map_err(|_| failed)?;
                Ok(signature.to_bytes().to_vec())
            }
            Self::Rsa(key) => key.sign(Pkcs1v15Sign::new::<Sha256>(), digest).map_err(|_| failed),
            Self::P256(key) => {
                let signature: p256::ecdsa::DerSignature =
                    p256::ecdsa::SigningKey::from(key).sign_prehash(digest).map_err(|_| failed)?;
                Ok(signature.as_bytes().to_vec())
            }
        }
    }

    /// An SM2 key from its scalar, 32 bytes, big-endian.
    pub(super) fn from_scalar(scalar: &[u8; 32]) -> Result<Self> {
        let key = SecretKey::from_slice(scalar).map_err(|_| Error::because(Code::Parameter, "no SM2 key"))?;
        Ok(Self::Sm2(key))
    }

    /// The scalar of an SM2 key.
    pub(super) fn scalar(&self) -> Option<zeroize::Zeroizing<[u8; 32]>> {
        let Self::Sm2(key) = self else { return None };
        Some(zeroize::Zeroizing::new(key.to_bytes().into()))
    }

    /// The point of an SM2 key: X ‖ Y.
    pub(super) fn coordinates(&self) -> Option<[u8; 64]> {
        let Self::Sm2(key) = self else { return None };
        key.public_key().to_sec1_bytes().get(1..)?.try_into().ok()
    }

    /// SM2 decryption (GM/T 0003.4) of C1 without its first byte, C3, C2.
    pub(super) fn decrypt(&self, c1: &[u8; 64], c3: &[u8; 32], c2: &[u8]) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        let Self::Sm2(key) = self else { return None };
        let cipher = [&[4][..], c1, c3, c2].concat();
        sm2::pke::DecryptingKey::new(key.clone()).decrypt(&cipher).ok().map(zeroize::Zeroizing::new)
    }

    /// What a PIV card does with a whole block of PKCS#1 v1.5. `None` for a block that is none, or another kind of key.
    pub(super) fn sign_block(&self, block: &[u8]) -> Option<Vec<u8>> {
        let Self::Rsa(key) = self else { return None };
        let padded = block.strip_prefix(&[0x00, 0x01]).filter(|_| block.len() == key.size())?;
        let padding = padded.iter().take_while(|&&byte| byte == 0xFF).count();
        let (0x00, content) = padded[padding..].split_first().map(|(&zero, content)| (zero, content))? else {
            return None;
        };
        // Padded the same way again, this gives the same block.
        if padding < 8 { None } else { key.sign(Pkcs1v15Sign::new_unprefixed(), content).ok() }
    }

    /// ECCSignData with the message: the lock itself computes Z with the id it is given.
    pub(super) fn sign_message(&self, id: &str, message: &[u8]) -> Result<Vec<u8>> {
        let failed = Error::because(Code::Internal, "signing");
        match self {
            Self::Sm2(key) => {
                let signer = sm2::dsa::SigningKey::new(id, key).map_err(|_| failed)?;
                Ok(signer.try_sign(message).map_err(|_| failed)?.to_bytes().to_vec())
            }
            Self::Rsa(_) | Self::P256(_) => self.sign_digest(&Sha256::digest(message).into()),
        }
    }

    /// Signs what a certificate builder collected.
    pub(super) fn sign_certificate<P: BuilderProfile>(
        &self,
        mut builder: CertificateBuilder<P>,
    ) -> Result<Certificate> {
        let failed = |_| Error::because(Code::Internal, "certificate building");
        match self {
            Self::Sm2(key) => {
                let signer = sm2::dsa::SigningKey::new(SIGNER_ID, key)
                    .map_err(|_| Error::because(Code::Internal, "certificate building"))?;
                let tbs = builder.finalize(&signer).map_err(failed)?;
                let signature = signer.try_sign(&tbs).map_err(|_| Error::because(Code::Internal, "signing"))?;
                // The builder's own way would write r ‖ s; X.509 wants the DER sequence.
                let bits = BitString::from_bytes(signature.to_der().as_bytes())
                    .map_err(|_| Error::because(Code::Internal, "certificate building"))?;
                builder.assemble(bits, &signer).map_err(failed)
            }
            Self::Rsa(key) => {
                let signer = rsa::pkcs1v15::SigningKey::<Sha256>::new((**key).clone());
                builder.build::<_, rsa::pkcs1v15::Signature>(&signer).map_err(failed)
            }
            Self::P256(key) => {
                builder.build::<_, p256::ecdsa::DerSignature>(&p256::ecdsa::SigningKey::from(key)).map_err(failed)
            }
        }
    }
}

/// A key whose scalar is drawn at random.
fn drawn<K>(read: impl Fn(&[u8]) -> Option<K>) -> Result<K> {
    let mut scalar = zeroize::Zeroizing::new([0; 32]);
    loop {
        getrandom::fill(&mut *scalar).map_err(|_| Error::because(Code::Internal, "no random source"))?;
        // Fails only for 0 and for values beyond the order: about once in 2^32 draws.
        if let Some(key) = read(&*scalar) {
            return Ok(key);
        }
    }
}

/// The subject key identifier that CAs write: SHA-1 over the key bits (RFC 5280 4.2.1.2, method 1).
pub(super) fn key_identifier(key: SubjectPublicKeyInfoRef<'_>) -> [u8; 20] {
    sha1::Sha1::digest(key.subject_public_key.raw_bytes()).into()
}
