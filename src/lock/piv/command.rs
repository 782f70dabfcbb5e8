//! The commands as APDUs (NIST SP 800-73-4 part 2, chapter 3).

use super::{Algorithm, Slot, tlv};
use crate::apdu::Command;

/// The PIV Card Application, without the version at its end (part 1, 2.2).
const AID: [u8; 9] = [0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00];
/// The application's own PIN (part 1, table 4a).
const PIN: u8 = 0x80;
/// What Le says in short form when all there is shall come.
const ALL: u32 = 256;

pub(super) fn select() -> Command {
    Command::new(0x00, 0xA4, 0x04, 0x00).with_data(&[&AID]).expecting(ALL)
}

pub(super) fn certificate(slot: Slot) -> Command {
    // Data objects of the certificates (part 1, table 3).
    let object = match slot {
        Slot::Authentication => [0x5F, 0xC1, 0x05],
        Slot::Signature => [0x5F, 0xC1, 0x0A],
    };
    Command::new(0x00, 0xCB, 0x3F, 0xFF).with_data(&[&[0x5C, 3], &object]).expecting(ALL)
}

/// VERIFY without data: [`tries`](super::tries) reads the answer.
#[must_use]
pub fn tries_left() -> Command {
    Command::new(0x00, 0x20, 0x00, PIN)
}

pub(super) fn verify_pin(padded: &[u8; 8]) -> Command {
    Command::new(0x00, 0x20, 0x00, PIN).with_data(&[padded])
}

/// VERIFY with P1 = FF: the card forgets that the PIN was right (part 2, 3.2.1). A card older than SP 800-73-4 refuses, and
/// forgets only when it loses power.
#[must_use]
pub fn forget_pin() -> Command {
    Command::new(0x00, 0x20, 0xFF, PIN)
}

/// GENERAL AUTHENTICATE: signs what the algorithm takes, which is 32 bytes of digest for P-256 and a whole block of PKCS#1 v1.5
/// for RSA. [`signature`](super::signature) reads the answer.
#[must_use]
pub fn sign(slot: Slot, algorithm: Algorithm, input: &[u8]) -> Command {
    // A template that wants a response (82, empty) to a challenge (81).
    let template = [tlv::write(0x82, &[]), tlv::write(0x81, input)].concat();
    let data = tlv::write(0x7C, &template);
    Command::new(0x00, 0x87, algorithm as u8, slot as u8).with_data(&[&data]).expecting(ALL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apdu::{Answer, Form, Next, Response, Status};
    use crate::hash::hex_upper;

    /// Every part of a command, as it is sent to a card that takes each.
    fn sent(command: Command) -> Vec<String> {
        let mut answer = Answer::to(command, Form::Short);
        let mut parts = vec![hex_upper(&answer.first().unwrap())];
        while let Next::Send(part) = answer.feed(Response { data: Vec::new(), status: Status::OK }).unwrap() {
            parts.push(hex_upper(&part));
        }
        parts
    }

    #[test]
    fn written_as_the_standard_says() {
        assert_eq!(sent(select()), ["00A4040009A0000003080000100000"]);
        assert_eq!(sent(certificate(Slot::Authentication)), ["00CB3FFF055C035FC10500"]);
        assert_eq!(sent(certificate(Slot::Signature)), ["00CB3FFF055C035FC10A00"]);
        assert_eq!(sent(tries_left()), ["00200080"]);
        assert_eq!(sent(verify_pin(b"123456\xFF\xFF")), ["0020008008313233343536FFFF"]);
        assert_eq!(sent(forget_pin()), ["0020FF80"]);
    }

    /// Part 2, appendix A.4: a signature with 9C, ECDSA in one command and RSA 2048 in a chain of two.
    #[test]
    fn signatures_as_in_the_standards_examples() {
        let digest = [0xD1; 32];
        let ecdsa = format!("0087119C267C2482008120{}00", "D1".repeat(32));
        assert_eq!(sent(sign(Slot::Signature, Algorithm::P256, &digest)), [ecdsa]);
        let block = [0xB1; 256];
        let first = format!("1087079CFF7C820106820081820100{}", "B1".repeat(245));
        let last = format!("0087079C0B{}00", "B1".repeat(11));
        assert_eq!(sent(sign(Slot::Signature, Algorithm::Rsa2048, &block)), [first, last]);
    }
}
