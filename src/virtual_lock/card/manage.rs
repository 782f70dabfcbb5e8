//! The device itself, its application and containers: label, DevAuth, CreateApplication, ChangePIN (reference: token.md 1.3, 1.6).

use sm4::Sm4;
use sm4::cipher::{BlockCipherDecrypt as _, KeyInit as _};
use zeroize::Zeroizing;

use super::container::{Container, HANDLE};
use super::{Card, Outcome};
use crate::apdu::{Command, Status};
use crate::error::{Code, Error, Result};
use crate::lock::gmt0017::{mac, pin_key};
use crate::lock::profile::{MacRule, Rules};
use crate::secret::Pin;
use crate::virtual_lock::LockFile;

/// Bytes that the card has for keys, certificates and files.
pub(super) const SPACE: u32 = 65_536;
/// What a key pair takes of them.
const KEY: usize = 256;
/// DevAuth's P2.
const SM4: u8 = 2;
/// ChangePIN's P2.
const USER: u8 = 1;
/// A locked device key, in SYNO's words.
const DEVICE_TRIES: u8 = 10;
const MAC_WRONG: Status = Status(0x6988);
const APPLICATION_EXISTS: Status = Status(0x6A89);
const CONTAINER_EXISTS: Status = Status(0x6E02);
const NO_SPACE: Status = Status(0x6A84);
/// The most containers.
const CONTAINERS: usize = 10;

/// What the card knows of its administration.
pub(super) struct Device {
    key: [u8; 16],
    own_key: Option<String>,
    admin_pin: Option<String>,
    tries_left: u8,
    authenticated: bool,
}

impl Device {
    pub(super) fn new(file: &LockFile, rules: &Rules) -> Result<Self> {
        let key = match &file.device_key {
            None => rules.initialise.map_or([0; 16], |rule| *rule.factory_key),
            Some(key) => key
                .as_bytes()
                .try_into()
                .map_err(|_| Error::because(Code::Parameter, "a device key has 16 characters"))?,
        };
        Ok(Self {
            key,
            own_key: file.device_key.clone(),
            admin_pin: file.admin_pin.clone(),
            tries_left: DEVICE_TRIES,
            authenticated: false,
        })
    }

    pub(super) fn power_off(&mut self) {
        self.authenticated = false;
    }
}

impl Card {
    /// The card as a file, with everything that was changed in it.
    ///
    /// # Errors
    /// `INTERNAL`, should a key not be written.
    pub fn to_file(&self) -> Result<LockFile> {
        Ok(LockFile {
            format: LockFile::FORMAT.to_owned(),
            profile: self.profile.name.to_owned(),
            label: self.label.clone(),
            serial: self.serial.clone(),
            application: self.application.clone(),
            pin: String::from_utf8_lossy(self.pin.as_bytes()).into_owned(),
            tries_max: self.tries_max,
            tries_left: self.tries_left,
            admin_pin: self.device.admin_pin.clone(),
            device_key: self.device.own_key.clone(),
            containers: self.containers.iter().map(Container::file).collect::<Result<_>>()?,
            files: self.files.clone(),
        })
    }

    pub(super) fn free_space(&self) -> u32 {
        let pairs = self.containers.iter().flat_map(|container| [&container.signing, &container.encryption]);
        let keys: usize = pairs.flatten().map(|pair| KEY + pair.certificate.len()).sum();
        let files: usize = self.files.iter().map(|file| file.content.len() / 4 * 3).sum();
        SPACE.saturating_sub(u32::try_from(keys + files).unwrap_or(SPACE))
    }

    pub(super) fn set_label(&mut self, command: &Command) -> Outcome {
        let label = core::str::from_utf8(command.data()).map_err(|_| Status::BAD_DATA)?;
        if label.is_empty() || label.len() > 32 {
            return Err(Status::WRONG_LENGTH);
        }
        label.clone_into(&mut self.label);
        Ok(Vec::new())
    }

    pub(super) fn device_auth(&mut self, command: &Command) -> Outcome {
        if self.rules.initialise.is_none() {
            return Err(Status::INS_UNKNOWN);
        }
        let mut block: [u8; 16] = command.data().try_into().map_err(|_| Status::WRONG_LENGTH)?;
        if (command.p1, command.p2) != (0, SM4) {
            return Err(Status::BAD_P1P2);
        }
        self.device.authenticated = false;
        let challenge = self.challenge.take().ok_or(Status::CONDITIONS)?;
        if self.device.tries_left == 0 {
            return Err(Status::AUTH_LOCKED);
        }
        Sm4::new((&self.device.key).into()).decrypt_block((&mut block).into());
        if block[..8] == challenge && block[8..] == [0; 8] {
            self.device.tries_left = DEVICE_TRIES;
            self.device.authenticated = true;
            return Ok(Vec::new());
        }
        self.device.tries_left -= 1;
        Err(if self.device.tries_left == 0 { Status::AUTH_LOCKED } else { Status::pin_wrong(self.device.tries_left) })
    }

    pub(super) fn create_application(&mut self, command: &Command) -> Outcome {
        let rule = self.rules.initialise.ok_or(Status::INS_UNKNOWN)?;
        if !self.device.authenticated {
            return Err(Status::SECURITY_STATUS);
        }
        if !self.application.is_empty() {
            return Err(APPLICATION_EXISTS);
        }
        let (name, rest) = command.data().split_at_checked(rule.name_bytes).ok_or(Status::WRONG_LENGTH)?;
        let (admin, rest) = rest.split_first_chunk::<16>().ok_or(Status::WRONG_LENGTH)?;
        let (_admin_tries, rest) = rest.split_first_chunk::<4>().ok_or(Status::WRONG_LENGTH)?;
        let (user, rest) = rest.split_first_chunk::<16>().ok_or(Status::WRONG_LENGTH)?;
        let (tries, rest) = rest.split_first_chunk::<4>().ok_or(Status::WRONG_LENGTH)?;
        if rest.len() != 8 {
            return Err(Status::WRONG_LENGTH);
        }
        let tries = u8::try_from(self.read_long(*tries)).ok().filter(|tries| (1..=15).contains(tries));
        self.application = until_nul(name)?.to_owned();
        self.device.admin_pin = Some(until_nul(admin)?.to_owned());
        self.pin = Pin::new(until_nul(user)?.as_bytes()).map_err(|_| Status::BAD_DATA)?;
        self.tries_max = tries.ok_or(Status::BAD_DATA)?;
        self.tries_left = self.tries_max;
        Ok(Vec::new())
    }

    pub(super) fn create_container(&mut self, command: &Command) -> Outcome {
        let name = core::str::from_utf8(self.in_application(command.data())?).map_err(|_| Status::BAD_DATA)?;
        self.verified()?;
        if name.is_empty() || name.len() > 64 {
            return Err(Status::WRONG_LENGTH);
        }
        if self.containers.iter().any(|container| container.name == name) {
            return Err(CONTAINER_EXISTS);
        }
        if self.containers.len() == CONTAINERS {
            return Err(NO_SPACE);
        }
        self.containers.push(Container { name: name.to_owned(), open: true, signing: None, encryption: None });
        Ok(vec![HANDLE, u8::try_from(self.containers.len()).map_err(|_| NO_SPACE)?])
    }

    pub(super) fn delete_container(&mut self, command: &Command) -> Outcome {
        let at = self.named(command)?;
        self.verified()?;
        self.containers.remove(at);
        // The handles of those behind it no longer name what they named.
        self.containers.iter_mut().for_each(|container| container.open = false);
        Ok(Vec::new())
    }

    /// ChangePIN of class 84, on the models whose MAC is known.
    pub(super) fn change_pin(&mut self, command: &Command) -> Outcome {
        let Some(MacRule::Sm4Cbc) = self.rules.change_pin else { return Err(Status::CLA_UNKNOWN) };
        let (data, sent) = command.data().split_last_chunk::<4>().ok_or(Status::WRONG_LENGTH)?;
        let mut block =
            Zeroizing::new(<[u8; 16]>::try_from(self.in_application(data)?).map_err(|_| Status::WRONG_LENGTH)?);
        if command.p2 != USER {
            return Err(Status::BAD_P1P2);
        }
        let challenge = self.challenge.take().ok_or(Status::CONDITIONS)?;
        self.verified()?;
        let key = pin_key(&self.pin);
        let header = [command.cla, command.ins, command.p1, command.p2];
        if mac(&key, challenge, header, data).ok() != Some(*sent) {
            return Err(MAC_WRONG);
        }
        Sm4::new((&*key).into()).decrypt_block((&mut *block).into());
        self.pin = Pin::new(until_nul(&*block)?.as_bytes()).map_err(|_| Status::BAD_DATA)?;
        self.pin_verified = false;
        Ok(Vec::new())
    }

    pub(super) fn verified(&self) -> core::result::Result<(), Status> {
        if self.pin_verified { Ok(()) } else { Err(Status::SECURITY_STATUS) }
    }
}

/// Text before the NULs that fill its field.
fn until_nul(field: &[u8]) -> core::result::Result<&str, Status> {
    let text = field.split(|&byte| byte == 0).next().unwrap_or_default();
    core::str::from_utf8(text).map_err(|_| Status::BAD_DATA)
}
