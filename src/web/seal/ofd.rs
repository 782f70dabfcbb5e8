//! OFD documents in a page's worker.

use alloc::rc::Rc;

use wasm_bindgen::prelude::*;

use super::verification::Verification;
use super::{Original, Placements, SealFile, Sink, boxes, hand_out, thrown, view};
use crate::certificate::Certificate;
use crate::error::{Code, Result};
use crate::prelude::*;
use crate::seal::Basis;
use crate::seal::ofd::{self, Order, Package, Page};
use crate::seal::placement::places;
use crate::web::host::now;

type Answer<T> = core::result::Result<T, JsValue>;

/// A package that is open.
#[wasm_bindgen]
pub struct OfdDocument {
    package: Rc<Package<Original>>,
    pages: Vec<Page>,
}

#[wasm_bindgen]
impl OfdDocument {
    /// Opens a package.
    ///
    /// # Errors
    /// What is wrong with it: `DOCUMENT_UNREADABLE`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_NAMES`, `DOCUMENT_TOO_LARGE`, `DOCUMENT_INCOMPLETE`.
    pub fn open(original: Original) -> Answer<OfdDocument> {
        Self::read(original).map_err(thrown)
    }

    /// Displayed sizes of the pages in millimetres, as JSON; `null` for a page that has none.
    #[must_use]
    pub fn pages(&self) -> String {
        boxes::sizes(self.pages.iter().map(|page| page.size))
    }

    /// Where a seal would stand, as JSON: what a preview draws.
    ///
    /// # Errors
    /// `PLACEMENT_INVALID` out of the page or of the document.
    pub fn places(&self, seal: &SealFile, placements: &Placements) -> Answer<String> {
        let places = ofd::sizes(&self.pages).and_then(|sizes| places(&placements.list, seal.0.size(), &sizes));
        places.map(|places| view::places(&places)).map_err(thrown)
    }

    /// Verifies every signature, as far as this module can.
    ///
    /// # Errors
    /// What makes the document unusable.
    pub fn verify(&self) -> Answer<Verification> {
        ofd::verify(&self.package, &Basis::dated(now())).map(Verification).map_err(thrown)
    }

    /// Works out the sealed document; `lock` forbids further seals. The document is read once, for its digests.
    ///
    /// # Errors
    /// As [`ofd::prepare`].
    pub fn prepare(
        &self,
        seal: &SealFile,
        certificate: &[u8],
        placements: &Placements,
        lock: bool,
    ) -> Answer<OfdPrepared> {
        let prepare = || {
            let certificate = Certificate::from_der(certificate)?;
            let order = Order {
                seal: &seal.0,
                certificate: &certificate,
                time: now(),
                placements: &placements.list,
                pictures: &placements.pictures(),
                lock,
            };
            ofd::prepare(self.package.clone(), &order)
        };
        prepare().map(OfdPrepared).map_err(thrown)
    }
}

impl OfdDocument {
    fn read(original: Original) -> Result<Self> {
        let package = Rc::new(Package::open(original)?);
        let document = package.document()?;
        let body = document.bodies.first().ok_or(Code::DocumentUnreadable)?;
        let pages = package.pages(body)?;
        Ok(Self { package, pages })
    }
}

/// A sealed package but for the signature.
#[wasm_bindgen]
pub struct OfdPrepared(ofd::Prepared<Rc<Package<Original>>>);

#[wasm_bindgen]
impl OfdPrepared {
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
    pub fn finish(self, signature: &[u8], sink: &Sink) -> Answer<()> {
        self.0.finish(signature).map(|(_, pieces)| hand_out(&pieces, sink)).map_err(thrown)
    }
}
