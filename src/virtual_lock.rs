//! A lock made of software: the device side of the same bytes, for tests and demonstrations.
//!
//! A [`Description`] says who holds the lock; [`issue`] makes keys and certificates of a test CA from it, as a [`LockFile`]; a
//! [`Card`] answers APDUs from such a file; a [`Device`] puts the GM3000's HID reports around the card. What is above the
//! reports cannot tell it from hardware.

mod ca;
mod card;
mod certify;
mod description;
mod device;
mod file;
mod issue;
mod key;

pub use ca::Ca;
pub use card::Card;
pub use description::{Algorithm, CertificateUsage, Description, HolderDescription, HolderKind};
pub use device::{Device, USB_PRODUCT_NAME};
pub use file::{ContainerFile, DataFile, KeyEntry, LockFile};
pub use issue::{blank, issue};
