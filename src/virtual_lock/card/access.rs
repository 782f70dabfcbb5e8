//! Challenge, PIN and secure state (reference: token.md 1.3, 1.5).

use super::{Card, Outcome};
use crate::apdu::{Command, Status};
use crate::lock::gmt0017::pin_block;
use crate::lock::profile::TriesLeft;

const USER: u8 = 1;

impl Card {
    pub(super) fn random(&mut self, command: &Command) -> Outcome {
        let wanted = command.expected().unwrap_or(8).min(256);
        let mut bytes = vec![0; wanted as usize];
        getrandom::fill(&mut bytes).map_err(|_| Status(0x6F00))?;
        self.challenge = bytes.first_chunk::<8>().copied();
        Ok(bytes)
    }

    pub(super) fn pin_info(&self, command: &Command) -> Outcome {
        self.in_application(command.data())?;
        if command.p2 != USER {
            return Err(Status::BAD_P1P2);
        }
        Ok(vec![self.tries_max, self.tries_left, 0])
    }

    pub(super) fn verify_pin(&mut self, command: &Command) -> Outcome {
        let block: [u8; 16] = self.in_application(command.data())?.try_into().map_err(|_| Status::WRONG_LENGTH)?;
        if command.p2 != USER {
            return Err(Status::BAD_P1P2);
        }
        self.pin_verified = false;
        // A challenge serves one try.
        let challenge = self.challenge.take().ok_or(Status::CONDITIONS)?;
        if self.tries_left == 0 {
            return Err(Status::AUTH_LOCKED);
        }
        let dialect = self.rules.pin.ok_or(Status::CONDITIONS)?;
        if *pin_block(dialect, &self.pin, challenge) == block {
            self.tries_left = self.tries_max;
            self.pin_verified = true;
            return Ok(Vec::new());
        }
        self.tries_left -= 1;
        Err(match self.rules.tries_left {
            _ if self.tries_left == 0 => Status::AUTH_LOCKED,
            TriesLeft::InPlace => Status::pin_wrong(self.tries_left),
            TriesLeft::Shifted => Status(0x63C0 | u16::from(self.tries_left) << 8),
        })
    }

    pub(super) fn clear_secure_state(&mut self, command: &Command) -> Outcome {
        self.in_application(command.data())?;
        self.pin_verified = false;
        Ok(Vec::new())
    }
}
