//! A document on disk, read where it is needed: it may be larger than the memory.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use calock::seal::{Basis, SignatureReport, Source, ofd, pdf};
use calock::{Code, Error};

use crate::outcome::Failure;
use crate::verify::reason;

/// An open document.
pub(super) struct Document {
    file: File,
    length: u64,
}

impl Document {
    /// Opens it.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let unread = |error| Failure::unusable(path.display(), error);
        let file = File::open(path).map_err(unread)?;
        let about = file.metadata().map_err(unread)?;
        if !about.is_file() {
            return Err(Failure::unusable(path.display(), "not a file"));
        }
        Ok(Self { file, length: about.len() })
    }
}

impl Source for Document {
    fn len(&self) -> u64 {
        self.length
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> calock::Result<()> {
        let read = self.file.read_exact_at(buffer, offset);
        read.map_err(|_| Error::because(Code::DocumentUnreadable, "the file could not be read"))
    }
}

/// Verifies every signature of a document, whatever kind it is of.
pub(super) fn reports(document: &Document, basis: &Basis<'_>) -> calock::Result<Vec<SignatureReport>> {
    if pdf::is_pdf(document) {
        pdf::Pdf::open(document).and_then(|pdf| pdf::verify(&pdf, basis))
    } else {
        ofd::Package::open(document).and_then(|package| ofd::verify(&package, basis))
    }
}

/// Why a file cannot be used, in both languages.
pub(super) fn unusable(path: &Path, error: Error) -> Failure {
    let remark = error.detail.map(|detail| format!(" ({})", detail.as_str())).unwrap_or_default();
    Failure::unusable(path.display(), format!("{}{remark}", reason(error.code)))
}
