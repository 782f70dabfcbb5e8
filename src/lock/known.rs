//! The locks that are known by their USB ids, and what a page can do with each: more locks than there are profiles, since most
//! cannot be reached from a page, and a person who holds one wants to hear why.

mod table;

use super::profile::{Card, PROFILES, Profile};
pub use table::KNOWN;

/// One model, or several that are alike.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    /// Its maker, in Chinese and in English.
    pub maker: (&'static str, &'static str),
    /// Its model.
    pub model: &'static str,
    /// idVendor.
    pub vendor: u16,
    /// idProduct, each; empty for all that no other row names.
    pub products: &'static [u16],
    /// What it is on USB.
    pub shows: Shows,
    /// How that is known.
    pub source: Source,
}

/// What a device is on USB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// HID, in the collection where Longmai frames travel.
    LongmaiHid,
    /// HID, with frames that nobody has described.
    Hid,
    /// A disc: mass storage.
    Disc,
    /// A smart card reader: CCID.
    Reader,
    /// An interface of its vendor's own class, which WebUSB may claim; its protocol is not spoken here.
    VendorClass,
    /// Something that its vendor's own driver holds.
    VendorDriver,
    /// Something on the browsers' lists of devices that pages never see.
    Blocked,
    /// Nobody has read its descriptor.
    Unknown,
}

/// How a fact is known (reference: token.md, marks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// From the device's own descriptors or traffic, its maker's documents, or the browsers' lists.
    Read,
    /// From a name in an installer or a driver's list, which says it without showing it.
    Named,
    /// The ids are known, and nothing more.
    IdsOnly,
}

/// What an ordinary page can do with a lock, and why not more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Log in.
    Works,
    /// Read label and serial number; its PIN dialect is not proven, so it is given no PIN.
    ReadOnly,
    /// Nothing yet: a page could reach it, but its protocol is not known or not spoken here.
    Unspoken,
    /// Nothing ever: browsers protect discs.
    ProtectedDisc,
    /// Nothing ever: browsers protect smart card readers.
    ProtectedReader,
    /// Practically nothing: the system's driver would have to be replaced.
    Driver,
    /// Nothing: browsers hide it.
    Hidden,
    /// Not known.
    Unknown,
}

impl Reach {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Works,
        Self::ReadOnly,
        Self::Unspoken,
        Self::ProtectedDisc,
        Self::ProtectedReader,
        Self::Driver,
        Self::Hidden,
        Self::Unknown,
    ];

    /// The word that JavaScript and support see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::ReadOnly => "read-only",
            Self::Unspoken => "unspoken",
            Self::ProtectedDisc => "protected-disc",
            Self::ProtectedReader => "protected-reader",
            Self::Driver => "driver",
            Self::Hidden => "hidden",
            Self::Unknown => "unknown",
        }
    }
}

impl Known {
    /// What a page can do with it.
    #[must_use]
    pub fn reach(&self) -> Reach {
        match self.shows {
            _ if self.profile().is_some_and(takes_a_pin) => Reach::Works,
            _ if self.profile().is_some() => Reach::ReadOnly,
            Shows::LongmaiHid | Shows::Hid | Shows::VendorClass => Reach::Unspoken,
            Shows::Disc => Reach::ProtectedDisc,
            Shows::Reader => Reach::ProtectedReader,
            Shows::VendorDriver => Reach::Driver,
            Shows::Blocked => Reach::Hidden,
            Shows::Unknown => Reach::Unknown,
        }
    }

    /// The profile that talks to it, where it shows itself in a way that one can.
    #[must_use]
    pub fn profile(&self) -> Option<&'static Profile> {
        let product = self.products.first().copied();
        let fits = |profile: &&Profile| {
            profile.vendor == self.vendor && (profile.product.is_none() || profile.product == product)
        };
        // Ids alone are not enough: one vendor's old model is a disc.
        (self.shows == Shows::LongmaiHid).then(|| PROFILES.iter().find(fits)).flatten()
    }
}

fn takes_a_pin(profile: &Profile) -> bool {
    match profile.card {
        Card::Gmt0017(rules) => rules.pin.is_some(),
        Card::Piv => true,
    }
}

/// What is known of a device by its ids: its own row, or that of its vendor's other products.
#[must_use]
pub fn find(vendor: u16, product: u16) -> Option<&'static Known> {
    let of_vendor = || KNOWN.iter().filter(move |known| known.vendor == vendor);
    let own = of_vendor().find(|known| known.products.contains(&product));
    own.or_else(|| of_vendor().find(|known| known.products.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_stands_once() {
        let mut ids: Vec<(u16, Option<u16>)> = Vec::new();
        for known in KNOWN {
            if known.products.is_empty() {
                ids.push((known.vendor, None));
            }
            ids.extend(known.products.iter().map(|&product| (known.vendor, Some(product))));
        }
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "an id stands in two rows");
    }

    #[test]
    fn every_profile_of_a_model_that_is_sold_stands_in_the_table() {
        for profile in PROFILES.iter().filter(|profile| !profile.is_test()) {
            let listed = KNOWN.iter().any(|known| known.profile() == Some(profile));
            assert!(listed, "{} is in no row", profile.name);
        }
        assert!(KNOWN.iter().all(|known| known.profile().is_none_or(|profile| !profile.is_test())));
    }

    #[test]
    fn rows_of_one_profile_share_it_with_all_their_products() {
        for known in KNOWN {
            for &product in known.products {
                let alone = PROFILES
                    .iter()
                    .find(|one| one.vendor == known.vendor && (one.product.is_none() || one.product == Some(product)));
                assert!(known.profile().is_none() || known.profile() == alone, "{} {product:04X}", known.model);
            }
        }
    }

    #[test]
    fn what_a_support_person_asks_for() {
        let reach = |vendor, product| find(vendor, product).map(Known::reach);
        assert_eq!(reach(0x055C, 0xE618), Some(Reach::Works));
        assert_eq!(reach(0x055C, 0xF603), Some(Reach::ReadOnly));
        assert_eq!(reach(0x055C, 0xDB08), Some(Reach::ProtectedDisc));
        assert_eq!(reach(0x096E, 0x0317), Some(Reach::Unspoken));
        assert_eq!(reach(0x096E, 0x0807), Some(Reach::ProtectedReader));
        assert_eq!(reach(0x5448, 0x0004), Some(Reach::Driver));
        assert_eq!(reach(0x1EA8, 0xC001), Some(Reach::Unknown));
        assert_eq!(reach(0x1050, 0x0407), Some(Reach::Hidden));
        assert_eq!(reach(0x2C97, 0x0001), None);
    }

    #[test]
    fn nothing_is_said_of_what_nobody_has_read() {
        for known in KNOWN {
            assert_eq!(known.shows == Shows::Unknown, known.source == Source::IdsOnly, "{}", known.model);
        }
    }
}
