//! Files with keys or holders' numbers in them: for their owner only, and whole or not at all.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::outcome::Failure;

/// Makes a folder that only its owner may enter: there are holders' numbers in the evidence, and test keys in a
/// demonstration. One that is there keeps the rights it was given.
pub(crate) fn folder(path: &Path) -> Result<(), Failure> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| Failure::unusable(path.display(), error))
}

/// The text of a file, `None` when there is none.
///
/// # Errors
/// Unusable when it cannot be read.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::unusable(path.display(), error)),
    }
}

/// Writes a file whole or not at all, for its owner only: there are private keys in it, if only test keys.
///
/// # Errors
/// Unusable when it cannot be written.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let draft = path.with_extension("draft");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options.open(&draft).and_then(|mut file| file.write_all(text.as_bytes()));
    written.and_then(|()| fs::rename(&draft, path)).map_err(|error| Failure::unusable(path.display(), error))
}
