//! What a host reads of a virtual lock before it says anything to it: the strings and numbers of USB.

use super::{Cable, Contents, Plugged, ccid};
use crate::frame::ccid::Reader;
use crate::lock::profile::TEST_VENDOR;

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
        let (vendor, product, manufacturer, product_name) = match (self.contents(), self.cable()) {
            (Contents::Gmt0017(_), Cable::Hid) => (0x055C, 0xE618, "Longmai", "GM3000 (virtual)"),
            (Contents::Gmt0017(_), Cable::Ccid) => (TEST_VENDOR, 0x0002, "calock test", "CCID lock (virtual)"),
        };
        let serial = match self.cable() {
            Cable::Hid => None,
            Cable::Ccid => self.contents().card().serial(),
        };
        Identity { vendor, product, manufacturer, product_name, serial }
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
