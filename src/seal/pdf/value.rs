//! The signature dictionary (ISO 32000-1, 12.8.1), with the room for the signature left free.

use super::contents::{Contents, Style};
use super::sign::Order;
use super::stamp::Stamped;
use super::update::{Update, digits};
use crate::certificate::time::civil;
use crate::hash::{decimal, hex};
use crate::prelude::*;

/// Private names (ISO 32000-1, annex E): the seal of a signature that cannot hold it, the annotations that show it, and those that show
/// handwritten signatures.
pub(super) const SEAL: &str = "XXSeal";
pub(super) const STAMPS: &str = "XXStamps";
pub(super) const PICTURES: &str = "XXPictures";

/// What the dictionary says.
pub(super) struct Value<'a> {
    pub(super) order: &'a Order<'a>,
    pub(super) style: &'a Style<'a>,
    /// The level of a certification (DocMDP).
    pub(super) certifies: Option<u8>,
    /// Which fields it locks (FieldMDP): `/Action/…` and what belongs to it.
    pub(super) locks: Option<&'a str>,
    pub(super) stamped: &'a Stamped,
}

/// Where in the update something is filled in.
pub(super) struct Gaps {
    /// The numbers of the byte range: 32 bytes.
    pub(super) range: usize,
    /// The digits of the signature.
    pub(super) digits: usize,
}

impl Value<'_> {
    /// Writes it, with room for a signature of this many bytes.
    pub(super) fn write(&self, update: &mut Update<'_>, number: u32, room: usize) -> Gaps {
        // SignedData has no place for a seal; the other form is one.
        let seal = match self.style.contents {
            Contents::Ses => String::new(),
            _ => ["/", SEAL, "<", &hex(self.order.seal.der()), ">"].concat(),
        };
        let list = |name: &str, numbers: &[u32]| match numbers {
            [] => String::new(),
            _ => ["/", name, "[", &update.references(numbers), "]"].concat(),
        };
        let head = [
            "<</Type/Sig/Filter/",
            self.style.filter,
            "/SubFilter/",
            self.style.sub_filter,
            "/M(",
            &date(self.order.time),
            ")",
            &self.reference(),
            &seal,
            &list(STAMPS, &self.stamped.seals),
            &list(PICTURES, &self.stamped.pictures),
            "/ByteRange[0 ",
        ]
        .concat();
        let empty = [b' '; 32];
        let free = vec![b'0'; room * 2];
        let before = update.bytes.len();
        update.object(number, &[head.as_bytes(), &empty, b"]/Contents<", &free, b">>>"]);
        // The object's own head stands before it.
        let written = update.bytes.len() - before - b"\nendobj\n".len();
        let digits = before + written - b">>>".len() - free.len();
        Gaps { range: digits - b"]/Contents<".len() - empty.len(), digits }
    }

    /// What the signature allows of what comes after it (12.8.2).
    fn reference(&self) -> String {
        let transform = |method: &str, parameters: &str| {
            [
                "<</Type/SigRef/TransformMethod/",
                method,
                "/TransformParams<</Type/TransformParams",
                parameters,
                "/V/1.2>>>>",
            ]
            .concat()
        };
        let certifies = self.certifies.map(|level| transform("DocMDP", &["/P ", &decimal(level.into())].concat()));
        let locks = self.locks.map(|fields| transform("FieldMDP", fields));
        let all: String = certifies.into_iter().chain(locks).collect();
        if all.is_empty() { all } else { ["/Reference[", &all, "]"].concat() }
    }
}

/// `D:20260801120000+08'00'` (7.9.4): China has one time zone.
fn date(time: u64) -> String {
    let mut text = String::from("D:");
    for (number, width) in civil(time.saturating_add(8 * 3600)).into_iter().zip([4, 2, 2, 2, 2, 2]) {
        text += &digits(number, width);
    }
    text + "+08'00'"
}
