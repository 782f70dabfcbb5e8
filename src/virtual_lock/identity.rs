//! What a host reads of a virtual lock before it says anything to it: the strings and numbers of USB.

use super::Plugged;

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
        let profile = self.contents().profile();
        let (manufacturer, product_name) = match profile.name {
            "gm3000" => ("Longmai", "GM3000 (virtual)"),
            _ if profile.is_test() => ("calock", profile.title),
            _ => ("Longmai", profile.title),
        };
        // A family's row names no product: one of those that an installer lists (reference: token.md 3.1).
        let product = profile.product.unwrap_or(0xF603);
        Identity { vendor: profile.vendor, product, manufacturer, product_name, serial: None }
    }
}
