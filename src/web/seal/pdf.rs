//! PDF documents in a page's worker.

use wasm_bindgen::prelude::*;

use super::{Original, Placements, SealFile, Sink, boxes, hand_out, thrown, view};
use crate::certificate::Certificate;
use crate::error::Result;
use crate::prelude::*;
use crate::seal::Basis;
use crate::seal::pdf::{self, Order, Pdf, Style};
use crate::seal::placement::{Size, places};
use crate::web::host::now;

type Answer<T> = core::result::Result<T, JsValue>;

/// A file that is open.
#[wasm_bindgen]
pub struct PdfDocument {
    original: Original,
    sizes: Vec<Size>,
}

#[wasm_bindgen]
impl PdfDocument {
    /// Opens a file.
    ///
    /// # Errors
    /// What is wrong with it: `DOCUMENT_UNREADABLE`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_TOO_LARGE`.
    pub fn open(original: Original) -> Answer<PdfDocument> {
        let sizes = Pdf::open(&original).and_then(|pdf| pdf.pages());
        let sizes = sizes.map(|pages| pages.iter().map(|page| page.size).collect()).map_err(thrown)?;
        Ok(Self { original, sizes })
    }

    /// Displayed sizes of the pages in millimetres, as JSON.
    #[must_use]
    pub fn pages(&self) -> String {
        boxes::sizes(self.sizes.iter().copied().map(Some))
    }

    /// Where a seal would stand, as JSON: what a preview draws.
    ///
    /// # Errors
    /// `PLACEMENT_INVALID` out of the page or of the document.
    pub fn places(&self, seal: &SealFile, placements: &Placements) -> Answer<String> {
        let places = places(&placements.0, seal.0.size(), &self.sizes);
        places.map(|places| view::places(&places)).map_err(thrown)
    }

    /// Verifies every signature: JSON of the shape of `calock seal verify --json`.
    ///
    /// # Errors
    /// What makes the document unusable.
    pub fn verify(&self) -> Answer<String> {
        let verify = || pdf::verify(&Pdf::open(&self.original)?, &Basis::dated(now()));
        verify().map(|reports| view::reports(&reports)).map_err(thrown)
    }

    /// Works out the sealed document; `lock` forbids further seals. The document is read once, for its digest. `picture` is the seal's
    /// as PNG, when its own is neither PNG nor JPEG.
    ///
    /// # Errors
    /// As [`pdf::prepare`].
    pub fn prepare(
        &self,
        seal: &SealFile,
        certificate: &[u8],
        placements: &Placements,
        lock: bool,
        picture: Option<Vec<u8>>,
    ) -> Answer<PdfPrepared> {
        let prepare = || -> Result<_> {
            let certificate = Certificate::from_der(certificate)?;
            let order = Order {
                seal: &seal.0,
                certificate: &certificate,
                time: now(),
                placements: &placements.0,
                lock,
                style: Style::usual(certificate.key()),
                picture: picture.as_deref(),
            };
            pdf::prepare(&Pdf::open(&self.original)?, &order)
        };
        prepare().map(PdfPrepared).map_err(thrown)
    }
}

/// A sealed file but for the signature.
#[wasm_bindgen]
pub struct PdfPrepared(pdf::Prepared);

#[wasm_bindgen]
impl PdfPrepared {
    /// The exact bytes that the lock has to sign.
    #[wasm_bindgen(js_name = signedBytes)]
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.0.signed_bytes()
    }

    /// Verifies the signature and hands the sealed document out. Seals are set with SM2 keys here.
    ///
    /// # Errors
    /// `SIGN_FAILED`.
    pub fn finish(self, signature: &[u8], sink: &Sink) -> Answer<()> {
        self.0.finish(signature).map(|pieces| hand_out(&pieces, sink)).map_err(thrown)
    }
}
