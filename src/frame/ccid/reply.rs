//! What a reader's answer says about its card and about the command.

use super::{Kind, Message};
use crate::error::{Code, Error, Result};

/// Bits 0 and 1 of the status byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardState {
    /// Powered.
    Active,
    /// There, without power.
    Inactive,
    /// Not there.
    Absent,
}

/// Bits 6 and 7 of the status byte, with the error byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The command was done.
    Done,
    /// It was not, for this reason.
    Failed(u8),
    /// The card works on: the answer comes later, after this many of its waiting times. Nothing is sent meanwhile.
    Later(u8),
}

/// A message from a reader, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The message.
    pub message: Message,
    /// How the card is.
    pub card: CardState,
    /// How the command ended.
    pub outcome: Outcome,
}

impl Reply {
    /// Reads an answer.
    ///
    /// # Errors
    /// `BAD_FRAME` for what is no CCID message, no answer, or has a status that does not exist.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let broken = Error::because(Code::BadFrame, "not a CCID answer");
        let message = Message::decode(bytes)?;
        if !message.kind.is_reply() {
            return Err(broken);
        }
        let [status, error, _] = message.specific;
        let card = match status & 0b11 {
            0 => CardState::Active,
            1 => CardState::Inactive,
            2 => CardState::Absent,
            _ => return Err(broken),
        };
        let outcome = match status >> 6 {
            0 => Outcome::Done,
            1 => Outcome::Failed(error),
            2 => Outcome::Later(error),
            _ => return Err(broken),
        };
        Ok(Self { message, card, outcome })
    }

    /// Whether it answers a message of this kind and sequence byte.
    #[must_use]
    pub fn answers(&self, kind: Kind, sequence: u8) -> bool {
        self.message.kind == kind.reply() && self.message.sequence == sequence && self.message.slot == 0
    }

    /// Which part of an answer the data is.
    #[must_use]
    pub fn chain(&self) -> u8 {
        self.message.specific[2]
    }

    /// Why a command failed, as a code: by the error byte, or by the card that is not there.
    #[must_use]
    pub fn failure(&self, error: u8) -> Error {
        if self.card == CardState::Absent {
            return Error::because(Code::LockNotFound, "the reader says that no card is in it");
        }
        match error {
            // ICC_MUTE, PIN_TIMEOUT: nobody answered the reader.
            0xFE | 0xF0 => Error::because(Code::Timeout, "the card does not answer its reader"),
            0xEF => Error::because(Code::PinCancelled, "cancelled at the lock's own keys"),
            // CMD_SLOT_BUSY, BUSY_WITH_AUTO_SEQUENCE.
            0xE0 | 0xF2 => Error::because(Code::LockBusy, "the reader works on another command"),
            // XFR_PARITY_ERROR, XFR_OVERRUN, HW_ERROR.
            0xFB..=0xFD => Error::because(Code::BadFrame, "the way between reader and card is disturbed"),
            // What the reader does not know (00), a parameter it does not take (01 to 7F), aborted, a bad ATR.
            _ => Error::because(Code::BadReply, "the reader refuses the message"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u8, error: u8) -> Result<Reply> {
        Reply::decode(&Message::new(Kind::SlotStatus, 9, &[]).with([status, error, 0]).encode())
    }

    #[test]
    fn status_and_error_are_told_apart() {
        let active = reply(0x00, 0x00).unwrap();
        assert_eq!((active.card, active.outcome), (CardState::Active, Outcome::Done));
        assert_eq!(reply(0x80, 3).unwrap().outcome, Outcome::Later(3));
        assert_eq!(reply(0x41, 0xFE).unwrap().outcome, Outcome::Failed(0xFE));
        for status in [0x03, 0xC0] {
            assert_eq!(reply(status, 0).unwrap_err().code, Code::BadFrame);
        }
        let question = Message::new(Kind::Transfer, 9, &[]).encode();
        assert_eq!(Reply::decode(&question).unwrap_err().code, Code::BadFrame);
    }

    #[test]
    fn every_failure_has_its_code() {
        let failed = |status, error| reply(status, error).unwrap().failure(error).code;
        assert_eq!(failed(0x42, 0xFE), Code::LockNotFound);
        assert_eq!(failed(0x41, 0xFE), Code::Timeout);
        assert_eq!(failed(0x40, 0xE0), Code::LockBusy);
        assert_eq!(failed(0x40, 0xFD), Code::BadFrame);
        assert_eq!(failed(0x40, 0xEF), Code::PinCancelled);
        assert_eq!(failed(0x40, 0x00), Code::BadReply);
    }

    #[test]
    fn only_its_own_question_is_answered() {
        let reply = reply(0, 0).unwrap();
        assert!(reply.answers(Kind::GetSlotStatus, 9));
        assert!(!reply.answers(Kind::GetSlotStatus, 8));
        assert!(!reply.answers(Kind::Transfer, 9));
    }
}
