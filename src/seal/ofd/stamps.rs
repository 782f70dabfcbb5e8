//! The seals that stand on pages already (GB/T 33190 18.2.2), to be looked at: nothing is verified here.

use super::document::{Body, Page};
use super::package::Package;
use super::signatures::{List, Signature};
use super::xml;
use crate::prelude::*;
use crate::seal::placement::Rect;
use crate::seal::{Seal, SesSignature, Source};
use crate::{Code, Result};

/// One place of a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// The page's number, from 0.
    pub page: usize,
    /// Where the whole seal stands.
    pub boundary: Rect,
    /// The part of it that shows, within its boundary.
    pub clip: Option<Rect>,
    /// The file that has the seal in it, for [`Package::seal_picture`].
    pub file: String,
}

/// Places that are handed out.
const MOST: usize = 100_000;

impl<S: Source> Package<S> {
    /// The seals on the pages of a body, in the order in which they were set. A signature that cannot be read has none.
    ///
    /// # Errors
    /// What is wrong with the list of signatures.
    pub fn stamps(&self, body: &Body, pages: &[Page]) -> Result<Vec<Stamped>> {
        let mut stamps = Vec::new();
        let Some(at) = &body.signatures else { return Ok(stamps) };
        let bytes = self.read(self.part(at)?)?;
        for listed in List::read(xml::text(&bytes)?, at)?.signatures {
            let Ok(signature) = self.part(&listed.path).and_then(|part| {
                let bytes = self.read(part)?;
                Signature::read(xml::text(&bytes)?, &listed.path)
            }) else {
                continue;
            };
            // The seal that was signed; what lies beside it may be another one.
            let file = signature.value;
            let places = signature.stamps.into_iter().filter_map(|stamp| {
                let page = pages.iter().position(|page| page.id == stamp.page)?;
                Some(Stamped { page, boundary: stamp.boundary, clip: stamp.clip, file: file.clone() })
            });
            stamps.extend(places.take(MOST.saturating_sub(stamps.len())));
        }
        Ok(stamps)
    }

    /// The picture of the seal in a file.
    ///
    /// # Errors
    /// `SEAL_UNREADABLE`; `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`; what the source says.
    pub fn seal_picture(&self, file: &str) -> Result<Vec<u8>> {
        let bytes = self.read(self.part(file)?)?;
        let seal: Seal = SesSignature::from_der(&bytes).map_err(|_| Code::SealUnreadable)?.seal;
        Ok(seal.picture_data().to_vec())
    }
}
