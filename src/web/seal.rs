//! The exports for seals: a third module, which runs in a worker and talks to no lock.
//!
//! A document is read through [`Original`], a `Blob` in that worker, and what is made comes out as pieces through [`Sink`]. What a
//! lock has to sign is handed out as bytes; its answer comes back through `finish`. Errors are thrown as their code.

#![allow(unreachable_pub)] // exports are reached from JavaScript

mod test;
mod view;

use alloc::rc::Rc;

use wasm_bindgen::prelude::*;

use super::host::now;
use crate::certificate::Certificate;
use crate::error::{Code, Error, Result};
use crate::prelude::*;
use crate::seal::ofd::{self, Order, Package, Page};
use crate::seal::placement::{Across, Mm, Placement};
use crate::seal::{Basis, Piece, Seal, Source};

#[wasm_bindgen]
extern "C" {
    /// A document's bytes.
    pub type Original;

    /// Its length.
    #[wasm_bindgen(method)]
    fn size(this: &Original) -> f64;
    /// Fills the buffer from `offset`; throws when reading fails.
    #[wasm_bindgen(method, catch)]
    fn read(this: &Original, offset: f64, buffer: &mut [u8]) -> core::result::Result<(), JsValue>;

    /// Takes the pieces of a new document, in their order.
    pub type Sink;

    /// These bytes of the original.
    #[wasm_bindgen(method)]
    fn original(this: &Sink, from: f64, to: f64);
    /// New bytes.
    #[wasm_bindgen(method)]
    fn fresh(this: &Sink, bytes: &[u8]);
}

/// A length or an offset: exact up to 2^53, which no file reaches.
#[allow(clippy::cast_precision_loss, reason = "see above")]
fn number(length: u64) -> f64 {
    length as f64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no length is negative")]
fn whole(number: f64) -> u64 {
    number as u64
}

fn thrown(error: Error) -> JsValue {
    error.code.as_str().into()
}

impl Source for Original {
    fn len(&self) -> u64 {
        whole(self.size())
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.read(number(offset), buffer).map_err(|_| Error::new(Code::DocumentUnreadable))
    }
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
    pub fn read(der: &[u8]) -> core::result::Result<SealFile, JsValue> {
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

/// Where a seal shall stand; millimetres are text, as people type them.
#[wasm_bindgen]
#[derive(Default)]
pub struct Placements(Vec<Placement>);

#[wasm_bindgen]
impl Placements {
    /// None yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same place on each page of a list ("1-3,5,8", "all").
    ///
    /// # Errors
    /// `PARAMETER`.
    pub fn pages(&mut self, pages: &str, x: &str, y: &str) -> core::result::Result<(), JsValue> {
        let read = || Ok(Placement::Pages { pages: pages.parse()?, x: x.parse()?, y: y.parse()? });
        self.0.push(read().map_err(thrown)?);
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
    ) -> core::result::Result<(), JsValue> {
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
        self.0.push(Placement::Across(read().map_err(thrown)?));
        Ok(())
    }
}

/// A document that is open.
#[wasm_bindgen]
pub struct Document {
    package: Rc<Package<Original>>,
    pages: Vec<Page>,
}

#[wasm_bindgen]
impl Document {
    /// Opens a document: an OFD package.
    ///
    /// # Errors
    /// What is wrong with it: `DOCUMENT_UNREADABLE`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_NAMES`, `DOCUMENT_TOO_LARGE`, `DOCUMENT_INCOMPLETE`.
    pub fn open(original: Original) -> core::result::Result<Document, JsValue> {
        Self::read(original).map_err(thrown)
    }

    /// `ofd`.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn kind(&self) -> String {
        "ofd".to_owned()
    }

    /// Displayed sizes of the pages in millimetres, as JSON; `null` for a page that has none.
    #[must_use]
    pub fn pages(&self) -> String {
        view::pages(&self.pages)
    }

    /// What page `index` (from 0) says, as far as it can be drawn simply: JSON of texts and pictures.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`.
    pub fn content(&self, index: usize) -> core::result::Result<String, JsValue> {
        let page = self.pages.get(index).ok_or("PARAMETER")?;
        self.package.objects(page).map(|objects| view::objects(&objects)).map_err(thrown)
    }

    /// Where a seal would stand, as JSON: what a preview draws.
    ///
    /// # Errors
    /// `PLACEMENT_INVALID` out of the page or of the document.
    pub fn places(&self, seal: &SealFile, placements: &Placements) -> core::result::Result<String, JsValue> {
        ofd::places(&seal.0, &placements.0, &self.pages).map(|places| view::places(&places)).map_err(thrown)
    }

    /// Verifies every signature: JSON of the shape of `calock seal verify --json`.
    ///
    /// # Errors
    /// What makes the document unusable.
    pub fn verify(&self) -> core::result::Result<String, JsValue> {
        let basis = Basis::dated(now());
        ofd::verify(&self.package, &basis).map(|reports| view::reports(&reports)).map_err(thrown)
    }

    /// Works out the sealed document; `lock` forbids further seals. The document is read once, for its digests.
    ///
    /// # Errors
    /// As `calock::seal::ofd::prepare`.
    pub fn prepare(
        &self,
        seal: &SealFile,
        certificate: &[u8],
        placements: &Placements,
        lock: bool,
    ) -> core::result::Result<Prepared, JsValue> {
        let prepare = || {
            let certificate = Certificate::from_der(certificate)?;
            let order =
                Order { seal: &seal.0, certificate: &certificate, time: now(), placements: &placements.0, lock };
            ofd::prepare(self.package.clone(), &order)
        };
        prepare().map(Prepared).map_err(thrown)
    }
}

impl Document {
    fn read(original: Original) -> Result<Self> {
        let package = Rc::new(Package::open(original)?);
        let document = package.document()?;
        let body = document.bodies.first().ok_or(Code::DocumentUnreadable)?;
        let pages = package.pages(body)?;
        Ok(Self { package, pages })
    }
}

/// A sealed document but for the signature.
#[wasm_bindgen]
pub struct Prepared(ofd::Prepared<Rc<Package<Original>>>);

#[wasm_bindgen]
impl Prepared {
    /// The exact bytes that the lock has to sign.
    #[wasm_bindgen(js_name = signedBytes)]
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.0.signed_bytes().to_vec()
    }

    /// Verifies the signature and hands the sealed document out.
    ///
    /// # Errors
    /// `SIGN_FAILED`, `DOCUMENT_TOO_LARGE`.
    pub fn finish(self, signature: &[u8], sink: &Sink) -> core::result::Result<(), JsValue> {
        let (_, pieces) = self.0.finish(signature).map_err(thrown)?;
        for piece in &pieces {
            match piece {
                Piece::Original(range) => sink.original(number(range.start), number(range.end)),
                Piece::New(bytes) => sink.fresh(bytes),
            }
        }
        Ok(())
    }
}
