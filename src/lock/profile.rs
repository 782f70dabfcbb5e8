//! What is known of each lock, as data. A vendor's difference is a row here, never a branch elsewhere.
//!
//! Facts: reference token.md 1.5, 3.1, 3.3 (captures of a GM3000, one working driver, one host library's list of ids).

use crate::apdu::Form;

/// The order of integers inside data fields; APDU lengths are always big-endian (reference: token.md 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// Most significant byte first: Longmai.
    Big,
    /// Least significant byte first.
    Little,
}

/// What VerifyPIN encrypts under the hash of the PIN. A wrong dialect costs the user a try, so it is never found out by trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinDialect {
    /// `08 00 ‖ challenge ‖ 80 ‖ zeros`: length and challenge, padded by ISO/IEC 9797-1 method 2. Longmai GM3000.
    A,
    /// `challenge ‖ zeros`.
    B,
}

/// How a device shows itself on USB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsbIdentity {
    /// idVendor.
    pub vendor: u16,
    /// idProduct; `None` means any of this vendor.
    pub product: Option<u16>,
    /// Usage page of the HID collection that carries the frames.
    pub usage_page: u16,
    /// Usage of that collection.
    pub usage: u16,
}

/// One row: a model, or a family of which only reading is safe.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    /// Stable short name.
    pub name: &'static str,
    /// What to call it in a list.
    pub title: &'static str,
    /// How it shows itself.
    pub usb: UsbIdentity,
    /// How its APDUs are written.
    pub form: Form,
    /// Order of integers inside data.
    pub order: ByteOrder,
    /// How its PIN block is built; `None` means that this lock is only read and never given a PIN.
    pub pin: Option<PinDialect>,
    /// Whether GetPINInfo may be sent. The tries left are then known before the PIN is asked.
    pub pin_info: bool,
}

const LONGMAI: u16 = 0x055C;
const FRAMES: (u16, u16) = (0xFFA0, 0x0001);

/// All rows; the first match counts, so exact products stand before families.
pub static PROFILES: &[Profile] = &[
    Profile {
        name: "gm3000",
        title: "Longmai GM3000 (HID)",
        usb: UsbIdentity { vendor: LONGMAI, product: Some(0xE618), usage_page: FRAMES.0, usage: FRAMES.1 },
        form: Form::Extended,
        order: ByteOrder::Big,
        pin: Some(PinDialect::A),
        pin_info: true,
    },
    Profile {
        name: "longmai-unknown",
        title: "Longmai (unknown model)",
        usb: UsbIdentity { vendor: LONGMAI, product: None, usage_page: FRAMES.0, usage: FRAMES.1 },
        form: Form::Extended,
        order: ByteOrder::Big,
        pin: None,
        pin_info: false,
    },
];

/// The row of a device, by what the browser tells of it. `collections` are (usage page, usage) pairs.
///
/// A device without a row is not talked to at all: its frames are not known, and what is no CA lock may take any report
/// for a command.
#[must_use]
pub fn find(vendor: u16, product: u16, collections: &[(u16, u16)]) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| {
        let usb = profile.usb;
        usb.vendor == vendor
            && usb.product.is_none_or(|known| known == product)
            && collections.contains(&(usb.usage_page, usb.usage))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLLECTION: &[(u16, u16)] = &[(0xFFA0, 1)];

    #[test]
    fn only_the_proven_model_is_given_a_pin() {
        assert_eq!(find(0x055C, 0xE618, COLLECTION).unwrap().pin, Some(PinDialect::A));
        for product in [0xF603, 0x2205, 0x0001] {
            let profile = find(0x055C, product, COLLECTION).unwrap();
            assert_eq!((profile.pin, profile.pin_info), (None, false), "{product:04X}");
        }
    }

    #[test]
    fn a_device_without_the_collection_has_no_row() {
        assert!(find(0x055C, 0xE618, &[(1, 6)]).is_none());
        assert!(find(0x2C97, 0x0001, COLLECTION).is_none(), "another vendor on the same usage page");
    }
}
