//! What a host reads of a virtual lock before it says anything to it: the strings and numbers of USB.

use super::{Cable, Contents, Plugged};

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
        };
        Identity { vendor, product, manufacturer, product_name, serial: None }
    }
}
