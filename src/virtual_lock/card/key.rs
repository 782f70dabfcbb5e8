//! Key pairs and certificates that come into the card: made in it, or delivered by a CA (reference: token.md 1.3).

use sm4::Sm4;
use sm4::cipher::{BlockCipherDecrypt as _, KeyInit as _};
use zeroize::Zeroizing;

use super::container::Pair;
use super::{Card, Outcome};
use crate::apdu::{Command, Status};
use crate::envelope::EnvelopedKey;
use crate::virtual_lock::Algorithm;
use crate::virtual_lock::key::PrivateKey;

const SIGNING: u8 = 1;
const ENCRYPTION: u8 = 0;
const BITS: u32 = 256;
const GENERATION_FAILED: Status = Status(0x6915);
const DECRYPTION_FAILED: Status = Status(0x6A9B);

impl Card {
    /// GenECCKeyPair. A key that has a certificate is not made anew.
    pub(super) fn generate_sm2(&mut self, command: &Command) -> Outcome {
        let (at, bits) = self.opened(command.data())?;
        self.verified()?;
        if self.read_long(bits.try_into().map_err(|_| Status::WRONG_LENGTH)?) != BITS {
            return Err(Status::BAD_DATA);
        }
        let place = &mut self.containers[at].signing;
        if place.as_ref().is_some_and(|pair| !pair.certificate.is_empty()) {
            return Err(Status::CONDITIONS);
        }
        let key = PrivateKey::generate(Algorithm::Sm2).map_err(|_| GENERATION_FAILED)?;
        let point = key.coordinates().ok_or(GENERATION_FAILED)?;
        *place = Some(Pair { key, certificate: Vec::new() });
        Ok(point.to_vec())
    }

    pub(super) fn export_public_key(&self, command: &Command) -> Outcome {
        let (at, _) = self.opened(command.data())?;
        let pair = match command.p1 {
            SIGNING => &self.containers[at].signing,
            ENCRYPTION => &self.containers[at].encryption,
            _ => return Err(Status::BAD_P1P2),
        };
        let pair = pair.as_ref().ok_or(Status::NO_KEY_PAIR)?;
        let point = pair.key.coordinates().ok_or(Status::NO_KEY_PAIR)?;
        Ok([&self.long(BITS)[..], &point].concat())
    }

    pub(super) fn import_certificate(&mut self, command: &Command) -> Outcome {
        let (at, data) = self.opened(command.data())?;
        self.verified()?;
        let (&[kind, a, b, c, d], der) = data.split_first_chunk::<5>().ok_or(Status::WRONG_LENGTH)?;
        if usize::try_from(self.read_long([a, b, c, d])) != Ok(der.len()) || der.is_empty() {
            return Err(Status::BAD_DATA);
        }
        let container = &mut self.containers[at];
        let place = match kind {
            SIGNING => &mut container.signing,
            ENCRYPTION => &mut container.encryption,
            _ => return Err(Status::BAD_DATA),
        };
        place.as_mut().ok_or(Status::NO_KEY_PAIR)?.certificate = der.to_vec();
        Ok(Vec::new())
    }

    /// ImportECCKeyPair: the signing key opens the session key, the session key the encryption key, and the encryption key must
    /// be the one of the public key beside it.
    pub(super) fn import_sm2_pair(&mut self, command: &Command) -> Outcome {
        let (at, data) = self.opened(command.data())?;
        self.verified()?;
        let envelope = self.enveloped(data)?;
        let container = &mut self.containers[at];
        let signing = container.signing.as_ref().ok_or(Status::NO_KEY_PAIR)?;
        let session = signing.key.decrypt(&envelope.c1, &envelope.c3, &envelope.c2).ok_or(DECRYPTION_FAILED)?;
        let session: &[u8; 16] = session.as_slice().try_into().map_err(|_| DECRYPTION_FAILED)?;
        let cipher = Sm4::new(session.into());
        let mut plain = Zeroizing::new(envelope.encrypted);
        for block in plain.as_chunks_mut::<16>().0 {
            cipher.decrypt_block(block.into());
        }
        let (zeros, scalar) = plain.split_at(32);
        let scalar: &[u8; 32] = scalar.try_into().map_err(|_| DECRYPTION_FAILED)?;
        let key = PrivateKey::from_scalar(scalar).map_err(|_| DECRYPTION_FAILED)?;
        if zeros != [0; 32] || key.coordinates() != Some(envelope.public) {
            return Err(DECRYPTION_FAILED);
        }
        container.encryption = Some(Pair { key, certificate: Vec::new() });
        Ok(Vec::new())
    }

    /// The envelope as it travels: numbers in the card's order, coordinates without padding.
    fn enveloped(&self, data: &[u8]) -> Result<EnvelopedKey, Status> {
        let mut rest = data;
        let header = [self.take_number(&mut rest)?, self.take_number(&mut rest)?, self.take_number(&mut rest)?];
        let (c1, c3) = (*take::<64>(&mut rest)?, *take::<32>(&mut rest)?);
        let length = self.take_number(&mut rest)?;
        let c2 = take::<16>(&mut rest)?.to_vec();
        let bits = self.take_number(&mut rest)?;
        let public = *take::<64>(&mut rest)?;
        let private = self.take_number(&mut rest)?;
        let encrypted = *take::<64>(&mut rest)?;
        let numbers = (header, length, bits, private, rest.len());
        if numbers != ([EnvelopedKey::VERSION, EnvelopedKey::SM4_ECB, BITS], 16, BITS, 64, 0) {
            return Err(Status::BAD_DATA);
        }
        Ok(EnvelopedKey { encrypted, public, c1, c3, c2 })
    }

    fn take_number(&self, rest: &mut &[u8]) -> Result<u32, Status> {
        Ok(self.read_long(*take(rest)?))
    }
}

fn take<'d, const N: usize>(rest: &mut &'d [u8]) -> Result<&'d [u8; N], Status> {
    let (taken, after) = rest.split_first_chunk::<N>().ok_or(Status::WRONG_LENGTH)?;
    *rest = after;
    Ok(taken)
}
