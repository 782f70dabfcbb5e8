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

/// How a device shows itself on USB, and with that how APDUs travel to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// A HID collection that carries Longmai frames in 64-byte reports.
    Hid {
        /// Usage page of the collection.
        usage_page: u16,
        /// Usage of the collection.
        usage: u16,
    },
    /// A vendor-class interface (FF) with bulk endpoints that carries CCID messages. The only CCID that a web page may claim
    /// (reference: token.md 5.1).
    #[cfg(feature = "full")]
    Usb,
}

/// What a GM/T 0017 lock leaves to its vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Order of integers inside data.
    pub order: ByteOrder,
    /// How its PIN block is built; `None` means that this lock is only read and never given a PIN.
    pub pin: Option<PinDialect>,
    /// Whether GetPINInfo may be sent. The tries left are then known before the PIN is asked.
    pub pin_info: bool,
}

/// What language the card inside speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// GM/T 0017.
    Gmt0017(Rules),
}

/// One row: a model, or a family of which only reading is safe.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    /// Stable short name.
    pub name: &'static str,
    /// What to call it in a list.
    pub title: &'static str,
    /// idVendor.
    pub vendor: u16,
    /// idProduct; `None` means any of this vendor.
    pub product: Option<u16>,
    /// How it shows itself.
    pub face: Face,
    /// How its APDUs are written.
    pub form: Form,
    /// What it speaks.
    pub card: Card,
}

const LONGMAI: u16 = 0x055C;
const LONGMAI_FACE: Face = Face::Hid { usage_page: 0xFFA0, usage: 0x0001 };

/// All rows; the first match counts, so exact products stand before families.
pub static PROFILES: &[Profile] = &[
    Profile {
        name: "gm3000",
        title: "Longmai GM3000 (HID)",
        vendor: LONGMAI,
        product: Some(0xE618),
        face: LONGMAI_FACE,
        form: Form::Extended,
        card: Card::Gmt0017(Rules { order: ByteOrder::Big, pin: Some(PinDialect::A), pin_info: true }),
    },
    Profile {
        name: "longmai-unknown",
        title: "Longmai (unknown model)",
        vendor: LONGMAI,
        product: None,
        face: LONGMAI_FACE,
        form: Form::Extended,
        card: Card::Gmt0017(Rules { order: ByteOrder::Big, pin: None, pin_info: false }),
    },
];

impl Profile {
    /// Usage page and usage of the HID collection that carries its frames, where it has a HID face.
    #[must_use]
    pub fn collection(&self) -> Option<(u16, u16)> {
        match self.face {
            Face::Hid { usage_page, usage } => Some((usage_page, usage)),
            #[cfg(feature = "full")]
            Face::Usb => None,
        }
    }

    fn is(&self, vendor: u16, product: u16) -> bool {
        self.vendor == vendor && self.product.is_none_or(|known| known == product)
    }
}

/// The row of a HID device, by what the browser tells of it. `collections` are (usage page, usage) pairs.
///
/// A device without a row is not talked to at all: its frames are not known, and what is no CA lock may take any report
/// for a command.
#[must_use]
pub fn find(vendor: u16, product: u16, collections: &[(u16, u16)]) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| {
        profile.is(vendor, product) && profile.collection().is_some_and(|one| collections.contains(&one))
    })
}

/// The row of a device with a vendor-class USB interface.
#[cfg(feature = "full")]
#[must_use]
pub fn find_usb(vendor: u16, product: u16) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.face == Face::Usb && profile.is(vendor, product))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLLECTION: &[(u16, u16)] = &[(0xFFA0, 1)];

    #[test]
    fn only_the_proven_model_is_given_a_pin() {
        let rules = |product| match find(0x055C, product, COLLECTION).unwrap().card {
            Card::Gmt0017(rules) => rules,
        };
        assert_eq!(rules(0xE618).pin, Some(PinDialect::A));
        for product in [0xF603, 0x2205, 0x0001] {
            let rules = rules(product);
            assert_eq!((rules.pin, rules.pin_info), (None, false), "{product:04X}");
        }
    }

    #[test]
    fn a_device_without_the_collection_has_no_row() {
        assert!(find(0x055C, 0xE618, &[(1, 6)]).is_none());
        assert!(find(0x2C97, 0x0001, COLLECTION).is_none(), "another vendor on the same usage page");
    }
}
