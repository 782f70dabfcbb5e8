//! PDF (ISO 32000): read where it is needed, and only ever appended to.
//!
//! ```text
//! the original, untouched
//! what the update rewrites        pages (or their lists of annotations), catalog or form
//! what it adds                    picture, appearances, annotations, the field with its widget
//! N 0 obj <</Type/Sig … /ByteRange[0 a b c] … /Contents<30…>>>    the signature: over all bytes but this one hexadecimal string
//! cross-reference section, of the kind with which the original ends, and `startxref`
//! ```
//!
//! The first signature of a file shows on further pages by stamp annotations; a later one by signature fields that stay empty,
//! because that is what leaves earlier signatures valid (reference seal.md 3.3). Handwritten signatures are written as further places
//! are. Where a form has an empty signature field that is named, it carries the signature, and nothing but it is rewritten.

mod appearance;
mod changes;
mod contents;
mod deflate;
mod field;
mod file;
mod form;
mod inflate;
mod object;
mod page;
mod parser;
mod picture;
mod seed;
mod sign;
mod stamp;
mod unpack;
mod update;
mod value;
mod verify;
mod xref;

pub use changes::only_sealed_since;
pub use contents::{Contents, Style};
pub use field::EmptyField;
pub use file::Pdf;
pub use page::Page;
pub use sign::{Order, Prepared, places, prepare};
pub use verify::verify;

use crate::{Code, Error};

/// Whether a file says that it is a PDF.
#[must_use]
pub fn is_pdf(source: &dyn super::Source) -> bool {
    file::header(source).is_ok()
}

/// A number that counts bytes in memory; what fits none is as long as none.
fn small(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A file that is refused for what is in it.
const fn damaged(why: &'static str) -> Error {
    Error::because(Code::DocumentUnreadable, why)
}
