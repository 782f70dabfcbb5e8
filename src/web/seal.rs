//! The exports for seals: modules that run in a worker and talk to no lock.
//!
//! A document is read through [`Original`], and what is made comes out as pieces through [`Sink`]. What a lock has to sign is handed
//! out as bytes; its answer comes back through `finish`.

#![allow(unreachable_pub)] // exports are reached from JavaScript

#[cfg(feature = "ofd-sign")]
mod ofd;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "pdf")]
mod question;
mod verification;
mod view;

use wasm_bindgen::prelude::*;

use super::boxes;
use super::host::now;
use super::original::{Original, number, thrown};
use crate::hash::hex;
use crate::prelude::*;
use crate::seal::hasher::{self, Hash};
use crate::seal::placement::{Across, Mm, Placement, Rect};
use crate::seal::{Picture, Piece, Seal};

#[wasm_bindgen]
extern "C" {
    /// Takes the pieces of a new document, in their order.
    pub type Sink;

    /// These bytes of the original.
    #[wasm_bindgen(method)]
    fn original(this: &Sink, from: f64, to: f64);
    /// New bytes.
    #[wasm_bindgen(method)]
    fn fresh(this: &Sink, bytes: &[u8]);
}

/// The digest of a document as a statement's `payload` has it: SM3 for a signature of the algorithm `SM2-SM3`, SHA-256 for others.
///
/// # Errors
/// `DOCUMENT_UNREADABLE`.
#[wasm_bindgen]
pub fn digest(original: &Original, algorithm: &str) -> Result<String, JsValue> {
    let hash = if algorithm == "SM2-SM3" { Hash::Sm3 } else { Hash::Sha256 };
    hasher::digest(original, hash).map(|digest| hex(&digest)).map_err(thrown)
}

/// An electronic seal.
#[wasm_bindgen]
pub struct SealFile(Seal);

#[wasm_bindgen]
impl SealFile {
    /// Reads a seal (DER).
    ///
    /// # Errors
    /// `SEAL_UNREADABLE`.
    pub fn read(der: &[u8]) -> Result<SealFile, JsValue> {
        Seal::from_der(der).map(Self).map_err(thrown)
    }

    /// `SealInfo` of index.d.ts as JSON, without the picture's bytes.
    #[must_use]
    pub fn info(&self) -> String {
        view::seal(&self.0, now())
    }

    /// The seal's file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.der().to_vec()
    }

    /// The picture's file.
    #[must_use]
    pub fn picture(&self) -> Vec<u8> {
        self.0.picture_data().to_vec()
    }

    /// Whether the holder of this certificate (DER) may seal with it now: nothing, or why not.
    #[must_use]
    pub fn refusal(&self, certificate: &[u8]) -> Option<String> {
        let usable = || {
            self.0.check_signer(certificate)?;
            self.0.check_dates(now())?;
            self.0.verify()
        };
        usable().err().map(|error| error.code.as_str().to_owned())
    }
}

/// Where a seal and handwritten signatures shall stand; millimetres are text, as people type them.
#[wasm_bindgen]
#[derive(Default)]
pub struct Placements {
    list: Vec<Placement>,
    /// The empty signature field that takes the seal.
    #[cfg(feature = "pdf")]
    field: Option<String>,
    /// Files, pages and boxes.
    pictures: Vec<(Vec<u8>, usize, Rect)>,
}

impl Placements {
    /// The handwritten signatures.
    fn pictures(&self) -> Vec<Picture<'_>> {
        self.pictures.iter().map(|(data, page, boundary)| Picture { data, page: *page, boundary: *boundary }).collect()
    }
}

#[wasm_bindgen]
impl Placements {
    /// None yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// In the middle of the empty signature field of a name.
    #[cfg(feature = "pdf")]
    pub fn field(&mut self, name: String) {
        self.field = Some(name);
    }

    /// A handwritten signature (PNG or JPEG) on page `page` (from 1); its box is four lengths with blanks between.
    ///
    /// # Errors
    /// `PARAMETER`.
    pub fn picture(&mut self, data: Vec<u8>, page: usize, boundary: &str) -> Result<(), JsValue> {
        self.pictures.push((data, page.wrapping_sub(1), boundary.parse().map_err(thrown)?));
        Ok(())
    }

    /// The same place on each page of a list ("1-3,5,8", "all").
    ///
    /// # Errors
    /// `PARAMETER`.
    pub fn pages(&mut self, pages: &str, x: &str, y: &str) -> Result<(), JsValue> {
        let read = || Ok(Placement::Pages { pages: pages.parse()?, x: x.parse()?, y: y.parse()? });
        self.list.push(read().map_err(thrown)?);
        Ok(())
    }

    /// A slice on each page (骑缝章); `most` slices in a group, 0 for any number.
    ///
    /// # Errors
    /// `PARAMETER`.
    pub fn across(
        &mut self,
        edge: &str,
        at: &str,
        pages: &str,
        skip_first: usize,
        skip_last: usize,
        most: usize,
    ) -> Result<(), JsValue> {
        let read = || {
            let at: Mm = at.parse()?;
            Ok(Across {
                pages: pages.parse()?,
                skip_first,
                skip_last,
                most_slices: Some(most).filter(|&most| most > 0),
                ..Across::new(edge.parse()?, at)
            })
        };
        self.list.push(Placement::Across(read().map_err(thrown)?));
        Ok(())
    }
}

/// Hands a new document out.
fn hand_out(pieces: &[Piece], sink: &Sink) {
    for piece in pieces {
        match piece {
            Piece::Original(range) => sink.original(number(range.start), number(range.end)),
            Piece::New(bytes) => sink.fresh(bytes),
        }
    }
}
