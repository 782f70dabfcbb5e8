//! What a host reads from a lock that is plugged in: its USB descriptors.
//!
//! Sources: USB 2.0, 9.6 (device, configuration, interface, endpoint, string); HID 1.11, 6.2.1; CCID 1.1, 5.1; the GM3000's from a
//! real one (reference token.md 3.3). The rig has the same in `tests/rig/identity.py`; a test compares.

use super::Face;
use super::introduction::Introduction;

/// Bytes of a full-speed bulk packet, and of a HID report of these locks.
pub(super) const PACKET: u8 = 64;

/// bInterfaceClass of the interfaces that a lock here can have.
const HID: u8 = 0x03;
const MASS_STORAGE: u8 = 0x08;
const CCID: u8 = 0x0B;
const VENDOR: u8 = 0xFF;

const BULK: u8 = 2;
const INTERRUPT: u8 = 3;

/// Bytes of [`REPORT_DESCRIPTOR`].
pub(super) const REPORT_DESCRIPTOR_LENGTH: u8 = 35;

/// Usage page FFA0, usage 1; 64 bytes in (page FFA1, usage 3) and out (usage 4). As read from a GM3000.
pub(super) const REPORT_DESCRIPTOR: [u8; REPORT_DESCRIPTOR_LENGTH as usize] = [
    0x06, 0xA0, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x06, 0xA1, 0xFF, 0x09, 0x03, 0x15, 0x00, 0x25, 0xFF, 0x75, 0x08, 0x95,
    0x40, 0x81, 0x02, 0x09, 0x04, 0x15, 0x00, 0x25, 0xFF, 0x75, 0x08, 0x95, 0x40, 0x91, 0x02, 0xC0,
];

/// A lock's descriptors.
pub(super) struct Identity {
    who: Introduction,
    classes: Vec<u8>,
}

impl Identity {
    /// `classes`: of the interfaces, the first of which is the lock's own; those behind it are for show. None means the one of its
    /// face. `Err` says what does not fit together.
    pub(super) fn new(who: Introduction, classes: &[u8]) -> Result<Self, &'static str> {
        let classes = match (who.face, classes) {
            (Face::Hid, []) => vec![HID],
            (Face::Ccid, []) => vec![VENDOR],
            (face, classes) if (face == Face::Hid) == classes.starts_with(&[HID]) => classes.to_vec(),
            (Face::Hid, _) => return Err("the first interface of a HID lock has class 03"),
            (Face::Ccid, _) => return Err("class 03 is for HID locks"),
        };
        if classes.len() > 7 {
            return Err("seven interfaces at most");
        }
        Ok(Self { who, classes })
    }

    /// bMaxPower and all: 18 bytes.
    pub(super) fn device(&self) -> Vec<u8> {
        let [vendor, product] = [self.who.vendor.to_le_bytes(), self.who.product.to_le_bytes()];
        let serial = if self.who.serial.is_some() { 3 } else { 0 };
        let mut descriptor = vec![18, 1, 0x10, 0x01, 0, 0, 0, PACKET];
        descriptor.extend([vendor, product].concat());
        descriptor.extend([0x00, 0x01, 1, 2, serial, 1]);
        descriptor
    }

    /// The configuration with its interfaces and endpoints.
    pub(super) fn configuration(&self) -> Vec<u8> {
        let reader = self.who.reader();
        let body: Vec<u8> =
            (0..).zip(&self.classes).flat_map(|(number, class)| interface(number, *class, &reader)).collect();
        let [low, high] = u16::try_from(9 + body.len()).unwrap_or(u16::MAX).to_le_bytes();
        let interfaces = u8::try_from(self.classes.len()).unwrap_or(u8::MAX);
        [&[9, 2, low, high, interfaces, 1, 0, 0x80, 50], body.as_slice()].concat()
    }

    /// A string; index 0 is the list of languages, of which there is English.
    pub(super) fn string(&self, index: u8) -> Option<Vec<u8>> {
        let text = match index {
            0 => return Some(vec![4, 3, 0x09, 0x04]),
            1 => &self.who.manufacturer,
            2 => &self.who.product_name,
            3 => self.who.serial.as_ref()?,
            _ => return None,
        };
        let body: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).take(252).collect();
        Some([&[u8::try_from(body.len() + 2).ok()?, 3], body.as_slice()].concat())
    }

    /// Of the HID interface of a HID lock.
    pub(super) fn report(&self, interface: u16) -> Option<Vec<u8>> {
        (interface == 0 && self.who.face == Face::Hid).then(|| REPORT_DESCRIPTOR.to_vec())
    }

    /// How many interfaces there are.
    pub(super) fn interfaces(&self) -> u16 {
        u16::try_from(self.classes.len()).unwrap_or(u16::MAX)
    }

    /// Whether its first interface carries the lock's messages in bulk transfers.
    pub(super) fn bulk(&self) -> bool {
        self.who.face == Face::Ccid
    }
}

/// An interface without alternates and what belongs to it. Its endpoints have its number plus one.
fn interface(number: u8, class: u8, reader: &[u8]) -> Vec<u8> {
    let endpoint =
        |address: u8, attributes: u8, packet: u8, interval: u8| [7, 5, address, attributes, packet, 0, interval];
    let pair = |attributes, interval| {
        [0x81, 0x01].map(|address| endpoint(address + number, attributes, PACKET, interval)).concat()
    };
    let (subclass, protocol, count, function, endpoints) = match class {
        HID => (0, 0, 2, vec![9, 0x21, 0x10, 0x01, 0, 1, 0x22, REPORT_DESCRIPTOR_LENGTH, 0], pair(INTERRUPT, 1)),
        MASS_STORAGE => (6, 0x50, 2, Vec::new(), pair(BULK, 0)),
        CCID => {
            (0, 0, 3, reader.to_vec(), [pair(BULK, 0).as_slice(), &endpoint(0x88 + number, INTERRUPT, 8, 16)].concat())
        }
        _ if number == 0 => (0, 0, 2, reader.to_vec(), pair(BULK, 0)),
        _ => (0, 0, 2, Vec::new(), pair(BULK, 0)),
    };
    [&[9, 4, number, 0, count, class, subclass, protocol, 0], function.as_slice(), &endpoints].concat()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// A class descriptor, if a short one.
    const READER: &str = "0521aabbcc";

    /// The rig's descriptors, written apart from these.
    fn of_the_rig(face: &str, classes: &[u8]) -> String {
        let script = "import sys, identity\n\
             face, classes = sys.argv[1], bytes.fromhex(sys.argv[2])\n\
             who = identity.UsbIdentity(face, 0x1209, 2, 'calock', '锁 lock', 'SN-7', tuple(classes), bytes.fromhex(sys.argv[3]))\n\
             print((who.device_descriptor + who.configuration_descriptor + who.string_descriptor(2)).hex(), end='')";
        let classes: String = classes.iter().map(|class| format!("{class:02x}")).collect();
        let mut python = Command::new("python3");
        python
            .args(["-B", "-c", script, face, &classes, READER])
            .env("PYTHONPATH", concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/rig"));
        String::from_utf8(python.output().unwrap().stdout).unwrap()
    }

    #[test]
    fn the_rigs_descriptors_are_the_same() {
        for (name, face, classes) in [
            ("hid", Face::Hid, &[][..]),
            ("ccid", Face::Ccid, &[]),
            ("ccid", Face::Ccid, &[0x0B]),
            ("ccid", Face::Ccid, &[0xFF, 0x0B, 0x03, 0x08]),
        ] {
            let who = Introduction {
                face,
                vendor: 0x1209,
                product: 2,
                manufacturer: "calock".into(),
                product_name: "锁 lock".into(),
                serial: Some("SN-7".into()),
                configuration: Some(format!("0902{}{READER}", "00".repeat(7))),
            };
            let identity = Identity::new(who, classes).unwrap();
            let own = [identity.device(), identity.configuration(), identity.string(2).unwrap()].concat();
            let own: String = own.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(own, of_the_rig(name, classes), "{name} {classes:02X?}");
        }
    }
}
