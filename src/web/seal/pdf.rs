//! PDF documents in a page's worker.

use wasm_bindgen::prelude::*;

use super::question::{self, Asker};
use super::verification::Verification;
use super::{Original, Placements, SealFile, Sink, boxes, hand_out, thrown, view};
use crate::certificate::{Certificate, PublicKey};
use crate::error::Result;
use crate::prelude::*;
use crate::seal::pdf::{self, Order, Pdf, Style};
use crate::seal::placement::{Size, places};
use crate::seal::{Basis, Hash, Question, Scheme};
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
        let size = seal.0.size();
        let places = match &placements.field {
            Some(field) => Pdf::open(&self.original).and_then(|pdf| pdf::places(&pdf, field, &placements.list, size)),
            None => places(&placements.list, size, &self.sizes),
        };
        places.map(|places| view::places(&places)).map_err(thrown)
    }

    /// The empty signature fields, as JSON.
    ///
    /// # Errors
    /// `DOCUMENT_UNREADABLE`, `DOCUMENT_TOO_LARGE`.
    pub fn fields(&self) -> Answer<String> {
        let fields = Pdf::open(&self.original).and_then(|pdf| pdf.empty_fields());
        fields.map(|fields| view::fields(&fields)).map_err(thrown)
    }

    /// Verifies every signature, as far as this module can.
    ///
    /// # Errors
    /// What makes the document unusable.
    pub fn verify(&self) -> Answer<Verification> {
        let verify = || pdf::verify(&Pdf::open(&self.original)?, &Basis::dated(now()));
        verify().map(Verification).map_err(thrown)
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
                field: placements.field.as_deref(),
                placements: &placements.list,
                pictures: &placements.pictures(),
                lock,
                style: Style::usual(certificate.key()),
                picture: picture.as_deref(),
            };
            let key = certificate.key().clone();
            Ok(PdfPrepared { prepared: pdf::prepare(&Pdf::open(&self.original)?, &order)?, key })
        };
        prepare().map_err(thrown)
    }
}

/// A sealed file but for the signature.
#[wasm_bindgen]
pub struct PdfPrepared {
    prepared: pdf::Prepared,
    key: PublicKey,
}

#[wasm_bindgen]
impl PdfPrepared {
    /// The exact bytes that the lock has to sign.
    #[wasm_bindgen(js_name = signedBytes)]
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.prepared.signed_bytes()
    }

    /// Asks whether a signature holds, when it is one that [`Self::finish`] cannot verify.
    ///
    /// # Errors
    /// `SIGN_FAILED` when it is none at all.
    pub fn ask(&self, signature: &[u8], asker: &Asker) -> Answer<()> {
        if self.is_own() {
            return Ok(());
        }
        let question = Question {
            key: self.key.clone(),
            scheme: Scheme { hash: Hash::Sha256, salt: None },
            message: self.prepared.signed_bytes(),
            signature: self.prepared.exact(signature).map_err(thrown)?,
        };
        question::ask(&question, asker);
        Ok(())
    }

    /// Hands the sealed document out, after verifying the signature, or after somebody else has: every question was answered well.
    ///
    /// # Errors
    /// `SIGN_FAILED`.
    pub fn finish(self, signature: &[u8], sink: &Sink) -> Answer<()> {
        let own = self.is_own();
        let pieces = if own { self.prepared.finish(signature) } else { self.prepared.finish_verified(signature) };
        pieces.map(|pieces| hand_out(&pieces, sink)).map_err(thrown)
    }
}

impl PdfPrepared {
    /// Whether this module can verify with the key.
    const fn is_own(&self) -> bool {
        matches!(self.key, PublicKey::Sm2(_))
    }
}
