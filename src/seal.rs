//! Electronic seals: the seal and signature structures, where a seal stands on a page, and the documents that carry it.
//!
//! Nothing here reads a clock, a file or a network: documents are read through a [`Source`], and what is made comes out as
//! [`Piece`]s, most of them stretches of the original. Signing is done in two steps, so that the key may be anywhere:
//! `prepare` gives the exact bytes and their digest, `finish` takes the signature, verifies it, and only then hands out the
//! document.

mod check;
pub mod cms;
mod handwriting;
pub(crate) mod hasher;
#[cfg(feature = "ofd")]
pub mod ofd;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod placement;
mod report;
mod scheme;
pub mod ses;
mod source;

use alloc::collections::BinaryHeap;

#[cfg(feature = "pdf")]
pub(crate) use check::judge_sealed;
#[cfg(feature = "pdf")]
use check::judge_stamp;
pub use check::{Basis, judge};
pub(crate) use check::{Times, judge_plain};
pub use handwriting::Picture;
pub use hasher::Hash;
pub use report::{Checks, Kind, SealInfo, SignatureReport, Stamp};
pub use scheme::{Question, Scheme};
pub use ses::{Seal, SesSignature, Version};
pub use source::{Piece, Source, assemble};

use crate::prelude::*;

/// In order. By a heap: the standard library's sort is four times as much code for each type, and a page loads it.
fn sorted<T: Ord>(list: Vec<T>) -> Vec<T> {
    BinaryHeap::from(list).into_sorted_vec()
}
