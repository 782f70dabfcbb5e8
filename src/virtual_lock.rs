//! A lock made of software: the device side of the same bytes, for tests and demonstrations.
//!
//! A [`Description`] says who holds the lock; [`issue`] makes keys and certificates of a test CA from it, as a [`LockFile`]; a
//! [`Card`] answers APDUs from such a file, as anything does that is [`Answering`]; [`Plugged`] puts the contents on a cable
//! and strikes it with any [`Fault`]. What is above the cable cannot tell it from hardware.

mod ca;
mod card;
mod ccid;
mod certify;
mod contents;
mod description;
mod event;
mod exchange;
mod face;
mod fault;
mod file;
mod identity;
mod issue;
mod key;
mod longmai;
mod piv;
mod plugged;
mod script;

pub use ca::Ca;
pub use card::Card;
pub use contents::{Answering, Contents};
pub use description::{Algorithm, CertificateUsage, ContainerDescription, Description, HolderDescription, HolderKind};
pub use event::{Event, Refused};
pub use exchange::Exchange;
pub use face::Cable;
pub use fault::{Fault, FaultKind, Until, When};
pub use file::{ContainerFile, DataFile, KeyEntry, LockFile};
pub use identity::Identity;
pub use issue::{blank, issue};
pub use piv::PivCard;
pub use plugged::Plugged;
pub use script::{Player, Problem};

pub use crate::apdu::Instruction;
use crate::apdu::instruction;
