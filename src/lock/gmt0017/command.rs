//! The commands as APDUs (reference: token.md 1.3, 1.9; GM/T 0017-2012 chapter 9).

use super::reply::{ApplicationId, ContainerId, Name};
use crate::apdu::Command;

pub(super) const CLA: u8 = 0x80;
pub(super) const USER_PIN: u8 = 0x01;

/// Which of a container's two key pairs and certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Usage {
    /// Made by the CA's key centre; opens what was encrypted to the holder.
    Encryption = 0,
    /// Made inside the lock; logs in and seals.
    Signing = 1,
}

pub(super) fn device_info() -> Command {
    Command::new(CLA, 0x04, 0, 0).expecting(Command::ALL)
}

pub(super) fn enum_application() -> Command {
    Command::new(CLA, 0x22, 0, 0).expecting(Command::ALL)
}

pub(super) fn open_application(name: &Name) -> Command {
    Command::new(CLA, 0x26, 0, 0).with_data(&[name.as_bytes()]).expecting(10)
}

pub(super) fn enum_container(application: ApplicationId) -> Command {
    // The captured command carries no Le.
    Command::new(CLA, 0x46, 0, 0).with_data(&[&application.0])
}

pub(super) fn open_container(application: ApplicationId, name: &Name) -> Command {
    Command::new(CLA, 0x42, 0, 0).with_data(&[&application.0, name.as_bytes()]).expecting(2)
}

pub(super) fn container_info(application: ApplicationId, name: &Name) -> Command {
    Command::new(CLA, 0x4A, 0, 0).with_data(&[&application.0, name.as_bytes()]).expecting(11)
}

pub(super) fn export_certificate(application: ApplicationId, container: ContainerId, usage: Usage) -> Command {
    Command::new(CLA, 0x4E, usage as u8, 0).with_data(&[&application.0, &container.0]).expecting(Command::ALL)
}

pub(super) fn pin_info(application: ApplicationId) -> Command {
    Command::new(CLA, 0x14, 0, USER_PIN).with_data(&[&application.0]).expecting(3)
}

pub(super) fn random() -> Command {
    Command::new(CLA, 0x50, 0, 0).expecting(8)
}

pub(super) fn verify_pin(application: ApplicationId, block: &[u8; 16]) -> Command {
    // No Le: captured as a case 3 command.
    Command::new(CLA, 0x18, 0, USER_PIN).with_data(&[&application.0, block])
}

/// ECCSignData over a digest: SM2 over e = SM3(Z ‖ M), made outside. [`Gmt0017::sm2_signature`](super::Gmt0017::sm2_signature)
/// reads the answer.
#[must_use]
pub fn sm2_sign(application: ApplicationId, container: ContainerId, e: &[u8; 32]) -> Command {
    // P1 = 2: the data is the digest. No Le, as captured.
    Command::new(CLA, 0x74, 2, 0).with_data(&[&application.0, &container.0, e])
}

/// RSASignData over a SHA-256 digest: PKCS#1 v1.5, as long as the modulus.
#[must_use]
pub fn rsa_sign(application: ApplicationId, container: ContainerId, digest: &[u8; 32]) -> Command {
    // P1 = 2: the data is a digest; P2 = 3: SHA-256, the lock adds the DigestInfo.
    Command::new(CLA, 0x58, 2, 3).with_data(&[&application.0, &container.0, digest])
}

/// CloseContainer.
#[must_use]
pub fn close_container(application: ApplicationId, container: ContainerId) -> Command {
    Command::new(CLA, 0x44, 0, 0).with_data(&[&application.0, &container.0])
}

/// ClearSecureState: the lock forgets that the PIN was right.
#[must_use]
pub fn clear_secure_state(application: ApplicationId) -> Command {
    Command::new(CLA, 0x1C, 0, 0).with_data(&[&application.0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apdu::Form;

    const APPLICATION: ApplicationId = ApplicationId([0x10, 0x00]);
    const CONTAINER: ContainerId = ContainerId([0x30, 0x01]);

    fn hex(command: &Command) -> String {
        command.encode(Form::Extended).unwrap().iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// The sequence that was captured on a GM3000 (reference: token.md 1.9).
    #[test]
    fn written_as_captured() {
        let application = Name::from(&b"BJCA-Application"[..]);
        let container = Name::from(&b"personalCert00"[..]);
        let names = |name: &Name| name.as_bytes().iter().map(|b| format!("{b:02X}")).collect::<String>();
        let cases = [
            (enum_application(), "80220000000000".to_owned()),
            (open_application(&application), format!("80260000000010{}000A", names(&application))),
            (enum_container(APPLICATION), "804600000000021000".to_owned()),
            (open_container(APPLICATION, &container), format!("804200000000101000{}0002", names(&container))),
            (container_info(APPLICATION, &container), format!("804A00000000101000{}000B", names(&container))),
            (export_certificate(APPLICATION, CONTAINER, Usage::Signing), "804E0100000004100030010000".to_owned()),
            (random(), "80500000000008".to_owned()),
            (verify_pin(APPLICATION, &[0xAB; 16]), format!("801800010000121000{}", "AB".repeat(16))),
            (sm2_sign(APPLICATION, CONTAINER, &[0xCD; 32]), format!("8074020000002410003001{}", "CD".repeat(32))),
            (close_container(APPLICATION, CONTAINER), "8044000000000410003001".to_owned()),
        ];
        for (command, expected) in cases {
            assert_eq!(hex(&command), expected);
        }
    }
}
