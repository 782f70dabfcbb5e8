//! The exports for seals: a third module, which runs in a worker and talks to no lock.
//!
//! A document is read through [`Original`], a `Blob` in that worker, and what is made comes out as pieces through [`Sink`]. What a
//! lock has to sign is handed out as bytes; its answer comes back through `finish`. Errors are thrown as their code.

#![allow(unreachable_pub)] // exports are reached from JavaScript

#[cfg(feature = "ofd")]
mod ofd;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "ofd")]
mod test;
mod view;

use wasm_bindgen::prelude::*;

use super::host::now;
use crate::error::{Code, Error, Result};
use crate::prelude::*;
#[cfg(feature = "pdf")]
use crate::seal::placement::Rect;
#[cfg(feature = "pdf")]
use crate::seal::placement::keyword::{Along, Run, find};
use crate::seal::placement::{Across, Mm, Placement};
use crate::seal::{Piece, Seal, Source};

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

/// Texts of pages as a viewer found them, to be searched.
#[cfg(feature = "pdf")]
#[wasm_bindgen]
#[derive(Default)]
pub struct Runs(Vec<Run>);

#[cfg(feature = "pdf")]
#[wasm_bindgen]
impl Runs {
    /// None yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A piece of text on page `page` (from 1); its box in micrometres, and the quarter turns of reading, clockwise from rightwards.
    #[allow(clippy::too_many_arguments)] // what a piece of text has
    pub fn add(&mut self, page: usize, text: String, x: f64, y: f64, width: f64, height: f64, turns: u8) {
        #[allow(clippy::cast_possible_truncation)] // to the nearest there is
        let [x, y, width, height] = [x, y, width, height].map(|length| Mm::micrometres(length as i64));
        let along = match turns {
            0 => Along::Right,
            1 => Along::Down,
            2 => Along::Left,
            _ => Along::Up,
        };
        self.0.push(Run { page: page.saturating_sub(1), text, boundary: Rect { x, y, width, height }, along });
    }

    /// Where a word stands among them, as JSON; an empty list when it does not.
    #[must_use]
    pub fn find(&self, word: &str) -> String {
        view::hits(&find(&self.0, word))
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
