//! OFD (GB/T 33190): a ZIP package of XML, with a list of signatures in it.
//!
//! ```text
//! OFD.xml                              DocBody/Signatures: where the list is
//! Doc_0/Signs/Signatures.xml           the list
//! Doc_0/Signs/Sign_0/Signature.xml     a digest of every part, and where the seal stands; its own digest is what is signed
//! Doc_0/Signs/Sign_0/SignedValue.dat   the signature (SES, or GB/T 35275 where there is no seal)
//! Doc_0/Signs/Sign_0/Seal.esl          the seal
//! ```
//!
//! Only `OFD.xml` has a fixed name; every other one is followed. Sealing copies what is there, compressed as it is, and adds. Handwritten
//! signatures are annotations of the document itself, which the first signature covers.

mod annotation;
mod content;
mod crc;
mod directory;
mod document;
mod package;
mod path;
mod sign;
mod signatures;
mod stamps;
mod unpack;
mod verify;
mod write;
mod xml;

pub use content::{Font, Object, ObjectKind, Text, find_word};
pub use document::{Body, Document, Page};
pub use package::{Entry, Package};
pub use sign::{Order, Prepared, prepare, sizes};
pub use stamps::Stamped;
pub use verify::verify;
