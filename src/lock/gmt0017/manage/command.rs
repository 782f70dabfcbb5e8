//! The management commands as APDUs (reference: token.md 1.3).

use sm4::Sm4;
use sm4::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use zeroize::Zeroizing;

use super::mac::mac;
use super::{NewApplication, Usage};
use crate::apdu::Command;
use crate::envelope::EnvelopedKey;
use crate::error::{Code, Error, Result};
use crate::lock::gmt0017::command::{CLA, USER_PIN};
use crate::lock::gmt0017::reply::{ApplicationId, ContainerId, Name};
use crate::lock::profile::{ByteOrder, Initialise, MacRule};
use crate::secret::Pin;

/// Class of a command that ends with a MAC.
const CLA_MAC: u8 = 0x84;
/// DevAuth's P2: the algorithm of the device key.
const SM4: u8 = 0x02;
/// Bits of an SM2 key, as every structure names them.
const BITS: u32 = 256;
/// Rights: the user, who has verified the PIN.
const RIGHT_USER: u32 = 0x10;

pub(super) fn set_label(label: &str) -> Command {
    Command::new(CLA, 0x02, 0, 0).with_data(&[label.as_bytes()])
}

/// The application's handle travels in P1 P2 with the commands of files.
pub(super) fn enum_files(application: ApplicationId) -> Command {
    let [p1, p2] = application.0;
    Command::new(CLA, 0x34, p1, p2).expecting(Command::ALL)
}

pub(super) fn file_info(application: ApplicationId, name: &Name) -> Command {
    let [p1, p2] = application.0;
    Command::new(CLA, 0x36, p1, p2).with_data(&[name.as_bytes()]).expecting(Command::ALL)
}

/// Here the handle travels in the data. `most` bytes from `offset` on.
pub(super) fn read_file(
    application: ApplicationId,
    name: &Name,
    offset: u16,
    most: u16,
    order: ByteOrder,
) -> Result<Command> {
    let length = u16::try_from(name.as_bytes().len()).map_err(|_| Error::new(Code::Parameter))?;
    let short = |number: u16| match order {
        ByteOrder::Big => number.to_be_bytes(),
        ByteOrder::Little => number.to_le_bytes(),
    };
    Ok(Command::new(CLA, 0x38, 0, 0)
        .with_data(&[&application.0, &short(offset), &short(length), name.as_bytes()])
        .expecting(most.into()))
}

pub(super) fn device_auth(key: &[u8; 16], challenge: [u8; 8]) -> Command {
    let mut block = [0; 16];
    block[..8].copy_from_slice(&challenge);
    Sm4::new(key.into()).encrypt_block((&mut block).into());
    Command::new(CLA, 0x10, 0, SM4).with_data(&[&block])
}

pub(super) fn create_application(
    rule: &Initialise,
    application: &NewApplication,
    user_pin: &Pin,
    order: ByteOrder,
) -> Result<Command> {
    let name = application.name.as_bytes();
    let mut field = vec![0; rule.name_bytes];
    let too_long = Error::because(Code::Parameter, "the application's name is longer than the lock's field");
    // One NUL must be left, for locks that read up to it.
    field.get_mut(..=name.len()).and_then(|field| field.split_last_mut()).ok_or(too_long)?.1.copy_from_slice(name);
    Ok(Command::new(CLA, 0x20, 0, 0).with_data(&[
        &field,
        application.admin_pin.padded(),
        &number(order, application.admin_tries.into()),
        user_pin.padded(),
        &number(order, application.user_tries.into()),
        &number(order, RIGHT_USER),
        // Containers, certificates, files: as many as the virtual lock and common locks have.
        &[10, 20],
        &match order {
            ByteOrder::Big => [0, 50],
            ByteOrder::Little => [50, 0],
        },
    ]))
}

pub(super) fn create_container(application: ApplicationId, name: &Name) -> Command {
    Command::new(CLA, 0x40, 0, 0).with_data(&[&application.0, name.as_bytes()]).expecting(2)
}

pub(super) fn delete_container(application: ApplicationId, name: &Name) -> Command {
    Command::new(CLA, 0x48, 0, 0).with_data(&[&application.0, name.as_bytes()])
}

pub(super) fn generate_sm2(application: ApplicationId, container: ContainerId, order: ByteOrder) -> Command {
    Command::new(CLA, 0x70, 0, 0)
        .with_data(&[&application.0, &container.0, &number(order, BITS)])
        .expecting(Command::ALL)
}

pub(super) fn export_public_key(application: ApplicationId, container: ContainerId, usage: Usage) -> Command {
    Command::new(CLA, 0x88, usage as u8, 0).with_data(&[&application.0, &container.0]).expecting(Command::ALL)
}

pub(super) fn import_certificate(
    application: ApplicationId,
    container: ContainerId,
    usage: Usage,
    der: &[u8],
    order: ByteOrder,
) -> Result<Command> {
    let kind = [usage as u8];
    Ok(Command::new(CLA, 0x4C, 0, 0).with_data(&[
        &application.0,
        &container.0,
        &kind,
        &number(order, length(der)?),
        der,
    ]))
}

pub(super) fn import_sm2_pair(
    application: ApplicationId,
    container: ContainerId,
    key: &EnvelopedKey,
    order: ByteOrder,
) -> Result<Command> {
    Ok(Command::new(CLA, 0x72, 0, 0).with_data(&[
        &application.0,
        &container.0,
        &number(order, EnvelopedKey::VERSION),
        &number(order, EnvelopedKey::SM4_ECB),
        &number(order, BITS),
        &key.c1,
        &key.c3,
        &number(order, length(&key.c2)?),
        &key.c2,
        &number(order, BITS),
        &key.public,
        &number(order, length(&key.encrypted)?),
        &key.encrypted,
    ]))
}

pub(super) fn change_pin(
    rule: MacRule,
    application: ApplicationId,
    old: &[u8; 16],
    new: &Pin,
    challenge: [u8; 8],
) -> Result<Command> {
    let mut block = Zeroizing::new(*new.padded());
    Sm4::new(old.into()).encrypt_block((&mut *block).into());
    let data = [&application.0[..], &*block].concat();
    let header = [CLA_MAC, 0x16, 0, USER_PIN];
    let mac = match rule {
        MacRule::Sm4Cbc => mac(old, challenge, header, &data)?,
    };
    let [cla, ins, p1, p2] = header;
    Ok(Command::new(cla, ins, p1, p2).with_data(&[&data, &mac]))
}

fn number(order: ByteOrder, value: u32) -> [u8; 4] {
    match order {
        ByteOrder::Big => value.to_be_bytes(),
        ByteOrder::Little => value.to_le_bytes(),
    }
}

fn length(bytes: &[u8]) -> Result<u32> {
    u32::try_from(bytes.len()).map_err(|_| Error::because(Code::Parameter, "longer than a command holds"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apdu::Form;

    const APPLICATION: ApplicationId = ApplicationId([0x10, 0x00]);
    const CONTAINER: ContainerId = ContainerId([0x30, 0x01]);

    fn hex(command: &Command) -> String {
        crate::hash::hex_upper(&command.encode(Form::Extended).unwrap())
    }

    /// The layouts of token.md 1.3, in both byte orders where it counts.
    #[test]
    fn written_as_the_table_says() {
        let name = Name::from(&b"A1"[..]);
        assert_eq!(hex(&set_label("L")), "800200000000014C");
        assert_eq!(hex(&enum_files(APPLICATION)), "80341000000000");
        assert_eq!(hex(&file_info(APPLICATION, &name)), "80361000000002".to_owned() + "41310000");
        assert_eq!(hex(&create_container(APPLICATION, &name)), "80400000000004100041310002");
        assert_eq!(hex(&delete_container(APPLICATION, &name)), "8048000000000410004131");
        assert_eq!(
            hex(&generate_sm2(APPLICATION, CONTAINER, ByteOrder::Big)),
            "80700000000008100030010000".to_owned() + "01000000"
        );
        assert_eq!(
            hex(&generate_sm2(APPLICATION, CONTAINER, ByteOrder::Little)),
            "80700000000008100030010001".to_owned() + "00000000"
        );
        assert_eq!(
            hex(&export_public_key(APPLICATION, CONTAINER, Usage::Signing)),
            "8088010000000410003001".to_owned() + "0000"
        );
        assert_eq!(
            hex(&import_certificate(APPLICATION, CONTAINER, Usage::Encryption, &[0x30, 0], ByteOrder::Big).unwrap()),
            "804C000000000B1000300100000000023000"
        );
    }

    #[test]
    fn an_envelope_is_written_without_the_padding_of_its_blob() {
        let key = EnvelopedKey { encrypted: [1; 64], public: [2; 64], c1: [3; 64], c3: [4; 32], c2: vec![5; 16] };
        let written = hex(&import_sm2_pair(APPLICATION, CONTAINER, &key, ByteOrder::Little).unwrap());
        let expected = [
            "8072000000010C10003001".to_owned(),
            "0100000001040000".to_owned() + "00010000",
            "03".repeat(64) + &"04".repeat(32),
            "10000000".to_owned() + &"05".repeat(16),
            "00010000".to_owned() + &"02".repeat(64),
            "40000000".to_owned() + &"01".repeat(64),
        ];
        assert_eq!(written, expected.concat());
    }

    /// Computed with OpenSSL 3: SM4-ECB of the new PIN, then SM4-CBC with the challenge as IV over what token.md 1.6 lists; K is
    /// the computed key of PIN 12345678 in token.md 1.5.
    #[test]
    fn changing_a_pin_ends_with_its_mac() {
        let old = crate::lock::gmt0017::pin::key(&Pin::new(b"12345678").unwrap());
        let command =
            change_pin(MacRule::Sm4Cbc, APPLICATION, &old, &Pin::new(b"87654321").unwrap(), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(hex(&command.unwrap()), "841600010000161000F57F188F8986AF91FD6408B567500F1129D1EC10");
    }

    #[test]
    fn an_application_has_its_fields_in_their_places() {
        let application = NewApplication {
            name: Name::from(&b"APP"[..]),
            admin_pin: Pin::new(b"admin").unwrap(),
            admin_tries: 6,
            user_tries: 8,
        };
        let rule = Initialise { factory_key: b"1234567812345678", name_bytes: 32 };
        let user = Pin::new(b"user").unwrap();
        let data = create_application(&rule, &application, &user, ByteOrder::Little).unwrap();
        let data = data.data();
        assert_eq!((data.len(), &data[..4], &data[32..37]), (80, &b"APP\0"[..], &b"admin"[..]));
        assert_eq!((&data[48..52], &data[52..56], &data[68..72]), (&[6, 0, 0, 0][..], &b"user"[..], &[8, 0, 0, 0][..]));
        assert_eq!(&data[72..], [0x10, 0, 0, 0, 10, 20, 50, 0]);
        let long = NewApplication { name: Name::from(&[b'x'; 32][..]), ..application };
        assert_eq!(create_application(&rule, &long, &user, ByteOrder::Big).unwrap_err().code, Code::Parameter);
    }

    /// Computed with OpenSSL: SM4-ECB of the challenge and eight zeros under the factory key.
    #[test]
    fn device_authentication_answers_the_challenge() {
        let command = device_auth(b"1234567812345678", [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(hex(&command), "801000020000105FA2DF7AEAF68C7F0DDCEC1871CA96B7");
    }
}
