//! Where a document's bytes come from, and what a new document is made of.

use core::ops::Range;

use crate::Result;
use crate::prelude::*;

/// A document that can be read from anywhere: a slice of memory, a file, in a browser's worker a `Blob`.
pub trait Source {
    /// Its length in bytes.
    fn len(&self) -> u64;

    /// Whether it has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills the buffer from `offset`.
    ///
    /// # Errors
    /// `DOCUMENT_UNREADABLE` beyond the end or when reading fails; `ABORTED` when the caller gave up.
    fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<()>;
}

impl Source for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let start = usize::try_from(offset).ok();
        let part = start.and_then(|start| self.get(start..)?.get(..buffer.len()));
        buffer.copy_from_slice(part.ok_or(crate::Code::DocumentUnreadable)?);
        Ok(())
    }
}

impl Source for Vec<u8> {
    fn len(&self) -> u64 {
        Source::len(self.as_slice())
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.as_slice().read(offset, buffer)
    }
}

impl<S: Source + ?Sized> Source for &S {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        (**self).read(offset, buffer)
    }
}

/// A part of a new document. A browser makes a `Blob` of them without copying the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes of the original.
    Original(Range<u64>),
    /// New bytes.
    New(Vec<u8>),
}

/// Writes a new document out, piece by piece.
///
/// # Errors
/// What reading the original or the writer says.
pub fn assemble<S: Source + ?Sized>(
    source: &S,
    pieces: &[Piece],
    mut write: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    for piece in pieces {
        match piece {
            Piece::New(bytes) => write(bytes)?,
            Piece::Original(range) => {
                let mut at = range.start;
                while at < range.end {
                    let length = usize::try_from(range.end - at).map_or(buffer.len(), |left| left.min(buffer.len()));
                    source.read(at, &mut buffer[..length])?;
                    write(&buffer[..length])?;
                    at += length as u64;
                }
            }
        }
    }
    Ok(())
}
