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

/// Where a refused VerifyPIN says how many tries are left.
#[cfg(feature = "full")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriesLeft {
    /// In the last nibble: 63Cx.
    InPlace,
    /// `63C0 | left << 8`: the lowest two bits of the count are lost in the 63, so 63C0 need not mean that none is left
    /// (reference: token.md 1.5). GetPINInfo is asked instead.
    Shifted,
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

/// How a lock checks who sent a command of class 84: the MAC at its end.
#[cfg(feature = "full")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MacRule {
    /// SM4-CBC-MAC of four bytes with a fresh challenge as its start, over header, length, two zero bytes and data
    /// (reference: token.md 1.6; one vendor's host library and firmware).
    Sm4Cbc,
}

/// How an application is made on a lock that has none: DevAuth, then CreateApplication (reference: token.md 1.3).
#[cfg(feature = "full")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Initialise {
    /// The device key of a lock as it leaves the factory.
    pub factory_key: &'static [u8; 16],
    /// Bytes of the name's field in CreateApplication.
    pub name_bytes: usize,
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
    /// How a refused VerifyPIN is read.
    #[cfg(feature = "full")]
    pub tries_left: TriesLeft,
    /// How its PIN is changed; `None` where that is not known to be right, and then nothing is sent.
    #[cfg(feature = "full")]
    pub change_pin: Option<MacRule>,
    /// How an application is made on it; `None` where the answer to its challenge is not known. A wrong one would be counted.
    #[cfg(feature = "full")]
    pub initialise: Option<Initialise>,
}

/// What language the card inside speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// GM/T 0017.
    Gmt0017(Rules),
    /// PIV (NIST SP 800-73-4).
    #[cfg(feature = "full")]
    Piv,
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

/// Rules of a GM3000, as captured.
const GM3000: Rules = Rules {
    order: ByteOrder::Big,
    pin: Some(PinDialect::A),
    pin_info: true,
    #[cfg(feature = "full")]
    tries_left: TriesLeft::InPlace,
    // The MAC of its ChangePIN and the block of its DevAuth were never captured (reference: token.md 9).
    #[cfg(feature = "full")]
    change_pin: None,
    #[cfg(feature = "full")]
    initialise: None,
};

/// The vendor id that pid.codes lends out; its products 0001 to 0010 are for tests, and no model that is sold has one.
/// Virtual locks that play no real model have these ids.
#[cfg(feature = "full")]
pub const TEST_VENDOR: u16 = 0x1209;

/// All rows; the first match counts, so exact products stand before families.
pub static PROFILES: &[Profile] = &[
    Profile {
        name: "gm3000",
        title: "Longmai GM3000 (HID)",
        vendor: LONGMAI,
        product: Some(0xE618),
        face: LONGMAI_FACE,
        form: Form::Extended,
        card: Card::Gmt0017(GM3000),
    },
    Profile {
        name: "longmai-unknown",
        title: "Longmai (unknown model)",
        vendor: LONGMAI,
        product: None,
        face: LONGMAI_FACE,
        form: Form::Extended,
        card: Card::Gmt0017(Rules { pin: None, pin_info: false, ..GM3000 }),
    },
    // The dialect of two other vendors' firmware and host library (SYNO and MS of reference token.md), whose own USB faces no
    // page reaches: played by virtual locks, so that the row of a model that turns out to speak it is all that is missing.
    #[cfg(feature = "full")]
    Profile {
        name: "gmt0017-little",
        title: "GM/T 0017, little-endian (test id)",
        vendor: TEST_VENDOR,
        product: Some(0x0001),
        face: LONGMAI_FACE,
        form: Form::Extended,
        card: Card::Gmt0017(Rules {
            order: ByteOrder::Little,
            pin: Some(PinDialect::B),
            pin_info: true,
            tries_left: TriesLeft::Shifted,
            change_pin: Some(MacRule::Sm4Cbc),
            initialise: Some(Initialise { factory_key: b"1234567812345678", name_bytes: 32 }),
        }),
    },
    #[cfg(feature = "full")]
    Profile {
        name: "gmt0017-ccid",
        title: "GM/T 0017 on CCID (test id)",
        vendor: TEST_VENDOR,
        product: Some(0x0002),
        face: Face::Usb,
        form: Form::Extended,
        card: Card::Gmt0017(GM3000),
    },
    #[cfg(feature = "full")]
    Profile {
        name: "piv",
        title: "PIV (test id)",
        vendor: TEST_VENDOR,
        product: Some(0x0003),
        face: Face::Usb,
        form: Form::Short,
        card: Card::Piv,
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

    /// Whether its ids are for tests only, so that no lock that is sold has them.
    #[cfg(feature = "full")]
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.vendor == TEST_VENDOR
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

/// The row of this name.
#[cfg(feature = "full")]
#[must_use]
pub fn named(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
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
            Card::Piv => panic!("no PIV card"),
        };
        assert_eq!(rules(0xE618).pin, Some(PinDialect::A));
        for product in [0xF603, 0x2205, 0x0001] {
            let rules = rules(product);
            assert_eq!((rules.pin, rules.pin_info), (None, false), "{product:04X}");
        }
    }

    #[test]
    fn rows_have_names_and_ids_of_their_own() {
        for (index, profile) in PROFILES.iter().enumerate() {
            assert_eq!(named(profile.name), Some(profile));
            let found = match profile.face {
                Face::Hid { usage_page, usage } => {
                    find(profile.vendor, profile.product.unwrap_or(1), &[(usage_page, usage)])
                }
                Face::Usb => find_usb(profile.vendor, profile.product.unwrap_or(1)),
            };
            assert_eq!(found, Some(profile), "row {index} is hidden by one before it");
        }
    }

    #[test]
    fn a_device_without_the_collection_has_no_row() {
        assert!(find(0x055C, 0xE618, &[(1, 6)]).is_none());
        assert!(find(0x2C97, 0x0001, COLLECTION).is_none(), "another vendor on the same usage page");
    }
}
