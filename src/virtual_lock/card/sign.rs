//! Signatures (reference: token.md 1.3; the SM2 ones GM/T 0017-2012 tables 116 to 118).

use super::{Card, Outcome};
use crate::apdu::{Command, Status};
use crate::virtual_lock::Algorithm;
use crate::virtual_lock::key::PrivateKey;

const MESSAGE: u8 = 1;
const DIGEST: u8 = 2;
const SHA256: u8 = 3;

impl Card {
    pub(super) fn sm2_sign(&self, command: &Command) -> Outcome {
        let (key, data) = self.signing_key(command, Algorithm::Sm2)?;
        let signature = match command.p1 {
            DIGEST => key.sign_digest(data.try_into().map_err(|_| Status::WRONG_LENGTH)?),
            MESSAGE => {
                let (length, rest) = data.split_first_chunk::<4>().ok_or(Status::WRONG_LENGTH)?;
                let length = usize::try_from(self.read_long(*length)).map_err(|_| Status::BAD_DATA)?;
                let (id, message) = rest.split_at_checked(length).ok_or(Status::BAD_DATA)?;
                key.sign_message(core::str::from_utf8(id).map_err(|_| Status::BAD_DATA)?, message)
            }
            _ => return Err(Status::BAD_P1P2),
        };
        Ok([&self.long(256)[..], &signature.map_err(|_| Status(0x6A9C))?].concat())
    }

    pub(super) fn rsa_sign(&self, command: &Command) -> Outcome {
        let (key, data) = self.signing_key(command, Algorithm::Rsa)?;
        if command.p2 != SHA256 {
            return Err(Status(0x6A9D));
        }
        let signature = match command.p1 {
            DIGEST => key.sign_digest(data.try_into().map_err(|_| Status::WRONG_LENGTH)?),
            MESSAGE => key.sign_message("", data),
            _ => return Err(Status::BAD_P1P2),
        };
        signature.map_err(|_| Status(0x6A9C))
    }

    /// The signing key of the container named by its handle, once the PIN was verified.
    fn signing_key<'a>(
        &'a self,
        command: &'a Command,
        algorithm: Algorithm,
    ) -> Result<(&'a PrivateKey, &'a [u8]), Status> {
        let (at, data) = self.opened(command.data())?;
        if !self.pin_verified {
            return Err(Status::SECURITY_STATUS);
        }
        let pair = self.containers[at].signing.as_ref().ok_or(Status::NO_KEY_PAIR)?;
        if pair.key.algorithm() == algorithm { Ok((&pair.key, data)) } else { Err(Status::NO_KEY_PAIR) }
    }
}
