//! What was found out about the signatures of a document, and what somebody else must say.

use wasm_bindgen::prelude::*;

#[cfg(feature = "pdf")]
use super::question::{Asker, ask};
use super::view;
use crate::prelude::*;
use crate::seal::SignatureReport;

/// The signatures of a document, and what is still open about them.
#[wasm_bindgen]
pub struct Verification(pub(super) Vec<SignatureReport>);

#[wasm_bindgen]
impl Verification {
    /// Asks what is open.
    #[cfg(feature = "pdf")]
    pub fn ask(&self, asker: &Asker) {
        self.0.iter().flat_map(|report| &report.questions).for_each(|question| ask(question, asker));
    }

    /// Takes an answer, by the question's place among all.
    #[cfg(feature = "pdf")]
    pub fn answer(&mut self, mut place: usize, good: bool) {
        for report in &mut self.0 {
            match place.checked_sub(report.questions.len()) {
                Some(later) => place = later,
                None => return report.answer(place, good),
            }
        }
    }

    /// JSON of the shape of `calock seal verify --json`.
    #[must_use]
    pub fn reports(&self) -> String {
        view::reports(&self.0)
    }
}
