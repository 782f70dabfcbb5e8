//! What a host reads of a virtual lock before it says anything to it: the strings and numbers of USB.

use super::{Cable, Plugged, ccid};
use crate::frame::ccid::Reader;
use crate::lock::Profile;
use crate::lock::profile::{Face, PROFILES};

/// A device's identity on USB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// idVendor.
    pub vendor: u16,
    /// idProduct.
    pub product: u16,
    /// iManufacturer.
    pub manufacturer: &'static str,
    /// iProduct.
    pub product_name: &'static str,
    /// iSerialNumber; a real GM3000 has none.
    pub serial: Option<String>,
}

impl Plugged {
    /// How it names itself on USB.
    #[must_use]
    pub fn identity(&self) -> Identity {
        let profile = self.profile();
        let (manufacturer, product_name) = match profile.name {
            "gm3000" => ("Longmai", "GM3000 (virtual)"),
            _ if profile.is_test() => ("calock", profile.title),
            _ => ("Longmai", profile.title),
        };
        // A family's row names no product: one of those that an installer lists (reference: token.md 3.1).
        let product = profile.product.unwrap_or(0xF603);
        let serial = match self.cable() {
            Cable::Hid => None,
            Cable::Ccid => self.contents().card().serial(),
        };
        Identity { vendor: profile.vendor, product, manufacturer, product_name, serial }
    }

    /// The model that it passes for: the one that its contents play, or on the other cable the one of that face with the same card.
    #[must_use]
    pub fn profile(&self) -> &'static Profile {
        let own = self.contents().profile();
        let fits = |row: &&Profile| {
            matches!((row.face, self.cable()), (Face::Hid { .. }, Cable::Hid) | (Face::Usb, Cable::Ccid))
        };
        let other = || PROFILES.iter().filter(fits).find(|row| row.card == own.card);
        Some(own).filter(fits).or_else(other).unwrap_or(own)
    }

    /// What its reader says of itself, and the configuration descriptor it says it in; `None` for a lock that is no reader.
    #[must_use]
    pub fn reader(&self) -> Option<(Reader, Vec<u8>)> {
        let reader = match self.cable() {
            Cable::Hid => return None,
            Cable::Ccid => ccid::reader(self.contents().level()),
        };
        Some((reader, ccid::configuration(&reader)))
    }
}
