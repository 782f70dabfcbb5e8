//! The card inside a virtual lock: answers GM/T 0017 APDUs as a GM3000 does, with the differences that its profile names.
//!
//! Layouts: reference token.md 1.3; behaviour as captured: a reply longer than 496 bytes stops there with 6A9E and goes on
//! when the identical command comes again (1.1).

mod access;
mod container;
mod file;
mod key;
mod manage;
mod sign;

use container::Container;
use manage::Device;

use super::Answering;
use super::file::{DataFile, LockFile};
use crate::apdu::{Command, Response, Status};
use crate::error::{Code, Error, Result};
use crate::lock::gmt0017::ApplicationId;
use crate::lock::profile::{ByteOrder, Card as Language, PinDialect, Profile, Rules};
use crate::secret::Pin;

/// What the card holds, and what a host has opened and proven.
pub struct Card {
    label: String,
    serial: String,
    application: String,
    pin: Pin,
    tries_max: u8,
    tries_left: u8,
    containers: Vec<Container>,
    files: Vec<DataFile>,
    device: Device,
    profile: &'static Profile,
    rules: Rules,

    application_open: bool,
    pin_verified: bool,
    challenge: Option<[u8; 8]>,
    rest: Option<Rest>,
}

/// A reply that did not fit: what is still to come when the same command is sent again.
struct Rest {
    command: Vec<u8>,
    data: Vec<u8>,
}

/// Data of one reply, as captured on a GM3000: 4 bytes of length and 492 of a certificate.
const REPLY: usize = 496;

const EXPORT_CERTIFICATE: u8 = 0x4E;

/// The handle of the one application.
const APPLICATION: ApplicationId = ApplicationId([0x10, 0x00]);

/// What a command leads to: data, or the status word that refuses it.
type Outcome = core::result::Result<Vec<u8>, Status>;

impl Card {
    /// A card as a file describes it.
    ///
    /// # Errors
    /// `PARAMETER` when a key or certificate in the file is unreadable, the PIN is none, or the profile is none of GM/T 0017.
    pub fn new(file: &LockFile) -> Result<Self> {
        let profile = file.played()?;
        let Language::Gmt0017(rules) = profile.card else {
            return Err(Error::because(Code::Parameter, "the profile's card does not speak GM/T 0017"));
        };
        if file.tries_max > 15 || file.tries_left > file.tries_max {
            return Err(Error::because(Code::Parameter, "a lock has at most 15 tries"));
        }
        Ok(Self {
            label: file.label.clone(),
            serial: file.serial.clone(),
            application: file.application.clone(),
            pin: Pin::new(file.pin.as_bytes())?,
            tries_max: file.tries_max,
            tries_left: file.tries_left,
            containers: file.containers.iter().map(Container::new).collect::<Result<_>>()?,
            files: file.files.clone(),
            device: Device::new(file, &rules)?,
            profile,
            // A model whose dialect nobody has proven has one all the same: its maker's.
            rules: Rules { pin: rules.pin.or(Some(PinDialect::A)), ..rules },
            application_open: false,
            pin_verified: false,
            challenge: None,
            rest: None,
        })
    }
}

impl Card {
    /// Which lock it plays.
    #[must_use]
    pub fn profile(&self) -> &'static Profile {
        self.profile
    }
}

impl Answering for Card {
    fn exchange(&mut self, apdu: &[u8]) -> Vec<u8> {
        let outcome = match self.rest.take() {
            Some(rest) if rest.command == apdu => Ok(rest.data),
            _ => match Command::parse(apdu) {
                Ok((command, _)) => self.run(&command),
                Err(_) => Err(Status::WRONG_LENGTH),
            },
        };
        let response = match outcome {
            Err(status) => Response { data: Vec::new(), status },
            Ok(mut data) if data.len() > REPLY => {
                let rest = data.split_off(REPLY);
                self.rest = Some(Rest { command: apdu.to_vec(), data: rest });
                Response { data, status: Status::MORE_DATA }
            }
            Ok(data) => Response { data, status: Status::OK },
        };
        response.encode()
    }

    /// The PIN counter stays.
    fn power_off(&mut self) {
        self.application_open = false;
        self.pin_verified = false;
        self.challenge = None;
        self.rest = None;
        self.device.power_off();
        self.containers.iter_mut().for_each(|container| container.open = false);
    }

    fn title(&self) -> String {
        self.label.clone()
    }

    fn serial(&self) -> Option<String> {
        Some(self.serial.clone())
    }

    fn tries_left(&self) -> Option<u8> {
        Some(self.tries_left)
    }

    fn reset_tries(&mut self) {
        self.tries_left = self.tries_max;
    }

    /// Behind the length that ExportCertificate begins with; what follows on 6A9E begins none.
    fn certificate_at(&self, apdu: &[u8]) -> Option<usize> {
        let goes_on = self.rest.as_ref().is_some_and(|rest| rest.command == apdu);
        (apdu.get(1) == Some(&EXPORT_CERTIFICATE) && !goes_on).then_some(4)
    }
}

impl Card {
    fn run(&mut self, command: &Command) -> Outcome {
        match (command.cla, command.ins) {
            (0x80, _) => {}
            (0x84, 0x16) => return self.change_pin(command),
            _ => return Err(Status::CLA_UNKNOWN),
        }
        match command.ins {
            0x02 => self.set_label(command),
            0x04 => Ok(self.device_info()),
            0x10 => self.device_auth(command),
            0x14 => self.pin_info(command),
            0x18 => self.verify_pin(command),
            0x1C => self.clear_secure_state(command),
            0x20 => self.create_application(command),
            0x22 => Ok([self.application.as_bytes(), &[0, 0]].concat()),
            0x26 => self.open_application(command),
            0x28 => self.close_application(command),
            0x34 => self.enum_files(command),
            0x36 => self.file_info(command),
            0x38 => self.read_file(command),
            0x40 => self.create_container(command),
            0x42 => self.open_container(command),
            0x44 => self.close_container(command),
            0x46 => self.enum_containers(command),
            0x48 => self.delete_container(command),
            0x4A => self.container_info(command),
            0x4C => self.import_certificate(command),
            EXPORT_CERTIFICATE => self.export_certificate(command),
            0x50 => self.random(command),
            0x58 => self.rsa_sign(command),
            0x70 => self.generate_sm2(command),
            0x72 => self.import_sm2_pair(command),
            0x74 => self.sm2_sign(command),
            0x88 => self.export_public_key(command),
            _ => Err(Status::INS_UNKNOWN),
        }
    }

    /// The structure of token.md 1.4, 288 bytes.
    fn device_info(&self) -> Vec<u8> {
        let mut info = vec![0; 288];
        let mut put = |at: usize, text: &str, most: usize| {
            let text = &text.as_bytes()[..text.len().min(most)];
            info[at..at + text.len()].copy_from_slice(text);
        };
        put(4, if self.profile.is_test() { "calock (virtual)" } else { "Longmai (virtual)" }, 64);
        put(68, "calock test", 64);
        put(132, &self.label, 32);
        put(164, &self.serial, 32);
        info[196..200].copy_from_slice(&[1, 0, 1, 0]);
        info[216..220].copy_from_slice(&self.long(manage::SPACE));
        info[220..224].copy_from_slice(&self.long(self.free_space()));
        info
    }

    fn open_application(&mut self, command: &Command) -> Outcome {
        if self.application.is_empty() || command.data() != self.application.as_bytes() {
            return Err(Status::NO_APPLICATION_NAME);
        }
        self.application_open = true;
        // Anyone may create files; ten containers, twenty certificates, fifty files.
        Ok([&self.long(0xFF)[..], &[10, 20], &self.short(50), &APPLICATION.0].concat())
    }

    fn close_application(&mut self, command: &Command) -> Outcome {
        self.in_application(command.data())?;
        self.application_open = false;
        self.pin_verified = false;
        self.containers.iter_mut().for_each(|container| container.open = false);
        Ok(Vec::new())
    }

    /// A number of four bytes in the card's order.
    fn long(&self, number: u32) -> [u8; 4] {
        match self.rules.order {
            ByteOrder::Big => number.to_be_bytes(),
            ByteOrder::Little => number.to_le_bytes(),
        }
    }

    /// The same of two bytes.
    fn short(&self, number: u16) -> [u8; 2] {
        match self.rules.order {
            ByteOrder::Big => number.to_be_bytes(),
            ByteOrder::Little => number.to_le_bytes(),
        }
    }

    /// The number that four bytes from the host mean. Reading and writing an order are the same turn.
    fn read_long(&self, bytes: [u8; 4]) -> u32 {
        u32::from_ne_bytes(self.long(u32::from_ne_bytes(bytes)))
    }

    /// The same of two bytes.
    fn read_short(&self, bytes: [u8; 2]) -> u16 {
        u16::from_ne_bytes(self.short(u16::from_ne_bytes(bytes)))
    }

    /// Checks the handle at the beginning of the data and gives what follows it.
    fn in_application<'d>(&self, data: &'d [u8]) -> core::result::Result<&'d [u8], Status> {
        let (id, rest) = data.split_first_chunk::<2>().ok_or(Status::WRONG_LENGTH)?;
        if !self.application_open {
            return Err(Status::APPLICATION_NOT_OPEN);
        }
        if *id == APPLICATION.0 { Ok(rest) } else { Err(Status::NO_APPLICATION) }
    }
}
