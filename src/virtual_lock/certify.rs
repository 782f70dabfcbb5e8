//! The test CA's counter: from a certificate request to what goes into the lock. The other end of 证书制作.

use sm2::pke::EncryptingKey;
use sm4::Sm4;
use sm4::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use zeroize::Zeroizing;

use super::issue::certificate;
use super::key::PrivateKey;
use super::{Algorithm, Ca, CertificateUsage, Description};
use crate::certificate::request::Request;
use crate::envelope::EnvelopedKey;
use crate::error::{Code, Error, Result};
use crate::session::Delivery;

impl Ca {
    /// Certifies the key of a request (PKCS#10, DER) for the holder of a description, makes an encryption key pair with its
    /// certificate, and puts it into an envelope that only the requesting lock opens. What the request says about its holder is
    /// not looked at. `now` is unix seconds.
    ///
    /// # Errors
    /// `REQUEST_INVALID`; `PARAMETER` for a description that makes no certificate or is not for SM2 keys.
    pub fn certify(&self, request: &[u8], description: &Description, now: u64) -> Result<Delivery> {
        let request = Request::from_der(request)?;
        if description.algorithm != Algorithm::Sm2 {
            return Err(Error::because(Code::Parameter, "a lock is asked for SM2 keys only"));
        }
        let encryption = PrivateKey::generate(Algorithm::Sm2)?;
        let made = |key, usage| certificate(description, self, &key, usage, now);
        Ok(Delivery {
            certificate: made(PrivateKey::public_of(request.point())?, CertificateUsage::Signing)?,
            encryption_certificate: made(encryption.public()?, CertificateUsage::Encryption)?,
            enveloped_key: envelope(&encryption, request.point())?.to_blob(),
        })
    }
}

/// The key under a fresh session key, the session key under the lock's public signing key.
fn envelope(key: &PrivateKey, lock: &[u8; 65]) -> Result<EnvelopedKey> {
    let failed = || Error::because(Code::Internal, "enveloping");
    let mut session = Zeroizing::new([0; 16]);
    getrandom::fill(&mut *session).map_err(|_| failed())?;
    let mut encrypted = Zeroizing::new([0; 64]);
    encrypted[32..].copy_from_slice(&*key.scalar().ok_or_else(failed)?);
    let cipher = Sm4::new((&*session).into());
    for block in encrypted.as_chunks_mut::<16>().0 {
        cipher.encrypt_block(block.into());
    }
    let sealed = EncryptingKey::from_sec1_bytes(lock)
        .and_then(|lock| lock.encrypt(&mut getrandom::SysRng, &*session))
        .map_err(|_| failed())?;
    // C1 with its first byte, C3, C2.
    let (c1, rest) = sealed.get(1..).and_then(|sealed| sealed.split_first_chunk::<64>()).ok_or_else(failed)?;
    let (c3, c2) = rest.split_first_chunk::<32>().ok_or_else(failed)?;
    Ok(EnvelopedKey {
        encrypted: *encrypted,
        public: key.coordinates().ok_or_else(failed)?,
        c1: *c1,
        c3: *c3,
        c2: c2.to_vec(),
    })
}
