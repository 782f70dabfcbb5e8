//! A virtual PIV card: short APDUs in parts, long answers in parts, one PIN (NIST SP 800-73-4 part 2).

mod data;

use data::{certificate_object, property_template, tlv, value};

use super::Answering;
use super::file::{LockFile, from_base64};
use super::key::PrivateKey;
use crate::apdu::{Command, Form, Response, Status};
use crate::error::{Code, Error, Result};
use crate::lock::Profile;
use crate::lock::profile;
use crate::secret::Pin;
use crate::virtual_lock::Algorithm;

/// The most data in one short answer.
const REPLY: usize = 256;
/// The longest command in parts that is put together: a block for RSA-2048 and its template, with room to spare.
const LONGEST: usize = 2048;
/// The PIV Card Application and its version.
const AID: [u8; 11] = [0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00];

/// The card, and what a host has selected and proven.
pub struct PivCard {
    label: String,
    serial: String,
    profile: &'static Profile,
    pin: [u8; 8],
    tries_max: u8,
    tries_left: u8,
    slots: Vec<Slot>,

    selected: bool,
    /// The PIN was right, at some time since the application was selected: enough for 9A.
    pin_proven: bool,
    /// The last command was the PIN, and it was right: what 9C wants.
    pin_just_proven: bool,
    /// A command that is still to come in parts: its header without the chaining bit, and the data so far.
    parts: Option<([u8; 4], Vec<u8>)>,
    /// What GET RESPONSE fetches.
    rest: Vec<u8>,
}

/// A key and its certificate.
struct Slot {
    number: u8,
    key: PrivateKey,
    certificate: Vec<u8>,
}

/// What a command leads to: data, or the status word that refuses it.
type Outcome = core::result::Result<Vec<u8>, Status>;

impl PivCard {
    /// A card as a file describes it: its containers are the slots `9A` and `9C`.
    ///
    /// # Errors
    /// `PARAMETER` when a key or certificate in the file is unreadable, a slot is none, the PIN has not 6 to 8 characters, or the
    /// profile is none of PIV.
    pub fn new(file: &LockFile) -> Result<Self> {
        let wrong = |detail| Err(Error::because(Code::Parameter, detail));
        let profile = file.played()?;
        if profile.card != profile::Card::Piv {
            return wrong("the profile's card does not speak PIV");
        }
        if file.tries_max > 15 || file.tries_left > file.tries_max {
            return wrong("a lock has at most 15 tries");
        }
        let typed = Pin::new(file.pin.as_bytes())?;
        let mut pin = [0xFF; 8];
        match (typed.as_bytes().len(), pin.get_mut(..typed.as_bytes().len())) {
            (6.., Some(place)) => place.copy_from_slice(typed.as_bytes()),
            _ => return wrong("a PIV card's PIN has 6 to 8 characters"),
        }
        let mut slots = Vec::new();
        for container in &file.containers {
            let number = match container.name.as_str() {
                "9A" => 0x9A,
                "9C" => 0x9C,
                _ => return wrong("a PIV card has the slots 9A and 9C"),
            };
            if let Some(entry) = &container.signing {
                let key = PrivateKey::from_pkcs8(&from_base64(&entry.key)?)?;
                slots.push(Slot { number, key, certificate: from_base64(&entry.certificate)? });
            }
        }
        Ok(Self {
            label: file.label.clone(),
            serial: file.serial.clone(),
            profile,
            pin,
            tries_max: file.tries_max,
            tries_left: file.tries_left,
            slots,
            selected: false,
            pin_proven: false,
            pin_just_proven: false,
            parts: None,
            rest: Vec::new(),
        })
    }

    /// Which lock it plays.
    #[must_use]
    pub fn profile(&self) -> &'static Profile {
        self.profile
    }

    fn take(&mut self, apdu: &[u8]) -> Outcome {
        let Ok((command, form)) = Command::parse(apdu) else { return Err(Status::WRONG_LENGTH) };
        if form != Form::Short {
            return Err(Status::WRONG_LENGTH);
        }
        let header = [command.cla & !CHAINING, command.ins, command.p1, command.p2];
        let begun = self.parts.take().filter(|(begun, _)| *begun == header);
        let mut data = begun.map(|(_, data)| data).unwrap_or_default();
        data.extend_from_slice(command.data());
        if data.len() > LONGEST {
            return Err(Status::WRONG_LENGTH);
        }
        if command.cla & CHAINING != 0 {
            self.parts = Some((header, data));
            return Ok(Vec::new());
        }
        let [cla, ins, p1, p2] = header;
        self.run(&Command::new(cla, ins, p1, p2).with_data(&[&data]))
    }

    fn run(&mut self, command: &Command) -> Outcome {
        let just_proven = core::mem::take(&mut self.pin_just_proven);
        match (command.cla, command.ins) {
            (0x00, 0xC0) => Ok(core::mem::take(&mut self.rest)),
            (0x00, 0xA4) => self.select(command),
            (0x00, _) if !self.selected => Err(Status::INS_UNKNOWN),
            (0x00, 0xCB) => self.get_data(command),
            (0x00, 0x20) => self.verify(command),
            (0x00, 0x87) => self.authenticate(command, just_proven),
            (0x00, _) => Err(Status::INS_UNKNOWN),
            _ => Err(Status::CLA_UNKNOWN),
        }
    }

    /// Selecting it again changes nothing; another application is not there, and then this one stays selected (3.1.1).
    fn select(&mut self, command: &Command) -> Outcome {
        if [command.p1, command.p2] != [0x04, 0x00] {
            return Err(Status::BAD_P1P2);
        }
        if command.data() != AID && command.data() != &AID[..9] {
            return Err(Status::FILE_NOT_FOUND);
        }
        self.selected = true;
        Ok(property_template(&AID))
    }

    fn get_data(&self, command: &Command) -> Outcome {
        if [command.p1, command.p2] != [0x3F, 0xFF] {
            return Err(Status::BAD_P1P2);
        }
        let number = match command.data() {
            [0x5C, 3, 0x5F, 0xC1, 0x05] => 0x9A,
            [0x5C, 3, 0x5F, 0xC1, 0x0A] => 0x9C,
            _ => return Err(Status::FILE_NOT_FOUND),
        };
        let slot = self.slots.iter().find(|slot| slot.number == number).ok_or(Status::FILE_NOT_FOUND)?;
        Ok(certificate_object(&slot.certificate))
    }

    fn verify(&mut self, command: &Command) -> Outcome {
        match (command.p1, command.p2, command.data()) {
            (0xFF, 0x80, []) => {
                self.pin_proven = false;
                Ok(Vec::new())
            }
            (0x00, 0x80, []) if self.pin_proven => Ok(Vec::new()),
            (0x00, 0x80, []) => Err(self.refusal()),
            (0x00, 0x80, typed) => self.try_pin(typed),
            (0x00, ..) => Err(Status(0x6A88)),
            _ => Err(Status::BAD_P1P2),
        }
    }

    fn try_pin(&mut self, typed: &[u8]) -> Outcome {
        self.pin_proven = false;
        if typed.len() != self.pin.len() {
            return Err(Status::WRONG_LENGTH);
        }
        if self.tries_left == 0 {
            return Err(Status::AUTH_LOCKED);
        }
        if typed != self.pin {
            self.tries_left -= 1;
            return Err(self.refusal());
        }
        self.tries_left = self.tries_max;
        self.pin_proven = true;
        self.pin_just_proven = true;
        Ok(Vec::new())
    }

    fn refusal(&self) -> Status {
        if self.tries_left == 0 { Status::AUTH_LOCKED } else { Status::pin_wrong(self.tries_left) }
    }

    fn authenticate(&self, command: &Command, just_proven: bool) -> Outcome {
        let slot = self.slots.iter().find(|slot| slot.number == command.p2).ok_or(Status::BAD_P1P2)?;
        let proven = if slot.number == 0x9C { just_proven } else { self.pin_proven };
        if !proven {
            return Err(Status::SECURITY_STATUS);
        }
        let template = value(command.data(), 0x7C).ok_or(Status::BAD_DATA)?;
        let wanted = value(template, 0x82).is_some_and(<[u8]>::is_empty);
        let input = value(template, 0x81).filter(|_| wanted).ok_or(Status::BAD_DATA)?;
        let signature = match (command.p1, slot.key.algorithm()) {
            (0x11, Algorithm::P256) => input.try_into().ok().and_then(|digest| slot.key.sign_digest(digest).ok()),
            (0x07, Algorithm::Rsa) => slot.key.sign_block(input),
            _ => return Err(Status::BAD_P1P2),
        };
        Ok(tlv(0x7C, &tlv(0x82, &signature.ok_or(Status::BAD_DATA)?)))
    }
}

/// The bit of the class byte that says: more parts come.
const CHAINING: u8 = 0x10;

impl Answering for PivCard {
    fn exchange(&mut self, apdu: &[u8]) -> Vec<u8> {
        let fetches = matches!(apdu, [0x00, 0xC0, ..]);
        if !fetches {
            self.rest.clear();
        }
        let response = match self.take(apdu) {
            Err(status) => Response { data: Vec::new(), status },
            Ok(mut data) if data.len() > REPLY => {
                self.rest = data.split_off(REPLY);
                let waiting = u16::try_from(self.rest.len()).ok().filter(|&left| left < 256).unwrap_or(0);
                Response { data, status: Status(0x6100 | waiting) }
            }
            Ok(data) => Response { data, status: Status::OK },
        };
        response.encode()
    }

    fn power_off(&mut self) {
        self.selected = false;
        self.pin_proven = false;
        self.pin_just_proven = false;
        self.parts = None;
        self.rest.clear();
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

    /// Behind the tags and lengths of the object that GET DATA answers with.
    fn certificate_at(&self, apdu: &[u8]) -> Option<usize> {
        let [0x00, 0xCB, ..] = apdu else { return None };
        let (command, _) = Command::parse(apdu).ok()?;
        let object = self.get_data(&command).ok()?;
        let certificate = value(value(&object, 0x53)?, 0x70)?;
        Some(certificate.as_ptr().addr() - object.as_ptr().addr())
    }
}
